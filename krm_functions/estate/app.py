"""One app in one environment: its folded settings made definite."""

from __future__ import annotations

from krm_functions.estate.checks import BATCH, check_app
from krm_functions.estate.containers import Context, container, find_port, image, probe
from krm_functions.estate.hosts import expand, route
from krm_functions.estate.model import (
    App,
    Autoscale,
    Chart,
    File,
    Metrics,
    Patch,
    SecretRef,
    Security,
    Volume,
)
from krm_functions.names import AppName, NamespaceName, TenantName

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from krm_functions.diagnostics import Collector
    from krm_functions.estate.containers import Refer
    from krm_functions.estate.model import (
        Container,
        Environment,
        Pairs,
        Peer,
        Platform,
        Port,
        Tenant,
    )
    from krm_functions.estate.settings import Settings
    from krm_functions.spec.scalars import Written


def resolve_app(  # noqa: PLR0913
    platform: Platform,
    sizes: Written,
    tenant: Tenant,
    environment: Environment,
    identity: tuple[str, str],
    said: Settings,
    version: str,
    needs: tuple[Peer, ...],
    refer: Refer,
    out: Collector,
) -> App:
    """Return the app named ``identity`` (name, id); what is wrong with its settings is kept in ``out``."""
    written = said.written
    prefix = store_prefix(platform, tenant, environment)
    context = Context(sizes, prefix, refer, out)
    main = container("app", written, image(written.get("image", ""), version), said.place, context)
    workload = written.get("workload", "Deployment")
    exposed = written.get("expose")
    port = _route_port(said, main.ports, out) if exposed not in (None, False) else None
    volumes = _volumes(said, out)
    app = App(
        platform=platform,
        tenant=tenant,
        environment=environment,
        cluster=tenant.cluster(environment),
        namespace=namespace(platform, tenant, environment),
        name=AppName(identity[0]),
        id=identity[1],
        workload=workload,
        main=main._replace(mounts=tuple(volume.name for volume in volumes)),
        **_probes(said, main.ports, out),
        replicas=_replicas(written, workload, volumes),
        autoscale=_autoscale(said, out),
        files=_files(said, prefix),
        volumes=volumes,
        route=route(platform, tenant, environment, identity[1], exposed, port),
        needs=needs,
        allows=tuple(map(TenantName, written.get("allows") or ())),
        metrics=_metrics(said, main.ports, out),
        init=tuple(_init(said, context)),
        sidecars=tuple(_sidecars(said, context)),
        security=_security(written.get("security") or {}),
        **_account(written.get("serviceAccount") or {}),
        **_ending(written, graceful=bool(main.ports) and workload not in BATCH),
        **_placing(written),
        **_marks(written),
        **_batch(written),
        chart=_chart(written.get("chart"), version),
        patches=_patches(written.get("patches") or ()),
    )
    check_app(app, said, out)
    return app


def _account(written: Written) -> dict[str, Any]:
    return {
        "service_account_annotations": pairs(written.get("annotations")),
        "service_account_token": written.get("token") is True,
    }


def _ending(written: Written, *, graceful: bool) -> dict[str, Any]:
    """Return how a pod ends: one that serves waits until nobody sends it requests any more."""
    pre_stop = written.get("preStop", 5 if graceful else 0)
    return {
        "grace_period": written.get("gracePeriod", 30),
        "pre_stop_seconds": pre_stop if isinstance(pre_stop, int) else 0,
        "pre_stop_command": tuple(pre_stop["command"]) if isinstance(pre_stop, dict) else (),
    }


def _placing(written: Written) -> dict[str, Any]:
    return {
        "node_selector": pairs(written.get("nodeSelector")),
        "tolerations": tuple(written.get("tolerations") or ()),
    }


def _marks(written: Written) -> dict[str, Any]:
    return {
        "labels": pairs(written.get("labels")),
        "annotations": pairs(written.get("annotations")),
        "pod_labels": pairs(written.get("podLabels")),
        "pod_annotations": pairs(written.get("podAnnotations")),
    }


def _batch(written: Written) -> dict[str, Any]:
    return {
        "schedule": written.get("schedule", ""),
        "concurrency": written.get("concurrency", "Forbid"),
        "backoff": written.get("backoff", 3),
    }


def namespace(platform: Platform, tenant: Tenant, environment: Environment) -> NamespaceName:
    """Return a tenant's namespace in an environment."""
    values = {"tenant": tenant.id, "stage": environment.stage, "environment": environment.name}
    return NamespaceName(expand(platform.naming.namespace, values))


