"""References, selectors and ports of manifests as built: each that leads nowhere is named, with what names it."""

from __future__ import annotations

import copy
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from krm_functions.built.objects import Built
from krm_functions.functions.render import Selection, estate_of, units
from krm_functions.output.check import Output
from tests import tools
from tests.cli.command import environment, tenantspec
from tests.quality import renders

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from krm_functions.diagnostics import Diagnostic

Manifest = dict[str, Any]


@pytest.fixture
def gitops(tmp_path: Path) -> str:
    """Return a copy of gitops/."""
    return os.fspath(shutil.copytree(os.path.join(tools.ROOT, "gitops"), tmp_path / "gitops"))


def thing(kind: str, name: str, api: str = "v1", **rest: Any) -> Manifest:
    """Return an object."""
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": "t"}, **rest}


LABELS = {"app": "web"}
POD: Manifest = {
    "serviceAccountName": "web",
    "imagePullSecrets": [{"name": "made"}],
    "containers": [
        {
            "name": "app",
            "ports": [{"name": "http", "containerPort": 8080}],
            "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "made", "key": "a"}}}],
            "envFrom": [
                {"configMapRef": {"name": "files"}},
                {"secretRef": {"name": "gone", "optional": True}},
            ],
        }
    ],
    "volumes": [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "files", "configMap": {"name": "files"}},
        {
            "name": "all",
            "projected": {"sources": [{"secret": {"name": "made"}}, {"configMap": {"name": "files"}}]},
        },
    ],
}
SOUND: dict[str, Manifest] = {
    "account": thing("ServiceAccount", "web"),
    "claim": thing("PersistentVolumeClaim", "data"),
    "files": thing("ConfigMap", "files"),
    "secret": thing("ExternalSecret", "made", spec={}),
    "workload": thing(
        "Deployment",
        "web",
        "apps/v1",
        spec={"selector": {"matchLabels": LABELS}, "template": {"metadata": {"labels": LABELS}, "spec": POD}},
    ),
    "service": thing(
        "Service", "web", spec={"selector": LABELS, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}
    ),
    "ingress": thing(
        "Ingress",
        "web",
        spec={
            "rules": [
                {"http": {"paths": [{"backend": {"service": {"name": "web", "port": {"name": "http"}}}}]}}
            ],
            "tls": [{"secretName": "made"}],
        },
    ),
    "route": thing(
        "HTTPRoute", "web", spec={"rules": [{"backendRefs": [{"name": "web", "port": 80}]}]}
    ),
    "scaler": thing("HorizontalPodAutoscaler", "web", spec={"scaleTargetRef": {"kind": "Deployment", "name": "web"}}),
    "budget": thing("PodDisruptionBudget", "web", spec={"selector": {"matchLabels": LABELS}}),
    "role": thing("Role", "r"),
    "binding": thing("RoleBinding", "b", roleRef={"kind": "Role", "name": "r"}),
    "built-in": thing("RoleBinding", "c", roleRef={"kind": "ClusterRole", "name": "view"}),
}  # fmt: skip

BROKEN = {
    "account": ["TS650"],
    "claim": ["TS650"],
    "files": ["TS650"] * 3,
    "secret": ["TS650"] * 4,
    "workload": ["TS650", "TS651", "TS651"],
    "service": ["TS650", "TS650"],
    "role": ["TS650"],
}
"""What each object is missed by, where it is left out."""


def judged(manifests: Iterable[Manifest]) -> list[Diagnostic]:
    """Return what is wrong with manifests of one unit."""
    output = Output()
    output.add(Built("one", "kustomization.yaml", manifest) for manifest in manifests)
    return list(output.diagnostics())


def changed(name: str, *path: str | int, value: Any) -> list[Manifest]:
    """Return the sound manifests with one value of one of them changed."""
    manifests = copy.deepcopy(SOUND)
    target: Any = manifests[name]
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return list(manifests.values())


def test_what_holds_together_is_fine() -> None:
    """Secrets that an ExternalSecret makes, optional references and roles that every cluster has count as there."""
    assert judged(SOUND.values()) == []


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_missed_is_named(name: str) -> None:
    """An object that is left out is named by each that refers to it."""
    found = judged(manifest for key, manifest in SOUND.items() if key != name)
    assert sorted(d.code for d in found) == BROKEN[name]
    assert all(d.place and d.place.file == "kustomization.yaml" for d in found)


