"""Hosts: names at which one tenant could take what is meant for another, and routes to another's Services."""

from __future__ import annotations

from krm_functions.built.objects import mapping, mappings
from krm_functions.isolation.world import ANYBODY, Opening, Proof, Way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from krm_functions.built.objects import Built
    from krm_functions.isolation.world import World

ROUTES: Final = ("HTTPRoute", "GRPCRoute", "TLSRoute")
_RECORD: Final = ("external-dns.alpha.kubernetes.io/hostname", "external-dns.kubernetes.io/hostname")


def claimed(built: Built) -> set[str]:
    """Return the host names that an object claims; an empty one is every host."""
    if built.kind == "Ingress":
        rules = {str(rule.get("host", "")) for rule in mappings(built.spec.get("rules"))}
        hosts = {str(host) for tls in mappings(built.spec.get("tls")) for host in tls.get("hosts") or ()}
        return rules | hosts | ({""} if built.spec.get("defaultBackend") else set())
    if built.kind in ROUTES:
        return set(map(str, built.spec.get("hostnames") or ("",)))
    annotations = mapping(mapping(built.manifest.get("metadata")).get("annotations"))
    names = [name for key in _RECORD for name in str(annotations.get(key, "")).split(",")]
    return {name.strip() for name in names} - {""}


def _openings(world: World) -> Iterator[Opening]:
    claims: dict[str, dict[str, Built]] = {}
    for built in world.kind("Ingress", "Service", *ROUTES):
        tenant = world.owner(built)
        for host in claimed(built) if tenant else ():
            claims.setdefault(host, {}).setdefault(tenant, built)
    for host, owners in claims.items():
        for tenant, built in owners.items():
            yield from _shared(host, tenant, built, owners)
            if not host:
                yield Opening(
                    "host", tenant, ANYBODY, built.target, "every host", "it names no host", (built,)
                )
    yield from _covered(claims)
    yield from _foreign(world)


def _shared(host: str, tenant: str, built: Built, owners: dict[str, Built]) -> Iterator[Opening]:
    for other, theirs in owners.items() if host else ():
        if other != tenant:
            yield Opening("host", tenant, other, built.target, host, "both claim the host", (built, theirs))


def _covered(claims: dict[str, dict[str, Built]]) -> Iterator[Opening]:
    """Yield each host below another tenant's wildcard."""
    for host, owners in claims.items():
        labels = host.split(".")
        for start in range(1, len(labels)):
            wildcard = claims.get(".".join(["*", *labels[start:]]), {}) if labels[0] != "*" else {}
            for tenant, built in wildcard.items():
                for other, theirs in owners.items():
                    if other != tenant:
                        reason = f"its wildcard covers {host}"
                        yield Opening("host", tenant, other, built.target, host, reason, (built, theirs))


def _foreign(world: World) -> Iterator[Opening]:
    """Yield routes and names that lead to another tenant's Service."""
    for built in world.kind("Service"):
        external = str(built.spec.get("externalName", ""))
        parts = external.split(".")
        if len(parts) > 2 and parts[2] == "svc":
            yield from _leads(world, built, parts[1], external)
    grants = {(b.target, b.namespace) for b in world.kind("ReferenceGrant")}
    for built in world.kind(*ROUTES):
        for rule in mappings(built.spec.get("rules")):
            for backend in mappings(rule.get("backendRefs")):
                namespace = str(backend.get("namespace", built.namespace))
                if (built.target, namespace) in grants:
                    yield from _leads(world, built, namespace, f"{namespace}/{backend.get('name')}")


def _leads(world: World, built: Built, namespace: str, what: str) -> Iterator[Opening]:
    space = world.spaces.get((built.target, namespace))
    tenant = world.owner(built)
    if space and space.tenant and tenant and space.tenant != tenant:
        yield Opening("host", tenant, space.tenant, built.target, what, "it leads to their Service", (built,))


def _proofs(world: World, tenant: str) -> Iterator[Proof]:
    for built in world.owned(tenant, "Ingress", *ROUTES):
        yield Proof(built, f"claims {', '.join(sorted(claimed(built)))}, which nobody else does")


HOST = Way(_openings, _proofs, _proofs)
