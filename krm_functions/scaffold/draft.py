"""The estate's files as they will be: what is on disk, with edits that are decided and not yet written."""

from __future__ import annotations

import os
import posixpath
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from krm_functions.diagnostics import Place
from krm_functions.documents import yaml
from krm_functions.scaffold.edit import CannotEditError, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.diagnostics import FieldPath
    from krm_functions.documents.tree import Tree

NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""What kustomize calls the file of a folder; it refuses a folder with two of them."""


class Change(NamedTuple):
    """One file before and after (None: no such file), and what is wrong with it as it is."""

    file: str
    before: str | None
    after: str | None
    reason: str
    place: Place


class Draft:
    """Reads a tree through the edits made so far; faults of files go to the tree's collector."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.out = tree.collector
        self._changes: dict[str, Change] = {}

    def text(self, file: str) -> str | None:
        """Return a file's text, or None if there is no such file or it cannot be read."""
        if file in self._changes:
            return self._changes[file].after
        return self.tree.text(file) if self.tree.exists(file) else None

    def document(self, file: str) -> dict[str, Any] | None:
        """Return the one document of a file, or None with a diagnostic."""
        if file in self._changes:
            documents = yaml.read(self._changes[file].after or "").documents
            return documents[0] if documents else None
        return self.tree.document(file)

    def peek(self, file: str) -> str | None:
        """Return the text of a file that a person refers to, or None: what it holds is their matter."""
        before = len(self.out.diagnostics)
        text = self.text(file)
        del self.out.diagnostics[before:]
        return text

    def kustomization(self, folder: str) -> str:
        """Return the kustomization of a folder by the name it has, or would get."""
        found = [name for name in NAMES if self.text_exists(f"{folder}/{name}")]
        if len(found) > 1:
            note = "kustomize takes one: keep that"
            place = Place(f"{folder}/{found[1]}", line=1, column=1)
            self.out.error("TS608", f"{' and '.join(found)} in one folder", place, note=note)
        return f"{folder}/{(found or NAMES)[0]}"

    def text_exists(self, file: str) -> bool:
        """Whether a file is there, or will be."""
        return self._changes[file].after is not None if file in self._changes else self.tree.exists(file)

    def write(self, file: str, text: str | None, reason: str, place: Place | None = None) -> None:
        """Decide on a file's text, or None to remove it; the first reason given for a file stays."""
        known = self._changes.get(file)
        if known:
            both = known.reason if known.before is None else f"{known.reason}; {reason}"
            self._changes[file] = known._replace(after=text, reason=both)
        else:
            self._changes[file] = Change(file, self.text(file), text, reason, place or Place(file))

    def edit(self, file: str, path: FieldPath, value: object, reason: str, *, after: str = "") -> None:
        """Decide on one value of a file, as ``put`` sets it; a file that no edit can serve is a diagnostic."""
        place = Place(file, path)
        with self.editing(place, reason):
            self.write(file, put(self.text(file) or "", path, value, after=after), reason, place)

    @contextmanager
    def editing(self, place: Place, reason: str) -> Iterator[None]:
        """Turn a failed edit into a diagnostic."""
        try:
            yield
        except CannotEditError:
            note = "no local edit can say it, as it is written: mend it by hand"
            self.out.error("TS608", f"{posixpath.basename(place.file)} {reason}", place, note=note)

    def changes(self) -> tuple[Change, ...]:
        """Return all that differs from what is on disk, by file."""
        changed = (change for change in self._changes.values() if change.before != change.after)
        return tuple(sorted(changed, key=lambda change: change.file))

    def check_writable(self) -> None:
        """Keep a diagnostic for each change that the file system would not take, or take elsewhere."""
        for change in self.changes():
            obstacle = _obstacle(self.tree.root, change.file)
            if obstacle:
                self.out.error("TS608", f"cannot write {change.file}: {obstacle}", Place(change.file))


def _obstacle(root: str, file: str) -> str:
    path = os.path.join(root, file)
    if os.path.isdir(path):
        return "it is a folder"
    if os.path.islink(path):
        return "it is a symbolic link"
    folder = os.path.dirname(path)
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    name = os.path.relpath(folder, root).replace(os.sep, "/")
    if not os.path.isdir(folder):
        return f"{name} is a file"
    if not f"{os.path.realpath(folder)}/".startswith(f"{root}/"):
        return f"{name} leads outside the estate's root"
    return "" if os.access(folder, os.W_OK) else f"{name} is not writable"
