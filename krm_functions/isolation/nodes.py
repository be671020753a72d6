"""Nodes: a pod that owns its node owns every pod on it, so each namespace enforces a Pod Security Standard."""

from __future__ import annotations

from krm_functions.built.objects import mapping
from krm_functions.isolation.world import ANYBODY, Fault, Opening, Proof, Way

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from krm_functions.isolation.world import World

ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_TIGHT: Final = ("baseline", "restricted")
"""Standards that keep a pod off its node: https://kubernetes.io/docs/concepts/security/pod-security-standards/."""
_BOUNDS: Final = frozenset({"limits.memory", "pods", "requests.cpu", "requests.memory"})
_PORTS: Final = frozenset({"services.loadbalancers", "services.nodeports"})
"""What opens ports of nodes and costs addresses of the platform."""


def _openings(world: World) -> Iterator[Opening]:
    for space in world.spaces.values():
        if space.tenant and space.labels.get(ENFORCE) not in _TIGHT:
            reason = f"the namespace enforces {space.labels.get(ENFORCE) or 'no Pod Security Standard'}"
            yield Opening("node", space.tenant, ANYBODY, space.target, "nodes", reason, (space.built,))


def faults(world: World) -> Iterator[Fault]:
    """Yield each namespace in which one tenant could use up what all share: no quota, or no limits."""
    for space in world.shared():
        bounded = {key for b in world.inside(space, "ResourceQuota") for key in mapping(b.spec.get("hard"))}
        missing = sorted((_BOUNDS | _PORTS) - bounded)
        if not bounded & _BOUNDS:
            message = f"{space.name} on {space.target} lacks a ResourceQuota of pods, CPU and memory"
            yield Fault("TS643", space.built, message, "give the tenant a `quota`")
        elif missing:
            message = f"{space.name} on {space.target} does not bound {', '.join(missing)}"
            yield Fault("TS643", space.built, message, "give the tenant a `quota`, and keep what base/ holds")
        if not any(world.inside(space, "LimitRange")):
            message = f"{space.name} on {space.target} has no LimitRange"
            yield Fault("TS643", space.built, message, "base/namespace holds one for every tenant")


def _caller(world: World, tenant: str) -> Iterator[Proof]:
    for space in world.spaces_of(tenant):
        if ENFORCE in space.labels:
            yield Proof(space.built, f"enforces the standard {space.labels[ENFORCE]}")


def _callee(world: World, tenant: str) -> Iterator[Proof]:
    for space in world.spaces_of(tenant):
        yield Proof(space.built, f"every other namespace on {space.target} enforces a standard")


NODE = Way(_openings, _caller, _callee)
