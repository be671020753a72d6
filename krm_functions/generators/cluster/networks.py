"""NetworkPolicies: what opens in a namespace that the base has closed in both directions."""

from __future__ import annotations

from krm_functions.manifests.metadata import selector
from krm_functions.manifests.tenancy import network_policy, peer, target_ports, tenant_metadata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Final

    from krm_functions.estate.model import App, ClusterTenant, ClusterView, Egress, Port
    from krm_functions.manifests.base import Base, Manifest

_INSTANCE: Final = "app.kubernetes.io/instance"
_INTERNET: Final = (
    # private (RFC 1918), carrier-grade NAT (RFC 6598), loopback and link-local, where clouds serve credentials
    (
        "0.0.0.0/0",
        ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    ),
    # loopback, unique local (RFC 4193) and link-local
    ("::/0", ("::1/128", "fc00::/7", "fe80::/10")),
)
_SOLVER: Final = ({"acme.cert-manager.io/http01-solver": "true"}, 8089)
"""Label and port of the pods with which cert-manager answers an HTTP-01 challenge."""


def networks(view: ClusterView, base: Base) -> Iterator[Manifest]:
    """Yield the policies of each namespace, then those of the calls between tenants."""
    del base
    for share in view.tenants:
        yield from _from_exposure(view, share)
        yield from _from_monitoring(view, share)
        yield from _to_outside(view, share)
    yield from _between_tenants(view)


def _from_exposure(view: ClusterView, share: ClusterTenant) -> Iterator[Manifest]:
    exposed = [(app, app.route) for app in share.apps if app.route]
    if not exposed:
        return
    controller = peer(view.platform.exposure.namespace)
    served = [(app, route.port) for app, route in exposed]
    yield from _by_port(view, share, "allow-ingress", controller, served)
    if view.platform.tls.mode == "per-host" and view.platform.tls.challenge == "http01":
        labels, port = _SOLVER
        solve = {"from": [controller], "ports": [{"protocol": "TCP", "port": port}]}
        meta = tenant_metadata(share, view.environment, "allow-http01")
        yield network_policy(meta, {"matchLabels": labels}, ingress=[solve])


def _from_monitoring(view: ClusterView, share: ClusterTenant) -> Iterator[Manifest]:
    measured = [(app, app.metrics) for app in share.apps if app.metrics]
    if measured and view.platform.monitoring.kind != "none":
        served = [(app, metrics.port) for app, metrics in measured]
        yield from _by_port(view, share, "allow-metrics", peer(view.platform.monitoring.namespace), served)


def _by_port(
    view: ClusterView, share: ClusterTenant, name: str, source: dict[str, Any], served: list[tuple[App, Port]]
) -> Iterator[Manifest]:
    """Yield one policy per port, for the apps that serve it and no other; the first has the plain name."""
    groups: dict[tuple[int, str], list[tuple[App, Port]]] = {}
    for app, port in served:
        groups.setdefault((port.target_port, port.protocol), []).append((app, port))
    for index, (key, group) in enumerate(sorted(groups.items())):
        suffix = f"-{key[0]}-{key[1].lower()}" if index else ""
        rule = {"from": [source], "ports": target_ports(port for _, port in group)}
        meta = tenant_metadata(share, view.environment, name + suffix)
        yield network_policy(meta, _any_of(app for app, _ in group), ingress=[rule])


def _to_outside(view: ClusterView, share: ClusterTenant) -> Iterator[Manifest]:
    if share.tenant.internet:
        meta = tenant_metadata(share, view.environment, "allow-internet")
        blocks = [{"ipBlock": {"cidr": cidr, "except": list(but)}} for cidr, but in _INTERNET]
        yield network_policy(meta, {}, egress=[{"to": blocks}])
    if share.tenant.egress:
        meta = tenant_metadata(share, view.environment, "allow-egress")
        yield network_policy(meta, {}, egress=[_destination(egress) for egress in share.tenant.egress])


def _destination(egress: Egress) -> dict[str, Any]:
    rule: dict[str, Any] = {"to": [{"ipBlock": {"cidr": egress.cidr}}]}
    ports = [{"protocol": "TCP", "port": port} for port in egress.ports]
    return {**rule, "ports": ports} if ports else rule


def _between_tenants(view: ClusterView) -> Iterator[Manifest]:
    shares = {share.namespace: share for share in view.tenants}
    for caller, callee in sorted(view.calls, key=_names):
        ports = target_ports(callee.main.ports)
        if not ports:  # a rule without ports would open all of them
            continue
        name = f"allow-{callee.id}-from-{caller.tenant.id}-{caller.id}"
        meta = tenant_metadata(shares[callee.namespace], view.environment, name)
        come = {"from": [peer(caller.namespace, selector(caller))], "ports": ports}
        yield network_policy(meta, {"matchLabels": selector(callee)}, ingress=[come])
        name = f"allow-{caller.id}-to-{callee.tenant.id}-{callee.id}"
        meta = tenant_metadata(shares[caller.namespace], view.environment, name)
        go = {"to": [peer(callee.namespace, selector(callee))], "ports": ports}
        yield network_policy(meta, {"matchLabels": selector(caller)}, egress=[go])


def _names(call: tuple[App, App]) -> tuple[str, ...]:
    return tuple(name for app in call for name in (app.tenant.id, app.id))


def _any_of(apps: Iterable[App]) -> dict[str, Any]:
    instances = sorted(selector(app)[_INSTANCE] for app in apps)
    return {"matchExpressions": [{"key": _INSTANCE, "operator": "In", "values": instances}]}