def application(platform: Platform, tenant: Tenant, app_id: str, environment: Environment) -> str:
    """Return the name of an app's Application."""
    values = {"tenant": tenant.id, "app": app_id, "environment": environment.name, "stage": environment.stage}
    return expand(platform.naming.application, values)


def store_prefix(platform: Platform, tenant: Tenant, environment: Environment) -> str:
    """Return where a tenant's secrets stand in the store."""
    values = {"tenant": tenant.id, "stage": environment.stage, "environment": environment.name}
    return expand(platform.secret_store.prefix, values)


def pairs(written: Written | None) -> Pairs:
    """Return a mapping as pairs, without what is null."""
    return tuple((key, value) for key, value in (written or {}).items() if value is not None)


def _probes(said: Settings, known: tuple[Port, ...], out: Collector) -> dict[str, Any]:
    written = said.written.get("health")
    if isinstance(written, str):
        written = {"readiness": {"path": written}, "liveness": {"path": written}}
    return {
        kind: probe((written or {}).get(kind), known, said.place("health", kind), out)
        for kind in ("readiness", "liveness", "startup")
    }


def _replicas(written: Written, workload: str, volumes: tuple[Volume, ...]) -> int:
    claims = any(not volume.ephemeral for volume in volumes)
    replicas: int = written.get("replicas", 1)
    return min(replicas, 1) if workload == "Deployment" and claims else replicas


def _autoscale(said: Settings, out: Collector) -> Autoscale | None:
    written = said.written.get("autoscale")
    if written is None:
        return None
    low, high = written.get("min", 1), written.get("max")
    if high is None or high < low:
        message = "autoscale lacks 'max'" if high is None else f"autoscale: max {high} is less than min {low}"
        out.error("TS305", message, said.place("autoscale", "max"))
    cpu = written.get("cpu", None if "memory" in written else 80)
    return Autoscale(low, high or low, cpu, written.get("memory"))


def _files(said: Settings, prefix: str) -> tuple[File, ...]:
    files = []
    for path, value in (said.written.get("files") or {}).items():
        if isinstance(value, str):
            files.append(File(path, value, None))
        else:
            files.append(File(path, "", _secret(path, value["secret"], prefix)))
    return tuple(files)


def _secret(name: str, written: Written, prefix: str) -> SecretRef:
    return SecretRef(name, prefix + written["key"], written.get("property", ""))


def _volumes(said: Settings, out: Collector) -> tuple[Volume, ...]:
    volumes = []
    for name, written in (said.written.get("volumes") or {}).items():
        ephemeral = written.get("ephemeral") is True
        if not ephemeral and "size" not in written:
            note = "add size: 10Gi, or ephemeral: true"
            out.error("TS305", f"the volume '{name}' has no size", said.place("volumes", name), note=note)
        size = str(written.get("size", ""))
        volumes.append(Volume(name, written["mount"], size, written.get("class", ""), ephemeral))
    return tuple(volumes)


def _route_port(said: Settings, known: tuple[Port, ...], out: Collector) -> Port | None:
    written = said.written["expose"]
    reference = written.get("port") if isinstance(written, dict) else None
    return find_port(
        reference, known, said.place("expose", "port") if reference else said.place("expose"), out
    )


def _metrics(said: Settings, known: tuple[Port, ...], out: Collector) -> Metrics | None:
    written = said.written.get("metrics")
    if written is None:
        return None
    place = said.place("metrics", "port") if "port" in written else said.place("metrics")
    port = find_port(written.get("port"), known, place, out)
    return Metrics(port, written.get("path", "/metrics")) if port else None


def _init(said: Settings, context: Context) -> list[Container]:
    return [
        container(written["name"], written, image(written["image"]), _below(said, "init", index), context)
        for index, written in enumerate(said.written.get("init") or ())
    ]


def _sidecars(said: Settings, context: Context) -> list[Container]:
    sidecars = []
    for name, written in (said.written.get("sidecars") or {}).items():
        picture = image(written.get("image", ""))
        sidecars.append(container(name, written, picture, _below(said, "sidecars", name), context))
    return sidecars


def _below(said: Settings, *above: str | int) -> Any:
    return lambda *path: said.place(*above, *path)


def _security(written: Written) -> Security:
    return Security(written.get("runAsUser"), written.get("fsGroup"), written.get("readOnlyRootFilesystem"))


def _chart(written: Written | None, version: str) -> Chart | None:
    if written is None:
        return None
    return Chart(
        written.get("repository", ""),
        written.get("name", ""),
        version or written.get("version", ""),
        written.get("values") or {},
    )


def _patches(written: Any) -> tuple[Patch, ...]:
    return tuple(
        Patch(patch["target"]["kind"], patch["target"].get("name", ""), patch["patch"], number)
        for number, patch in enumerate(written)
    )
