"""AppProject/platform, which holds everything that is no tenant's, and AppProject/default, which holds nothing."""

from __future__ import annotations

from krm_functions.manifests.argocd import (
    FIRST_WAVE,
    PROJECT,
    app_project,
    argo_metadata,
    chart_repository,
    destination,
    own_destination,
)
from krm_functions.manifests.metadata import place_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.estate.model import HubView
    from krm_functions.manifests.base import Manifest

_CLUSTER_KINDS: Final = (
    ("", "Namespace"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("cert-manager.io", "ClusterIssuer"),
    ("external-secrets.io", "ClusterSecretStore"),
    ("gateway.networking.k8s.io", "GatewayClass"),
    ("networking.k8s.io", "IngressClass"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("scheduling.k8s.io", "PriorityClass"),
    ("storage.k8s.io", "StorageClass"),
)
"""Cluster-scoped kinds of base/namespace, of components and of the platform's own folders."""
_CHARTS_ALSO_WRITE: Final = "kube-system"
"""Where charts put their leader election and their right to read the API server's authentication."""
_DEFAULT: Final = "default"


def platform_project(view: HubView) -> Iterator[Manifest]:
    """Yield the platform's project, and the default one without any permission: it cannot be deleted."""
    labels = place_labels(None, None)
    cluster_kinds = [{"group": group, "kind": kind} for group, kind in _CLUSTER_KINDS]
    spec: dict[str, Any] = {
        "description": "The platform's own Applications",
        "sourceRepos": _repositories(view),
        "destinations": [own_destination(view.hub), *_destinations(view)],
        "clusterResourceWhitelist": cluster_kinds,
    }
    yield app_project(argo_metadata(view.hub, PROJECT, labels, wave=FIRST_WAVE), spec)
    nothing: dict[str, Any] = {
        "sourceRepos": [],
        "sourceNamespaces": [],
        "destinations": [],
        "clusterResourceWhitelist": [],
        "namespaceResourceBlacklist": [{"group": "*", "kind": "*"}],
    }
    yield app_project(argo_metadata(view.hub, _DEFAULT, labels, wave=FIRST_WAVE), nothing)


def _repositories(view: HubView) -> list[str]:
    charts = {chart_repository(component) for component in view.components}
    return sorted({view.platform.repository.url, *charts})


def _destinations(view: HubView) -> list[dict[str, str]]:
    found: set[tuple[str, str]] = set()
    for cluster in view.clusters:
        found.add((cluster.cluster, _DEFAULT))
        found.update((cluster.cluster, share.namespace) for share in cluster.tenants)
    for component in view.components:
        found.add((component.cluster, component.namespace))
        found.add((component.cluster, _CHARTS_ALSO_WRITE))
    return [destination(cluster, namespace) for cluster, namespace in sorted(found)]
