"""What is stamped onto a chart's objects: namespace and labels as any app's, and hooks in Argo CD's words.

A chart selects its pods by labels of its own, so those stay. The instance label, which Helm sets to the
release's name, becomes the app's own wherever it stands, in selectors too: it is what tells apps apart.
"""

from __future__ import annotations

from krm_functions.manifests.metadata import MANAGED_BY, SYNC_WAVE, app_annotations, app_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Final

    from krm_functions.estate.model import App
    from krm_functions.manifests.base import Manifest

INSTANCE: Final = "app.kubernetes.io/instance"
NAME: Final = "app.kubernetes.io/name"
HOOK: Final = "helm.sh/hook"
_WEIGHT: Final = "helm.sh/hook-weight"
_POLICY: Final = "helm.sh/hook-delete-policy"
_ARGO_HOOK: Final = "argocd.argoproj.io/hook"
_ARGO_POLICY: Final = "argocd.argoproj.io/hook-delete-policy"
PHASES: Final[Mapping[str, str]] = {
    "pre-install": "PreSync",
    "pre-upgrade": "PreSync",
    "post-install": "PostSync",
    "post-upgrade": "PostSync",
}
"""Helm's hooks that a sync has a phase for; it has none for those of tests, rollbacks and deletion."""
_SELECTORS: Final[Mapping[str, tuple[str, ...]]] = {
    "Deployment": ("spec", "selector", "matchLabels"),
    "StatefulSet": ("spec", "selector", "matchLabels"),
    "PodDisruptionBudget": ("spec", "selector", "matchLabels"),
    "Service": ("spec", "selector"),
}
_TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
_OPAQUE: Final = frozenset({"ConfigMap", "Secret"})
"""Kinds whose content is text of the app's own."""


def phase(manifest: Manifest) -> str | None:
    """Return the phase of a hook, "" for an object that is none, None for a hook that no sync runs."""
    said = _annotations(manifest).get(HOOK)
    if not isinstance(said, str):
        return ""
    phases = {PHASES[name.strip()] for name in said.split(",") if name.strip() in PHASES}
    return ",".join(sorted(phases, reverse=True)) or None


def stamped(app: App, manifest: Manifest) -> Manifest:
    """Return a chart's object as one of the app's; one of another shape than Kubernetes' is left for the guard."""
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict):
        return manifest
    whole = manifest if manifest.get("kind") in _OPAQUE else _renamed(app, manifest)
    labels = _merged(_renamed(app, metadata).get("labels"), _own_labels(app, metadata))
    annotations = _merged(_hooked(manifest), app_annotations(app))
    meta = {"namespace": app.namespace, **metadata, "labels": labels}
    meta.pop("annotations", None)
    kind = str(manifest.get("kind"))
    result: Manifest = {**whole, "metadata": {**meta, "annotations": annotations} if annotations else meta}
    result = _joined(result, _SELECTORS.get(kind, ()), {INSTANCE: _instance(app)}, made=False)
    template = _TEMPLATES.get(kind, ())
    pods = {**app_labels(app), **dict(app.pod_labels)}
    keep = _at(result, (*template, "metadata", "labels")) if template else None
    own = {NAME: keep[NAME]} if isinstance(keep, dict) and NAME in keep else {}
    path = (*template, "metadata", "labels") if template else ()
    labelled: Manifest = _joined(result, path, {NAME: app.id, **pods, **own})
    return labelled


def _instance(app: App) -> str:
    return f"{app.tenant.id}-{app.id}"


def _own_labels(app: App, metadata: Mapping[str, Any]) -> dict[str, str]:
    theirs = metadata.get("labels")
    named = isinstance(theirs, dict) and NAME in theirs
    return {**({} if named else {NAME: app.id}), **app_labels(app)}


def _merged(theirs: Any, ours: Mapping[str, str]) -> dict[str, Any]:
    return {**(theirs if isinstance(theirs, dict) else {}), **ours}


def _renamed(app: App, value: Any) -> Any:
    """Return a value in which Helm's instance and manager, as labels of anything, are the app's."""
    if isinstance(value, list):
        return [_renamed(app, item) for item in value]
    if not isinstance(value, dict):
        return value
    said = {key: _renamed(app, item) for key, item in value.items()}
    if said.get(INSTANCE) == app.id:
        said[INSTANCE] = _instance(app)
    if said.get(MANAGED_BY) == "Helm":
        said[MANAGED_BY] = "tenantspec"
    return said


def _hooked(manifest: Manifest) -> dict[str, Any]:
    """Return the annotations with Helm's hook said as Argo CD says it: made anew at each sync."""
    said = dict(_annotations(manifest))
    runs = phase(manifest)
    weight = said.pop(_WEIGHT, None)
    for key in (HOOK, _POLICY):
        said.pop(key, None)
    if runs:
        said |= {_ARGO_HOOK: runs, _ARGO_POLICY: "BeforeHookCreation"}
        said |= {SYNC_WAVE: str(weight)} if weight is not None else {}
    return said


def _annotations(manifest: Manifest) -> Mapping[str, Any]:
    said = _at(manifest, ("metadata", "annotations"))
    return said if isinstance(said, dict) else {}


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _joined(value: Any, path: tuple[str, ...], more: Mapping[str, str], *, made: bool = True) -> Any:
    """Return a value with a mapping below it extended; made where it is absent, unless told not to."""
    if not path:
        return value
    if not isinstance(value, dict) or (not made and not isinstance(_at(value, path), dict)):
        return value
    key, *rest = path
    below = value.get(key)
    if not rest:
        return {**value, key: {**(below if isinstance(below, dict) else {}), **more}}
    return {**value, key: _joined(below if isinstance(below, dict) else {}, tuple(rest), more, made=made)}
