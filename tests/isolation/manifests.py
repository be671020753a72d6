"""Small worlds of two tenants, one namespace each, for the judges of single ways."""

from __future__ import annotations

from typing import Any, Final

from krm_functions.built.objects import Built
from krm_functions.isolation.world import TENANT

Manifest = dict[str, Any]

CLOSED: Final = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
STANDARD: Final = {"pod-security.kubernetes.io/enforce": "restricted"}


def built(manifest: Manifest, target: str = "one") -> Built:
    """Return a manifest on a cluster."""
    return Built(target, "", manifest)


def namespace(tenant: str, **labels: str) -> Manifest:
    """Return a tenant's namespace, named as the tenant."""
    meta = {"name": tenant, "labels": {TENANT: tenant, **STANDARD, **labels}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}


def policy(space: str, spec: Manifest, name: str = "policy") -> Manifest:
    """Return a NetworkPolicy."""
    meta = {"name": name, "namespace": space}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta, "spec": spec}


def deployment(space: str, name: str, **ports: int) -> Manifest:
    """Return a Deployment whose pods carry its name as `app`, and listen on named ports."""
    labels = {"app.kubernetes.io/name": name}
    listed = [{"name": port, "containerPort": number} for port, number in ports.items()]
    pod = {"containers": [{"name": "app", "image": "a.b/c", "ports": listed}]}
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}
    meta = {"name": name, "namespace": space}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec}
