"""What is true of one app in one environment."""

from __future__ import annotations

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from krm_functions.estate.model.platform import Environment, Platform
    from krm_functions.estate.model.tenant import Tenant
    from krm_functions.estate.model.workload import (
        Autoscale,
        Chart,
        Container,
        File,
        Metrics,
        Patch,
        Probe,
        Route,
        Security,
        Volume,
    )
    from krm_functions.names import AppName, ClusterName, NamespaceName, Pairs, TenantName


class Peer(Record):
    """An app that another one calls."""

    tenant: TenantName
    app: AppName


class App(Record):
    """One app in one environment, with every layer folded and every reference followed."""

    platform: Platform
    tenant: Tenant
    environment: Environment
    cluster: ClusterName
    namespace: NamespaceName
    name: AppName
    id: str
    workload: str
    main: Container
    readiness: Probe | None
    liveness: Probe | None
    startup: Probe | None
    replicas: int
    autoscale: Autoscale | None
    files: tuple[File, ...]
    volumes: tuple[Volume, ...]
    route: Route | None
    needs: tuple[Peer, ...]
    allows: tuple[TenantName, ...]
    metrics: Metrics | None
    init: tuple[Container, ...]
    sidecars: tuple[Container, ...]
    security: Security
    service_account_annotations: Pairs
    service_account_token: bool
    grace_period: int
    pre_stop_seconds: int
    pre_stop_command: tuple[str, ...]
    node_selector: Pairs
    tolerations: tuple[dict[str, Any], ...]
    labels: Pairs
    annotations: Pairs
    pod_labels: Pairs
    pod_annotations: Pairs
    schedule: str
    concurrency: str
    backoff: int
    chart: Chart | None
    patches: tuple[Patch, ...]
