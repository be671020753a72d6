"""Diagnostics as `results` of a ResourceList, for callers that read them: kpt does, kustomize does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from krm_functions.diagnostics import unique
from krm_functions.documents.positions import locate
from krm_functions.functions.hermetic import origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from krm_functions.diagnostics import Diagnostic
    from krm_functions.krm.items import Item

_INDEX = ("internal.config.kubernetes.io/index", "config.kubernetes.io/index")


def results_of(
    root: str, diagnostics: Sequence[Diagnostic], items: Sequence[Item]
) -> tuple[Mapping[str, object], ...]:
    """Return one result per diagnostic, ordered by file and line; files as the diagnostics call them."""
    indexes = {
        origin(item): index for item in items for key in _INDEX if (index := item.annotations.get(key))
    }
    return tuple(_result(d, indexes) for d in unique(locate(root, diagnostics)))


def _result(diagnostic: Diagnostic, indexes: Mapping[str, str]) -> dict[str, Any]:
    place = diagnostic.place
    tags = {"code": diagnostic.code}
    help_ = "; ".join(part for part in (diagnostic.note, diagnostic.help) if part)
    if help_:
        tags["help"] = help_
    found: dict[str, Any] = {"message": diagnostic.message, "severity": str(diagnostic.severity)}
    if place:
        tags |= {"line": str(place.line), "column": str(place.column)}
        index = indexes.get(place.file, str(place.document))
        found["file"] = {"path": place.file} | ({"index": int(index)} if index.isdigit() else {})
        if place.path:
            found["field"] = {"path": ".".join(map(str, place.path))}
    return {**found, "tags": tags}
