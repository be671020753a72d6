"""`tenantspec argocd`: what a hub needs before its Argo CD can build itself from git."""

from __future__ import annotations

from krm_functions.diagnostics import TenantspecError
from krm_functions.estate.known import check_names
from krm_functions.estate.views import hub_view
from krm_functions.functions.hub import hub_manifests
from krm_functions.functions.printing import printed
from krm_functions.krm.emit import dump
from krm_functions.krm.order import kustomize_order
from krm_functions.manifests.sidecar import CHART, chart_values
from krm_functions.validators.fleet import check_fleet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import HubView


def values(estate: Estate, name: str) -> str:
    """Return values of the official chart for a hub, as YAML.

    Raises:
        TenantspecError: the platform has no such hub, or anything is wrong in the estate.

    """
    view = _view(estate, name)
    first = f"# Hub {name}: values of the chart argo-cd {CHART} of https://argoproj.github.io/argo-helm\n"
    return first + dump(chart_values(view.platform))


def bootstrap(estate: Estate, name: str) -> str:
    """Return the first manifests of a hub: its settings, the projects of no tenant, and the root Application.

    Raises:
        TenantspecError: the platform has no such hub, or anything is wrong in the estate.

    """
    view = _view(estate, name)
    settings = [m for m in hub_manifests("ArgoInstallation", view) if m["kind"] == "ConfigMap"]
    projects = [m for m in hub_manifests("InfraApplications", view) if m["kind"] == "AppProject"]
    return printed(kustomize_order([*settings, *projects, *hub_manifests("RootApplication", view)]))


def _view(estate: Estate, name: str) -> HubView:
    hub = estate.platform.hub(name)
    if hub is None:
        known = [h.name for h in estate.platform.hubs]
        check_names("hub", [name], known, estate.platform_source.place("hubs"), estate.out)
        raise TenantspecError(estate.out.diagnostics)
    check_fleet(estate)
    view = hub_view(estate, hub)
    estate.out.raise_if_failed()
    return view
