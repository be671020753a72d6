"""A Platform as written to a Platform with every default said and every name inside it known."""

from __future__ import annotations

from krm_functions import __version__
from krm_functions.estate.fold import alone
from krm_functions.estate.known import check_layers, check_names
from krm_functions.estate.model import (
    ArgoSettings,
    Cluster,
    Dns,
    Environment,
    Exposure,
    Guardrails,
    Hub,
    Monitoring,
    Naming,
    Platform,
    Repository,
    SecretStore,
    Tls,
)
from krm_functions.names import ClusterName, EnvironmentName, HubName, NamespaceName, StageName

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from krm_functions.diagnostics import Collector
    from krm_functions.spec.load import Source
    from krm_functions.spec.scalars import Written

OLDEST_ARGOCD = {(3, 4): (3, 4, 10), (3, 5): (3, 5, 6)}
"""The first good patch of each older minor; from 3.6 all are."""
_RESERVED = ("www", "api", "admin")

_LETS_ENCRYPT = 50
"""Certificates per registered domain and week: https://letsencrypt.org/docs/rate-limits/."""


def resolve_platform(source: Source, out: Collector) -> Platform:
    """Return the platform; what contradicts itself is kept in ``out``."""
    spec = alone(source.spec)
    naming = _naming(spec.get("naming") or {})
    dns = spec.get("dns") or {}
    platform = Platform(
        name=source.name,
        domain=spec["domain"],
        repository=_repository(spec["repository"]),
        stages=tuple(map(StageName, spec["stages"])),
        hubs=tuple(_hub(name, hub) for name, hub in sorted(spec["hubs"].items())),
        environments=_environments(spec, naming, dns),
        clusters=tuple(_cluster(name, facts) for name, facts in sorted((spec.get("clusters") or {}).items())),
        naming=naming,
        exposure=_exposure(spec.get("exposure") or {}),
        tls=_tls(spec.get("tls") or {}, gateway=(spec.get("exposure") or {}).get("kind") == "gateway"),
        dns=Dns(dns.get("provider", "external-dns"), dns.get("ttl", 300), dns.get("routing", "latency")),
        secret_store=_secret_store(spec.get("secretStore") or {}),
        internet=(spec.get("network") or {}).get("internet") is not False,
        monitoring=_monitoring(spec.get("monitoring") or {}),
        guardrails=_guardrails(spec.get("guardrails") or {}),
        argocd=_argocd(spec.get("argocd") or {}),
    )
    _check(source, platform, out)
    return platform


def _repository(spec: Written) -> Repository:
    path = spec.get("path", ".").strip("/").removeprefix("./")
    return Repository(spec["url"], spec.get("revision", "main"), "" if path == "." else path)


def _hub(name: str, spec: Written) -> Hub:
    return Hub(HubName(name), NamespaceName(spec.get("namespace", "argocd")))


def _environments(spec: Written, naming: Naming, dns: Written) -> tuple[Environment, ...]:
    written = spec["environments"]
    stages = [environment["stage"] for environment in written.values()]
    production = spec["stages"][-1]
    order = {stage: index for index, stage in enumerate(spec["stages"])}
    environments = (
        Environment(
            name=EnvironmentName(name),
            stage=StageName(environment["stage"]),
            production=environment["stage"] == production,
            region=environment["region"],
            hub=HubName(environment["hub"]),
            cluster=ClusterName(environment["cluster"]),
            purpose=environment.get("purpose", ""),
            routed=stages.count(environment["stage"]) > 1
            and "{environment}" not in _host_pattern(naming, production=environment["stage"] == production),
            weight=(dns.get("weights") or {}).get(name, 100),
        )
        for name, environment in written.items()
    )
    return tuple(sorted(environments, key=lambda e: (order.get(e.stage, 0), e.name)))


def _host_pattern(naming: Naming, *, production: bool) -> str:
    return naming.production_host if production else naming.host


