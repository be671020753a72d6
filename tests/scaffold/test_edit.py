"""Edits of YAML text: what was asked for, and not one byte besides."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, strategies as st
from ruamel.yaml import YAML

from krm_functions.documents import yaml as reader
from krm_functions.scaffold.edit import CannotEditError, put, source

TABLE: dict[str, tuple[str, tuple[str | int, ...], object, str]] = {
    "a scalar": ("a: 1 # one\nb: 2\n", ("a",), "x", "a: x # one\nb: 2\n"),
    "a single-quoted scalar": ("a: 'it'\n", ("a",), "it's", "a: 'it''s'\n"),
    "a double-quoted scalar": ('a: "x" # c\n', ("a",), "y", 'a: "y" # c\n'),
    "a scalar with an anchor": ("a: &x one\nb: *x\n", ("b",), "two", "a: &x one\nb: two\n"),
    "a scalar that is an anchor": ("a: &x one # c\n", ("a",), "two", "a: &x two # c\n"),
    "an alias in a list": ("- &x one\n- *x\n", (1,), "two", "- &x one\n- two\n"),
    "an empty value": ("a:\nb: 1\n", ("a", "c"), 1, "a: {c: 1}\nb: 1\n"),
    "a word that is no text": ("a: x\n", ("a",), "on", 'a: "on"\n'),
    "flow indicators": ("a: {b: 1}\n", ("a", "c"), "x, y", 'a: {b: 1, c: "x, y"}\n'),
    "an empty flow list": ("a: [ ] # c\n", ("a", 0), "x", "a: [x] # c\n"),
    "a trailing comma": ("a: [x,]\n", ("a", 1), "z", "a: [x, z,]\n"),
    "a flow list on own lines": ("a: [\n  x # c\n]\n", ("a", 1), "z", "a: [\n  x, # c\n  z\n]\n"),
    "a list at its key's column": ("a:\n- x\nb: 1\n", ("a", 1), "z", "a:\n- x\n- z\nb: 1\n"),
    "a mapping in a list": ("- a: 1\n  # c\n- a: 2\n", (0, "b"), 3, "- a: 1\n  b: 3\n  # c\n- a: 2\n"),
    "after a block scalar": ("a: |\n  x\n\n# c\n", ("b",), 1, "a: |\n  x\nb: 1\n\n# c\n"),
    "after a block scalar that keeps": ("a: |+\n  x\n\n# c\n", ("b",), 1, "a: |+\n  x\n\nb: 1\n# c\n"),
    "after an alias": ("a: &x 1\nb: *x # c\n", ("c",), 1, "a: &x 1\nb: *x # c\nc: 1\n"),
    "a literal": ("a: |-\n    x\n\n    y\nb: 1\n", ("a",), "x\n\nz", "a: |-\n    x\n\n    z\nb: 1\n"),
    "a folded scalar": ("a: >-\n  x\n  y\nb: 1\n", ("a",), "z", "a: z\nb: 1\n"),
    "text of lines": ("a: 1\n", ("b",), "x\ny\n", "a: 1\nb: |\n  x\n  y\n"),
    "a key with all above it": ("a: 1\n", ("b", "c", 0), "x", "a: 1\nb:\n  c:\n    - x\n"),
    "a merge": ("a: &a {x: 1}\nb:\n  <<: *a\n", ("b", "x"), 2, "a: &a {x: 1}\nb:\n  <<: *a\n  x: 2\n"),
    "beyond the BMP": ("a: {'😀': 1, b: é} # 😀\n", ("a", "c"), 1, "a: {'😀': 1, b: é, c: 1} # 😀\n"),
}


@pytest.mark.parametrize("name", TABLE)
def test_edits(name: str) -> None:
    """One value changes or joins; comments, quotes and layout around it stay."""
    before, path, value, after = TABLE[name]
    assert put(before, path, value) == after


@pytest.mark.parametrize("name", TABLE)
def test_edits_keep_crlf(name: str) -> None:
    """The same edits with the line ends of Windows."""
    before, path, value, after = (t.replace("\n", "\r\n") if isinstance(t, str) else t for t in TABLE[name])
    value = value.replace("\r\n", "\n") if isinstance(value, str) else value
    assert put(str(before), path, value) == after  # type: ignore[arg-type]


def test_one_document_of_several() -> None:
    """The others stay."""
    assert put("a: 1\n---\na: 1\n...\n", ("a",), 2, 1) == "a: 1\n---\na: 2\n...\n"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("x: &x {a: 1}\ny: *x\n", ("y", "b")),
        ("x: &x {a: 1}\ny: *x\n", ("x", "b")),
        ("a: x\n", ("a", "b")),
        ("a: [x]\n", ("a", "b")),
        ("a: [x]\n", ("a", 2)),
        ("a: {x: 1}\n", ("a", 0)),
        ("a: [\n", ("a", 0)),
        ("a: [ # c\n]\n", ("a", 0)),
    ],
)
def test_what_cannot_be_said_locally_is_refused(text: str, path: tuple[str | int, ...]) -> None:
    """Rather an error than a text that means something else."""
    with pytest.raises(CannotEditError):
        put(text, path, "v")


def test_source_is_the_text_at_the_margin() -> None:
    """Comments and quotes included."""
    assert (
        source("a:\n  - b: 'x' # c\n    # d\n    e: 1 # f\n  - g\n", ("a", 0)) == "b: 'x' # c\n# d\ne: 1 # f"
    )


keys = st.text("abc", min_size=1, max_size=3)
leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text("ab ,:#é'\"\n", max_size=8)
documents = st.dictionaries(
    keys,
    st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)
    ),
    min_size=1,
    max_size=4,
)


def containers(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of a value's mappings and lists, each with the key or index of a new entry."""
    if isinstance(value, dict):
        return [(*path, "new"), *(p for k, v in value.items() for p in containers(v, (*path, k)))]
    if isinstance(value, list):
        return [(*path, len(value)), *(p for k, v in enumerate(value) for p in containers(v, (*path, k)))]
    return []


@given(documents, st.sampled_from([True, False, None]), leaves | documents, st.data())
def test_additions_only_add(document: dict[str, Any], flow: Any, value: object, data: st.DataObject) -> None:
    """Whatever is added wherever, every character of the text stays, in its order."""
    text = yaml.safe_dump(document, default_flow_style=flow, allow_unicode=True, sort_keys=False)
    assert reader.read(text).documents == (document,)
    path = data.draw(st.sampled_from(containers(document)))
    rest = iter(put(text, path, value))
    assert all(character in rest for character in text)


@pytest.mark.parametrize("name", TABLE)
def test_another_reader_sees_the_same_values(name: str) -> None:
    """ruamel.yaml, which shares no code with our reader or with libyaml, reads what the edit meant."""
    after = put(*TABLE[name][:3])
    judged = YAML(typ="safe", pure=True).load(after)
    assert judged == reader.read(after).documents[0]
