"""The emitter prints what kustomize prints: examples of each rule, and laws against the real tool."""

from __future__ import annotations

from itertools import permutations
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from krm_functions.krm import emit
from krm_functions.krm.emit import dump, dump_all
from tests.krm.builds import documents, generated, named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WORDS = [
    "", "~", "null", "Null", "NULL", "nULL", "y", "Y", "n", "N", "yes", "no", "NO", "nO", "on", "off", "Off",
    "true", "True", "tRUE", "=", "<<", "-", "--", "---", "---a", "- a", "-a", "?", "? a", "?a", ":", ":a",
    "a:", "a: b", "a:b", "a :b", "a #b", "a#b", "#a", ".", "..", "...", "...a", "!a", "&a", "*a", "a*", "%a",
    "@a", "`a", "'", '"', "a'b", 'a"b', "|", ">", "[", "]", "a]", "{a", "a}", ",a", "a,b", "\\", "a\\b",
    " ", "  ", " a", "a ", "a  b", "\t", "a\tb", "a:\tb", "\r", "a\r\nb",
]  # fmt: skip
NUMBERS = [
    "0", "00", "07", "08", "0777", "0999", "0o7", "0o8", "0O7", "0x", "0xg", "0x1F", "0XF", "-0xF", "0b1", "0b2",
    "-0b1", "0B1", "1_000", "1__0", "_1", "1_", "+1", "+", "-1", "1.", ".5", "+.5", "._5", ".5_0", "5_0", ".e1",
    ".5e3", ".5e999", ".5_e3", "1e3", "1E3", "1e", "e1", "1e+3", "1e999", "-1e999", "0x1p-2", ".inf", ".Inf",
    "+.inf", "-.INF", ".nan", ".NaN", ".iNF", "inf", "nan", "Infinity", "9223372036854775808", "1.5.2",
    "18446744073709551616", "0xffffffffffffffff", "0x10000000000000000", "-0x8000000000000000", "-0x8000000000000001",
    "+0x7fffffffffffffff", "+0x8000000000000000", "0o1777777777777777777777", "0o2000000000000000000000",
    "22:22", "1:99", "190:20:30", "12:30:45.5", "1_0:30", "-1:30", "1:60", "1:5.", "1:5.5_0", "10:00:00,5",
]  # fmt: skip
TIMES = [
    "2024-01-01", "2024-1-1", "2024-13-01", "2024-00-01", "2024-02-30", "2024-02-29", "2023-02-29", "1900-02-29",
    "2000-02-29", "0000-02-29", "2024-01-01T00:00:00Z", "2024-01-01t1:2:3.5Z", "2024-01-01T1:2:3,5Z", "2024-04-31",
    "2024-01-01T00:00:00", "2024-01-01T00:00:00+01:00", "2024-01-01T00:00:00+24:60", "2024-01-01T00:00:00-25:00",
    "2024-01-01T24:00:00Z", "2024-01-01T23:60:00Z", "2024-01-01T23:59:60Z", "2024-01-01 1:2:3", "2024-01-01 1:2",
    "2024-01-01 1:2:3Z", "2024-01-01 1:2:3.", "2024-01-01 ", "02024-01-01", "2024-01-011", "2024-01",
]  # fmt: skip
LINES = [
    "\n", "\n\n", "a\n", "a\nb", "a\nb\n", "a\n\n", "\na", " a\nb", "a\n b\n", "a \nb", "a\nb ", "a\n\tb\n",
    "a\n\n\nb\n\n\n", "\n a", "a\u2028b", "\u2028", "\u2028a\u2029", "a\u2028\u2028b", "a \u2028b", "a\u2028 b",
    "a\u2028b\nc", "a\nb\u2028", "a\nb\u2028\n", "\u2028a\nb", "a\n# b\n", "a: b\n---\nc: d\n", "a\n...\n",
]  # fmt: skip
CHARACTERS = [
    "\0", "\x01", "\a", "\b", "\x0b", "\x0c", "\x1b", "\x1f", "\xa0", "a\xa0", "\xad", "é", "日本", "\u200b", "\ue000",
    "\ufeff", "\ufeffa b", "a\ufeffb", "\ufffd", "😀", "a 😀\n", "\ud7ff", "\U0010ffff", "ü" * 64, "ü" * 65, "٣", "1٣",
]  # fmt: skip
LONG = [
    "word " * 40 + "end", "'q' " * 40 + "e:", "\t a  b" * 40, "x" * 200, "x" * 78 + " y", "x" * 90 + " ", " " + "x" * 90, "x" * 80 + "  y z", "- " * 60,
    "a" * 100 + "\u2028" + "b c" * 50, "ü " * 70 + "ü", '\\ " ' * 30 + "\0", "a" * 90 + " \0", " \0" + "a " * 60,
    "k" * 127, "k" * 128, "k" * 129, "k " * 70 + "k", "a\n" + "b " * 90 + "c\n",
]  # fmt: skip
STRINGS = [*WORDS, *NUMBERS, *TIMES, *LINES, *CHARACTERS, *LONG]
ATOMS: list[object] = [
    None, True, False, 0, -1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**30, {}, [],
    0.0, -0.0, 1.0, 1.5, 0.1, 0.0001, 0.00001, 123456.5, 999999.9999999999, 1234567.5, -1234567.5, 12345678.0, 1e15,
    1e19, -1e19, 1.8446744073709552e19, 1e20, 1e21, 1e22, 1e-7, 5e-324, 1.7976931348623157e308, 4503599627370497.5,
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder to build in."""
    return tmp_path_factory.mktemp("emit")


def check(folder: Path, *manifests: Mapping[str, object]) -> None:
    """Hold the emitter against kustomize, which gets the manifests as JSON, then as we print them."""
    ours = "".join(dump_all(manifests))
    for given_as in (documents(manifests), ours):
        build = generated(folder, given_as)
        assert (build.output, build.error) == (ours, "")


def test_a_manifest_reads_as_people_expect() -> None:
    """Keys are sorted, sequences stand at their key's indentation, words and numbers are quoted."""
    port = {"protocol": "TCP", "port": 80}
    spec = {"ports": [port], "on": "on", "note": "a: b", "empty": {}, "none": [], "many": [[1, 2], [{}]]}
    assert dump({"spec": spec, "kind": "Service"}) == (
        "kind: Service\nspec:\n  empty: {}\n  many:\n  - - 1\n    - 2\n  - - {}\n  none: []\n"
        '  note: \'a: b\'\n  "on": "on"\n  ports:\n  - port: 80\n    protocol: TCP\n'
    )


def test_documents_are_joined_as_kustomize_joins_them() -> None:
    """The separator stands between documents only, and an empty mapping is a document."""
    assert list(dump_all([{"a": 1}, {}, {"b": None}])) == ["a: 1\n", "---\n{}\n", "---\nb: null\n"]
    assert not list(dump_all([]))


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("22:22", '"22:22"'),
        ("0o14", '"0o14"'),
        ("2024-02-29", '"2024-02-29"'),
        ("2024-02-30", "2024-02-30"),
        ("a\tb", '"a\\tb"'),
        ("😀", '"\\U0001F600"'),
        ("it's", "it's"),
        ("@home", "'@home'"),
        ("a\n", "|\n  a"),
        (" a\n\n", "|2+\n   a\n"),
        (1e6, "1000000"),
        (1e20, "1e+20"),
        (1234567.5, "1.2345675e+06"),
    ],
)
def test_scalars(value: object, line: str) -> None:
    """Each rule of the printer has an example that a reader can check by eye."""
    assert dump({"k": value}) == f"k: {line}\n"


