"""Containers of a pod: the app's, its init containers and its native sidecars."""

from __future__ import annotations

from krm_functions.manifests.files import file_key
from krm_functions.names import quantity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from krm_functions.estate.model import App, Container, EnvVar, Port, Probe, Resources
    from krm_functions.manifests.base import Manifest

    NameSecret = Callable[[Container], str]

HOUSE = ("imagePullPolicy", "resources", "securityContext", "terminationMessagePolicy")
"""What init containers and sidecars take over from the base's container called app."""
BATCH = frozenset({"CronJob", "Job"})
"""Workloads that end: no replicas, no traffic."""
ACTIONS = ("exec", "grpc", "httpGet", "tcpSocket")
"""What a probe does, one of these; its other fields say when, and how often before it counts."""
SCRATCH = "ephemeral-storage"
"""What a container writes outside its claims: emptyDirs, logs and its own layer."""


def containers(app: App, house: Manifest, secret: NameSecret) -> dict[str, Any]:
    """Return ``containers`` and ``initContainers``; ``house`` is the base's pod spec.

    Raises:
        ValueError: the app has a container of a name that one of the base's has.

    """
    _check_names(app, house)
    template: Manifest = next((c for c in house.get("containers", []) if c.get("name") == "app"), {})
    conventions = {key: template[key] for key in HOUSE if key in template}
    init = [_other(app, container, conventions, secret) for container in app.init]
    sidecars = [{**_other(app, c, conventions, secret), "restartPolicy": "Always"} for c in app.sidecars]
    result: dict[str, Any] = {"containers": [_main(app, template, secret)]}
    if init or sidecars:
        # the base's first, then sidecars: each runs before, beside and after what follows it
        first = [{"name": container["name"]} for container in house.get("initContainers", [])]
        result["initContainers"] = [*first, *sidecars, *init]
    return result


def _check_names(app: App, house: Manifest) -> None:
    """Refuse a container that would be merged into one of the platform's."""
    taken = {c.get("name") for key in ("containers", "initContainers") for c in house.get(key, [])}
    for container in (*app.init, *app.sidecars):
        if container.name in taken:
            raise ValueError(f"its pods have a container called '{container.name}' already")


def instead(old: Manifest, new: Manifest) -> Manifest:
    """Return a stamp that leaves nothing of the old: one of several kinds must not keep two."""
    return {**dict.fromkeys(old), **new}


def port_names(ports: Iterable[Port]) -> dict[tuple[int, str], str]:
    """Return the name of each container port: of several Service ports that lead to one, the first one's."""
    names: dict[tuple[int, str], str] = {}
    for port in ports:
        names.setdefault((port.target_port, port.protocol), port.name)
    return names


def _main(app: App, template: Manifest, secret: NameSecret) -> dict[str, Any]:
    house = {**template, "resources": _with_room(app, template.get("resources", {}))}
    return {
        **_container(app.main, house, secret, [*_mounts(app, app.main), *_files(app)]),
        **_probes(app, template),
        **_lifecycle(app),
        **_security(app),
    }


def _other(app: App, container: Container, conventions: dict[str, Any], secret: NameSecret) -> dict[str, Any]:
    return {
        **conventions,
        **_container(container, conventions, secret, _mounts(app, container)),
        **_user(app, conventions),
    }


def _container(
    container: Container, house: Manifest, secret: NameSecret, mounts: list[dict[str, Any]]
) -> dict[str, Any]:
    env = [_variable(variable) for variable in container.env]
    env += [_secret_variable(s.name, secret(container)) for s in container.secrets]
    ports = [
        {"name": name, "containerPort": number, "protocol": protocol}
        for (number, protocol), name in port_names(container.ports).items()
    ]
    parts = {
        "command": list(container.command),
        "args": list(container.args),
        "ports": ports,
        "env": _ordered(env, house.get("env", [])),
        "resources": _resources(container.resources, house.get("resources", {})),
        "volumeMounts": mounts,
    }
    return {"name": container.name, "image": str(container.image), **{k: v for k, v in parts.items() if v}}


def _variable(variable: EnvVar) -> dict[str, Any]:
    if variable.field:
        return {"name": variable.name, "valueFrom": {"fieldRef": {"fieldPath": variable.field}}}
    return {"name": variable.name, "value": variable.value}


