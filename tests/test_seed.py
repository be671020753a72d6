"""The tables of the estate's own description hold on what the real kustomize prints."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests import builds

APPS: Final = {"tenant-a": ("app1", "app2", "app3"), "tenant-b": ("app1", "app2"), "tenant-c": ("app1",)}
ENVIRONMENTS: Final = {
    # environment: stage, region, cluster, hub
    "dev": ("dev", "us-west-2", "opsera-mcp-dev", "us-west-2"),
    "stg": ("stg", "us-west-2", "opsera-mcp-stg", "us-west-2"),
    "prod-ue": ("prod", "us-east-1", "opsera-mcp-ue-1", "eu-west-1"),
    "prod-eu": ("prod", "eu-west-1", "opsera-mcp-eu-1", "eu-west-1"),
}
HUBS: Final = {"us-west-2": ("dev", "stg"), "eu-west-1": ("prod-ue", "prod-eu")}
HOSTS: Final = {
    ("tenant-a", "app1"): ("appa1", "app1"),
    ("tenant-a", "app2"): ("appa2",),
    ("tenant-a", "app3"): ("appa3",),
    ("tenant-b", "app1"): ("appb1",),
    ("tenant-b", "app2"): ("appb2",),
    ("tenant-c", "app1"): ("appc1",),
}
OVERLAYS: Final = [
    (tenant, app, environment)
    for tenant, apps in APPS.items()
    for app in apps
    for environment in ENVIRONMENTS
]


def of_kind(manifests: list[builds.Manifest], kind: str) -> list[Any]:
    """Return the manifests of one kind."""
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def overlay(tenant: str, app: str, environment: str, plugin_home: str) -> list[builds.Manifest]:
    """Return what kustomize prints for an overlay."""
    folder = f"gitops/tenants/{tenant}/apps/{app}/overlays/{environment}"
    return builds.manifests(builds.kustomize(folder, plugin_home))


@pytest.mark.parametrize(("tenant", "app", "environment"), OVERLAYS)
def test_namespaces_and_hosts(tenant: str, app: str, environment: str, plugin_home: str) -> None:
    """Namespaces are TENANT-STAGE; hosts carry the stage's suffix, production none."""
    stage = ENVIRONMENTS[environment][0]
    manifests = overlay(tenant, app, environment, plugin_home)
    assert {manifest["metadata"]["namespace"] for manifest in manifests} == {f"{tenant}-{stage}"}
    suffix = "" if stage == "prod" else f"-{stage}"
    (ingress,) = of_kind(manifests, "Ingress")
    hosts = [rule["host"] for rule in ingress["spec"]["rules"]]
    assert hosts == [f"{label}{suffix}.agent.opsera.io" for label in HOSTS[tenant, app]]


@pytest.mark.parametrize(("tenant", "app"), HOSTS)
def test_both_production_environments_serve_a_host(tenant: str, app: str, plugin_home: str) -> None:
    """Their records carry one routing policy and a set-identifier each, under both of external-dns' prefixes."""
    found = {}
    for environment in HUBS["eu-west-1"]:
        (ingress,) = of_kind(overlay(tenant, app, environment, plugin_home), "Ingress")
        annotations = ingress["metadata"]["annotations"]
        for prefix in ("external-dns.alpha.kubernetes.io/", "external-dns.kubernetes.io/"):
            assert annotations[f"{prefix}set-identifier"] == environment
            assert annotations[f"{prefix}aws-region"] == ENVIRONMENTS[environment][1]
        found[environment] = [rule["host"] for rule in ingress["spec"]["rules"]]
    assert found["prod-ue"] == found["prod-eu"]


@pytest.mark.parametrize("environment", ["dev", "stg"])
def test_a_host_of_one_environment_has_a_simple_record(environment: str, plugin_home: str) -> None:
    """No set-identifier where nobody else serves the host."""
    (ingress,) = of_kind(overlay("tenant-a", "app1", environment, plugin_home), "Ingress")
    assert not [key for key in ingress["metadata"]["annotations"] if "set-identifier" in key]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_tenant_has_its_namespace_on_the_cluster(environment: str, plugin_home: str) -> None:
    """A cluster holds TENANT-STAGE for each tenant, with its guardrails."""
    stage, _, _, hub = ENVIRONMENTS[environment]
    manifests = builds.manifests(builds.kustomize(f"gitops/clusters/{hub}/{environment}", plugin_home))
    expected = [f"{tenant}-{stage}" for tenant in APPS]
    assert [manifest["metadata"]["name"] for manifest in of_kind(manifests, "Namespace")] == expected
    for namespace in expected:
        own = {
            (m["kind"], m["metadata"]["name"])
            for m in manifests
            if m["metadata"].get("namespace") == namespace
        }
        assert own >= {
            ("ResourceQuota", "tenant-quota"),
            ("LimitRange", "tenant-limits"),
            ("NetworkPolicy", "default-deny"),
            ("NetworkPolicy", "allow-dns"),
            ("NetworkPolicy", "allow-same-namespace"),
            ("NetworkPolicy", "allow-ingress"),
            ("NetworkPolicy", "allow-internet"),
            ("RoleBinding", "tenant-owners"),
        }


@pytest.mark.parametrize("hub", HUBS)
def test_a_hub_holds_the_applications_of_its_environments(hub: str, plugin_home: str) -> None:
    """One Application per app and environment, on the environment's cluster, in the tenant's project."""
    manifests = builds.manifests(builds.kustomize(f"gitops/clusters/{hub}", plugin_home))
    applications = {m["metadata"]["name"]: m for m in of_kind(manifests, "Application")}
    wanted = [key for key in OVERLAYS if key[2] in HUBS[hub]]
    for tenant, app, environment in wanted:
        application = applications.pop(f"{tenant}-{app}-{environment}")
        stage, _, cluster, _ = ENVIRONMENTS[environment]
        assert application["spec"]["destination"] == {"name": cluster, "namespace": f"{tenant}-{stage}"}
        assert application["spec"]["project"] == tenant
        path = f"gitops/tenants/{tenant}/apps/{app}/overlays/{environment}"
        assert application["spec"]["source"]["path"] == path
    components = ("ingress-nginx", "cert-manager", "external-dns")
    rest = (
        {f"cluster-{e}" for e in HUBS[hub]}
        | {f"{c}-{e}" for c in components for e in HUBS[hub]}
        | {f"root-{hub}"}
    )
    assert set(applications) == rest
    projects = {m["metadata"]["name"] for m in of_kind(manifests, "AppProject")}
    assert projects >= {*APPS, "platform"}


def test_there_are_twenty_four_applications(plugin_home: str) -> None:
    """Six apps in four environments, over both hubs."""
    hubs = [builds.manifests(builds.kustomize(f"gitops/clusters/{hub}", plugin_home)) for hub in HUBS]
    labelled = [
        application
        for manifests in hubs
        for application in of_kind(manifests, "Application")
        if "tenantspec.dev/app" in application["metadata"]["labels"]
    ]
    assert len(labelled) == 24
