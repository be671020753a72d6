"""The reader of YAML: kustomize's reading of values, and nothing dropped in silence."""

from __future__ import annotations

import json
import os
import subprocess
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import example, given, strategies as st

from krm_functions.documents.yaml import MAX_DEPTH, MAX_NODES, Problem, read, scalar
from tests import tools

if TYPE_CHECKING:
    from pathlib import Path

TEXTS: Final = (
    "on", "off", "yes", "no", "y", "n", "On", "tRUE", "nULL", "22:22", "1.5.0", "1.4.1@sha256:abc", "0x", "0xG", "0o8",
    "0b2", "0x_", "0b_", "0o_", ".", "..", "+", "-.", ".e5", "1e", "0x1.8p1", "_1", "1e400", "=", ".Nan", "v1", "~a",
    "1" * 400,
)  # fmt: skip
"""Plain scalars that stay text."""
NUMBERS: Final = {
    "0": 0, "-0": 0, "12": 12, "+12": 12, "-3": -3, "1_000": 1000, "1__0": 10, "1_": 1, "+_1": 1,
    "0777": 511, "-017": -15, "0_1": 1, "0o17": 15, "0O17": 15, "-0o17": -15, "0x1F": 31, "0X1f": 31, "-0x1F": -31,
    "0x_1F": 31, "0b101": 5, "0B1": 1, "-0b11": -3, "08": 8, "1.10": 1.1, "1.0": 1, "1e3": 1000, "1E+5": 100000, "5.": 5,
    ".5": 0.5, ".5_0": 0.5, "1_0.5": 10.5, "09.5": 9.5, "-0.0": 0, "0.1e-2": 0.001, "18446744073709551615": 2**64 - 1,
    "18446744073709551616": 1.8446744073709552e19, "-9223372036854775809": -(2**63), "1" * 100: float("1" * 100),
}  # fmt: skip
"""Plain scalars that are numbers; a whole one within 64 bits is an integer however it is written."""
DATES: Final = ("2027-01-01", "2027-1-1", "2001-12-14T21:59:43Z")
"""They stay text here; kustomize turns a bare date into a time on its way to a function."""


def documents(text: str) -> list[Any]:
    """Return the documents of a text that nothing is wrong with."""
    found = read(text)
    assert found.problems == ()
    return list(found.documents)


def problem(text: str) -> Problem:
    """Return the one problem of a text."""
    (found,) = read(text).problems
    return found


@pytest.mark.parametrize("text", [*TEXTS, *DATES])
def test_text(text: str) -> None:
    """What only YAML 1.1 or a Python reader takes for something else is text."""
    assert scalar(text) == text


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_numbers(text: str, number: float) -> None:
    """Numbers are decimal, octal, hexadecimal or binary, with underscores anywhere."""
    assert scalar(text) == number
    assert type(scalar(text)) is type(number)


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("null", None), ("~", None), ("", None)],
)  # fmt: skip
def test_booleans_and_null(text: str, value: object) -> None:
    """The words of YAML 1.2's core schema, in three cases."""
    assert scalar(text) is value


def test_scalars_are_kustomizes(tmp_path: Path) -> None:
    """The real kustomize reads every one of them the same."""
    words = ["true", "~", "Null", *(text for text in TEXTS if not text.startswith("=")), *NUMBERS]
    fields = "".join(f"  k{number}: {word}\n" for number, word in enumerate(words))
    (tmp_path / "x.yaml").write_text(
        f"apiVersion: a/v1\nkind: X\nmetadata: {{name: x}}\nspec:\n{fields}", "utf-8"
    )
    (tmp_path / "kustomization.yaml").write_text("resources: [x.yaml]\n", "utf-8")
    built = subprocess.run([tools.kustomize(), "build", os.fspath(tmp_path)], capture_output=True, check=True)
    ((resource),) = documents(built.stdout.decode())
    theirs = [resource["spec"][f"k{number}"] for number in range(len(words))]
    assert dict(zip(words, map(json.dumps, theirs), strict=True)) == {
        word: json.dumps(scalar(word)) for word in words
    }


