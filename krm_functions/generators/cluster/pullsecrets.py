"""Image pull secrets: the registry's credentials, from the secret store into each of a tenant's namespaces."""

from __future__ import annotations

from krm_functions.estate.app import store_prefix
from krm_functions.estate.model import SecretRef
from krm_functions.manifests.secrets import external_secret
from krm_functions.manifests.tenancy import tenant_metadata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import ClusterView
    from krm_functions.manifests.base import Base, Manifest

NAME = "pull-secret"
_KEY = ".dockerconfigjson"
_OWN_FAULT = {"argocd.argoproj.io/ignore-healthcheck": "true"}
"""A key that one tenant has wrong does not make the cluster's Application unhealthy for all of them."""


def pullsecrets(view: ClusterView, base: Base) -> Iterator[Manifest]:
    """Yield the pull secret of each tenant that names one."""
    del base
    platform = view.platform
    for share in view.tenants:
        if share.tenant.pull_secret:
            key = store_prefix(platform, share.tenant, view.environment) + share.tenant.pull_secret
            meta = tenant_metadata(share, view.environment, NAME)
            meta["annotations"] = {**meta.get("annotations", {}), **_OWN_FAULT}
            template = {"type": "kubernetes.io/dockerconfigjson", "metadata": {"labels": meta["labels"]}}
            yield external_secret(platform.secret_store, meta, [(_KEY, SecretRef(_KEY, key, ""))], template)
