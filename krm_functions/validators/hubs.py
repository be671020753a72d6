"""Hubs: what each has to carry, and clusters that none of them manages."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App

MANY: Final = 500
"""Applications in one kustomization: 1,000 take kustomize 1.1 s, 3,000 take 23 s, and each hub has its root's sync."""


def hubs(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    """Yield a warning for each hub that outgrows explicit Applications, and for each cluster without a hub."""
    yield from _crowded(estate, apps)
    yield from _unmanaged(estate)


def _crowded(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    if estate.platform.argocd.fanout != "applications":
        return
    counts: dict[str, int] = {}
    for app in apps:
        counts[app.environment.hub] = counts.get(app.environment.hub, 0) + 1
    for hub, count in sorted(counts.items()):
        if count > MANY:
            message = f"hub {hub} has {count} Applications of tenants; beyond {MANY} its root grows slow"
            note = "fanout: applicationset gives one object per tenant"
            place = estate.platform_source.place("argocd", "fanout")
            yield Diagnostic("TS317", message, place, note=note, severity=Severity.WARNING)


def _unmanaged(estate: Estate) -> Iterator[Diagnostic]:
    environments = estate.platform.environments
    managed = {environment.cluster for environment in environments}
    managed |= {
        tenant.cluster(environment)
        for tenant in estate.tenants()
        for environment in environments
        if environment.name in tenant.environments
    }
    for facts in estate.platform.clusters:
        if facts.name not in managed:
            message = f"no hub manages the cluster {facts.name}"
            note = "name it as an environment's cluster, or place a tenant on it"
            place = estate.platform_source.place("clusters", facts.name)._replace(on_key=True)
            yield Diagnostic("TS318", message, place, note=note, severity=Severity.WARNING)
