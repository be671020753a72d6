"""The estate of gitops/, copies of it with specs changed, and what is generated of them."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import yaml

from krm_functions.documents.tree import Tree
from krm_functions.estate.estate import Estate
from krm_functions.estate.views import cluster_view, hub_view
from krm_functions.generators.cluster import CLUSTER_GENERATORS
from krm_functions.generators.hub import (
    ARGO_INSTALLATION,
    INFRA_APPLICATIONS,
    ROOT_APPLICATION,
    TENANT_APPLICATIONS,
)
from krm_functions.manifests.base import namespace_base
from krm_functions.names import ClusterName
from krm_functions.spec.load import Specs
from tests import tools

if TYPE_CHECKING:
    from krm_functions.estate.model import ClusterView, HubView

Manifest = dict[str, Any]

GITOPS = os.path.join(tools.ROOT, "gitops")
HUBS = ("us-west-2", "eu-west-1")
HUB_TABLES = (TENANT_APPLICATIONS, INFRA_APPLICATIONS, ROOT_APPLICATION, ARGO_INSTALLATION)
TENANT_A = "tenants/tenant-a/config/tenant.yaml"
APP_A1, APP_A2, APP_A3 = (f"tenants/tenant-a/apps/app{number}/app.yaml" for number in (1, 2, 3))
APP_B1 = "tenants/tenant-b/apps/app1/app.yaml"

RICH: dict[str, Manifest] = {
    "platform.yaml": {
        "clusters": {
            "opsera-mcp-dev": {
                "server": "https://dev.example.com:6443",
                "credentials": {"key": "clusters/dev"},
            },
            "k8s-a-prod-eu-1": {},
        },
        "tls": {"challenge": "http01", "mode": "per-host"},
        "dns": {"routing": "latency"},
        "naming": {"productionHost": "{host}-{environment}.{domain}"},
    },
    TENANT_A: {
        "owners": {"groups": ["tenant-a-admins"], "users": ["ada@example.com", "Lovelace, Ada"]},
        "editors": {"groups": ["tenant-a-devs"]},
        "placement": {"prod-eu": "k8s-a-prod-eu-1"},
        "pullSecret": {"key": "registry"},
        "labels": {"cost-center": "42"},
        "annotations": {"contact": "a@example.com"},
        "network": {"internet": False, "egress": [{"cidr": "10.0.0.0/8", "ports": [5432]}]},
        "syncWindows": {
            "freeze": {"kind": "deny", "schedule": "0 0 * * 0", "duration": "60h", "stages": ["stg"]},
            "freeze-again": {"kind": "deny", "schedule": "0 0 * * 0", "duration": "60h", "stages": ["stg"]},
            "night": {
                "kind": "allow",
                "schedule": "0 22 * * *",
                "duration": "8h",
                "timeZone": "Europe/Berlin",
            },
        },
    },
    APP_A1: {
        "port": None,
        "ports": {"http": {"port": 80, "targetPort": 8080}, "beacon": {"port": 5353, "protocol": "UDP"}},
        "metrics": {"port": "http"},
        "needs": ["app2", "tenant-b/app1"],
        "secrets": {"TOKEN": {"key": "token"}},
        "environments": {"prod-eu": {"needs": ["app2"]}},
    },
    APP_A2: {"autoscale": {"min": 2, "max": 4}, "files": {"/etc/app/app.toml": "a = 1"}},
    APP_A3: {
        "expose": None,
        "workload": "StatefulSet",
        "volumes": {"data": {"mount": "/data", "size": "1Gi"}},
    },
    APP_B1: {"allows": ["tenant-a"], "env": {"PUBLIC_URL": {"host": "tenant-c/app1"}}},
}
"""Changes to specs of gitops/ that together use what the generators know."""


def estate(root: str = GITOPS) -> Estate:
    """Return the estate below a folder."""
    return Estate(Specs(Tree(root)))


def changed(folder: str, *changes: dict[str, Manifest]) -> Estate:
    """Return a copy of gitops/ in which fields of specs are merged over; a whole document makes a new file."""
    root = os.path.join(folder, "gitops")
    shutil.copytree(GITOPS, root)
    for change in changes:
        for file, fields in change.items():
            _change(os.path.join(root, file), fields)
    return estate(root)


def _change(path: str, fields: Manifest) -> None:
    document = fields
    if os.path.exists(path):
        with open(path, encoding="utf-8") as stream:
            document = yaml.safe_load(stream)
        document["spec"] = merged(document["spec"], fields)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as stream:
        yaml.safe_dump(document, stream)


def merged(low: Manifest, high: Manifest) -> Manifest:
    """Merge mappings by key; None removes."""
    result = {**low, **high}
    for key in low.keys() & high.keys():
        if isinstance(low[key], dict) and isinstance(high[key], dict):
            result[key] = merged(low[key], high[key])
    return {key: value for key, value in result.items() if value is not None}


def cluster(found: Estate, environment: str, dedicated: str = "") -> ClusterView:
    """Return the view of a cluster; raises TenantspecError if anything about it is wrong."""
    place = found.platform.environment(environment)
    assert place
    view = cluster_view(found, place, ClusterName(dedicated) if dedicated else None)
    found.out.raise_if_failed()
    return view


def hub(found: Estate, name: str) -> HubView:
    """Return the view of a hub; raises TenantspecError if anything about it is wrong."""
    known = found.platform.hub(name)
    assert known
    view = hub_view(found, known)
    found.out.raise_if_failed()
    return view


def on_cluster(found: Estate, environment: str, dedicated: str = "") -> list[Manifest]:
    """Return the manifests of a cluster."""
    return of_cluster(found, cluster(found, environment, dedicated))


def of_cluster(found: Estate, view: ClusterView) -> list[Manifest]:
    """Return the manifests of a cluster's view."""
    base = namespace_base(found.specs.tree)
    return [manifest for generate in CLUSTER_GENERATORS.values() for manifest in generate(view, base)]


def on_hub(found: Estate, name: str) -> list[Manifest]:
    """Return the manifests of a hub, of all function kinds."""
    return of_hub(hub(found, name))


def of_hub(view: HubView) -> list[Manifest]:
    """Return the manifests of a hub's view."""
    return [manifest for table in HUB_TABLES for generate in table.values() for manifest in generate(view)]


def one(manifests: list[Manifest], kind: str, name: str, namespace: str = "") -> Manifest:
    """Return the only manifest of an identity; without a namespace, in any."""
    found = [
        manifest
        for manifest in manifests
        if (manifest["kind"], manifest["metadata"]["name"]) == (kind, name)
        and namespace in ("", manifest["metadata"].get("namespace"))
    ]
    assert len(found) == 1, f"{len(found)} objects are {kind}/{name}"
    return found[0]


def names(manifests: list[Manifest], kind: str, namespace: str = "") -> list[str]:
    """Return the names of a kind's manifests, sorted; without a namespace, in any."""
    return sorted(
        manifest["metadata"]["name"]
        for manifest in manifests
        if manifest["kind"] == kind and namespace in ("", manifest["metadata"].get("namespace"))
    )
