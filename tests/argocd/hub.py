"""A whole hub: its own cluster with Argo CD's controllers, and the clusters that it deploys to."""

from __future__ import annotations

import base64
import contextlib
import datetime
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.argocd.charts import repositories
from tests.argocd.estate import Estate, chart_versions
from tests.argocd.kubernetes import Cluster, clusters
from tests.argocd.programs import RepoServer, controllers, repo_server, settings, until
from tests.cluster.crds import definitions

if TYPE_CHECKING:
    from tests.cluster.processes import Process

NAMESPACE: Final = "argocd"
ARGO: Final = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}"
KINDS: Final = (
    "/api/v1/namespaces/{}/services",
    "/api/v1/namespaces/{}/serviceaccounts",
    "/api/v1/namespaces/{}/limitranges",
    "/api/v1/namespaces/{}/resourcequotas",
    "/apis/apps/v1/namespaces/{}/deployments",
    "/apis/apps/v1/namespaces/{}/replicasets",
    "/apis/networking.k8s.io/v1/namespaces/{}/ingresses",
    "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies",
    "/apis/policy/v1/namespaces/{}/poddisruptionbudgets",
    "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings",
)
"""Where the kinds of a tenant's objects are listed, by namespace."""


class Row(NamedTuple):
    """An Application as the hub reports it: seconds are from the root's creation to the end of its first sync."""

    name: str
    sync: str
    health: str
    seconds: float


class Hub:
    """A running hub and what a person asks Argo CD about it."""

    def __init__(
        self,
        name: str,
        estate: Estate,
        found: dict[str, Cluster],
        served: RepoServer,
        processes: list[Process],
    ) -> None:
        self.name = name
        self.estate = estate
        self.cluster = found[name]
        self.workload = {key: value for key, value in found.items() if key != name}
        self.served = served
        self.processes = processes
        self.began = 0.0
        self.first: dict[str, dict[str, Any]] = {}

    def applications(self) -> dict[str, dict[str, Any]]:
        """Return every Application by name."""
        return self.cluster.items(f"{ARGO}/applications")

    def application(self, name: str) -> dict[str, Any]:
        """Return an Application, which has to be there."""
        found = self.cluster.get(f"{ARGO}/applications/{name}")
        assert found is not None, f"there is no Application {name}"
        return found

    def refresh(self, *names: str, hard: bool = False) -> None:
        """Ask Argo CD to look at Applications now, at all of them where none is named; hard: past its caches."""
        asked = {"argocd.argoproj.io/refresh": "hard" if hard else "normal"}
        for name in names or self.applications():
            self.cluster.patch(f"{ARGO}/applications/{name}", {"metadata": {"annotations": asked}})

    def started(self) -> None:
        """Give the hub its root Application: the rest comes by it."""
        self.began = time.time()
        manifests = self.estate.manifests("--hub", self.name)
        (root,) = [found for found in manifests if found["metadata"]["name"] == f"root-{self.name}"]
        self.cluster.create(root)

    def sync_all(self) -> None:
        """Start, wait until everything is Synced and Healthy, and remember how it then was."""
        self.started()
        self.wait_until_settled()
        self.first = self.applications()

    def wait(self, ask: Callable[[], Any], what: str, seconds: float = 120) -> Any:
        """Ask until the answer is true and return it; a timeout shows what the Applications say."""
        try:
            return until(ask, what, *self.processes, seconds=seconds)
        except TimeoutError as error:
            told = "\n".join(describe(found) for found in self.applications().values())
            raise TimeoutError(f"{error}\n{told}") from None

    def settled(self, names: set[str]) -> bool:
        """Tell whether exactly these Applications are there, all of them Synced and Healthy."""
        found = self.applications()
        return set(found) == names and all(map(is_settled, found.values()))

    def wait_until_settled(self, seconds: float = 600) -> None:
        """Wait until the hub holds what the estate says, Synced and Healthy at what is committed."""
        wanted = self.expected()
        self.wait(lambda: self.settled(wanted), f"{self.name}: all Synced and Healthy", seconds)

    def explicit(self) -> dict[str, dict[str, Any]]:
        """Return the Applications that the estate gives the hub where it fans out to them, by name."""
        text = self.estate.read("platform.yaml")
        self.estate.write("platform.yaml", text.replace("fanout: applicationset", "fanout: applications"))
        try:
            manifests = self.estate.manifests("--hub", self.name)
        finally:
            self.estate.write("platform.yaml", text)
        return {found["metadata"]["name"]: found for found in manifests if found["kind"] == "Application"}

    def expected(self) -> set[str]:
        """Return the names of the Applications that the hub ends up with, whichever way it fans out."""
        return set(self.explicit())

    def stop_retrying(self, name: str) -> None:
        """End an Application's operation, which would go on at the revision that it began with."""
        self.cluster.patch(
            f"{ARGO}/applications/{name}", {"status": {"operationState": {"phase": "Terminating"}}}
        )

    def condition(self, name: str, kind: str) -> str:
        """Return the message of an Application's condition, or nothing."""
        said = self.application(name).get("status", {}).get("conditions", [])
        return "\n".join(found["message"] for found in said if found["type"] == kind)

    def rows(self) -> list[Row]:
        """Return what the table at the end of the run shows, in the order of time."""
        found = [row(application, self.began) for application in self.first.values()]
        return sorted(found, key=lambda each: (each.seconds, each.name))

    def uids(self, cluster: str, namespace: str) -> dict[str, str]:
        """Return the uid of a namespace and of every object in it that a tenant holds, by path."""
        own = f"/api/v1/namespaces/{namespace}"
        there = self.workload[cluster].get(own)
        found = {own: there["metadata"]["uid"]} if there else {}
        for kind in KINDS:
            path = kind.format(namespace)
            for name, item in self.workload[cluster].items(path).items():
                found[f"{path}/{name}"] = item["metadata"]["uid"]
        return found


