"""Clusters: an API server each, one etcd for all, and the controllers that make a workload come up."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from typing import Any, Final

import yaml

from tests import tools
from tests.cluster.apiserver import ApiServer, Manifest
from tests.cluster.processes import (
    Endpoint,
    Process,
    apiserver_command,
    etcd_command,
    free_ports,
    started,
    wait_until_ready,
    write,
)

OFF: Final = ("TaintNodesByCondition",)  # no kubelet ever posts the condition that takes the taint away
CONTROLLERS: Final = (
    "cronjob-controller",
    "deployment-controller",
    "disruption-controller",
    "garbage-collector-controller",
    "job-controller",
    "namespace-controller",
    "replicaset-controller",
    "resourcequota-controller",
    "serviceaccount-controller",
    "statefulset-controller",
)
ZONES: Final = ("a", "b")
KWOK: Final = ("sigs.k8s.io/kwok", "v0.8.0")
STAGES: Final = (
    "node/fast/node-initialize.yaml",
    "pod/fast/pod-ready.yaml",
    "pod/fast/pod-complete.yaml",
    "pod/fast/pod-delete.yaml",
)
"""How kwok's own configuration makes nodes and pods live."""


class Cluster(ApiServer):
    """A running cluster, with what its administrator asks of it."""

    def __init__(self, name: str, endpoint: Endpoint, folder: str) -> None:
        super().__init__()
        self.name = name
        self.endpoint = self._endpoint = endpoint
        self.folder = folder
        self.kubeconfig = os.path.join(folder, "kubeconfig")

    def get(self, path: str) -> dict[str, Any] | None:
        """Return an object or a list, or None where there is none."""
        answer = self.request("GET", path)
        return answer.body if answer.accepted else None

    def items(self, path: str) -> dict[str, dict[str, Any]]:
        """Return the objects of a list by name."""
        listed = self.get(path)
        return {item["metadata"]["name"]: item for item in (listed or {}).get("items", [])}

    def patch(self, path: str, change: Manifest) -> dict[str, Any]:
        """Merge a change into an object, which has to be there."""
        answer = self.request("PATCH", path, change, "application/merge-patch+json")
        assert answer.accepted, answer.message
        return answer.body

    def create(self, manifest: Manifest) -> None:
        """Apply a manifest, which has to be accepted."""
        answer = self.apply(manifest)
        assert answer.accepted, f"{manifest['kind']} {manifest['metadata']['name']}: {answer.message}"


@contextlib.contextmanager
def clusters(folder: str, hub: str, workload: list[str]) -> Iterator[dict[str, Cluster]]:
    """Run a hub's cluster and those it deploys to, and yield them by name; all start at once."""
    with contextlib.ExitStack() as stack:
        os.makedirs(folder)
        client, peer = free_ports(2)
        etcd = stack.enter_context(started("etcd", etcd_command(client, peer, folder), folder))
        names = [hub, *workload]
        servers = [(name, *_apiserver(stack, name, client, os.path.join(folder, name))) for name in names]
        found = {}
        for name, process, port, token in servers:
            home = os.path.join(folder, name)
            endpoint = wait_until_ready(f"https://127.0.0.1:{port}", token, home, [etcd, process])
            found[name] = Cluster(name, endpoint, home)
        for name, cluster in found.items():
            _write_kubeconfig(cluster)
            _control(stack, cluster, nodes=name != hub)
        yield found


def _apiserver(stack: contextlib.ExitStack, name: str, etcd: int, folder: str) -> tuple[Process, int, str]:
    os.makedirs(folder)
    token = secrets.token_hex(16)
    write(os.path.join(folder, "tokens.csv"), f"{token},admin,admin,system:masters\n")
    (port,) = free_ports(1)
    command = apiserver_command(port, etcd, folder, f"/{name}", OFF)
    return stack.enter_context(started("kube-apiserver", command, folder)), port, token


def _write_kubeconfig(cluster: Cluster) -> None:
    server = {"server": cluster.endpoint.url, "insecure-skip-tls-verify": True}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": server}],
        "users": [{"name": "u", "user": {"token": cluster.endpoint.token}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "argocd"}}],
    }
    write(cluster.kubeconfig, yaml.safe_dump(config))


def _control(stack: contextlib.ExitStack, cluster: Cluster, *, nodes: bool) -> None:
    """Run the cluster's controllers, and where pods run, its scheduler and nodes."""
    manager = _component(cluster, "kube-controller-manager")
    key = os.path.join(cluster.folder, "tls", "apiserver.key")
    manager += [f"--controllers={','.join(CONTROLLERS)}", f"--service-account-private-key-file={key}"]
    stack.enter_context(started("kube-controller-manager", manager, cluster.folder))
    if nodes:
        scheduler = _component(cluster, "kube-scheduler")
        stack.enter_context(started("kube-scheduler", scheduler, cluster.folder))
        stack.enter_context(started("kwok", _kwok(cluster), cluster.folder))
        for zone in ZONES:
            cluster.create(node(zone))


def _component(cluster: Cluster, name: str) -> list[str]:
    (port,) = free_ports(1)
    return [
        tools.installed(name),
        f"--kubeconfig={cluster.kubeconfig}",
        f"--authentication-kubeconfig={cluster.kubeconfig}",
        f"--authorization-kubeconfig={cluster.kubeconfig}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={os.path.join(cluster.folder, name)}",
        "--leader-elect=false",
    ]


def _kwok(cluster: Cluster) -> list[str]:
    """Return how to run kwok with its own stages, and ours for what load balancers report."""
    texts = []
    module = tools.installer.go_module(*KWOK)["Dir"]
    for name in STAGES:
        with open(os.path.join(module, "kustomize", "stage", name), encoding="utf-8") as file:
            texts.append(file.read())
    texts += [yaml.safe_dump(stage) for stage in (balanced("v1", "Service"), balanced(INGRESSES, "Ingress"))]
    config = os.path.join(cluster.folder, "stages.yaml")
    write(config, "---\n".join(texts))
    return [
        tools.installed("kwok"),
        f"--kubeconfig={cluster.kubeconfig}",
        f"--config={config}",
        "--manage-all-nodes=true",
        "--node-lease-duration-seconds=0",
    ]


INGRESSES: Final = "networking.k8s.io/v1"


def balanced(group: str, kind: str) -> Manifest:
    """Return the stage in which a Service or an Ingress gets an address, as a cloud's load balancer gives it."""
    expressions: list[Manifest] = [{"key": ".status.loadBalancer.ingress", "operator": "DoesNotExist"}]
    if kind == "Service":
        expressions.append({"key": ".spec.type", "operator": "In", "values": ["LoadBalancer"]})
    template = "loadBalancer:\n  ingress:\n  - ip: 192.0.2.1\n"
    return {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "Stage",
        "metadata": {"name": f"{kind.lower()}-balanced"},
        "spec": {
            "resourceRef": {"apiGroup": group, "kind": kind},
            "selector": {"matchExpressions": expressions},
            "next": {"statusTemplate": template},
        },
    }


def node(zone: str) -> Manifest:
    """Return a Node in a zone, for kwok to keep ready."""
    labels = {
        "kubernetes.io/hostname": f"node-{zone}",
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/zone": zone,
    }
    room = {"cpu": "64", "memory": "256Gi", "pods": "500", "ephemeral-storage": "1Ti"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": f"node-{zone}", "labels": labels},
        "status": {"capacity": room, "allocatable": room},
    }
