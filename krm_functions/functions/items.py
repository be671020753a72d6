"""Manifests as kustomize printed them, read back as values for a judgement."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place, TenantspecError
from krm_functions.documents import yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST = 2**24
"""Values of a build with aliases expanded; kustomize prints none, and a cluster of a thousand tenants has a tenth of it."""


def items_of(printed: bytes, place: Place | None = None) -> list[Any]:
    """Return the documents of a stream that are not empty.

    Raises:
        TenantspecError: it is not what kustomize prints (TS533): what cannot be read cannot be judged.

    """
    try:
        text = yaml.read(printed.decode(), MOST)
    except UnicodeDecodeError as error:
        raise TenantspecError([_unread("not UTF-8", place)]) from error
    if text.problems:
        raise TenantspecError([_unread(problem.message, place) for problem in text.problems])
    return [document for document in text.documents if document is not None]


def _unread(why: str, place: Place | None) -> Diagnostic:
    help_ = "an object that kustomize prints and that cannot be read back cannot be judged"
    return Diagnostic("TS533", f"the built manifests cannot be read: {why}", place, help=help_)
