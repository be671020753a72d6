"""Objects that the platform puts into a tenant's namespace: their metadata, and NetworkPolicies."""

from __future__ import annotations

from krm_functions.manifests.metadata import manifest, metadata, tenant_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from krm_functions.estate.model import ClusterTenant, Environment, Port
    from krm_functions.manifests.base import Manifest

    Rule = dict[str, Any]
    """One ingress or egress rule: who, and on which ports; without ports, on all."""


def tenant_metadata(share: ClusterTenant, environment: Environment, name: str) -> dict[str, Any]:
    """Return the metadata of an object in a tenant's namespace."""
    tenant = share.tenant
    return metadata(name, share.namespace, tenant_labels(tenant, environment), dict(tenant.annotations))


def network_policy(
    meta: dict[str, Any], pods: dict[str, Any], *, ingress: Iterable[Rule] = (), egress: Iterable[Rule] = ()
) -> Manifest:
    """Return a NetworkPolicy that opens what its rules say for the pods selected, and nothing else."""
    rules = {"ingress": list(ingress), "egress": list(egress)}
    said = {direction: found for direction, found in rules.items() if found}
    types = [direction.capitalize() for direction in said]
    spec = {"podSelector": pods, "policyTypes": types, **said}
    return manifest("networking.k8s.io/v1", "NetworkPolicy", meta, spec=spec)


def peer(namespace: str, pods: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the pods of a namespace, all of them or those with some labels.

    Every API server since Kubernetes 1.22 labels namespaces with their names.
    """
    selected = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    return {**selected, "podSelector": {"matchLabels": pods}} if pods else selected


def target_ports(ports: Iterable[Port]) -> list[dict[str, Any]]:
    """Return the container ports behind Service ports, each once: a policy sees what a pod receives."""
    found = sorted({(port.target_port, port.protocol) for port in ports})
    return [{"protocol": protocol, "port": port} for port, protocol in found]
