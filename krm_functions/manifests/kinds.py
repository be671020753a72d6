"""Which kinds of objects an app may have on a cluster: what its tenant's project has to permit."""

from __future__ import annotations

from krm_functions.manifests.pod import replicated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Final

    from krm_functions.estate.model import App

    Kind = tuple[str, str]
    """An API group, empty for the core one, and a kind in it."""

_POD: Final = ("", "Pod")
_JOB: Final = ("batch", "Job")
WORKLOADS: Final[Mapping[str, Kind]] = {
    "CronJob": ("batch", "CronJob"),
    "Deployment": ("apps", "Deployment"),
    "Job": _JOB,
    "StatefulSet": ("apps", "StatefulSet"),
}
_CHILDREN: Final[Mapping[str, tuple[Kind, ...]]] = {
    "CronJob": (_JOB, _POD),
    "Deployment": (("apps", "ReplicaSet"), _POD),
    "Job": (_POD,),
    "StatefulSet": (_POD,),
}
"""What controllers make of a workload: Argo CD shows logs and children of permitted kinds only."""

_CLAIM: Final = ("", "PersistentVolumeClaim")
_CONFIG_MAP: Final = ("", "ConfigMap")
_SERVICE: Final = ("", "Service")
_ACCOUNT: Final = ("", "ServiceAccount")
_SCALER: Final = ("autoscaling", "HorizontalPodAutoscaler")
EXTERNAL_SECRET: Final = ("external-secrets.io", "ExternalSecret")
_HTTP_ROUTE: Final = ("gateway.networking.k8s.io", "HTTPRoute")
_MONITOR: Final = ("monitoring.coreos.com", "ServiceMonitor")
_INGRESS: Final = ("networking.k8s.io", "Ingress")
_BUDGET: Final = ("policy", "PodDisruptionBudget")

_CHARTED: Final = (
    *WORKLOADS.values(),
    *_CHILDREN["Deployment"],
    _CLAIM,
    _CONFIG_MAP,
    _SERVICE,
    _ACCOUNT,
    _SCALER,
    EXTERNAL_SECRET,
    _HTTP_ROUTE,
    _MONITOR,
    _INGRESS,
    _BUDGET,
)
"""What a chart may hold, whatever it is: nothing that opens a network, lifts a quota or grants a right."""


def kinds(apps: Iterable[App], added: Iterable[Kind] = ()) -> list[Kind]:
    """Return the kinds of some apps' objects, sorted, each once; of those that people add, what a tenant may hold."""
    theirs = {kind for kind in added if kind in _CHARTED}
    children = {child for _, kind in theirs for child in _CHILDREN.get(kind, ())}
    return sorted(
        theirs | children | {kind for app in apps for kind in (_CHARTED if app.chart else _kinds(app))}
    )


def _kinds(app: App) -> Iterator[Kind]:
    yield WORKLOADS[app.workload]
    yield from _CHILDREN[app.workload]
    yield _ACCOUNT
    containers = (app.main, *app.init, *app.sidecars)
    secret = any(container.secrets for container in containers) or any(file.secret for file in app.files)
    monitored = app.metrics and app.platform.monitoring.kind == "ServiceMonitor"
    for kind, present in (
        (_SERVICE, app.main.ports or app.workload == "StatefulSet"),
        (_INGRESS, app.route and app.platform.exposure.kind == "ingress"),
        (_HTTP_ROUTE, app.route and app.platform.exposure.kind == "gateway"),
        (_SCALER, app.autoscale),
        (_BUDGET, replicated(app)),
        (_CLAIM, any(not volume.ephemeral for volume in app.volumes)),
        (_CONFIG_MAP, any(not file.secret for file in app.files)),
        (EXTERNAL_SECRET, secret),
        (_MONITOR, monitored),
    ):
        if present:
            yield kind
