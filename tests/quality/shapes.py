"""A small estate in a folder, and one with every shape that a workload takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from krm_functions.diagnostics import Place
from krm_functions.documents.tree import Tree
from krm_functions.functions.run import expand

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Manifest = dict[str, Any]
Spec = dict[str, Any]

API: Final = "tenantspec.dev/v1alpha1"
DIGEST: Final = f"sha256:{'0123456789abcdef' * 4}"
PLATFORM: Final[Spec] = {
    "domain": "example.com",
    "repository": {"url": "https://git.example.com/estate.git", "revision": "main", "path": "estate"},
    "stages": ["dev", "prod"],
    "hubs": {"hub": {"namespace": "argocd"}},
    "environments": {
        "dev": {"stage": "dev", "region": "eu-west-1", "hub": "hub", "cluster": "dev"},
        "prod": {"stage": "prod", "region": "eu-west-1", "hub": "hub", "cluster": "prod"},
    },
    "exposure": {"kind": "ingress", "class": "nginx", "namespace": "ingress"},
    "tls": {"issuer": "letsencrypt", "mode": "per-host", "challenge": "dns01"},
    "secretStore": {"name": "platform"},
    "monitoring": {"namespace": "monitoring", "kind": "ServiceMonitor"},
    "sizes": {"small": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}},
}
TENANT: Final[Spec] = {"owners": {"groups": ["t-admins"]}}

SIDECAR: Final[Spec] = {"image": "ghcr.io/x/proxy:2.1.0", "ports": {"proxy": 9000}, "mounts": ["cache"]}
SHAPES: Final[Mapping[str, Spec]] = {
    "plain": {"image": "ghcr.io/x/plain:1.0.0", "port": 8080},
    "web": {
        "image": f"ghcr.io/x/web:1.0.0@{DIGEST}",
        "ports": {
            "http": {"port": 80, "targetPort": 8080},
            "admin": {"port": 81, "targetPort": 8080},
            "dns": {"port": 53, "targetPort": 5353, "protocol": "UDP"},
            "metrics": 9090,
        },
        "health": {
            "readiness": {"path": "/ready"},
            "liveness": {"path": "/live"},
            "startup": {"path": "/live"},
        },
        "size": "small",
        "autoscale": {"min": 2, "max": 5, "cpu": 70, "memory": 80},
        "env": {
            "URL": "postgres://app:$(PASSWORD)@db",
            "POD": {"field": "metadata.name"},
            "PEER": {"url": "queue"},
        },
        "secrets": {"PASSWORD": {"key": "db", "property": "password"}},
        "files": {"/etc/web/web.toml": "level = 1\n", "/etc/tls/tls.key": {"secret": {"key": "tls"}}},
        "volumes": {
            "cache": {"mount": "/cache", "ephemeral": True, "size": "5Gi"},
            "scratch": {"mount": "/scratch", "ephemeral": True},
        },
        "expose": {"host": "web", "aliases": ["www2"]},
        "needs": ["queue"],
        "metrics": {"port": "metrics"},
        "init": [
            {"name": "migrate", "image": "ghcr.io/x/migrate:1.0.0", "secrets": {"PASSWORD": {"key": "db"}}}
        ],
        "sidecars": {"proxy": SIDECAR},
        "security": {"runAsUser": 20000, "fsGroup": 30000},
        "serviceAccount": {
            "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/web"},
            "token": True,
        },
        "gracePeriod": 60,
        "preStop": {"command": ["/drain"]},
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}],
        "labels": {"team": "a"},
        "podAnnotations": {"example.com/note": "on"},
    },
    "worker": {"image": "ghcr.io/x/worker:1.0.0", "env": {"MODE": "batch"}},
    "queue": {
        "image": "ghcr.io/x/queue:1.0.0",
        "workload": "StatefulSet",
        "ports": {"amqp": 5672, "metrics": 15692},
        "health": {"readiness": {"port": "amqp"}, "liveness": {"command": ["queue", "ping"]}},
        "replicas": 3,
        "volumes": {"data": {"mount": "/data", "size": "10Gi", "class": "gp3"}},
        "metrics": {"port": "metrics"},
    },
    "single": {
        "image": "ghcr.io/x/single:1.0.0",
        "port": 80,
        "replicas": 3,
        "volumes": {"data": {"mount": "/data", "size": "1Gi"}},
    },
    "lax": {
        "image": "ghcr.io/x/lax:1.0.0",
        "port": 80,
        "health": "/healthz",
        "replicas": 2,
        "security": {"runAsUser": 1000, "readOnlyRootFilesystem": False},
    },
    "nightly": {
        "image": "ghcr.io/x/nightly:1.0.0",
        "workload": "CronJob",
        "schedule": "0 3 * * *",
        "secrets": {"TOKEN": {"key": "token"}},
        "sidecars": {"proxy": {"image": "ghcr.io/x/proxy:2.1.0"}},
    },
    "once": {"image": f"ghcr.io/x/once@{DIGEST}", "workload": "Job", "files": {"/etc/once.toml": "a = 1\n"}},
}
"""Apps that together use every kind of workload and every part of a pod."""


def write(
    root: Path, apps: Mapping[str, Spec], *, platform: Spec | None = None, tenant: Spec | None = None
) -> str:
    """Write an estate of one tenant `t` with some apps and return its root."""
    put(root / "platform.yaml", "Platform", {"name": "estate"}, {**PLATFORM, **(platform or {})})
    put(root / "tenants/t/config/tenant.yaml", "Tenant", {"name": "t"}, {**TENANT, **(tenant or {})})
    for name, spec in apps.items():
        put(root / f"tenants/t/apps/{name}/app.yaml", "App", {"name": name, "namespace": "t"}, spec)
    return str(root)


def put(file: Path, kind: str, metadata: Spec, spec: Spec) -> None:
    """Write a spec."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump({"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec}))


def overlay(root: str, name: str, environment: str = "dev") -> list[Manifest]:
    """Return what the app's overlay gives; raises TenantspecError where it is refused."""
    metadata, spec = {"name": name, "namespace": "t"}, {"environment": environment}
    place = Place(f"tenants/t/apps/{name}/overlays/{environment}/kustomization.yaml")
    config = {"apiVersion": API, "kind": "AppOverlay", "metadata": metadata, "spec": spec}
    manifests, _ = expand(Tree(root), config, place)
    return manifests
