"""What the production clusters hold of the tenants of gitops/."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Mapping
from typing import Any, Final

from tests.argocd.hub import Hub, moment

CLUSTERS: Final = ("opsera-mcp-eu-1", "opsera-mcp-ue-1")
TENANTS: Final = ("tenant-a", "tenant-b", "tenant-c")


def everything(hub: Hub, *, but: str = "") -> dict[str, str]:
    """Return the uids of all tenants' objects on both clusters, but one tenant's."""
    spaces = [(cluster, f"{tenant}-prod") for cluster in CLUSTERS for tenant in TENANTS if tenant != but]
    return {
        f"{cluster}{path}": uid for cluster, space in spaces for path, uid in hub.uids(cluster, space).items()
    }


def deployment(hub: Hub, cluster: str, tenant: str, app: str) -> dict[str, Any]:
    """Return the Deployment of an app in production, which has to be there."""
    path = f"/apis/apps/v1/namespaces/{tenant}-prod/deployments/{app}"
    found = hub.workload[cluster].get(path)
    assert found is not None, f"{cluster} has no {path}"
    return found


def synced(application: Mapping[str, Any]) -> tuple[float, float]:
    """Return when an Application's first sync began and ended."""
    first = application["status"]["history"][0]
    return moment(first["deployStartedAt"]), moment(first["deployedAt"])


def image(workload: Mapping[str, Any]) -> str:
    """Return the image of a workload's app."""
    containers = workload["spec"]["template"]["spec"]["containers"]
    return str(next(each["image"] for each in containers if each["name"] == "app"))


def kill_a_child(parent: int) -> int | None:
    """Kill the first child that a process has within two seconds, and return its id."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        for task in os.listdir(f"/proc/{parent}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{parent}/task/{task}/children") as file:
                for child in map(int, file.read().split()):
                    os.kill(child, signal.SIGKILL)
                    return child
    return None


def generations(hub: Hub) -> dict[tuple[str, str, str], int]:
    """Return how often each Deployment's spec was written, by cluster, tenant and app."""
    return {
        (cluster, tenant, name): item["metadata"]["generation"]
        for cluster in CLUSTERS
        for tenant in TENANTS
        for name, item in hub.workload[cluster]
        .items(f"/apis/apps/v1/namespaces/{tenant}-prod/deployments")
        .items()
    }