@pytest.mark.parametrize("text", ['"true"', "'1.10'", '"~"', '"0x1F"'])
def test_quoted_is_text(text: str) -> None:
    """Quotes make text of anything."""
    assert documents(f"a: {text}") == [{"a": text[1:-1]}]


def test_block_scalars_are_text() -> None:
    """A literal and a folded block stay text, whatever they look like."""
    assert documents("a: |\n  12\n  true\nb: >-\n  1\n  2\n") == [{"a": "12\ntrue\n", "b": "1 2"}]


@pytest.mark.parametrize("text", [".inf", "-.inf", "+.INF", ".nan", ".NaN"])
def test_numbers_that_json_lacks_are_refused(text: str) -> None:
    """Kustomize cannot build them; quoted, they are text."""
    assert problem(f"a: {text}") == Problem(
        "TS111", f"the number {text} is not read", 1, 4, "quote it, if it is text"
    )
    assert documents(f"a: '{text}'") == [{"a": text}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# nothing\n", []),
        ("---\n", [None]),
        ("a: 1\n---\nb: 2\n", [{"a": 1}, {"b": 2}]),
        ("---\na: 1\n---\n---\nb: 2\n...\n", [{"a": 1}, None, {"b": 2}]),
        ("\ufeffa: 1\n", [{"a": 1}]),
        ("a: 1\r\nb: 2\r\n", [{"a": 1, "b": 2}]),
        ("a:\nb: {}\nc: []\n", [{"a": None, "b": {}, "c": []}]),
        ("[1, [2, {a: b}]]", [[1, [2, {"a": "b"}]]]),
        ("%YAML 1.1\n---\non: off\n", [{"on": "off"}]),
    ],
)
def test_documents(text: str, expected: list[Any]) -> None:
    """A text holds any number of documents; an empty one is None."""
    assert documents(text) == expected


def test_aliases_are_expanded() -> None:
    """An alias is the value of its anchor."""
    assert documents("a: &x {b: 1}\nc: *x\nd: [*x]\n") == [{"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}]}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n", {"b": 1, "c": 3}),
        ("a: &x {b: 1, c: 2}\nd: {c: 3, <<: *x}\n", {"b": 1, "c": 3}),
        ("a: [&x {b: 1}, &y {b: 2, c: 3}]\nd: {<<: [*x, *y]}\n", {"b": 1, "c": 3}),
        ("d: {<<: {b: 1}}\n", {"b": 1}),
        ("d: {<<: []}\n", {}),
        ('d: {"<<": {b: 1}}\n', {"<<": {"b": 1}}),
    ],
)
def test_merge_keys(text: str, expected: dict[str, Any]) -> None:
    """What a mapping says itself wins; of several merged, the first."""
    assert documents(text)[0]["d"] == expected


