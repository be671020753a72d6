"""What a cluster or a hub sees of the estate."""

from __future__ import annotations

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from krm_functions.estate.model.app import App
    from krm_functions.estate.model.platform import Environment, Hub, Platform
    from krm_functions.estate.model.tenant import Tenant
    from krm_functions.names import ClusterName, NamespaceName


class ComponentInEnvironment(Record):
    """A platform component on one cluster, with its values merged and expanded."""

    name: str
    environment: Environment
    cluster: ClusterName
    dedicated: bool
    repository: str
    chart: str
    version: str
    namespace: NamespaceName
    wave: int
    values: dict[str, Any]


class ClusterTenant(Record):
    """A tenant's share of one cluster: its namespace, the apps in it, and the kinds of what people add beside them."""

    tenant: Tenant
    namespace: NamespaceName
    apps: tuple[App, ...]
    added: tuple[tuple[str, str], ...] = ()


class ClusterView(Record):
    """One cluster of one environment and everybody on it; ``calls`` are the granted cross-tenant calls."""

    platform: Platform
    environment: Environment
    cluster: ClusterName
    dedicated: bool
    tenants: tuple[ClusterTenant, ...]
    calls: tuple[tuple[App, App], ...]


class HubView(Record):
    """One hub's Argo CD and everything it manages, cluster by cluster."""

    platform: Platform
    hub: Hub
    clusters: tuple[ClusterView, ...]
    components: tuple[ComponentInEnvironment, ...]
