"""The Application of one app in one environment, written out or as a template for many."""

from __future__ import annotations

from krm_functions.estate.app import application as application_name
from krm_functions.manifests.argocd import (
    APP_BASE,
    FINALIZER,
    LAST_WAVE,
    PATHS,
    application,
    argo_metadata,
    destination,
    generate_paths,
    source,
    source_path,
    sync_policy,
)
from krm_functions.manifests.hub import references
from krm_functions.manifests.metadata import MANAGED_BY
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Final

    from krm_functions.estate.model import App, Hub, Tenant
    from krm_functions.manifests.base import Manifest


class Shape(Record):
    """What distinguishes the Applications of a tenant other than by text.

    ``owning``: its deletion deletes what it has deployed; ``scaled``: the kind whose replicas an autoscaler sets;
    ``replaced``: a Job, which a new version replaces because its pods are immutable.
    """

    owning: bool
    scaled: str
    replaced: bool


COMPARE: Final = "argocd.argoproj.io/compare-options"
PLAIN: Final = Shape(owning=False, scaled="", replaced=False)


def shape(app: App) -> Shape:
    """Return the shape of an app's Application: in production, only a leaving tenant's owns what it deploys."""
    owning = not app.environment.production or app.tenant.offboard
    return Shape(owning, app.workload if app.autoscale else "", app.workload == "Job")


def texts(app: App, answering: dict[str, App]) -> dict[str, str]:
    """Return the texts that distinguish an app's Application from its tenant's others."""
    folder = f"tenants/{app.tenant.name}/apps/{app.name}/overlays/{app.environment.name}"
    return {
        "name": application_name(app.platform, app.tenant, app.id, app.environment),
        "app": app.id,
        "environment": app.environment.name,
        "stage": app.environment.stage,
        "path": source_path(app.platform, folder),
        "paths": generate_paths(app.platform, folder, _reads(app, answering))[PATHS],
        "cluster": app.cluster,
        "namespace": app.namespace,
    }


def tenant_application(app: App, hub: Hub, form: Shape, said: Mapping[str, str]) -> Manifest:
    """Return a tenant's Application of a shape; of the app only what all the tenant's apps share is used."""
    annotations = {PATHS: said["paths"]}
    if form.replaced:
        # a server-side diff applies the change as a dry run, which a Job refuses (argo-cd issue 29348)
        annotations[COMPARE] = "ServerSideDiff=false"
    meta = argo_metadata(hub, said["name"], _labels(app.tenant, said), annotations, wave=LAST_WAVE)
    if form.owning:
        meta["finalizers"] = [FINALIZER]
    ignored = [{"group": "apps", "kind": form.scaled, "jsonPointers": ["/spec/replicas"]}]
    return application(
        meta,
        app.tenant.id,
        source(app.platform, said["path"]),
        destination=destination(said["cluster"], said["namespace"]),
        syncPolicy=_policy(app.tenant, form),
        ignoreDifferences=ignored if form.scaled else None,
    )


def _labels(tenant: Tenant, said: Mapping[str, str]) -> dict[str, str]:
    return {
        MANAGED_BY: "tenantspec",
        "app.kubernetes.io/part-of": tenant.id,
        "tenantspec.dev/tenant": tenant.id,
        "tenantspec.dev/environment": said["environment"],
        "tenantspec.dev/stage": said["stage"],
        "tenantspec.dev/app": said["app"],
    }


def _policy(tenant: Tenant, form: Shape) -> dict[str, Any]:
    options = ["ServerSideApply", "ApplyOutOfSyncOnly", "PruneLast", "FailOnSharedResource"]
    if form.scaled:
        options.append("RespectIgnoreDifferences")
    return sync_policy(*options, prune=not tenant.offboard)


def _reads(app: App, answering: dict[str, App]) -> list[str]:
    """Return the files and folders that building an app's overlay reads, as patterns of Argo CD.

    The app's folder is its whole room, from which its overlays may take what they like; of the tenant's other
    apps the guard reads the ids.
    """
    tenant = f"tenants/{app.tenant.name}"
    own = [f"{tenant}/config/tenant.yaml", f"{tenant}/apps/{app.name}", f"{tenant}/apps/*/app.yaml"]
    peers = [
        path
        for owner, name in references(app, answering)
        if owner != app.tenant.name
        for path in (f"tenants/{owner}/config/tenant.yaml", f"tenants/{owner}/apps/{name}/app.yaml")
    ]
    return ["platform.yaml", *APP_BASE, *own, *peers, *(["charts"] if app.chart else [])]
