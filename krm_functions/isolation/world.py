"""Everything that is built, indexed by cluster, kind and namespace, and what a way from tenant to tenant is."""

from __future__ import annotations

from krm_functions.built.pods import pods
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Final

    from krm_functions.built.objects import Built
    from krm_functions.built.pods import Pod

TENANT = "tenantspec.dev/tenant"
"""The label that says whose a Namespace, a project or an Application is."""
NAME = "kubernetes.io/metadata.name"
"""The label that the API server puts on each Namespace: its name."""
HUB = "hub "
"""How the target of an Argo CD begins."""
ANYBODY = "*"
"""Stands for every tenant but the one on the other side, so that what is open to all is said once."""

MOST: Final = 10_000
"""Openings of one way that are looked at: a cluster without policies has one for each two tenants."""


class Opening(Record):
    """A way by which one tenant reaches another; ``what`` is what it reaches, ``objects`` are what opens it."""

    way: str
    caller: str
    callee: str
    target: str
    what: str
    reason: str
    objects: tuple[Built, ...]


class Fault(Record):
    """An object that weakens what keeps tenants apart, though no cell is open yet."""

    code: str
    built: Built
    message: str
    note: str


class Proof(Record):
    """An object that keeps a way shut, and by which of its rules."""

    built: Built
    rule: str


class Way(Record):
    """One kind of way: what opens it, and for a tenant the objects that shut it as caller and as callee."""

    openings: Callable[[World], Iterable[Opening]]
    caller: Callable[[World, str], Iterable[Proof]]
    callee: Callable[[World, str], Iterable[Proof]]


class Space(Record):
    """A namespace on a cluster; ``tenant`` is empty where it is the platform's."""

    target: str
    name: str
    tenant: str
    labels: dict[str, str]
    built: Built


class World:
    """What all clusters and hubs hold; ``exclusive`` gives registries that are one tenant's own."""

    def __init__(
        self, objects: Iterable[Built], exclusive: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self.objects = tuple(objects)
        self.exclusive = {tenant: tuple(paths) for tenant, paths in (exclusive or {}).items()}
        self._kinds: dict[str, list[Built]] = {}
        for built in self.objects:
            self._kinds.setdefault(built.kind, []).append(built)
        self.spaces = {(space.target, space.name): space for space in map(_space, self.kind("Namespace"))}
        self._owned: dict[str, list[Space]] = {}
        for space in self.spaces.values():
            if space.tenant:
                self._owned.setdefault(space.tenant, []).append(space)
        self.tenants = tuple(sorted(self._owned))
        self._inside: dict[tuple[str, str], list[Built]] = {}
        for built in self.objects:
            self._inside.setdefault((built.target, built.namespace), []).append(built)
        self.pods = tuple(pods(self.objects))
        self._pods: dict[tuple[str, str], list[Pod]] = {}
        for pod in self.pods:
            self._pods.setdefault((pod.built.target, pod.built.namespace), []).append(pod)

    def kind(self, *kinds: str) -> list[Built]:
        """Return the objects of some kinds."""
        return [built for kind in kinds for built in self._kinds.get(kind, ())]

    def spaces_of(self, tenant: str) -> list[Space]:
        """Return a tenant's namespaces."""
        return self._owned.get(tenant, [])

    def inside(self, space: Space, *kinds: str) -> Iterator[Built]:
        """Yield the objects of some kinds in a namespace."""
        yield from (b for b in self._inside.get((space.target, space.name), ()) if b.kind in kinds)

    def shared(self) -> Iterator[Space]:
        """Yield the tenants' namespaces on clusters that several tenants are on."""
        on: dict[str, set[str]] = {}
        for space in self.spaces.values():
            on.setdefault(space.target, set()).add(space.tenant)
        yield from (s for s in self.spaces.values() if s.tenant and len(on[s.target] - {""}) > 1)

    def pods_in(self, space: Space) -> list[Pod]:
        """Return the pods of the workloads in a namespace."""
        return self._pods.get((space.target, space.name), [])

    def owner(self, built: Built) -> str:
        """Return the tenant whose namespace an object is in; empty for the platform's."""
        space = self.spaces.get((built.target, built.namespace))
        return space.tenant if space else ""

    def owned(self, tenant: str, *kinds: str) -> Iterator[Built]:
        """Yield the objects of some kinds in a tenant's namespaces."""
        for space in self.spaces_of(tenant):
            yield from self.inside(space, *kinds)

    def clusters_of(self, tenant: str) -> list[str]:
        """Return the clusters that a tenant has a namespace on."""
        return sorted({space.target for space in self.spaces_of(tenant)})

    def named_in(self, path: str) -> str:
        """Return the tenant whose id is a folder of a path, or ends one after a dash; the first one counts."""
        for segment in path.split("/")[:-1]:
            parts = segment.split("-")
            ends = ("-".join(parts[start:]) for start in range(len(parts)))
            found = next((end for end in ends if end in self._owned), "")
            if found:
                return found
        return ""


def _space(built: Built) -> Space:
    labels = {**built.labels, NAME: built.name}
    return Space(built.target, built.name, labels.get(TENANT, ""), labels, built)
