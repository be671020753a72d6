"""What a change would delete: two inventories in, diagnostics out.

Argo CD prunes what is no longer rendered. Objects whose loss takes data or whole apps with them are
counted; `argocd.deletionBudget` bounds them and `argocd.deletions` permits single ones until a date.
"""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import ArgoSettings

COUNTED = frozenset(
    {"Application", "ApplicationSet", "AppProject", "Namespace", "PersistentVolumeClaim", "StatefulSet"}
)
"""Kinds whose deletion ends what runs, or loses what is stored."""
_OF_HUBS = frozenset({"Application", "ApplicationSet", "AppProject"})


class Deletable(Record):
    """One counted object: its identity on a cluster or hub, and the tenant's id and Application it is of."""

    target: str
    kind: str
    namespace: str
    name: str
    tenant: str
    application: str

    def __str__(self) -> str:
        """Return how a person finds it."""
        return f"{self.kind}/{self.name} on {self.target}"

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What tells it apart; labels may change without a deletion."""
        return (self.target, self.kind, self.namespace, self.name)

    @property
    def names(self) -> frozenset[str]:
        """What a permit may call it: itself, or what it is in; Argo CD's namespace holds all and names none."""
        namespace = "" if self.kind in _OF_HUBS else self.namespace
        return frozenset({self.name, namespace, self.tenant, self.application}) - {""}


class Inventory(Record):
    """What one revision of an estate holds: its counted objects, and each tenant's id with its `offboard`."""

    objects: tuple[Deletable, ...]
    tenants: tuple[tuple[str, bool], ...]


def deletions(
    settings: ArgoSettings, before: Inventory, after: Inventory, today: str
) -> Iterator[Diagnostic]:
    """Yield what a change deletes beyond what it may; ``today`` is an ISO date.

    Shapes: `deletions` maps a name to the last day on which it may go: of an object, or of the namespace,
    the Application or the tenant that it belongs to.
    """
    gone = deleted(before, after)
    expired, permitted = set(), set()
    for name, last in settings.deletions:
        covered = {thing for thing in gone if name in thing.names}
        if covered and last < today:
            expired |= covered
            yield _expired(name, last)
        elif covered:
            permitted |= covered
    beyond = [thing for thing in gone if thing not in permitted and thing not in expired]
    if len(beyond) > settings.deletion_budget:
        yield _too_many(beyond, settings.deletion_budget)
    yield from _not_offboarded(before, after)


def deleted(before: Inventory, after: Inventory) -> list[Deletable]:
    """Return the objects that only the first inventory holds, in order."""
    kept = {thing.identity for thing in after.objects}
    gone = (thing for thing in before.objects if thing.identity not in kept)
    return sorted(gone, key=lambda thing: thing.identity)


def _too_many(beyond: list[Deletable], budget: int) -> Diagnostic:
    listed = ", ".join(map(str, beyond))
    count = f"{len(beyond)} object{'s' if len(beyond) > 1 else ''}"
    return Diagnostic(
        "TS620",
        f"the change deletes {count}, argocd.deletionBudget allows {budget}: {listed}",
        Place("platform.yaml", ("spec", "argocd", "deletionBudget")),
        help="name what may go under argocd.deletions with the last day of its permit: the object, "
        "its namespace, its Application or its tenant's id",
    )


def _expired(name: str, last: str) -> Diagnostic:
    place = Place("platform.yaml", ("spec", "argocd", "deletions", name))
    note = "give it a later day, or leave the deletion out"
    return Diagnostic("TS621", f"the permit to delete {name} ended on {last}", place, note)


def _not_offboarded(before: Inventory, after: Inventory) -> Iterator[Diagnostic]:
    kept = {id_ for id_, _ in after.tenants}
    for id_, offboard in before.tenants:
        if id_ not in kept and not offboard:
            yield Diagnostic(
                "TS622",
                f"the tenant {id_} is removed in one step",
                help="put it back with `offboard: true`, merge and sync that, then remove it",
            )
