"""Certificates: an issuer gives only so many a week for the names below one domain."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App


def certificates(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    """Yield each zone, the platform's or a tenant's own, whose certificates are more than a week of its issuer."""
    tls = estate.platform.tls
    if tls.mode != "per-host" or tls.weekly_limit is None:
        return
    counts: dict[str, int] = {}
    for app in apps:
        if app.route and app.route.tls:
            for zone in {_zone(app, host.name) for host in app.route.hosts}:
                counts[zone] = counts.get(zone, 0) + 1
    for zone, count in sorted(counts.items()):
        if count > tls.weekly_limit:
            message = (
                f"{count} certificates below {zone}, one for each app and environment, "
                f"and {tls.issuer} gives {tls.weekly_limit} a week"
            )
            yield Diagnostic(
                "TS417",
                message,
                estate.platform_source.place("tls", "weeklyLimit"),
                help="set tls.mode: wildcard, add the apps over several weeks, or state the limit that your issuer has",
                severity=Severity.WARNING,
            )


def _zone(app: App, host: str) -> str:
    own = [domain for domain in app.tenant.domains if host == domain or host.endswith("." + domain)]
    return max(own, key=len, default=app.platform.domain)
