"""HorizontalPodAutoscaler of an app with a range of replicas."""

from __future__ import annotations

from krm_functions.manifests.merge import merge
from krm_functions.manifests.metadata import app_metadata, manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.estate.model import App
    from krm_functions.manifests.base import Base, Manifest


def scaling(app: App, base: Base) -> Iterator[Manifest]:
    """Yield the autoscaler; the workload then says no replicas."""
    scale = app.autoscale
    if scale is None:
        return
    targets = (("cpu", scale.cpu), ("memory", scale.memory))
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": app.workload, "name": app.id},
        "minReplicas": scale.low,
        "maxReplicas": scale.high,
        "metrics": [_utilization(name, percent) for name, percent in targets if percent],
    }
    stamp = manifest("autoscaling/v2", "HorizontalPodAutoscaler", app_metadata(app), spec=spec)
    yield merge(base.template("HorizontalPodAutoscaler"), stamp)


def _utilization(name: str, percent: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": name, "target": target}}
