"""EnvironmentOverlay: everything of one environment on one cluster, guardrails and apps, in one call."""

from __future__ import annotations

from krm_functions.functions.app_overlay import app_manifests
from krm_functions.functions.cluster_overlay import cluster_manifests, view_of
from krm_functions.manifests.base import app_base, namespace_base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.estate.estate import Estate
    from krm_functions.manifests.base import Manifest
    from krm_functions.spec.scalars import Written


def environment_overlay(estate: Estate, config: Written) -> list[Manifest]:
    """Return what ClusterOverlay gives for a cluster, and what AppOverlay gives for each app placed there.

    Raises:
        TenantspecError: anything in the estate is wrong.

    """
    view = view_of(estate, config)
    namespaces, workloads = namespace_base(estate.specs.tree), app_base(estate.specs.tree)
    estate.out.raise_if_failed()
    manifests = cluster_manifests(view, namespaces)
    for share in view.tenants:
        for app in share.apps:
            manifests += app_manifests(estate, app, workloads)
    estate.out.raise_if_failed()
    return manifests
