"""The model, leaf by leaf: which paths it has, where documents say them, and what the estate makes of a change."""

from __future__ import annotations

import copy
import functools
import json
import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from krm_functions.diagnostics import Collector, Place, TenantspecError
from krm_functions.documents.tree import Tree
from krm_functions.estate.estate import Estate
from krm_functions.functions.build import check_config, root_of
from krm_functions.functions.change import inventory
from krm_functions.functions.render import Selection, units
from krm_functions.functions.table import function
from krm_functions.manifests.base import packaged
from krm_functions.spec import app
from krm_functions.spec.composites import Either, Field, ListOf, MapOf, Object, OneKey
from krm_functions.spec.kinds import KINDS
from krm_functions.spec.load import Specs
from krm_functions.spec.parts import PatchText
from krm_functions.spec.scalars import Choice, Type
from krm_functions.validators.deletions import deletions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from krm_functions.diagnostics import FieldPath

Documents = dict[str, tuple[Any, ...]]
"""The documents of an estate, by the file that holds them."""

SETTINGS: Final = "App spec"
"""Where a setting has its path, whichever layer says it."""
_FORMS: Final[Mapping[type, str]] = {dict: "mapping", list: "list", str: "text"}
_LAYERS: Final = ("stages", "environments")


class Spot(NamedTuple):
    """A place in a document at which a leaf of the model is said; ``needed``: it cannot be left out."""

    leaf: str
    file: str
    number: int
    path: FieldPath
    type: Type
    needed: bool = False


# --- the paths of the model


def leaves() -> list[str]:
    """Return every leaf of every kind, once."""
    return list(dict.fromkeys(leaf for kind, model in KINDS.items() for leaf in _fields(model, kind, " ")))


def _fields(model: Object, label: str, dot: str = ".") -> Iterator[str]:
    for field in model.fields.values():
        yield from _leaves(field.type, _below(model, field, label, dot))


def _leaves(kind: Type, label: str) -> Iterator[str]:
    if kind in (app.settings, app.layered):
        yield label
        if kind is app.layered:
            yield from (f"{label}.{layer}.<name>" for layer in _LAYERS)
    elif isinstance(kind, Object):
        yield from _fields(kind, label)
    elif isinstance(kind, Either):
        yield label
        yield from _leaves(kind.long, label)
    elif isinstance(kind, MapOf):
        yield from _leaves(kind.value, f"{label}.<name>")
    elif isinstance(kind, ListOf) and _lists_objects(kind):
        yield from _leaves(kind.item, f"{label}[]")
    elif isinstance(kind, PatchText):
        yield from (f"{label} as {form}" for form in _FORMS.values())
    else:
        yield label


def _below(model: Object, field: Field, label: str, dot: str = ".") -> str:
    shared = model in (app.settings, app.layered) and field.name not in _LAYERS
    return f"{SETTINGS}.{field.name}" if shared else f"{label}{dot}{field.name}"


# --- where documents say them


def spots(documents: Documents) -> Iterator[Spot]:
    """Yield every leaf that some documents say."""
    for file, several in documents.items():
        for number, document in enumerate(several):
            kind = str(document.get("kind")) if isinstance(document, dict) else ""
            if kind in KINDS:
                yield from _said(document, Spot(kind, file, number, (), KINDS[kind]), " ")


def _said(value: Any, spot: Spot, dot: str = ".") -> Iterator[Spot]:
    kind = spot.type
    if value is None:
        return
    if kind in (app.settings, app.layered):
        yield spot
    if isinstance(kind, Either):
        yield from _said(value, spot._replace(type=kind.long)) if isinstance(value, dict) else (spot,)
    elif isinstance(kind, PatchText):
        yield spot._replace(leaf=f"{spot.leaf} as {_FORMS[type(value)]}")
    elif isinstance(kind, (Object, MapOf)) or _lists_objects(kind):
        for item, below in _inside(value, spot, dot):
            yield from _said(item, below)
    else:
        yield spot


def _inside(value: Any, spot: Spot, dot: str) -> Iterator[tuple[Any, Spot]]:
    kind = spot.type
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        at = spot._replace(path=(*spot.path, key), needed=False)
        if isinstance(kind, Object):
            field = kind.fields.get(str(key))
            if field:  # an unknown one is for the test that the examples are sound
                needed = field.required or isinstance(kind, OneKey)
                leaf = _below(kind, field, spot.leaf, dot)
                yield item, at._replace(leaf=leaf, type=field.type, needed=needed)
        elif isinstance(kind, MapOf):
            yield item, at._replace(leaf=f"{spot.leaf}.<name>", type=kind.value)
        elif isinstance(kind, ListOf):
            yield item, at._replace(leaf=f"{spot.leaf}[]", type=kind.item)