def _cluster(name: str, spec: Written) -> Cluster:
    capabilities = spec.get("capabilities") or {}
    return Cluster(
        name=ClusterName(name),
        server=spec.get("server", ""),
        credentials=(spec.get("credentials") or {}).get("key", ""),
        kubernetes=spec.get("kubernetes", ""),
        jurisdiction=spec.get("jurisdiction", ""),
        capacity=tuple((k, str(v)) for k, v in (spec.get("capacity") or {}).items()),
        ingress_classes=_optional(capabilities.get("ingressClasses")),
        gateway_classes=_optional(capabilities.get("gatewayClasses")),
        storage_classes=_optional(capabilities.get("storageClasses")),
    )


def _optional(written: Any) -> tuple[str, ...] | None:
    return None if written is None else tuple(written)


def _naming(spec: Written) -> Naming:
    return Naming(
        namespace=spec.get("namespace", "{tenant}-{stage}"),
        application=spec.get("application", "{tenant}-{app}-{environment}"),
        host=spec.get("host", "{host}-{stage}.{domain}"),
        production_host=spec.get("productionHost", "{host}.{domain}"),
        reserved_hosts=tuple(spec.get("reservedHosts", _RESERVED)),
    )


def _exposure(spec: Written) -> Exposure:
    namespace, _, gateway = spec.get("gateway", "").partition("/")
    return Exposure(
        kind=spec.get("kind", "ingress"),
        class_name=spec.get("class", "nginx"),
        gateway_namespace=namespace,
        gateway=gateway,
        namespace=NamespaceName(spec.get("namespace", namespace or "ingress-nginx")),
    )


def _tls(spec: Written, *, gateway: bool) -> Tls:
    default = "gateway" if gateway else "per-host"
    issuer = spec.get("issuer", "letsencrypt")
    limit = spec.get("weeklyLimit", _LETS_ENCRYPT if "letsencrypt" in issuer else None)
    return Tls(issuer, spec.get("mode", default), spec.get("challenge", "dns01"), limit)


def _secret_store(spec: Written) -> SecretStore:
    prefix = spec.get("prefix", "{tenant}/{stage}/")
    return SecretStore(spec.get("name", "platform"), spec.get("kind", "ClusterSecretStore"), prefix)


def _monitoring(spec: Written) -> Monitoring:
    return Monitoring(NamespaceName(spec.get("namespace", "monitoring")), spec.get("kind", "ServiceMonitor"))


def _guardrails(spec: Written) -> Guardrails:
    patches = spec.get("patches") or {}
    return Guardrails(
        registries=tuple(spec.get("registries") or ()),
        pod_security=spec.get("podSecurity", "restricted"),
        forbid_latest=spec.get("forbidLatest") is not False,
        digest_required=tuple(spec.get("digestRequired") or ()),
        max_replicas=spec.get("maxReplicas"),
        max_patches=patches.get("maxPerApp", 5),
        forbidden_patches=tuple(patches.get("forbidden") or ()),
    )


def _argocd(spec: Written) -> ArgoSettings:
    return ArgoSettings(
        version=spec.get("version", "v3.6.1"),
        image=spec.get("image", f"ghcr.io/opsera/tenantspec:{__version__}"),
        delivery=spec.get("delivery", "plugin"),
        fanout=spec.get("fanout", "applications"),
        deletion_budget=spec.get("deletionBudget", 1),
        deletions=tuple((spec.get("deletions") or {}).items()),
    )


def _check(source: Source, platform: Platform, out: Collector) -> None:
    _check_references(source, platform, out)
    _check_clusters(source, platform, out)
    _check_argocd(source, platform, out)
    _check_secrets(source, platform, out)
    _check_exposure(source, platform, out)
    _check_routing(source, platform, out)
    check_layers(source, ("defaults",), platform, out)


