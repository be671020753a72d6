"""Specs that came as items: the files of an estate that stands in no folder. Nothing is read from disk."""

from __future__ import annotations

from krm_functions.documents.tree import Tree
from krm_functions.krm.items import TRACKING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Final

ROOT: Final = "/items"
"""What stands for the root in diagnostics; no such folder is ever looked at."""


class HeldTree(Tree):
    """The texts of items by the file in which an estate on disk would have each."""

    held = True

    def __init__(self, files: Mapping[str, str]) -> None:
        super().__init__(ROOT)
        self._files = files

    def exists(self, file: str) -> bool:
        """Whether an item is this file, or lies below it."""
        return file in self._files or any(name.startswith(f"{file}/") for name in self._files)

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder, sorted."""
        start = f"{folder}/"
        below = (name[len(start) :].split("/") for name in self._files if name.startswith(start))
        return sorted({parts[0] for parts in below if len(parts) > 1})

    def text(self, file: str) -> str | None:
        """Return an item's text, or None with a diagnostic."""
        if file not in self._files:
            self._fault("TS106", f"none of the items is what {file} would hold", file)
        return self._files.get(file)

    def _parse(self, file: str, text: str) -> tuple[Any, ...]:
        return tuple(map(own_metadata, super()._parse(file, text)))


def own_metadata(document: Any) -> Any:
    """Return a document without the annotations by which it was followed."""
    metadata = document.get("metadata") if isinstance(document, dict) else None
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if not isinstance(metadata, dict) or not isinstance(annotations, dict):
        return document
    own = {
        key: value
        for key, value in annotations.items()
        if not key.startswith((*TRACKING, "tenantspec.dev/base"))
    }
    rest = {key: value for key, value in metadata.items() if key != "annotations"}
    return {**document, "metadata": {**rest, "annotations": own} if own else rest}
