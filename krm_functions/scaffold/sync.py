"""Brings the estate's kustomization folders in step with its specs: plan, then apply or report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from krm_functions.diagnostics import Diagnostic
from krm_functions.documents.tree import Tree
from krm_functions.scaffold import stale
from krm_functions.scaffold.argocd import fit_argocd
from krm_functions.scaffold.draft import Change, Draft
from krm_functions.scaffold.fit import fit
from krm_functions.scaffold.folders import wanted
from krm_functions.scaffold.write import write

if TYPE_CHECKING:
    from krm_functions.estate.estate import Estate

__all__ = ["Change", "Plan", "apply", "drift", "plan"]

HELP: Final = "run 'tenantspec sync'"


class Plan(NamedTuple):
    """What sync would change below a root, and what it leaves to a person (TS607, warnings)."""

    root: str
    changes: tuple[Change, ...]
    kept: tuple[Diagnostic, ...]


def plan(estate: Estate) -> Plan:
    """Return what the estate's folders lack; nothing is written.

    Raises:
        TenantspecError: a spec is broken, or a file that needs an edit cannot be read or edited.

    """
    folders = wanted(estate)
    estate.out.raise_if_failed()
    draft = Draft(Tree(estate.specs.tree.root, estate.out))
    kept = [diagnostic for folder in folders for diagnostic in fit(draft, folder)]
    kept += fit_argocd(draft)
    kept += stale.remove(draft, {folder.path for folder in folders})
    draft.check_writable()
    estate.out.raise_if_failed()
    return Plan(draft.tree.root, draft.changes(), tuple(kept))


def apply(plan: Plan) -> list[str]:
    """Write a plan, all of its files or none; return the files that changed, relative to the root.

    Raises:
        TenantspecError: the file system refused (TS608).

    """
    return write(plan.root, plan.changes)


def drift(plan: Plan) -> list[Diagnostic]:
    """Return one diagnostic per file that is not as the specs want it, and what only a person can mend."""
    return [*map(_drifted, plan.changes), *plan.kept]


def _drifted(change: Change) -> Diagnostic:
    return Diagnostic("TS601", f"{change.file} {change.reason}", change.place, help=HELP)
