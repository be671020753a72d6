"""The function configs that a kustomization lists, however it lists them: inline, in files, in folders."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from krm_functions.documents import yaml
from krm_functions.names import GROUP
from krm_functions.scaffold.draft import NAMES
from krm_functions.scaffold.edit import source
from krm_functions.spec.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.diagnostics import FieldPath
    from krm_functions.scaffold.draft import Draft
    from krm_functions.spec.scalars import Written


KINDS: Final = FUNCTIONS.keys() - {"TenancyGuard"}
"""Kinds that make something; the guard stands beside any of them."""


class Found(NamedTuple):
    """A config, and where it is written: below ``path`` of a file (inline), or as a document of it."""

    document: Written
    file: str
    path: FieldPath
    number: int
    text: str
    mapping: bool = False
    """Whether it stands in the list as a mapping, which kustomize refuses: it takes text there."""

    @property
    def title(self) -> str:
        """The config in words."""
        metadata = self.document.get("metadata")
        names = [metadata.get(key) for key in ("namespace", "name")] if isinstance(metadata, dict) else []
        return " ".join([str(self.document["kind"]), "/".join(str(name) for name in names if name)]).strip()


def configs(draft: Draft, file: str, field: str) -> list[Found]:
    """Return the function configs that a kustomization lists in a field."""
    return list(_listed(draft, file, field, {file}))


def entries(document: object, field: str) -> list[Any]:
    """Return a field's list; empty where it is not written, or no list."""
    written = document.get(field) if isinstance(document, dict) else None
    return written if isinstance(written, list) else []


def _listed(draft: Draft, file: str, field: str, seen: set[str]) -> Iterator[Found]:
    text = draft.peek(file) or ""
    for index, entry in enumerate(entries(_first(text), field)):
        written = source(text, (field, index)) if isinstance(entry, dict) else entry
        if isinstance(written, str):
            mapping = isinstance(entry, dict)
            inline = [f._replace(mapping=mapping) for f in _documents(written, file, (field, index))]
            yield from inline or _referred(draft, posixpath.join(posixpath.dirname(file), written), seen)


def _first(text: str) -> Any:
    documents = yaml.read(text).documents
    return documents[0] if documents else None


def _referred(draft: Draft, path: str, seen: set[str]) -> Iterator[Found]:
    path = posixpath.normpath(path)
    if path in seen:
        return
    seen.add(path)
    text = draft.peek(path)
    if text is not None:
        yield from _documents(text, path, ())
    for name in NAMES:
        if text is None and draft.text_exists(f"{path}/{name}"):
            yield from _listed(draft, f"{path}/{name}", "resources", seen)


def _documents(text: str, file: str, path: FieldPath) -> Iterator[Found]:
    if GROUP not in text:
        return
    for index, document in enumerate(yaml.read(text).documents):
        if _is_config(document):
            yield Found(document, file, path, index, text)


def _is_config(document: Any) -> bool:
    if not isinstance(document, dict) or document.get("kind") not in KINDS:
        return False
    return str(document.get("apiVersion")).startswith(f"{GROUP}/")
