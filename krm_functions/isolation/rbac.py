"""RBAC: people and service accounts of one tenant that hold a role in another's namespace."""

from __future__ import annotations

from krm_functions.built.objects import mapping, mappings
from krm_functions.isolation.people import People
from krm_functions.isolation.world import ANYBODY, Fault, Opening, Proof, Way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.built.objects import Built
    from krm_functions.isolation.world import World

GUARDED: Final = {
    "networking.k8s.io": frozenset({"networkpolicies"}),
    "": frozenset({"resourcequotas", "limitranges", "namespaces"}),
    "rbac.authorization.k8s.io": frozenset({"roles", "rolebindings", "clusterroles", "clusterrolebindings"}),
}
"""Resources that are the guardrails themselves: nobody of a tenant may write them."""
TENANT_ROLES: Final = frozenset({"tenant-owners", "tenant-editors", "tenant-viewers"})
"""Roles that tenants' people are bound to; judged also where nobody is bound yet."""
_READING: Final = frozenset({"get", "list", "watch"})
_STRONG: Final = frozenset({"cluster-admin", "admin", "edit"})
"""Roles that every cluster has and that may write NetworkPolicies."""


def _openings(world: World) -> Iterator[Opening]:
    people = People(world)
    for built in world.kind("RoleBinding"):
        callee = world.owner(built)
        if callee:
            yield from _bound(people, built, callee)
    for built in world.kind("ClusterRoleBinding"):
        yield from _bound(people, built, ANYBODY)


def _bound(people: People, built: Built, callee: str) -> Iterator[Opening]:
    role = mapping(built.manifest.get("roleRef")).get("name", "")
    for subject in mappings(built.manifest.get("subjects")):
        homes = people.of(subject, built.target, built.namespace)
        if callee in homes:
            continue
        for caller in sorted(homes):
            what = f"{subject.get('kind')} {subject.get('name')}"
            where = f"in {built.namespace}" if built.namespace else f"everywhere on {built.target}"
            yield Opening("rbac", caller, callee, built.target, what, f"it holds {role} {where}", (built,))


def faults(world: World) -> Iterator[Fault]:
    """Yield each role of tenants that may write the guardrails, and each binding to another such role."""
    rules = {
        (b.target, b.kind, b.namespace, b.name): list(mappings(b.manifest.get("rules")))
        for b in world.kind("ClusterRole", "Role")
    }
    for built in world.kind("ClusterRole"):
        writable = sorted(
            {found for rule in mappings(built.manifest.get("rules")) for found in _guarded(rule)}
        )
        if built.name in TENANT_ROLES and writable:
            message = f"{built} on {built.target} may write {', '.join(writable)}"
            yield Fault("TS642", built, message, "a tenant's people may not change what keeps tenants apart")
    for built in world.kind("RoleBinding"):
        role = mapping(built.manifest.get("roleRef"))
        name = str(role.get("name", ""))
        if not world.owner(built) or name in TENANT_ROLES or not built.manifest.get("subjects"):
            continue
        inside = built.namespace if role.get("kind") == "Role" else ""
        known = rules.get((built.target, str(role.get("kind")), inside, name), [])
        writable = sorted({found for rule in known for found in _guarded(rule)})
        if writable or (not known and name in _STRONG):
            shown = ", ".join(writable) or "networkpolicies"
            message = (
                f"{built} on {built.target} lets its subjects write {shown} through {role.get('kind')} {name}"
            )
            yield Fault("TS642", built, message, "a tenant's people may not change what keeps tenants apart")


def _guarded(rule: dict[str, Any]) -> Iterator[str]:
    verbs = set(rule.get("verbs") or ()) - _READING
    groups, resources = set(rule.get("apiGroups") or ()), set(rule.get("resources") or ())
    for group, guarded in GUARDED.items():
        if verbs and groups & {group, "*"}:
            yield from guarded if "*" in resources else guarded & resources


def _caller(world: World, tenant: str) -> Iterator[Proof]:
    for built in world.owned(tenant, "RoleBinding"):
        yield Proof(built, "binds its own people in its own namespace; no ClusterRoleBinding names them")


def _callee(world: World, tenant: str) -> Iterator[Proof]:
    for built in world.owned(tenant, "RoleBinding"):
        names = ", ".join(str(subject.get("name")) for subject in mappings(built.manifest.get("subjects")))
        yield Proof(built, f"names {names} and nobody else")


RBAC = Way(_openings, _caller, _callee)
