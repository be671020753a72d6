"""What a cluster holds before any app arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from krm_functions.generators.cluster import CLUSTER_GENERATORS
from krm_functions.manifests.base import Base
from tests.generators import schemas
from tests.generators.estates import (
    APP_A1,
    RICH,
    TENANT_A,
    Manifest,
    changed,
    cluster,
    estate,
    names,
    of_cluster,
    on_cluster,
    one,
)

if TYPE_CHECKING:
    from tests.cluster.apiserver import ApiServer


@pytest.fixture(scope="module")
def plain() -> list[Manifest]:
    """Return the manifests of the real estate's development cluster."""
    return on_cluster(estate(), "dev")


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> list[Manifest]:
    """Return the manifests of a development cluster on which every feature is used."""
    return on_cluster(changed(str(tmp_path_factory.mktemp("rich")), RICH), "dev")


def spec(manifests: list[Manifest], kind: str, name: str, namespace: str = "tenant-a-dev") -> dict[str, Any]:
    """Return the spec of one object."""
    found: dict[str, Any] = one(manifests, kind, name, namespace)["spec"]
    return found


def test_every_tenant_has_the_same_guardrails(plain: list[Manifest]) -> None:
    """A namespace is closed, measured and owned before anything runs in it."""
    for tenant in "abc":
        namespace = f"tenant-{tenant}-dev"
        assert names(plain, "NetworkPolicy", namespace) == [
            "allow-dns",
            "allow-ingress",
            "allow-internet",
            "allow-same-namespace",
            "default-deny",
        ]
        assert names(plain, "RoleBinding", namespace) == ["tenant-owners", "tenant-viewers"]
        assert names(plain, "ResourceQuota", namespace) == ["tenant-quota"]
        assert names(plain, "LimitRange", namespace) == ["tenant-limits"]
    assert names(plain, "ClusterRole") == ["tenant-editors", "tenant-owners", "tenant-viewers"]


def test_a_namespace_says_whose_it_is_and_how_strict(plain: list[Manifest]) -> None:
    """Pod Security's three modes, the tenant's labels, and a deletion that asks first."""
    meta = one(plain, "Namespace", "tenant-a-dev")["metadata"]
    for mode in ("enforce", "audit", "warn"):
        assert meta["labels"][f"pod-security.kubernetes.io/{mode}"] == "restricted"
        assert meta["labels"][f"pod-security.kubernetes.io/{mode}-version"] == "latest"
    assert meta["labels"]["tenantspec.dev/tenant"] == "tenant-a"
    assert meta["annotations"] == {
        "tenantspec.dev/display-name": "Tenant A",
        "argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm",
    }
    assert "namespace" not in meta


def test_a_leaving_tenants_namespace_may_be_deleted(tmp_path: str) -> None:
    """Offboarding takes the confirmation away."""
    found = on_cluster(changed(str(tmp_path), {TENANT_A: {"offboard": True}}), "dev")
    annotations = one(found, "Namespace", "tenant-a-dev")["metadata"]["annotations"]
    assert "argocd.argoproj.io/sync-options" not in annotations


def test_every_object_of_a_tenant_carries_its_labels(rich: list[Manifest]) -> None:
    """Labels and annotations of the spec are on the objects in its namespaces, and on the namespaces."""
    owned = [m for m in rich if "tenant-a-dev" in (m["metadata"].get("namespace"), m["metadata"]["name"])]
    assert len(owned) > 10
    for manifest in owned:
        labels = manifest["metadata"]["labels"]
        assert labels["app.kubernetes.io/part-of"] == labels["tenantspec.dev/tenant"] == "tenant-a"
        assert labels["cost-center"] == "42"
        assert manifest["metadata"]["annotations"]["contact"] == "a@example.com"


def test_a_quota_joins_the_bases(plain: list[Manifest]) -> None:
    """The tenant's figures stand beside what the base forbids everybody."""
    assert spec(plain, "ResourceQuota", "tenant-quota") == {
        "hard": {
            "services.loadbalancers": "0",
            "services.nodeports": "0",
            "requests.cpu": "8",
            "requests.memory": "16Gi",
            "limits.memory": "32Gi",
            "pods": "50",
        }
    }


