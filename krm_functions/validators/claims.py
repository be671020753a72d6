"""Hosts that an app claims: well-formed, not reserved, and the tenant's to claim."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic
from krm_functions.names import is_dns_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.diagnostics import Place
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App, Host
    from krm_functions.estate.settings import Settings


def claims(estate: Estate, app: App, said: Settings) -> Iterator[Diagnostic]:
    """Yield each host that the app may not have."""
    del estate
    written = said.written.get("expose")
    long = written if isinstance(written, dict) else {}
    for host in app.route.hosts if app.route else ():
        yield from _judge(app, host, host_place(said, host.label))
    for index, domain in enumerate(long.get("domains") or ()):
        if not any(domain == own or domain.endswith("." + own) for own in app.tenant.domains):
            message = f"the domain '{domain}' is not one of the tenant's"
            note = "its `domains`: " + (", ".join(app.tenant.domains) or "none")
            yield Diagnostic("TS407", message, said.place("expose", "domains", index), note)


def host_place(said: Settings, label: str) -> Place:
    """Return where a host's label is written."""
    written = said.written.get("expose")
    aliases = (written.get("aliases") or ()) if isinstance(written, dict) else ()
    return (
        said.place("expose", "aliases", aliases.index(label))
        if label in aliases
        else said.place("expose", "host")
    )


def _judge(app: App, host: Host, place: Place) -> Iterator[Diagnostic]:
    if not is_dns_name(host.name):
        note = "labels of at most 63 characters, 253 in all"
        yield Diagnostic("TS207", f"the host '{host.name}' is not a DNS name", place, note)
    if host.label and host.label in app.platform.naming.reserved_hosts:
        yield Diagnostic("TS405", f"the host label '{host.label}' is reserved", place, "naming.reservedHosts")
    allowed = app.tenant.hosts
    if host.label and allowed is not None and not any(_matches(host.label, pattern) for pattern in allowed):
        message = f"the tenant '{app.tenant.name}' may not claim the host label '{host.label}'"
        yield Diagnostic("TS406", message, place, "its `hosts` allow: " + (", ".join(allowed) or "none"))


def _matches(label: str, pattern: str) -> bool:
    """Whether a label is the pattern, or starts as a pattern that ends in a star does."""
    return label.startswith(pattern[:-1]) if pattern.endswith("*") else label == pattern
