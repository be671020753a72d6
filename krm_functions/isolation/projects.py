"""Argo CD: projects and Applications of one tenant that reach the namespaces or Applications of another."""

from __future__ import annotations

from fnmatch import fnmatchcase

from krm_functions.built.objects import mapping, mappings
from krm_functions.isolation.people import People
from krm_functions.isolation.world import ANYBODY, HUB, TENANT, Fault, Opening, Proof, Way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.built.objects import Built
    from krm_functions.isolation.world import World

_LOCAL: Final = "https://kubernetes.default.svc"
_GUARDED: Final = frozenset(
    {
        ("networking.k8s.io", "NetworkPolicy"),
        ("", "ResourceQuota"),
        ("", "LimitRange"),
        ("rbac.authorization.k8s.io", "Role"),
        ("rbac.authorization.k8s.io", "RoleBinding"),
    }
)
"""Kinds that are the guardrails themselves: a tenant's project may not bring them."""


def _openings(world: World) -> Iterator[Opening]:
    people = People(world)
    for built in world.kind("AppProject"):
        tenant = built.labels.get(TENANT, "")
        if tenant:
            yield from _destinations(world, built, tenant)
            yield from _roles(people, built, tenant)
            if built.spec.get("clusterResourceWhitelist"):
                kinds = ", ".join(
                    str(k.get("kind")) for k in mappings(built.spec["clusterResourceWhitelist"])
                )
                reason = f"spec.clusterResourceWhitelist permits {kinds} for the whole cluster"
                yield Opening("project", tenant, ANYBODY, built.target, kinds, reason, (built,))
    yield from _applications(world)
    yield from _global(world, people)


def _destinations(world: World, built: Built, tenant: str) -> Iterator[Opening]:
    for index, entry in enumerate(mappings(built.spec.get("destinations"))):
        if entry.get("server") == _LOCAL:
            continue  # the hub's own cluster holds no tenant's namespace
        for space_tenant, what in _reached(world, entry):
            if space_tenant != tenant:
                reason = f"spec.destinations[{index}] covers {what}"
                yield Opening("project", tenant, space_tenant, built.target, what, reason, (built,))