def test_a_tenant_without_a_quota_keeps_the_bases(tmp_path: str) -> None:
    """Without a quota of its own only the base's remains; without either there is none."""
    found = changed(str(tmp_path), {TENANT_A: {"quota": None}})
    hard = spec(on_cluster(found, "dev"), "ResourceQuota", "tenant-quota")["hard"]
    assert sorted(hard) == ["services.loadbalancers", "services.nodeports"]
    empty = Base({}, (), ())
    bare = list(CLUSTER_GENERATORS["quotas"](cluster(found, "dev"), empty))
    assert {m["metadata"]["namespace"] for m in bare} == {"tenant-b-dev", "tenant-c-dev"}


def test_ingress_reaches_exposed_apps_only(rich: list[Manifest]) -> None:
    """The controller's namespace may reach the target ports of routes, on exposed apps."""
    policy = spec(rich, "NetworkPolicy", "allow-ingress")
    expression = policy["podSelector"]["matchExpressions"][0]
    assert expression["values"] == ["tenant-a-app1", "tenant-a-app2"]
    controller = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}
    assert policy["ingress"] == [{"from": [controller], "ports": [{"protocol": "TCP", "port": 8080}]}]
    assert policy["policyTypes"] == ["Ingress"]
    solver = spec(rich, "NetworkPolicy", "allow-http01")
    assert solver["podSelector"] == {"matchLabels": {"acme.cert-manager.io/http01-solver": "true"}}


def test_nothing_exposed_opens_nothing(tmp_path: str) -> None:
    """Without a route there is no policy for the controller."""
    hidden = {f"tenants/tenant-a/apps/app{n}/app.yaml": {"expose": None} for n in (1, 2, 3)}
    found = on_cluster(changed(str(tmp_path), hidden), "dev")
    assert "allow-ingress" not in names(found, "NetworkPolicy", "tenant-a-dev")


def test_the_internet_is_not_the_neighbourhood(plain: list[Manifest], rich: list[Manifest]) -> None:
    """Egress to the internet leaves out private, shared, loopback and link-local ranges of both families."""
    v4, v6 = spec(plain, "NetworkPolicy", "allow-internet")["egress"][0]["to"]
    assert v4["ipBlock"]["cidr"] == "0.0.0.0/0"
    assert {"10.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10"} <= set(v4["ipBlock"]["except"])
    assert v6["ipBlock"] == {"cidr": "::/0", "except": ["::1/128", "fc00::/7", "fe80::/10"]}
    assert "allow-internet" not in names(rich, "NetworkPolicy", "tenant-a-dev")
    database = {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"protocol": "TCP", "port": 5432}]}
    assert spec(rich, "NetworkPolicy", "allow-egress")["egress"] == [database]


