"""The helm program: found, and run without reaching a cluster, a plugin or what a person has configured."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile

from krm_functions.charts.faults import ChartError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Final

_SECONDS: Final = 60
"""The longest that one call may take: a template takes a tenth of a second, a download a few seconds."""
_CHATTER: Final = ("WARNING", "Use --debug")
_LAST: Final = 12
"""Lines of helm's own words that are passed on."""


def find() -> str:
    """Return the helm to run: $HELM, else the one on PATH.

    Raises:
        ChartError: there is none (TS920).

    """
    named = os.environ.get("HELM") or "helm"
    program = shutil.which(named)
    if program is None:
        raise ChartError(
            "TS920",
            f"no helm: '{named}' is not a program",
            "install helm 3.8 or newer, or name it with HELM=PATH",
        )
    return program


def template(arguments: Sequence[str], values: str) -> str:
    """Return what ``helm template`` prints; values are given on its standard input.

    Raises:
        ChartError: helm is absent, is too slow (TS921), or refuses (TS320).

    """
    with tempfile.TemporaryDirectory(prefix="tenantspec-") as home:
        apart = {
            "HOME": home,
            "HELM_CACHE_HOME": home,
            "HELM_CONFIG_HOME": home,
            "HELM_DATA_HOME": home,
            "HELM_PLUGINS": os.path.join(home, "plugins"),
            "KUBECONFIG": os.path.join(home, "kubeconfig"),
        }
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("HELM_", "KUBE"))}
        said = _run(["template", *arguments, "--values", "-"], {**kept, **apart}, values)
    if said.returncode:
        raise ChartError(
            "TS320",
            f"helm template fails: {_words(said.stderr)}",
            "mend `chart.values`, or take another version",
        )
    return said.stdout


def pull(arguments: Sequence[str]) -> None:
    """Download a chart with what a person has configured: proxies, certificates, registry logins.

    Raises:
        ChartError: helm is absent, is too slow (TS921), or cannot fetch it (TS633).

    """
    said = _run(["pull", *arguments], os.environ, "")
    if said.returncode:
        help_ = "check `chart.repository`, `name` and version; a private registry needs 'helm registry login' first"
        raise ChartError("TS633", f"helm pull fails: {_words(said.stderr)}", help_)


def _run(
    arguments: Sequence[str], environment: Mapping[str, str], given: str
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603  (the program is helm, its arguments are checked fields)
            [find(), *arguments],
            env=dict(environment),
            input=given,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        help_ = "a template that takes as long does not end; a download may do better when tried again"
        raise ChartError("TS921", f"helm {arguments[0]} took more than {_SECONDS} s", help_) from error
    except OSError as error:
        raise ChartError("TS920", f"helm does not start: {error}", "name another with HELM=PATH") from error


def _words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(_CHATTER)]
    return " / ".join(lines[-_LAST:]).removeprefix("Error: ") or "it says nothing"
