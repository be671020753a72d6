"""AppProjects of tenants: exact sources, destinations and kinds, and what their people may do."""

from __future__ import annotations

from krm_functions.estate.app import application
from krm_functions.manifests.argocd import (
    FINALIZER,
    FIRST_WAVE,
    app_project,
    argo_metadata,
    destination,
    subject,
)
from krm_functions.manifests.hub import hub_tenants
from krm_functions.manifests.kinds import EXTERNAL_SECRET, WORKLOADS, kinds
from krm_functions.manifests.metadata import place_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Final

    from krm_functions.estate.model import Hub, HubView, Members, Platform, Tenant
    from krm_functions.manifests.base import Manifest
    from krm_functions.manifests.hub import HubTenant
    from krm_functions.manifests.kinds import Kind

_LOOK: Final = (("applications", "get"), ("logs", "get"))
_SYNC: Final = (*_LOOK, ("applications", "sync"))
_ACTIONS: Final[Mapping[Kind, str]] = {
    WORKLOADS["CronJob"]: "create-job",
    WORKLOADS["Deployment"]: "restart",
    WORKLOADS["StatefulSet"]: "restart",
    EXTERNAL_SECRET: "refresh",
}
"""Argo CD's own actions that change nothing of what git says."""

_SCHEDULES: Final[Mapping[str, str]] = {
    "@annually": "0 0 1 1 *",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@yearly": "0 0 1 1 *",
}
"""Schedules that Argo CD's sync windows know in five fields only."""


def projects(view: HubView) -> Iterator[Manifest]:
    """Yield the project of each tenant that has anything on the hub."""
    for entry in hub_tenants(view):
        yield _project(view.platform, view.hub, entry)


def _project(platform: Platform, hub: Hub, entry: HubTenant) -> Manifest:
    tenant = entry.tenant
    labels = {**place_labels(tenant, None), "app.kubernetes.io/part-of": tenant.id}
    meta = argo_metadata(hub, tenant.id, labels, wave=FIRST_WAVE)
    permitted = kinds(entry.apps, entry.added)
    spec = {
        "description": tenant.display_name[:255],
        "sourceRepos": [platform.repository.url],
        "destinations": _destinations(entry),
        "clusterResourceWhitelist": [],
        "namespaceResourceWhitelist": [{"group": group, "kind": kind} for group, kind in permitted],
        "roles": list(_roles(tenant, permitted)),
    }
    windows = _windows(platform, entry)
    return app_project(
        {**meta, "finalizers": [FINALIZER]}, {**spec, "syncWindows": windows} if windows else spec
    )


def _destinations(entry: HubTenant) -> list[dict[str, str]]:
    exact = sorted({(share.cluster, share.namespace) for share in entry.shares if share.apps})
    return [destination(cluster, namespace) for cluster, namespace in exact]


def _roles(tenant: Tenant, permitted: Iterable[Kind]) -> Iterator[dict[str, Any]]:
    actions = [
        ("applications", f"action/{group}/{kind}/{_ACTIONS[group, kind]}")
        for group, kind in permitted
        if (group, kind) in _ACTIONS
    ]
    for role, members, grants in (
        ("owner", tenant.owners, (*_SYNC, *actions)),
        ("editor", tenant.editors, _SYNC),
        ("viewer", tenant.viewers, _LOOK),
    ):
        if members.groups or members.users:
            yield _role(tenant, role, members, grants)


def _role(tenant: Tenant, role: str, members: Members, grants: Iterable[tuple[str, str]]) -> dict[str, Any]:
    policies = [
        f"p, proj:{tenant.id}:{role}, {resource}, {action}, {tenant.id}/*, allow"
        for resource, action in grants
    ]
    groups = sorted({subject(group) for group in members.groups})
    return {"name": role, "policies": policies, **({"groups": groups} if groups else {})}


def _windows(platform: Platform, entry: HubTenant) -> list[dict[str, Any]]:
    """Return the sync windows with the Applications they hold for; Argo CD refuses two that are alike."""
    windows: list[dict[str, Any]] = []
    for window in entry.tenant.sync_windows:
        names = sorted(
            application(platform, entry.tenant, app.id, app.environment)
            for app in entry.apps
            if app.environment.stage in window.stages
        )
        said = {
            "kind": window.kind,
            "schedule": _SCHEDULES.get(window.schedule, window.schedule),
            "duration": window.duration,
            "applications": names,
            "timeZone": window.time_zone,
        }
        if names and said not in windows:
            windows.append(said)
    return windows
