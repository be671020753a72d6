"""A ResourceList is edited, not re-emitted: what stays is the text that it was."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from hypothesis import given, settings, strategies as st

from krm_functions.krm.emit import dump
from krm_functions.krm.items import MAX_BYTES, WireError, stream
from krm_functions.krm.resourcelist import VERSIONS, read, write

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORDED: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recorded")
LISTS: Final = sorted(os.listdir(RECORDED))
HEAD: Final = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
ODD: Final = {
    "commented": "# above\n- # beside the dash\n  apiVersion: v1 # beside\n  kind: A\n  # within\n  metadata: {name: a}\n",
    "keeps its blank lines": "- kind: B\n  data:\n    text: |+\n      one\n\n      two\n\n\n",
    "folded": "- kind: C\n  text: >-\n    one\n    two\n\n    three\n  quoted: 'it''s\n    long'\n",
    "far in": "-     kind: D\n      x-unknown: [1.0, 010, ~, {b: 1, a: 2}]\n",
    "very long": f"- kind: E\n  long: {'word ' * 20_000}end\n",
    "in braces": '- {kind: F, text: "}, \\u2028", list: [1, 2]} # after\n',
    "of other alphabets": "- kind: G\n  text: é 😀 ü\n  metadata: {name: 名}\n",
    "anchored": "- kind: H\n  one: &x {a: 1}\n  two: *x\n",
    "tagged": "- kind: I\n  bytes: !!binary aGk=\n  when: !custom 2020-01-01\n",
    "a resource of anybody": "- apiVersion: example.com/v1\n  kind: Widget\n  spec:\n  - - a\n    - b\n",
}
"""Items of a kind that nobody here wrote."""
NEW: Final[dict[str, Any]] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "new"},
    "data": {"text": "a\n\nb\n", "long": "word " * 40},
}


def added(manifest: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return a manifest and its text."""
    return manifest, dump(manifest)


def items(wire: bytes) -> list[Any]:
    """Return the items of a list as values."""
    found = yaml.load(wire, Loader=Plain)["items"]
    assert isinstance(found, list)
    return found


class Plain(yaml.SafeLoader):
    """Reads any tag as the text below it."""


Plain.add_multi_constructor("!", lambda loader, _, node: loader.construct_scalar(node))


def listed(texts: Sequence[str], newline: str = "\n", indent: int = 0) -> bytes:
    """Return a list of items, at an indentation."""
    lines = "".join(texts).splitlines(keepends=True)
    body = "".join(" " * indent + line if line.strip() else line for line in lines)
    return f"{HEAD}items:\n{body}functionConfig: {{kind: F}} # f\n".replace("\n", newline).encode()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ODD)
def test_an_item_stays_the_text_it_was(name: str, newline: str) -> None:
    """Beside an item that goes and one that comes, another keeps every byte, comments and line ends included."""
    text = ODD[name]
    before = "- kind: Before\n"
    wire = listed([before, text], newline)
    found = write(read(wire), dropped=(0,), added=(added(NEW),))
    assert listed([text], newline).split(b"functionConfig")[0] in found
    assert b"Before" not in found
    assert items(found)[-1] == NEW


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(ODD)), max_size=5, unique=True),
    st.data(),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([0, 2, 3]),
)
def test_only_what_is_asked_for_changes(
    names: list[str], data: st.DataObject, newline: str, indent: int
) -> None:
    """Whatever items there are: those that go are gone, those that stay have their value and order."""
    wire = listed([ODD[name] for name in names], newline, indent) if names else f"{HEAD}items: []\n".encode()
    gone = data.draw(st.sets(st.integers(0, len(names) - 1))) if names else set()
    results = ({"message": "m", "severity": "info"},)
    found = write(read(wire), sorted(gone), (added(NEW),), results)
    kept = [value for number, value in enumerate(items(wire)) if number not in gone]
    assert items(found) == [*kept, NEW]
    assert yaml.load(found, Loader=Plain)["results"] == list(results)
    assert write(read(found), results=results) == found


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_is_answered_in_its_own(version: str) -> None:
    """v1, v1beta1 and v1alpha1 come back as what they were."""
    wire = f"apiVersion: {version}\nkind: ResourceList\nitems: []\n".encode()
    assert yaml.safe_load(write(read(wire), added=(added(NEW),)))["apiVersion"] == version


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "items: [{kind: A, text: '}'}, {kind: B}] # c\n",
        '{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [{"kind": "A"}, {"kind": "B"}]}',
        "{apiVersion: config.kubernetes.io/v1, kind: ResourceList, results: [], items: [\n {kind: A}, # c\n {kind: B}]}",
    ],
)
def test_flow_style_works_too(text: str) -> None:
    """Items in brackets, and lists that are JSON, lose and win items like others, and stay in flow style."""
    found = write(read(text.encode()), dropped=(0,), added=(added(NEW),), results=({"message": "m"},))
    assert items(found) == [{"kind": "B"}, NEW]
    assert yaml.safe_load(found)["results"] == [{"message": "m"}]


