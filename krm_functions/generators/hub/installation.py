"""Settings of a hub's Argo CD. The keys here join those of its installation: server-side apply owns no others."""

from __future__ import annotations

from krm_functions.manifests.argocd import FIRST_WAVE, argo_metadata, subject
from krm_functions.manifests.hub import hub_tenants
from krm_functions.manifests.metadata import MANAGED_BY, manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from krm_functions.estate.model import Hub, HubView
    from krm_functions.manifests.base import Manifest

_HEALTH: Final = """\
local hs = {status = "Progressing", message = "waiting for its first sync"}
local status = obj.status or {}
local sync, health = status.sync or {}, status.health or {}
local wanted, compared = obj.spec.source or {}, (sync.comparedTo or {}).source or {}
if sync.status == nil or health.status == nil then
  return hs
end
if wanted.targetRevision ~= compared.targetRevision then
  hs.message = "waiting for a comparison with " .. tostring(wanted.targetRevision)
elseif health.status == "Degraded" then
  hs.status, hs.message = "Degraded", health.message or ""
elseif sync.status ~= "Synced" then
  hs.message = "sync status is " .. sync.status
else
  hs.status, hs.message = health.status, health.message or ""
end
return hs
"""
"""Health of an Application, for sync waves to wait for: Healthy only if it is Synced too.

Argo CD has had none of its own since 1.8 (https://github.com/argoproj/argo-cd/issues/3781).
"""


def installation(view: HubView) -> Iterator[Manifest]:
    """Yield the ConfigMaps that Argo CD reads."""
    yield _config_map(
        view.hub,
        "argocd-cm",
        {
            "application.sync.requireOverridePrivilegeForRevisionSync": "true",
            "resource.customizations.health.argoproj.io_Application": _HEALTH,
        },
    )
    yield _config_map(view.hub, "argocd-cmd-params-cm", _parameters(view))
    policies = "".join(f"{line}\n" for line in _members(view))
    yield _config_map(
        view.hub,
        "argocd-rbac-cm",
        {"policy.csv": policies, "policy.default": "", "scopes": "[groups, email]"},
    )


def _config_map(hub: Hub, name: str, data: dict[str, str]) -> Manifest:
    # Argo CD reads only ConfigMaps that are labelled as parts of it
    labels = {MANAGED_BY: "tenantspec", "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "argocd"}
    return manifest("v1", "ConfigMap", argo_metadata(hub, name, labels, wave=FIRST_WAVE), data=data)


def _parameters(view: HubView) -> dict[str, str]:
    # what the API server would change counts as no difference: everything is applied by it
    parameters = {"controller.diff.server.side": "true"}
    if view.platform.argocd.delivery == "plugin":
        parameters["reposerver.plugin.use.manifest.generate.paths"] = "true"
    return parameters


def _members(view: HubView) -> Iterator[str]:
    """Yield the single users of each project role; its groups stand in the project."""
    for entry in hub_tenants(view):
        tenant = entry.tenant
        for role, members in (
            ("editor", tenant.editors),
            ("owner", tenant.owners),
            ("viewer", tenant.viewers),
        ):
            for user in sorted({subject(user) for user in members.users}):
                yield f"g, {user}, proj:{tenant.id}:{role}"
