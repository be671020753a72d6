"""Where rendered manifests go, stdout or a folder: all of them or none."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import signal
import sys
import tempfile
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from krm_functions.cli.output import writing
from krm_functions.functions.committed import FILE, STAMP, UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Rendered = Iterable[tuple[str, str]]

ROOMS: Final = frozenset({"argocd", "base", "charts", "clusters", "infra", "tenants"})
"""Folders of an estate in which specs stand."""
IN_MEMORY: Final = 2**26
"""Bytes of manifests that are held in memory before stdout gets them; beyond, a temporary file takes them."""


class Outcome(NamedTuple):
    """How many files were written, and how many of what is gone were removed."""

    written: int
    removed: int


def print_all(rendered: Rendered) -> None:
    """Print units as one stream of documents, once all of them are rendered.

    Raises:
        TenantspecError: a unit cannot be rendered; nothing is printed.

    """
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as held:
        for _, text in rendered:
            if text:
                held.write(b"---\n" if held.tell() else b"")
                held.write(text.encode())
        held.seek(0)
        copy_out(held)


def copy_out(stream: IO[bytes]) -> None:
    """Copy bytes to stdout."""
    with writing("to stdout"):
        shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def write(rendered: Rendered, output: str, stamp: Callable[[], str] | None) -> Outcome:
    """Write one manifests.yaml per unit below a folder; of a whole estate, remove those of no unit.

    ``stamp`` gives what says of a whole estate which specs and which version it is of, once all is rendered.
    Everything is rendered beside the folder first and then moved into it.

    Raises:
        TenantspecError: a unit cannot be rendered, or the file system refuses; the folder is as it was.

    """
    with _staging(output) as staging:
        folders = [_stage(staging, folder, text) for folder, text in rendered]
        if stamp:
            _put(os.path.join(staging, STAMP), stamp())
        with writing(f"manifests to {output}"), _undisturbed():
            _check_free(output, folders)
            for folder in folders:
                os.makedirs(os.path.join(output, folder), exist_ok=True)
                os.replace(os.path.join(staging, folder, FILE), os.path.join(output, folder, FILE))
            if stamp:
                os.replace(os.path.join(staging, STAMP), os.path.join(output, STAMP))
            gone = _gone(output, folders) if stamp else []
            for folder in gone:
                _remove(output, folder)
    return Outcome(len(folders), len(gone))


@contextlib.contextmanager
def _staging(output: str) -> Iterator[str]:
    """Make a folder on the disk of the output, which need not exist yet; nothing of it is left."""
    beside = os.path.abspath(output)
    while not os.path.lexists(beside):
        beside = os.path.dirname(beside)
    with writing(f"manifests to {output}"):
        staging = tempfile.mkdtemp(prefix=".tenantspec-", dir=beside)
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _stage(staging: str, folder: str, text: str) -> str:
    with writing(f"manifests of {folder}"):
        os.makedirs(os.path.join(staging, folder), exist_ok=True)
        _put(os.path.join(staging, folder, FILE), text)
    return folder


def _put(path: str, text: str) -> None:
    with open(path, "wb") as stream:
        stream.write(text.encode())


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back an interrupt until all files are in place: moving them takes milliseconds."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _check_free(output: str, folders: Iterable[str]) -> None:
    """Refuse what moving would stumble over half way.

    Raises:
        OSError: a file stands where a folder is needed, or the other way round.

    """
    for folder in folders:
        path = output
        for part in folder.split("/"):
            path = os.path.join(path, part)
            if os.path.lexists(path) and not os.path.isdir(path):
                raise NotADirectoryError(None, f"{path} is a file")
        if os.path.isdir(os.path.join(path, FILE)):
            raise IsADirectoryError(None, f"{path}/{FILE} is a folder")


def _gone(output: str, folders: Iterable[str]) -> list[str]:
    found = {path for unit in UNITS for path in glob.glob(f"{unit}/{FILE}", root_dir=output)}
    return sorted({os.path.dirname(path) for path in found}.difference(folders))


def _remove(output: str, folder: str) -> None:
    os.remove(os.path.join(output, folder, FILE))
    with contextlib.suppress(OSError):  # the first folder that is not empty ends it
        while folder:
            os.rmdir(os.path.join(output, folder))
            folder = os.path.dirname(folder)
