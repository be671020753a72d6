"""What is true of the platform."""

from __future__ import annotations

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.names import ClusterName, EnvironmentName, HubName, NamespaceName, Pairs, StageName


class Environment(Record):
    """Where apps run: a stage in a region, on a cluster that a hub's Argo CD manages."""

    name: EnvironmentName
    stage: StageName
    production: bool
    region: str
    hub: HubName
    cluster: ClusterName
    purpose: str
    routed: bool
    """Whether another environment of the stage serves the same hosts."""
    weight: int


class Hub(Record):
    """One Argo CD and its namespace."""

    name: HubName
    namespace: NamespaceName


class Cluster(Record):
    """Facts about a cluster; None where the platform says nothing."""

    name: ClusterName
    server: str
    credentials: str
    kubernetes: str
    jurisdiction: str
    capacity: Pairs
    ingress_classes: tuple[str, ...] | None
    gateway_classes: tuple[str, ...] | None
    storage_classes: tuple[str, ...] | None


class Repository(Record):
    """Where Argo CD reads the estate."""

    url: str
    revision: str
    path: str


class Exposure(Record):
    """How hosts reach apps: ``ingress`` with a class, or ``gateway`` with a Gateway's namespace and name."""

    kind: str
    class_name: str
    gateway_namespace: str
    gateway: str
    namespace: NamespaceName


class Tls(Record):
    """Who owns the certificates of hosts."""

    issuer: str
    mode: str
    challenge: str
    weekly_limit: int | None


class Dns(Record):
    """Who writes DNS records, and the routing policy of a host that several environments serve."""

    provider: str
    ttl: int
    routing: str


class SecretStore(Record):
    """The External Secrets store and the pattern that keeps tenants apart in it."""

    name: str
    kind: str
    prefix: str


class Monitoring(Record):
    """Who scrapes metrics."""

    namespace: NamespaceName
    kind: str


class Naming(Record):
    """Patterns of emitted names."""

    namespace: str
    application: str
    host: str
    production_host: str
    reserved_hosts: tuple[str, ...]


class Guardrails(Record):
    """Bounds that lower layers only tighten; None is no bound."""

    registries: tuple[str, ...]
    pod_security: str
    forbid_latest: bool
    digest_required: tuple[str, ...]
    max_replicas: int | None
    max_patches: int
    forbidden_patches: tuple[str, ...]


class ArgoSettings(Record):
    """Argo CD, how it is fed, and which deletions are permitted until when (ISO dates)."""

    version: str
    image: str
    delivery: str
    fanout: str
    deletion_budget: int
    deletions: Pairs


class Platform(Record):
    """The whole estate's facts and conventions."""

    name: str
    domain: str
    repository: Repository
    stages: tuple[StageName, ...]
    hubs: tuple[Hub, ...]
    environments: tuple[Environment, ...]
    clusters: tuple[Cluster, ...]
    naming: Naming
    exposure: Exposure
    tls: Tls
    dns: Dns
    secret_store: SecretStore
    internet: bool
    monitoring: Monitoring
    guardrails: Guardrails
    argocd: ArgoSettings

    def environment(self, name: str) -> Environment | None:
        """Return an environment by name."""
        return next((e for e in self.environments if e.name == name), None)

    def hub(self, name: str) -> Hub | None:
        """Return a hub by name."""
        return next((h for h in self.hubs if h.name == name), None)

    def cluster(self, name: str) -> Cluster | None:
        """Return a cluster that the platform states facts about."""
        return next((c for c in self.clusters if c.name == name), None)
