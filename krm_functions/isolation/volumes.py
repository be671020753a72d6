"""Shared volumes: storage and folders of nodes that pods of two tenants could both mount."""

from __future__ import annotations

import json

from krm_functions.built.objects import mapping, mappings
from krm_functions.isolation.world import ANYBODY, Opening, Proof, Way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.built.objects import Built
    from krm_functions.isolation.world import World

_OWN: Final = frozenset(
    {
        "configMap",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "name",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
"""Sources of a pod's volume that are of its own namespace, or of nobody's; any other is storage by its address."""
_SETTINGS: Final = frozenset(
    {"accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy",
     "storageClassName", "volumeAttributesClassName", "volumeMode"}
)  # fmt: skip
"""Fields of a PersistentVolume that do not say where its data is."""


def _openings(world: World) -> Iterator[Opening]:
    users: dict[tuple[str, str], dict[str, Built]] = {}
    for place, shown, tenant, built in _used(world):
        if place == "hostPath":
            reason = f"a pod mounts the node's {shown}, where other tenants' pods run"
            yield Opening("shared volume", tenant, ANYBODY, built.target, shown, reason, (built,))
        else:
            users.setdefault((place, shown), {}).setdefault(tenant, built)
    for (_, shown), owners in users.items():
        for tenant, built in owners.items():
            for other, theirs in owners.items():
                if other != tenant:
                    pair = (built, theirs)
                    yield Opening("shared volume", tenant, other, built.target, shown, "both mount it", pair)
    yield from _copied(world)


def _used(world: World) -> Iterator[tuple[str, str, str, Built]]:
    """Yield what tenants use: its place and name, the tenant, and the object that says so."""
    volumes = {(b.target, b.name): b for b in world.kind("PersistentVolume")}
    for claim in world.kind("PersistentVolumeClaim"):
        tenant = world.owner(claim)
        volume = volumes.get((claim.target, str(claim.spec.get("volumeName", ""))))
        if tenant and claim.spec.get("volumeName"):
            yield claim.target, f"PersistentVolume {claim.spec['volumeName']}", tenant, claim
            if volume:
                yield "", _source(volume), tenant, claim
    for volume in volumes.values():
        bound = mapping(volume.spec.get("claimRef"))
        space = world.spaces.get((volume.target, str(bound.get("namespace", ""))))
        if space and space.tenant:
            yield "", _source(volume), space.tenant, volume
    for pod in world.pods:
        tenant = world.owner(pod.built)
        for mounted in mappings(pod.spec.get("volumes")) if tenant else ():
            yield from ((*place, tenant, pod.built) for place in _outside(mounted))


def _outside(volume: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the place and name of what a pod mounts from beyond its own namespace."""
    for kind in sorted(volume.keys() - _OWN):
        if kind == "hostPath":
            yield kind, str(mapping(volume[kind]).get("path"))
        else:
            yield "", _shown(kind, volume[kind])


def _source(volume: Built) -> str:
    kind = next(iter(sorted(volume.spec.keys() - _SETTINGS)), "")
    return _shown(kind, volume.spec.get(kind))


def _shown(kind: str, source: Any) -> str:
    said = mapping(source)
    handle = said.get("volumeHandle")
    return (
        f"{kind} {handle or json.dumps({k: v for k, v in said.items() if k != 'readOnly'}, sort_keys=True)}"
    )


def _copied(world: World) -> Iterator[Opening]:
    """Yield claims that start as a copy of another tenant's."""
    for claim in world.kind("PersistentVolumeClaim"):
        source = mapping(claim.spec.get("dataSourceRef"))
        space = world.spaces.get((claim.target, str(source.get("namespace", ""))))
        tenant = world.owner(claim)
        if space and space.tenant and tenant and space.tenant != tenant:
            what = f"{source.get('kind')} {space.name}/{source.get('name')}"
            yield Opening("shared volume", tenant, space.tenant, claim.target, what, "it is a copy", (claim,))


def _proofs(world: World, tenant: str) -> Iterator[Proof]:
    for built in world.owned(tenant, "PersistentVolumeClaim"):
        if not built.spec.get("volumeName"):
            yield Proof(built, "names no volume, so a new one is made for it")
    for space in world.spaces_of(tenant):
        for pod in world.pods_in(space):
            yield Proof(pod.built, "mounts nothing but what is of its own namespace")


SHARED_VOLUME = Way(_openings, _proofs, _proofs)
