"""The folders that an estate needs for kustomize and Argo CD, and those that stand there now."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from krm_functions.diagnostics import Place
from krm_functions.scaffold.configs import app_overlay, cluster_overlay, dedicated_overlay
from krm_functions.scaffold.fit import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.documents.tree import Tree
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import Environment, Tenant

ARGOCD = "argocd"


def wanted(estate: Estate) -> list[Folder]:
    """Return the folders of the estate's apps, clusters and hubs; faults of specs go to ``estate.out``."""
    _load_all(estate)
    _check_names(estate)
    return [*_overlays(estate), *_clusters(estate), *_hubs(estate)]


def standing(tree: Tree) -> Iterator[Folder]:
    """Yield the folders that stand where an estate's would, each as it would be written there."""
    for tenant in tree.folders("tenants"):
        for app in tree.folders(f"tenants/{tenant}/apps"):
            for environment in tree.folders(f"tenants/{tenant}/apps/{app}/overlays"):
                yield _overlay(tenant, app, environment)
    for hub in tree.folders("clusters"):
        yield from _hub(hub)
        for environment in tree.folders(f"clusters/{hub}"):
            if environment != ARGOCD:
                yield _shared(hub, environment)
            for cluster in tree.folders(f"clusters/{hub}/{environment}/dedicated"):
                yield _dedicated(hub, environment, cluster)


def _overlay(tenant: str, app: str, environment: str) -> Folder:
    path = f"tenants/{tenant}/apps/{app}/overlays/{environment}"
    return Folder(path, config=app_overlay(tenant, app, environment))


def _shared(hub: str, environment: str, cluster: str = "") -> Folder:
    return Folder(f"clusters/{hub}/{environment}", config=cluster_overlay(environment, cluster))


def _dedicated(hub: str, environment: str, cluster: str) -> Folder:
    path = f"clusters/{hub}/{environment}/dedicated/{cluster}"
    return Folder(path, config=dedicated_overlay(environment, cluster))


def _hub(hub: str) -> list[Folder]:
    shared = (("resources", f"../../../{ARGOCD}"),)
    return [
        Folder(f"clusters/{hub}", lists=(("generators", ARGOCD),)),
        Folder(f"clusters/{hub}/{ARGOCD}", lists=shared, hub=hub),
    ]


def _load_all(estate: Estate) -> None:
    for tenant in _tenants(estate):
        for app in _apps(estate, tenant.name):
            for environment in estate.platform.environments[:1]:
                estate.version(tenant.name, app, environment)
    for name in estate.specs.component_names():
        estate.specs.component(name)


def _tenants(estate: Estate) -> list[Tenant]:
    """Return the tenants; a folder that holds overlays alone is what a removed one leaves."""
    names = estate.specs.tenant_names()
    written = [name for name in names if estate.specs.has_tenant(name) or _apps(estate, name)]
    return [tenant for name in written if (tenant := estate.tenant(name))]


def _apps(estate: Estate, tenant: str) -> list[str]:
    """Return the apps; a folder with files but no app.yaml is one whose spec is lost, not one that is removed."""
    names = estate.specs.app_names(tenant)
    return [app for app in names if estate.specs.has_app(tenant, app) or _has_files(estate, tenant, app)]


def _has_files(estate: Estate, tenant: str, app: str) -> bool:
    folder = os.path.join(estate.specs.tree.root, "tenants", tenant, "apps", app)
    with os.scandir(folder) as entries:
        return any(entry.is_file() for entry in entries)


def _overlays(estate: Estate) -> Iterator[Folder]:
    for tenant in _tenants(estate):
        for app in _apps(estate, tenant.name):
            for environment in estate.platform.environments:
                if estate.enabled(tenant.name, app, environment):
                    yield _overlay(tenant.name, app, environment.name)


def _clusters(estate: Estate) -> Iterator[Folder]:
    tenants = _tenants(estate)
    for environment in estate.platform.environments:
        yield _shared(environment.hub, environment.name, environment.cluster)
        placed = {t.cluster(environment) for t in tenants if environment.name in t.environments}
        for cluster in sorted(placed - {environment.cluster}):
            yield _dedicated(environment.hub, environment.name, cluster)


def _hubs(estate: Estate) -> Iterator[Folder]:
    for hub in estate.platform.hubs:
        yield from _hub(hub.name)


def _check_names(estate: Estate) -> None:
    taken: Environment | None = estate.platform.environment(ARGOCD)
    if taken:
        place = Place(estate.platform_source.file, ("spec", "environments", ARGOCD), on_key=True)
        note = f"clusters/{taken.hub}/{ARGOCD} is the hub's own folder"
        estate.out.error("TS608", f"no environment can be called '{ARGOCD}'", place, note=note)