@contextlib.contextmanager
def hub(name: str, folder: str, edit: Callable[[Estate], None]) -> Iterator[Hub]:
    """Run a hub of gitops/ as edited, not yet given anything to sync."""
    with contextlib.ExitStack() as stack:
        charts = stack.enter_context(repositories(chart_versions()))
        estate = Estate(os.path.join(folder, "git"))
        estate.local(charts)
        edit(estate)
        estate.commit("the estate", rendered=is_rendered(estate))
        manifests = estate.manifests("--hub", name)
        workload = destinations(manifests)
        found = stack.enter_context(clusters(os.path.join(folder, "k8s"), name, workload))
        prepare(name, found)
        for manifest in bootstrap(manifests):
            found[name].create(manifest)
        said = settings(manifests)
        served = stack.enter_context(repo_server(os.path.join(folder, "argo"), said))
        home = os.path.join(folder, "argo")
        running = stack.enter_context(controllers(home, found[name].kubeconfig, served, said))
        yield Hub(name, estate, found, served, running)


@contextlib.contextmanager
def short_folder() -> Iterator[str]:
    """Yield a folder whose sockets' paths stay below the 107 bytes that a Unix socket may have."""
    with tempfile.TemporaryDirectory(prefix="ts", dir="/tmp", ignore_cleanup_errors=True) as folder:
        yield folder


def is_rendered(estate: Estate) -> bool:
    """Tell whether the estate is delivered rendered."""
    return "delivery: rendered" in estate.read("platform.yaml")


def destinations(manifests: list[dict[str, Any]]) -> list[str]:
    """Return the clusters that a hub's Applications go to, by name."""
    found = [each["spec"]["destination"] for each in manifests if each["kind"] == "Application"]
    return sorted({destination["name"] for destination in found if "name" in destination})


