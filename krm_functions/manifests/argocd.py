"""Argo CD's own objects: Applications, AppProjects and ApplicationSets, and the sources they name.

Fields and their meaning: the CustomResourceDefinitions and the manual of Argo CD 3.6.1.
"""

from __future__ import annotations

from krm_functions import __version__
from krm_functions.manifests.metadata import SYNC_WAVE, manifest, metadata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Final

    from krm_functions.estate.model import ComponentInEnvironment, Hub, Platform
    from krm_functions.manifests.base import Manifest

PROJECT: Final = "platform"
"""The AppProject of everything that is not a tenant's."""
_LOCAL: Final = "https://kubernetes.default.svc"
"""The cluster that Argo CD runs on, whatever it is called there."""
FINALIZER: Final = "resources-finalizer.argocd.argoproj.io"
"""On an Application: its deletion deletes what it has deployed. On an AppProject: it stays while it is used."""
PATHS: Final = "argocd.argoproj.io/manifest-generate-paths"

APP_BASE: Final = ("base/deployment", "base/ingress", "base/service")
SPECS: Final = (
    "platform.yaml",
    "infra",
    "tenants/*/config/tenant.yaml",
    "tenants/*/apps/*/app.yaml",
    "tenants/*/apps/*/versions.yaml",
)
"""What the fleet-wide functions read; `*` is any name of a file or folder, as in Go's filepath.Match."""

FIRST_WAVE: Final = -1001
"""Before every component, whose waves start at -1000: settings and projects are there when Applications come."""
CLUSTER_WAVE: Final = -10
LAST_WAVE: Final = 0
"""The tenants' wave, which a sync does not wait for: no tenant's broken app holds another's."""

_PLUGIN: Final = "tenantspec-v1"
_RETRY: Final = {
    "limit": 5,
    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
    "refresh": True,
}


def argo_metadata(
    hub: Hub, name: str, labels: dict[str, str], annotations: dict[str, str] | None = None, *, wave: int
) -> dict[str, Any]:
    """Return the metadata of an object in a hub's namespace, synced in one of the waves."""
    return metadata(name, hub.namespace, labels, {**(annotations or {}), SYNC_WAVE: str(wave)})


def application(meta: dict[str, Any], project: str, source: Mapping[str, Any], **parts: Any) -> Manifest:
    """Return an Application; parts of its spec that are empty are left out."""
    said = {key: value for key, value in parts.items() if value}
    spec = {"project": project, "source": source, **said, "revisionHistoryLimit": 3}
    return manifest("argoproj.io/v1alpha1", "Application", meta, spec=spec)


def app_project(meta: dict[str, Any], spec: Mapping[str, Any]) -> Manifest:
    """Return an AppProject."""
    return manifest("argoproj.io/v1alpha1", "AppProject", meta, spec=spec)


def application_set(meta: dict[str, Any], spec: Mapping[str, Any]) -> Manifest:
    """Return an ApplicationSet."""
    return manifest("argoproj.io/v1alpha1", "ApplicationSet", meta, spec=spec)


def destination(cluster: str, namespace: str) -> dict[str, str]:
    """Return a cluster, by the name it is registered under, and a namespace on it."""
    return {"name": cluster, "namespace": namespace}


def own_destination(hub: Hub) -> dict[str, str]:
    """Return the namespace of a hub's Argo CD."""
    return {"server": _LOCAL, "namespace": hub.namespace}


def sync_policy(*options: str, prune: bool = True) -> dict[str, Any]:
    """Return a policy that syncs by itself and reverts drift; a failed sync is retried at the newest revision."""
    return {
        "automated": {"prune": prune, "selfHeal": True},
        "syncOptions": [f"{option}=true" for option in options],
        "retry": _RETRY,
    }


def source_path(platform: Platform, folder: str) -> str:
    """Return where Argo CD reads a folder of the estate: where it is written, or where its render is committed."""
    rendered = platform.argocd.delivery == "rendered"
    return _in_repository(platform, f"rendered/{folder}" if rendered else folder)


def source(platform: Platform, path: str) -> dict[str, Any]:
    """Return a path of the estate's repository as a source, built by the plugin unless it is committed rendered."""
    repository = platform.repository
    git = {"repoURL": repository.url, "targetRevision": repository.revision, "path": path}
    if platform.argocd.delivery == "rendered":
        return git
    # the version is part of the manifest cache's key: an upgrade renders anew
    env = [{"name": "TENANTSPEC_VERSION", "value": __version__}]
    return {**git, "plugin": {"name": _PLUGIN, "env": env}}


def chart_repository(component: ComponentInEnvironment) -> str:
    """Return a component's Helm repository; Argo CD names one in an OCI registry without a scheme."""
    return component.repository.removeprefix("oci://")


def generate_paths(platform: Platform, folder: str, reads: Iterable[str]) -> dict[str, str]:
    """Return the annotation that names what a source is made of: the folder, or what building it reads."""
    rendered = platform.argocd.delivery == "rendered"
    built_of = [_in_repository(platform, path) for path in dict.fromkeys(reads)]
    paths = [source_path(platform, folder)] if rendered else built_of
    return {PATHS: ";".join(f"/{path}" for path in paths)}


def subject(name: str) -> str:
    """Return a group or user as one field of a policy line: whatever it holds, it stays one field.

    Argo CD splits policies at line ends and commas, and takes a quoted field for one.
    """
    plain = " ".join(name.replace('"', " ").split())
    return f'"{plain}"' if "," in plain else plain


def _in_repository(platform: Platform, path: str) -> str:
    return f"{platform.repository.path}/{path}" if platform.repository.path else path
