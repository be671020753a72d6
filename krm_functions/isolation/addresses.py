"""Whether an ipBlock of a NetworkPolicy may hold pods: addresses of pods are private ones."""

from __future__ import annotations

import functools
import ipaddress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE: Final = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)
"""Where clusters take the addresses of pods from: RFC 1918, RFC 6598 and RFC 4193."""

INSIDE: Final = tuple(map(ipaddress.ip_network, ("127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10")))
"""A node itself, and what answers on it alone: clouds serve a node's credentials at a link-local address."""


def may_hold_pods(block: Any) -> bool:
    """Whether a private address is in a block's `cidr` and in none of its `except`."""
    return _holds(*_parts(block), PRIVATE)


def reaches_inside(block: Any) -> bool:
    """Whether a block meant for the outside reaches private addresses too, or any block a node's own."""
    cidr, but = _parts(block)
    try:
        public = not any(_inside(ipaddress.ip_network(cidr, strict=False), private) for private in PRIVATE)
    except ValueError:
        return True
    return _holds(cidr, but, (*INSIDE, *PRIVATE) if public else INSIDE)


def _parts(block: Any) -> tuple[str, tuple[str, ...]]:
    return str(block.get("cidr", "")), tuple(map(str, block.get("except") or ()))


def _inside(network: Network, other: Network) -> bool:
    return _meet(network, other) and network.prefixlen >= other.prefixlen


@functools.cache
def _holds(cidr: str, but: tuple[str, ...], ranges: tuple[Network, ...]) -> bool:
    try:
        whole = ipaddress.ip_network(cidr, strict=False)
        holes = [ipaddress.ip_network(hole, strict=False) for hole in but]
    except ValueError:
        return True  # the API server refuses it; until then it is no proof
    return any(not _covered(_smaller(whole, private), holes) for private in ranges if _meet(whole, private))


def _meet(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)


def _smaller(one: Network, other: Network) -> Network:
    return max(one, other, key=lambda network: network.prefixlen)


def _covered(network: Network, holes: list[Network]) -> bool:
    """Whether holes, none of which is larger than needed to be told, take the whole network away."""
    inside = [_smaller(network, hole) for hole in holes if _meet(network, hole)]
    return sum(hole.num_addresses for hole in _apart(inside)) == network.num_addresses


def _apart(networks: list[Network]) -> list[Network]:
    """Return networks of one IP version without those that lie in another of them."""
    ordered = sorted(networks, key=lambda n: (int(n.network_address), n.prefixlen))
    kept: list[Network] = []
    for network in ordered:
        if not kept or not _meet(kept[-1], network):
            kept.append(network)
    return kept
