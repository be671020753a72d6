"""Capacity: the quotas of a cluster's tenants do not add up to more than it has."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic
from krm_functions.names import quantity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App, Quota


def capacity(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    """Yield each resource of a cluster that is promised more often than it is there."""
    del apps
    promised: dict[str, list[tuple[str, Quota]]] = {}
    for tenant in estate.tenants():
        for environment in estate.environments(tenant):
            quota = tenant.quota(environment.stage)
            if quota:
                promised.setdefault(tenant.cluster(environment), []).append((tenant.name, quota))
    for facts in estate.platform.clusters:
        for resource, text in facts.capacity:
            quotas = [(name, getattr(quota, resource)) for name, quota in promised.get(facts.name, [])]
            if sum(quantity(share) for _, share in quotas) > quantity(text):
                message = f"the quotas on {facts.name} add up to more {resource} than its {text}"
                place = estate.platform_source.place("clusters", facts.name, "capacity", resource)
                note = ", ".join(f"{name} {share}" for name, share in quotas[:12])
                yield Diagnostic("TS413", message, place, note)
