"""Namespaces of the tenants on a cluster, under their Pod Security Standard."""

from __future__ import annotations

from krm_functions.manifests.merge import merge
from krm_functions.manifests.metadata import KEEP, SYNC_OPTIONS, manifest, metadata, tenant_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import ClusterView, Tenant
    from krm_functions.manifests.base import Base, Manifest

DISPLAY_NAME = "tenantspec.dev/display-name"
_POD_SECURITY = "pod-security.kubernetes.io/"


def namespaces(view: ClusterView, base: Base) -> Iterator[Manifest]:
    """Yield one Namespace per tenant; Argo CD asks a person before it deletes one, unless the tenant leaves."""
    for share in view.tenants:
        security = _pod_security(share.tenant.guardrails.pod_security)
        labels = {**tenant_labels(share.tenant, view.environment), **security}
        meta = metadata(share.namespace, labels=labels, annotations=_annotations(share.tenant))
        yield merge(base.template("Namespace"), manifest("v1", "Namespace", meta))


def _pod_security(level: str) -> dict[str, str]:
    labels = {}
    for mode in ("enforce", "audit", "warn"):
        labels[f"{_POD_SECURITY}{mode}"] = level
        labels[f"{_POD_SECURITY}{mode}-version"] = "latest"
    return labels


def _annotations(tenant: Tenant) -> dict[str, str]:
    keep = {} if tenant.offboard else {SYNC_OPTIONS: KEEP}
    return {**dict(tenant.annotations), DISPLAY_NAME: tenant.display_name, **keep}
