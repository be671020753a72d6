"""Which layer has set the bound that an app breaks."""

from __future__ import annotations

from krm_functions.estate.bounds import said_by

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.diagnostics import Related
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App


def bound(estate: Estate, app: App, *path: str) -> tuple[Related, ...]:
    """Return where the guardrail at a path is written: by the tenant, else by the platform."""
    return said_by(estate.specs, estate.platform_source, app.tenant, "guardrails", *path)
