"""Patches are a last resort: few, and away from what the platform forbids."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic
from krm_functions.manifests.patches import touched
from krm_functions.validators.bounds import bound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App
    from krm_functions.estate.settings import Settings


def patches(estate: Estate, app: App, said: Settings) -> Iterator[Diagnostic]:
    """Yield too many patches, and each that writes at, above or below a forbidden path."""
    bounds = app.tenant.guardrails
    if len(app.patches) > bounds.max_patches:
        message = f"{len(app.patches)} patches are more than {app.tenant.name} may have"
        related = bound(estate, app, "patches", "maxPerApp")
        yield Diagnostic(
            "TS507", message, said.place("patches"), f"at most {bounds.max_patches}", related=related
        )
    for patch in app.patches:
        for pointer in _pointers(_parsed(patch.body)):
            for forbidden in bounds.forbidden_patches:
                if _meets(pointer, forbidden):
                    place = said.place("patches", patch.number, "patch")
                    related = bound(estate, app, "patches", "forbidden")
                    message, note = f"the patch touches {pointer}", f"forbidden: {forbidden}"
                    yield Diagnostic("TS509", message, place, note, related=related)


def _parsed(body: object) -> object:
    if not isinstance(body, str):
        return body
    from krm_functions.documents.yaml import read  # noqa: PLC0415

    text = read(body)
    return text.documents[0] if text.documents and not text.problems else {}


def _pointers(body: object) -> list[str]:
    """Return what a patch writes: a directive ($patch) is for all that it stands in, a move empties its source."""
    if not isinstance(body, (dict, list)) or not body:
        return []  # no patch: that is told when it is applied
    moved = body if isinstance(body, list) else []
    sources = [str(step["from"]) for step in moved if isinstance(step, dict) and step.get("op") == "move"]
    return [pointer.partition("/$")[0] for pointer in touched(body)] + sources


def _meets(pointer: str, forbidden: str) -> bool:
    return f"{pointer}/".startswith(f"{forbidden}/") or f"{forbidden}/".startswith(f"{pointer}/")
