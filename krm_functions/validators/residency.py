"""Residency: a tenant's apps stay in the jurisdictions that it names."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place
from krm_functions.spec.load import tenant_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App
    from krm_functions.estate.settings import Settings


def residency(estate: Estate, app: App, said: Settings) -> Iterator[Diagnostic]:
    """Yield a cluster that stands elsewhere, or nowhere that is known."""
    del estate, said
    tenant = app.tenant
    if not tenant.residency:
        return
    facts = app.platform.cluster(app.cluster)
    jurisdiction = facts.jurisdiction if facts else ""
    if jurisdiction not in tenant.residency:
        where = f"stands in {jurisdiction}" if jurisdiction else "has no jurisdiction"
        message = (
            f"{tenant.name} may run in {', '.join(tenant.residency)} only; the cluster {app.cluster} {where}"
        )
        help_ = f"place it elsewhere, or state clusters.{app.cluster}.jurisdiction in platform.yaml"
        yield Diagnostic("TS409", message, Place(tenant_file(tenant.name), ("spec", "residency")), help=help_)
