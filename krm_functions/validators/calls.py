"""Calls between apps: what an app needs is not only wanted in its environment, but deployed there."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App


def calls(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    """Yield each need of an app whose target has no version in the environment yet."""
    for app in apps:
        for peer in app.needs:
            waiting = estate.version(peer.tenant, peer.app, app.environment) is None
            said = estate.settings(app.tenant.name, app.name, app.environment)
            if waiting and said:
                message = (
                    f"{peer.tenant}/{peer.app}, which {app.tenant.name}/{app.name} needs, has no version"
                )
                note = "deploy it there first, or override this reference in that environment"
                yield Diagnostic("TS308", f"{message} in {app.environment.name}", said.place("needs"), note)
