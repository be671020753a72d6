"""What a change does to the clusters: the estate of another revision is rendered and compared."""

from __future__ import annotations

import datetime

from krm_functions.diagnostics import Diagnostic, Severity, TenantspecError
from krm_functions.estate.app import application
from krm_functions.functions.judged import as_built
from krm_functions.functions.render import Selection, estate_of, units
from krm_functions.functions.revision import checkout
from krm_functions.validators.deletions import COUNTED, Deletable, Inventory, deleted, deletions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.estate.estate import Estate
    from krm_functions.manifests.base import Manifest

    Whose = tuple[str, str, str]


def changes(estate: Estate, revision: str) -> tuple[list[Deletable], list[Diagnostic]]:
    """Return what the step from a revision to a sound estate deletes, and what is wrong with that.

    Raises:
        TenantspecError: the revision cannot be read (TS940), or has errors itself (TS941).

    """
    before = _before(estate.specs.tree.root, revision)
    after = inventory(estate)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    found = deletions(estate.platform.argocd, before, after, today)
    return deleted(before, after), list(found)


def inventory(estate: Estate) -> Inventory:
    """Return what an estate holds.

    Raises:
        TenantspecError: it has errors.

    """
    wanted = units(estate, Selection())
    estate.out.raise_if_failed()
    root = estate.specs.tree.root
    names = _applications(estate)
    objects = tuple(
        _deletable(unit.target, manifest, names)
        for unit in wanted
        for manifest in as_built(root, unit)
        if manifest["kind"] in COUNTED
    )
    estate.out.raise_if_failed()
    return Inventory(objects, tuple((tenant.id, tenant.offboard) for tenant in estate.tenants()))


def _applications(estate: Estate) -> dict[Whose, str]:
    """Return the name of each app's Application, whether or not an ApplicationSet makes it."""
    return {
        (tenant.id, app.id, environment.name): application(estate.platform, tenant, app.id, environment)
        for tenant in estate.tenants()
        for environment in estate.environments(tenant)
        for app in estate.apps(tenant, environment)
    }


def _deletable(target: str, manifest: Manifest, names: dict[Whose, str]) -> Deletable:
    metadata = manifest["metadata"]
    labels = metadata.get("labels") or {}
    tenant, app, environment = (
        labels.get(f"tenantspec.dev/{k}", "") for k in ("tenant", "app", "environment")
    )
    name = names.get((tenant, app, environment), "")
    return Deletable(target, manifest["kind"], metadata.get("namespace", ""), metadata["name"], tenant, name)


def _before(root: str, revision: str) -> Inventory:
    with checkout(root, revision) as folder:
        if folder is None:
            return Inventory((), ())
        try:
            return inventory(estate_of(folder))
        except TenantspecError as error:
            raise TenantspecError([_broken(revision, error)]) from error


def _broken(revision: str, error: TenantspecError) -> Diagnostic:
    first = next(d for d in error.diagnostics if d.severity is Severity.ERROR)
    where = f" in {first.place.file}" if first.place else ""
    return Diagnostic(
        "TS941",
        f"the estate at {revision} has errors itself, so what the change deletes is not known: "
        f"{first.code} {first.message}{where}",
        help="compare with the last revision that renders, such as the one that Argo CD has synced",
    )