def test_keys_are_in_natural_order(folder: Path) -> None:
    """Runs of digits compare as numbers, letters come after everything else."""
    order = ["~", "1", "01", "A", "a", "a-b", "a.b", "a_b", "a2", "a19", "a103", "aB", "ab", "é"]
    lines = dump(dict.fromkeys(sorted(order), 0)).splitlines()
    assert [line.split(":")[0].strip("\"'") for line in lines] == order
    check(folder, named(0, spec=dict.fromkeys(sorted(order), 0)))


def test_the_same_object_twice_is_printed_twice() -> None:
    """There are no aliases."""
    shared = {"a": [1]}
    assert dump({"x": shared, "y": shared}) == 'x:\n  a:\n  - 1\n"y":\n  a:\n  - 1\n'


def test_frozen_collections_and_string_types_are_printed_like_plain_ones() -> None:
    """A tuple is a list, a read-only mapping is a mapping, a subclass of str is its text."""
    plain = {"a": {"b": [1, {"c": "d"}, ["e"]]}}
    frozen = MappingProxyType(
        {"a": MappingProxyType({"b": (1, MappingProxyType({"c": Name("d")}), (Name("e"),))})}
    )
    assert dump(frozen) == dump(plain)


class Name(str):
    """A string with a type of its own."""

    __slots__ = ()


@pytest.mark.parametrize("value", ["a\x7fb", "\x80", "\x85", "\ud800", "\uffff", float("inf"), float("nan")])
def test_what_kustomize_cannot_print_is_refused(value: object) -> None:
    """An error names the character but never shows the string, which may be secret."""
    with pytest.raises(ValueError, match=r"kustomize cannot print the (character U\+|number )") as caught:
        dump({"data": {"password": value}})
    assert "b" not in str(caught.value).replace("number", "")
    with pytest.raises(ValueError, match="kustomize cannot print"):
        dump({"data": {str(value) if isinstance(value, str) else "k": value}})