def test_an_anchor_lives_in_one_document() -> None:
    """The next document does not know it."""
    assert problem("a: &x 1\n---\nb: *x\n").message == "not YAML: unknown alias 'x'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", Problem("TS102", "the key 'a' stands here twice", 3, 1, "only one of them can hold")),
        ("a: {b: 1, b: 1}\n", Problem("TS102", "the key 'b' stands here twice", 1, 11, "only one of them can hold")),
        (
            "a: {<<: {b: 1}, <<: {c: 1}}\n",
            Problem("TS102", "the key '<<' stands here twice", 1, 17, "only one of them can hold"),
        ),
        ("a: !!str 1.10\n", Problem("TS103", "the tag tag:yaml.org,2002:str is not read", 1, 4, "remove the tag")),
        ("a: !secret x\n", Problem("TS103", "the tag !secret is not read", 1, 4, "remove the tag")),
        ("a: !!binary aGk=\n", Problem("TS103", "the tag tag:yaml.org,2002:binary is not read", 1, 4, "remove the tag")),
        ("a: !x {b: 1}\n", Problem("TS103", "the tag !x is not read", 1, 4, "remove the tag")),
        ("a: {<<: 5}\n", Problem("TS101", "not YAML: a merge of what is no mapping", 1, 5, "'<<' takes a mapping or several")),
        ("a: {<<: [{}, 5]}\n", Problem("TS101", "not YAML: a merge of what is no mapping", 1, 5, "'<<' takes a mapping or several")),
        ("1: a\n", Problem("TS104", "a key that is not a string", 1, 1, "quote it")),
        ("a:\n  true: b\n", Problem("TS104", "a key that is not a string", 2, 3, "quote it")),
        ("~: a\n", Problem("TS104", "a key that is not a string", 1, 1, "quote it")),
        ("? [a]\n: b\n", Problem("TS104", "a key that is not a string", 1, 3, "quote it")),
        ("a: *x\n", Problem("TS101", "not YAML: unknown alias 'x'", 1, 4, "no anchor of this name before")),
        ("a: &x [*x]\n", Problem("TS101", "not YAML: unknown alias 'x'", 1, 8, "no anchor of this name before")),
    ],
)  # fmt: skip
def test_refused(text: str, expected: Problem) -> None:
    """What would be dropped or guessed is a problem with its line and column."""
    assert problem(text) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1\nb: 2\n", 2), ("a: b: c\n", 1), ("\tb: 1\n", 1), ("a: 'x\n", 2), ("a: 1\n b: 2\n", 2)],
)
def test_not_yaml(text: str, line: int) -> None:
    """Broken syntax is one problem, at its line."""
    found = problem(text)
    assert (found.code, found.line) == ("TS101", line)
    assert found.message.startswith("not YAML: ")
    assert found.column >= 1


@pytest.mark.parametrize("text", ["a: \0\n", "a: \x1b[31m\n", "\x00\x01\x02\xff"])
def test_binary_is_not_yaml(text: str) -> None:
    """Control characters are refused."""
    assert problem(text).code == "TS101"


def test_all_problems_are_kept() -> None:
    """Problems of values do not end the reading; what is read is there beside them."""
    found = read("1: x\na: !t y\nb: 1\nb: 2\n")
    assert [(p.code, p.line) for p in found.problems] == [("TS104", 1), ("TS103", 2), ("TS102", 4)]
    assert found.documents == ({"a": "y", "b": 2},)


def test_an_alias_bomb_is_bounded() -> None:
    """Nine aliases of nine aliases of ... are counted as what they stand for, and refused at once."""
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    start = time.monotonic()
    found = problem("\n".join(rows))
    assert (found.code, found.message) == (
        "TS105",
        f"more than {MAX_NODES} values once its aliases are expanded",
    )
    assert time.monotonic() - start < 1


def test_a_merge_bomb_is_bounded() -> None:
    """Merged mappings count, too."""
    rows = ["a0: &a0 {x: {y: {z: [1, 2, 3, 4, 5, 6, 7, 8]}}}"]
    rows += [f"a{n}: &a{n} {{p: {{<<: *a{n - 1}}}, q: {{<<: *a{n - 1}}}}}" for n in range(1, 40)]
    assert problem("\n".join(rows)).code == "TS105"


@pytest.mark.parametrize(("left", "right"), [("[", "]"), ("{a: ", "}")])
def test_depth_is_bounded(left: str, right: str) -> None:
    """A hundred levels are read; one more, or a million, is a problem and not a crash."""
    assert documents(left * MAX_DEPTH + "x" + right * MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 100_000):
        found = problem(left * depth)
        assert (found.code, found.message) == ("TS105", f"nested deeper than {MAX_DEPTH} levels")


@example("0x_")
@example("1" * 5000)
@given(st.text(alphabet="0123456789abefxoBXO_+-.eE:~<! \n", max_size=12))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    """Whatever stands there, it is read or it is a problem."""
    found = read(text)
    assert found.problems or isinstance(found.documents, tuple)
    if text:
        scalar(text)
