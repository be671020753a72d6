"""What a person and a program are told: excerpt and caret, order, counts, JSON."""

from __future__ import annotations

import os
from textwrap import dedent
from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.diagnostics import Collector, Diagnostic, Place, Related, Severity
from krm_functions.documents import report
from krm_functions.documents.positions import Mark, mark
from krm_functions.documents.yaml import read
from krm_functions.spec.app import app

if TYPE_CHECKING:
    from pathlib import Path

    from krm_functions.diagnostics import FieldPath

BLOCK: Final = """\
# a comment
apiVersion: tenantspec.dev/v1alpha1
kind: App
metadata: {name: app1, namespace: tenant-a}
spec:
  expose:
    hsot: appa1
  image: >-
    ghcr.io/opsera/agent
    a1
  "port": 0
  args:
  - --ok
  - 12
  env: {A: text, B: 1.10}
  stages:
    prod:
"""


@pytest.fixture
def root(tmp_path: Path) -> str:
    """Return an estate with one app."""
    (tmp_path / "gitops").mkdir()
    (tmp_path / "gitops" / "app.yaml").write_text(BLOCK, "utf-8")
    return os.fspath(tmp_path / "gitops")


def at(*path: str | int, on_key: bool = False) -> Place:
    """Return a place in the app."""
    return Place("app.yaml", path, on_key=on_key)


def error(place: Place | None, note: str = "", help_: str = "", code: str = "TS203") -> Diagnostic:
    """Return an error."""
    return Diagnostic(code, "something", place, note, help_)


def test_the_text_of_a_diagnostic(root: str) -> None:
    """It is the form that every transport shows: code, place, excerpt, caret, note, the way out."""
    diagnostic = Diagnostic(
        "TS201", "unknown field 'hsot'", at("spec", "expose", "hsot", on_key=True), "did you mean 'host'?"
    )
    assert report.text(root, [diagnostic]) == dedent(
        """\
        error[TS201]: unknown field 'hsot'
          --> gitops/app.yaml:7:5
           |
         7 |     hsot: appa1
           |     ^^^^ did you mean 'host'?
           = help: tenantspec explain TS201

        1 error
        """
    )


def test_help_and_related_places_follow_the_excerpt(root: str) -> None:
    """A second place is named with its line; help stands last."""
    diagnostic = error(at("spec", "expose", "hsot"), help_="rename one of them")._replace(
        related=(Related(at("spec", "port"), "also here"),), severity=Severity.WARNING
    )
    assert report.text(root, [diagnostic]) == dedent(
        """\
        warning[TS203]: something
          --> gitops/app.yaml:7:11
           |
         7 |     hsot: appa1
           |           ^^^^^
           = also here: gitops/app.yaml:11:11
           = help: rename one of them
           = help: tenantspec explain TS203

        1 warning
        """
    )


@pytest.mark.parametrize(
    ("path", "on_key", "expected"),
    [
        (("spec", "expose", "hsot"), True, Mark(7, 5, 4)),
        (("spec", "expose", "hsot"), False, Mark(7, 11, 5)),
        (("spec", "expose"), False, Mark(6, 3, 6)),
        (("spec", "expose", "host"), False, Mark(6, 3, 6)),
        (("spec", "port"), True, Mark(11, 3, 6)),
        (("spec", "port"), False, Mark(11, 11, 1)),
        (("spec", "image"), False, Mark(8, 10, 1)),
        (("spec", "args"), False, Mark(12, 3, 4)),
        (("spec", "args", 1), False, Mark(14, 5, 2)),
        (("spec", "args", 9), False, Mark(12, 3, 4)),
        (("spec", "env", "B"), False, Mark(15, 21, 4)),
        (("spec", "env", "B"), True, Mark(15, 18, 1)),
        (("metadata", "name"), False, Mark(4, 18, 4)),
        (("metadata",), False, Mark(4, 1, 8)),
        (("spec", "stages", "prod"), True, Mark(17, 5, 4)),
        ((), False, Mark(2, 1, 1)),
    ],
)
def test_marks(root: str, path: FieldPath, on_key: bool, expected: Mark) -> None:  # noqa: FBT001
    """Keys, values, items, flow style and multi-line values are found; else the nearest written thing around."""
    assert mark(root, Place("app.yaml", path, on_key=on_key)) == expected


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        (
            ("spec", "env", "B"),
            [" 15 |   env: {A: text, B: 1.10}", "    |                     ^^^^ quote it"],
        ),
        (("spec", "image"), ["  8 |   image: >-", "    |          ^ quote it"]),
        (("spec", "args"), [" 12 |   args:", "    |   ^^^^ quote it"]),
        (("spec", "args", 1), [" 14 |   - 12", "    |     ^^ quote it"]),
    ],
)
def test_excerpts(root: str, path: FieldPath, rows: list[str]) -> None:
    """The caret stands below what is meant, in block and in flow style."""
    shown = report.text(root, [error(at(*path), "quote it")]).splitlines()
    assert [row.lstrip() for row in shown[3:5]] == [row.lstrip() for row in rows]
    assert shown[4].index("^") - shown[4].index("|") == rows[1].index("^") - rows[1].index("|")
    assert {row.index("|") for row in shown[2:5]} == {shown[2].index("|")}


