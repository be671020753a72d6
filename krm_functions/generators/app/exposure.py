"""The public face of an app: an Ingress or an HTTPRoute, with its DNS records and certificate."""

from __future__ import annotations

from krm_functions.manifests.dns import dns_annotations
from krm_functions.manifests.merge import merge
from krm_functions.manifests.metadata import app_metadata, manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.estate.model import App, Route
    from krm_functions.manifests.base import Base, Manifest


def exposure(app: App, base: Base) -> Iterator[Manifest]:
    """Yield the Ingress or HTTPRoute of an exposed app."""
    if app.route:
        gateway = app.platform.exposure.kind == "gateway"
        yield _http_route(app, app.route, base) if gateway else _ingress(app, app.route, base)


def _ingress(app: App, route: Route, base: Base) -> Manifest:
    service = {"service": {"name": app.id, "port": {"name": route.port.name}}}
    paths = [{"path": route.path, "pathType": "Prefix", "backend": service}]
    spec: dict[str, Any] = {
        "ingressClassName": app.platform.exposure.class_name,
        "rules": [{"host": host.name, "http": {"paths": paths}} for host in route.hosts],
    }
    annotations = dns_annotations(app.platform, app.environment)
    mode = app.platform.tls.mode
    if route.tls and mode != "none":
        secret = {"secretName": f"{app.id}-tls"} if mode == "per-host" else {}
        spec["tls"] = [{"hosts": [host.name for host in route.hosts], **secret}]
    if route.tls and mode == "per-host":
        annotations["cert-manager.io/cluster-issuer"] = app.platform.tls.issuer
    stamp = manifest("networking.k8s.io/v1", "Ingress", app_metadata(app, annotations=annotations), spec=spec)
    return merge(base.template("Ingress"), stamp)


def _http_route(app: App, route: Route, base: Base) -> Manifest:
    face = app.platform.exposure
    # the server's defaults are said: inside a list, some of Argo CD's diffs take what it adds for drift
    gateway = {"group": "gateway.networking.k8s.io", "kind": "Gateway"}
    service = {"group": "", "kind": "Service", "name": app.id, "port": route.port.port, "weight": 1}
    match = {"path": {"type": "PathPrefix", "value": route.path}}
    spec = {
        "parentRefs": [{**gateway, "name": face.gateway, "namespace": face.gateway_namespace}],
        "hostnames": [host.name for host in route.hosts],
        "rules": [{"matches": [match], "backendRefs": [service]}],
    }
    meta = app_metadata(app, annotations=dns_annotations(app.platform, app.environment))
    stamp = manifest("gateway.networking.k8s.io/v1", "HTTPRoute", meta, spec=spec)
    return merge(base.template("HTTPRoute"), stamp)