def _reached(world: World, entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each tenant and namespace of a destination; a server that is not named counts as any cluster."""
    cluster, namespace = str(entry.get("name") or "*"), str(entry.get("namespace") or "")
    if not _glob(cluster) and not _glob(namespace):
        space = world.spaces.get((cluster, namespace))
        if space and space.tenant:
            yield space.tenant, f"{namespace} on {cluster}"
    elif namespace == "*" and cluster == "*":
        yield ANYBODY, "every namespace"
    else:
        for space in world.spaces.values():
            if space.tenant and fnmatchcase(space.target, cluster) and fnmatchcase(space.name, namespace):
                yield space.tenant, f"{space.name} on {space.target}"


def _glob(text: str) -> bool:
    return any(sign in text for sign in "*?[")


def _roles(people: People, built: Built, tenant: str) -> Iterator[Opening]:
    for role in mappings(built.spec.get("roles")):
        for group in role.get("groups") or ():
            for home in sorted(people.homes(str(group)) - {tenant}):
                if tenant not in people.homes(str(group)):
                    what, reason = f"Group {group}", f"it is in the role {role.get('name')} of the project"
                    yield Opening("project", home, tenant, built.target, what, reason, (built,))
        for policy in role.get("policies") or ():
            parts = [part.strip() for part in str(policy).split(",")]
            project = parts[4].partition("/")[0] if len(parts) > 4 else built.name
            if project != built.name:
                callee = ANYBODY if _glob(project) else project
                reason = f"the role {role.get('name')} has the policy '{policy}'"
                yield Opening("project", tenant, callee, built.target, parts[4], reason, (built,))


def _applications(world: World) -> Iterator[Opening]:
    owners = {(b.target, b.name): b.labels.get(TENANT, "") for b in world.kind("AppProject")}
    for built in world.kind("Application", "ApplicationSet"):
        tenant = built.labels.get(TENANT, "")
        template = mapping(mapping(built.spec.get("template")).get("spec"))
        project = str((built.spec if built.kind == "Application" else template).get("project", "default"))
        owner = owners.get((built.target, project), "")
        if tenant and owner != tenant:
            reason = f"it is in the project {project}, which is not {tenant}'s"
            yield Opening("project", tenant, owner or ANYBODY, built.target, built.name, reason, (built,))


def _global(world: World, people: People) -> Iterator[Opening]:
    """Yield what Argo CD's own policy gives beyond membership in a project's roles."""
    for built in world.kind("ConfigMap"):
        if built.name != "argocd-rbac-cm" or not built.target.startswith(HUB):
            continue
        data = mapping(built.manifest.get("data"))
        if data.get("policy.default"):
            reason = f"policy.default gives everybody {data['policy.default']}"
            yield Opening("project", ANYBODY, ANYBODY, built.target, "Applications", reason, (built,))
        for line in str(data.get("policy.csv", "")).splitlines():
            parts = [part.strip() for part in line.split(",")]
            for home in sorted(people.homes(parts[1])) if len(parts) > 2 else ():
                if parts[0] == "p" or not parts[2].startswith(f"proj:{home}:"):
                    callee = parts[2].split(":")[1] if parts[2].startswith("proj:") else ANYBODY
                    if callee not in people.homes(parts[1]):
                        reason = f"policy.csv has the line '{line}'"
                        yield Opening("project", home, callee, built.target, "Applications", reason, (built,))


def faults(world: World) -> Iterator[Fault]:
    """Yield each tenant's project that permits the guardrails themselves, or sources of anybody."""
    for built in world.kind("AppProject"):
        if not built.labels.get(TENANT):
            continue
        permitted = built.spec.get("namespaceResourceWhitelist")
        kinds = [(str(k.get("group", "")), str(k.get("kind", ""))) for k in mappings(permitted)]
        guarded = sorted(
            kind for group, kind in _GUARDED if permitted is None or _permits(kinds, group, kind)
        )
        if guarded:
            message = f"{built} on {built.target} permits {', '.join(guarded)}"
            yield Fault("TS642", built, message, "a tenant's project may not bring what keeps tenants apart")
        loose = [
            e for e in mappings(built.spec.get("destinations")) if any(_glob(str(v)) for v in e.values())
        ]
        if loose:
            message = f"{built} on {built.target} has destinations that it does not name"
            yield Fault("TS642", built, message, "spec.destinations names each cluster and namespace exactly")
        if any(_glob(str(source)) for source in built.spec.get("sourceRepos") or ()):
            message = f"{built} on {built.target} takes sources that it does not name"
            yield Fault("TS642", built, message, "spec.sourceRepos names each repository exactly")


def _permits(kinds: list[tuple[str, str]], group: str, kind: str) -> bool:
    return any(fnmatchcase(group, one) and fnmatchcase(kind, other) for one, other in kinds)


def _caller(world: World, tenant: str) -> Iterator[Proof]:
    for built in world.kind("AppProject"):
        if built.labels.get(TENANT) == tenant:
            listed = [
                f"{e.get('name')}/{e.get('namespace')}" for e in mappings(built.spec.get("destinations"))
            ]
            yield Proof(built, f"spec.destinations are {', '.join(listed)}; no kind of the whole cluster")


def _callee(world: World, tenant: str) -> Iterator[Proof]:
    for built in world.kind("AppProject"):
        if built.labels.get(TENANT) == tenant:
            groups = [str(g) for role in mappings(built.spec.get("roles")) for g in role.get("groups") or ()]
            yield Proof(built, f"spec.roles are of {', '.join(sorted(set(groups))) or 'nobody'}")


PROJECT = Way(_openings, _caller, _callee)
