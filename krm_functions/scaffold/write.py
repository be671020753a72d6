"""Changes onto disk: all texts beside their files first, then every file renamed into place."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from krm_functions.diagnostics import Diagnostic, Place, TenantspecError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from krm_functions.scaffold.draft import Change


def write(root: str, changes: Iterable[Change]) -> list[str]:
    """Write and remove files, and the folders that this leaves empty; return the files.

    Raises:
        TenantspecError: the file system refused (TS608); while texts are staged, nothing has changed.

    """
    ordered = sorted(changes, key=lambda change: change.file)
    staged: list[tuple[str, str]] = []
    for change in ordered:
        path = os.path.join(root, change.file)
        try:
            if change.after is not None:
                staged.append((_stage(path, change.after), path))
        except OSError as error:
            _discard(root, [*(part for part, _ in staged), _partial(path)])
            raise TenantspecError([_refused(change.file, error)]) from error
    for part, path in staged:
        os.replace(part, path)
    for change in ordered:
        if change.after is None:
            _remove(root, os.path.join(root, change.file))
    return [change.file for change in ordered]


def _stage(path: str, text: str) -> str:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part = _partial(path)
    with open(part, "wb") as stream:
        stream.write(text.encode())
    if os.path.exists(path):
        shutil.copymode(path, part)
    return part


def _partial(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.tenantspec")


def _discard(root: str, parts: Iterable[str]) -> None:
    for part in parts:
        _remove(root, part)


def _remove(root: str, path: str) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        os.remove(path)
    folder = os.path.dirname(path)
    with contextlib.suppress(OSError):  # the first folder that is not empty ends it
        while folder != root:
            os.rmdir(folder)
            folder = os.path.dirname(folder)


def _refused(file: str, error: OSError) -> Diagnostic:
    reason = (error.strerror or str(error)).lower()
    return Diagnostic("TS608", f"cannot write {file}: {reason}; nothing was written", Place(file))
