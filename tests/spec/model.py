"""Documents made from the model: the least that each type accepts, every place in it, and random ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from krm_functions.diagnostics import Collector, Diagnostic, Place
from krm_functions.spec.common import port_number
from krm_functions.spec.composites import Either, Field, ListOf, MapOf, Object, OneKey
from krm_functions.spec.container import PortReference, port_name
from krm_functions.spec.kinds import KINDS
from krm_functions.spec.parts import PatchText
from krm_functions.spec.scalars import Anything, Boolean, Choice, Integer, Quantity, Text, Type

WORDS: Final = (
    "a", "/a", "A", "1", "a/b", "https://a.example", "10.0.0.0/8", "* * * * *", "2027-01-01", "v1.2.3", "1.30", "60h", "UTC",
    "ghcr.io/a/b:1.0.0",
)  # fmt: skip
"""Of these, each text of the model accepts at least one."""

Put = Callable[[Any], Any]
"""Returns a whole document with a value at one place of it."""


class Spot(NamedTuple):
    """One place in the documents of a kind."""

    path: str
    owner: Type | None
    type: Type
    put: Put


def problems(kind: Type, value: object) -> list[Diagnostic]:
    """Return what the decoder says of a value."""
    out = Collector()
    kind.check(value, Place("file.yaml"), out)
    return out.diagnostics


def _whole(value: Any) -> Any:
    return value


def minimal(kind: Type) -> Any:
    """Return the least that a type accepts."""
    return _MINIMAL[type(kind)](kind)


def spots(kind: Type, path: str = "", put: Put = _whole, owner: Type | None = None) -> Iterator[Spot]:
    """Yield every place below a value, the value itself first."""
    yield Spot(path, owner, kind, put)
    if isinstance(kind, Object):
        base = {} if isinstance(kind, OneKey) else minimal(kind)
        for name, field in kind.fields.items():
            yield from spots(field.type, f"{path}.{name}", _into(put, base, name), kind)
    elif isinstance(kind, Either):
        yield from spots(kind.long, f"{path}(long)", put, kind)
    elif isinstance(kind, ListOf):
        yield from spots(kind.item, f"{path}[]", lambda item: put([item]), kind)
    elif isinstance(kind, MapOf):
        yield from spots(kind.value, f"{path}.<name>", _into(put, {}, minimal(kind.key)), kind)


def variants(kind: Object) -> Iterator[Any]:
    """Yield mappings that stand at the border of what an object accepts."""
    base = minimal(kind)
    for name in kind.fields:
        yield {key: value for key, value in base.items() if key != name}
        yield {**base, name: None}
    yield {**base, "unknownField": None}
    yield {**base, "unknownField": "x"}
    for left, right in (pair for group in kind.exclusive for pair in combinations(group, 2)):
        both = {**base, left: minimal(kind.fields[left].type), right: minimal(kind.fields[right].type)}
        yield from (both, {**both, left: None}, {**both, right: None}, {**both, left: None, right: None})


def fields(kind: Type) -> Iterator[Field]:
    """Yield every field below a type, those of shared types again."""
    for spot in spots(kind):
        if isinstance(spot.type, Object):
            yield from spot.type.fields.values()


def texts() -> list[Text]:
    """Return every text of the model that has a pattern, once."""
    found: dict[Text, None] = {}
    for spot in (spot for kind in KINDS.values() for spot in spots(kind)):
        inside = [spot.type, *([spot.type.key] if isinstance(spot.type, MapOf) else [])]
        inside += [spot.type.short] if isinstance(spot.type, Either) else []
        inside += [port_name] if isinstance(spot.type, PortReference) else []
        found |= dict.fromkeys(text for text in inside if isinstance(text, Text) and text.pattern)
    return list(found)


def _into(put: Put, base: dict[str, Any], name: str) -> Put:
    return lambda value: put({**base, name: value})


def _word(kind: Text) -> str:
    return next(word for word in WORDS if not problems(kind, word))


def _required(kind: Object) -> dict[str, Any]:
    return {name: minimal(field.type) for name, field in kind.fields.items() if field.required}


def _first(kind: OneKey) -> dict[str, Any]:
    name, field = next(iter(kind.fields.items()))
    return {name: minimal(field.type)}


_MINIMAL: Final[dict[type[Type], Callable[[Any], Any]]] = {
    Anything: lambda _: "anything",
    Text: _word,
    Quantity: lambda _: 1,
    Integer: lambda kind: kind.low,
    Boolean: lambda _: True,
    Choice: lambda kind: kind.words[0],
    ListOf: lambda kind: [minimal(kind.item)] * kind.fewest,
    MapOf: lambda _: {},
    Object: _required,
    OneKey: _first,
    Either: lambda kind: minimal(kind.short),
    PortReference: lambda _: 80,
    PatchText: lambda _: "patch",
}

SCALARS: Final = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2**63), st.floats(0.01, 0.99), st.text(max_size=5)
)
"""Whole numbers are integers to the reader of YAML, however they are written, so no float is one here."""
JUNK: Final = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


def values(kind: Type) -> st.SearchStrategy[Any]:
    """Return values of a type; they may break a rule between fields, and seldom any other."""
    return _VALUES[type(kind)](kind)


@st.composite
def mutated(draw: st.DrawFn, kind: Type) -> Any:
    """Return a value of a type with something changed somewhere in it."""
    return _change(draw, draw(values(kind)))


def _change(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: _change(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], _change(draw, value[index]), *value[index + 1 :]]
    return _broken(draw, value)


def _broken(draw: st.DrawFn, value: Any) -> Any:
    ways: list[Callable[[], Any]] = [lambda: draw(JUNK)]
    if isinstance(value, dict):
        ways.append(lambda: {**value, draw(st.text(max_size=3)): draw(JUNK)})
        ways += [partial(_without, value, key) for key in value]
    if isinstance(value, list):
        ways.append(lambda: value * 2)
    if isinstance(value, str):
        ways.append(lambda: value + draw(st.sampled_from("\n \u2028\ufeff-_A/.*")))
    return draw(st.sampled_from(ways))()


def _without(value: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: item for name, item in value.items() if name != key}


def _text(kind: Text) -> st.SearchStrategy[str]:
    return st.from_regex(re.compile(kind.pattern), fullmatch=True) if kind.pattern else st.text(max_size=5)


@st.composite
def _written(draw: st.DrawFn, kind: Object) -> dict[str, Any]:
    optional = [name for name, field in kind.fields.items() if not field.required]
    chosen = draw(st.sets(st.sampled_from(optional), max_size=3)) if optional else set()
    return {
        name: draw(values(field.type) if field.required else st.none() | values(field.type))
        for name, field in kind.fields.items()
        if field.required or name in chosen
    }


@st.composite
def _one(draw: st.DrawFn, kind: OneKey) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(kind.fields)))
    return {name: draw(values(kind.fields[name].type))}


def _map(kind: MapOf) -> st.SearchStrategy[dict[str, Any]]:
    value = values(kind.value)
    return st.dictionaries(_text(kind.key), st.none() | value if kind.nullable else value, max_size=2)


_VALUES: Final[dict[type[Type], Callable[[Any], st.SearchStrategy[Any]]]] = {
    Anything: lambda _: JUNK,
    Text: _text,
    Quantity: lambda kind: _text(kind) | st.integers(0, 2**63),
    Integer: lambda kind: st.integers(kind.low, kind.high),
    Boolean: lambda _: st.booleans(),
    Choice: lambda kind: st.sampled_from(kind.words),
    ListOf: lambda kind: st.lists(values(kind.item), min_size=kind.fewest, max_size=3),
    MapOf: _map,
    Object: _written,
    OneKey: _one,
    Either: lambda kind: values(kind.short) | values(kind.long),
    PortReference: lambda _: values(port_number) | values(port_name),
    PatchText: lambda _: st.sampled_from(["text", {"spec": {}}, [{"op": "remove"}]]),
}
