"""Host names: patterns expanded, labels judged, and nobody else's."""

from __future__ import annotations

from krm_functions.estate.model import Host, Route
from krm_functions.names import Hostname

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from krm_functions.estate.model import Environment, Platform, Port, Tenant


def expand(pattern: str, values: dict[str, str]) -> str:
    """Replace each {placeholder} of a pattern that was checked when it was read."""
    for key, value in values.items():
        pattern = pattern.replace("{" + key + "}", value)
    return pattern


def host(platform: Platform, tenant: Tenant, app_id: str, environment: Environment, label: str) -> Host:
    """Return the host of a label in an environment; production hosts have a pattern of their own."""
    naming = platform.naming
    pattern = naming.production_host if environment.production else naming.host
    values = {
        "host": label,
        "tenant": tenant.id,
        "app": app_id,
        "stage": environment.stage,
        "environment": environment.name,
        "domain": platform.domain,
    }
    return Host(Hostname(expand(pattern, values)), label)


def labels(written: Any, app_id: str) -> tuple[str, ...]:
    """Return the labels that `expose` claims, each once, the app's id by default; none if it is not exposed."""
    if written is None or written is False:
        return ()
    if written is True:
        return (app_id,)
    return tuple(dict.fromkeys((written.get("host", app_id), *(written.get("aliases") or ()))))


def route(
    platform: Platform,
    tenant: Tenant,
    environment: Environment,
    app_id: str,
    written: Any,
    port: Port | None,
) -> Route | None:
    """Return an app's public face in an environment, or None if it is internal."""
    claimed = labels(written, app_id)
    if not claimed or port is None:
        return None
    long = written if isinstance(written, dict) else {}
    hosts = [host(platform, tenant, app_id, environment, label) for label in claimed]
    if environment.production:
        known = {host.name for host in hosts}
        hosts += [Host(Hostname(d), "") for d in long.get("domains") or () if d not in known]
    return Route(tuple(hosts), long.get("path", "/"), port, long.get("tls") is not False)
