"""`tenantspec doctor`: each way to call the functions is tried here, with the real programs.

A trial is a build in a temporary folder; nothing of the machine, the estate or the plugin home is changed.
It must not know the specs: whether they are right is `tenantspec check`'s question.
"""

from __future__ import annotations

from krm_functions.diagnostics import TenantspecError
from krm_functions.functions.doctor.argocd import argocd_plugin
from krm_functions.functions.doctor.container import container
from krm_functions.functions.doctor.finding import Finding, State
from krm_functions.functions.doctor.helm import post_renderer
from krm_functions.functions.doctor.kustomize import exec_function, kubectl, kustomize, plugin_home
from krm_functions.functions.doctor.process import in_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Final

DEFAULT: Final = "plugin home"
"""The transport of the folders that `tenantspec sync` writes: without it no build in the estate works."""

TRIALS: Final[Mapping[str, Callable[[], Finding]]] = {
    "in process": in_process,
    "kustomize": kustomize,
    DEFAULT: plugin_home,
    "kubectl": kubectl,
    "exec function": exec_function,
    "container": container,
    "helm": post_renderer,
    "argo cd plugin": argocd_plugin,
}


def examine() -> dict[str, Finding]:
    """Return what each trial found, in the order of the table."""
    return {name: _tried(trial) for name, trial in TRIALS.items()}


def fault(findings: Mapping[str, Finding]) -> Finding | None:
    """Return what keeps the default transport from working, or None."""
    found = findings[DEFAULT]
    return None if found.state is State.WORKS else found


def _tried(trial: Callable[[], Finding]) -> Finding:
    try:
        return trial()
    except TenantspecError as error:
        problem = error.diagnostics[0]
        state = State.ABSENT if problem.code == "TS906" else State.BROKEN
        return Finding(state, problem.message, problem.help)