def prepare(name: str, found: Mapping[str, Cluster]) -> None:
    """Install what is there before Argo CD: definitions, and on the hub its secrets and its clusters."""
    for cluster in found.values():
        cluster.install(definitions())
    labels = {"app.kubernetes.io/part-of": "argocd"}
    found[name].create(secret("argocd-secret", labels, {"server.secretkey": "abcdefghijklmnop"}))
    for cluster in found.values():
        if cluster.name != name:
            found[name].create(registration(cluster))


def bootstrap(manifests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what has to be there before Argo CD's programs start or the root Application can sync."""
    own = [found for found in manifests if found["metadata"].get("namespace") == NAMESPACE]
    configured = [found for found in own if found["kind"] == "ConfigMap"]
    return [*configured, *(found for found in own if found["kind"] == "AppProject")]


def registration(cluster: Cluster) -> dict[str, Any]:
    """Return the Secret by which Argo CD knows a cluster."""
    config = {"bearerToken": cluster.endpoint.token, "tlsClientConfig": {"insecure": True}}
    data = {"name": cluster.name, "server": cluster.endpoint.url, "config": json.dumps(config)}
    return secret(f"cluster-{cluster.name}", {"argocd.argoproj.io/secret-type": "cluster"}, data)


def secret(name: str, labels: Mapping[str, str], data: Mapping[str, str]) -> dict[str, Any]:
    """Return a Secret in Argo CD's namespace."""
    metadata = {"name": name, "namespace": NAMESPACE, "labels": dict(labels)}
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": encoded}


def is_settled(application: Mapping[str, Any]) -> bool:
    """Tell whether an Application is Synced and Healthy and its last operation has ended well."""
    status = application.get("status", {})
    phase = status.get("operationState", {}).get("phase", "Succeeded")
    return states(application) == ("Synced", "Healthy") and phase == "Succeeded"


def is_idle(application: Mapping[str, Any]) -> bool:
    """Tell whether an Application is Synced and Healthy and nothing is under way, however that ended last."""
    phase = application.get("status", {}).get("operationState", {}).get("phase", "")
    return states(application) == ("Synced", "Healthy") and phase not in {"Running", "Terminating"}


def states(application: Mapping[str, Any]) -> tuple[str, str]:
    """Return an Application's sync and health status."""
    status = application.get("status", {})
    return status.get("sync", {}).get("status", ""), status.get("health", {}).get("status", "")


def describe(application: Mapping[str, Any]) -> str:
    """Return an Application's state in a line, with what is wrong with it."""
    status = application.get("status", {})
    said = [f"{found['type']}: {found['message']}" for found in status.get("conditions", [])]
    operation = status.get("operationState", {})
    ill = [
        f"{each['kind']}/{each['name']} {each.get('status')} {each.get('health', {}).get('status', '')}"
        for each in status.get("resources", [])
        if each.get("status") != "Synced" or each.get("health", {}).get("status", "Healthy") != "Healthy"
    ]
    facts = [application["metadata"]["name"], *states(application), operation.get("phase", "")]
    return " ".join([*facts, operation.get("message", "")[:600], *said, *ill[:6]])


def row(application: Mapping[str, Any], began: float) -> Row:
    """Return an Application's row of the table."""
    sync, health = states(application)
    history = application.get("status", {}).get("history", [])
    first = history[0]["deployedAt"] if history else None
    seconds = moment(first) - began if first else 0.0
    return Row(application["metadata"]["name"], sync, health, seconds)


def moment(text: str) -> float:
    """Return a time of the API as seconds since 1970."""
    return datetime.datetime.fromisoformat(text).timestamp()


def told(hub: Hub, name: str) -> str:
    """Return all that an Application's conditions, operation and resources say."""
    status = hub.application(name).get("status", {})
    operation = status.get("operationState", {})
    results = operation.get("syncResult", {}).get("resources") or []
    said = [*status.get("conditions", []), operation, *results]
    return "\n".join(each.get("message", "") for each in said)