def _lists_objects(kind: Type) -> bool:
    return isinstance(kind, ListOf) and isinstance(kind.item, Object)


def removed(documents: Documents, spot: Spot) -> Documents:
    """Return the documents without what a spot says, or with another valid value where it cannot be left out."""
    changed = copy.deepcopy(documents)
    holder = _holder(changed, spot.file, spot.number, spot.path)
    if spot.needed:
        holder[spot.path[-1]] = another(spot.type, holder[spot.path[-1]])
    else:
        del holder[spot.path[-1]]
    return changed


def edited(documents: Documents, file: str, path: FieldPath, value: object) -> Documents:
    """Return the documents with a value at a path of a file's one document."""
    changed = copy.deepcopy(documents)
    _holder(changed, file, 0, path)[path[-1]] = value
    return changed


def _holder(documents: Documents, file: str, number: int, path: FieldPath) -> Any:
    return functools.reduce(lambda value, step: value[step], path[:-1], documents[file][number])


def another(kind: Type, value: Any) -> Any:
    """Return another value that a type accepts."""
    if isinstance(kind, Choice):
        return next(word for word in kind.words if word != value)
    return next(other for other in _others(value) if _accepts(kind, other))


def _others(value: Any) -> list[Any]:
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, list):
        return [[*value, item] for item in ("x", {"op": "test", "path": "/x"})]
    return [{**value, "x": "y"}] if isinstance(value, dict) else [f"1{value}", f"{value}x", f"x{value}"]


def _accepts(kind: Type, value: object) -> bool:
    out = Collector()
    kind.check(value, Place("x", ("x",)), out)
    return not out.failed


# --- what the estate makes of them


class Fixed(Tree):
    """A tree whose documents are given: nothing is read."""

    def __init__(self, root: str, documents: Documents) -> None:
        super().__init__(root)
        self._documents.update(documents)

    def exists(self, file: str) -> bool:
        """Whether a file is given."""
        return file in self._documents

    def documents(self, file: str) -> tuple[Any, ...]:
        """Return the documents of a file; none if it is not given."""
        return self._documents.get(file, ())

    def folders(self, folder: str) -> list[str]:
        """Return the folders that given files are in."""
        below = {file.removeprefix(f"{folder}/") for file in self._documents if file.startswith(f"{folder}/")}
        return sorted({file.partition("/")[0] for file in below if "/" in file})


def load(root: str) -> Documents:
    """Return every document below a root, and the packaged base as if it were the estate's own."""
    return {**_read(packaged(), "base"), **_read(root, "")}


def _read(folder: str, above: str) -> Documents:
    tree = Tree(folder)
    names = (
        os.path.relpath(os.path.join(top, name), folder)
        for top, _, files in os.walk(folder)
        for name in files
        if name.endswith(".yaml") and "expected" not in top and "overlays" not in top
    )
    return {os.path.join(above, name): tree.documents(name) for name in names}


class Outcome(NamedTuple):
    """What comes out: manifests unit by unit as text (empty if something is wrong), and the diagnostics."""

    manifests: str
    diagnostics: frozenset[str]


def outcome(root: str, documents: Documents, since: Documents | None = None) -> Outcome:
    """Return what the whole estate comes to, and what the step from another one deletes."""
    estate = Estate(Specs(Fixed(root, documents)))
    made: Mapping[str, Any] = {}
    try:
        wanted = units(estate, Selection())
        made = {unit.folder: unit.manifests() for unit in wanted} if not estate.out.failed else {}
        if since is not None and not estate.out.failed:
            before, after = (inventory(Estate(Specs(Fixed(root, held)))) for held in (since, documents))
            estate.out.diagnostics.extend(deletions(estate.platform.argocd, before, after, "2026-01-01"))
    except TenantspecError as error:
        estate.out.diagnostics.extend(error.diagnostics)
    return _outcome(estate.out, made)


def config_outcome(root: str, documents: Documents, folder: str, config: dict[str, Any]) -> Outcome:
    """Return what one function config in a folder comes to."""
    estate = Estate(Specs(Fixed(root, documents)))
    made: Mapping[str, Any] = {}
    try:
        check_config(config, Place("kustomization.yaml"))
        assert os.path.realpath(root_of(folder, config)) == os.path.realpath(root)
        made = {"": list(function(config["kind"])(estate, config))}
    except TenantspecError as error:
        estate.out.diagnostics.extend(error.diagnostics)
    return _outcome(estate.out, made)


def _outcome(out: Collector, made: Mapping[str, Any]) -> Outcome:
    texts = frozenset(
        f"{d.code} {d.message} {d.place and (d.place.file, d.place.path)}" for d in out.diagnostics
    )
    return Outcome("" if out.failed else json.dumps(made, sort_keys=True), texts)
