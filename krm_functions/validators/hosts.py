"""One host, one app: no two apps of a stage may claim the same host."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Related
from krm_functions.validators.claims import host_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.diagnostics import Place
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App, Host


def hosts(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    """Yield each second claim of a host; one app in two environments of a stage is one claimant."""
    first: dict[str, tuple[App, Host]] = {}
    for app in apps:
        for host in app.route.hosts if app.route else ():
            other, claimed = first.setdefault(host.name, (app, host))
            same = (other.tenant.name, other.name) == (app.tenant.name, app.name)
            if not same:
                owner = f"{other.tenant.name}/{other.name}"
                message = f"the host {host.name} of {app.tenant.name}/{app.name} already belongs to {owner}"
                related = Related(_place(estate, other, claimed), f"claimed first by {owner}")
                note = "choose another expose.host or alias"
                yield Diagnostic("TS401", message, _place(estate, app, host), note, related=(related,))
            elif other.environment != app.environment and not _routed(other, app):
                yield _unrouted(estate, (other, claimed), (app, host))


def _unrouted(estate: Estate, one: tuple[App, Host], other: tuple[App, Host]) -> Diagnostic:
    app, host = other
    message = (
        f"{one[0].environment.name} and {app.environment.name} both give {app.name} the host {host.name}"
    )
    if one[1].label != host.label:
        return Diagnostic("TS403", message, _place(estate, app, host), "choose another expose.host or alias")
    help_ = "put {stage} or {environment} into naming.host, or the environments into one stage"
    return Diagnostic("TS403", message, estate.platform_source.place("naming"), help=help_)


def _routed(one: App, other: App) -> bool:
    return other.environment.routed and one.environment.stage == other.environment.stage


def _place(estate: Estate, app: App, host: Host) -> Place:
    said = estate.settings(app.tenant.name, app.name, app.environment)
    if said is None:
        return estate.platform_source.place()
    if host.label:
        return host_place(said, host.label)
    return said.place("expose", "domains", said.written["expose"]["domains"].index(host.name))
