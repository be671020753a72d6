"""Label selectors: what they match, and whether any labels at all could satisfy several of them.

Source of the rules: k8s.io/apimachinery, LabelSelectorAsSelector. NotIn holds for an absent key.
"""

from __future__ import annotations

from krm_functions.built.objects import mapping, mappings
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class Requirement(Record):
    """One condition on a label: In, NotIn, Exists or DoesNotExist."""

    key: str
    operator: str
    values: frozenset[str]

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether labels satisfy it."""
        if self.operator == "In":
            return labels.get(self.key) in self.values
        if self.operator == "NotIn":
            return labels.get(self.key) not in self.values
        return (self.key in labels) is (self.operator == "Exists")


def requirements(selector: Any) -> list[Requirement]:
    """Return the conditions of a selector; none is everything."""
    said = mapping(selector)
    exact = [
        Requirement(key, "In", frozenset({value})) for key, value in mapping(said.get("matchLabels")).items()
    ]
    return exact + [
        Requirement(str(e.get("key")), str(e.get("operator")), frozenset(e.get("values") or ()))
        for e in mappings(said.get("matchExpressions"))
    ]


def matches(selector: Any, labels: Mapping[str, str]) -> bool:
    """Whether a selector matches labels."""
    return all(requirement.holds(labels) for requirement in requirements(selector))


def everything(selector: Any) -> bool:
    """Whether a selector matches whatever there is."""
    return not requirements(selector)


def compatible(*selectors: Any) -> bool:
    """Whether some labels satisfy all the selectors: whoever starts a pod also chooses its labels."""
    conditions: dict[str, list[Requirement]] = {}
    for selector in selectors:
        for requirement in requirements(selector):
            conditions.setdefault(requirement.key, []).append(requirement)
    return all(map(_satisfiable, conditions.values()))


def _satisfiable(conditions: list[Requirement]) -> bool:
    """Whether one key can satisfy all of its conditions, absent or with some value."""
    if all(c.operator in ("NotIn", "DoesNotExist") for c in conditions):
        return True
    if any(c.operator == "DoesNotExist" for c in conditions):
        return False
    allowed = [c.values for c in conditions if c.operator == "In"]
    excluded = frozenset().union(*(c.values for c in conditions if c.operator == "NotIn"))
    return not allowed or bool(frozenset.intersection(*allowed) - excluded)
