"""KRM exec functions of an estate, which kustomize skips without a word unless it is told `--enable-exec`."""

from __future__ import annotations

import os

from krm_functions.diagnostics import Diagnostic, Place, Severity
from krm_functions.documents import yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.diagnostics import FieldPath

ANNOTATIONS = ("config.kubernetes.io/function", "config.k8s.io/function")
"""Both spellings that kustomize 5 reads (kyaml/fn/runtime/runtimeutil)."""
FIELDS = ("generators", "transformers", "validators")
HELP = "give kustomize --enable-exec beside --enable-alpha-plugins, or remove the annotation and use the plugin home"


def skipped(root: str) -> list[Diagnostic]:
    """Return a warning for each function config below a root that asks for an exec function (TS927)."""
    return [_warning(place, config) for file in _files(root) for place, config in _configs(root, file)]


def _files(root: str) -> Iterator[str]:
    """Yield the YAML files below a root, relative to it; hidden folders are nobody's specs."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith((".yaml", ".yml")) or name == "Kustomization":
                yield os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")


def _configs(root: str, file: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the exec function configs of a file, those within a kustomization's text among them."""
    try:
        with open(os.path.join(root, file), encoding="utf-8") as stream:
            text = stream.read()
    except (OSError, UnicodeDecodeError):
        return
    if not any(annotation in text for annotation in ANNOTATIONS):
        return
    for number, document in enumerate(yaml.read(text).documents):
        if isinstance(document, dict):
            yield from _own(Place(file, document=number), document)
            yield from _inline(Place(file, document=number), document)


def _own(place: Place, document: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    metadata = document.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if not isinstance(annotations, dict):
        return
    for name in ANNOTATIONS:
        if _is_exec(annotations.get(name)):
            path: FieldPath = ("metadata", "annotations", name)
            yield place.at(*path)._replace(on_key=True), document


def _inline(place: Place, document: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    for field in FIELDS:
        entries = document.get(field)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            for config in yaml.read(entry).documents if isinstance(entry, str) and "\n" in entry else ():
                if isinstance(config, dict) and any(_own(place, config)):
                    yield place.at(field, index), config


def _is_exec(written: Any) -> bool:
    documents = yaml.read(written).documents if isinstance(written, str) else ()
    return any(isinstance(document, dict) and "exec" in document for document in documents)


def _warning(place: Place, config: dict[str, Any]) -> Diagnostic:
    message = f"kustomize skips this {config.get('kind')} silently unless it is told --enable-exec"
    return Diagnostic("TS927", message, place, help=HELP, severity=Severity.WARNING)
