"""Manifests as text, the way kustomize prints them; what it could not print is a diagnostic."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, TenantspecError
from krm_functions.krm.emit import dump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from krm_functions.manifests.base import Manifest


def printed(manifests: Iterable[Manifest]) -> str:
    """Return the manifests as one text.

    Raises:
        TenantspecError: one holds a character that kustomize cannot print (TS610), never shown itself.

    """
    return "---\n".join(texts(manifests))


def texts(manifests: Iterable[Manifest]) -> list[str]:
    """Return each manifest as text.

    Raises:
        TenantspecError: one holds a character that kustomize cannot print (TS610), never shown itself.

    """
    found, faults = [], []
    for manifest in manifests:
        try:
            found.append(dump(manifest))
        except ValueError as error:
            faults.append(_fault(manifest, error))
    if faults:
        raise TenantspecError(faults)
    return found


def _fault(manifest: Manifest, error: ValueError) -> Diagnostic:
    metadata = manifest["metadata"]
    name = "/".join(part for part in (metadata.get("namespace", ""), metadata["name"]) if part)
    help_ = "remove the control character from the spec: YAML escapes such as \\x7F and \\u0085 hide them"
    return Diagnostic("TS610", f"{manifest['kind']} {name}: {error}", help=help_)
