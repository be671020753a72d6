"""Registries: images from a path that is another tenant's own.

A path is a tenant's own if its id is a folder of it, or if the facts about the estate say so.
"""

from __future__ import annotations

from krm_functions.isolation.world import Opening, Proof, Way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.built.pods import Pod
    from krm_functions.isolation.world import World


def repositories(pod: Pod) -> list[str]:
    """Return the repositories of a pod's images, without tag and digest."""
    images = [str(container.get("image", "")).partition("@")[0] for container in pod.containers]
    volumes = [v.get("image") or {} for v in pod.spec.get("volumes") or () if isinstance(v, dict)]
    images += [str(image.get("reference", "")).partition("@")[0] for image in volumes]
    return sorted({_untagged(image) for image in images} - {""})


def _untagged(image: str) -> str:
    head, colon, tail = image.rpartition(":")
    return head if colon and "/" not in tail else image


def _openings(world: World) -> Iterator[Opening]:
    owners: dict[str, set[str]] = {}
    for tenant, paths in world.exclusive.items():
        for path in paths:
            owners.setdefault(path.rstrip("/"), set()).add(tenant)
    for pod in world.pods:
        tenant = world.owner(pod.built)
        for repository in repositories(pod) if tenant else ():
            for owner in sorted(_owners(world, repository, owners)):
                if tenant not in _owners(world, repository, owners):
                    reason = f"the image is from a registry of {owner}"
                    yield Opening(
                        "registry", tenant, owner, pod.built.target, repository, reason, (pod.built,)
                    )


def _owners(world: World, repository: str, owners: dict[str, set[str]]) -> set[str]:
    parts = repository.split("/")
    above = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
    named = world.named_in(repository.partition("/")[2])
    return next((owners[path] for path in above if path in owners), {named} - {""})


def _caller(world: World, tenant: str) -> Iterator[Proof]:
    for space in world.spaces_of(tenant):
        for pod in world.pods_in(space):
            yield Proof(pod.built, f"images are {', '.join(repositories(pod))}")


def _callee(world: World, tenant: str) -> Iterator[Proof]:
    for path in world.exclusive.get(tenant, ()):
        for space in world.spaces_of(tenant):
            yield Proof(space.built, f"no other tenant's pod has an image below {path}")


REGISTRY = Way(_openings, _caller, _callee)