def test_a_mistyped_name_gets_a_suggestion() -> None:
    """The nearest object of the kind and namespace is offered."""
    (found,) = judged(changed("workload", "spec", "template", "spec", "serviceAccountName", value="wep"))
    assert found.message == (
        "Deployment/t/web: serviceAccountName names ServiceAccount wep, which nothing here makes (on one)"
    )
    assert found.help == "did you mean 'web'?"


PORTS = {
    "a target port by name": ("service", "spec", "ports", 0, "targetPort", "htp"),
    "a target port by number": ("service", "spec", "ports", 0, "targetPort", 9),
    "a backend by name": (
        "ingress", "spec", "rules", 0, "http", "paths", 0, "backend", "service", "port", {"name": "htp"},
    ),
    "a backend by number": ("route", "spec", "rules", 0, "backendRefs", 0, "port", 81),
}  # fmt: skip


@pytest.mark.parametrize("name", PORTS)
def test_a_port_that_is_not_there(name: str) -> None:
    """Services lead to ports of pods, routes to ports of Services."""
    where, *path, value = PORTS[name]
    (found,) = judged(changed(str(where), *path, value=value))
    assert found.code == "TS652"


@pytest.mark.parametrize(
    ("name", "path", "count"),
    [
        ("service", ("spec", "selector"), 1),
        ("budget", ("spec", "selector", "matchLabels"), 1),
        ("workload", ("spec", "selector", "matchLabels"), 1),
    ],
)
def test_a_selector_that_matches_nothing(name: str, path: tuple[str, ...], count: int) -> None:
    """Pods are found by their labels, a workload's own ones too."""
    found = judged(changed(name, *path, value={"app": "other"}))
    assert [d.code for d in found] == ["TS651"] * count


def test_one_object_of_two_folders() -> None:
    """Two units of one cluster that build one object are both named."""
    output = Output()
    for file in ("one/kustomization.yaml", "two/kustomization.yaml"):
        output.add([Built("one", file, SOUND["account"])])
    (found,) = output.diagnostics()
    assert found.code == "TS653"
    assert "ServiceAccount/t/web is also built by one/kustomization.yaml" in found.message


def test_one_record_of_two_objects() -> None:
    """Two clusters that give a host one set-identifier would overwrite each other's DNS record."""
    meta = {
        "name": "web",
        "namespace": "t",
        "annotations": {"external-dns.kubernetes.io/set-identifier": "eu"},
    }
    ingress = {**SOUND["ingress"], "metadata": meta, "spec": {"rules": [{"host": "a.example.com"}]}}
    output = Output()
    for target in ("one", "two"):
        output.add([Built(target, "kustomization.yaml", ingress)])
    (found,) = output.diagnostics()
    assert found.code == "TS654"
    assert "both give a.example.com a record with the set-identifier eu" in found.message


def test_clusters_are_apart() -> None:
    """What stands on one cluster is not there for another."""
    output = Output()
    for target, names in (("one", ("account",)), ("two", ("workload",))):
        output.add(Built(target, "", SOUND[name]) for name in names)
    assert "ServiceAccount web" in " ".join(d.message for d in output.diagnostics())


@pytest.mark.parametrize("root", renders.roots())
def test_every_estate_of_the_repository_holds_together(root: str) -> None:
    """Everything that is built in gitops/ and the examples refers to what is there."""
    said = Output()
    wanted = units(estate_of(os.path.join(tools.ROOT, root)), Selection())
    for unit, text in zip(wanted, renders.rendered(root), strict=True):
        said.add(Built(unit.target, unit.folder, manifest) for manifest in text.manifests)
    assert [d.message for d in said.diagnostics()] == []


def test_check_judges_what_is_written_by_hand(gitops: str) -> None:
    """A manifest that the platform's people add to a cluster, and that refers to nothing, fails the check."""
    folder = os.path.join(gitops, "clusters/us-west-2/dev")
    with open(os.path.join(folder, "own.yaml"), "w", encoding="utf-8") as file:
        file.write("{apiVersion: v1, kind: Service, metadata: {name: own, namespace: monitoring}, ")
        file.write("spec: {selector: {app: nobody}, ports: [{port: 80}]}}\n")
    with open(os.path.join(folder, "kustomization.yaml"), "a", encoding="utf-8") as file:
        file.write("resources: [own.yaml]\n")
    said = tenantspec("check", cwd=gitops).refused("TS651").stderr
    assert "Service/monitoring/own: its selector matches no pod (on opsera-mcp-dev)" in said
    without = environment(KUSTOMIZE="/nonexistent", PATH="/nonexistent")
    tenantspec("check", cwd=gitops, env=without).refused("TS906")
