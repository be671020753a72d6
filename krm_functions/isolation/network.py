"""Network: pods of one tenant that may connect to pods of another on the same cluster.

A tenant starts pods with whatever labels it likes, so a rule counts if any labels satisfy it. Namespaces are not
compared in pairs: a callee's rules name their callers, or else callers are found by what their own rules name.
"""

from __future__ import annotations

from itertools import islice

from krm_functions.built.objects import mapping, mappings
from krm_functions.built.selectors import compatible, matches
from krm_functions.isolation.addresses import reaches_inside
from krm_functions.isolation.policies import Peers, closing, policies, rules
from krm_functions.isolation.ports import meet, ranges
from krm_functions.isolation.world import HUB, MOST, Fault, Opening, Proof, Way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from krm_functions.isolation.policies import Rule, Spaces
    from krm_functions.isolation.world import Space, World


class _Egress:
    """What the namespaces of a cluster let out, by where to."""

    def __init__(self, found: Iterable[Rule]) -> None:
        self._callers: dict[Spaces, dict[str, list[Rule]]] = {}
        for rule in found:
            self._callers.setdefault(rule.spaces, {}).setdefault(rule.space.name, []).append(rule)
        self._reaching: dict[str, list[Spaces]] = {}
        for spaces in self._callers:
            for name in spaces or ():
                self._reaching.setdefault(name, []).append(spaces)

    def to(self, callee: str, callers: Spaces) -> Iterator[Rule]:
        """Yield the rules by which callers (None is anybody) may reach a namespace."""
        for spaces in (*self._reaching.get(callee, ()), None):
            known = self._callers.get(spaces, {})
            few = known if callers is None or len(known) < len(callers) else callers
            for name in few:
                if callers is None or name in callers:
                    yield from known.get(name, ())


def _clusters(world: World) -> dict[str, list[Space]]:
    clusters: dict[str, list[Space]] = {}
    for space in world.spaces.values():
        if not space.target.startswith(HUB):
            clusters.setdefault(space.target, []).append(space)
    return clusters


def _openings(world: World) -> Iterator[Opening]:
    for spaces in _clusters(world).values():
        peers = Peers(spaces)
        owned = [space for space in spaces if space.tenant]
        egress = _Egress(rule for space in owned for rule in rules(world, space, "Egress", peers))
        for space in owned:
            for come in rules(world, space, "Ingress", peers):
                for go in egress.to(space.name, come.spaces):
                    yield from _opening(world, go, come)


def _opening(world: World, go: Rule, come: Rule) -> Iterator[Opening]:
    caller, callee = go.space, come.space
    if caller.tenant == callee.tenant:
        return
    if not (compatible(go.selector, come.pods) and compatible(come.selector, go.pods)):
        return
    reached = [
        pod
        for pod in world.pods_in(callee)
        if matches(come.selector, pod.labels) and matches(go.pods, pod.labels)
    ]
    there = world.pods_in(callee)
    common = meet(ranges(go.ports, there), ranges(come.ports, there))
    if common:
        shown = f"{_said(go)} lets out and {_said(come)} lets in {', '.join(dict.fromkeys(common))}"
        for what in sorted({pod.app for pod in reached}) or [f"pods of {callee.name}"]:
            yield Opening(
                "network", caller.tenant, callee.tenant, callee.target, what, shown, (go.built, come.built)
            )


def _said(rule: Rule) -> str:
    return f"{rule.built} {rule.reason}" if rule.built is not rule.space.built else rule.reason


def faults(world: World) -> Iterator[Fault]:
    """Yield each namespace without a policy that only closes: it would open with the next change of another one."""
    for space in world.spaces.values():
        for direction in ("Ingress", "Egress") if space.tenant else ():
            side = direction.lower()
            if not any(not built.spec.get(side) for built in closing(world, space, direction)):
                message = f"{space.name} on {space.target}: no NetworkPolicy closes {direction} for every pod"
                yield Fault("TS644", space.built, message, "keep default-deny in base/namespace")


def outside(world: World) -> Iterator[Fault]:
    """Yield each rule for the outside that reaches private addresses, or a node's own."""
    for space in world.spaces.values():
        for built in policies(world, space, "Egress") if space.tenant else ():
            for index, rule in enumerate(mappings(built.spec.get("egress"))):
                for peer in mappings(rule.get("to")):
                    if "ipBlock" in peer and reaches_inside(mapping(peer["ipBlock"])):
                        cidr = mapping(peer["ipBlock"]).get("cidr")
                        message = f"{built} on {built.target}: spec.egress[{index}] to {cidr} reaches inside addresses"
                        help_ = "except private, loopback and link-local ranges, as allow-internet does"
                        yield Fault("TS647", built, message, help_)


def halves(world: World) -> Iterator[Fault]:
    """Yield each rule that names other tenants while their side is shut: the next change there would open the cell."""
    opened = {(o.target, o.caller, o.callee) for o in islice(_openings(world), MOST)}
    for target, spaces in _clusters(world).items():
        peers, tenants = Peers(spaces), {space.name: space.tenant for space in spaces if space.tenant}
        for space in spaces:
            for direction in ("Ingress", "Egress") if space.tenant else ():
                for rule in rules(world, space, direction, peers):
                    written = rule.built is not space.built and not rule.block
                    if written and _pairs(rule, direction, tenants) - opened:
                        message = (
                            f"{rule.built} on {target}: {rule.reason} names other tenants, whose side is shut"
                        )
                        help_ = "name what is meant: a namespace, or an app's labels"
                        yield Fault("TS646", rule.built, message, help_)


def _pairs(rule: Rule, direction: str, tenants: dict[str, str]) -> set[tuple[str, str, str]]:
    """Return cluster, caller and callee of what a rule would open with the other side."""
    names = tenants if rule.spaces is None else rule.spaces
    own, target = rule.space.tenant, rule.space.target
    others = {tenants.get(name, "") for name in names} - {"", own}
    return {(target, own, other) if direction == "Egress" else (target, other, own) for other in others}


def _proofs(world: World, tenant: str, direction: str) -> Iterator[Proof]:
    for space in world.spaces_of(tenant):
        for built in closing(world, space, direction):
            yield Proof(built, f"selects every pod for {direction}: only what a rule names passes")


def _caller(world: World, tenant: str) -> Iterator[Proof]:
    return _proofs(world, tenant, "Egress")


def _callee(world: World, tenant: str) -> Iterator[Proof]:
    return _proofs(world, tenant, "Ingress")


NETWORK = Way(_openings, _caller, _callee)
