"""Kustomizations as `tenantspec build` sees them: which hold nothing but our generators.

Function configs compose like any resource: a generator entry may be a folder whose kustomization lists
configs and patches them. That much of kustomize is done here, with JSON6902 patches on literal targets;
anything else is left to kustomize itself.
"""

from __future__ import annotations

import contextlib
import os

from krm_functions.documents import yaml
from krm_functions.functions.table import KINDS, TRANSFORMERS
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
    """Return the generator configs of a kustomization that holds nothing else, or None if it holds more.

    TenancyGuard under transformers is no more than that: every build is judged by it, listed or not.
    """
    try:
        written = _kustomization(folder, {"generators", "transformers"})
        if not all(_guards(folder, entry) for entry in written.get("transformers") or ()):
            return None
        configs = [config for entry in written["generators"] for config in _entry(folder, entry)]
    except (_NotOurs, KeyError, TypeError):
        return None
    return configs or None


def configs_of(folder: str, kind: str) -> list[Written]:
    """Return the configs of a kind that a kustomization lists as generators or transformers, whatever else it holds."""
    file = file_of(folder)
    try:
        documents = _documents(file) if file else []
    except _NotOurs:
        return []
    found: list[Written] = []
    for written in documents:
        for field in ("generators", "transformers"):
            for entry in written.get(field) or () if isinstance(written, dict) else ():
                with contextlib.suppress(_NotOurs, KeyError, TypeError):
                    found += [config for config in _entry(folder, entry) if config["kind"] == kind]
    return found


def own_transformers(folder: str) -> list[Written]:
    """Return the transformer configs of a kustomization that `own_generators` has read."""
    listed = _kustomization(folder, {"generators", "transformers"}).get("transformers") or ()
    return [document for entry in listed for document in _said(folder, entry)]


def _guards(folder: str, entry: Any) -> bool:
    """Whether an entry under transformers is TenancyGuard, said there or in a file beside it, and nothing else."""
    if "\n" not in entry and not os.path.isfile(os.path.join(folder, entry)):
        return False
    said = _said(folder, entry)
    return bool(said) and all(
        isinstance(one, dict)
        and one.get("apiVersion") == API_VERSION
        and one.get("kind") in TRANSFORMERS
        and not (one.get("metadata") or {}).get("annotations")
        for one in said
    )


def _said(folder: str, entry: str) -> list[Any]:
    return _parsed(entry) if "\n" in entry else _documents(os.path.join(folder, entry))


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
