"""What a cluster or a hub sees of the estate: tenants where they are placed, components expanded."""

from __future__ import annotations

from krm_functions.estate.app import namespace
from krm_functions.estate.beside import kinds_beside
from krm_functions.estate.fold import values
from krm_functions.estate.hosts import expand
from krm_functions.estate.known import check_names
from krm_functions.estate.model import ClusterTenant, ClusterView, ComponentInEnvironment, HubView
from krm_functions.names import NamespaceName

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App, Environment, Hub, Tenant
    from krm_functions.names import ClusterName
    from krm_functions.spec.load import Source
    from krm_functions.spec.scalars import Written

_WAVE = -20


def cluster_view(estate: Estate, environment: Environment, cluster: ClusterName | None) -> ClusterView:
    """Return one cluster of an environment, the shared one by default, and everybody on it."""
    chosen = cluster or environment.cluster
    return _cluster(estate, environment, chosen, _placed(estate, environment).get(chosen, []))


def clusters_of(estate: Estate, environment: Environment) -> list[tuple[ClusterName, bool]]:
    """Return the clusters of an environment, each with whether it is dedicated; the shared one first."""
    dedicated = sorted(_placed(estate, environment).keys() - {environment.cluster})
    return [(environment.cluster, False), *((cluster, True) for cluster in dedicated)]


def hub_view(estate: Estate, hub: Hub) -> HubView:
    """Return everything that a hub's Argo CD manages; what is wrong with a component is kept in ``out``."""
    environments = [e for e in estate.platform.environments if e.hub == hub.name]
    clusters = tuple(
        _with_added(estate, view) for environment in environments for view in _clusters(estate, environment)
    )
    return HubView(estate.platform, hub, clusters, tuple(_components(estate, clusters)))


def _placed(estate: Estate, environment: Environment) -> dict[ClusterName, list[Tenant]]:
    placed: dict[ClusterName, list[Tenant]] = {}
    for tenant in estate.tenants():
        if environment.name in tenant.environments:
            placed.setdefault(tenant.cluster(environment), []).append(tenant)
    return placed


def _clusters(estate: Estate, environment: Environment) -> Iterator[ClusterView]:
    placed = _placed(estate, environment)
    for cluster in (environment.cluster, *sorted(placed.keys() - {environment.cluster})):
        yield _cluster(estate, environment, cluster, placed.get(cluster, []))


def _cluster(
    estate: Estate, environment: Environment, cluster: ClusterName, placed: Iterable[Tenant]
) -> ClusterView:
    tenants = tuple(_share(estate, environment, tenant) for tenant in placed)
    dedicated = cluster != environment.cluster
    return ClusterView(estate.platform, environment, cluster, dedicated, tenants, tuple(_calls(tenants)))


def _share(estate: Estate, environment: Environment, tenant: Tenant) -> ClusterTenant:
    apps = tuple(estate.apps(tenant, environment))
    return ClusterTenant(tenant, namespace(estate.platform, tenant, environment), apps)


def _with_added(estate: Estate, view: ClusterView) -> ClusterView:
    """Return a cluster with the kinds that people have added beside its overlays, which a project has to permit."""
    tenants = tuple(share._replace(added=_added(estate, share)) for share in view.tenants)
    return view._replace(tenants=tenants)


def _added(estate: Estate, share: ClusterTenant) -> tuple[tuple[str, str], ...]:
    folders = [
        f"tenants/{app.tenant.name}/apps/{app.name}/overlays/{app.environment.name}" for app in share.apps
    ]
    return tuple(sorted({kind for folder in folders for kind in kinds_beside(estate.specs.tree, folder)}))


def _calls(tenants: Iterable[ClusterTenant]) -> Iterator[tuple[App, App]]:
    here = {(str(app.tenant.name), str(app.name)): app for share in tenants for app in share.apps}
    for caller in here.values():
        for peer in dict.fromkeys(caller.needs):
            callee = here.get((peer.tenant, peer.app))
            if callee and peer.tenant != caller.tenant.name:
                yield caller, callee


def _components(estate: Estate, clusters: Iterable[ClusterView]) -> Iterator[ComponentInEnvironment]:
    for source in filter(None, map(estate.specs.component, estate.specs.component_names())):
        overrides = source.spec.get("environments") or {}
        _check_environments(estate, source, overrides)
        for view in clusters:
            override = overrides.get(view.environment.name) or {}
            if override.get("enabled") is not False:
                yield _component(source, override, view)


def _check_environments(estate: Estate, source: Source, overrides: Written) -> None:
    known = [environment.name for environment in estate.platform.environments]
    for name in overrides:
        place = source.place("environments", name)
        check_names("environment", [name], known, place, estate.out, on_key=True)


def _component(source: Source, override: Written, view: ClusterView) -> ComponentInEnvironment:
    chart = source.spec["chart"]
    merged = values(source.spec.get("values") or {}, override.get("values") or {})
    return ComponentInEnvironment(
        name=source.name,
        environment=view.environment,
        cluster=view.cluster,
        dedicated=view.dedicated,
        repository=chart["repository"],
        chart=chart["name"],
        version=override.get("version") or chart["version"],
        namespace=NamespaceName(source.spec["namespace"]),
        wave=source.spec.get("wave") or _WAVE,
        values=_expanded(merged, _placeholders(view)),
    )


def _placeholders(view: ClusterView) -> dict[str, str]:
    return {
        "cluster": view.cluster,
        "region": view.environment.region,
        "environment": view.environment.name,
        "domain": view.platform.domain,
    }


def _expanded(written: Any, placeholders: dict[str, str]) -> Any:
    if isinstance(written, dict):
        return {key: _expanded(value, placeholders) for key, value in written.items()}
    if isinstance(written, list):
        return [_expanded(value, placeholders) for value in written]
    return expand(written, placeholders) if isinstance(written, str) else written
