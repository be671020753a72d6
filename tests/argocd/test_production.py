"""The production hub of gitops/, delivered by the plugin: it comes up in order, and what goes wrong stays small."""

from __future__ import annotations

import os
from typing import Final

import pytest
import yaml

from tests.argocd.conftest import Tell, table
from tests.argocd.hub import ARGO, Hub, is_settled, states, told
from tests.argocd.tenants import (
    CLUSTERS,
    TENANTS,
    deployment,
    everything,
    generations,
    image,
    kill_a_child,
    synced,
)

pytestmark = pytest.mark.xdist_group("argocd")

APP: Final = "tenant-a-app1-prod-eu"
OVERLAY: Final = "tenants/tenant-a/apps/app1/overlays/prod-eu"
HOSTILE: Final = {
    "a cluster-wide kind": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "tenant-a-reads-all"},
        "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}],
    },
    "another tenant's namespace": {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "planted", "namespace": "tenant-b-prod"},
        "data": {"planted": "by tenant-a"},
    },
    "an Application": {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "planted", "namespace": "argocd"},
        "spec": {"project": "platform", "destination": {"name": "opsera-mcp-eu-1", "namespace": "default"}},
    },
}


def test_a_hub_comes_up_from_its_root_application(production: Hub, tell: Tell) -> None:
    """Every Application of the hub is Synced and Healthy, and its table ends the run."""
    assert set(production.first) == production.expected()
    assert {states(found) for found in production.first.values()} == {("Synced", "Healthy")}
    tell(f"hub {production.name}: delivery plugin, fan-out applications", table(production.rows()))


def test_infrastructure_and_guardrails_are_there_before_any_workload(production: Hub) -> None:
    """Components end their sync before the clusters' Applications begin, and those before any tenant's begins."""
    times = {name: synced(found) for name, found in production.first.items()}
    components = [
        ended for name, (_, ended) in times.items() if not name.startswith(("tenant-", "cluster-", "root-"))
    ]
    clusters = [span for name, span in times.items() if name.startswith("cluster-")]
    tenants = [began for name, (began, _) in times.items() if name.startswith("tenant-")]
    assert len(components) == 6
    assert max(components) <= min(began for began, _ in clusters)
    assert max(ended for _, ended in clusters) <= min(tenants)


def test_a_namespace_and_its_guardrails_are_older_than_every_workload_in_it(production: Hub) -> None:
    """The API servers' own times say the same: no Deployment is older than its quota, limits or network policies."""
    for cluster in CLUSTERS:
        for tenant in TENANTS:
            space = f"namespaces/{tenant}-prod"
            guards = [
                item["metadata"]["creationTimestamp"]
                for path in (
                    f"/api/v1/{space}/resourcequotas",
                    f"/api/v1/{space}/limitranges",
                    f"/apis/networking.k8s.io/v1/{space}/networkpolicies",
                )
                for item in production.workload[cluster].items(path).values()
            ]
            work = production.workload[cluster].items(f"/apis/apps/v1/{space}/deployments").values()
            assert len(guards) >= 3
            assert max(guards) <= min(item["metadata"]["creationTimestamp"] for item in work)


def test_pods_run_within_the_quota_that_counts_them(production: Hub) -> None:
    """The quota controller counts the pods that the scheduler has placed: health is no one's word."""
    path = "/api/v1/namespaces/tenant-a-prod"
    for cluster in CLUSTERS:
        pods = production.workload[cluster].items(f"{path}/pods").values()
        assert {pod["status"]["phase"] for pod in pods} == {"Running"}
        (quota,) = production.workload[cluster].items(f"{path}/resourcequotas").values()
        assert quota["status"]["used"]["pods"] == str(len(pods)) == "6"


