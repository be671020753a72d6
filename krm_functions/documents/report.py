"""Diagnostics as text for a person, the same in every transport, and as JSON for a program."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from krm_functions.diagnostics import Severity, unique
from krm_functions.documents.positions import Mark, lines, locate, mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from krm_functions.diagnostics import Diagnostic, Place

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}


def text(root: str, diagnostics: Iterable[Diagnostic], *, colour: bool = False) -> str:
    """Return all diagnostics as paragraphs, ordered by file and line, and a closing count."""
    ordered = unique(locate(root, diagnostics))
    hidden = {(d.place.file, d.place.line) for d in ordered if d.place and d.place.secret}
    paragraphs = [_paragraph(root, d, hidden, colour=colour) for d in ordered]
    return "\n\n".join([*paragraphs, _count(ordered)]) + "\n" if ordered else ""


def records(root: str, diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Return all diagnostics as JSON objects: files relative to the root, lines and columns from 1."""
    return [_record(d) for d in unique(locate(root, diagnostics))]


def _count(ordered: list[Diagnostic]) -> str:
    counts = [(severity, sum(d.severity is severity for d in ordered)) for severity in Severity]
    return ", ".join(f"{n} {severity}{'s' if n > 1 else ''}" for severity, n in counts if n)


def _paragraph(root: str, diagnostic: Diagnostic, hidden: set[tuple[str, int]], *, colour: bool) -> str:
    head = f"{diagnostic.severity}[{diagnostic.code}]"
    if colour:
        head = f"\033[1;{_COLOURS[diagnostic.severity]}m{head}\033[0m"
    rows = [f"{head}: {diagnostic.message}"]
    if diagnostic.place:
        rows += _excerpt(root, diagnostic.place, diagnostic.note, hidden)
    elif diagnostic.note:
        rows.append(f"   = note: {diagnostic.note}")
    for related in diagnostic.related:
        rows.append(f"   = {related.message}: {_where(root, related.place)}")
    if diagnostic.help:
        rows.append(f"   = help: {diagnostic.help}")
    rows.append(f"   = help: tenantspec explain {diagnostic.code}")
    return "\n".join(rows)


def _excerpt(root: str, place: Place, note: str, hidden: set[tuple[str, int]]) -> list[str]:
    """Return where it is and the line itself, but no line that may hold a secret."""
    rows = [f"  --> {_where(root, place)}"]
    source = lines(root, place.file)
    if not 0 < place.line <= len(source) or (place.file, place.line) in hidden:
        return rows + ([f"   = note: {note}"] if note else [])
    line = source[place.line - 1].replace("\t", " ")
    gutter = " " * max(len(str(place.line)) + 1, 2)
    width = _width(root, place, line)
    start = max(0, place.column - 60) if len(line) > 160 else 0
    caret = " " * (place.column - 1 - start) + "^" * width
    return [
        *rows,
        f"{gutter} |",
        f"{str(place.line).rjust(len(gutter))} | {line[start : start + 160]}",
        f"{gutter} | {caret} {note}".rstrip(),
    ]


def _width(root: str, place: Place, line: str) -> int:
    found = mark(root, place) if place.path else Mark(place.line, place.column, 1)
    width = found.width if (found.line, found.column) == (place.line, place.column) else 1
    return max(1, min(width, len(line) - place.column + 1, 80))


def _where(root: str, place: Place) -> str:
    return f"{os.path.basename(root)}/{place.file}:{place.line}:{place.column}"


def _record(diagnostic: Diagnostic) -> dict[str, Any]:
    place = diagnostic.place
    return {
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "path": "/".join(map(str, place.path)) if place else None,
        "help": "; ".join(part for part in (diagnostic.note, diagnostic.help) if part),
        "related": [
            {"file": r.place.file, "line": r.place.line, "message": r.message} for r in diagnostic.related
        ],
    }