def test_an_empty_value_has_a_caret_within_its_line(root: str) -> None:
    """Null that is not written down is shown where it would stand."""
    shown = report.text(root, [error(at("spec", "stages", "prod"))]).splitlines()
    assert shown[3] == " 17 |     prod:"
    assert shown[4].rstrip().endswith("^")


def test_a_long_line_is_cut(tmp_path: Path) -> None:
    """Of a line without end, the part around the caret is shown."""
    (tmp_path / "a.yaml").write_text(f"a: {'x' * 300}\nb: {{c: {'y' * 200}, d: 1}}\n", "utf-8")
    shown = report.text(os.fspath(tmp_path), [error(Place("a.yaml", ("b", "d")))]).splitlines()
    assert max(map(len, shown)) < 170
    assert shown[3][shown[4].index("^")] == "1"


def test_a_place_without_a_file_or_a_line(root: str) -> None:
    """A file that is gone has no excerpt; what has no place has only its note."""
    gone = report.text(root, [error(Place("gone.yaml", ("a",)), "a note")])
    assert gone.splitlines()[1:3] == ["  --> gitops/gone.yaml:1:1", "   = note: a note"]
    nowhere = report.text(root, [error(None, "a note")])
    assert nowhere.splitlines()[:2] == ["error[TS203]: something", "   = note: a note"]


def test_a_line_that_may_hold_a_secret_is_not_shown(tmp_path: Path) -> None:
    """A literal where a reference belongs is refused without repeating it, in any form, on any line with it."""
    spec = "spec: {prot: 1, secrets: {A: hunter2, B: 1234567, C: {key: /hunter4}, D: {value: hunter5}}}\n"
    text = f"apiVersion: tenantspec.dev/v1alpha1\nkind: App\nmetadata: {{name: a, namespace: t}}\n{spec}"
    (tmp_path / "app.yaml").write_text(text, "utf-8")
    out = Collector()
    app.check(read(text).documents[0], Place("app.yaml"), out)
    assert len(out.diagnostics) == 6
    shown = report.text(os.fspath(tmp_path), out.diagnostics) + repr(
        report.records(os.fspath(tmp_path), out.diagnostics)
    )
    for secret in ("hunter", "1234567"):
        assert secret not in shown
    assert "a secret's value never stands in a spec" in shown


def test_order_is_by_file_and_line_whatever_the_order_found(root: str) -> None:
    """Problems of one file stand together, from its top; two of one line by column."""
    found = [
        error(Place("b.yaml")),
        error(at("spec", "env", "B")),
        error(at("spec", "env", "A")),
        error(at("metadata", "name")),
        error(None),
    ]
    places = [(r["file"], r["line"], r["column"]) for r in report.records(root, found)]
    assert places == [
        (None, None, None),
        ("app.yaml", 4, 18),
        ("app.yaml", 15, 12),
        ("app.yaml", 15, 21),
        ("b.yaml", 1, 1),
    ]
    assert report.text(root, found) == report.text(root, found[::-1])


def test_the_same_problem_is_told_once(root: str) -> None:
    """Two stages that find one thing, one of which has looked it up already, say it once."""
    once = error(at("spec", "port"))
    looked_up = once._replace(place=at("spec", "port")._replace(line=11, column=11))
    assert len(report.records(root, [once, once, looked_up])) == 1


def test_the_count_is_by_severity(root: str) -> None:
    """Errors, warnings and notes are counted apart; nothing found is nothing said."""
    found = [error(at("spec", name)) for name in ("port", "image")]
    found.append(error(at("kind"))._replace(severity=Severity.INFO))
    assert report.text(root, found).endswith("\n\n2 errors, 1 info\n")
    assert report.text(root, []) == ""
    assert report.records(root, []) == []


def test_colour_is_of_the_head_only(root: str) -> None:
    """Colour adds escape codes around severity and code, and nothing else."""
    coloured = report.text(root, [error(at("kind"))], colour=True)
    assert coloured.startswith("\033[1;31merror[TS203]\033[0m: something\n")
    assert coloured.count("\033") == 2


def test_a_record(root: str) -> None:
    """A program gets every part; files are relative to the root, lines and columns begin at 1."""
    diagnostic = error(at("spec", "args", 1), "quote it", "see the reference")._replace(
        related=(Related(at("kind"), "of this"),)
    )
    assert report.records(root, [diagnostic]) == [
        {
            "code": "TS203",
            "severity": "error",
            "message": "something",
            "file": "app.yaml",
            "line": 14,
            "column": 5,
            "path": "spec/args/1",
            "help": "quote it; see the reference",
            "related": [{"file": "app.yaml", "line": 3, "message": "of this"}],
        }
    ]


def test_a_second_document_is_looked_up_in_its_own_lines(tmp_path: Path) -> None:
    """Places count the documents that are not empty."""
    (tmp_path / "a.yaml").write_text("---\n---\na: 1\n---\na: 2\n", "utf-8")
    assert mark(os.fspath(tmp_path), Place("a.yaml", ("a",), document=1)) == Mark(5, 4, 1)
    assert mark(os.fspath(tmp_path), Place("a.yaml", ("a",), document=7)) == Mark(1, 1, 1)
