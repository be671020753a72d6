"""Selectors of one namespace: they match pods, and Services lead to ports that those pods have."""

from __future__ import annotations

from krm_functions.built.objects import mapping, mappings
from krm_functions.built.pods import WORKLOADS, pod
from krm_functions.built.selectors import matches
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.built.objects import Built

OWNING: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})
"""Workloads that find their pods by a selector."""


class Selection(Record):
    """Labels that an object looks for in a namespace, and the ports that it leads to on what it finds."""

    namespace: str
    kind: str
    selector: dict[str, Any]
    ports: tuple[str | int, ...]


class Labelled(Record):
    """What a selector may find: a pod with its ports, or a Service."""

    namespace: str
    kind: str
    labels: dict[str, str]
    ports: tuple[tuple[str, str, int], ...]


def selections(built: Built) -> Iterator[Selection]:
    """Yield what an object selects."""
    if built.kind == "Service" and built.spec.get("selector") and built.spec.get("type") != "ExternalName":
        ports: tuple[str | int, ...] = tuple(
            port.get("targetPort") or port.get("port") or 0 for port in mappings(built.spec.get("ports"))
        )
        yield Selection(built.namespace, "pod", {"matchLabels": mapping(built.spec["selector"])}, ports)
    elif built.kind == "PodDisruptionBudget":
        yield Selection(built.namespace, "pod", mapping(built.spec.get("selector")), ())
    elif built.kind == "ServiceMonitor" and not built.spec.get("namespaceSelector"):
        ports = tuple(str(e["port"]) for e in mappings(built.spec.get("endpoints")) if e.get("port"))
        yield Selection(built.namespace, "Service", mapping(built.spec.get("selector")), ports)


def labelled(built: Built) -> Iterator[Labelled]:
    """Yield what selectors may find of an object."""
    if built.kind in WORKLOADS:
        made = pod(built)
        yield Labelled(built.namespace, "pod", made.labels, tuple(made.ports))
    elif built.kind == "Service":
        ports = mappings(built.spec.get("ports"))
        named = tuple(
            (str(p.get("name", "")), str(p.get("protocol", "TCP")), int(p.get("port", 0))) for p in ports
        )
        yield Labelled(built.namespace, "Service", built.labels, named)


def has_port(found: Labelled, port: str | int) -> bool:
    """Whether a port is there by its name or number; a pod that declares none may listen on any number."""
    if isinstance(port, str):
        return any(name == port for name, _, _ in found.ports)
    return not found.ports or any(number == port for _, _, number in found.ports)


def strangers(built: Built) -> bool:
    """Whether a workload's selector misses the pods of its own template."""
    return built.kind in OWNING and not matches(built.spec.get("selector"), pod(built).labels)
