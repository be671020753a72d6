"""TenancyGuard where the specs are items: no folder says whose an object is, so its namespace and labels do.

An object in a tenant's namespace is judged as its app's, by the labels that the functions give; one that names no
app of that tenant's is refused. What the functions give a cluster or a hub stays as it is, and everything outside of
tenants' namespaces is the platform's, which composes the specs.
"""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic
from krm_functions.estate.app import namespace
from krm_functions.estate.views import cluster_view, clusters_of, hub_view
from krm_functions.functions.cluster_overlay import cluster_manifests
from krm_functions.functions.hermetic import BASE, LOCAL
from krm_functions.functions.hub import GENERATORS, hub_manifests
from krm_functions.guard.judge import called, judge
from krm_functions.guard.scope import PlatformScope, app_scope
from krm_functions.manifests.base import app_base, namespace_base
from krm_functions.names import GROUP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import Environment, Tenant
    from krm_functions.guard.scope import Scope
    from krm_functions.manifests.base import Manifest

    Whose = tuple[str, str, str]


def guard_among(estate: Estate, manifests: Sequence[Any]) -> Iterator[Diagnostic]:
    """Yield what the objects among items hold beyond their tenant; specs and configs are no objects."""
    items = [manifest for manifest in manifests if not _is_spec(manifest)]
    given = list(_given(estate, items))
    names = {_identity(manifest) for manifest in given}
    owners = {
        namespace(estate.platform, tenant, environment): tenant
        for tenant in estate.tenants()
        for environment in estate.environments(tenant)
    }
    held: dict[Whose, list[Any]] = {}
    platform = []
    for item in items:
        owner = owners.get(_at(item, "metadata", "namespace"))
        if owner is None or _identity(item) in names:
            platform.append(item)
        else:
            held.setdefault(_whose(owner, item), []).append(item)
    pairs = tuple((name, tenant.id) for name, tenant in owners.items())
    yield from judge(PlatformScope(pairs, tuple(given)), platform)
    for whose, objects in held.items():
        yield from _judged(estate, whose, objects)


def _judged(estate: Estate, whose: Whose, objects: list[Any]) -> Iterator[Diagnostic]:
    scope = _scope(estate, *whose)
    if scope is not None:
        yield from judge(scope, objects)
        return
    for one in objects:
        message = f"{called(one)}: it stands in a namespace of {whose[0]}'s, and is no app's of it"
        help_ = "give it the labels tenantspec.dev/app and tenantspec.dev/environment of an app there"
        yield Diagnostic("TS534", message, help=help_)


def _scope(estate: Estate, owner: str, app_id: str, where: str) -> Scope | None:
    environment = estate.platform.environment(where)
    tenant = next((tenant for tenant in estate.tenants() if tenant.id == owner), None)
    if environment is None or tenant is None or environment.name not in tenant.environments:
        return None
    ids = {estate.app_id(tenant.name, name): name for name in estate.specs.app_names(tenant.name)}
    if app_id not in ids:
        return None
    app = estate.app(tenant.name, ids[app_id], environment)
    others = [other for other in ids if other != app_id]
    base = app_base(estate.specs.tree)
    return app_scope(estate.platform, tenant, environment, (app_id, others), app, base)


def _given(estate: Estate, items: Sequence[Any]) -> Iterator[Manifest]:
    """Yield what the functions give each cluster and hub that the items speak of."""
    base = namespace_base(estate.specs.tree)
    there = {_identity(item) for item in items}
    seen = {
        _at(item, "metadata", "labels", "tenantspec.dev/environment")
        for item in items
        if _at(item, "kind") == "Namespace"
    }
    for environment in estate.platform.environments:
        if environment.name in seen:
            yield from _of_clusters(estate, environment, base, there)
    for hub in estate.platform.hubs:
        given = [m for kind in GENERATORS for m in hub_manifests(kind, hub_view(estate, hub))]
        if any(m["kind"] == "AppProject" and _identity(m) in there for m in given) and any(
            m["kind"] == "Application" and _identity(m) in there for m in given
        ):
            yield from given


def _of_clusters(
    estate: Estate, environment: Environment, base: Any, there: set[Whose | None]
) -> Iterator[Manifest]:
    for cluster, dedicated in clusters_of(estate, environment):
        view = cluster_view(estate, environment, cluster if dedicated else None)
        given = cluster_manifests(view, base)
        if any(manifest["kind"] == "Namespace" and _identity(manifest) in there for manifest in given):
            yield from given


def _whose(owner: Tenant, item: Any) -> Whose:
    app = _at(item, "metadata", "labels", "tenantspec.dev/app")
    environment = _at(item, "metadata", "labels", "tenantspec.dev/environment")
    return owner.id, str(app), str(environment)


def _is_spec(manifest: Any) -> bool:
    """Whether an item is a spec, a config, or a template of base/ that kustomize leaves out of its output."""
    version = _at(manifest, "apiVersion")
    annotations = _at(manifest, "metadata", "annotations")
    local = isinstance(annotations, dict) and annotations.get(LOCAL) == "true" and BASE in annotations
    return local or (isinstance(version, str) and version.partition("/")[0] == GROUP)


def _identity(manifest: Any) -> Whose | None:
    kind, meta = _at(manifest, "kind"), _at(manifest, "metadata")
    names = (_at(meta, "namespace") or "", _at(meta, "name"))
    return (str(kind), *names) if all(isinstance(name, str) for name in names) else None


def _at(value: Any, *path: str) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
