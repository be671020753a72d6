"""The kinds of values: what each accepts, and with which code, place and note it refuses the rest."""

from __future__ import annotations

from typing import Any, Final

import pytest

from krm_functions.diagnostics import Collector, Diagnostic, Place
from krm_functions.spec import app, component, container, parts, platform, tenant
from krm_functions.spec.composites import Either, Field, ListOf, MapOf, Object, OneKey
from krm_functions.spec.kinds import KINDS
from krm_functions.spec.scalars import Anything, Boolean, Choice, Integer, Quantity, Text, Type

AT: Final = Place("app.yaml", ("spec", "it"))
word: Final = Text("a word", r"[a-z]+", 5, "lower-case letters")
size: Final = Quantity("a quantity", r"[0-9]+(Mi|Gi)?", 0, "such as 10Gi")
pair: Final = Object(
    Field("left", word, "Left.", required=True),
    Field("right", word, "Right."),
    Field("other", word, "Other."),
    exclusive=(("right", "other"),),
)
maps: Final = Object(
    Field("env", MapOf(word), "Env."),
    Field("secrets", MapOf(word), "Secrets."),
    disjoint=(("env", "secrets"),),
)
one: Final = OneKey(Field("url", word, "Url."), Field("host", word, "Host."))
either: Final = Either(Integer(1, 9), pair, "a digit, or {left, right}")


def said(kind: Type, value: object) -> list[Diagnostic]:
    """Return what a type says of a value."""
    out = Collector()
    kind.check(value, AT, out)
    return out.diagnostics


ACCEPTED: Final[list[tuple[Type, list[Any]]]] = [
    (Anything(), [None, 1, "x", [], {"a": [None]}]),
    (Text(), ["", "x", "a\nb"]),
    (word, ["a", "abcde"]),
    (size, ["1", "10Gi", 0, 7, 2**63 - 1]),
    (Integer(1, 9), [1, 9]),
    (Boolean(), [True, False]),
    (Choice("a", "b"), ["a", "b"]),
    (ListOf(word), [[], ["a", "b"]]),
    (ListOf(word, unique=False), [["a", "a"]]),
    (ListOf(Integer(0, 9)), [[0, 1]]),
    (MapOf(word), [{}, {"any key": "a"}]),
    (MapOf(word, nullable=True), [{"k": None}]),
    (pair, [{"left": "a"}, {"left": "a", "right": None, "other": "b"}]),
    (maps, [{}, {"env": {"a": "x"}, "secrets": {"b": "x"}}, {"env": None, "secrets": {"a": "x"}}]),
    (one, [{"url": "a"}, {"host": "a"}]),
    (either, [3, {"left": "a"}]),
    (container.port_reference, [80, "http"]),
    (parts.PatchText(), ["x", [{}], {"spec": {}}]),
]


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in ACCEPTED for value in values])
def test_accepted(kind: Type, value: object) -> None:
    """A value of the type is not commented on."""
    assert said(kind, value) == []


@pytest.mark.parametrize(
    ("kind", "value", "code", "message", "note"),
    [
        (word, 1.1, "TS202", "'it' wants a word, not the number 1.1", "quote it"),
        (word, True, "TS202", "'it' wants a word, not true", "quote it"),
        (word, None, "TS202", "'it' wants a word, not null", ""),
        (word, [], "TS202", "'it' wants a word, not a list", ""),
        (word, {}, "TS202", "'it' wants a word, not a mapping", ""),
        (word, "A", "TS203", "'it': 'A' is not a word", "lower-case letters"),
        (word, "a\n", "TS203", "'it': 'a\n' is not a word", "lower-case letters"),
        (word, "A" * 99, "TS203", f"'it': '{'A' * 77}...' is not a word", "lower-case letters"),
        (word, "abcdef", "TS203", "'it' has 6 characters", "at most 5 characters"),
        (size, -1, "TS202", "'it' wants a quantity, not the number -1", "quote it"),
        (size, 2**63, "TS202", f"'it' wants a quantity, not the number {2**63}", "quote it"),
        (size, True, "TS202", "'it' wants a quantity, not true", "quote it"),
        (size, "10gb", "TS203", "'it': '10gb' is not a quantity", "such as 10Gi"),
        (Integer(1, 9), "3", "TS202", "'it' wants a whole number, not text", "remove the quotes"),
        (Integer(1, 9), "x", "TS202", "'it' wants a whole number, not text", ""),
        (Integer(1, 9), 1.5, "TS202", "'it' wants a whole number, not the number 1.5", ""),
        (Integer(0, 9), False, "TS202", "'it' wants a whole number, not false", ""),
        (Integer(1, 9), 10, "TS203", "'it': 10 is out of range", "1 to 9"),
        (Boolean(), "yes", "TS202", "'it' wants true or false, not text", "write true or false"),
        (Boolean(), "On", "TS202", "'it' wants true or false, not text", "write true or false"),
        (Boolean(), "maybe", "TS202", "'it' wants true or false, not text", ""),
        (Boolean(), 1, "TS202", "'it' wants true or false, not the number 1", ""),
        (
            Choice("left", "right"),
            "letf",
            "TS203",
            "'it': 'letf' is not one of left, right",
            "did you mean 'left'?",
        ),
        (
            Choice("left", "right"),
            "zzz",
            "TS203",
            "'it': 'zzz' is not one of left, right",
            "one of left, right",
        ),
        (Choice("left", "right"), 1, "TS202", "'it' wants one of left, right, not the number 1", ""),
        (ListOf(word), "a", "TS202", "'it' wants a list, not text", "write it as a list: [...]"),
        (ListOf(word), {}, "TS202", "'it' wants a list, not a mapping", ""),
        (ListOf(word, fewest=1), [], "TS203", "'it' is empty", "at least 1"),
        (MapOf(word), [], "TS202", "'it' wants a mapping, not a list", ""),
        (pair, "a", "TS202", "'it' wants a mapping, not text", ""),
        (pair, None, "TS202", "'it' wants a mapping, not null", ""),
        (pair, {}, "TS204", "'it' lacks 'left'", "it needs 'left': Left."),
        (pair, {"left": None}, "TS204", "'it' lacks 'left'", "it needs 'left': Left."),
        (one, {}, "TS205", "'it' wants exactly one of url, host", ""),
        (one, {"url": "a", "host": "a"}, "TS205", "'it' wants exactly one of url, host", ""),
        (one, {"url": None}, "TS205", "'it' wants exactly one of url, host", ""),
        (either, 0, "TS203", "'it': 0 is out of range", "1 to 9"),
        (either, [], "TS202", "'it' wants a digit, or {left, right}, not a list", ""),
        (either, {}, "TS204", "'it' lacks 'left'", "it needs 'left': Left."),
        (container.port_reference, True, "TS202", "'it' wants a port number, not true", ""),
        (container.port_reference, 0, "TS203", "'it': 0 is out of range", "1 to 65535"),
        (parts.PatchText(), "", "TS202", f"'it' wants {parts.PatchText.name}, not text", ""),
        (parts.PatchText(), 1, "TS202", f"'it' wants {parts.PatchText.name}, not the number 1", ""),
    ],
)
def test_refused(kind: Type, value: object, code: str, message: str, note: str) -> None:
    """A value that is not of the type is refused once, at its place, with what to do about it."""
    assert said(kind, value) == [Diagnostic(code, message, AT, note)]


