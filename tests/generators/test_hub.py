"""What a hub's Argo CD holds."""

from __future__ import annotations

import pytest

from krm_functions import __version__
from krm_functions.diagnostics import TenantspecError
from tests.generators import schemas
from tests.generators.estates import (
    APP_A3,
    HUBS,
    RICH,
    TENANT_A,
    Manifest,
    changed,
    hub,
    names,
    of_hub,
    on_hub,
    one,
)

PATHS = "argocd.argoproj.io/manifest-generate-paths"
WAVE = "argocd.argoproj.io/sync-wave"
RENDERED = {"platform.yaml": {"argocd": {"delivery": "rendered"}}}


def test_a_hub_has_the_applications_of_its_environments(hubs: dict[str, list[Manifest]]) -> None:
    """Six apps in two environments, three components and the cluster of each, and the root."""
    found = names(hubs["us-west-2"], "Application")
    assert len(found) == 6 * 2 + 3 * 2 + 2 + 1
    assert {"tenant-a-app1-dev", "cluster-stg", "cert-manager-dev", "root-us-west-2"} <= set(found)
    assert "tenant-a-app1-prod-ue" in names(hubs["eu-west-1"], "Application")


def test_an_application_of_a_tenant(hubs: dict[str, list[Manifest]]) -> None:
    """Source, destination, policy and labels of one Application, to the last field."""
    found = one(hubs["us-west-2"], "Application", "tenant-a-app1-dev")
    assert found["metadata"]["labels"] == {
        "app.kubernetes.io/managed-by": "tenantspec",
        "app.kubernetes.io/part-of": "tenant-a",
        "tenantspec.dev/tenant": "tenant-a",
        "tenantspec.dev/environment": "dev",
        "tenantspec.dev/stage": "dev",
        "tenantspec.dev/app": "app1",
    }
    retry = {"limit": 5, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}, "refresh": True}
    assert found["spec"] == {
        "project": "tenant-a",
        "source": {
            "repoURL": "https://github.com/opsera/mcp-agents-gitops.git",
            "targetRevision": "main",
            "path": "gitops/tenants/tenant-a/apps/app1/overlays/dev",
            "plugin": {
                "name": "tenantspec-v1",
                "env": [{"name": "TENANTSPEC_VERSION", "value": __version__}],
            },
        },
        "destination": {"name": "opsera-mcp-dev", "namespace": "tenant-a-dev"},
        "syncPolicy": {
            "automated": {"prune": True, "selfHeal": True},
            "syncOptions": [
                "ServerSideApply=true",
                "ApplyOutOfSyncOnly=true",
                "PruneLast=true",
                "FailOnSharedResource=true",
            ],
            "retry": retry,
        },
        "revisionHistoryLimit": 3,
    }


