"""Who has what on a hub: its tenants with their shares of clusters, and what each app refers to."""

from __future__ import annotations

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import App, Environment, HubView, Tenant
    from krm_functions.names import ClusterName, NamespaceName


class Share(Record):
    """A tenant's namespace on one cluster of a hub, the apps in it, and the kinds of what people add beside them."""

    environment: Environment
    cluster: ClusterName
    namespace: NamespaceName
    apps: tuple[App, ...]
    added: tuple[tuple[str, str], ...]


class HubTenant(Record):
    """A tenant and everything it has on a hub."""

    tenant: Tenant
    shares: tuple[Share, ...]

    @property
    def apps(self) -> tuple[App, ...]:
        """The tenant's apps on the hub, environment by environment."""
        return tuple(app for share in self.shares for app in share.apps)

    @property
    def added(self) -> tuple[tuple[str, str], ...]:
        """The kinds that people have added to any of its overlays."""
        return tuple(kind for share in self.shares for kind in share.added)


def hub_tenants(view: HubView) -> list[HubTenant]:
    """Return the tenants that have anything on a hub, by id."""
    found: dict[str, list[Share]] = {}
    tenants: dict[str, Tenant] = {}
    for cluster in view.clusters:
        for placed in cluster.tenants:
            tenants[placed.tenant.id] = placed.tenant
            share = Share(cluster.environment, cluster.cluster, placed.namespace, placed.apps, placed.added)
            found.setdefault(placed.tenant.id, []).append(share)
    return [HubTenant(tenants[id_], tuple(shares)) for id_, shares in sorted(found.items())]


def addresses(view: HubView) -> dict[str, App]:
    """Return which app answers at each in-cluster URL and public host, as other apps' variables hold them."""
    apps = [app for cluster in view.clusters for share in cluster.tenants for app in share.apps]
    return {address: app for app in apps for address in _addresses(app)}


def _addresses(app: App) -> Iterator[str]:
    for port in app.main.ports[:1]:
        yield f"http://{app.id}.{app.namespace}.svc.cluster.local:{port.port}"
    for host in app.route.hosts if app.route else ():
        yield host.name


def references(app: App, answering: dict[str, App]) -> list[tuple[str, str]]:
    """Return the tenant and name of each other app that an app's manifests depend on."""
    named = {(str(peer.tenant), str(peer.app)) for peer in app.needs}
    for container in (app.main, *app.init, *app.sidecars):
        for variable in container.env:
            target = answering.get(variable.value)
            if target:
                named.add((str(target.tenant.name), str(target.name)))
    return sorted(named - {(str(app.tenant.name), str(app.name))})
