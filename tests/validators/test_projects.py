"""Least privilege of projects: each rule that is removed, added or widened is reported."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

import pytest

from krm_functions.validators.projects import check_projects
from tests.generators.estates import HUBS, RICH, changed, estate, on_hub, one

if TYPE_CHECKING:
    from collections.abc import Callable

Manifests = list[dict[str, Any]]
REPOSITORY: Final = "https://github.com/opsera/mcp-agents-gitops.git"
SETS: Final = {"platform.yaml": {"argocd": {"fanout": "applicationset"}}}


def told(manifests: Manifests) -> list[str]:
    """Return the codes that a hub's manifests give."""
    return [diagnostic.code for diagnostic in check_projects(manifests)]


def project(manifests: Manifests, name: str = "tenant-a") -> dict[str, Any]:
    """Return the spec of a project."""
    spec: dict[str, Any] = one(manifests, "AppProject", name)["spec"]
    return spec


def rbac(manifests: Manifests) -> dict[str, str]:
    """Return the policies of single users."""
    data: dict[str, str] = one(manifests, "ConfigMap", "argocd-rbac-cm")["data"]
    return data


def app(manifests: Manifests) -> dict[str, Any]:
    """Return the spec of a tenant's Application."""
    spec: dict[str, Any] = one(manifests, "Application", "tenant-a-app1-dev")["spec"]
    return spec


@pytest.mark.parametrize("hub", HUBS)
def test_what_is_generated_has_least_privilege(rich_hubs: dict[str, Manifests], hub: str) -> None:
    """The real estate's hubs, and those on which every feature is used, are proven."""
    assert [str(d) for d in check_projects(on_hub(estate(), hub))] == []
    assert [str(d) for d in check_projects(rich_hubs[hub])] == []


def test_sets_are_proven_like_applications(tmp_path: str) -> None:
    """With ApplicationSets, the elements of their lists are the Applications."""
    found = on_hub(changed(str(tmp_path), RICH, SETS), "us-west-2")
    assert [str(d) for d in check_projects(found)] == []
    project(found)["destinations"].pop(0)
    assert "TS564" in told(found)


def put(field: str, value: object) -> Callable[[Manifests], object]:
    """Return the change that adds a rule to a list of tenant-a's project."""
    return lambda m: project(m).setdefault(field, []).append(value)


def role(m: Manifests, name: str = "owner") -> dict[str, Any]:
    """Return a role of tenant-a's project."""
    return next(r for r in project(m)["roles"] if r["name"] == name)


