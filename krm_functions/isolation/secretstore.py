"""Secret store: keys below another tenant's prefix. A key is whose id is a folder of it (`tenant-a/dev/db`)."""

from __future__ import annotations

from krm_functions.built.objects import mapping, mappings
from krm_functions.isolation.world import ANYBODY, Fault, Opening, Proof, Way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.built.objects import Built
    from krm_functions.isolation.world import World


def keys(built: Built) -> Iterator[str]:
    """Yield the keys that an ExternalSecret reads or a PushSecret writes; "" stands for a search in the whole store."""
    for entry in mappings(built.spec.get("data")):
        remote: Any = entry.get("remoteRef") or mapping(entry.get("match")).get("remoteRef")
        yield str(mapping(remote).get("key") or mapping(remote).get("remoteKey") or "")
    for entry in mappings(built.spec.get("dataFrom")):
        if "extract" in entry:
            yield str(mapping(entry["extract"]).get("key", ""))
        elif "find" in entry:
            path = str(mapping(entry["find"]).get("path", ""))
            yield path.rstrip("/") + "/" if path else ""


def _openings(world: World) -> Iterator[Opening]:
    for built in world.kind("ExternalSecret", "PushSecret"):
        tenant = world.owner(built)
        for key in keys(built) if tenant else ():
            if not key:
                reason = "it searches the whole store"
                yield Opening("secret store", tenant, ANYBODY, built.target, "every key", reason, (built,))
                continue
            owner = world.named_in(key)
            if owner and owner != tenant:
                reason = f"the key lies below {owner}'s prefix"
                yield Opening("secret store", tenant, owner, built.target, key, reason, (built,))


def faults(world: World) -> Iterator[Fault]:
    """Yield each key of a tenant that lies below nobody's prefix, where every tenant could ask for it."""
    for built in world.kind("ExternalSecret", "PushSecret"):
        tenant = world.owner(built)
        for key in keys(built) if tenant else ():
            if key and (".." in key.split("/") or not world.named_in(key)):
                message = f"{built} on {built.target} asks for '{key}', which lies below no tenant's prefix"
                yield Fault("TS641", built, message, f"keys of {tenant} have the folder {tenant}/")


def _caller(world: World, tenant: str) -> Iterator[Proof]:
    for built in world.owned(tenant, "ExternalSecret", "PushSecret"):
        yield Proof(built, f"keys are {', '.join(sorted(set(keys(built))))}")


def _callee(world: World, tenant: str) -> Iterator[Proof]:
    for space in world.spaces_of(tenant):
        yield Proof(space.built, f"no ExternalSecret of another namespace has a key below {tenant}/")


SECRET_STORE = Way(_openings, _caller, _callee)
