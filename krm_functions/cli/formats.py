"""Diagnostics in the formats of code hosts: SARIF 2.1.0, and GitHub's workflow commands.

Both name files from the top of the checkout, since that is where a code host looks for them.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from krm_functions.codes import CODES
from krm_functions.diagnostics import Severity, unique
from krm_functions.documents.positions import locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from krm_functions.diagnostics import Diagnostic, Place

SARIF_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY: Final = {**_DATA, ":": "%3A", ",": "%2C"}


def sarif(root: str, diagnostics: Iterable[Diagnostic]) -> str:
    """Return a SARIF 2.1.0 log of one run; its rules are the codes that occur."""
    ordered = unique(locate(root, diagnostics))
    codes = sorted({d.code for d in ordered})
    prefix = _prefix(root)
    driver = {"name": "tenantspec", "rules": [_rule(code) for code in codes]}
    results = [_result(prefix, d, codes.index(d.code)) for d in ordered]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def github(root: str, diagnostics: Iterable[Diagnostic]) -> str:
    """Return a workflow command for each diagnostic, which GitHub shows beside the changed lines."""
    prefix = _prefix(root)
    return "".join(_command(prefix, d) for d in unique(locate(root, diagnostics)))


def _rule(code: str) -> dict[str, Any]:
    title, _, way_out = CODES.get(code, code).partition("\n")
    return {
        "id": code,
        "shortDescription": {"text": title},
        "help": {"text": way_out or title},
    }


def _result(prefix: str, diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": _said(diagnostic)},
    }
    if diagnostic.place:
        result["locations"] = [_location(prefix, diagnostic.place)]
    if diagnostic.related:
        result["relatedLocations"] = [
            {**_location(prefix, r.place), "message": {"text": r.message}} for r in diagnostic.related
        ]
    return result


def _location(prefix: str, place: Place) -> dict[str, Any]:
    """Return a physicalLocation; a region counts from 1, so a place without a line has none."""
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(prefix + place.file)}}
    if place.line:
        physical["region"] = {"startLine": place.line, "startColumn": max(place.column, 1)}
    return {"physicalLocation": physical}


def _command(prefix: str, diagnostic: Diagnostic) -> str:
    properties: dict[str, object] = {}
    if place := diagnostic.place:
        properties = {"file": prefix + place.file}
        if place.line:
            properties |= {"line": place.line, "col": max(place.column, 1)}
    properties["title"] = f"{diagnostic.code}: {CODES.get(diagnostic.code, '').partition(chr(10))[0]}"
    listed = ",".join(f"{key}={_escaped(str(value), _PROPERTY)}" for key, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{_escaped(_said(diagnostic), _DATA)}\n"


def _said(diagnostic: Diagnostic) -> str:
    return "\n".join(part for part in (diagnostic.message, diagnostic.note, diagnostic.help) if part)


def _escaped(text: str, table: Mapping[str, str]) -> str:
    """Escape as the runner unescapes: actions/toolkit, packages/core/src/command.ts."""
    return "".join(table.get(letter, letter) for letter in text)


def _prefix(root: str) -> str:
    """Return the estate's folder from the top of the checkout, slash included; nothing outside of git."""
    top = folder = os.path.realpath(root)
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
    inside = os.path.relpath(top, folder)
    return "" if inside == os.curdir else inside.replace(os.sep, "/") + "/"
