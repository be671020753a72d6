"""Ports of NetworkPolicy rules: which of them two rules have in common."""

from __future__ import annotations

from krm_functions.built.objects import mappings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Final

    from krm_functions.built.pods import Pod

    Range = tuple[str, int, int]

_ALL: Final = tuple((protocol, 0, 65535) for protocol in ("TCP", "UDP", "SCTP"))


def ranges(ports: Any, callees: Iterable[Pod]) -> tuple[Range, ...]:
    """Return the ports of a rule, protocol with first and last; a name is what it means on the callee's pods."""
    if not ports:
        return _ALL
    named = [port for pod in callees for port in pod.ports]
    return tuple(found for port in mappings(ports) for found in _range(port, named))


def _range(port: dict[str, Any], named: list[tuple[str, str, int]]) -> list[Range]:
    protocol, number = str(port.get("protocol", "TCP")), port.get("port")
    if number is None:
        return [(protocol, 0, 65535)]
    if isinstance(number, str):
        return [(kind, at, at) for name, kind, at in named if (name, kind) == (number, protocol)]
    return [(protocol, int(number), int(port.get("endPort", number)))]


def meet(one: Iterable[Range], other: tuple[Range, ...]) -> list[str]:
    """Return the ports that both have, as a person writes them."""
    common = []
    for protocol, first, last in one:
        for kind, low, high in other:
            start, end = max(first, low), min(last, high)
            if protocol == kind and start <= end:
                common.append(f"{protocol} {start}" if start == end else f"{protocol} {start}-{end}")
    return common