MUTATIONS: Final[dict[str, tuple[str, Callable[[Manifests], object]]]] = {
    "any repository": ("TS560", put("sourceRepos", "*")),
    "any namespace": ("TS560", lambda m: project(m)["destinations"][0].update(namespace="*")),
    "a pattern of namespaces": ("TS560", lambda m: project(m)["destinations"][0].update(namespace="tenant-*")),
    "any cluster": ("TS560", lambda m: project(m)["destinations"][0].update(name="*")),
    "any kind": ("TS560", put("namespaceResourceWhitelist", {"group": "*", "kind": "*"})),
    "no list of kinds": ("TS560", lambda m: project(m).pop("namespaceResourceWhitelist")),
    "any namespace of Applications": ("TS560", put("sourceNamespaces", "*")),
    "a window for all": ("TS560", lambda m: project(m)["syncWindows"][0].update(applications=["*"])),
    "a default role": ("TS560", lambda m: rbac(m).update({"policy.default": "role:readonly"})),
    "delete": ("TS560", lambda m: role(m)["policies"].append("p, proj:tenant-a:owner, applications, delete, tenant-a/*, allow")),
    "any action": ("TS560", lambda m: role(m)["policies"].append("p, proj:tenant-a:owner, applications, action/*, tenant-a/*, allow")),
    "another repository": ("TS561", put("sourceRepos", "https://example.com/other.git")),
    "another namespace": ("TS561", put("destinations", {"name": "opsera-mcp-dev", "namespace": "spare"})),
    "a window for nobody": ("TS561", lambda m: project(m)["syncWindows"][0]["applications"].append("gone")),
    "a role of nobody": ("TS561", lambda m: project(m)["roles"].append({"name": "spare", "policies": []})),
    "a cluster's kind": ("TS562", put("clusterResourceWhitelist", {"group": "", "kind": "Namespace"})),
    "a network policy": ("TS562", put("namespaceResourceWhitelist", {"group": "networking.k8s.io", "kind": "NetworkPolicy"})),
    "a role of Kubernetes": ("TS562", put("namespaceResourceWhitelist", {"group": "rbac.authorization.k8s.io", "kind": "Role"})),
    "an Application": ("TS562", put("namespaceResourceWhitelist", {"group": "argoproj.io", "kind": "Application"})),
    "another tenant's namespace": ("TS562", put("destinations", {"name": "opsera-mcp-dev", "namespace": "tenant-b-dev"})),
    "Argo CD's namespace": ("TS562", put("destinations", {"server": "https://kubernetes.default.svc", "namespace": "argocd"})),
    "another tenant's Applications": ("TS562", lambda m: role(m)["policies"].append("p, proj:tenant-a:owner, applications, get, tenant-b/*, allow")),
    "another project's role": ("TS562", lambda m: role(m)["policies"].append("p, proj:tenant-b:owner, applications, get, tenant-a/*, allow")),
    "an admin": ("TS562", lambda m: rbac(m).update({"policy.csv": "g, ada@example.com, role:admin\n"})),
    "a policy of everybody": ("TS562", lambda m: rbac(m).update({"policy.csv": "p, ada, applications, *, */*, allow\n"})),
    "a group among users": ("TS563", lambda m: rbac(m).update({"policy.csv": rbac(m)["policy.csv"] + "g, tenant-a-admins, proj:tenant-a:owner\n"})),
    "no repository": ("TS564", lambda m: project(m)["sourceRepos"].clear()),
    "no destination": ("TS564", lambda m: project(m)["destinations"].clear()),
    "an Application elsewhere": ("TS564", lambda m: app(m)["destination"].update(namespace="kube-system")),
    "an Application of another project": ("TS564", lambda m: app(m).update(project="tenant-b")),
    "an Application of the default project": ("TS564", lambda m: app(m).update(project="default")),
    "an Application of another repository": ("TS564", lambda m: app(m)["source"].update(repoURL="https://example.com/x.git")),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_reported(rich_hubs: dict[str, Manifests], name: str) -> None:
    """Whatever rule is removed, added or widened in real manifests, its code is among those told."""
    code, change = MUTATIONS[name]
    manifests = copy.deepcopy(rich_hubs["us-west-2"])
    change(manifests)
    assert code in told(manifests)


def test_each_removed_destination_is_reported(rich_hubs: dict[str, Manifests]) -> None:
    """Every single destination of every project of a tenant is needed by an Application."""
    for index, manifest in enumerate(rich_hubs["us-west-2"]):
        if manifest["kind"] == "AppProject" and manifest["metadata"]["name"].startswith("tenant-"):
            for number in range(len(manifest["spec"]["destinations"])):
                changed_ = copy.deepcopy(rich_hubs["us-west-2"])
                changed_[index]["spec"]["destinations"].pop(number)
                assert "TS564" in told(changed_)


def test_an_idle_kind_is_reported(rich_hubs: dict[str, Manifests]) -> None:
    """Where what the Applications deploy is known, a kind that none deploys is one too many."""
    listed = project(rich_hubs["us-west-2"])["namespaceResourceWhitelist"]
    held = {(kind["group"], kind["kind"]) for kind in listed}
    assert not list(check_projects(rich_hubs["us-west-2"], held={"tenant-a": held}))
    less = {"tenant-a": held - {("apps", "Deployment")}}
    found = list(check_projects(rich_hubs["us-west-2"], held=less))
    assert [d.code for d in found] == ["TS561"]
    assert "Deployment" in found[0].message