def _check_argocd(source: Source, platform: Platform, out: Collector) -> None:
    number = tuple(int(part) for part in platform.argocd.version.removeprefix("v").split("."))
    if number < OLDEST_ARGOCD.get((number[0], number[1]), (3, 6, 0)):
        message = f"Argo CD {platform.argocd.version} is older than tenantspec relies on"
        note = "v3.4.10, v3.5.6, or v3.6.0 and later"
        out.error("TS313", message, source.place("argocd", "version"), note=note)


def _check_secrets(source: Source, platform: Platform, out: Collector) -> None:
    if "{tenant}/" not in platform.secret_store.prefix:
        message = f"secretStore.prefix '{platform.secret_store.prefix}' does not keep tenants apart"
        note = "put {tenant}/ into it, slash included: a tenant could name another's secrets"
        out.error("TS511", message, source.place("secretStore", "prefix"), note=note)


def _check_references(source: Source, platform: Platform, out: Collector) -> None:
    hubs = [hub.name for hub in platform.hubs]
    environments = [environment.name for environment in platform.environments]
    for name, written in source.spec["environments"].items():
        check_names(
            "stage", [written["stage"]], platform.stages, source.place("environments", name, "stage"), out
        )
        check_names("hub", [written["hub"]], hubs, source.place("environments", name, "hub"), out)
    weights = (source.spec.get("dns") or {}).get("weights") or {}
    for name in weights:
        check_names(
            "environment", [name], environments, source.place("dns", "weights", name), out, on_key=True
        )
    required = source.place("guardrails", "digestRequired")
    for index, stage in enumerate(platform.guardrails.digest_required):
        check_names("stage", [stage], platform.stages, required.at(index), out)
    for quota, written in (source.spec.get("quotas") or {}).items():
        for stage in written.get("stages") or {}:
            place = source.place("quotas", quota, "stages", stage)
            check_names("stage", [stage], platform.stages, place, out, on_key=True)


def _check_clusters(source: Source, platform: Platform, out: Collector) -> None:
    seen: dict[str, Environment] = {}
    for environment in platform.environments:
        first = seen.setdefault(environment.cluster, environment)
        if first is environment:
            continue
        message = f"the cluster '{environment.cluster}' already belongs to the environment '{first.name}'"
        place = source.place("environments", environment.name, "cluster")
        if first.hub == environment.hub:
            out.error("TS302", message, place, note="a cluster belongs to exactly one environment")
        else:
            note = f"{first.hub} and {environment.hub} would prune each other's objects on it"
            out.error("TS315", f"{message}, which the hub '{first.hub}' manages", place, note=note)


def _check_exposure(source: Source, platform: Platform, out: Collector) -> None:
    gateway = platform.exposure.kind == "gateway"
    if gateway and not platform.exposure.gateway:
        message = "exposure of kind gateway names no Gateway"
        out.error("TS303", message, source.place("exposure"), note="add gateway: NAMESPACE/NAME")
    if gateway and platform.tls.mode == "per-host":
        message = "a Gateway owns its certificates: tls.mode per-host cannot be"
        out.error("TS303", message, source.place("tls", "mode"), note="gateway, wildcard or none")
    if not gateway and platform.tls.mode == "gateway":
        message = "tls.mode gateway without a Gateway"
        out.error("TS303", message, source.place("tls", "mode"), note="per-host, wildcard or none")


def _check_routing(source: Source, platform: Platform, out: Collector) -> None:
    routed = [environment for environment in platform.environments if environment.routed]
    if not routed:
        return
    pair = " and ".join(environment.name for environment in routed[:2])
    if platform.dns.routing == "none" and platform.dns.provider != "none":
        message = (
            f"{pair} serve the same hosts, and dns.routing is none: their records would overwrite each other"
        )
        out.error("TS403", message, source.place("dns", "routing"), note="latency or weighted")
    if platform.tls.mode == "per-host" and platform.tls.challenge == "http01":
        message = f"{pair} serve the same hosts: http01 would be answered by either of them"
        out.error("TS404", message, source.place("tls", "challenge"), note="dns01")
