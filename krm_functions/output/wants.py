"""What an object refers to: names of other objects, labels of pods, ports of Services."""

from __future__ import annotations

from krm_functions.built.objects import mapping, mappings
from krm_functions.built.pods import WORKLOADS, pod
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.built.objects import Built

_SOURCES: Final = (
    ("configMap", "ConfigMap", "name"),
    ("secret", "Secret", "secretName"),
    ("persistentVolumeClaim", "PersistentVolumeClaim", "claimName"),
)
_SCALED: Final = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})


class Want(Record):
    """One reference: a kind and a name in the object's own namespace ("" is none), and a Service's port if one."""

    kind: str
    namespace: str
    name: str
    field: str
    port: str | int | None = None


def wants(built: Built) -> Iterator[Want]:
    """Yield what an object refers to by name; what says itself that it is optional is left out."""
    if built.kind in WORKLOADS:
        yield from _of_pod(built)
    yield from {
        "HorizontalPodAutoscaler": _scaled,
        "HTTPRoute": _routed,
        "Ingress": _exposed,
        "RoleBinding": _role,
        "ClusterRoleBinding": _role,
        "ServiceAccount": _account,
        "StatefulSet": _governed,
    }.get(built.kind, _nothing)(built)


def _nothing(built: Built) -> Iterator[Want]:
    del built
    yield from ()


def _of_pod(built: Built) -> Iterator[Want]:
    spec, namespace = pod(built).spec, built.namespace
    if spec.get("serviceAccountName"):
        yield Want("ServiceAccount", namespace, str(spec["serviceAccountName"]), "serviceAccountName")
    yield from _pulled(spec, namespace)
    for volume in mappings(spec.get("volumes")):
        field = f"volumes[{volume.get('name')}]"
        projected = mappings(mapping(volume.get("projected")).get("sources"))
        for kind, source in [*_sources(volume), *(found for p in projected for found in _sources(p))]:
            yield Want(kind, namespace, source, field)
    for container in pod(built).containers:
        yield from _of_container(container, namespace)


def _sources(volume: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, kind, field in _SOURCES:
        source = mapping(volume.get(key))
        name = source.get(field) or source.get("name")
        if name and not source.get("optional"):
            yield kind, str(name)


def _of_container(container: dict[str, Any], namespace: str) -> Iterator[Want]:
    field = f"containers[{container.get('name')}].env"
    values = [mapping(entry.get("valueFrom")) for entry in mappings(container.get("env"))]
    for entry in (*values, *mappings(container.get("envFrom"))):
        for key, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
            source = mapping(entry.get(f"{key}KeyRef") or entry.get(f"{key}Ref"))
            if source.get("name") and not source.get("optional"):
                yield Want(kind, namespace, str(source["name"]), field)


def _pulled(spec: dict[str, Any], namespace: str) -> Iterator[Want]:
    for secret in mappings(spec.get("imagePullSecrets")):
        yield Want("Secret", namespace, str(secret.get("name")), "imagePullSecrets")


def _account(built: Built) -> Iterator[Want]:
    yield from _pulled(built.manifest, built.namespace)


def _scaled(built: Built) -> Iterator[Want]:
    target = mapping(built.spec.get("scaleTargetRef"))
    if target.get("kind") in _SCALED:
        yield Want(str(target["kind"]), built.namespace, str(target.get("name")), "spec.scaleTargetRef")


def _governed(built: Built) -> Iterator[Want]:
    if built.spec.get("serviceName"):
        yield Want("Service", built.namespace, str(built.spec["serviceName"]), "spec.serviceName")


def _role(built: Built) -> Iterator[Want]:
    role = mapping(built.manifest.get("roleRef"))
    namespace = built.namespace if role.get("kind") == "Role" else ""
    yield Want(str(role.get("kind")), namespace, str(role.get("name")), "roleRef")


def _exposed(built: Built) -> Iterator[Want]:
    paths = [
        mapping(path.get("backend"))
        for rule in mappings(built.spec.get("rules"))
        for path in mappings(mapping(rule.get("http")).get("paths"))
    ]
    for backend in (*paths, mapping(built.spec.get("defaultBackend"))):
        service = mapping(backend.get("service"))
        if service:
            port = mapping(service.get("port"))
            number = port.get("name") or port.get("number")
            yield Want("Service", built.namespace, str(service.get("name")), "spec.rules backend", number)
    for tls in mappings(built.spec.get("tls")):
        if tls.get("secretName"):
            yield Want("Secret", built.namespace, str(tls["secretName"]), "spec.tls")


def _routed(built: Built) -> Iterator[Want]:
    for rule in mappings(built.spec.get("rules")):
        for backend in mappings(rule.get("backendRefs")):
            if backend.get("kind", "Service") == "Service":
                namespace = str(backend.get("namespace", built.namespace))
                yield Want(
                    "Service",
                    namespace,
                    str(backend.get("name")),
                    "spec.rules backendRefs",
                    backend.get("port"),
                )