@pytest.mark.parametrize(
    ("kind", "value", "code", "place", "message", "note"),
    [
        (
            ListOf(word),
            ["a", 1],
            "TS202",
            AT.at(1),
            "item 2 of 'it' wants a word, not the number 1",
            "quote it",
        ),
        (ListOf(word), ["a", "b", "a"], "TS203", AT.at(2), "'it': 'a' stands twice", ""),
        (ListOf(Integer(0, 9)), [5, 5], "TS203", AT.at(1), "'it': '5' stands twice", ""),
        (MapOf(word), {"k": None}, "TS202", AT.at("k"), "'k' wants a word, not null", ""),
        (
            MapOf(word, nullable=True),
            {"k": 1},
            "TS202",
            AT.at("k"),
            "'k' wants a word, not the number 1",
            "quote it",
        ),
        (pair, {"left": "A"}, "TS203", AT.at("left"), "'left': 'A' is not a word", "lower-case letters"),
    ],
)
def test_refused_inside(kind: Type, value: object, code: str, place: Place, message: str, note: str) -> None:
    """What is wrong inside a list or a mapping is told at its own place."""
    assert said(kind, value) == [Diagnostic(code, message, place, note)]


@pytest.mark.parametrize(
    ("kind", "value", "code", "path", "message", "note"),
    [
        (
            pair,
            {"left": "a", "rihgt": "a"},
            "TS201",
            ("rihgt",),
            "unknown field 'rihgt'",
            "did you mean 'right'?",
        ),
        (
            pair,
            {"left": "a", "zz": 1},
            "TS201",
            ("zz",),
            "unknown field 'zz'",
            "known here: left, right, other",
        ),
        (
            pair,
            {"left": "a", "zz": None},
            "TS201",
            ("zz",),
            "unknown field 'zz'",
            "known here: left, right, other",
        ),
        (
            pair,
            {"left": "a", "right": "a", "other": "b"},
            "TS205",
            ("other",),
            "'right' and 'other' exclude each other",
            "keep one of them",
        ),
        (
            maps,
            {"env": {"A": "x", "B": "x"}, "secrets": {"B": "x"}},
            "TS205",
            ("secrets", "B"),
            "'B' stands in both 'env' and 'secrets'",
            "keep one of them",
        ),
        (MapOf(word, word), {"K": "a"}, "TS203", ("K",), "'K': 'K' is not a word", "lower-case letters"),
    ],
)
def test_refused_at_a_key(
    kind: Type, value: object, code: str, path: tuple[str, ...], message: str, note: str
) -> None:
    """What is wrong with a key is told at the key, not at its value."""
    assert said(kind, value) == [Diagnostic(code, message, AT.at(*path)._replace(on_key=True), note)]


def test_a_long_list_is_checked_in_linear_time() -> None:
    """A list of a hundred thousand items costs a moment, not minutes."""
    assert said(ListOf(Text()), [str(number) for number in range(100_000)]) == []


def test_every_kind_is_in_the_table_under_its_own_name() -> None:
    """The models and the table of kinds agree on names."""
    models = [platform.platform, tenant.tenant, app.app, app.app_versions, component.component]
    assert list(KINDS.values())[:5] == models
    for name, kind in KINDS.items():
        choice = kind.fields["kind"].type
        assert isinstance(choice, Choice)
        assert choice.words == (name,)
