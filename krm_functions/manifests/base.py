"""The templates below base/: the platform's conventions as real manifests, read like kustomize reads them."""

from __future__ import annotations

import os

from krm_functions.diagnostics import Place
from krm_functions.documents.tree import Tree
from krm_functions.manifests.shapes import misshapen
from krm_functions.names import did_you_mean
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Final

    from krm_functions.diagnostics import Collector

Manifest = dict[str, "Any"]

SLOTS: Final[Mapping[str, tuple[str, ...]]] = {
    "deployment": ("Deployment", "ServiceAccount", "PodDisruptionBudget", "HorizontalPodAutoscaler"),
    "service": ("Service", "ServiceMonitor"),
    "ingress": ("Ingress", "HTTPRoute"),
}
"""Which kinds each folder may hold, one object each; `namespace` may hold any kind."""

SINGLE: Final = ("Namespace", "ResourceQuota")
"""Kinds of `namespace` that the tenant's own values are stamped onto: one each."""

CLUSTER_SCOPED: Final = frozenset(
    {
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "IngressClass",
        "Namespace",
        "PriorityClass",
        "StorageClass",
    }
)
"""Kinds without a namespace that a base may hold; other kinds belong to a namespace."""


class Base(Record):
    """Templates by kind for apps, and the manifests of a tenant's namespace and of a cluster."""

    templates: Mapping[str, Manifest]
    namespaced: tuple[Manifest, ...]
    cluster_wide: tuple[Manifest, ...]

    def template(self, kind: str) -> Manifest:
        """Return the template of a kind; a base may leave one out."""
        return self.templates.get(kind, {})


def app_base(tree: Tree) -> Base:
    """Read the folders that an app's overlay needs."""
    templates: dict[str, Manifest] = {}
    for folder, kinds in SLOTS.items():
        source = _source(tree, folder)
        for file, manifest in _manifests(source, folder):
            kind = manifest["kind"]
            if kind in kinds and kind not in templates:
                templates[kind] = manifest
            else:
                _misplaced(kind, kinds, folder, file, source.collector)
        tree.collector.diagnostics.extend(_own(source, tree))
    if not tree.collector.failed:
        _check_workload(templates, tree)
    return Base(templates, (), ())


def namespace_base(tree: Tree) -> Base:
    """Read the folder that a cluster's overlay needs."""
    source = _source(tree, "namespace")
    manifests = [manifest for _, manifest in _manifests(source, "namespace")]
    tree.collector.diagnostics.extend(_own(source, tree))
    templates = {m["kind"]: m for m in manifests if m["kind"] in SINGLE}
    for kind in SINGLE:
        if sum(m["kind"] == kind for m in manifests) > 1:
            _misplaced(kind, SINGLE, "namespace", "base/namespace/kustomization.yaml", tree.collector)
    namespaced = tuple(m for m in manifests if m["kind"] not in CLUSTER_SCOPED and m["kind"] not in templates)
    cluster_wide = tuple(m for m in manifests if m["kind"] in CLUSTER_SCOPED and m["kind"] not in templates)
    return Base(templates, namespaced, cluster_wide)


def packaged() -> str:
    """Return the folder of the default base, used where an estate has none of its own."""
    return os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "default_base")


def _source(tree: Tree, folder: str) -> Tree:
    if tree.exists(f"base/{folder}/kustomization.yaml"):
        return tree
    return Tree(packaged())


def _own(source: Tree, tree: Tree) -> list[Any]:
    return [] if source is tree else source.collector.diagnostics


def _manifests(source: Tree, folder: str) -> list[tuple[str, Manifest]]:
    top = folder if source.root == packaged() else f"base/{folder}"
    return [
        (file, manifest)
        for file in _resources(source, top)
        for index, manifest in enumerate(source.documents(file))
        if _is_manifest(manifest, Place(file, document=index), source.collector)
    ]


def _resources(source: Tree, top: str) -> list[str]:
    file = f"{top}/kustomization.yaml"
    written = source.document(file)
    if written is None:
        return []
    for key in written.keys() - {"apiVersion", "kind", "resources", "metadata"}:
        message = f"a base may use 'resources' only, not '{key}'"
        note = (
            "functions read base/ themselves, without running kustomize: write the result into the manifests"
        )
        source.collector.error("TS602", message, Place(file, (key,), on_key=True), note=note)
    names = written.get("resources") or []
    if not isinstance(names, list):
        source.collector.error("TS603", "'resources' is not a list", Place(file, ("resources",)))
        return []
    for index, name in enumerate(names):
        if not isinstance(name, str) or "/" in name or not source.exists(f"{top}/{name}"):
            message = f"no file '{name}' in {top}"
            source.collector.error(
                "TS603", message, Place(file, ("resources", index)), note="a file beside it"
            )
    return [f"{top}/{name}" for name in names if isinstance(name, str) and source.exists(f"{top}/{name}")]


def _is_manifest(manifest: Any, place: Place, out: Collector) -> bool:
    metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
    if (
        isinstance(metadata, dict)
        and isinstance(manifest.get("apiVersion"), str)
        and isinstance(manifest.get("kind"), str)
        and isinstance(metadata.get("name"), str)
    ):
        return _is_shaped(manifest, place, out)
    out.error("TS604", "not a manifest: it needs apiVersion, kind and metadata.name", place)
    return False


def _is_shaped(manifest: Manifest, place: Place, out: Collector) -> bool:
    faults = list(misshapen(manifest))
    for path, shape in faults:
        out.error(
            "TS604", f"'{path[-1]}' is not {shape}", place.at(*path), note=f"{manifest['kind']} wants {shape}"
        )
    return not faults


def _misplaced(kind: str, kinds: tuple[str, ...], folder: str, file: str, out: Collector) -> None:
    guess = "" if kind in kinds else did_you_mean(kind, kinds)
    note = guess or f"base/{folder} holds one each of {', '.join(kinds)}"
    out.error(
        "TS605",
        f"a second {kind} in base/{folder}" if kind in kinds else f"no place for a {kind} in base/{folder}",
        Place(file),
        note=note,
    )


def _check_workload(templates: Mapping[str, Manifest], tree: Tree) -> None:
    spec = templates.get("Deployment", {}).get("spec", {})
    containers = spec.get("template", {}).get("spec", {}).get("containers", [])
    if not any(c["name"] == "app" for c in containers):
        place = Place("base/deployment/kustomization.yaml")
        tree.collector.error(
            "TS606", "base/deployment has no Deployment with a container called 'app'", place
        )
