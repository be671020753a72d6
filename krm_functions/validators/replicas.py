"""The bound on replicas."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic
from krm_functions.validators.bounds import bound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App
    from krm_functions.estate.settings import Settings


def replicas(estate: Estate, app: App, said: Settings) -> Iterator[Diagnostic]:
    """Yield an app that wants, or may grow to, more replicas than guardrails.maxReplicas."""
    most = app.tenant.guardrails.max_replicas
    wanted = app.autoscale.high if app.autoscale else app.replicas
    if most is not None and wanted > most:
        place = said.place("autoscale", "max") if app.autoscale else said.place("replicas")
        message = f"{wanted} replicas are more than {app.tenant.name} may have"
        yield Diagnostic(
            "TS506", message, place, f"at most {most}", related=bound(estate, app, "maxReplicas")
        )
