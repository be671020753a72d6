"""What Helm hands to a post-renderer: a release's objects, labelled as an app's and held against its tenant.

Helm stays the owner of the release: what it alone reads (hooks, weights, the annotation by which Helm 4
finds an object's file again) and its `managed-by` label come out as they went in.
"""

from __future__ import annotations

from krm_functions.diagnostics import TenantspecError
from krm_functions.functions.items import items_of
from krm_functions.functions.printing import printed
from krm_functions.functions.tenancy_guard import scope_of
from krm_functions.guard.judge import judge
from krm_functions.guard.scope import Scope
from krm_functions.manifests.metadata import MANAGED_BY, tenant_labels
from krm_functions.names import did_you_mean
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any, Final

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import Environment

INSTANCE: Final = "app.kubernetes.io/instance"
_HELMS: Final = frozenset(
    {
        "helm.sh/hook",
        "helm.sh/hook-delete-policy",
        "helm.sh/hook-output-log-policy",
        "helm.sh/hook-weight",
        "helm.sh/resource-policy",
        "postrenderer.helm.sh/postrender-filename",
    }
)
"""Annotations that Helm obeys or takes off again, and no controller of a cluster reads."""
_TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    "Deployment": ("spec", "template", "metadata", "labels"),
    "StatefulSet": ("spec", "template", "metadata", "labels"),
    "Job": ("spec", "template", "metadata", "labels"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "metadata", "labels"),
}
_TEXTS: Final = ("ConfigMap", "Secret")
"""Kinds whose content is text of the app's own, whatever it looks like."""


class Release(Record):
    """Which app a release is of, and where: names as the specs and their folders say them."""

    tenant: str
    app: str
    environment: str


class Owner(Record):
    """Whose a release is: the labels of all its objects, those that its pods have besides, and what they may be."""

    labels: Mapping[str, str]
    pod_labels: Mapping[str, str]
    scope: Scope


def post_render(estate: Estate, release: Release, given: bytes) -> str:
    """Return a release's objects in the order given, as those of the app; only what was judged is printed.

    Raises:
        TenantspecError: a name is unknown (TS301), the tenant does not run there (TS312), the text cannot be
            read (TS533), or an object leaves its tenant (TS52x, TS53x).

    """
    owner = _owner(estate, release, _environment(estate, release))
    objects = [_owned(owner, manifest) for manifest in items_of(given)]
    for found in judge(owner.scope, [_without_helms(manifest) for manifest in objects]):
        estate.out.add(found)
    estate.out.raise_if_failed()
    return printed(objects)


def _environment(estate: Estate, release: Release) -> Environment:
    """Return the environment of a release whose names are all known."""
    specs, platform = estate.specs, estate.platform
    _check_known(estate, "tenant", release.tenant, specs.tenant_names())
    _check_known(estate, "environment", release.environment, [e.name for e in platform.environments])
    estate.out.raise_if_failed()
    _check_known(estate, "app", release.app, specs.app_names(release.tenant))
    environment, tenant = platform.environment(release.environment), estate.tenant(release.tenant)
    estate.out.raise_if_failed()
    if tenant and release.environment not in tenant.environments:
        message = f"the tenant '{release.tenant}' does not run in {release.environment}"
        estate.out.error("TS312", message, note="its environments: " + ", ".join(tenant.environments))
    if environment is None or estate.out.failed:
        raise TenantspecError(estate.out.diagnostics)
    return environment


def _check_known(estate: Estate, what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        note = did_you_mean(name, known) or "known: " + (", ".join(sorted(known)[:12]) or "none")
        estate.out.error("TS301", f"unknown {what} '{name}'", note=note)


def _owner(estate: Estate, release: Release, environment: Environment) -> Owner:
    """Return whose a release is; an app that tenantspec does not deploy there is granted nothing of its own."""
    tenant = estate.tenant(release.tenant)
    app = estate.app(release.tenant, release.app, environment)
    folder = ("tenants", release.tenant, "apps", release.app, "overlays", release.environment)
    scope = scope_of(estate, folder)
    if tenant is None or estate.out.failed or not isinstance(scope, Scope):
        raise TenantspecError(estate.out.diagnostics)
    labels = {
        **tenant_labels(tenant, environment),
        **(dict(app.labels) if app else {}),
        "tenantspec.dev/app": scope.app,
        INSTANCE: scope.instance,
    }
    del labels[MANAGED_BY]  # Helm manages a release, and says so itself
    return Owner(labels, dict(app.pod_labels) if app else {}, scope._replace(charted=True))


def _owned(owner: Owner, manifest: Any) -> Any:
    """Return an object as its owner's; one of another shape than Kubernetes' is left for the guard to refuse."""
    metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
    if not isinstance(metadata, dict):
        return manifest
    whole = manifest if manifest.get("kind") in _TEXTS else _renamed(owner, manifest)
    labels = _joined(metadata.get("labels", {}), (), owner.labels)
    owned = {**whole, "metadata": {"namespace": owner.scope.namespace, **metadata, "labels": labels}}
    path = _TEMPLATES.get(str(manifest.get("kind")))
    return _joined(owned, path, {**owner.labels, **owner.pod_labels}) if path else owned


def _renamed(owner: Owner, value: Any) -> Any:
    """Return a value in which the instance label, which charts set to the release's name, is the app's."""
    if isinstance(value, list):
        return [_renamed(owner, item) for item in value]
    if not isinstance(value, dict):
        return value
    said = {key: _renamed(owner, item) for key, item in value.items()}
    return {**said, INSTANCE: owner.scope.instance} if said.get(INSTANCE) == owner.scope.app else said


def _joined(value: Any, path: tuple[str, ...], labels: Mapping[str, str]) -> Any:
    """Return a value with the labels below a path extended; a shape that is not Kubernetes' stays as it is."""
    if value is None:
        value = {}
    if not isinstance(value, dict):
        return value
    if not path:
        return {**value, **labels}
    return {**value, path[0]: _joined(value.get(path[0]), path[1:], labels)}


def _without_helms(manifest: Any) -> Any:
    metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if not isinstance(metadata, dict) or not isinstance(annotations, dict):
        return manifest
    kept = {key: value for key, value in annotations.items() if key not in _HELMS}
    rest = {key: value for key, value in metadata.items() if key != "annotations"}
    return {**manifest, "metadata": {**rest, "annotations": kept} if kept else rest}
