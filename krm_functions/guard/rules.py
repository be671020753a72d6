"""The language of the allow-list: a rule takes a value and its place, and yields what it refuses of it.

A mapping has the keys that are listed, each under a rule of its own; null is absence, as for Kubernetes;
a value of another shape than its rule's is refused, never read on.
"""

from __future__ import annotations

import re

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from krm_functions.diagnostics import FieldPath
    from krm_functions.guard.scope import Scope

    Rule = Callable[["At", Any], Iterable["Finding"]]

ABSENT = object()
"""What base/ says where it says nothing."""


class Finding(Record):
    """One refusal: its code, the path in the object, why, and how to have it granted ("" for not at all)."""

    code: str
    path: FieldPath
    message: str
    help: str = ""


class Unit(Record):
    """What the objects of one kustomization say of each other, for rules that look beside themselves."""

    scope: Scope
    pods: tuple[Mapping[str, Any], ...]
    services: tuple[Mapping[str, Any], ...]
    secrets: frozenset[str]


class At:
    """A place in an object: its path, the unit around it, and what base/ says at the same place."""

    __slots__ = ("house", "kind", "path", "unit")

    def __init__(self, unit: Unit, kind: str, path: FieldPath, house: Any) -> None:
        self.unit, self.kind, self.path, self.house = unit, kind, path, house

    @property
    def scope(self) -> Scope:
        """The scope of the unit."""
        return self.unit.scope

    def down(self, key: str) -> At:
        """Return the place of a key's value."""
        house = self.house.get(key, ABSENT) if isinstance(self.house, dict) else ABSENT
        return At(self.unit, self.kind, (*self.path, key), house)

    def item(self, index: int, value: Any) -> At:
        """Return the place of a list's item; base/ has it under the same name, or where it is the only one."""
        return At(self.unit, self.kind, (*self.path, index), counterpart(self.house, value))

    def is_house(self, value: Any) -> bool:
        """Whether base/ says exactly this."""
        return type(value) is type(self.house) and bool(value == self.house)

    def refuse(self, code: str, message: str, help_: str = "") -> Finding:
        """Return a finding here."""
        return Finding(code, self.path, message, help_)


def counterpart(house: Any, value: Any) -> Any:
    """Return the item of a list in base/ that an item here was made from, if there is one."""
    items = house if isinstance(house, list) else []
    for item in items:
        named = isinstance(item, dict) and isinstance(value, dict) and item.get("name") is not None
        if item == value or (named and item["name"] == value.get("name")):
            return item
    return items[0] if len(items) == 1 and not _named(items[0]) else ABSENT


def _named(item: Any) -> bool:
    return isinstance(item, dict) and "name" in item


def mapping(fields: Mapping[str, Rule], *required: str) -> Rule:
    """Return the rule of a mapping with these fields and no other; the required ones must be there."""

    def judge(at: At, value: Any) -> Iterator[Finding]:
        if not isinstance(value, dict):
            yield wrong(at, "a mapping")
            return
        for key, inner in value.items():
            if not isinstance(key, str):
                yield at.refuse("TS531", f"the key {key!r} is not a string")
                continue
            below = at.down(key)
            if inner is None or below.is_house(inner):
                continue
            if key in fields:
                yield from fields[key](below, inner)
            else:
                yield below.refuse("TS524", "the field is not known to stay inside the tenant", hint(key))
        for key in required:
            if value.get(key) is None:
                yield at.down(key).refuse("TS525", "the field is missing")

    return judge


def listing(rule: Rule) -> Rule:
    """Return the rule of a list whose items follow a rule; an item that base/ has is granted."""

    def judge(at: At, value: Any) -> Iterator[Finding]:
        if not isinstance(value, list):
            yield wrong(at, "a list")
            return
        for index, inner in enumerate(value):
            below = at.item(index, inner)
            if not below.is_house(inner):
                yield from rule(below, inner)

    return judge


def pairs(rule: Callable[[At, str, Any], Iterable[Finding]]) -> Rule:
    """Return the rule of a mapping of any keys, each judged with its value."""

    def judge(at: At, value: Any) -> Iterator[Finding]:
        if not isinstance(value, dict):
            yield wrong(at, "a mapping")
            return
        for key, inner in value.items():
            below = at.down(str(key))
            if not isinstance(key, str):
                yield at.refuse("TS531", f"the key {key!r} is not a string")
            elif inner is not None and not below.is_house(inner):
                yield from rule(below, key, inner)

    return judge


def text(at: At, value: Any) -> Iterator[Finding]:
    """Refuse what is not a string."""
    if not isinstance(value, str):
        yield wrong(at, "a string")


def boolean(at: At, value: Any) -> Iterator[Finding]:
    """Refuse what is not true or false."""
    if not isinstance(value, bool):
        yield wrong(at, "true or false")


def integer(low: int = 0, high: int | None = None) -> Rule:
    """Return the rule of a whole number in a range."""

    def judge(at: At, value: Any) -> Iterator[Finding]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield wrong(at, "a whole number")
        elif value < low or (high is not None and value > high):
            bound = f"{low} or more" if high is None else f"{low} to {high}"
            yield at.refuse("TS525", f"{value} is out of bounds: {bound}")

    return judge


def matching(pattern: str, what: str) -> Rule:
    """Return the rule of a text of a pattern."""
    compiled = re.compile(pattern)

    def judge(at: At, value: Any) -> Iterator[Finding]:
        if not isinstance(value, str):
            yield wrong(at, "a string")
        elif not compiled.fullmatch(value):
            yield at.refuse("TS525", f"{shown(value)} is not {what}")

    return judge


def one_of(*allowed: Any) -> Rule:
    """Return the rule of a value out of a few, types compared too."""

    def judge(at: At, value: Any) -> Iterator[Finding]:
        if not any(type(value) is type(known) and value == known for known in allowed):
            words = " or ".join(
                str(known).lower() if isinstance(known, bool) else str(known) for known in allowed
            )
            yield at.refuse("TS525", f"{shown(value)} is not permitted: only {words}", hint(str(at.path[-1])))

    return judge


def either(rule: Rule, other: Rule) -> Rule:
    """Return the rule of a text under one rule and of anything else under another."""

    def judge(at: At, value: Any) -> Iterable[Finding]:
        return rule(at, value) if isinstance(value, str) else other(at, value)

    return judge


def wrong(at: At, what: str) -> Finding:
    """Return the finding about a value of another type than is read there."""
    return at.refuse("TS531", f"it is not {what}, so it cannot be judged")


def shown(value: Any) -> str:
    """Return a value as a message names it: short, and on one line."""
    written = f"'{value}'" if isinstance(value, str) else str(value)
    return " ".join(written.split())[:120]


def hint(field: str) -> str:
    """Return how a field could be granted."""
    from krm_functions.guard.hints import HINTS  # noqa: PLC0415  (only a refusal pays for it)

    return HINTS.get(field, "ask the platform team for a field of the DSL, or for the convention in base/")
