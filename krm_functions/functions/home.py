"""The plugin home: one launcher per kind, where kustomize looks for it.

A launcher names its interpreter by its real path and the folders that tenantspec and PyYAML are in, so
it starts without an activated venv, without ``site`` and without a version manager's shim.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

from krm_functions import __version__
from krm_functions.diagnostics import Diagnostic, TenantspecError
from krm_functions.functions.table import KINDS as GENERATORS, TRANSFORMERS
from krm_functions.names import API_VERSION
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KINDS = tuple(sorted((*GENERATORS, *TRANSFORMERS)))
"""Every kind that has a launcher."""
SHEBANG_LIMIT = 120
"""Linux reads 127 bytes of a first line before 5.1; longer paths, or ones with spaces, go through sh."""


class Launcher(Record):
    """One launcher: its kind, path, the version that installed it, and ``ok`` or what is wrong."""

    kind: str
    path: str
    version: str
    health: str


def default_home() -> str:
    """Return kustomize's own plugin home (kustomize 5: api/konfig/plugins.go)."""
    environment = os.environ.get("KUSTOMIZE_PLUGIN_HOME")
    if environment:
        return environment
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(config, "kustomize", "plugin")


def path(home: str, kind: str, api_version: str = API_VERSION) -> str:
    """Return where kustomize looks for the function of a kind."""
    return os.path.join(home, api_version, kind.lower(), kind)


def install(home: str, modules: Iterable[str] = ()) -> list[str]:
    """Write every launcher, and those of modules with functions of their own; return their paths.

    Raises:
        TenantspecError: a module holds no function (TS911), or the folder cannot be written (TS905).

    """
    texts = {path(home, kind): _launcher() for kind in KINDS}
    for module in modules:
        from krm_functions.functions.own import load  # noqa: PLC0415

        own = load(module)
        texts[path(home, own.kind, own.api_version)] = _launcher(module)
    try:
        return [_write(launcher, text) for launcher, text in texts.items()]
    except OSError as error:
        raise TenantspecError([_unwritable(home, error)]) from error


def uninstall(home: str) -> list[str]:
    """Remove every launcher that is there, with the folders that it leaves empty, the home at most.

    Raises:
        TenantspecError: one cannot be removed (TS905).

    """
    gone = [path(home, kind) for kind in KINDS if os.path.lexists(path(home, kind))]
    try:
        for launcher in gone:
            os.remove(launcher)
    except OSError as error:
        raise TenantspecError([_unwritable(home, error)]) from error
    for launcher in gone:
        _remove_empty(os.path.dirname(launcher), home)
    return gone


def launchers(home: str) -> list[Launcher]:
    """Return every launcher with its version and health, found by starting it."""
    return [_inspect(kind, path(home, kind)) for kind in KINDS]


def check(home: str, found: Sequence[Launcher]) -> None:
    """Refuse a plugin home that kustomize could not use.

    Raises:
        TenantspecError: a launcher is absent, does not start, or is not of this version (TS904).

    """
    faults: dict[str, list[str]] = {}
    for launcher in found:
        if launcher.health != "ok":
            faults.setdefault(launcher.health.partition(":")[0], []).append(launcher.kind)
    if faults:
        what = "; ".join(f"{health}: {', '.join(kinds)}" for health, kinds in faults.items())
        if len(faults.get("absent", ())) == len(found):
            what = "no function is installed there"
        help_ = f"run 'tenantspec plugins install --home {shlex.quote(home)}'"
        raise TenantspecError([Diagnostic("TS904", f"plugin home {home}: {what}", help=help_)])


def _write(launcher: str, text: str) -> str:
    os.makedirs(os.path.dirname(launcher), exist_ok=True)
    temporary = f"{launcher}.{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(temporary, 0o755)  # noqa: S103  (others run it)
        os.replace(temporary, launcher)
    finally:
        if os.path.lexists(temporary):
            os.remove(temporary)
    return launcher


def _unwritable(home: str, error: OSError) -> Diagnostic:
    message = f"cannot write the plugin home {home}: {(error.strerror or str(error)).lower()}"
    return Diagnostic("TS905", message, help="choose another with --home DIR")


def _remove_empty(folder: str, home: str) -> None:
    """Remove a folder and those above it up to the home, as long as they are empty."""
    while folder.startswith(os.path.join(home, "")) or folder == home:
        try:
            os.rmdir(folder)
        except OSError:
            return
        folder = os.path.dirname(folder)


def _launcher(module: str = "") -> str:
    interpreter = os.path.realpath(sys.executable)
    folders = list(dict.fromkeys((_folder("krm_functions"), _folder("yaml"), _folder("jsonpatch"))))
    paths, own = f"sys.path[:0] = {folders!r}\n", ""
    if module:
        folder, name = os.path.split(os.path.realpath(module))
        paths += f"sys.path.append({folder!r})\nfrom {os.path.splitext(name)[0]} import FUNCTION\n"
        own = ", FUNCTION"
    first = f"#!{interpreter} -IS\n"
    if len(first) > SHEBANG_LIMIT or " " in interpreter:
        first = f'#!/bin/sh\n"exec" "{interpreter}" "-IS" "$0" "$@"\n'
    return (
        f"{first}# tenantspec {__version__}: written by 'tenantspec plugins install'\n"
        f"import sys\n\n{paths}"
        f"from krm_functions.functions.plugin import main\n\nmain({__version__!r}{own})\n"
    )


def _folder(module: str) -> str:
    found = __import__(module).__file__ or ""
    folder = os.path.dirname(os.path.abspath(found))
    return os.path.dirname(folder) if os.path.basename(found).startswith("__init__") else folder


def _text(launcher: str) -> str:
    try:
        with open(launcher, encoding="utf-8") as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError):
        return ""


def _inspect(kind: str, launcher: str) -> Launcher:
    if not os.path.exists(launcher):
        return Launcher(kind, launcher, "", "absent")
    try:
        answer = subprocess.run(  # noqa: S603
            [launcher, "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Launcher(kind, launcher, "", f"does not start: {error}")
    version = answer.stdout.strip()
    if answer.returncode != 0 or not version:
        return Launcher(
            kind,
            launcher,
            version,
            "does not start: " + (answer.stderr.strip().splitlines() or ["no answer"])[-1],
        )
    return Launcher(kind, launcher, version, "ok" if _text(launcher) == _launcher() else "stale")
