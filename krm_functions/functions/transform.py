"""A function among items: which of them go, what comes behind them, or what is wrong. No bytes are written here.

Specs among the items are the estate, and are consumed; without any, the estate is that of the folder.
"""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place, Severity, TenantspecError
from krm_functions.documents import yaml
from krm_functions.documents.held import ROOT, own_metadata
from krm_functions.documents.tree import Tree
from krm_functions.functions.hermetic import (
    CONFIG,
    LOCAL,
    Held,
    expanded_before,
    held,
    is_own_config,
    nothing,
    renamed,
    tracking,
)
from krm_functions.functions.printing import texts
from krm_functions.functions.run import decoded, expand, judge, nearest, place_of, root_of
from krm_functions.functions.table import TRANSFORMERS
from krm_functions.manifests.metadata import MANAGED_BY
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from krm_functions.functions.own import Own
    from krm_functions.krm.items import Item
    from krm_functions.manifests.base import Manifest
    from krm_functions.spec.scalars import Written

    Added = Sequence[tuple[Manifest, str]]


class Outcome(Record):
    """What a call comes to: numbers of items that go, manifests that come, and what there is to say.

    ``root`` is what the files of the diagnostics lie below.
    """

    root: str
    dropped: tuple[int, ...] = ()
    added: Added = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether anything is an error; nothing goes or comes then."""
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


def transform(config: Item, items: Sequence[Item], folder: str, own: Own | None = None) -> Outcome:
    """Answer a config that stands among items, in a folder that may hold the estate."""
    found: Held | None = None
    try:
        found = held(items)
        if found.specs:
            return _among(config, items, found, own)
        return _in_folder(config, items, folder, own)
    except TenantspecError as error:
        if found and found.specs:
            return Outcome(ROOT, diagnostics=_shown(error.diagnostics, found, config))
        return Outcome(nearest(folder), diagnostics=error.diagnostics)


def _among(config: Item, items: Sequence[Item], found: Held, own: Own | None) -> Outcome:
    """Expand the specs that are items."""
    place = Place(CONFIG)
    written = decoded(config.text, place, own)
    if own is None and written["kind"] in TRANSFORMERS:
        judge(found.tree, written, place, _values(items))
        return Outcome(ROOT)
    manifests, notes = expand(found.tree, written, place, own.answer if own else None)
    gone = [n for n, item in enumerate(items) if is_own_config(item, config)]
    gone += [n for n in found.numbers if items[n].annotations.get(LOCAL) != "true"]
    return _settled(ROOT, items, gone, manifests, _shown(notes, found, config))


def _in_folder(config: Item, items: Sequence[Item], folder: str, own: Own | None) -> Outcome:
    """Expand the specs that are files."""
    root = nearest(folder)
    written = decoded(config.text, place_of(root, folder), own)
    try:
        root = root_of(written, folder)
    except TenantspecError as error:
        if (written.get("spec") or {}).get("root"):
            raise
        if expanded_before(items, written):
            message = (
                "no specs among the items, which hold what this function gave before: nothing is changed"
            )
            return Outcome(root, diagnostics=(Diagnostic("TS918", message, severity=Severity.INFO),))
        raise nothing() from error
    place = place_of(root, folder)
    if own is None and written["kind"] in TRANSFORMERS:
        judge(Tree(root), written, place, _values(items))
        return Outcome(root)
    manifests, notes = expand(Tree(root), written, place, own.answer if own else None)
    gone = [n for n, item in enumerate(items) if is_own_config(item, config)]
    return _settled(root, items, gone, manifests, tuple(notes))


def _settled(
    root: str,
    items: Sequence[Item],
    gone: list[int],
    manifests: Sequence[Manifest],
    notes: Sequence[Diagnostic],
) -> Outcome:
    """Put manifests in the place of what was emitted before.

    Raises:
        TenantspecError: an item that is not ours has the name of one (TS917), or one cannot be printed.

    """
    earlier = {item.identity: n for n, item in enumerate(items) if n not in gone}
    coming, clashes = [], []
    for manifest in manifests:
        number = earlier.get(_identity(manifest))
        if number is None:
            coming.append(manifest)
            continue
        item = items[number]
        value = _values([item])[0]
        if own_metadata(value) == manifest:
            continue
        if item.labels.get(MANAGED_BY) != "tenantspec":
            clashes.append(_clash(item))
        gone.append(number)
        coming.append(_followed(manifest, tracking(item)))
    if clashes:
        raise TenantspecError(clashes)
    added = tuple(zip(coming, texts(coming), strict=True))
    return Outcome(root, tuple(sorted(gone)), added, tuple(notes))


def _identity(manifest: Manifest) -> tuple[str, str, str, str]:
    metadata = manifest["metadata"]
    group = manifest["apiVersion"].rpartition("/")[0]
    return group, manifest["kind"], metadata.get("namespace", ""), metadata["name"]


def _followed(manifest: Manifest, annotations: dict[str, str]) -> Manifest:
    """Return a manifest with the annotations by which its predecessor was followed."""
    if not annotations:
        return manifest
    metadata = manifest["metadata"]
    both = {**metadata.get("annotations", {}), **annotations}
    return {**manifest, "metadata": {**metadata, "annotations": both}}


def _clash(item: Item) -> Diagnostic:
    names = "/".join(part for part in item.identity[1:] if part)
    message = f"an item that is not tenantspec's is already called {names}"
    return Diagnostic(
        "TS917", message, help=f"rename it; what tenantspec gave carries the label {MANAGED_BY}"
    )


def _values(items: Sequence[Item]) -> list[Written]:
    """Return items as values.

    Raises:
        TenantspecError: one holds what no manifest may (TS910).

    """
    found: list[Written] = []
    for item in items:
        text = yaml.read(item.text)
        if text.problems:
            names = "/".join(part for part in item.identity[1:] if part)
            raise TenantspecError([Diagnostic("TS910", f"{names}: {text.problems[0].message}")])
        found += text.documents
    return found


def _shown(diagnostics: Sequence[Diagnostic], found: Held, config: Item) -> tuple[Diagnostic, ...]:
    """Return diagnostics that name items, whose texts are held for the excerpts."""
    if not diagnostics:
        return ()
    from krm_functions.documents.positions import hold  # noqa: PLC0415  (only what is said needs places)

    hold(ROOT, {found.shown.get(file, file): text for file, text in _texts(found).items()})
    hold(ROOT, {CONFIG: config.text})
    return tuple(renamed(diagnostics, found.shown))


def _texts(found: Held) -> dict[str, str]:
    """Return each spec as kustomize would print it, the same in every transport; as it came if it is broken."""
    from krm_functions.krm.emit import dump  # noqa: PLC0415

    shown = {}
    for file, text in found.files.items():
        parsed = yaml.read(text)
        whole = not parsed.problems and len(parsed.documents) == 1 and isinstance(parsed.documents[0], dict)
        try:
            shown[file] = dump(own_metadata(parsed.documents[0])) if whole else text
        except ValueError:
            shown[file] = text
    return shown
