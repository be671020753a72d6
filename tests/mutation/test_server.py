"""The judges agree with a real API server: who may do what, and which pods are admitted, as rendered and mutated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.mutation.test_walls import built, found
from tests.mutation.walls import applied, mutations

if TYPE_CHECKING:
    from krm_functions.built.objects import Built
    from tests.cluster.apiserver import ApiServer

pytestmark = pytest.mark.xdist_group("apiserver")

CLUSTER: Final = "opsera-mcp-dev"
RBAC: Final = frozenset({"ClusterRole", "RoleBinding"})
GUARDED: Final = (
    ("networking.k8s.io", "networkpolicies"),
    ("rbac.authorization.k8s.io", "rolebindings"),
    ("", "resourcequotas"),
    ("", "limitranges"),
)
PEOPLE: Final = tuple(
    f"{tenant}-{role}" for tenant in ("tenant-a", "tenant-b", "tenant-c") for role in ("admins", "viewers")
)
HOSTILE: Final = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "hostile"},
    "spec": {
        "containers": [{"name": "app", "image": "a.b/c", "securityContext": {"privileged": True}}],
        "hostNetwork": True,
    },
}


def may(server: ApiServer, group: str, namespace: str, verb: str, what: tuple[str, str]) -> bool:
    """Ask whether a member of a group may do something in a namespace."""
    attributes = {"namespace": namespace, "verb": verb, "group": what[0], "resource": what[1]}
    spec = {"user": "somebody", "groups": [group, "system:authenticated"], "resourceAttributes": attributes}
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    answer = server.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    assert answer.accepted, answer.message
    allowed: bool = answer.body["status"]["allowed"]
    return allowed


def strangers(server: ApiServer) -> set[tuple[str, str]]:
    """Return which groups may read pods in a namespace that is not their tenant's."""
    return {
        (group, f"{tenant}-dev")
        for group in PEOPLE
        for tenant in ("tenant-a", "tenant-b", "tenant-c")
        if not group.startswith(tenant) and may(server, group, f"{tenant}-dev", "get", ("", "pods"))
    }


def writers(server: ApiServer) -> set[tuple[str, str]]:
    """Return which groups may write which guardrail in their own namespace."""
    return {
        (group, what[1])
        for group in PEOPLE
        for what in GUARDED
        if may(server, group, f"{group.rpartition('-')[0]}-dev", "create", what)
    }


def apply(server: ApiServer, manifest: dict[str, Any]) -> None:
    """Make an object on the server."""
    answer = server.apply(manifest)
    assert answer.accepted, answer.message


def here(*kinds: str) -> list[Built]:
    """Return what gitops/ builds of some kinds for one cluster."""
    return [b for b in built() if b.target == CLUSTER and b.kind in kinds]


def test_people_stay_in_their_namespaces_on_a_real_server(api_server: ApiServer) -> None:
    """As rendered nobody is a stranger anywhere; each binding for somebody else, and each wider role, shows on both."""
    for one in here("Namespace", *RBAC):
        apply(api_server, one.manifest)
    assert (strangers(api_server), writers(api_server)) == (set(), set())
    everything = list(built())
    for mutation in mutations(everything):
        original = everything[mutation.index]
        bound = (
            original.kind == "ClusterRole" and original.name != "tenant-editors"
        )  # nobody is an editor here
        widened = (
            original.kind == "RoleBinding"
            and "also for" in mutation.name
            and "serviceaccounts" not in mutation.name
        )
        if original.target != CLUSTER or not (bound or widened) or mutation.manifest is None:
            continue
        apply(api_server, mutation.manifest)
        assert strangers(api_server) | writers(api_server), mutation.name
        assert found(applied(everything, mutation)), mutation.name
        apply(api_server, original.manifest)
    assert (strangers(api_server), writers(api_server)) == (set(), set())


def test_a_namespace_admits_no_pod_that_owns_its_node(api_server: ApiServer) -> None:
    """As rendered a privileged pod is refused; under each looser label it is admitted, and the judges say so."""
    everything = list(built())
    path = "/api/v1/namespaces/{}/pods?dryRun=All"
    for space in here("Namespace"):
        apply(api_server, space.manifest)
        assert "violates PodSecurity" in api_server.request("POST", path.format(space.name), HOSTILE).message
    for mutation in mutations(everything):
        original = everything[mutation.index]
        if original.target == CLUSTER and original.kind == "Namespace" and mutation.manifest:
            apply(api_server, mutation.manifest)
            assert api_server.request("POST", path.format(original.name), HOSTILE).accepted, mutation.name
            assert found(applied(everything, mutation)), mutation.name
            apply(api_server, original.manifest)
