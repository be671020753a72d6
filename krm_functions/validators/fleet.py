"""What is checked across all tenants: everything is resolved, then held against everything else."""

from __future__ import annotations

from krm_functions.validators.app import check_app
from krm_functions.validators.calls import calls
from krm_functions.validators.capacity import capacity
from krm_functions.validators.certificates import certificates
from krm_functions.validators.derived import derived
from krm_functions.validators.hosts import hosts
from krm_functions.validators.hubs import hubs
from krm_functions.validators.identities import identities
from krm_functions.validators.lookalikes import lookalikes
from krm_functions.validators.territories import territories
from krm_functions.validators.windows import windows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Final

    from krm_functions.diagnostics import Diagnostic
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App

    Validator = Callable[[Estate, tuple[App, ...]], Iterable[Diagnostic]]

FLEET_VALIDATORS: Final[Mapping[str, Validator]] = {
    "calls": calls,
    "capacity": capacity,
    "certificates": certificates,
    "derived": derived,
    "hosts": hosts,
    "hubs": hubs,
    "identities": identities,
    "lookalikes": lookalikes,
    "territories": territories,
    "windows": windows,
}


def check_fleet(estate: Estate) -> tuple[App, ...]:
    """Resolve every app, keep the diagnostics of every validator, and return the apps that are sound."""
    _read_all(estate)
    apps = tuple(
        app
        for tenant in estate.tenants()
        for environment in estate.environments(tenant)
        for app in estate.apps(tenant, environment)
    )
    for app in apps:
        check_app(estate, app)
    for validate in FLEET_VALIDATORS.values():
        estate.out.diagnostics.extend(validate(estate, apps))
    return apps


def _read_all(estate: Estate) -> None:
    """Read every spec, so that a broken tenant does not hide what is wrong with its apps."""
    for tenant in estate.specs.tenant_names():
        for app in estate.specs.app_names(tenant):
            estate.specs.app(tenant, app)
            estate.specs.versions(tenant, app)
