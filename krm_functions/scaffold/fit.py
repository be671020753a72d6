"""Makes one kustomization hold what the estate needs of it, with the smallest edit that does."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from krm_functions.diagnostics import Diagnostic, Place, Severity
from krm_functions.documents import yaml
from krm_functions.names import GROUP
from krm_functions.scaffold import render
from krm_functions.scaffold.edit import CannotEditError, put
from krm_functions.scaffold.found import configs, entries

if TYPE_CHECKING:
    from krm_functions.scaffold.configs import Config
    from krm_functions.scaffold.draft import Draft
    from krm_functions.scaffold.found import Found
    from krm_functions.spec.scalars import Written

HEADER = "# Written by 'tenantspec sync'; your own lines here are kept.\n"
HUB = "/spec/hub"


class Folder(NamedTuple):
    """A kustomization that the estate needs: paths that it lists, a hub to patch in, a function config."""

    path: str
    lists: tuple[tuple[str, str], ...] = ()
    hub: str = ""
    config: Config | None = None


def fresh(folder: Folder) -> str:
    """Return a folder's kustomization as it is written where there is none."""
    document: Written = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    for field, entry in folder.lists:
        document.setdefault(field, []).append(entry)
    if folder.hub:
        document["patches"] = [_hub_patch(folder.hub)]
    if folder.config:
        document["generators"] = [folder.config.text]
    return HEADER + render.document(document)


def fit(draft: Draft, folder: Folder) -> list[Diagnostic]:
    """Decide on the edits that a folder needs; return what in it only a person can judge."""
    file = draft.kustomization(folder.path)
    wanted = fresh(folder)
    if not draft.text_exists(file):
        draft.write(file, wanted, "is missing")
    if draft.text(file) == wanted or draft.document(file) is None:
        return []
    for field, entry in folder.lists:
        _fit_list(draft, file, field, entry)
    if folder.hub:
        _fit_patch(draft, file, folder.hub)
    return _fit_config(draft, file, folder.config) if folder.config else []


def lists(draft: Draft, file: str, field: str, entry: str) -> bool:
    """Whether a kustomization lists a path, however it spells it."""
    listed = entries(draft.document(file), field)
    return posixpath.normpath(entry) in {posixpath.normpath(e) for e in listed if isinstance(e, str)}


def _fit_list(draft: Draft, file: str, field: str, entry: str) -> None:
    if not lists(draft, file, field, entry):
        at = len(entries(draft.document(file), field))
        draft.edit(file, (field, at), entry, f"lacks '{entry}' among its {field}")


# --- the hub, by a JSON6902 patch: a strategic merge would make kustomize load its OpenAPI schema


def _hub_patch(hub: str) -> Written:
    operations = [{"op": "add", "path": HUB, "value": hub}]
    return {"target": {"group": GROUP}, "patch": "\n".join(render.lines(operations))}


def _fit_patch(draft: Draft, file: str, hub: str) -> None:
    patches = entries(draft.document(file), "patches")
    for index, patch in enumerate(patches):
        held = _patch_text(draft, file, index, patch)
        number = patches_hub(held[1])
        if number is not None:
            _fit_hub(draft, held, number, hub)
            return
    draft.edit(file, ("patches", len(patches)), _hub_patch(hub), f"lacks the patch that adds the hub '{hub}'")


def _patch_text(draft: Draft, file: str, index: int, patch: Written) -> tuple[Place, str]:
    if isinstance(patch, dict) and isinstance(patch.get("path"), str):
        held = posixpath.normpath(posixpath.join(posixpath.dirname(file), patch["path"]))
        return Place(held), draft.peek(held) or ""
    inline = patch.get("patch") if isinstance(patch, dict) else None
    return Place(file, ("patches", index, "patch")), inline if isinstance(inline, str) else ""


def patches_hub(text: str) -> int | None:
    """Return the number of a patch's operation that sets the hub, or None."""
    documents = yaml.read(text).documents
    for number, operation in enumerate(documents[0] if documents and isinstance(documents[0], list) else ()):
        if isinstance(operation, dict) and operation.get("path") == HUB:
            return number
    return None


def _fit_hub(draft: Draft, held: tuple[Place, str], number: int, hub: str) -> None:
    place, text = held
    written = yaml.read(text).documents[0][number]
    reason = f"patches in the hub '{written.get('value')}', not '{hub}'"
    with draft.editing(place, reason):
        if written.get("op") not in ("add", "replace"):
            text = put(text, (number, "op"), "add")
        if written.get("value") != hub:
            text = put(text, (number, "value"), hub)
        if text != held[1]:
            _hold(draft, place, text, reason)


def _hold(draft: Draft, place: Place, text: str, reason: str) -> None:
    if place.path:
        draft.edit(place.file, place.path, text, reason)
    else:
        draft.write(place.file, text, reason, place)


# --- the function config


def _fit_config(draft: Draft, file: str, config: Config) -> list[Diagnostic]:
    folder = posixpath.dirname(file)
    ours = [*configs(draft, file, "generators"), *configs(draft, file, "transformers")]
    right = next((f for f in ours if not f.mapping and not config.faults(f.document, folder)), None)
    chosen = right or _nearest(ours, config, folder)
    if chosen is None:
        at = len(entries(draft.document(file), "generators"))
        draft.edit(file, ("generators", at), config.text, f"lacks its {config.title}")
    elif right is None:
        _mend(draft, chosen, config, folder)
    return [_stranger(found, file) for found in ours if found is not chosen]


def _nearest(ours: list[Found], config: Config, folder: str) -> Found | None:
    own = [found for found in ours if found.file.startswith(f"{folder}/")]
    return min(own, key=lambda found: found.document["kind"] != config.kind, default=None)


def _mend(draft: Draft, found: Found, config: Config, folder: str) -> None:
    faults = config.faults(found.document, folder) or ["it is a mapping, where kustomize takes text"]
    place, reason = Place(found.file, found.path), f"holds {found.title}: {', '.join(faults)}"
    with draft.editing(place, reason):
        text = _leaves_set(found, config) or found.text
        if config.faults(yaml.read(text).documents[found.number], folder):
            text = _afresh(found, config)
        _hold(draft, place, text, reason)


def _leaves_set(found: Found, config: Config) -> str:
    text = found.text
    try:
        for path, value in config.leaves().items():
            text = put(text, path, value, found.number)
    except CannotEditError:
        return ""
    return text


def _afresh(found: Found, config: Config) -> str:
    if len(yaml.read(found.text).documents) > 1:
        raise CannotEditError("one document of several")
    return config.text if found.text.endswith("\n") else config.text.removesuffix("\n")


def _stranger(found: Found, file: str) -> Diagnostic:
    message = f"a second function config, {found.title}, that does not belong in {posixpath.dirname(file)}"
    help_ = "remove it: a folder has one"
    return Diagnostic("TS607", message, Place(found.file, found.path), help=help_, severity=Severity.WARNING)