def test_a_broken_spec_stops_its_own_apps_only(restored: Hub) -> None:
    """The diagnostic stands in the Application's condition, nothing is pruned, and other tenants' changes arrive."""
    before = everything(restored)
    restored.estate.replace("tenants/tenant-b/apps/app1/app.yaml", "port: 8080", "prot: 8080")
    restored.estate.replace("tenants/tenant-a/apps/app1/versions.yaml", "prod-eu: 1.4.0", "prod-eu: 1.4.1")
    restored.estate.commit("a slip of tenant-b, and a release of tenant-a")
    broken = "tenant-b-app1-prod-eu"
    restored.refresh(broken, APP)
    message = restored.wait(lambda: restored.condition(broken, "ComparisonError"), "the error is shown")
    assert "error[TS201]" in message
    assert "prot" in message
    assert "tenants/tenant-b/apps/app1/app.yaml" in message
    restored.wait(
        lambda: image(deployment(restored, "opsera-mcp-eu-1", "tenant-a", "app1")).endswith(":1.4.1"),
        "the release of tenant-a is out",
    )
    after = everything(restored)
    assert before.items() <= after.items()


def test_a_plugin_killed_while_it_renders_changes_nothing(production: Hub) -> None:
    """The Application says so and keeps what it has; the next comparison is as before."""
    before = everything(production)
    production.refresh(APP, hard=True)
    killed = production.wait(lambda: kill_a_child(production.served.plugin.pid), "the plugin renders", 30)
    assert killed
    message = production.wait(lambda: production.condition(APP, "ComparisonError"), "the error is shown")
    assert "killed" in message
    assert before.items() <= everything(production).items()
    production.refresh(APP, hard=True)
    production.wait(lambda: not production.condition(APP, "ComparisonError"), "the next comparison is good")
    production.wait(lambda: is_settled(production.application(APP)), "all is as before")


def test_an_overlay_that_gives_nothing_is_refused(restored: Hub) -> None:
    """An empty render would prune the whole app: the plugin refuses it with the reason."""
    before = everything(restored)
    empty = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n"
    restored.estate.write(f"{OVERLAY}/kustomization.yaml", empty)
    restored.estate.commit("an overlay without its generator")
    restored.refresh(APP)
    message = restored.wait(lambda: restored.condition(APP, "ComparisonError"), "the error is shown")
    assert "error[TS931]" in message
    assert everything(restored) == before


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_a_tenant_cannot_add_what_is_not_its_own(restored: Hub, what: str) -> None:
    """A manifest in a tenant's overlay that reaches beyond the tenant fails the build; nothing of it arrives."""
    manifest = HOSTILE[what]
    before = everything(restored)
    restored.estate.write(f"{OVERLAY}/planted.yaml", yaml.safe_dump(manifest))
    kustomization = restored.estate.read(f"{OVERLAY}/kustomization.yaml")
    restored.estate.write(f"{OVERLAY}/kustomization.yaml", f"{kustomization}resources:\n- planted.yaml\n")
    restored.estate.commit(f"tenant-a plants {what}")
    restored.refresh(APP)
    message = restored.wait(lambda: restored.condition(APP, "ComparisonError"), "the error is shown")
    assert "error[TS52" in message
    assert manifest["kind"] in message
    assert everything(restored) == before
    assert "planted" not in restored.applications()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("namespace", "tenant-b-prod", "do not match any of the allowed destinations"),
        ("path", "gitops/tenants/tenant-b/apps/app1/overlays/prod-eu", "not permitted in project"),
    ],
)
def test_an_application_that_reaches_for_another_tenant_is_refused(
    production: Hub, field: str, value: str, reason: str
) -> None:
    """Whoever writes an Application into a tenant's project gets no further than the tenant itself."""
    own = production.application(APP)
    spec = {key: value for key, value in own["spec"].items() if key != "syncPolicy"}
    part = "destination" if field == "namespace" else "source"
    spec[part] = {**spec[part], field: value}
    name = f"reaching-by-{field}"
    asked = {"initiatedBy": {"username": "tenant-a"}, "sync": {"syncOptions": ["ServerSideApply=true"]}}
    before = everything(production)
    production.cluster.create(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": name, "namespace": "argocd"},
            "spec": spec,
            "operation": asked,
        }
    )
    try:
        production.wait(lambda: reason in told(production, name), f"{name} is refused")
        assert everything(production) == before
    finally:
        production.cluster.request("DELETE", f"{ARGO}/applications/{name}")


