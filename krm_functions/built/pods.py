"""The pods that workloads make."""

from __future__ import annotations

from krm_functions.built.objects import mapping, mappings
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Final

    from krm_functions.built.objects import Built

WORKLOADS: Final = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod"}
)
"""Kinds that make pods."""


class Pod(Record):
    """The pod of a workload: labels and spec."""

    built: Built
    labels: dict[str, str]
    spec: dict[str, Any]

    @property
    def app(self) -> str:
        """The app that it is of, or its workload's name."""
        return self.labels.get("app.kubernetes.io/name", self.built.name)

    @property
    def containers(self) -> list[dict[str, Any]]:
        """All its containers, init containers first."""
        keys = ("initContainers", "containers", "ephemeralContainers")
        return [container for key in keys for container in mappings(self.spec.get(key))]

    @property
    def ports(self) -> list[tuple[str, str, int]]:
        """What its containers listen on: name, protocol, number."""
        return [
            (str(port.get("name", "")), str(port.get("protocol", "TCP")), int(port.get("containerPort", 0)))
            for container in self.containers
            for port in mappings(container.get("ports"))
        ]


def pods(objects: Iterable[Built]) -> Iterator[Pod]:
    """Yield the pod of each workload."""
    for built in objects:
        if built.kind in WORKLOADS:
            yield pod(built)


def pod(built: Built) -> Pod:
    """Return the pod of a workload."""
    if built.kind == "Pod":
        return Pod(built, built.labels, built.spec)
    spec = built.spec
    if built.kind == "CronJob":
        spec = mapping(mapping(spec.get("jobTemplate")).get("spec"))
    template = mapping(spec.get("template"))
    labels = mapping(mapping(template.get("metadata")).get("labels"))
    return Pod(built, labels, mapping(template.get("spec")))
