"""Kustomizations as `tenantspec build` sees them: which hold nothing but our generators.

Function configs compose like any resource: a generator entry may be a folder whose kustomization lists
configs and patches them. That much of kustomize is done here, with JSON6902 patches on literal targets;
anything else is left to kustomize itself.
"""

from __future__ import annotations

import os

from krm_functions.documents import yaml
from krm_functions.functions.table import KINDS
from krm_functions.names import API_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from krm_functions.spec.scalars import Written

FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_ENVELOPE = frozenset({"apiVersion", "kind"})
_TARGET = {
    "group": lambda c: c["apiVersion"].rpartition("/")[0],
    "kind": lambda c: c["kind"],
    "name": lambda c: c["metadata"]["name"],
}


class _NotOurs(Exception):  # noqa: N818
    """Only kustomize itself knows what this gives."""


def file_of(folder: str) -> str | None:
    """Return the path of a folder's kustomization, or None."""
    return next((path for name in FILES if os.path.isfile(path := os.path.join(folder, name))), None)


def own_generators(folder: str) -> list[Written] | None:
    """Return the function configs of a kustomization that holds nothing else, or None if it holds more."""
    try:
        written = _kustomization(folder, {"generators"})
        configs = [config for entry in written["generators"] for config in _entry(folder, entry)]
    except (_NotOurs, KeyError, TypeError):
        return None
    return configs or None


def _kustomization(folder: str, allowed: set[str]) -> Written:
    file = file_of(folder)
    documents = _documents(file) if file else []
    if len(documents) != 1 or not isinstance(documents[0], dict) or documents[0].keys() - _ENVELOPE - allowed:
        raise _NotOurs
    return documents[0]


def _entry(folder: str, entry: Any) -> list[Written]:
    path = os.path.join(folder, entry)
    if "\n" in entry:
        return [_config(document) for document in _parsed(entry)]
    if os.path.isdir(path):
        return _composed(path)
    return [_config(document) for document in _documents(path)]


def _composed(folder: str) -> list[Written]:
    written = _kustomization(folder, {"resources", "patches"})
    configs = [config for entry in written["resources"] for config in _entry(folder, entry)]
    for patch in written.get("patches") or ():
        configs = [_patched(patch, config) for config in configs]
    return configs


def _patched(patch: Written, config: Written) -> Written:
    target = patch.get("target") or {}
    if patch.keys() - {"target", "patch"} or target.keys() - _TARGET.keys():
        raise _NotOurs
    if any(_TARGET[key](config) != wanted for key, wanted in target.items()):
        return config
    steps = _parsed(patch["patch"])
    if len(steps) != 1 or not isinstance(steps[0], list) or not target:
        raise _NotOurs
    from krm_functions.manifests.patches import json6902  # noqa: PLC0415  (only a hub's configs are patched)

    try:
        return _config(json6902(steps[0], config))
    except ValueError as error:
        raise _NotOurs from error


def _config(document: Any) -> Written:
    ours = (
        isinstance(document, dict)
        and document.get("apiVersion") == API_VERSION
        and document.get("kind") in KINDS
    )
    if not ours:
        raise _NotOurs
    config: Written = document
    return config


def _documents(file: str) -> list[Any]:
    try:
        with open(file, encoding="utf-8") as stream:
            return _parsed(stream.read())
    except (OSError, UnicodeDecodeError) as error:
        raise _NotOurs from error


def _parsed(text: str) -> list[Any]:
    parsed = yaml.read(text)
    if parsed.problems:
        raise _NotOurs
    return [document for document in parsed.documents if document is not None]
