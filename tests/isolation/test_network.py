"""NetworkPolicies are read as Kubernetes documents them: additive, both ends, open where none selects."""

from __future__ import annotations

from typing import Any

import pytest

from krm_functions.isolation.addresses import may_hold_pods
from krm_functions.isolation.report import report
from tests.isolation.manifests import CLOSED, built, deployment, namespace, policy

EVERY: dict[str, Any] = {"namespaceSelector": {}}
CALLER = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "a"}}}
CALLEE = {
    "namespaceSelector": {
        "matchExpressions": [{"key": "tenantspec.dev/tenant", "operator": "In", "values": ["b"]}]
    }
}
WEB = {"matchLabels": {"app.kubernetes.io/name": "web"}}


def go(*to: Any, selector: Any = None, ports: Any = None) -> dict[str, Any]:
    """Return a policy that lets out."""
    rule = {"to": list(to), **({"ports": ports} if ports else {})}
    return policy("a", {"podSelector": selector or {}, "policyTypes": ["Egress"], "egress": [rule]}, "go")


def come(*peers: Any, selector: Any = None, ports: Any = None) -> dict[str, Any]:
    """Return a policy that lets in."""
    rule = {"from": list(peers), **({"ports": ports} if ports else {})}
    return policy("b", {"podSelector": selector or {}, "policyTypes": ["Ingress"], "ingress": [rule]}, "come")


OPEN = {
    "both ends": [go(EVERY), come(EVERY)],
    "by name and by label": [go(CALLEE), come(CALLER)],
    "no peers are all peers": [go(), come()],
    "a range and a number": [
        go(EVERY, ports=[{"port": 8000, "endPort": 9000}]),
        come(EVERY, ports=[{"port": 8080}]),
    ],
    "a name and its number": [go(EVERY, ports=[{"port": "http"}]), come(EVERY, ports=[{"port": 8080}])],
    "a protocol without a port": [go(EVERY, ports=[{"protocol": "TCP"}]), come(EVERY, ports=[{"port": 1}])],
    "labels that a pod may have": [
        go(EVERY, selector={"matchLabels": {"x": "1"}}),
        come({**CALLER, "podSelector": {"matchExpressions": [{"key": "x", "operator": "Exists"}]}}),
    ],
    "addresses that pods may have": [
        go({"ipBlock": {"cidr": "10.1.0.0/16"}}),
        come({"ipBlock": {"cidr": "0.0.0.0/0"}}),
    ],
}
SHUT = {
    "the caller's end is closed": [come(EVERY)],
    "the callee's end is closed": [go(EVERY)],
    "no port in common": [go(EVERY, ports=[{"port": 80}]), come(EVERY, ports=[{"port": 8080}])],
    "no protocol in common": [go(EVERY, ports=[{"port": 80}]), come(EVERY, ports=[{"port": 80, "protocol": "UDP"}])],
    "a name that no pod has": [go(EVERY), come(EVERY, ports=[{"port": "metrics"}])],
    "another namespace": [go({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "c"}}}), come(EVERY)],
    "only pods of its own namespace": [go({"podSelector": {}}), come(EVERY)],
    "labels that no pod can have": [go({**CALLEE, "podSelector": {"matchLabels": {"x": "1"}}}), come(
        EVERY, selector={"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]})],
    "two values of one label": [go(EVERY, selector={"matchLabels": {"x": "1"}}), come(
        {**CALLER, "podSelector": {"matchLabels": {"x": "2"}}})],
    "the internet": [go({"ipBlock": {"cidr": "8.8.0.0/16"}}), come()],
}  # fmt: skip


def reached(*policies: dict[str, Any], closed: bool = True) -> set[tuple[str, str, str]]:
    """Return caller, callee and what is reached between two tenants under some policies."""
    world = [namespace("a"), namespace("b"), deployment("b", "web", http=8080)]
    deny = [policy(space, CLOSED, "deny") for space in "ab"] if closed else []
    found = report(built(manifest) for manifest in [*world, *deny, *policies])
    return {(o.caller, o.callee, o.what) for o in found.open if o.way == "network"}


@pytest.mark.parametrize("name", OPEN)
def test_what_both_ends_let_through_is_open(name: str) -> None:
    """The callee's pods are named; the other direction stays shut."""
    assert reached(*OPEN[name]) == {("a", "b", "web")}


@pytest.mark.parametrize("name", SHUT)
def test_what_one_end_refuses_is_shut(name: str) -> None:
    """One end is enough to keep a way shut."""
    assert reached(*SHUT[name]) == set()


def test_without_policies_everything_is_open() -> None:
    """A pod that no policy selects takes and makes any connection."""
    assert reached(closed=False) == {("a", "b", "web"), ("b", "a", "pods of a")}


def test_policies_that_select_some_pods_leave_the_others_open() -> None:
    """A namespace is closed by a policy that selects every pod, not by many that select those of today."""
    some = [policy(space, {**CLOSED, "podSelector": WEB}, "some") for space in "ab"]
    assert reached(*some, closed=False) == {("a", "b", "web"), ("b", "a", "pods of a")}


def test_policy_types_follow_from_the_rules() -> None:
    """Without policyTypes a policy is for ingress, and for egress only if it has such rules."""
    closed_in = [policy(space, {"podSelector": {}}, "in") for space in "ab"]
    assert reached(*closed_in, closed=False) == set()
    open_in = [policy("b", {"podSelector": {}, "policyTypes": ["Egress"]}, "out"), closed_in[0]]
    assert reached(*open_in, closed=False) == {("a", "b", "web")}


@pytest.mark.parametrize(
    ("cidr", "but", "pods"),
    [
        ("0.0.0.0/0", [], True),
        ("0.0.0.0/0", ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"], False),
        (
            "0.0.0.0/0",
            ["10.0.0.0/9", "10.128.0.0/9", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"],
            False,
        ),
        (
            "0.0.0.0/0",
            ["10.0.0.0/9", "10.0.0.0/10", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"],
            True,
        ),
        ("10.4.0.0/16", ["10.0.0.0/8"], False),
        ("203.0.113.0/24", [], False),
        ("::/0", ["fc00::/7"], False),
        ("::/0", [], True),
        ("nonsense", [], True),
    ],
)
def test_pods_have_private_addresses(cidr: str, but: list[str], *, pods: bool) -> None:
    """A block counts unless its exceptions take every private address away."""
    assert may_hold_pods({"cidr": cidr, "except": but}) is pods
