"""The report: what is granted, what weakens a wall without a hole, and that it grows with tenants, not with pairs."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import pytest

from krm_functions.isolation.report import diagnostics, proof, record, report
from krm_functions.isolation.text import text
from tests import tools
from tests.cli.command import tenantspec
from tests.isolation.manifests import CLOSED, Manifest, built, deployment, namespace, policy

FULL = {
    "hard": {
        "pods": "1",
        "requests.cpu": "1",
        "requests.memory": "1",
        "limits.memory": "1",
        "services.nodeports": "0",
        "services.loadbalancers": "0",
    }
}
EVERY: dict[str, Any] = {
    "podSelector": {},
    "ingress": [{}],
    "egress": [{}],
    "policyTypes": ["Ingress", "Egress"],
}


def tenants(count: int) -> list[Manifest]:
    """Return tenants that are kept apart, each with an app."""
    names = [f"t{number}" for number in range(count)]
    return [m for name in names for m in whole(name)]


def whole(name: str) -> list[Manifest]:
    """Return a tenant's namespace, walls and app."""
    meta = {"name": "x", "namespace": name}
    return [
        namespace(name),
        policy(name, CLOSED, "default-deny"),
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": FULL},
        {"apiVersion": "v1", "kind": "LimitRange", "metadata": meta, "spec": {}},
        deployment(name, "web", http=8080),
    ]


