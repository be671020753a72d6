"""Another revision of an estate, as files: what git holds, without touching the working tree or the index."""

from __future__ import annotations

import contextlib
import os
import subprocess

from krm_functions.diagnostics import Diagnostic, TenantspecError
from krm_functions.functions.temporary import temporary_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def checkout(root: str, revision: str) -> Iterator[str | None]:
    """Yield a temporary folder with the estate as a revision has it; None if that has no estate there.

    Raises:
        TenantspecError: git is absent, the estate is in no repository, or there is no such revision (TS940).

    """
    top = _git(root, "rev-parse", "--show-toplevel").rstrip("\n")
    prefix = _git(root, "rev-parse", "--show-prefix").rstrip("\n")
    commit = _commit(root, revision)
    with temporary_folder() as temporary:
        folder = os.path.join(temporary, os.path.basename(root))
        if not _git(top, "ls-tree", commit, "--", f"{prefix}platform.yaml"):
            yield None
            return
        index = {"GIT_INDEX_FILE": os.path.join(temporary, "index")}
        _git(top, "read-tree", f"{commit}:{prefix}", env=index)
        _git(top, "checkout-index", "--all", f"--prefix={folder}/", env=index)
        yield folder


def _commit(root: str, revision: str) -> str:
    try:
        return _git(
            root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        ).strip()
    except TenantspecError as error:
        help_ = "name a branch, tag or commit; a shallow clone may have to fetch it first"
        raise TenantspecError(
            [Diagnostic("TS940", f"git knows no revision '{revision}'", help=help_)]
        ) from error


def _git(folder: str, *arguments: str, env: dict[str, str] | None = None) -> str:
    try:
        answer = subprocess.run(  # noqa: S603
            ["git", "-C", folder, *arguments],  # noqa: S607  (the person's own git)
            capture_output=True,
            text=True,
            errors="surrogateescape",
            env={**os.environ, **(env or {})},
            check=False,
        )
    except OSError as error:
        raise _failed("git is not on PATH") from error
    if answer.returncode != 0:
        raise _failed((answer.stderr.strip().splitlines() or ["git failed"])[-1])
    return answer.stdout


def _failed(said: str) -> TenantspecError:
    help_ = "revisions are compared by git: run it inside the repository that holds the estate"
    return TenantspecError([Diagnostic("TS940", f"no other revision can be read: {said}", help=help_)])