@pytest.mark.parametrize("value", ["a\x7fb", "\x9f", "\uffff"])
def test_kustomize_cannot_print_them(folder: Path, value: str) -> None:
    """The refused characters make kustomize itself fail."""
    build = generated(folder, documents([named(0, data=value)]))
    assert (build.output, build.status) == ("", 1)
    assert "control characters are not allowed" in build.error


def test_kustomize_loses_the_next_line_character(folder: Path) -> None:
    """U+0085 is refused because kustomize prints a space instead."""
    assert (
        "data: a b\n"
        in generated(folder, '{apiVersion: v1, kind: A, metadata: {name: a}, data: "a\\Nb"}').output
    )


@pytest.mark.parametrize("value", [b"x", {1}, object()])
def test_what_no_manifest_holds_is_refused(value: object) -> None:
    """Only JSON's types are printed."""
    with pytest.raises(TypeError, match="a manifest holds no"):
        dump({"k": value})


def test_keys_are_strings() -> None:
    """A number as a key is a mistake of the program, not something to guess about."""
    with pytest.raises(TypeError, match="a key is no string: 1"):
        dump({1: "a"})  # type: ignore[dict-item]


def test_caches_start_over_when_they_are_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache stays bounded and never changes what is printed."""
    monkeypatch.setattr(emit, "_ENTRIES", 3)
    for number in range(50):
        assert dump({f"key{number}": f"value{number}"}) == f"key{number}: value{number}\n"
        assert max(len(emit._TEXTS), len(emit._HEADS)) <= 3


def test_every_listed_string_as_a_value(folder: Path) -> None:
    """Strings behind keys, as items and deep in a structure are printed as kustomize prints them."""
    behind_keys = {f"k{number}": text for number, text in enumerate(STRINGS)}
    check(folder, named(0, spec=behind_keys), named(1, spec=STRINGS), named(2, spec=[[{"a": [STRINGS]}]]))


def test_every_listed_string_as_a_key(folder: Path) -> None:
    """A key is printed as kustomize prints it, whatever stands behind it; ``<<`` alone cannot be a key."""
    values = ["a", {"b": 1, "c": [1, 2]}, [1, {"x": 1, "y": 2}], {}, "a\nb\n", "w " * 50 + "w"]
    keys = [text for text in dict.fromkeys(STRINGS) if text != "<<"]
    check(folder, *(named(n, spec=[{key: value} for key in keys]) for n, value in enumerate(values)))


def test_every_listed_number(folder: Path) -> None:
    """Numbers, nulls and empty collections are printed as kustomize prints them."""
    check(
        folder, named(0, spec={f"k{number}": atom for number, atom in enumerate(ATOMS)}), named(1, spec=ATOMS)
    )


def consistent(mapping: dict[str, object]) -> bool:
    """Whether natural order orders these keys at all: a13 < a1b < a2 < a13 is printed in any order."""
    return all(
        emit._compared(one, three) < 0
        for one, two, three in permutations(mapping, 3)
        if emit._compared(one, two) < 0 and emit._compared(two, three) < 0
    )


letters = st.characters(
    exclude_categories=["Cs"],
    exclude_characters=[*map(chr, range(0x7F, 0xA0)), "\ufffe", "\uffff"],
)
shapes = st.from_regex(r"[-+]?[0-9.]{1,3}[-:_ T.0-9eExob]{0,8}Z?", fullmatch=True)
dates = st.from_regex(
    r"[12][0-9]{3}-[01]?[0-9]-[0-3]?[0-9]([Tt ][0-2]?[0-9]:[0-9]{1,2}:[0-9]{1,2}Z?)?", fullmatch=True
)
marks = st.text("-?:#,[]{}&*!|>'\"%@`= ~ab\n\t\u2028.", max_size=6)
prose = st.lists(
    st.sampled_from(["word", "a", "it's", "", "\n", "\t", "'", '"', "#", ":", "ü", "\\"]), max_size=60
)
texts = st.one_of(
    st.sampled_from(STRINGS), st.text(letters, max_size=30), shapes, dates, marks, prose.map(" ".join)
)
keys = st.one_of(st.sampled_from(["name", "a.b/c", "LOG_LEVEL"]), st.text("abAB-_./ 019é", max_size=6), texts)
atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
)
values = st.recursive(
    texts | atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(keys.filter(lambda key: key != "<<"), inner, max_size=5).filter(consistent),
    ),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(specs=st.lists(values, min_size=1, max_size=12))
def test_any_manifest_is_printed_as_kustomize_prints_it(folder: Path, specs: list[object]) -> None:
    """The law: our text is kustomize's own, and stays as it is when kustomize reads it back."""
    check(folder, *(named(number, spec=spec) for number, spec in enumerate(specs)))
