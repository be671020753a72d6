"""A Tenant as written to a Tenant with its places, quotas and bounds decided."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place, Related
from krm_functions.estate.bounds import tighten, within
from krm_functions.estate.fold import alone
from krm_functions.estate.known import check_layers, check_list, check_names
from krm_functions.estate.model import Egress, Members, Quota, SyncWindow, Tenant
from krm_functions.names import EnvironmentName, Hostname, StageName, TenantName, quantity
from krm_functions.spec.load import tenant_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.diagnostics import Collector
    from krm_functions.estate.model import Pairs, Platform
    from krm_functions.spec.load import Source
    from krm_functions.spec.scalars import Written


def resolve_tenant(source: Source, platform_source: Source, platform: Platform, out: Collector) -> Tenant:
    """Return the tenant; unknown names and bounds that it widens are kept in ``out``."""
    spec = alone(source.spec)
    network = spec.get("network") or {}
    environments = spec.get("environments", [environment.name for environment in platform.environments])
    tenant = Tenant(
        name=TenantName(source.name),
        id=spec.get("id", source.name),
        display_name=spec.get("displayName", source.name),
        owners=_members(spec.get("owners") or {}),
        editors=_members(spec.get("editors") or {}),
        viewers=_members(spec.get("viewers") or {}),
        quotas=_quotas(source, platform_source.spec.get("quotas") or {}, platform, out),
        environments=tuple(map(EnvironmentName, environments)),
        placement=_pairs(spec.get("placement")),
        residency=tuple(spec.get("residency") or ()),
        registries=tuple(spec.get("registries") or platform.guardrails.registries),
        hosts=tuple(spec["hosts"]) if spec.get("hosts") is not None else None,
        domains=tuple(map(Hostname, spec.get("domains") or ())),
        guardrails=tighten(source, platform_source, platform, out),
        internet=platform.internet and network.get("internet") is not False,
        egress=tuple(Egress(e["cidr"], tuple(e.get("ports") or ())) for e in network.get("egress") or ()),
        pull_secret=(spec.get("pullSecret") or {}).get("key", ""),
        labels=_pairs(spec.get("labels")),
        annotations=_pairs(spec.get("annotations")),
        sync_windows=tuple(
            _window(name, w, platform) for name, w in sorted((spec.get("syncWindows") or {}).items())
        ),
        offboard=spec.get("offboard") is True,
    )
    _check(source, platform_source, tenant, platform, out)
    return tenant


def _pairs(written: Written | None) -> Pairs:
    return tuple((key, value) for key, value in (written or {}).items() if value is not None)


def _members(spec: Written) -> Members:
    return Members(tuple(spec.get("groups") or ()), tuple(spec.get("users") or ()))


def _window(name: str, spec: Written, platform: Platform) -> SyncWindow:
    stages = tuple(map(StageName, spec.get("stages") or platform.stages))
    return SyncWindow(
        name, spec["kind"], spec["schedule"], spec["duration"], stages, spec.get("timeZone", "UTC")
    )


def _quotas(
    source: Source, known: Written, platform: Platform, out: Collector
) -> tuple[tuple[StageName, Quota], ...]:
    written = source.spec.get("quota")
    if written is None:
        return ()
    if isinstance(written, str):
        if not check_names("quota", [written], known, source.place("quota"), out):
            return ()
        written = known[written]
    else:
        for stage in written.get("stages") or {}:
            check_names(
                "stage", [stage], platform.stages, source.place("quota", "stages", stage), out, on_key=True
            )
    written = alone(written)
    return tuple(
        (stage, _quota(written, (written.get("stages") or {}).get(stage) or {})) for stage in platform.stages
    )


def _quota(written: Written, override: Written) -> Quota:
    said = {**written, **override}
    memory = str(said["memory"])
    limits = override.get("limitsMemory") or (None if "memory" in override else written.get("limitsMemory"))
    return Quota(str(said["cpu"]), memory, str(limits or _double(memory)), str(said.get("pods", 50)))


def _double(memory: str) -> str:
    digits = memory.rstrip("kKMGTPEim")
    doubled = quantity(digits) * 2
    return (str(int(doubled)) if doubled == int(doubled) else str(doubled)) + memory[len(digits) :]


def _check(
    source: Source, platform_source: Source, tenant: Tenant, platform: Platform, out: Collector
) -> None:
    environments = [environment.name for environment in platform.environments]
    check_list("environment", source, ("environments",), environments, out)
    for name, window in (source.spec.get("syncWindows") or {}).items():
        for index, stage in enumerate(window.get("stages") or ()):
            place = source.place("syncWindows", name, "stages", index)
            check_names("stage", [stage], platform.stages, place, out)
    check_layers(source, ("defaults",), platform, out)
    _check_placement(source, tenant, platform, out)
    _check_bounds(source, platform_source, platform, out)


def _check_placement(source: Source, tenant: Tenant, platform: Platform, out: Collector) -> None:
    shared: dict[str, str] = {environment.cluster: environment.name for environment in platform.environments}
    known = [cluster.name for cluster in platform.clusters]
    taken: dict[str, str] = {}
    for name, cluster in tenant.placement:
        place = source.place("placement", name)
        if not check_names("environment", [name], tenant.environments, place, out, on_key=True):
            continue
        if known and cluster not in shared:  # a platform that describes none leaves them to Argo CD
            check_names("cluster", [cluster], [*known, *shared], place, out)
        if shared.get(cluster, name) != name:
            message = f"the cluster '{cluster}' belongs to the environment '{shared[cluster]}'"
            out.error("TS302", message, place, note="a cluster belongs to exactly one environment")
        if taken.setdefault(cluster, name) != name:
            message = f"the cluster '{cluster}' is also placed in the environment '{taken[cluster]}'"
            out.error("TS302", message, place, note="a cluster belongs to exactly one environment")


def _check_bounds(source: Source, platform_source: Source, platform: Platform, out: Collector) -> None:
    if not platform.internet and (source.spec.get("network") or {}).get("internet") is True:
        message = "network.internet: the platform has turned it off; a tenant cannot turn it on"
        place, note = source.place("network", "internet"), "remove it, or ask the platform team"
        related = Related(platform_source.place("network", "internet"), "the platform says")
        out.add(Diagnostic("TS501", message, place, note, related=(related,)))
    _check_egress(source, platform, out)
    _check_domains(source, platform, out)
    bounds = platform.guardrails.registries
    for index, registry in enumerate(source.spec.get("registries") or ()):
        if bounds and not any(within(registry, bound) for bound in bounds):
            message = f"the registry '{registry}' lies outside the platform's {', '.join(bounds)}"
            place, note = source.place("registries", index), "a tenant may narrow them, never widen"
            related = Related(platform_source.place("guardrails", "registries"), "the platform says")
            out.add(Diagnostic("TS502", message, place, note, related=(related,)))


def _check_egress(source: Source, platform: Platform, out: Collector) -> None:
    egress = (source.spec.get("network") or {}).get("egress") or ()
    if not egress:
        return
    from ipaddress import ip_network  # noqa: PLC0415  (few tenants name destinations)

    for index, written in enumerate(egress):
        place = source.place("network", "egress", index, "cidr")
        network = ip_network(written["cidr"], strict=False)
        if network.is_link_local:
            out.error("TS501", f"{network} is link-local, where clouds serve credentials", place)
        elif not platform.internet and not network.is_private:
            note = "a tenant cannot reach the internet that the platform has turned off"
            out.error("TS501", f"{network} lies outside the private ranges", place, note=note)


def _check_domains(source: Source, platform: Platform, out: Collector) -> None:
    for index, domain in enumerate(source.spec.get("domains") or ()):
        if f".{domain}".endswith(f".{platform.domain}"):
            message = f"the domain '{domain}' is the platform's own"
            note = f"hosts below {platform.domain} are claimed by expose.host and aliases"
            out.error("TS501", message, source.place("domains", index), note=note)


def place_of(tenant: Tenant, *path: str | int) -> Place:
    """Return where a tenant's spec says something."""
    return Place(tenant_file(tenant.name), ("spec", *path))
