"""The judgement of a tenant's manifests: an allow-list, shown by what it refuses and by what it lets pass."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.guard.hostile import GONE, HOSTILE, KINDS
from tests.guard.sound import scope, sound, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.guard.scope import Scope

Steps = tuple[str | int, ...]
FREE: Final = ("data", "binaryData")
"""Maps of a person's own content, whose keys nobody obeys."""


@pytest.fixture(scope="module")
def held() -> Scope:
    """Return what app1 of tenant-a may hold in dev."""
    return scope()


def test_sound_manifests_pass(held: Scope) -> None:
    """One manifest of each kind, written by hand within the bounds, is not refused."""
    assert told(sound(), held) == []


@pytest.mark.parametrize(
    ("kind", "path", "value", "code"), HOSTILE, ids=[f"{k}-{p}-{n}" for n, (k, p, _, _) in enumerate(HOSTILE)]
)
def test_one_hostile_field_is_refused_by_name(
    held: Scope, kind: str, path: str, value: Any, code: str
) -> None:
    """A sound manifest with one hostile field is refused with the code and the path of that field."""
    manifests = sound()
    manifest = next(m for m in manifests if m["kind"] == kind)
    steps = tuple(int(step) if step.isdigit() else step for step in path.split(" "))
    put(manifest, steps, value)
    code, *rest = code.split(" ")
    named = shown(steps)
    for step in rest:
        if step.startswith("^"):
            for _ in step:
                named = above(named)
        else:
            named += step if step.startswith("[") or not named else f".{step}"
    found = told(manifests, held)
    assert any(line.startswith(f"{code} ") and f": {named}: " in line for line in found), (named, found)


@pytest.mark.parametrize(("version", "kind"), KINDS)
def test_a_kind_that_is_not_listed_is_refused(held: Scope, version: str, kind: str) -> None:
    """Whatever it holds, and even in the right namespace, an object of such a kind is refused."""
    manifest = {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": "app1-x", "namespace": "tenant-a-dev"},
    }
    if kind == "HTTPRoute":
        manifest["spec"] = {}
    assert [line.split(":")[0] for line in told([manifest], held)] == [f"TS520 {kind} tenant-a-dev/app1-x"]


@pytest.mark.parametrize(
    "value", [None, 1, "text", [], [[]], {}, {1: 2}, {"kind": {}}, {"metadata": {"name": {}}}]
)
def test_what_is_no_object_is_refused_and_never_an_exception(held: Scope, value: Any) -> None:
    """A document of any other shape is refused."""
    assert told([value], held)


WEIRD: Final[tuple[Any, ...]] = (None, 1, True, "text", [], [None], {}, {"a": None}, {1: 1}, [[{}]])


def test_no_shape_is_too_weird(held: Scope) -> None:
    """Every value of every sound manifest, replaced by a value of every other shape, gives no exception."""
    for number, manifest in enumerate(sound()):
        for steps in everywhere(manifest):
            for value in WEIRD:
                changed = sound()
                put(changed[number], steps, value)
                told(changed, held)


def test_an_unknown_field_at_any_level_is_refused(held: Scope) -> None:
    """A field that nobody has listed is refused in every map of every sound manifest, but in free content."""
    missed = []
    for number, manifest in enumerate(sound()):
        for steps in maps(manifest):
            changed = sound()
            put(changed[number], (*steps, "unheard"), "of")
            if not any(
                "unheard" in line or "TS532" in line or "TS528" in line for line in told(changed, held)
            ):
                missed.append((manifest["kind"], shown(steps)))
    assert missed == []


def test_all_refusals_come_at_once(held: Scope) -> None:
    """Two faults of two objects are two diagnostics, in the order of the objects."""
    manifests = sound()
    manifests[0]["spec"]["replicas"] = 99
    manifests[4]["spec"]["type"] = "NodePort"
    assert [line.split(" ")[0] for line in told(manifests, held)] == ["TS525", "TS525"]


def test_no_value_of_a_variable_is_printed(held: Scope) -> None:
    """A refusal says where a value stands, not what it is, where it may be a secret."""
    manifests = sound()
    manifests[0]["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] = ["swordfish"]
    manifests[6]["data"]["beta"] = ["swordfish"]
    found = told(manifests, held)
    assert len(found) == 2
    assert "swordfish" not in str(found)


def test_nothing_is_changed_by_a_judgement(held: Scope) -> None:
    """The manifests are as they were."""
    manifests = sound()
    before = copy.deepcopy(manifests)
    told(manifests, held)
    assert manifests == before


def put(value: Any, steps: Steps, new: Any) -> None:
    """Set a value below another, maps on the way made where they are missing; `GONE` removes it."""
    for step in steps[:-1]:
        if isinstance(value, dict) and value.get(str(step)) is None:
            value[str(step)] = {}
        value = value[step]
    if new is GONE:
        del value[steps[-1]]
    else:
        value[steps[-1]] = new


def shown(steps: Steps) -> str:
    """Return a path as a message names it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def above(path: str) -> str:
    """Return the path of what stands around a field whose name has no dot in it, or is a label of ours."""
    for label in (".app.kubernetes.io/instance", ".app.kubernetes.io/name"):
        if path.endswith(label):
            return path.removesuffix(label)
    return path.rpartition(".")[0]


def everywhere(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Yield the path of every value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*steps, key)
        yield from everywhere(inner, (*steps, key))


def maps(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Yield the path of every map that is not a person's own content."""
    if isinstance(value, dict) and (not steps or steps[-1] not in FREE):
        yield steps
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from maps(inner, (*steps, key))
