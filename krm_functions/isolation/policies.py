"""NetworkPolicies of a namespace as rules; where no policy selects every pod, one that opens everything.

Source of the semantics: https://kubernetes.io/docs/concepts/services-networking/network-policies/. Policies only add;
a pod that none selects in a direction is open in it; a connection needs the caller's egress and the callee's ingress.
"""

from __future__ import annotations

import json

from krm_functions.built.objects import mapping, mappings
from krm_functions.built.selectors import everything, matches, requirements
from krm_functions.isolation.addresses import may_hold_pods
from krm_functions.isolation.world import NAME
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from krm_functions.built.objects import Built
    from krm_functions.isolation.world import Space, World

    Spaces = frozenset[str] | None


class Rule(Record):
    """What one rule lets through: pods of its namespace, peers (``spaces`` None is anywhere), ports as written."""

    space: Space
    built: Built
    reason: str
    selector: Any
    spaces: Spaces
    pods: Any
    ports: Any
    block: bool = False
    """Whether its peers are addresses, among which pods may be."""


class Peers:
    """Namespaces of one cluster by selector; each different selector is looked up once."""

    def __init__(self, spaces: Iterable[Space]) -> None:
        self._spaces = {space.name: space for space in spaces}
        self._known: dict[str, Spaces] = {}

    def named(self, selector: Any) -> Spaces:
        """Return the names of the namespaces that a selector matches; None where it matches all."""
        if everything(selector):
            return None
        key = json.dumps(selector, sort_keys=True)
        if key not in self._known:
            candidates = self._candidates(selector)
            self._known[key] = frozenset(s.name for s in candidates if matches(selector, s.labels))
        return self._known[key]

    def _candidates(self, selector: Any) -> list[Space]:
        exact = [r.values for r in requirements(selector) if (r.key, r.operator) == (NAME, "In")]
        names = exact[0] if exact else self._spaces
        return [self._spaces[name] for name in names if name in self._spaces]


def policies(world: World, space: Space, direction: str) -> Iterator[Built]:
    """Yield the policies of a namespace that hold in a direction, Ingress or Egress."""
    for built in world.inside(space, "NetworkPolicy"):
        implied = ["Ingress", *(["Egress"] if built.spec.get("egress") else [])]
        if direction in (built.spec.get("policyTypes") or implied):
            yield built


def closing(world: World, space: Space, direction: str) -> list[Built]:
    """Return the policies that select every pod of a namespace, so that what no rule allows is refused."""
    return [b for b in policies(world, space, direction) if everything(b.spec.get("podSelector"))]


def rules(world: World, space: Space, direction: str, peers: Peers) -> Iterator[Rule]:
    """Yield what a namespace lets in or out."""
    if not closing(world, space, direction):
        reason = f"no NetworkPolicy in {space.name} selects every pod for {direction}"
        yield Rule(space, space.built, reason, {}, None, {}, None)
    key, side = ("ingress", "from") if direction == "Ingress" else ("egress", "to")
    for built in policies(world, space, direction):
        for index, rule in enumerate(mappings(built.spec.get(key))):
            reason = f"spec.{key}[{index}]"
            for spaces, pods, block in _peers(rule.get(side), space, peers):
                yield Rule(
                    space,
                    built,
                    reason,
                    built.spec.get("podSelector"),
                    spaces,
                    pods,
                    rule.get("ports"),
                    block,
                )


def _peers(written: Any, space: Space, peers: Peers) -> Iterator[tuple[Spaces, Any, bool]]:
    if not written:
        yield None, {}, False
    for peer in mappings(written):
        if "ipBlock" in peer:
            if may_hold_pods(mapping(peer["ipBlock"])):
                yield None, {}, True
        elif "namespaceSelector" in peer:
            yield peers.named(peer["namespaceSelector"]), peer.get("podSelector"), False
        else:
            yield frozenset({space.name}), peer.get("podSelector"), False
