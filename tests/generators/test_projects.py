"""AppProjects: what an Application may do, and what people may do with it."""

from __future__ import annotations

from typing import Any

import pytest

from krm_functions.diagnostics import TenantspecError
from tests.generators.estates import RICH, TENANT_A, Manifest, changed, on_cluster, on_hub, one


def test_a_project_is_exact(rich_hubs: dict[str, list[Manifest]]) -> None:
    """No wildcard, no cluster-scoped kind, none that opens a network, lifts a quota or grants a right."""
    spec = one(rich_hubs["us-west-2"], "AppProject", "tenant-a")["spec"]
    assert spec["sourceRepos"] == ["https://github.com/opsera/mcp-agents-gitops.git"]
    assert spec["destinations"] == [
        {"name": "opsera-mcp-dev", "namespace": "tenant-a-dev"},
        {"name": "opsera-mcp-stg", "namespace": "tenant-a-stg"},
    ]
    assert spec["clusterResourceWhitelist"] == []
    permitted = {(kind["group"], kind["kind"]) for kind in spec["namespaceResourceWhitelist"]}
    assert ("apps", "StatefulSet") in permitted
    assert ("external-secrets.io", "ExternalSecret") in permitted
    assert not {group for group, _ in permitted} & {"argoproj.io", "rbac.authorization.k8s.io", "*"}
    assert not {kind for _, kind in permitted} & {"NetworkPolicy", "ResourceQuota", "LimitRange", "Secret"}


def test_roles_grant_named_actions(rich_hubs: dict[str, list[Manifest]]) -> None:
    """Owners sync and restart, editors sync, viewers look; nobody updates, overrides, deletes or enters a pod."""
    roles = one(rich_hubs["us-west-2"], "AppProject", "tenant-a")["spec"]["roles"]
    granted = {role["name"]: [p.split(", ")[2:4] for p in role["policies"]] for role in roles}
    looking = [["applications", "get"], ["logs", "get"]]
    assert granted["viewer"] == looking
    assert granted["editor"] == [*looking, ["applications", "sync"]]
    assert ["applications", "action/apps/StatefulSet/restart"] in granted["owner"]
    assert "p, proj:tenant-a:owner, applications, sync, tenant-a/*, allow" in roles[0]["policies"]
    assert {role["name"]: role["groups"] for role in roles}["editor"] == ["tenant-a-devs"]


def test_single_users_are_mapped_on_the_projects_roles(rich_hubs: dict[str, list[Manifest]]) -> None:
    """A user is one field of a policy line, whatever its name holds; nobody has a default role."""
    data = one(rich_hubs["us-west-2"], "ConfigMap", "argocd-rbac-cm")["data"]
    assert data["policy.default"] == ""
    assert data["policy.csv"].splitlines() == [
        'g, "Lovelace, Ada", proj:tenant-a:owner',
        "g, ada@example.com, proj:tenant-a:owner",
    ]


@pytest.mark.parametrize("field", ["users", "groups"])
def test_a_member_cannot_write_policies(tmp_path: str, field: str) -> None:
    """A name with a line end, which would end a policy's line, is refused when it is read."""
    members = {TENANT_A: {"owners": {field: ["x\ng, me, role:admin"]}}}
    with pytest.raises(TenantspecError, match="is not a name without line ends"):
        on_hub(changed(str(tmp_path), members), "us-west-2")


def test_sync_windows_name_their_applications(rich_hubs: dict[str, list[Manifest]]) -> None:
    """Only those of the window's stages, in five fields of cron, and two windows that are alike once."""
    windows = one(rich_hubs["us-west-2"], "AppProject", "tenant-a")["spec"]["syncWindows"]
    assert [(w["kind"], w["schedule"], w["timeZone"]) for w in windows] == [
        ("deny", "0 0 * * 0", "UTC"),
        ("allow", "0 22 * * *", "Europe/Berlin"),
    ]
    assert windows[0]["applications"] == [f"tenant-a-app{number}-stg" for number in (1, 2, 3)]
    assert len(windows[1]["applications"]) == 6


def test_every_application_is_permitted_by_its_project(rich_hubs: dict[str, list[Manifest]]) -> None:
    """Source and destination of each stand in its project word for word."""
    for found in rich_hubs.values():
        for manifest in found:
            if manifest["kind"] == "Application":
                spec = manifest["spec"]
                project = one(found, "AppProject", spec["project"])["spec"]
                assert spec["source"]["repoURL"] in project["sourceRepos"]
                assert spec["destination"] in project["destinations"]


def test_the_platforms_project_permits_what_clusters_hold(tmp_path: str) -> None:
    """Each namespace and each cluster-scoped kind of a ClusterOverlay stands in it."""
    found = changed(str(tmp_path), RICH)
    project: dict[str, Any] = one(on_hub(found, "us-west-2"), "AppProject", "platform")["spec"]
    kinds = {kind["kind"] for kind in project["clusterResourceWhitelist"]}
    for manifest in on_cluster(found, "dev"):
        namespace = manifest["metadata"].get("namespace")
        if namespace:
            assert {"name": "opsera-mcp-dev", "namespace": namespace} in project["destinations"]
        else:
            assert manifest["kind"] in kinds


def test_the_default_project_holds_nothing(hubs: dict[str, list[Manifest]]) -> None:
    """An Application that names no project may do nothing."""
    spec = one(hubs["us-west-2"], "AppProject", "default")["spec"]
    assert spec.pop("namespaceResourceBlacklist") == [{"group": "*", "kind": "*"}]
    assert set(map(len, spec.values())) == {0}
