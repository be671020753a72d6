"""The kustomize program: found, old enough, and run with a plugin home of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile

from krm_functions.diagnostics import Diagnostic, TenantspecError
from krm_functions.functions import home
from krm_functions.functions.allowed import check_kustomization
from krm_functions.functions.child import run_to_its_end
from krm_functions.names import GROUP

OLDEST = (5, 4, 0)
"""Oldest kustomize whose exec plugins behave as tenantspec relies on."""
_HELP = "install kustomize 5.4 or newer, or name it with KUSTOMIZE=PATH"


def find() -> str:
    """Return the kustomize to run: $KUSTOMIZE, else the one on PATH.

    Raises:
        TenantspecError: there is none (TS906), or it is too old (TS907).

    """
    named = os.environ.get("KUSTOMIZE", "kustomize")
    program = shutil.which(named)
    if program is None:
        raise TenantspecError([Diagnostic("TS906", f"no kustomize: '{named}' is not a program", help=_HELP)])
    found = version(program)
    if found < OLDEST:
        shown = f"is {'.'.join(map(str, found))}, older than 5.4" if found else "does not say its version"
        raise TenantspecError([Diagnostic("TS907", f"{program} {shown}", help=_HELP)])
    return program


def version(program: str) -> tuple[int, ...]:
    """Return a kustomize's version as numbers; empty if it does not say one."""
    try:
        answer = subprocess.run([program, "version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = re.search(r"v?(\d+)\.(\d+)\.(\d+)", answer.stdout)
    return tuple(map(int, match.groups())) if match else ()


def build(folder: str) -> bytes:
    """Return what ``kustomize build --enable-alpha-plugins`` prints for a folder that it may be run for.

    Raises:
        TenantspecError: the kustomization is refused, or kustomize is absent or failed; its own words
            are the message then (TS908).

    """
    check_kustomization(folder)
    program = find()
    with tempfile.TemporaryDirectory(prefix="tenantspec-") as temporary:
        home.install(temporary)
        _link_others(temporary)
        answer = run_to_its_end(
            [program, "build", "--enable-alpha-plugins", folder],
            env={**os.environ, "KUSTOMIZE_PLUGIN_HOME": temporary},
        )
    if answer.returncode != 0:
        raise KustomizeError(folder, answer.stderr.decode(errors="replace"))
    return answer.stdout


def _link_others(temporary: str) -> None:
    """Put the functions of other groups, which a person has installed, beside ours."""
    installed = home.default_home()
    for group in os.listdir(installed) if os.path.isdir(installed) else ():
        if group != GROUP:
            os.symlink(os.path.abspath(os.path.join(installed, group)), os.path.join(temporary, group))


class KustomizeError(TenantspecError):
    """kustomize failed; ``text`` is all that it said, a function's diagnostics among it."""

    def __init__(self, folder: str, text: str) -> None:
        self.text = text
        super().__init__([Diagnostic("TS908", f"kustomize build {folder} failed")])
