"""The API server of the tests refuses what a real cluster refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cluster.apiserver import ApiServer

pytestmark = pytest.mark.xdist_group("apiserver")

Manifest = dict[str, Any]

SECURE = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def template(**security: object) -> Manifest:
    """Return a pod template of one container with a security context."""
    container = {"name": "app", "image": "registry.example/app:1", "securityContext": security}
    return {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}


def deployment(name: str, **fields: object) -> Manifest:
    """Return a Deployment in a namespace that nobody made, with more fields of its spec."""
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template(**SECURE), **fields}
    return manifest("apps/v1", "Deployment", name, "made-by-apply", spec)


def manifest(version: str, kind: str, name: str, namespace: str, spec: Manifest) -> Manifest:
    """Return a manifest."""
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


APPLICATION = manifest(
    "argoproj.io/v1alpha1",
    "Application",
    "app",
    "argocd",
    {
        "project": "tenant-a",
        "source": {"repoURL": "https://git.example/estate.git", "path": "app", "targetRevision": "main"},
        "destination": {"name": "cluster", "namespace": "tenant-a-dev"},
    },
)
EXTERNAL_SECRET = manifest(
    "external-secrets.io/v1",
    "ExternalSecret",
    "app",
    "tenant-a-dev",
    {
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": "platform"},
        "data": [{"secretKey": "KEY", "remoteRef": {"key": "db"}}],
    },
)
HTTP_ROUTE = manifest(
    "gateway.networking.k8s.io/v1",
    "HTTPRoute",
    "app",
    "tenant-a-dev",
    {"hostnames": ["app.example.com"], "rules": [{"backendRefs": [{"name": "app", "port": 80}]}]},
)
SERVICE_MONITOR = manifest(
    "monitoring.coreos.com/v1",
    "ServiceMonitor",
    "app",
    "tenant-a-dev",
    {"selector": {"matchLabels": {"app": "app"}}, "endpoints": [{"port": "metrics"}]},
)
CERTIFICATE = manifest(
    "cert-manager.io/v1",
    "Certificate",
    "app",
    "tenant-a-dev",
    {"secretName": "app-tls", "dnsNames": ["app.example.com"], "issuerRef": {"name": "letsencrypt"}},
)
CUSTOM = [APPLICATION, EXTERNAL_SECRET, HTTP_ROUTE, SERVICE_MONITOR, CERTIFICATE]


def test_a_good_manifest_is_kept(api_server: ApiServer) -> None:
    """A valid Deployment is stored, in a namespace that is made for it."""
    answer = api_server.apply(deployment("good"))
    assert answer.accepted, answer.message
    stored = api_server.request("GET", "/apis/apps/v1/namespaces/made-by-apply/deployments/good")
    assert stored.body["spec"]["strategy"]["type"] == "RollingUpdate"


def test_a_dry_run_keeps_nothing(api_server: ApiServer) -> None:
    """A dry run answers as the real thing and stores no object."""
    assert api_server.dry_run(deployment("dry")).accepted
    assert api_server.request("GET", "/apis/apps/v1/namespaces/made-by-apply/deployments/dry").status == 404


def test_a_second_apply_is_no_conflict(api_server: ApiServer) -> None:
    """The same manifest is applied again with the same answer."""
    assert [api_server.apply(deployment("again")).status for _ in "12"] == [201, 200]


def test_an_unknown_field_is_refused(api_server: ApiServer) -> None:
    """A field that the schema does not have is an error that names it."""
    answer = api_server.apply(deployment("unknown-field", replica=2))
    assert not answer.accepted
    assert "replica" in answer.message


def test_a_wrong_value_is_refused(api_server: ApiServer) -> None:
    """A value that validation forbids is an error that names its field."""
    answer = api_server.dry_run(deployment("wrong-value", replicas=-1))
    assert answer.status == 422
    assert "spec.replicas" in answer.message


def test_an_unknown_kind_is_refused(api_server: ApiServer) -> None:
    """A kind that nothing serves is an answer, not a crash."""
    answer = api_server.apply(manifest("example.com/v1", "Nothing", "app", "default", {}))
    assert answer.message == "the server does not know Nothing in example.com/v1"


@pytest.mark.parametrize("custom", CUSTOM, ids=lambda custom: custom["kind"])
def test_a_custom_resource_is_kept(api_server: ApiServer, custom: Manifest) -> None:
    """Each definition is served in the version that the manifests use."""
    answer = api_server.apply(custom)
    assert answer.accepted, answer.message


@pytest.mark.parametrize("custom", CUSTOM, ids=lambda custom: custom["kind"])
def test_an_unknown_field_of_a_custom_resource_is_refused(api_server: ApiServer, custom: Manifest) -> None:
    """Strict fields hold for custom resources: nothing is dropped in silence."""
    answer = api_server.dry_run({**custom, "spec": {**custom["spec"], "noSuchField": True}})
    assert not answer.accepted
    assert "noSuchField" in answer.message


def test_a_restricted_pod_passes(api_server: ApiServer) -> None:
    """A pod within the restricted profile is admitted."""
    assert api_server.check_pod_security(template(**SECURE), "guarded") is None


def test_a_privileged_pod_is_refused(api_server: ApiServer) -> None:
    """A privileged pod is refused with the profile's name and the reason."""
    reason = api_server.check_pod_security(template(privileged=True), "guarded")
    assert reason is not None
    assert 'violates PodSecurity "restricted' in reason
    assert "privileged" in reason


def test_pod_security_leaves_a_namespace_as_it_was_applied(api_server: ApiServer) -> None:
    """The check adds its label to a namespace and takes none away."""
    metadata = {"name": "labelled", "labels": {"team": "a"}}
    api_server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    api_server.check_pod_security(template(**SECURE), "labelled")
    labels = api_server.request("GET", "/api/v1/namespaces/labelled").body["metadata"]["labels"]
    assert labels["team"] == "a"