def test_a_call_between_tenants_opens_both_ends(rich: list[Manifest]) -> None:
    """Only the caller's pods leave, only the callee's are reached, on the callee's ports alone."""
    comes = spec(rich, "NetworkPolicy", "allow-app1-from-tenant-a-app1", "tenant-b-dev")
    goes = spec(rich, "NetworkPolicy", "allow-app1-to-tenant-b-app1")
    ports = [{"protocol": "TCP", "port": 8080}]
    assert comes["podSelector"]["matchLabels"]["app.kubernetes.io/instance"] == "tenant-b-app1"
    assert comes["ingress"][0]["ports"] == goes["egress"][0]["ports"] == ports
    caller = comes["ingress"][0]["from"][0]
    assert caller["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "tenant-a-dev"}
    assert caller["podSelector"]["matchLabels"]["app.kubernetes.io/instance"] == "tenant-a-app1"
    assert goes["podSelector"] == caller["podSelector"]
    assert goes["egress"][0]["to"][0]["podSelector"] == comes["podSelector"]


def test_a_call_within_a_tenant_needs_no_policy(rich: list[Manifest]) -> None:
    """The namespace is open to itself."""
    assert not [name for name in names(rich, "NetworkPolicy") if "app2" in name]


def test_protocols_are_kept(tmp_path: str) -> None:
    """A UDP port is opened as UDP."""
    beacon = {APP_A1: {"metrics": {"port": "beacon"}}}
    found = on_cluster(changed(str(tmp_path), RICH, beacon), "dev")
    rule = spec(found, "NetworkPolicy", "allow-metrics")["ingress"][0]
    assert rule["ports"] == [{"protocol": "UDP", "port": 5353}]
    assert rule["from"][0]["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": "monitoring"
    }


def test_no_monitoring_opens_nothing(tmp_path: str) -> None:
    """Metrics that nobody scrapes need no policy."""
    nobody = {"platform.yaml": {"monitoring": {"kind": "none"}}}
    found = on_cluster(changed(str(tmp_path), RICH, nobody), "dev")
    assert "allow-metrics" not in names(found, "NetworkPolicy")


def test_people_are_bound_in_their_own_namespace(rich: list[Manifest]) -> None:
    """Groups and users of a role are bound to the ClusterRole of its name."""
    binding = one(rich, "RoleBinding", "tenant-owners", "tenant-a-dev")
    assert binding["roleRef"]["name"] == "tenant-owners"
    assert [(s["kind"], s["name"]) for s in binding["subjects"]] == [
        ("Group", "tenant-a-admins"),
        ("User", "Lovelace, Ada"),
        ("User", "ada@example.com"),
    ]
    assert names(rich, "RoleBinding", "tenant-a-dev") == ["tenant-editors", "tenant-owners", "tenant-viewers"]


def test_a_pull_secret_comes_from_the_tenants_own_prefix(rich: list[Manifest]) -> None:
    """The registry's credentials are a Secret of the type that pods take."""
    pull = spec(rich, "ExternalSecret", "pull-secret")
    (value,) = pull["data"]
    assert (value["secretKey"], value["remoteRef"]["key"]) == (".dockerconfigjson", "tenant-a/dev/registry")
    assert pull["target"]["template"]["type"] == "kubernetes.io/dockerconfigjson"
    assert pull["secretStoreRef"] == {"name": "platform", "kind": "ClusterSecretStore"}
    assert names(rich, "ExternalSecret", "tenant-b-dev") == []
    annotations = one(rich, "ExternalSecret", "pull-secret")["metadata"]["annotations"]
    assert annotations["argocd.argoproj.io/ignore-healthcheck"] == "true"


def test_a_dedicated_cluster_holds_its_tenant_only(tmp_path: str) -> None:
    """Who is placed elsewhere is not on the shared cluster, and calls do not cross clusters."""
    found = changed(str(tmp_path), RICH)
    shared, dedicated = on_cluster(found, "prod-eu"), on_cluster(found, "prod-eu", "k8s-a-prod-eu-1")
    assert names(shared, "Namespace") == ["tenant-b-prod", "tenant-c-prod"]
    assert names(dedicated, "Namespace") == ["tenant-a-prod"]
    assert not [name for name in names(dedicated, "NetworkPolicy") if "tenant-b" in name]
    assert names(dedicated, "ClusterRole") == names(shared, "ClusterRole")


def test_the_order_of_input_does_not_matter(tmp_path: str) -> None:
    """Tenants, apps and calls in any order give the same objects."""
    found = changed(str(tmp_path), RICH)
    view = cluster(found, "dev")
    shares = [share._replace(apps=tuple(reversed(share.apps))) for share in view.tenants]
    mixed = view._replace(tenants=tuple(reversed(shares)), calls=tuple(reversed(view.calls)))
    assert sorted(map(repr, of_cluster(found, mixed))) == sorted(map(repr, of_cluster(found, view)))


def test_custom_resources_fit_their_definitions(rich: list[Manifest]) -> None:
    """External Secrets' own definition takes what is generated, to the last field."""
    assert [fault for m in rich if m["kind"] == "ExternalSecret" for fault in schemas.faults(m)] == []


@pytest.mark.xdist_group("apiserver")
def test_a_real_api_server_takes_everything(api_server: ApiServer, rich: list[Manifest]) -> None:
    """Schemas and validation of Kubernetes itself find no fault."""
    answers = [(m, api_server.dry_run(m)) for m in sorted(rich, key=lambda m: m["kind"] != "Namespace")]
    assert [(m["kind"], m["metadata"]["name"], a.message) for m, a in answers if not a.accepted] == []
