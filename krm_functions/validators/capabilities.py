"""Capabilities: what an app uses is there on its cluster, where the platform says what is there."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place
from krm_functions.names import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App, Cluster
    from krm_functions.estate.settings import Settings

NATIVE_SIDECARS = (1, 29)
"""KEP-753: init containers with restartPolicy Always are on by default from 1.29."""
SLEEP = (1, 30)
"""KEP-3960: the sleep action of a preStop hook is on by default from 1.30."""


def capabilities(estate: Estate, app: App, said: Settings) -> Iterator[Diagnostic]:
    """Yield each class or feature that the cluster is known to lack."""
    facts = app.platform.cluster(app.cluster)
    if facts is None:
        return
    yield from _storage(app, facts, said)
    yield from _exposure(app, facts, Place(estate.platform_source.file, ("spec", "clusters", app.cluster)))
    if app.sidecars and facts.kubernetes and _version(facts.kubernetes) < NATIVE_SIDECARS:
        message = f"sidecars need Kubernetes 1.29; {app.cluster} has {facts.kubernetes}"
        yield Diagnostic(
            "TS412", message, said.place("sidecars"), "put them into base/, or upgrade the cluster"
        )
    if app.pre_stop_seconds and facts.kubernetes and _version(facts.kubernetes) < SLEEP:
        message = f"preStop in seconds needs Kubernetes 1.30; {app.cluster} has {facts.kubernetes}"
        note = 'write preStop: 0, or {command: [sleep, "5"]}, or upgrade the cluster'
        yield Diagnostic("TS412", message, said.place("preStop"), note)


def _storage(app: App, facts: Cluster, said: Settings) -> Iterator[Diagnostic]:
    known = facts.storage_classes
    for volume in app.volumes:
        if volume.class_name and known is not None and volume.class_name not in known:
            message = f"the cluster {app.cluster} has no StorageClass '{volume.class_name}'"
            note = did_you_mean(volume.class_name, known) or "it has: " + (", ".join(known) or "none")
            yield Diagnostic("TS411", message, said.place("volumes", volume.name, "class"), note)


def _exposure(app: App, facts: Cluster, place: Place) -> Iterator[Diagnostic]:
    if app.route is None:
        return
    face, below = app.platform.exposure, place.at("capabilities")
    if (
        face.kind == "ingress"
        and facts.ingress_classes is not None
        and face.class_name not in facts.ingress_classes
    ):
        message = (
            f"the cluster {app.cluster} has no IngressClass '{face.class_name}', and apps are exposed on it"
        )
        yield Diagnostic("TS411", message, below.at("ingressClasses"))
    if face.kind == "gateway" and facts.gateway_classes == ():
        message = f"the cluster {app.cluster} has no GatewayClass, and apps are exposed on it"
        yield Diagnostic("TS411", message, below.at("gatewayClasses"))


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
