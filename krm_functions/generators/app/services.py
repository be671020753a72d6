"""Services: one per app with ports, and the headless one that a StatefulSet's pods are named by."""

from __future__ import annotations

from krm_functions.manifests.containers import port_names
from krm_functions.manifests.merge import merge
from krm_functions.manifests.metadata import app_metadata, manifest, selector
from krm_functions.manifests.pod import UNMONITORED, governing_service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.estate.model import App, Port
    from krm_functions.manifests.base import Base, Manifest


def services(app: App, base: Base) -> Iterator[Manifest]:
    """Yield the app's Service; an app without a port has none."""
    template = base.template("Service")
    names = port_names(app.main.ports)
    ports = [_port(port, names[port.target_port, port.protocol]) for port in app.main.ports]
    spec: dict[str, Any] = {"selector": selector(app), **({"ports": ports} if ports else {})}
    if ports:
        yield merge(template, manifest("v1", "Service", app_metadata(app), spec=spec))
    if app.workload == "StatefulSet":
        meta = app_metadata(app, governing_service(app))
        meta["labels"] = dict([*meta["labels"].items(), UNMONITORED])
        headless = {"type": "ClusterIP", "clusterIP": "None", "publishNotReadyAddresses": True}
        yield merge(template, manifest("v1", "Service", meta, spec={**headless, **spec}))


def _port(port: Port, target: str) -> dict[str, Any]:
    # the container's port by its name, so that a Service need not change when the number does
    return {"name": port.name, "port": port.port, "targetPort": target, "protocol": port.protocol}
