"""The report: every way from tenant to tenant, what opens it, and for each tenant what shuts it."""

from __future__ import annotations

from itertools import islice

from krm_functions.diagnostics import Diagnostic, Place, Severity
from krm_functions.isolation import network, nodes, projects, rbac, secretstore
from krm_functions.isolation.hosts import HOST
from krm_functions.isolation.registries import REGISTRY
from krm_functions.isolation.volumes import SHARED_VOLUME
from krm_functions.isolation.world import ANYBODY, MOST, World
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Final

    from krm_functions.built.objects import Built
    from krm_functions.isolation.world import Fault, Opening, Way

    Grants = frozenset[tuple[str, str, str]]

WAYS: Final[Mapping[str, Way]] = {
    "network": network.NETWORK,
    "rbac": rbac.RBAC,
    "project": projects.PROJECT,
    "host": HOST,
    "secret store": secretstore.SECRET_STORE,
    "shared volume": SHARED_VOLUME,
    "registry": REGISTRY,
    "node": nodes.NODE,
}
FAULTS: Final = (
    network.faults,
    network.halves,
    network.outside,
    rbac.faults,
    projects.faults,
    secretstore.faults,
    nodes.faults,
)


class Report(Record):
    """What was found: tenants, openings apart by whether they are granted, and other weaknesses."""

    world: World
    tenants: tuple[str, ...]
    open: tuple[Opening, ...]
    granted: tuple[Opening, ...]
    faults: tuple[Fault, ...]


def report(
    objects: Iterable[Built],
    grants: Grants = frozenset(),
    exclusive: Mapping[str, Iterable[str]] | None = None,
) -> Report:
    """Return the report of everything that is built.

    ``grants`` are openings that are wanted: caller, callee and what is reached; ``exclusive`` are registries
    that are one tenant's own, by tenant.
    """
    world = World(objects, exclusive)
    found = {_key(o): o for way in WAYS.values() for o in islice(_alone(world, way), MOST)}.values()
    granted = tuple(o for o in found if (o.caller, o.callee, o.what) in grants)
    refused = tuple(o for o in found if (o.caller, o.callee, o.what) not in grants)
    faults = tuple(fault for find in FAULTS for fault in find(world))
    return Report(world, world.tenants, refused, granted, faults)


def _key(opening: Opening) -> tuple[str, ...]:
    o = opening
    return (o.way, o.caller, o.callee, o.target, o.what, o.reason, *map(str, o.objects))


def _alone(world: World, way: Way) -> Iterator[Opening]:
    """Yield the openings of a way, but none of a tenant that has its clusters for itself to everybody on them."""
    for opening in way.openings(world):
        if opening.callee != ANYBODY or any(True for _ in callees(world, opening)):
            yield opening


def callees(world: World, opening: Opening) -> Iterator[str]:
    """Yield the tenants that an opening reaches: those on the same cluster, or all, where it says anybody."""
    if opening.callee != ANYBODY:
        yield opening.callee
        return
    here = {s.tenant for s in world.spaces.values() if s.target == opening.target and s.tenant}
    yield from sorted((here or set(world.tenants)) - {opening.caller})


def callers(world: World, opening: Opening) -> Iterator[str]:
    """Yield the tenants that an opening is for."""
    if opening.caller != ANYBODY:
        yield opening.caller
        return
    here = {s.tenant for s in world.spaces.values() if s.target == opening.target and s.tenant}
    yield from sorted((here or set(world.tenants)) - {opening.callee})


def cells(found: Report, openings: Iterable[Opening]) -> dict[tuple[str, str], set[str]]:
    """Return the ways that openings open, by caller and callee."""
    opened: dict[tuple[str, str], set[str]] = {}
    for opening in openings:
        for caller in callers(found.world, opening):
            for callee in callees(found.world, opening):
                if caller != callee:
                    opened.setdefault((caller, callee), set()).add(opening.way)
    return opened


def diagnostics(found: Report) -> Iterator[Diagnostic]:
    """Yield an error for each opening that nobody granted, and one for each weakness."""
    for opening in found.open:
        caller, callee = (_said(name) for name in (opening.caller, opening.callee))
        objects = " and ".join(dict.fromkeys(map(str, opening.objects)))
        message = (
            f"{caller} can reach {callee} by {opening.way}: {opening.what} on {opening.target}; "
            f"{objects}: {opening.reason}"
        )
        help_ = "remove what opens it, or grant it: the caller's `needs` and the callee's `allows`"
        yield Diagnostic("TS640", message, _place(opening.objects[0]), help=help_)
    for fault in found.faults:
        severity = Severity.WARNING if fault.code == "TS643" else Severity.ERROR
        yield Diagnostic(fault.code, fault.message, _place(fault.built), help=fault.note, severity=severity)


def _said(name: str) -> str:
    return "every tenant" if name == ANYBODY else name


def _place(built: Built) -> Place | None:
    return Place(built.file, line=1, column=1) if built.file else None


def proof(found: Report, caller: str, callee: str, way: str) -> list[str]:
    """Return the objects that keep a cell shut, each with the rule by which it does."""
    world, judge = found.world, WAYS[way]
    here = set(world.clusters_of(caller)) & set(world.clusters_of(callee))
    if not here and way in ("network", "node"):
        return [f"{caller} and {callee} have no cluster in common"]
    proofs = [*judge.caller(world, caller), *judge.callee(world, callee)]
    lines = [
        f"{p.built.target}: {p.built}: {p.rule}" for p in proofs if way != "network" or p.built.target in here
    ]
    return lines or [f"nothing that is built leads from {caller} to {callee}"]


def record(found: Report) -> dict[str, Any]:
    """Return the report as JSON values: cells that are open or granted, and for each tenant what shuts the others.

    The proof of a shut cell is what its caller has under `caller` and its callee under `callee`, so the report
    grows with the tenants and not with their pairs.
    """
    return {
        "tenants": list(found.tenants),
        "ways": list(WAYS),
        "open": [_opening(found, opening) for opening in found.open],
        "granted": [_opening(found, opening) for opening in found.granted],
        "shut": {tenant: _shut(found.world, tenant) for tenant in found.tenants},
    }


def _opening(found: Report, opening: Opening) -> dict[str, Any]:
    return {
        "way": opening.way,
        "callers": list(callers(found.world, opening)),
        "callees": list(callees(found.world, opening)),
        "target": opening.target,
        "what": opening.what,
        "reason": opening.reason,
        "objects": list(dict.fromkeys(map(str, opening.objects))),
    }


def _shut(world: World, tenant: str) -> dict[str, Any]:
    return {
        name: {
            side: [
                {"target": p.built.target, "object": str(p.built), "rule": p.rule}
                for p in prove(world, tenant)
            ]
            for side, prove in (("caller", way.caller), ("callee", way.callee))
        }
        for name, way in WAYS.items()
    }