def role(verbs: list[str], resource: str = "networkpolicies") -> list[Manifest]:
    """Return a role and its binding in the first tenant's namespace."""
    group, kind = "rbac.authorization.k8s.io", "ClusterRole"
    rules = [{"apiGroups": ["networking.k8s.io", ""], "resources": [resource], "verbs": verbs}]
    reference = {"apiGroup": group, "kind": kind, "name": "r"}
    subjects = [{"kind": "Group", "name": "people"}]
    return [
        {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": "r"}, "rules": rules},
        {"apiVersion": f"{group}/v1", "kind": "RoleBinding", "metadata": {"name": "b", "namespace": "t0"},
         "roleRef": reference, "subjects": subjects},
    ]  # fmt: skip


def secret(key: str) -> Manifest:
    """Return an ExternalSecret of the first tenant."""
    spec = {"data": [{"secretKey": "x", "remoteRef": {"key": key}}]}
    meta = {"name": "s", "namespace": "t0"}
    return {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": meta, "spec": spec}


def project(**spec: Any) -> Manifest:
    """Return a project of the first tenant."""
    meta = {"name": "t0", "namespace": "argocd", "labels": {"tenantspec.dev/tenant": "t0"}}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": meta, "spec": spec}


FAULTS = {
    "a key below nobody's prefix": ("TS641", [secret("shared/db")]),
    "a key that climbs": ("TS641", [secret("t0/../db")]),
    "a role that writes policies": ("TS642", role(["get", "create"])),
    "a role that writes quotas": ("TS642", role(["*"], "resourcequotas")),
    "a project of any kind": ("TS642", [project()]),
    "a project of policies": (
        "TS642", [project(namespaceResourceWhitelist=[{"group": "networking.k8s.io", "kind": "*"}])]
    ),
    "a project of any source": ("TS642", [project(namespaceResourceWhitelist=[], sourceRepos=["https://x/*"])]),
    "the address where clouds serve credentials": (
        "TS647",
        [policy("t0", {"podSelector": {}, "egress": [{"to": [{"ipBlock": {"cidr": "169.254.169.254/32"}}]}]})],
    ),
    "the internet, and private addresses": (
        "TS647", [policy("t0", {"podSelector": {}, "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]})]
    ),
    "one end of a way": ("TS646", [policy("t0", {**EVERY, "policyTypes": ["Ingress"]})]),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_weakness_is_told_before_a_cell_opens(name: str) -> None:
    """Each has its code and names the object; no cell is open yet."""
    code, manifests = FAULTS[name]
    found = report(built(manifest) for manifest in [*tenants(2), *manifests])
    assert [
        (d.code, str(f.built) in d.message) for d, f in zip(diagnostics(found), found.faults, strict=True)
    ] == [(code, True)]


def test_reading_the_walls_is_no_weakness() -> None:
    """People may look at their policies and quotas."""
    found = report(built(m) for m in [*tenants(2), *role(["get", "list", "watch"]), secret("t0/dev/db")])
    assert list(diagnostics(found)) == []


@pytest.mark.parametrize(
    ("kind", "code"), [("ResourceQuota", "TS643"), ("LimitRange", "TS643"), ("NetworkPolicy", "TS644")]
)
def test_a_missing_wall_is_told(kind: str, code: str) -> None:
    """Without its quota, limits or default deny a namespace is named."""
    left = [m for m in tenants(2) if (m["kind"], m["metadata"].get("namespace")) != (kind, "t0")]
    found = report(built(manifest) for manifest in left)
    assert {d.code for d in diagnostics(found)} == {
        code,
        *(["TS640"] if kind == "NetworkPolicy" and found.open else []),
    }
    assert all("t0" in fault.message for fault in found.faults)


def test_what_is_granted_is_shown_and_no_error() -> None:
    """A grant is for a caller, a callee and what it calls; anything else stays an error."""
    opened = [*tenants(2), policy("t0", EVERY, "open"), policy("t1", EVERY, "open")]
    both = frozenset({("t0", "t1", "web"), ("t1", "t0", "web")})
    found = report([built(m) for m in opened], both)
    assert (found.open, len(found.granted), list(diagnostics(found))) == ((), 2, [])
    assert "t0         -          granted" in text(found)
    half = report([built(m) for m in opened], both - {("t1", "t0", "web")})
    assert [(o.caller, o.callee) for o in half.open] == [("t1", "t0")]


def test_tenants_on_different_clusters_do_not_meet() -> None:
    """Nothing but a cluster in common lets pods connect, however open they are."""
    found = report([built(namespace("t0"), "one"), built(namespace("t1"), "two")])
    assert [o for o in found.open if o.way == "network"] == []
    assert proof(found, "t0", "t1", "network") == ["t0 and t1 have no cluster in common"]


def test_each_shut_cell_has_its_proof() -> None:
    """The objects that shut it, at the caller and at the callee, by name and rule."""
    found = report(built(manifest) for manifest in tenants(2))
    rule = "selects every pod for {}: only what a rule names passes"
    assert proof(found, "t0", "t1", "network") == [
        f"one: NetworkPolicy/t0/default-deny: {rule.format('Egress')}",
        f"one: NetworkPolicy/t1/default-deny: {rule.format('Ingress')}",
    ]
    assert all(proof(found, "t0", "t1", way) for way in record(found)["ways"])


def test_hundreds_of_tenants_are_summarised() -> None:
    """Text counts the cells and lists those that are open; nothing is written for each pair."""
    found = report(built(m) for m in [*tenants(300), *role(["get"]), secret("t1/dev/db")])
    said = text(found)
    assert said.startswith("300 tenants, 89700 cells: 1 open, 0 granted, all others shut\n")
    assert "OPEN: t0 -> t1 by secret store: t1/dev/db on one" in said
    assert said.count("\n") < 10


def test_the_work_grows_with_tenants_not_with_their_pairs() -> None:
    """Four times the tenants take nowhere near sixteen times as long, and the JSON grows no faster."""
    spent, sizes = [], []
    for count in (250, 1000):
        world = [built(manifest) for manifest in tenants(count)]
        start = time.process_time()
        found = report(world)
        list(diagnostics(found))
        spent.append(time.process_time() - start)
        sizes.append(len(json.dumps(record(found))))
    assert spent[1] < 10 * spent[0]
    assert sizes[1] < 5 * sizes[0]


def test_json_holds_the_report_beside_the_diagnostics() -> None:
    """A program gets one object: cells by exception, and each tenant's proofs."""
    said = tenantspec("check", "--isolation", "--format", "json", "--root", "gitops", cwd=tools.ROOT).fine()
    found = json.loads(said.stdout)
    assert found["diagnostics"] == []
    assert (found["isolation"]["open"], found["isolation"]["granted"]) == ([], [])
    shut = found["isolation"]["shut"]["tenant-a"]["network"]["caller"]
    assert {"opsera-mcp-dev", "opsera-mcp-stg", "opsera-mcp-eu-1", "opsera-mcp-ue-1"} == {
        p["target"] for p in shut
    }


def test_calls_that_both_sides_name_are_granted() -> None:
    """The example with a call between tenants shows it as granted and is fine."""
    estate = os.path.join("examples", "northwind")
    said = tenantspec("check", "--isolation", "--root", estate, cwd=tools.ROOT).fine()
    assert "granted: customs -> booking by network: quotes-api on nw-test" in said.stdout
