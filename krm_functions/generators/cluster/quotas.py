"""ResourceQuotas: what all pods of a tenant's namespace may take together."""

from __future__ import annotations

from krm_functions.manifests.merge import merge
from krm_functions.manifests.metadata import manifest
from krm_functions.manifests.tenancy import tenant_metadata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import ClusterView, Quota
    from krm_functions.manifests.base import Base, Manifest


def quotas(view: ClusterView, base: Base) -> Iterator[Manifest]:
    """Yield one quota per namespace; a tenant without a quota of its own keeps what the base says."""
    template = base.template("ResourceQuota")
    for share in view.tenants:
        quota = share.tenant.quota(view.environment.stage)
        if quota or template:
            meta = tenant_metadata(share, view.environment, "tenant-quota")
            spec = {"hard": _hard(quota)} if quota else None
            yield merge(template, manifest("v1", "ResourceQuota", meta, spec=spec))


def _hard(quota: Quota) -> dict[str, str]:
    return {
        "requests.cpu": quota.cpu,
        "requests.memory": quota.memory,
        "limits.memory": quota.limits_memory,
        "pods": quota.pods,
    }
