"""Calls between apps: what an app needs is not only wanted in its environment, but deployed there."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic
from krm_functions.names import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App


def calls(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    """Yield each need of an app whose target has no version there yet, and each unknown tenant it allows."""
    for app in apps:
        yield from _allowed(estate, app)
        for peer in app.needs:
            waiting = estate.version(peer.tenant, peer.app, app.environment) is None
            said = estate.settings(app.tenant.name, app.name, app.environment)
            if waiting and said:
                message = (
                    f"{peer.tenant}/{peer.app}, which {app.tenant.name}/{app.name} needs, has no version"
                )
                note = "deploy it there first, or override this reference in that environment"
                yield Diagnostic("TS308", f"{message} in {app.environment.name}", said.place("needs"), note)


def _allowed(estate: Estate, app: App) -> Iterator[Diagnostic]:
    said = estate.settings(app.tenant.name, app.name, app.environment)
    written = said.written.get("allows") or () if said else ()
    for index, name in enumerate(written):
        if said and not estate.specs.has_tenant(name):
            known = estate.specs.tenant_names()
            note = did_you_mean(name, known) or f"known: {', '.join(known)}"
            yield Diagnostic("TS301", f"unknown tenant '{name}'", said.place("allows", index), note)
