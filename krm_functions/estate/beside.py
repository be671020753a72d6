"""Kinds of the objects that people add beside an overlay: read from what its kustomization lists, without building it.

Files of the overlay's own folder are read, and no folders that it lists: what a hub reads stays a few patterns of paths.
What is listed and may not be, the guard refuses; here it is only left out.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.documents.tree import Tree

    Kind = tuple[str, str]

_LISTS: Final = ("resources", "configMapGenerator")
"""The fields of a kustomization that bring objects of a tenant's own."""


def kinds_beside(tree: Tree, folder: str) -> Iterator[Kind]:
    """Yield the group and kind of each object that a kustomization lists in files of its own."""
    file = f"{folder}/kustomization.yaml"
    if not tree.exists(file):
        return
    text = tree.text(file)
    if text is None or not any(key in text for key in _LISTS):
        return  # most hold nothing but our generator: they are not even parsed
    for document in tree.documents(file):
        if isinstance(document, dict):
            yield from _listed(tree, folder, document)


def _listed(tree: Tree, folder: str, kustomization: dict[str, Any]) -> Iterator[Kind]:
    if kustomization.get("configMapGenerator"):
        yield ("", "ConfigMap")
    resources = kustomization.get("resources")
    for entry in resources if isinstance(resources, list) else ():
        name = entry.removeprefix("./") if isinstance(entry, str) else ""
        listed = "/" not in name and name.endswith((".yaml", ".yml"))
        if listed and tree.exists(f"{folder}/{name}"):  # of what is absent, kustomize speaks
            documents = tree.documents(f"{folder}/{name}")
            yield from (kind for document in documents if (kind := _kind(document)))


def _kind(document: Any) -> Kind | None:
    version, kind = (
        document.get(key) if isinstance(document, dict) else None for key in ("apiVersion", "kind")
    )
    if not isinstance(version, str) or not isinstance(kind, str):
        return None
    return version.rpartition("/")[0], kind
