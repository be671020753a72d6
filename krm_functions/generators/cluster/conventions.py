"""The manifests of base/namespace: some for each tenant's namespace, some for the cluster."""

from __future__ import annotations

from krm_functions.manifests.merge import merge
from krm_functions.manifests.metadata import place_labels
from krm_functions.manifests.tenancy import tenant_metadata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import ClusterView
    from krm_functions.manifests.base import Base, Manifest


def conventions(view: ClusterView, base: Base) -> Iterator[Manifest]:
    """Yield what stands in the base, under its own name, with labels and the namespace put in."""
    for share in view.tenants:
        for convention in base.namespaced:
            meta = tenant_metadata(share, view.environment, convention["metadata"]["name"])
            yield merge(convention, {"metadata": meta})
    labels = place_labels(None, view.environment)
    for convention in base.cluster_wide:
        yield merge(convention, {"metadata": {"labels": labels}})
