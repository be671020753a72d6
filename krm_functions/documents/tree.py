"""The files below an estate's root, each read once, with every fault kept as a diagnostic."""

from __future__ import annotations

import os

from krm_functions.diagnostics import Collector, Diagnostic, Place, TenantspecError
from krm_functions.documents import yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

PLATFORM_FILE = "platform.yaml"
MAX_BYTES = 4 * 2**20
"""Largest file that is read: git hosts and Argo CD carry specs of kilobytes."""


class Tree:
    """Reads files below ``root``; ``reads`` names each one asked for, whether it exists or not."""

    held = False
    """Whether the files came as items, so that there is no folder."""

    def __init__(self, root: str, collector: Collector | None = None) -> None:
        self.root = os.path.realpath(root)
        self.collector = collector or Collector()
        self.reads: set[str] = set()
        self._documents: dict[str, tuple[Any, ...]] = {}
        self._broken: set[str] = set()

    def exists(self, file: str) -> bool:
        """Whether something is there; asking counts as reading, and reading tells what is wrong with it."""
        self.reads.add(file)
        return os.path.lexists(os.path.join(self.root, file))

    def folders(self, folder: str) -> list[str]:
        """Return the names of the visible folders in a folder, sorted; none if it is absent."""
        try:
            entries = os.scandir(os.path.join(self.root, folder))
        except FileNotFoundError:
            return []
        except OSError as error:
            self._unreadable(folder, error)
            return []
        with entries:
            return sorted(e.name for e in entries if e.is_dir() and not e.name.startswith("."))

    def text(self, file: str) -> str | None:
        """Return a file's text, or None with a diagnostic."""
        self.reads.add(file)
        try:
            return self._bytes(file).decode("utf-8-sig")
        except OSError as error:
            self._unreadable(file, error)
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            message = f"not UTF-8: byte 0x{error.object[error.start]:02x} in line {line}"
            self._fault("TS107", message, file, line=line, help="save the file as UTF-8")
        return None

    def documents(self, file: str) -> tuple[Any, ...]:
        """Return the documents of a file that are not empty; none if it cannot be read."""
        if file not in self._documents:
            text = self.text(file)
            self._documents[file] = () if text is None else self._parse(file, text)
        return self._documents[file]

    def document(self, file: str) -> dict[str, Any] | None:
        """Return the one document of a file as a mapping, or None with a diagnostic."""
        documents = self.documents(file)
        if file in self._broken:
            return None
        if not documents:
            self._fault("TS108", "the file is empty", file, help="write the document, or remove the file")
            return None
        if len(documents) > 1:
            self._fault(
                "TS109", f"{len(documents)} documents in one file; one is expected", file, help="split it"
            )
            return None
        if not isinstance(documents[0], dict):
            self._fault(
                "TS110", "not a mapping", file, help="a spec starts with apiVersion, kind and metadata"
            )
            return None
        return documents[0]

    def _bytes(self, file: str) -> bytes:
        path = os.path.join(self.root, file)
        if not os.path.realpath(path).startswith(os.path.join(self.root, "")):
            raise OSError(None, "it lies outside the estate's root")
        with open(path, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise OSError(None, f"it is larger than {MAX_BYTES // 2**20} MiB")
        return content

    def _parse(self, file: str, text: str) -> tuple[Any, ...]:
        result = yaml.read(text)
        if result.problems:
            self._broken.add(file)
        for problem in result.problems:
            place = Place(file, line=problem.line, column=problem.column)
            self.collector.error(problem.code, problem.message, place, note=problem.note)
        return tuple(d for d in result.documents if d is not None)

    def _unreadable(self, file: str, error: OSError) -> None:
        reason = error.strerror or str(error)
        self._fault("TS106", f"cannot read {file}: {reason[0].lower()}{reason[1:]}", file)

    def _fault(self, code: str, message: str, file: str, *, line: int = 1, help: str = "") -> None:  # noqa: A002
        self._broken.add(file)
        self.collector.error(code, message, Place(file, line=line, column=1), help=help)


def find_root(start: str, ceiling: Iterable[str] = ("/",)) -> str:
    """Return the nearest folder at or above ``start`` that holds platform.yaml.

    Raises:
        TenantspecError: there is none (TS901).

    """
    folder = os.path.realpath(start)
    while not os.path.isfile(os.path.join(folder, PLATFORM_FILE)):
        above = os.path.dirname(folder)
        if folder in ceiling or above == folder:
            raise TenantspecError([_no_root(start)])
        folder = above
    return folder


def _no_root(start: str) -> Diagnostic:
    return Diagnostic(
        "TS901",
        f"no {PLATFORM_FILE} in this folder or above it: {os.path.basename(os.path.realpath(start)) or start}",
        help="run inside an estate, name its folder (--root, spec.root), or start one with 'tenantspec init DIR'",
    )