@pytest.mark.parametrize("end", ["items: []\n", "items: [] # c\n", "items:\n", "items:", "items: null\n", ""])
def test_no_items_is_no_trouble(end: str) -> None:
    """An empty list, a null one, and none at all take new items."""
    found = write(read((HEAD + end).encode()), added=(added(NEW),), results=({"message": "m"},))
    assert items(found) == [NEW]


def test_the_last_item_leaves_an_empty_list() -> None:
    """Where all items go, an empty list stays: kustomize takes a missing one for no answer."""
    found = write(read(listed(["- kind: A\n", "- kind: B\n"])), dropped=(0, 1))
    assert items(found) == []


def test_results_are_replaced() -> None:
    """What an earlier function said is not said again."""
    wire = listed(["- kind: A\n"]) + b"results:\n- message: old\n"
    found = yaml.safe_load(write(read(wire), results=({"message": "new"},)))
    assert found["results"] == [{"message": "new"}]


@pytest.mark.parametrize("name", LISTS)
def test_what_kustomize_sends_is_read(name: str) -> None:
    """Lists recorded from the oldest, the pinned and the newest kustomize come back byte for byte."""
    with open(os.path.join(RECORDED, name), "rb") as file:
        wire = file.read()
    found = read(wire)
    assert write(found) == wire
    assert found.config is not None
    assert [item.kind for item in found.items] == [item["kind"] for item in items(wire)]
    assert {item.identity[3] for item in found.items} == {item["metadata"]["name"] for item in items(wire)}


def test_ten_thousand_items() -> None:
    """A list of ten thousand items loses one and wins one; the rest is the same text."""
    one = "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: n{0}\n  data:\n    key: value {0} # c\n"
    wire = listed([one.format(number) for number in range(10_000)])
    found = write(read(wire), dropped=(5_000,), added=(added(NEW),))
    assert found.count(b" # c\n") == 9_999
    assert wire[: wire.index(b"name: n5000")].rsplit(b"- apiVersion", 1)[0] == found[: found.index(b"name: n5001")].rsplit(b"- apiVersion", 1)[0]


@pytest.mark.parametrize(
    ("wire", "said"),
    [
        (b"", "empty input"),
        (b"\x00\x01\x02", "not YAML: "),
        (b"\xff\xfe", "not UTF-8: byte 0xff"),
        (b"- a\n", "not a mapping"),
        (b"kind: List\nitems: []\n", "a List of no version, not a ResourceList"),
        (b"apiVersion: config.kubernetes.io/v2\nkind: ResourceList\n", "a ResourceList of config.kubernetes.io/v2"),
        (HEAD.encode() + b"items: {}\n", "items is not a list"),
        (HEAD.encode() + b"items: [a]\n", "an item is not a mapping"),
        (HEAD.encode() + b"items: []\nitems: []\n", "the key 'items' stands here twice"),
        (HEAD.encode() + b"items:\n- {a: {b: 1, b: 2}}\n", "the key 'b' stands here twice"),
        (HEAD.encode() + b"items: []\n---\na: 1\n", "more than one document"),
        (HEAD.encode() + b"items:\n- kind: A\n  data: 'trunc", "not YAML: "),
        (HEAD.encode() + b"items:\n- {a: &x 1}\n- {b: *x}\n", "the alias 'x' has no anchor in its own object"),
        (HEAD.encode() + b"items:\n- a: " + b"[" * 200, "nested deeper than 100 levels"),
        (b"#" * (MAX_BYTES + 1), "larger than 32 MiB"),
    ],
)
def test_what_is_no_list_is_refused(wire: bytes, said: str) -> None:
    """Truncated, binary, of another kind, too large or too deep: one error that says so."""
    with pytest.raises(WireError) as raised:
        read(wire)
    assert str(raised.value).startswith(said)


def test_an_alias_bomb_is_refused() -> None:
    """Ten levels of ten aliases each are refused without being expanded."""
    levels = "".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 10))
    with pytest.raises(WireError, match="once aliases are expanded"):
        read(f"{HEAD}items:\n- l0: &l0 [1]\n{levels}".encode())


def test_a_stream_is_its_documents() -> None:
    """What kustomize gives a transformer of its plugin home: documents between dashes, empty ones left out."""
    texts = [item.text for item in stream(b"kind: A\n---\nkind: B\nl:\n- 1\n---\n---\nkind: C\nt: |\n  x\n")]
    assert texts == ["kind: A\n", "kind: B\nl:\n- 1\n", "kind: C\nt: |\n  x\n"]
