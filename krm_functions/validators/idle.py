"""Settings of an app that its workload does not have: nothing is emitted for them."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Final

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App
    from krm_functions.estate.settings import Settings

OF_WORKLOADS: Final[Mapping[str, tuple[str, ...]]] = {
    "schedule": ("CronJob",),
    "concurrency": ("CronJob",),
    "backoff": ("CronJob", "Job"),
    "replicas": ("Deployment", "StatefulSet"),
    "autoscale": ("Deployment", "StatefulSet"),
}


def idle(estate: Estate, app: App, said: Settings) -> Iterator[Diagnostic]:
    """Yield a warning for each such setting of the app's own; those of its tenant are meant for others too.

    An app that is such a workload elsewhere may say it for there.
    """
    source = estate.specs.app(app.tenant.name, app.name)
    if source is None:
        return
    overrides = [
        *(source.spec.get("stages") or {}).values(),
        *(source.spec.get("environments") or {}).values(),
    ]
    layers = [source.spec, *filter(None, overrides)]
    elsewhere = {layer.get("workload") for layer in layers}
    for key, workloads in OF_WORKLOADS.items():
        written = any(layer.get(key) for layer in layers)
        if written and app.workload not in workloads and not elsewhere.intersection(workloads):
            message = f"'{key}' has no effect on a {app.workload}"
            note = f"of {' and '.join(workloads)}"
            yield Diagnostic("TS314", message, said.place(key), note, severity=Severity.WARNING)
