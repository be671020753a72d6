"""Rendered manifests that are committed for `delivery: rendered`: stamped when written, held against the specs later."""

from __future__ import annotations

import glob
import hashlib
import os

from krm_functions import __version__
from krm_functions.diagnostics import Diagnostic, Place, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from krm_functions.documents.tree import Tree
    from krm_functions.estate.estate import Estate

FOLDER: Final = "rendered"
FILE: Final = "manifests.yaml"
STAMP: Final = "tenantspec.txt"
UNITS: Final = (
    "tenants/*/apps/*/overlays/*",
    "clusters/*",
    "clusters/*/*",
    "clusters/*/*/dedicated/*",
)
"""Where render writes below its folder."""
_AGAIN: Final = "run 'tenantspec render -o rendered' and commit what it writes"


def stamp(tree: Tree) -> str:
    """Return the stamp of a whole render: the version of the tool, and the digest of the specs that it has read."""
    return f"tenantspec {__version__}\nspecs {_digest(tree)}\n"


def _digest(tree: Tree) -> str:
    """Return the SHA-256 over path and SHA-256 of each file that was read, in order."""
    total = hashlib.sha256()
    for file in sorted(tree.reads):
        path = os.path.join(tree.root, file)
        if os.path.isfile(path):
            with open(path, "rb") as stream:
                content = hashlib.file_digest(stream, "sha256").hexdigest()
            total.update(f"{file}\0{content}\n".encode())
    return f"sha256:{total.hexdigest()}"


class Committed:
    """The rendered tree of an estate, if it is delivered so and lies inside: elsewhere, a branch holds it."""

    def __init__(self, estate: Estate) -> None:
        self._top = os.path.join(estate.specs.tree.root, FOLDER)
        self._there = estate.platform.argocd.delivery == "rendered" and os.path.isdir(self._top)
        self._found: list[Diagnostic] = []
        self._folders: set[str] = set()

    def compare(self, folder: str, text: str) -> None:
        """Hold the committed manifests of a kustomization against what it renders to."""
        self._folders.add(folder)
        path = os.path.join(self._top, folder, FILE)
        if not self._there or _text(path) == text:
            return
        what = "is not what the specs render to" if os.path.lexists(path) else "is not there"
        self._tell("TS623", f"{FOLDER}/{folder}/{FILE} {what}", f"{folder}/{FILE}", _AGAIN)

    def diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what differs, once every kustomization has been compared."""
        if self._there:
            found = {path for unit in UNITS for path in glob.glob(f"{unit}/{FILE}", root_dir=self._top)}
            for folder in sorted({os.path.dirname(path) for path in found} - self._folders):
                self._tell(
                    "TS624",
                    f"{FOLDER}/{folder}/{FILE} belongs to no kustomization",
                    f"{folder}/{FILE}",
                    _AGAIN,
                )
            self._check_stamp()
        yield from self._found

    def _check_stamp(self) -> None:
        said = (_text(os.path.join(self._top, STAMP)) or "no stamp").splitlines()[0]
        if said != f"tenantspec {__version__}":
            message = f"{FOLDER}/ was written by {said}, and this is tenantspec {__version__}"
            self._tell("TS625", message, STAMP, _AGAIN, Severity.WARNING)

    def _tell(
        self, code: str, message: str, file: str, help_: str, severity: Severity = Severity.ERROR
    ) -> None:
        place = Place(f"{FOLDER}/{file}", line=1, column=1)
        there = os.path.isfile(os.path.join(self._top, file))
        self._found.append(Diagnostic(code, message, place if there else None, help=help_, severity=severity))


def _text(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError):
        return None
