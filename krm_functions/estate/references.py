"""References from one app to another: who may call whom, and by which URL or host."""

from __future__ import annotations

from krm_functions.estate.app import namespace
from krm_functions.estate.containers import ports
from krm_functions.estate.hosts import host, labels
from krm_functions.estate.known import check_names
from krm_functions.estate.model import Peer
from krm_functions.names import AppName, TenantName

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.diagnostics import FieldPath, Place
    from krm_functions.estate.containers import Refer
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import Environment, Tenant
    from krm_functions.estate.settings import Settings
    from krm_functions.spec.scalars import Written


def needs(
    estate: Estate, tenant: str, app: str, environment: Environment, said: Settings
) -> tuple[Peer, ...]:
    """Return the apps that an app calls here; each must be there, on its cluster, and allow it.

    A cross-tenant `{url: ...}` is a call like one in `needs`.
    """
    del app
    peers = []
    for index, reference in enumerate(said.written.get("needs") or ()):
        peers.append(_peer(tenant, reference))
        _callable(estate, tenant, peers[-1], environment, said.place("needs", index))
    for path, reference in _urls(said.written):
        peer = _peer(tenant, reference)
        if peer.tenant != tenant and peer not in peers:
            peers.append(peer)
            _callable(estate, tenant, peer, environment, said.place(*path))
    return tuple(peers)


def resolver(estate: Estate, tenant: str, environment: Environment) -> Refer:
    """Return what turns an env reference of a tenant's app into its value."""

    def refer(kind: str, reference: str, place: Place) -> str:
        peer = _peer(tenant, reference)
        return (_url if kind == "url" else _host)(estate, tenant, peer, environment, place)

    return refer


def _urls(written: Written) -> Iterator[tuple[FieldPath, str]]:
    """Yield the URL references of all containers, each with its path."""
    containers: list[tuple[FieldPath, Written]] = [((), written)]
    containers += [(("init", index), one) for index, one in enumerate(written.get("init") or ())]
    containers += [(("sidecars", name), one) for name, one in (written.get("sidecars") or {}).items()]
    for path, container in containers:
        for name, value in (container.get("env") or {}).items():
            if isinstance(value, dict) and "url" in value:
                yield (*path, "env", name, "url"), value["url"]


def _peer(tenant: str, reference: str) -> Peer:
    owner, _, app = reference.rpartition("/")
    return Peer(TenantName(owner or tenant), AppName(app))


def _target(
    estate: Estate, peer: Peer, environment: Environment, place: Place
) -> tuple[Tenant, Settings] | None:
    specs = estate.specs
    if not specs.has_tenant(peer.tenant):
        check_names("tenant", [peer.tenant], specs.tenant_names(), place, estate.out)
        return None
    if not specs.has_app(peer.tenant, peer.app):
        check_names("app", [peer.app], specs.app_names(peer.tenant), place, estate.out)
        return None
    tenant, said = estate.tenant(peer.tenant), estate.settings(peer.tenant, peer.app, environment)
    if tenant is None or said is None:
        return None
    if not estate.enabled(peer.tenant, peer.app, environment):
        message = f"{peer.tenant}/{peer.app} is not in {environment.name}"
        estate.out.error(
            "TS308", message, place, note="override this reference in that environment, or enable the app"
        )
        return None
    return tenant, said


def _callable(
    estate: Estate, caller: str, peer: Peer, environment: Environment, place: Place
) -> tuple[Tenant, Settings] | None:
    target = _target(estate, peer, environment, place)
    own = estate.tenant(caller)
    if target is None or own is None:
        return None
    tenant, said = target
    if tenant.cluster(environment) != own.cluster(environment):
        message = f"{peer.tenant}/{peer.app} is on another cluster in {environment.name}: {tenant.cluster(environment)}"
        estate.out.error("TS309", message, place, note="reach it by its public host: {host: ...}")
        return None
    if peer.tenant != caller and caller not in (said.written.get("allows") or ()):
        message = f"{peer.tenant}/{peer.app} does not allow {caller}"
        estate.out.error("TS310", message, place, note=f"its owner adds allows: [{caller}]")
        return None
    return target


def _url(estate: Estate, caller: str, peer: Peer, environment: Environment, place: Place) -> str:
    target = _callable(estate, caller, peer, environment, place)
    if target is None:
        return ""
    tenant, said = target
    known = [port for port in ports(said.written) if port.protocol == "TCP"]
    if not known:
        estate.out.error(
            "TS311", f"{peer.tenant}/{peer.app} has no TCP port, so no URL", place, note="give it a port"
        )
        return ""
    name = estate.app_id(peer.tenant, peer.app)
    return (
        f"http://{name}.{namespace(estate.platform, tenant, environment)}.svc.cluster.local:{known[0].port}"
    )


def _host(estate: Estate, caller: str, peer: Peer, environment: Environment, place: Place) -> str:
    del caller
    target = _target(estate, peer, environment, place)
    if target is None:
        return ""
    tenant, said = target
    app_id = estate.app_id(peer.tenant, peer.app)
    claimed = labels(said.written.get("expose"), app_id)
    if not claimed:
        estate.out.error(
            "TS311", f"{peer.tenant}/{peer.app} is not exposed, so has no host", place, note="expose it"
        )
        return ""
    return host(estate.platform, tenant, app_id, environment, claimed[0]).name
