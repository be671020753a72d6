"""TenancyGuard: what a kustomization built, held against what its folder may hold. Nothing is changed."""

from __future__ import annotations

import os

from krm_functions.diagnostics import Place
from krm_functions.documents.tree import PLATFORM_FILE
from krm_functions.estate.app import namespace
from krm_functions.estate.views import cluster_view, hub_view
from krm_functions.functions.handwritten import Handwritten
from krm_functions.guard.judge import judge
from krm_functions.guard.scope import PlatformScope, app_scope
from krm_functions.manifests.base import app_base, namespace_base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from krm_functions.estate.estate import Estate
    from krm_functions.guard.scope import Scope
    from krm_functions.manifests.base import Base, Manifest
    from krm_functions.spec.scalars import Written

_INTERNAL = ("internal.config.kubernetes.io/", "kustomize.config.k8s.io/")
_TRACKING = (
    "alpha.config.kubernetes.io/transformations",
    "config.k8s.io/id",
    "config.kubernetes.io/index",
    "config.kubernetes.io/origin",
    "config.kubernetes.io/path",
)
"""What kustomize and kpt put on items to find them again."""


def tenancy_guard(estate: Estate, config: Written, manifests: Sequence[Any]) -> None:
    """Keep in ``estate.out`` what the items of a kustomization hold beyond their tenant.

    The kustomization is the one that lists the config: ``estate.config_place``. Where the specs are items, too,
    there is none, and each object is judged by its namespace and labels.
    """
    del config
    if estate.specs.tree.held:
        from krm_functions.functions.guard_among import guard_among  # noqa: PLC0415  (it knows every kind)

        estate.out.diagnostics.extend(guard_among(estate, [without_internal(m) for m in manifests]))
        return
    guard(estate, estate.config_place.file.split("/")[:-1], manifests)


def guard(estate: Estate, folder: Sequence[str], manifests: Sequence[Any], base: Base | None = None) -> None:
    """Keep in ``estate.out`` what manifests built in a folder, given by the parts of its path, hold beyond it.

    ``base`` is base/ as read before, for a caller that judges many folders.

    Raises:
        TenantspecError: the estate itself is broken, so that nothing can be judged.

    """
    kustomization = Place("/".join((*folder, "kustomization.yaml")))
    _check_root(estate)
    scope = scope_of(estate, folder, base)
    if scope is None and not estate.out.failed:
        message = f"{'/'.join(folder)} is no app's overlay, so nobody knows what it may hold"
        help_ = "list TenancyGuard in tenants/T/apps/A/overlays/E, or in a folder of clusters/"
        estate.out.error("TS534", message, kustomization, help=help_)
    if scope is None:
        return
    handwritten = Handwritten(estate.specs.tree.root, "/".join(folder), kustomization)
    items = [without_internal(manifest) for manifest in manifests]
    for found in judge(scope, items, handwritten.place):
        estate.out.add(found if found.place else found._replace(place=kustomization))


def scope_of(estate: Estate, folder: Sequence[str], base: Base | None = None) -> Scope | PlatformScope | None:
    """Return what a folder may hold; None for one outside, or below tenants/ and no overlay."""
    match folder:
        case ["tenants", tenant, "apps", app, "overlays", environment]:
            return _overlay(estate, tenant, app, environment, base)
        case ["tenants" | "..", *_]:
            return None
        case ["clusters", _, environment, "dedicated", cluster]:
            return _cluster(estate, environment, cluster)
        case ["clusters", _, environment] if environment != "argocd":
            return _cluster(estate, environment, None)
        case ["clusters", hub]:
            return _hub(estate, hub)
    return PlatformScope(_owners(estate), tuple(_listed(estate, folder)))


def _listed(estate: Estate, folder: Sequence[str]) -> list[Manifest]:
    """Return what the platform's generators that a folder of its own choice lists give."""
    from krm_functions.functions.kustomization import configs_of  # noqa: PLC0415
    from krm_functions.functions.table import KINDS, function  # noqa: PLC0415

    configs = configs_of(os.path.join(estate.specs.tree.root, *folder))
    wide = [config for config in configs if config["kind"] in KINDS and config["kind"] != "AppOverlay"]
    return [manifest for config in wide for manifest in function(config["kind"])(estate, config)]


def _overlay(estate: Estate, tenant: str, name: str, where: str, base: Base | None) -> Scope | None:
    environment, owner = estate.platform.environment(where), estate.tenant(tenant)
    if environment is None or owner is None or not estate.specs.has_app(tenant, name):
        return None
    app = estate.app(tenant, name, environment)
    own = estate.app_id(tenant, name)
    others = [estate.app_id(tenant, other) for other in estate.specs.app_names(tenant) if other != name]
    house = base or app_base(estate.specs.tree)
    return app_scope(estate.platform, owner, environment, (own, others), app, house)


def _cluster(estate: Estate, where: str, cluster: str | None) -> PlatformScope | None:
    from krm_functions.functions.cluster_overlay import cluster_manifests  # noqa: PLC0415
    from krm_functions.names import ClusterName  # noqa: PLC0415

    environment = estate.platform.environment(where)
    if environment is None:
        return None
    view = cluster_view(estate, environment, ClusterName(cluster) if cluster else None)
    base = namespace_base(estate.specs.tree)
    return PlatformScope(_owners(estate), tuple(cluster_manifests(view, base)))


def _hub(estate: Estate, name: str) -> PlatformScope | None:
    from krm_functions.functions.hub import GENERATORS, hub_manifests  # noqa: PLC0415

    hub = estate.platform.hub(name)
    if hub is None:
        return None
    view = hub_view(estate, hub)
    given = [manifest for kind in GENERATORS for manifest in hub_manifests(kind, view)]
    return PlatformScope(_owners(estate), tuple(given))


def _owners(estate: Estate) -> tuple[tuple[str, str], ...]:
    return tuple(
        (namespace(estate.platform, tenant, environment), tenant.id)
        for tenant in estate.tenants()
        for environment in estate.environments(tenant)
    )


def _check_root(estate: Estate) -> None:
    """Refuse an estate inside a tenant's folder of another: whoever writes it would be the platform."""
    root = estate.specs.tree.root
    above, inside = os.path.dirname(root), [os.path.basename(root)]
    while inside[0]:
        if os.path.isfile(os.path.join(above, PLATFORM_FILE)) and inside[0] == "tenants":
            message = "a platform.yaml inside a tenant's folder of another estate"
            estate.out.error("TS541", message, Place(PLATFORM_FILE), help="remove it: an estate has one")
            estate.out.raise_if_failed()
        above, inside = os.path.dirname(above), [os.path.basename(above), *inside]


def without_internal(manifest: Any) -> Any:
    """Return a manifest without the annotations that kustomize itself puts on items, and takes off again."""
    metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
    if not isinstance(metadata, dict):
        return manifest
    annotations = metadata.get("annotations")
    if not isinstance(annotations, dict) or not any(map(_is_internal, annotations)):
        return manifest
    kept = {key: value for key, value in annotations.items() if not _is_internal(key)}
    rest: Manifest = {key: value for key, value in metadata.items() if key != "annotations"}
    return {**manifest, "metadata": {**rest, "annotations": kept} if kept else rest}


def _is_internal(annotation: Any) -> bool:
    return isinstance(annotation, str) and (annotation in _TRACKING or annotation.startswith(_INTERNAL))
