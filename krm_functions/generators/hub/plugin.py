"""ConfigMap/argocd-cmp-tenantspec: the plugin that the repo-server's sidecar mounts, and how to add the sidecar.

The patch is carried and not applied: Argo CD would own the repo-server by it, and a revision that leaves it
out would prune the one who has to build the next.
"""

from __future__ import annotations

from krm_functions.krm.emit import dump
from krm_functions.manifests.argocd import FIRST_WAVE, argo_metadata
from krm_functions.manifests.metadata import MANAGED_BY, manifest
from krm_functions.manifests.sidecar import CONFIG_MAP, PLUGIN_YAML, repo_server_patch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import HubView
    from krm_functions.manifests.base import Manifest


def plugin(view: HubView) -> Iterator[Manifest]:
    """Yield the plugin's ConfigMap, where manifests are built by it."""
    if view.platform.argocd.delivery == "plugin":
        labels = {
            MANAGED_BY: "tenantspec",
            "app.kubernetes.io/name": CONFIG_MAP,
            "app.kubernetes.io/part-of": "argocd",
        }
        data = {
            "plugin.yaml": PLUGIN_YAML,
            "repo-server.yaml": dump(repo_server_patch(view.platform, view.hub)),
        }
        meta = argo_metadata(view.hub, CONFIG_MAP, labels, wave=FIRST_WAVE)
        yield manifest("v1", "ConfigMap", meta, data=data)
