"""Applications of clusters: what each holds before any app arrives."""

from __future__ import annotations

from krm_functions.manifests.argocd import (
    CLUSTER_WAVE,
    PROJECT,
    SPECS,
    application,
    argo_metadata,
    destination,
    generate_paths,
    source,
    source_path,
    sync_policy,
)
from krm_functions.manifests.metadata import place_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import ClusterView, Hub, HubView
    from krm_functions.manifests.base import Manifest

NAMESPACE = "default"
"""The destination's namespace, which an Application has to have: every namespaced object here names its own."""


def clusters(view: HubView) -> Iterator[Manifest]:
    """Yield one Application per cluster; deleting it never deletes namespaces."""
    for cluster in view.clusters:
        yield _application(view.hub, cluster)


def _application(hub: Hub, cluster: ClusterView) -> Manifest:
    platform, environment = cluster.platform, cluster.environment
    folder = f"clusters/{hub.name}/{environment.name}"
    name = f"cluster-{environment.name}"
    if cluster.dedicated:
        folder, name = f"{folder}/dedicated/{cluster.cluster}", f"{name}-{cluster.cluster}"
    reads = [*SPECS, "base/namespace", folder]
    labels = place_labels(None, environment)
    purpose = [{"name": "purpose", "value": environment.purpose}] if environment.purpose else None
    return application(
        argo_metadata(hub, name, labels, generate_paths(platform, folder, reads), wave=CLUSTER_WAVE),
        PROJECT,
        source(platform, source_path(platform, folder)),
        destination=destination(cluster.cluster, NAMESPACE),
        info=purpose,
        syncPolicy=sync_policy("ServerSideApply"),
    )
