"""An excerpt's caret stands below the word that is wrong, however the YAML is laid out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from krm_functions.diagnostics import Diagnostic, FieldPath, Place
from krm_functions.documents import report

LAYOUTS: Final[dict[str, tuple[str, FieldPath, bool, str, str]]] = {
    "a key in flow style": (
        "a: {bcd: 1, efg: 2}\n",
        ("a", "efg"),
        True,
        "a: {bcd: 1, efg: 2}",
        " " * 12 + "^^^",
    ),
    "a value in flow style": (
        "a: {b: 1, c: xyz}\n",
        ("a", "c"),
        False,
        "a: {b: 1, c: xyz}",
        " " * 13 + "^^^",
    ),
    "flow style over lines": ("a: {\n  b: 1,\n  c: xyz}\n", ("a", "c"), False, "  c: xyz}", "     ^^^"),
    "an item in flow style": ("a: [x, yy]\n", ("a", 1), False, "a: [x, yy]", "       ^^"),
    "a quoted value": ("a: 'x y'\n", ("a",), False, "a: 'x y'", "   ^^^^^"),
    "a key of a multi-line value": ("abc: |\n  x\n  y\n", ("abc",), True, "abc: |", "^^^"),
    "a multi-line value": ("abc: |\n  x\n  y\n", ("abc",), False, "abc: |", "     ^"),
    "an anchored value": ("a: &n xyz\n", ("a",), False, "a: &n xyz", "   ^^^^^^"),
    "what an alias stands for": ("a: &n {b: 1}\nc: *n\n", ("c", "b"), False, "a: &n {b: 1}", " " * 10 + "^"),
}
"""Text; path; whether its key is meant; the line that is shown; its caret."""


@pytest.mark.parametrize("name", LAYOUTS)
def test_caret(name: str, tmp_path: Path) -> None:
    """The line of the place is shown whole, and the caret is as wide as the word."""
    text, path, on_key, line, caret = LAYOUTS[name]
    (tmp_path / "a.yaml").write_text(text)
    place = Place("a.yaml", path, on_key=on_key)
    rows = report.text(os.fspath(tmp_path), [Diagnostic("TS201", "x", place)]).splitlines()
    shown, below = rows[3].partition(" | ")[2], rows[4].partition(" | ")[2]
    assert (shown, below) == (line, caret)