def _secret_variable(name: str, secret: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": name}}}


def _ordered(said: list[dict[str, Any]], house: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort variables by name, each behind those that it expands: ``$(NAME)`` knows only what stands before it."""
    env = {variable["name"]: variable for variable in house}
    env.update({v["name"]: instead(env.get(v["name"], {}), v) for v in said})
    waiting = dict(sorted(env.items()))
    placed: list[dict[str, Any]] = []
    while waiting:
        free = [name for name in waiting if not _expands(waiting[name], waiting)]
        placed += [waiting.pop(name) for name in free or list(waiting)]  # a circle expands to nothing anyway
    return placed


def _expands(variable: dict[str, Any], names: Iterable[str]) -> bool:
    text = variable.get("value") or ""
    return "$(" in text and any(f"$({name})" in text for name in names if name != variable["name"])


def _resources(said: Resources, house: Manifest) -> dict[str, Any]:
    """Return requests and limits: of each resource what is said, else the house's.

    What the house says gives way where the two do not go together: its limit to a higher request, its
    request to a limit that is said alone, which Kubernetes takes for the request too.
    """
    requests, limits = dict(said.requests), dict(said.limits)
    for name, request in house.get("requests", {}).items():
        if name not in limits:
            requests.setdefault(name, str(request))
    for name, limit in limits.items():
        requests.setdefault(name, limit)
    for name, request in requests.items():
        if "/" in name:  # a device, such as nvidia.com/gpu: nobody gets more of it than was promised
            limits.setdefault(name, request)
    for name, limit in house.get("limits", {}).items():
        limits.setdefault(name, max(str(limit), requests.get(name, "0"), key=quantity))
    parts = {"requests": requests, "limits": limits}
    return {key: value for key, value in parts.items() if value}


def _with_room(app: App, house: Manifest) -> Manifest:
    """Return the house's resources with its limit of scratch space raised by the sizes of the emptyDirs.

    The kubelet evicts a pod whose emptyDirs, logs and layers together pass the sum of its containers' limits.
    """
    limits = house.get("limits", {})
    sizes = [quantity(volume.size) for volume in app.volumes if volume.ephemeral and volume.size]
    if SCRATCH not in limits or not sizes:
        return house
    mebibytes = -int(-(quantity(str(limits[SCRATCH])) + sum(sizes)) // 2**20)  # rounded up
    return {**house, "limits": {**limits, SCRATCH: f"{mebibytes}Mi"}}


def _mounts(app: App, container: Container) -> list[dict[str, Any]]:
    return [{"name": v.name, "mountPath": v.mount} for v in app.volumes if v.name in container.mounts]


def _files(app: App) -> list[dict[str, Any]]:
    return [
        {
            "name": "app-secret-files" if file.secret else "app-files",
            "mountPath": file.path,
            "subPath": file_key(file.path),
            "readOnly": True,
        }
        for file in app.files
    ]


def _probes(app: App, template: Manifest) -> dict[str, Any]:
    """Return the app's probes, timed by the house's where it does not say; else the house's own, if they act."""
    said = {"readinessProbe": app.readiness, "livenessProbe": app.liveness, "startupProbe": app.startup}
    stamps: dict[str, Any] = {}
    for key, probe in said.items():
        house = template.get(key, {})
        if probe:
            patient = key == "startupProbe" and "failureThreshold" not in house
            defaults = {"failureThreshold": 30} if patient else {}
            stamps[key] = {**dict.fromkeys(ACTIONS), **defaults, **_probe(probe)}
        else:
            stamps[key] = _house_probe(app, house)
    return stamps


def _house_probe(app: App, house: Manifest) -> dict[str, Any] | None:
    """Put the app's port into a probe of the house that names none; one that does nothing is only a timing."""
    action = next((action for action in ACTIONS if action in house), "")
    if action in ("", "exec") or "port" in (house[action] or {}):
        return house if action else None
    ports = [port.target_port for port in app.main.ports if port.protocol == "TCP"]
    return {action: {"port": ports[0]}} if ports and app.workload not in BATCH else None


def _probe(probe: Probe) -> dict[str, Any]:
    if probe.command:
        action: dict[str, Any] = {"exec": {"command": list(probe.command)}}
    elif probe.path:
        action = {"httpGet": {"path": probe.path, "port": probe.port}}
    else:
        action = {"tcpSocket": {"port": probe.port}}
    timing = {
        "initialDelaySeconds": probe.delay,
        "periodSeconds": probe.period,
        "timeoutSeconds": probe.timeout,
        "failureThreshold": probe.failures,
        "successThreshold": probe.successes,
    }
    return {**action, **{key: value for key, value in timing.items() if value is not None}}


def _lifecycle(app: App) -> dict[str, Any]:
    if app.pre_stop_command:
        stop: dict[str, Any] = {"exec": {"command": list(app.pre_stop_command)}}
    elif app.pre_stop_seconds:
        stop = {"sleep": {"seconds": app.pre_stop_seconds}}
    else:
        return {}
    return {"lifecycle": {"preStop": {**dict.fromkeys((*ACTIONS, "sleep")), **stop}}}


def _security(app: App) -> dict[str, Any]:
    said = {"runAsUser": app.security.run_as_user, "readOnlyRootFilesystem": app.security.read_only}
    context = {key: value for key, value in said.items() if value is not None}
    return {"securityContext": context} if context else {}


def _user(app: App, conventions: dict[str, Any]) -> dict[str, Any]:
    if app.security.run_as_user is None:
        return {}
    return {
        "securityContext": {**conventions.get("securityContext", {}), "runAsUser": app.security.run_as_user}
    }
