"""Which fields of kustomize a kustomization may use: an allow-list, judged before anything of it runs.

Below tenants/ a kustomization stays in its app's own folder, calls no function but ours, and uses the
fields of `TENANTS`. The platform's rooms may use every field but those that fetch or run what is not in
the estate: remote paths, Helm, and functions that are named by an image or a path.
"""

from __future__ import annotations

import os

from krm_functions.diagnostics import Diagnostic, Place, TenantspecError
from krm_functions.documents.tree import PLATFORM_FILE, Tree, find_root
from krm_functions.functions.kustomization import FILES
from krm_functions.functions.listed import (
    FILE_LISTS,
    judge_function,
    known_fields,
    other_spellings,
    plain,
    reason,
)
from krm_functions.names import did_you_mean
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

TENANTS: Final = (
    "apiVersion",
    "commonAnnotations",
    "components",
    "configMapGenerator",
    "generatorOptions",
    "generators",
    "images",
    "kind",
    "labels",
    "patches",
    "replicas",
    "resources",
    "sortOptions",
    "transformers",
)
"""Fields of a kustomization below tenants/: what they give is judged by TenancyGuard."""
_FUNCTIONS: Final = ("generators", "transformers", "validators")
_HELM: Final = ("helmCharts", "helmGlobals", "helmChartInflationGenerator")
_SEVERAL: Final = "a folder has one kustomization"


class Room(Record):
    """Where a kustomization stands: the estate, the folder that it may read from, and who writes it."""

    tree: Tree
    home: str
    strict: bool
    """Whether a tenant writes it."""

    def error(self, code: str, message: str, place: Place, help_: str = "") -> None:
        """Keep one refusal."""
        self.tree.collector.add(Diagnostic(code, message, place, help=help_))


def check_kustomization(folder: str) -> None:
    """Refuse a kustomization that reaches beyond its room, and all that it reaches; none outside of an estate.

    Raises:
        TenantspecError: it must not be built.

    """
    try:
        root = find_root(folder)
    except TenantspecError:
        return
    found = judge_kustomization(root, folder)
    if found:
        raise TenantspecError(found)


def judge_kustomization(root: str, folder: str) -> tuple[Diagnostic, ...]:
    """Return what is refused of a folder's kustomization, and of every one that it reaches."""
    tree = Tree(root)
    _check_alone(tree)
    _check_linked(tree, folder)
    _judge(tree, os.path.realpath(folder), set(), as_functions=False)
    return tuple(tree.collector.diagnostics)


def _check_alone(tree: Tree) -> None:
    """Refuse an estate inside a tenant's folder of another: whoever writes it would be the platform."""
    try:
        outer = find_root(os.path.dirname(tree.root))
    except TenantspecError:
        return
    inside = os.path.relpath(tree.root, outer).split(os.sep)
    if inside[0] == "tenants":
        message = f"a {PLATFORM_FILE} inside a tenant's folder of another estate"
        tree.collector.error("TS541", message, Place(PLATFORM_FILE), help="remove it: an estate has one")


def _check_linked(tree: Tree, folder: str) -> None:
    """Refuse a folder that is another one by a link: it would be judged, and built, as that one's writer's."""
    above = named = os.path.abspath(folder)
    while os.path.realpath(above) != tree.root and above != os.path.dirname(above):
        above = os.path.dirname(above)
    inside, real = os.path.relpath(named, above), os.path.relpath(os.path.realpath(folder), tree.root)
    if os.path.realpath(above) == tree.root and inside != real:
        place = Place(f"{inside}/{FILES[0]}".replace(os.sep, "/"))
        message = f"{inside} is a link to {real}"
        tree.collector.error(
            "TS541", message, place, help="write a folder: a link is judged as what it leads to"
        )


def _room(tree: Tree, folder: str) -> Room:
    parts = os.path.relpath(folder, tree.root).split(os.sep)
    if parts[0] != "tenants":
        return Room(tree, tree.root, strict=False)
    depth = 4 if parts[2:3] == ["apps"] else 2
    return Room(tree, os.path.join(tree.root, *parts[:depth]), strict=True)


