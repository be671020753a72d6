"""What an API server would refuse of a pod although each of its values is well-formed."""

from __future__ import annotations

from krm_functions.names import quantity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.diagnostics import Collector, Place
    from krm_functions.estate.model import App, Container
    from krm_functions.estate.settings import Settings


def check_pod(app: App, said: Settings, out: Collector) -> None:
    """Keep a diagnostic for everything in an app's pod that Kubernetes' validation forbids."""
    for kind, probe in (("liveness", app.liveness), ("startup", app.startup)):
        if probe and probe.successes not in (None, 1):
            place = said.place("health", kind, "successes")
            out.error("TS305", f"one success is enough for a {kind} probe", place, note="remove it")
    for index, toleration in enumerate(app.tolerations):
        _check_toleration(toleration, said.place("tolerations", index), out)
    for container, place in _containers(app, said):
        _check_resources(container, place, out)
    for volume in app.volumes:
        if not volume.ephemeral and volume.size and not quantity(volume.size):
            out.error("TS305", f"the volume '{volume.name}' has no room", said.place("volumes", volume.name))


def _check_toleration(written: dict[str, Any], place: Place, out: Collector) -> None:
    exists = written.get("operator") == "Exists"
    if exists and written.get("value"):
        out.error("TS305", "operator Exists takes no value", place.at("value"), note="Equal, or no value")
    if not exists and not written.get("key"):
        note = "add key, or operator: Exists for every taint"
        out.error("TS305", "a toleration without a key tolerates nothing", place, note=note)
    if "tolerationSeconds" in written and written.get("effect") != "NoExecute":
        place = place.at("tolerationSeconds")
        out.error("TS305", "tolerationSeconds is for effect NoExecute", place, note="effect: NoExecute")


def _containers(app: App, said: Settings) -> Iterator[tuple[Container, Place]]:
    yield app.main, said.place("resources" if "resources" in said.written else "size")
    for index, container in enumerate(app.init):
        yield container, said.place("init", index)
    for container in app.sidecars:
        yield container, said.place("sidecars", container.name)


def _check_resources(container: Container, place: Place, out: Collector) -> None:
    limits = dict(container.resources.limits)
    for resource, request in container.resources.requests:
        limit = limits.get(resource)
        if limit is not None and quantity(request) > quantity(limit):
            message = (
                f"the container '{container.name}' requests {request} of {resource}, its limit is {limit}"
            )
            out.error("TS305", message, place, note="a request is at most the limit")
