"""`tenantspec doctor`: each way to call the functions is tried here, with the real programs.

A trial is a build in a temporary folder; nothing of the machine, the estate or the plugin home is changed.
It must not know the specs: whether they are right is `tenantspec check`'s question.
"""

from __future__ import annotations

from krm_functions.functions.doctor.argocd import argocd_plugin
from krm_functions.functions.doctor.container import container
from krm_functions.functions.doctor.finding import State
from krm_functions.functions.doctor.helm import post_renderer
from krm_functions.functions.doctor.kustomize import exec_function, kubectl, kustomize, plugin_home
from krm_functions.functions.doctor.process import in_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from krm_functions.functions.doctor.finding import Finding

DEFAULT: Final = "plugin home"
"""The transport of the folders that `tenantspec sync` writes: without it no build in the estate works."""

TRIALS: Final[tuple[Callable[[], Finding], ...]] = (
    in_process,
    kustomize,
    plugin_home,
    kubectl,
    exec_function,
    container,
    post_renderer,
    argocd_plugin,
)


def examine() -> list[Finding]:
    """Return what each trial found, in the order of the table."""
    return [trial() for trial in TRIALS]


def fault(findings: list[Finding]) -> Finding | None:
    """Return what keeps the default transport from working, or None."""
    (found,) = (finding for finding in findings if finding.name == DEFAULT)
    return None if found.state is State.WORKS else found