def _judge(tree: Tree, folder: str, seen: set[str], *, as_functions: bool) -> None:
    if folder in seen:
        return
    seen.add(folder)
    room = _room(tree, folder)
    found = [name for name in FILES if os.path.lexists(os.path.join(folder, name))]
    file = _relative(tree, os.path.join(folder, found[0] if found else FILES[0]))
    if len(found) > 1:
        room.error("TS543", f"{_SEVERAL}: here are {' and '.join(found)}", Place(file), "remove one")
    written = tree.document(file)
    if written is None:
        return
    for field, value in written.items():
        place = Place(file, (field,), on_key=True)
        if not _permitted(room, field):
            help_ = reason(field) or did_you_mean(field, TENANTS)
            room.error("TS540", f"the field {field} is not permitted in {_whose(room)}", place, help_)
        elif value is not None:
            _field(room, folder, (file, field, value), seen, as_functions=as_functions)


def _permitted(room: Room, field: str) -> bool:
    """Whether a field may be used; spelled otherwise it may not, since kustomize reads `HelmCharts` too."""
    known = (*TENANTS, "metadata", *known_fields())
    return field in TENANTS if room.strict else field in known and field not in _HELM


def _whose(room: Room) -> str:
    return "a tenant's kustomization" if room.strict else "a kustomization"


def _field(
    room: Room, folder: str, said: tuple[str, str, Any], seen: set[str], *, as_functions: bool
) -> None:
    file, field, value = said
    if field in _FUNCTIONS:
        _functions(room, folder, said, seen)
    elif field in ("resources", "components", "bases"):
        for place, entry in _entries(room, file, field, value):
            path = _reached(room, folder, place, entry)
            if path and os.path.isdir(path):
                _judge(room.tree, path, seen, as_functions=as_functions)
            elif path and as_functions:
                _function_file(room, folder, place, path)
    elif field in FILE_LISTS:
        for place, known in other_spellings(Place(file, (field,)), value):
            room.error(
                "TS543", f"'{place.path[-1]}' is read as {known} by kustomize", place, f"write {known}"
            )
        for place, entry in FILE_LISTS[field](Place(file, (field,)), value):
            _reached(room, folder, place, entry)


def _functions(room: Room, folder: str, said: tuple[str, str, Any], seen: set[str]) -> None:
    """Judge function configs: inline, in files, or, in the platform's rooms, composed in a folder."""
    file, field, value = said
    for place, entry in _entries(room, file, field, value):
        if isinstance(entry, str) and "\n" in entry:
            judge_function(room, folder, field, place, entry)
            continue
        path = _reached(room, folder, place, entry)
        if path and os.path.isdir(path):
            if room.strict:
                room.error(
                    "TS542", "functions composed in a folder", place, "say the config here, or in a file"
                )
            else:
                _judge(room.tree, path, seen, as_functions=True)
        elif path:
            _function_file(room, folder, place, path, field)


def _function_file(room: Room, folder: str, place: Place, path: str, field: str = "generators") -> None:
    text = room.tree.text(_relative(room.tree, path))
    if text is not None:
        judge_function(room, folder, field, place, text)


def _entries(room: Room, file: str, field: str, value: Any) -> Iterator[tuple[Place, Any]]:
    if not isinstance(value, list):
        room.error("TS543", f"{field} is not a list", Place(file, (field,)))
        return
    for index, entry in enumerate(value):
        yield Place(file, (field, index)), entry


def _reached(room: Room, folder: str, place: Place, entry: Any) -> str | None:
    """Return the real path that an entry names, or None with a diagnostic where it may not be read."""
    if not isinstance(entry, str) or not plain(entry):
        shown = " ".join(str(entry).split())[:80]
        help_ = "a path inside the estate: letters, digits, '.', '_', '-' and single '/'; copy what is remote"
        room.error("TS541", f"'{shown}' is not a plain local path", place, help_)
        return None
    path = os.path.realpath(os.path.join(folder, entry))
    if path != room.home and not path.startswith(os.path.join(room.home, "")):
        where = _relative(room.tree, room.home) if room.strict else "the estate"
        room.error("TS541", f"'{entry}' leads out of {where}", place, "copy what you need into it")
    elif not room.strict and _inside_tenants(room, path):
        help_ = "a tenant's folder is built by itself, as the tenant's"
        room.error("TS541", f"'{entry}' leads from the platform's room into tenants/", place, help_)
    else:
        return path
    return None


def _inside_tenants(room: Room, path: str) -> bool:
    return os.path.relpath(path, room.tree.root).split(os.sep)[0] == "tenants"


def _relative(tree: Tree, path: str) -> str:
    return os.path.relpath(path, tree.root).replace(os.sep, "/")
