"""What is true of a tenant."""

from __future__ import annotations

from krm_functions.names import ClusterName
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.estate.model.platform import Environment, Guardrails
    from krm_functions.names import EnvironmentName, Hostname, Pairs, StageName, TenantName


class Members(Record):
    """Groups and single users of one role."""

    groups: tuple[str, ...]
    users: tuple[str, ...]


class Quota(Record):
    """What all pods of a namespace may request together, as Kubernetes quantities."""

    cpu: str
    memory: str
    limits_memory: str
    pods: str


class Egress(Record):
    """A destination outside the cluster; no ports means all."""

    cidr: str
    ports: tuple[int, ...]


class SyncWindow(Record):
    """When Argo CD may (allow) or may not (deny) sync; schedule is cron, duration a Go duration."""

    name: str
    kind: str
    schedule: str
    duration: str
    stages: tuple[StageName, ...]
    time_zone: str


class Tenant(Record):
    """One tenant; ``id`` is what emitted names and labels carry."""

    name: TenantName
    id: str
    display_name: str
    owners: Members
    editors: Members
    viewers: Members
    quotas: tuple[tuple[StageName, Quota], ...]
    environments: tuple[EnvironmentName, ...]
    placement: Pairs
    residency: tuple[str, ...]
    registries: tuple[str, ...]
    hosts: tuple[str, ...] | None
    domains: tuple[Hostname, ...]
    guardrails: Guardrails
    internet: bool
    egress: tuple[Egress, ...]
    pull_secret: str
    labels: Pairs
    annotations: Pairs
    sync_windows: tuple[SyncWindow, ...]
    offboard: bool

    def cluster(self, environment: Environment) -> ClusterName:
        """Return the cluster the tenant is placed on in an environment."""
        return ClusterName(dict(self.placement).get(environment.name, environment.cluster))

    def quota(self, stage: StageName) -> Quota | None:
        """Return the quota of its namespaces of a stage."""
        return dict(self.quotas).get(stage)
