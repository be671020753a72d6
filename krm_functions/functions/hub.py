"""The functions of a hub: what its Argo CD holds."""

from __future__ import annotations

from krm_functions.diagnostics import TenantspecError
from krm_functions.estate.known import check_names
from krm_functions.estate.views import hub_view
from krm_functions.generators.hub import (
    ARGO_INSTALLATION,
    INFRA_APPLICATIONS,
    ROOT_APPLICATION,
    TENANT_APPLICATIONS,
)
from krm_functions.validators.fleet import check_fleet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Final

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import HubView
    from krm_functions.manifests.base import Manifest
    from krm_functions.spec.scalars import Written

    Generators = Mapping[str, Callable[[HubView], Iterable[Manifest]]]

GENERATORS: Final[Mapping[str, Generators]] = {
    "ArgoInstallation": ARGO_INSTALLATION,
    "InfraApplications": INFRA_APPLICATIONS,
    "RootApplication": ROOT_APPLICATION,
    "TenantApplications": TENANT_APPLICATIONS,
}


def _hub_function(kind: str) -> Callable[[Estate, Written], list[Manifest]]:
    def run(estate: Estate, config: Written) -> list[Manifest]:
        """Return the manifests of one kind for one hub; anything wrong in the estate is an error."""
        name = config["spec"]["hub"]
        hub = estate.platform.hub(name)
        if hub is None:
            known = [h.name for h in estate.platform.hubs]
            check_names("hub", [name], known, estate.config_place.at("spec", "hub"), estate.out)
            raise TenantspecError(estate.out.diagnostics)
        check_fleet(estate)
        view = hub_view(estate, hub)
        estate.out.raise_if_failed()
        return hub_manifests(kind, view)

    return run


def hub_manifests(kind: str, view: HubView) -> list[Manifest]:
    """Return the manifests of one kind for a resolved hub."""
    return [manifest for generate in GENERATORS[kind].values() for manifest in generate(view)]


HUB_FUNCTIONS: Final[Mapping[str, Callable[[Estate, Written], list[Manifest]]]] = {
    kind: _hub_function(kind) for kind in GENERATORS
}