def test_production_deletes_nothing_unasked(hubs: dict[str, list[Manifest]], tmp_path: str) -> None:
    """The finalizer that deletes what was deployed is on no production Application, until the tenant leaves."""
    tenants = [m for m in hubs["us-west-2"] if "tenantspec.dev/app" in m["metadata"]["labels"]]
    assert all(m["metadata"]["finalizers"] for m in tenants)
    production = [m for m in hubs["eu-west-1"] if m["kind"] == "Application"]
    assert not [m for m in production if "finalizers" in m["metadata"]]
    leaving = on_hub(changed(str(tmp_path), {TENANT_A: {"offboard": True}}), "eu-west-1")
    found = one(leaving, "Application", "tenant-a-app1-prod-eu")
    assert found["metadata"]["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]
    assert found["spec"]["syncPolicy"]["automated"] == {"prune": False, "selfHeal": True}


def test_generate_paths_name_what_an_overlay_reads(
    hubs: dict[str, list[Manifest]], rich_hubs: dict[str, list[Manifest]]
) -> None:
    """Platform, base, the tenant, the app, its tenant's other apps, and each that `needs` or a variable names."""

    def paths(manifests: list[Manifest], name: str) -> list[str]:
        annotations = one(manifests, "Application", name)["metadata"]["annotations"]
        return [path.removeprefix("/gitops/") for path in annotations[PATHS].split(";")]

    own = ["platform.yaml", "base/deployment", "base/ingress", "base/service"]
    own += [f"tenants/tenant-a/{path}" for path in ("config/tenant.yaml", "apps/app1", "apps/*/app.yaml")]
    callee = ["tenants/tenant-b/config/tenant.yaml", "tenants/tenant-b/apps/app1/app.yaml"]
    assert paths(hubs["us-west-2"], "tenant-a-app1-dev") == own
    assert paths(rich_hubs["us-west-2"], "tenant-a-app1-dev") == [*own, *callee]
    assert "tenants/tenant-c/apps/app1/app.yaml" in paths(rich_hubs["us-west-2"], "tenant-b-app1-dev")


def test_rendered_delivery_reads_the_committed_folder(tmp_path: str) -> None:
    """No plugin, the folder below rendered/, and nothing else triggers a refresh."""
    found = on_hub(changed(str(tmp_path), RENDERED), "us-west-2")
    for name, folder in (
        ("tenant-a-app1-dev", "tenants/tenant-a/apps/app1/overlays/dev"),
        ("cluster-dev", "clusters/us-west-2/dev"),
        ("root-us-west-2", "clusters/us-west-2"),
    ):
        application = one(found, "Application", name)
        assert application["spec"]["source"]["path"] == f"gitops/rendered/{folder}"
        assert "plugin" not in application["spec"]["source"]
        assert application["metadata"]["annotations"][PATHS] == f"/gitops/rendered/{folder}"


def test_an_autoscaled_apps_replicas_are_left_alone(rich_hubs: dict[str, list[Manifest]]) -> None:
    """The difference is ignored, when syncing too."""
    spec = one(rich_hubs["us-west-2"], "Application", "tenant-a-app2-dev")["spec"]
    ignored = {"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]}
    assert spec["ignoreDifferences"] == [ignored]
    assert "RespectIgnoreDifferences=true" in spec["syncPolicy"]["syncOptions"]


def wave(manifest: Manifest) -> int:
    """Return the sync wave of an object."""
    return int(manifest["metadata"]["annotations"][WAVE])


def test_waves_go_from_settings_to_tenants(hubs: dict[str, list[Manifest]]) -> None:
    """Projects and settings, then components, then clusters, and all tenants together last."""
    found = hubs["us-west-2"]
    tenants = {wave(m) for m in found if "tenantspec.dev/app" in m["metadata"]["labels"]}
    settings = {wave(m) for m in found if m["kind"] in ("AppProject", "ConfigMap")}
    component, cluster = (one(found, "Application", name) for name in ("cert-manager-dev", "cluster-dev"))
    assert (settings, wave(component), wave(cluster), tenants) == ({-1001}, -30, -10, {0})


def test_the_root_does_not_wait_for_itself(hubs: dict[str, list[Manifest]]) -> None:
    """It stands in the last wave, and prunes in none after it: a sync waits for all waves but the last."""
    found = hubs["us-west-2"]
    root = one(found, "Application", "root-us-west-2")
    assert wave(root) == max(map(wave, found))
    assert root["spec"]["syncPolicy"]["syncOptions"] == ["ServerSideApply=true"]
    assert root["spec"]["destination"] == {"server": "https://kubernetes.default.svc", "namespace": "argocd"}


@pytest.mark.parametrize("name", HUBS)
@pytest.mark.parametrize("fanout", ["applications", "applicationset"])
def test_objects_fit_their_definitions(tmp_path: str, name: str, fanout: str) -> None:
    """Argo CD's own definitions take what is generated, to the last field."""
    found = on_hub(changed(str(tmp_path), RICH, {"platform.yaml": {"argocd": {"fanout": fanout}}}), name)
    custom = [manifest for manifest in found if manifest["kind"] != "ConfigMap"]
    assert {"AppProject", "Application"} <= {manifest["kind"] for manifest in custom}
    assert [fault for manifest in custom for fault in schemas.faults(manifest)] == []


def test_components_are_expanded_and_overridden(hubs: dict[str, list[Manifest]]) -> None:
    """Values of the environment over the component's, with the cluster's facts put in."""
    dns = one(hubs["us-west-2"], "Application", "external-dns-dev")["spec"]["source"]
    assert dns["helm"]["valuesObject"]["txtOwnerId"] == "opsera-mcp-dev"
    assert dns["helm"]["valuesObject"]["domainFilters"] == ["agent.opsera.io"]
    for environment, replicas in (("dev", 1), ("stg", 2)):
        ingress = one(hubs["us-west-2"], "Application", f"ingress-nginx-{environment}")["spec"]
        controller = ingress["source"]["helm"]["valuesObject"]["controller"]
        assert controller["replicaCount"] == replicas
        assert controller["ingressClassResource"] == {"name": "nginx"}
        assert ingress["syncPolicy"]["syncOptions"] == ["CreateNamespace=true", "ServerSideApply=true"]


def test_a_component_may_differ_by_environment(tmp_path: str) -> None:
    """Absent where disabled, another version where one is said; an OCI repository is named without its scheme."""
    oci = {"repository": "oci://quay.io/jetstack/charts", "name": "cert-manager", "version": "v1.19.1"}
    override = {"chart": oci, "environments": {"stg": {"enabled": False}, "dev": {"version": "v1.20.0"}}}
    found = on_hub(changed(str(tmp_path), {"infra/cert-manager/component.yaml": override}), "us-west-2")
    assert "cert-manager-stg" not in names(found, "Application")
    source = one(found, "Application", "cert-manager-dev")["spec"]["source"]
    assert (source["repoURL"], source["targetRevision"]) == ("quay.io/jetstack/charts", "v1.20.0")
    assert "quay.io/jetstack/charts" in one(found, "AppProject", "platform")["spec"]["sourceRepos"]


def test_a_component_names_known_environments(tmp_path: str) -> None:
    """An unknown environment is an error at its key."""
    unknown = {"infra/cert-manager/component.yaml": {"environments": {"pord": {"enabled": False}}}}
    with pytest.raises(TenantspecError) as caught:
        hub(changed(str(tmp_path), unknown), "us-west-2")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "TS301"
    assert diagnostic.place
    assert diagnostic.place.path == ("spec", "environments", "pord")


def test_a_dedicated_cluster_is_appended_to_names(rich_hubs: dict[str, list[Manifest]]) -> None:
    """It has its own folder, its own components, and its tenant's Applications go there."""
    found = rich_hubs["eu-west-1"]
    cluster = one(found, "Application", "cluster-prod-eu-k8s-a-prod-eu-1")["spec"]
    assert cluster["source"]["path"] == "gitops/clusters/eu-west-1/prod-eu/dedicated/k8s-a-prod-eu-1"
    assert cluster["destination"]["name"] == "k8s-a-prod-eu-1"
    assert cluster["info"] == [{"name": "purpose", "value": "Production EU"}]
    assert "cert-manager-prod-eu-k8s-a-prod-eu-1" in names(found, "Application")
    app = one(found, "Application", "tenant-a-app1-prod-eu")["spec"]
    assert app["destination"] == {"name": "k8s-a-prod-eu-1", "namespace": "tenant-a-prod"}


def test_a_registration_takes_credentials_from_the_store(rich_hubs: dict[str, list[Manifest]]) -> None:
    """Address in the open, credentials by reference, under the label that Argo CD looks for."""
    found = one(rich_hubs["us-west-2"], "ExternalSecret", "cluster-opsera-mcp-dev", "argocd")
    template = found["spec"]["target"]["template"]
    assert template["metadata"]["labels"]["argocd.argoproj.io/secret-type"] == "cluster"
    assert template["data"]["server"] == "https://dev.example.com:6443"
    (value,) = found["spec"]["data"]
    assert (value["secretKey"], value["remoteRef"]["key"]) == ("config", "clusters/dev")


def test_the_order_of_input_does_not_matter(tmp_path: str) -> None:
    """Clusters and tenants in any order give the same objects."""
    found = changed(str(tmp_path), RICH, {APP_A3: {"autoscale": {"max": 3}}})
    view = hub(found, "us-west-2")
    mixed = view._replace(
        clusters=tuple(c._replace(tenants=tuple(reversed(c.tenants))) for c in reversed(view.clusters)),
        components=tuple(reversed(view.components)),
    )
    assert sorted(map(repr, of_hub(mixed))) == sorted(map(repr, of_hub(view)))
