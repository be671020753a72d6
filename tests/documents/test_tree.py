"""The tree of files: each fault is told with its file, once, and nothing outside is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.diagnostics import Collector, Diagnostic, Place, TenantspecError
from krm_functions.documents.tree import MAX_BYTES, Tree, find_root

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "a.yaml"


def tree(root: Path, content: bytes | str | None = None) -> Tree:
    """Return a tree whose one file holds something."""
    if content is not None:
        (root / FILE).write_bytes(content.encode() if isinstance(content, str) else content)
    return Tree(os.fspath(root))


def refused(read: Tree, file: str = FILE) -> Diagnostic:
    """Return the one diagnostic of a document that cannot be had."""
    assert read.document(file) is None
    (diagnostic,) = read.collector.diagnostics
    return diagnostic


def at(line: int = 1, column: int = 1, file: str = FILE) -> Place:
    """Return a place by line and column."""
    return Place(file, line=line, column=column)


def test_a_document_is_read(tmp_path: Path) -> None:
    """One mapping is what a spec file holds; empty documents beside it do not count."""
    assert tree(tmp_path, "---\n---\na: 1\n---\n").document(FILE) == {"a": 1}


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """Windows editors write one."""
    assert tree(tmp_path, b"\xef\xbb\xbfa: 1\n").text(FILE) == "a: 1\n"


def test_a_missing_file(tmp_path: Path) -> None:
    """The name is told, and that it is not there."""
    assert refused(tree(tmp_path), "b/c.yaml") == Diagnostic(
        "TS106", "cannot read b/c.yaml: no such file or directory", at(file="b/c.yaml")
    )


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    """It is there, so that nobody takes the spec for removed, and cannot be read."""
    (tmp_path / FILE).mkdir()
    read = tree(tmp_path)
    assert read.exists(FILE)
    assert refused(read) == Diagnostic("TS106", "cannot read a.yaml: is a directory", at())


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "---\n", "null\n", "~\n"])
def test_an_empty_file(tmp_path: Path, content: str) -> None:
    """No document, or only empty ones, is told as such."""
    help_ = "write the document, or remove the file"
    assert refused(tree(tmp_path, content)) == Diagnostic("TS108", "the file is empty", at(), help=help_)


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        (b"a: 1\nb: \xe9\n", "not UTF-8: byte 0xe9 in line 2", 2),
        (b"\xef\xbb\xbfa: 1\nb: 2\nc: \xfc\n", "not UTF-8: byte 0xfc in line 3", 3),
        ("a: 1\n".encode("utf-16"), "not UTF-8: byte 0xff in line 1", 1),
    ],
)
def test_not_utf8(tmp_path: Path, content: bytes, message: str, line: int) -> None:
    """The byte and its line are told."""
    assert refused(tree(tmp_path, content)) == Diagnostic(
        "TS107", message, at(line), help="save the file as UTF-8"
    )


def test_an_oversized_file(tmp_path: Path) -> None:
    """A file of more than 4 MiB is not read; one of just that is."""
    assert tree(tmp_path, b"#" * MAX_BYTES).text(FILE) == "#" * MAX_BYTES
    found = refused(tree(tmp_path, b"#" * (MAX_BYTES + 1)))
    assert (found.code, found.message) == ("TS106", "cannot read a.yaml: it is larger than 4 MiB")


def test_several_documents(tmp_path: Path) -> None:
    """A spec file holds one; `documents` gives all of them to who wants several."""
    read = tree(tmp_path, "a: 1\n---\nb: 2\n")
    assert read.documents(FILE) == ({"a": 1}, {"b": 2})
    message = "2 documents in one file; one is expected"
    assert refused(read) == Diagnostic("TS109", message, at(), help="split it")


@pytest.mark.parametrize("content", ["[a]\n", "text\n", "12\n"])
def test_not_a_mapping(tmp_path: Path, content: str) -> None:
    """A list or a scalar is no spec."""
    help_ = "a spec starts with apiVersion, kind and metadata"
    assert refused(tree(tmp_path, content)) == Diagnostic("TS110", "not a mapping", at(), help=help_)


def test_problems_of_the_text_are_diagnostics(tmp_path: Path) -> None:
    """Each has its line and column, and a document with one is not used."""
    read = tree(tmp_path, "a: 1\na: 2\nb: !t x\n")
    assert read.document(FILE) is None
    assert read.collector.diagnostics == [
        Diagnostic("TS102", "the key 'a' stands here twice", at(2), "only one of them can hold"),
        Diagnostic("TS103", "the tag !t is not read", at(3, 4), "remove the tag"),
    ]


@pytest.mark.parametrize("content", [None, "", "a: [\n", "a: 1\na: 1\n", b"\xff", "[a]", "a: 1\n---\nb: 1\n"])
def test_a_fault_is_told_once(tmp_path: Path, content: str | bytes | None) -> None:
    """Asking again for what cannot be had says nothing new."""
    read = tree(tmp_path, content)
    assert (read.document(FILE), read.document(FILE)) == (None, None)
    assert len(read.collector.diagnostics) == 1


def test_a_file_is_read_once(tmp_path: Path) -> None:
    """The second answer is the first, whatever happened to the file."""
    read = tree(tmp_path, "a: 1\n")
    first = read.document(FILE)
    (tmp_path / FILE).unlink()
    assert read.document(FILE) is first


def test_what_was_asked_for_is_known(tmp_path: Path) -> None:
    """`reads` names every file, whether it is there or not: manifests depend on both."""
    read = tree(tmp_path, "a: 1\n")
    read.document(FILE)
    assert not read.exists("gone.yaml")
    read.text("b.yaml")
    assert read.reads == {FILE, "gone.yaml", "b.yaml"}


@pytest.mark.parametrize("way", ["absolute", "relative", "dots"])
def test_nothing_outside_the_root_is_read(tmp_path: Path, way: str) -> None:
    """A symbolic link or a path that leads out is refused."""
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.yaml").write_text("a: 1\n", "utf-8")
    (tmp_path / "root-2").mkdir()
    file = FILE
    if way == "dots":
        file = "../secret.yaml"
    else:
        (root / FILE).symlink_to(tmp_path / "secret.yaml" if way == "absolute" else "../secret.yaml")
    found = refused(Tree(os.fspath(root)), file)
    assert (found.code, found.message) == ("TS106", f"cannot read {file}: it lies outside the estate's root")


def test_a_folder_beside_the_root_is_outside(tmp_path: Path) -> None:
    """`root-2` begins like `root` and is not below it."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root-2").mkdir()
    (tmp_path / "root-2" / FILE).write_text("a: 1\n", "utf-8")
    assert refused(Tree(os.fspath(tmp_path / "root")), f"../root-2/{FILE}").code == "TS106"


