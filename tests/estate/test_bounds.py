"""Guardrails only tighten: each has a direction, and a tenant cannot go the other way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from krm_functions.estate.bounds import DIRECTIONS
from krm_functions.spec.composites import Object
from krm_functions.spec.guardrails import guardrails, tighter

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS: Final[dict[str, tuple[Any, Any, Any]]] = {
    "guardrails.digestRequired": (["prod"], ["prod", "dev"], ["dev"]),
    "guardrails.forbidLatest": (True, True, False),
    "guardrails.maxReplicas": (5, 4, 6),
    "guardrails.patches.forbidden": (["/a"], ["/a", "/b"], []),
    "guardrails.patches.maxPerApp": (2, 0, 3),
    "guardrails.podSecurity": ("restricted", "restricted", "baseline"),
    "guardrails.registries": (["a.b/c"], ["a.b/c/d"], ["a.b/cd"]),
    "network.internet": (False, False, True),
}
"""For each bound: what the platform says, what is as tight or tighter, and what is wider."""


def fields(model: Object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the path of each leaf of a model."""
    for name, field in model.fields.items():
        if isinstance(field.type, Object):
            yield from fields(field.type, (*path, name))
        else:
            yield (*path, name)


def test_every_guardrail_has_a_direction() -> None:
    """A field added to the platform's guardrails is in the table, and a tenant's are among them."""
    platforms = set(fields(guardrails, ("guardrails",)))
    assert DIRECTIONS.keys() == platforms | {("network", "internet")}
    assert set(fields(tighter, ("guardrails",))) == platforms - {("guardrails", "registries")}
    assert {".".join(path) for path in DIRECTIONS} == STEPS.keys()


@pytest.mark.parametrize("path", DIRECTIONS, ids=".".join)
def test_tighter_is_fine_and_wider_is_not(path: tuple[str, ...]) -> None:
    """The same value, and a step in its direction, are no widening; a step the other way is."""
    upper, tight, wide = STEPS[".".join(path)]
    _, direction = DIRECTIONS[path]
    assert [direction.widens(upper, lower) for lower in (upper, tight)] == [False, False]
    assert direction.widens(upper, wide)


def test_no_limit_is_the_widest() -> None:
    """Where the platform sets no limit, any limit is tighter."""
    _, direction = DIRECTIONS["guardrails", "maxReplicas"]
    assert not direction.widens(None, 10_000)
