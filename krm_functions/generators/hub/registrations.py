"""Clusters as a hub knows them: address and credentials, from the secret store into Argo CD's namespace."""

from __future__ import annotations

from krm_functions.estate.model import SecretRef
from krm_functions.manifests.argocd import FIRST_WAVE, argo_metadata
from krm_functions.manifests.metadata import place_labels
from krm_functions.manifests.secrets import external_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import HubView
    from krm_functions.manifests.base import Manifest


def registrations(view: HubView) -> Iterator[Manifest]:
    """Yield the registration of each cluster whose address and credentials the platform names.

    The key holds the `config` of Argo CD's cluster secret, a JSON document; it stands at the store's root, outside
    every tenant's prefix.
    """
    store = view.platform.secret_store
    for cluster in view.clusters:
        facts = view.platform.cluster(cluster.cluster)
        if facts and facts.server and facts.credentials:
            labels = place_labels(None, cluster.environment)
            meta = argo_metadata(view.hub, f"cluster-{facts.name}", labels, wave=FIRST_WAVE)
            template = {
                "metadata": {"labels": {**labels, "argocd.argoproj.io/secret-type": "cluster"}},
                "data": {"name": facts.name, "server": facts.server, "config": "{{ .config }}"},
            }
            values = [("config", SecretRef("config", facts.credentials, ""))]
            yield external_secret(store, meta, values, template)