def test_a_link_inside_the_root_is_followed(tmp_path: Path) -> None:
    """So is a root that is reached by a link itself."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "b.yaml").write_text("a: 1\n", "utf-8")
    (tmp_path / "root" / FILE).symlink_to("b.yaml")
    (tmp_path / "link").symlink_to("root")
    assert Tree(os.fspath(tmp_path / "link")).document(FILE) == {"a": 1}


def test_folders_are_sorted_and_visible(tmp_path: Path) -> None:
    """Files and hidden folders are left out; an absent folder holds none."""
    for name in ("b", "a", ".git"):
        (tmp_path / "tenants" / name).mkdir(parents=True)
    (tmp_path / "tenants" / "README.md").write_text("", "utf-8")
    read = tree(tmp_path)
    assert read.folders("tenants") == ["a", "b"]
    assert read.folders("absent") == []
    assert read.collector.diagnostics == []


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    """It is told, not taken for an empty folder."""
    read = tree(tmp_path, "")
    assert read.folders(FILE) == []
    assert [d.message for d in read.collector.diagnostics] == ["cannot read a.yaml: not a directory"]


def test_a_collector_can_be_shared(tmp_path: Path) -> None:
    """All trees of a run tell what they find to one collector."""
    out = Collector()
    Tree(os.fspath(tmp_path), out).document(FILE)
    assert out.failed


def test_the_root_is_the_nearest_folder_with_a_platform(tmp_path: Path) -> None:
    """The search goes up from where it starts, itself included."""
    inner = tmp_path / "estate" / "tenants" / "a"
    inner.mkdir(parents=True)
    (tmp_path / "platform.yaml").write_text("", "utf-8")
    (tmp_path / "estate" / "platform.yaml").write_text("", "utf-8")
    estate = os.path.realpath(tmp_path / "estate")
    assert find_root(os.fspath(inner)) == estate
    assert find_root(estate) == estate
    (tmp_path / "link").symlink_to(inner)
    assert find_root(os.fspath(tmp_path / "link")) == estate


@pytest.mark.parametrize("ceiling", ["/", "here", "elsewhere"])
def test_no_root(tmp_path: Path, ceiling: str) -> None:
    """Without a platform.yaml the search ends at the ceiling, or at the top, with what to do."""
    (tmp_path / "here" / "below").mkdir(parents=True)
    if ceiling == "here":
        (tmp_path / "platform.yaml").write_text("", "utf-8")
    limit = {"/": "/", "here": os.path.realpath(tmp_path / "here"), "elsewhere": "/no/such/folder"}[ceiling]
    with pytest.raises(TenantspecError) as raised:
        find_root(os.fspath(tmp_path / "here" / "below"), ceiling=(limit,))
    (diagnostic,) = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == (
        "TS901", "no platform.yaml in this folder or above it: below",
    )  # fmt: skip
    assert "tenantspec init" in diagnostic.help
