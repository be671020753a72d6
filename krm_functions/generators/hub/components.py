"""Applications of the platform's components, whose charts Argo CD renders itself."""

from __future__ import annotations

from krm_functions.manifests.argocd import (
    FINALIZER,
    PROJECT,
    application,
    argo_metadata,
    chart_repository,
    destination,
    sync_policy,
)
from krm_functions.manifests.metadata import place_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.estate.model import ComponentInEnvironment, Hub, HubView
    from krm_functions.manifests.base import Manifest


def components(view: HubView) -> Iterator[Manifest]:
    """Yield one Application per component and cluster, before the clusters' own."""
    for component in view.components:
        yield _application(view.hub, component)


def _application(hub: Hub, component: ComponentInEnvironment) -> Manifest:
    name = f"{component.name}-{component.environment.name}"
    name += f"-{component.cluster}" if component.dedicated else ""
    labels = {"app.kubernetes.io/name": component.name, **place_labels(None, component.environment)}
    meta = argo_metadata(hub, name, labels, wave=component.wave)
    if not component.environment.production:
        meta["finalizers"] = [FINALIZER]
    return application(
        meta,
        PROJECT,
        _source(component),
        destination=destination(component.cluster, component.namespace),
        syncPolicy=sync_policy("CreateNamespace", "ServerSideApply"),
    )


def _source(component: ComponentInEnvironment) -> dict[str, Any]:
    helm: dict[str, Any] = {"releaseName": component.name}
    if component.values:
        helm["valuesObject"] = component.values
    return {
        "repoURL": chart_repository(component),
        "chart": component.chart,
        "targetRevision": component.version,
        "helm": helm,
    }
