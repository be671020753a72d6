"""ServiceMonitor of an app that serves metrics."""

from __future__ import annotations

from krm_functions.manifests.merge import merge
from krm_functions.manifests.metadata import app_metadata, manifest, selector
from krm_functions.manifests.pod import UNMONITORED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.estate.model import App
    from krm_functions.manifests.base import Base, Manifest


def metrics(app: App, base: Base) -> Iterator[Manifest]:
    """Yield the monitor where the platform's monitoring finds its targets by ServiceMonitor."""
    if app.metrics and app.platform.monitoring.kind == "ServiceMonitor":
        template = base.template("ServiceMonitor")
        house: Manifest = next(iter(template.get("spec", {}).get("endpoints", [])), {})
        spec = {
            "selector": {"matchLabels": selector(app), **_once(app)},
            "endpoints": [{**house, "port": app.metrics.port.name, "path": app.metrics.path}],
        }
        stamp = manifest("monitoring.coreos.com/v1", "ServiceMonitor", app_metadata(app), spec=spec)
        yield merge(template, stamp)


def _once(app: App) -> dict[str, Any]:
    """Leave out the headless Service of a StatefulSet: behind it are the pods that the other one has."""
    if app.workload != "StatefulSet":
        return {}
    key, value = UNMONITORED
    return {"matchExpressions": [{"key": key, "operator": "NotIn", "values": [value]}]}
