"""Folders that the estate no longer needs: removed if they are as they were written, else reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krm_functions.diagnostics import Diagnostic, Place, Severity
from krm_functions.names import GROUP
from krm_functions.scaffold.draft import NAMES
from krm_functions.scaffold.fit import HEADER, fresh
from krm_functions.scaffold.folders import standing
from krm_functions.scaffold.found import configs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.scaffold.draft import Draft
    from krm_functions.scaffold.fit import Folder


def remove(draft: Draft, wanted: set[str]) -> list[Diagnostic]:
    """Decide to remove what nobody wants; return a warning for each file that holds a person's lines."""
    kept = []
    for folder, file in _unwanted(draft, wanted):
        text = draft.peek(file)
        if text is not None and _bare(text) == _bare(fresh(folder)):
            draft.write(file, None, "is no longer wanted")
        elif GROUP in (text or "") or configs(draft, file, "generators"):
            kept.append(_kept(file))
    return kept


def _unwanted(draft: Draft, wanted: set[str]) -> Iterator[tuple[Folder, str]]:
    for folder in standing(draft.tree):
        for name in NAMES:
            file = f"{folder.path}/{name}"
            if folder.path not in wanted and draft.text_exists(file):
                yield folder, file


def _bare(text: str) -> list[str]:
    """Return what a file says, apart from line ends, trailing spaces and our own comment."""
    rows = [row.rstrip() for row in text.splitlines()]
    return [row for row in rows if row and row != HEADER.rstrip()]


def _kept(file: str) -> Diagnostic:
    message = f"{file} is no longer wanted, but holds lines that tenantspec did not write"
    help_ = "move what you still need, then remove the file"
    return Diagnostic("TS607", message, Place(file), help=help_, severity=Severity.WARNING)