def test_drift_is_healed(production: Hub) -> None:
    """What a person changes or deletes on a cluster comes back, workloads and guardrails alike."""
    cluster = production.workload["opsera-mcp-eu-1"]
    workload = "/apis/apps/v1/namespaces/tenant-a-prod/deployments/app1"
    policy = "/apis/networking.k8s.io/v1/namespaces/tenant-a-prod/networkpolicies/default-deny"
    assert cluster.get(policy)
    cluster.patch(workload, {"spec": {"replicas": 0}})
    cluster.request("DELETE", policy)
    production.wait(
        lambda: deployment(production, cluster.name, "tenant-a", "app1")["spec"]["replicas"] == 2
        and cluster.get(policy),
        "both are back",
    )
    production.wait_until_settled()


def test_a_promotion_changes_its_environment_only(restored: Hub) -> None:
    """A new version in one environment rolls out there; no other workload sees a change."""
    before = generations(restored)
    restored.estate.replace("tenants/tenant-a/apps/app1/versions.yaml", "prod-ue: 1.4.0", "prod-ue: 1.5.0")
    restored.estate.commit("tenant-a/app1 1.5.0 in prod-ue")
    restored.refresh()
    ue = ("opsera-mcp-ue-1", "tenant-a", "app1")
    restored.wait(lambda: image(deployment(restored, *ue)).endswith(":1.5.0"), "the version is out")
    restored.wait_until_settled()
    after = generations(restored)
    assert {key for key, generation in after.items() if generation != before[key]} == {ue}


def test_a_renamed_tenant_keeps_every_object(restored: Hub) -> None:
    """With its id kept, a new name moves folders and nothing else: each object has the uid that it had."""
    estate, before = restored.estate, everything(restored)
    applications = {name: found["metadata"]["uid"] for name, found in restored.applications().items()}
    os.rename(os.path.join(estate.root, "tenants/tenant-c"), os.path.join(estate.root, "tenants/gamma"))
    estate.replace("tenants/gamma/config/tenant.yaml", "name: tenant-c", "name: gamma")
    estate.replace("tenants/gamma/config/tenant.yaml", "spec:", "spec:\n  id: tenant-c")
    for file in ("app.yaml", "versions.yaml"):
        estate.replace(f"tenants/gamma/apps/app1/{file}", "namespace: tenant-c", "namespace: gamma")
    estate.tenantspec("sync")
    revision = estate.commit("tenant-c is called gamma")
    restored.refresh()
    moved = "tenant-c-app1-prod-eu"
    restored.wait(
        lambda: "tenants/gamma" in restored.application(moved)["spec"]["source"]["path"]
        and restored.application(moved)["status"]["sync"]["revision"] == revision,
        "the Application reads the new folder",
    )
    restored.wait_until_settled()
    assert everything(restored) == before
    after = {name: found["metadata"]["uid"] for name, found in restored.applications().items()}
    assert after == applications


def test_offboarding_removes_one_tenant_and_in_order(production: Hub) -> None:
    """First nothing goes; then the tenant's apps, its project after them, and its namespaces; no other's object."""
    estate, others = production.estate, everything(production, but="tenant-b")
    own = [name for name in production.applications() if name.startswith("tenant-b-")]
    whole = everything(production)
    estate.replace("tenants/tenant-b/config/tenant.yaml", "spec:", "spec:\n  offboard: true")
    estate.commit("tenant-b leaves")
    production.refresh()
    production.wait(
        lambda: all(production.application(name)["metadata"].get("finalizers") for name in own),
        "its Applications own what they deployed",
    )
    production.wait_until_settled()
    assert everything(production) == whole
    estate.git("rm", "-r", "--quiet", "gitops/tenants/tenant-b")
    estate.commit("tenant-b is gone")
    production.refresh(f"root-{production.name}", "cluster-prod-eu", "cluster-prod-ue")
    seen: list[str] = []

    def gone() -> bool:
        left = production.applications()
        project = production.cluster.get(f"{ARGO}/appprojects/tenant-b")
        seen.append("project" if project else "none")
        if any(name in left for name in own):
            assert project, "the project went before its Applications"
            return False
        return not project and not any(production.uids(cluster, "tenant-b-prod") for cluster in CLUSTERS)

    production.wait(gone, "everything of tenant-b is gone", 300)
    assert {"project", "none"} == set(seen)
    assert everything(production, but="tenant-b") == others
    production.wait_until_settled()
