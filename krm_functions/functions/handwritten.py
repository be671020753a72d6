"""Where a manifest that a person wrote beside an overlay stands, looked up once it is refused."""

from __future__ import annotations

import os
from functools import cached_property

from krm_functions.diagnostics import Place
from krm_functions.documents import yaml
from krm_functions.documents.tree import MAX_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.diagnostics import FieldPath

_ENDS = (".yaml", ".yml")


class Handwritten:
    """The manifests in the files of a folder, by kind and name; what is not there is the kustomization's."""

    def __init__(self, root: str, folder: str, kustomization: Place) -> None:
        self._root, self._folder, self._kustomization = root, folder, kustomization

    def place(self, manifest: Any, path: FieldPath) -> Place:
        """Return where a value of a manifest is written, or else the kustomization that gave the manifest."""
        found = self._written.get(_called(manifest))
        return found._replace(path=path) if found else self._kustomization

    @cached_property
    def _written(self) -> dict[tuple[str, str], Place]:
        return {_called(document): place for place, document in self._documents()}

    def _documents(self) -> Iterator[tuple[Place, Any]]:
        for folder, below, names in os.walk(os.path.join(self._root, self._folder)):
            below.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                if name.endswith(_ENDS) and os.path.isfile(path) and not os.path.islink(path):
                    file = os.path.relpath(path, self._root).replace(os.sep, "/")
                    for number, document in enumerate(_read(path)):
                        yield Place(file, document=number), document


def _read(path: str) -> list[Any]:
    try:
        with open(path, encoding="utf-8-sig") as stream:
            text = yaml.read(stream.read(MAX_BYTES))
    except (OSError, UnicodeDecodeError):
        return []
    return [document for document in text.documents if document is not None]


def _called(manifest: Any) -> tuple[str, str]:
    metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return (str(manifest.get("kind")) if isinstance(manifest, dict) else "", str(name))
