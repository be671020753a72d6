"""ClusterOverlay: what one cluster needs before any app arrives: namespaces and their guardrails."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place, TenantspecError
from krm_functions.estate.known import check_names
from krm_functions.estate.views import cluster_view
from krm_functions.generators.cluster import CLUSTER_GENERATORS
from krm_functions.manifests.base import Base, namespace_base
from krm_functions.names import ClusterName
from krm_functions.validators.fleet import check_fleet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import ClusterView
    from krm_functions.manifests.base import Manifest
    from krm_functions.spec.scalars import Written


def cluster_overlay(estate: Estate, config: Written) -> list[Manifest]:
    """Return the manifests of one cluster, shared or dedicated.

    Raises:
        TenantspecError: anything in the estate is wrong: a cluster holds everybody.

    """
    view = view_of(estate, config)
    base = namespace_base(estate.specs.tree)
    estate.out.raise_if_failed()
    return cluster_manifests(view, base)


def view_of(estate: Estate, config: Written) -> ClusterView:
    """Return the cluster that a config names, once the whole estate is checked.

    Raises:
        TenantspecError: there is no such environment or cluster.

    """
    written, place = config["spec"], estate.config_place.at("spec")
    platform = estate.platform
    environment = platform.environment(written["environment"])
    if environment is None:
        known = [e.name for e in platform.environments]
        check_names("environment", [written["environment"]], known, place.at("environment"), estate.out)
        raise TenantspecError(estate.out.diagnostics)
    cluster = written.get("cluster")
    if cluster not in (None, environment.cluster):
        placed = [str(tenant.cluster(environment)) for tenant in estate.tenants()]
        check_names("dedicated cluster", [cluster], placed, place.at("cluster"), estate.out)
        estate.out.raise_if_failed()
    check_fleet(estate)
    return cluster_view(estate, environment, ClusterName(cluster) if cluster else None)


def cluster_manifests(view: ClusterView, base: Base) -> list[Manifest]:
    """Return the manifests of a resolved cluster.

    Raises:
        TenantspecError: the base has another shape than what is stamped onto it (TS609).

    """
    try:
        return [manifest for generate in CLUSTER_GENERATORS.values() for manifest in generate(view, base)]
    except ValueError as error:
        place = Place("base/namespace/kustomization.yaml")
        message = f"the base does not take the tenants of {view.cluster}: {error}"
        raise TenantspecError([Diagnostic("TS609", message, place)]) from error
