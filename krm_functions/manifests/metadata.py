"""Labels, annotations and object metadata: one place for the names that others rely on."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from krm_functions.estate.model import App, Environment, Tenant
    from krm_functions.manifests.base import Manifest

MANAGED_BY = "app.kubernetes.io/managed-by"
KEEP = "Prune=confirm,Delete=confirm"
"""Argo CD asks a person before it deletes the object."""
SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
SYNC_WAVE = "argocd.argoproj.io/sync-wave"

_LABEL_VALUE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")


def label_value(text: str) -> str:
    """Return a text as a label value: at most 63 characters of its alphabet, with letters or digits at the ends."""
    kept = (character if character in _LABEL_VALUE else "-" for character in text[:63])
    return "".join(kept).strip("-_.")


def selector(app: App) -> dict[str, str]:
    """Return what selects an app's pods; it never changes. The pods of a chart keep names of their own."""
    name = {} if app.chart else {"app.kubernetes.io/name": app.id}
    return {**name, "app.kubernetes.io/instance": f"{app.tenant.id}-{app.id}"}


def app_labels(app: App) -> dict[str, str]:
    """Return the labels of an app's objects, the tenant's and the app's own among them."""
    return {
        **dict(app.tenant.labels),
        **dict(app.labels),
        **selector(app),
        "app.kubernetes.io/part-of": app.tenant.id,
        "app.kubernetes.io/version": label_value(app.chart.version if app.chart else app.main.image.version),
        **place_labels(app.tenant, app.environment),
        "tenantspec.dev/app": app.id,
    }


def place_labels(tenant: Tenant | None, environment: Environment | None) -> dict[str, str]:
    """Return the labels that say whose an object is and where; None leaves a coordinate out."""
    labels = {MANAGED_BY: "tenantspec"}
    if tenant:
        labels["tenantspec.dev/tenant"] = tenant.id
    if environment:
        labels["tenantspec.dev/environment"] = environment.name
        labels["tenantspec.dev/stage"] = environment.stage
    return labels


def tenant_labels(tenant: Tenant, environment: Environment) -> dict[str, str]:
    """Return the labels of a tenant's own objects on a cluster, those of its spec among them."""
    return {
        **dict(tenant.labels),
        "app.kubernetes.io/part-of": tenant.id,
        **place_labels(tenant, environment),
    }


def app_annotations(app: App) -> dict[str, str]:
    """Return the annotations of an app's objects."""
    return {**dict(app.tenant.annotations), **dict(app.annotations)}


def metadata(
    name: str,
    namespace: str = "",
    labels: dict[str, str] | None = None,
    annotations: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return object metadata without empty parts."""
    parts = {"name": name, "namespace": namespace, "labels": labels, "annotations": annotations}
    return {key: value for key, value in parts.items() if value}


def app_metadata(app: App, name: str = "", annotations: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the metadata of one of an app's objects, called as the app by default."""
    return metadata(
        name or app.id, app.namespace, app_labels(app), {**app_annotations(app), **(annotations or {})}
    )


def manifest(api_version: str, kind: str, meta: dict[str, Any], **parts: Any) -> Manifest:
    """Return a manifest in API order; a part that is None is left out."""
    said = {key: value for key, value in parts.items() if value is not None}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, **said}
