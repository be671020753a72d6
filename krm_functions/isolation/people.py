"""Whose a subject of RBAC or of Argo CD is: a tenant's group, user or service account."""

from __future__ import annotations

from krm_functions.built.objects import mapping, mappings
from krm_functions.isolation.world import ANYBODY, TENANT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.isolation.world import World

EVERYBODY: Final = frozenset({"system:authenticated", "system:unauthenticated", "system:serviceaccounts"})
"""Groups that Kubernetes puts people or pods of all tenants into."""
_ACCOUNTS = "system:serviceaccounts:"
_ACCOUNT = "system:serviceaccount:"


class People:
    """Tenants by subject.

    A subject is at home where both a tenant's project and a RoleBinding in its namespaces name it; one that only
    either of them names is at home with each that does. So a name that strays into one object is told from its home.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        projects = _by_subject(_project_members(world))
        bindings = _by_subject(_bound(world))
        both = {name: projects.get(name, set()) & at for name, at in bindings.items()}
        self._homes = {
            name: both.get(name) or projects.get(name, set()) | bindings.get(name, set())
            for name in projects.keys() | bindings.keys()
        }

    def homes(self, name: str) -> frozenset[str]:
        """Return the tenants that a group or user is of."""
        return frozenset({ANYBODY}) if name in EVERYBODY else frozenset(self._homes.get(name, ()))

    def of(self, subject: dict[str, Any], target: str, namespace: str) -> frozenset[str]:
        """Return the tenants that a subject of a binding is of; ANYBODY stands for all."""
        name = str(subject.get("name", ""))
        if subject.get("kind") == "ServiceAccount":
            return self._at(target, str(subject.get("namespace", namespace)))
        if name.startswith(_ACCOUNTS):
            return self._at(target, name.removeprefix(_ACCOUNTS))
        if name.startswith(_ACCOUNT):
            return self._at(target, name.removeprefix(_ACCOUNT).partition(":")[0])
        return self.homes(name)

    def _at(self, target: str, namespace: str) -> frozenset[str]:
        space = self._world.spaces.get((target, namespace))
        return frozenset({space.tenant} - {""}) if space else frozenset()


def _by_subject(pairs: Iterator[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, tenant in pairs:
        found.setdefault(name, set()).add(tenant)
    return found


def _project_members(world: World) -> Iterator[tuple[str, str]]:
    for built in world.kind("AppProject"):
        tenant = built.labels.get(TENANT, "")
        for role in mappings(built.spec.get("roles")) if tenant else ():
            yield from ((str(name), tenant) for name in role.get("groups") or ())
    yield from global_members(world)


def global_members(world: World) -> Iterator[tuple[str, str]]:
    """Yield the users whom Argo CD's own policy puts into a project's roles, each with the project."""
    for built in world.kind("ConfigMap"):
        if built.name == "argocd-rbac-cm":
            for line in str(mapping(built.manifest.get("data")).get("policy.csv", "")).splitlines():
                parts = [part.strip() for part in line.split(",")]
                if len(parts) == 3 and parts[0] == "g" and parts[2].startswith("proj:"):
                    yield parts[1], parts[2].split(":")[1]


def _bound(world: World) -> Iterator[tuple[str, str]]:
    for built in world.kind("RoleBinding"):
        tenant = world.owner(built)
        for subject in mappings(built.manifest.get("subjects")) if tenant else ():
            if subject.get("kind") != "ServiceAccount":
                yield str(subject.get("name", "")), tenant
