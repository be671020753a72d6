"""The function configs of any hub, below argocd/: one of each kind, in whatever files a person keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from krm_functions.diagnostics import Diagnostic, Place, Severity
from krm_functions.documents import yaml
from krm_functions.scaffold.configs import Config
from krm_functions.scaffold.edit import put
from krm_functions.scaffold.fit import Folder, fit
from krm_functions.scaffold.folders import ARGOCD
from krm_functions.scaffold.found import Found, configs

if TYPE_CHECKING:
    from krm_functions.scaffold.draft import Draft

APPLICATIONSETS: Final = f"{ARGOCD}/applicationsets"


class Slot(NamedTuple):
    """Where a kind's config is written if it stands nowhere."""

    folder: str
    name: str
    kind: str


SLOTS: Final = (
    Slot(ARGOCD, "install.yaml", "ArgoInstallation"),
    Slot(ARGOCD, "app-of-apps.yaml", "RootApplication"),
    Slot(APPLICATIONSETS, "tenant-apps.yaml", "TenantApplications"),
    Slot(APPLICATIONSETS, "infra-apps.yaml", "InfraApplications"),
)


def fit_argocd(draft: Draft) -> list[Diagnostic]:
    """Decide on the configs that no resource of argocd/ holds; return a warning for each held twice."""
    strangers = []
    for slot in SLOTS:
        held = [
            f
            for f in configs(draft, draft.kustomization(ARGOCD), "resources")
            if f.document["kind"] == slot.kind
        ]
        if not held:
            _add(draft, slot)
        for found in held[:1]:
            _fit_spec(draft, found)
        strangers += [_twice(found) for found in held[1:]]
    return strangers


def _add(draft: Draft, slot: Slot) -> None:
    file = f"{slot.folder}/{slot.name}"
    if not draft.text_exists(file):
        draft.write(file, Config(slot.kind, slot.name.removesuffix(".yaml")).text, "is missing")
    elif not _holds(draft, slot, file):
        note = "it is the place of that config: move what it holds elsewhere"
        draft.out.error("TS608", f"{file} holds no {slot.kind}", Place(file), note=note)
    if slot.folder != ARGOCD:
        fit(draft, Folder(ARGOCD, lists=(("resources", slot.folder.removeprefix(f"{ARGOCD}/")),)))
    fit(draft, Folder(slot.folder, lists=(("resources", slot.name),)))


def _holds(draft: Draft, slot: Slot, file: str) -> bool:
    documents = yaml.read(draft.peek(file) or "").documents
    return any(isinstance(d, dict) and d.get("kind") == slot.kind for d in documents)


def _fit_spec(draft: Draft, found: Found) -> None:
    """Give a config a spec: the JSON6902 patch that adds the hub needs one to add to."""
    if not isinstance(found.document.get("spec"), dict):
        place, reason = Place(found.file, ("spec",)), f"holds {found.title} without a spec"
        with draft.editing(place, reason):
            draft.write(found.file, put(found.text, ("spec",), {}, found.number), reason, place)


def _twice(found: Found) -> Diagnostic:
    message = f"a second {found.document['kind']} among the configs of every hub"
    return Diagnostic("TS607", message, Place(found.file), help="remove it", severity=Severity.WARNING)
