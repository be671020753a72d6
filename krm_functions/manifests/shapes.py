"""The outer shape of a template: which of its fields are mappings and which are lists of mappings.

What a template says inside them is Kubernetes' to judge; this is as much as a stamp relies on.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.diagnostics import FieldPath

_POD = ("spec", "template", "spec")
MAPPINGS: Final[tuple[FieldPath, ...]] = (
    ("metadata",),
    ("metadata", "labels"),
    ("metadata", "annotations"),
    ("spec",),
    ("spec", "hard"),
    ("spec", "template"),
    ("spec", "template", "metadata"),
    ("spec", "template", "metadata", "labels"),
    ("spec", "template", "metadata", "annotations"),
    _POD,
    (*_POD, "securityContext"),
    (*_POD, "affinity"),
    (*_POD, "affinity", "podAntiAffinity"),
)
LISTS: Final[tuple[FieldPath, ...]] = (
    (*_POD, "containers"),
    (*_POD, "initContainers"),
    (*_POD, "volumes"),
    (*_POD, "imagePullSecrets"),
    (*_POD, "tolerations"),
    (*_POD, "topologySpreadConstraints"),
    (*_POD, "affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution"),
    (*_POD, "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"),
    ("spec", "ports"),
    ("spec", "endpoints"),
    ("spec", "rules"),
)
CONTAINERS: Final[tuple[FieldPath, ...]] = ((*_POD, "containers"), (*_POD, "initContainers"))
CONTAINER_MAPPINGS: Final = (
    "resources",
    "securityContext",
    "lifecycle",
    "readinessProbe",
    "livenessProbe",
    "startupProbe",
)
CONTAINER_LISTS: Final = ("ports", "env", "volumeMounts")


def misshapen(manifest: Any) -> Iterator[tuple[FieldPath, str]]:
    """Yield the path of each field that is not of its shape, and the shape."""
    for path in MAPPINGS:
        if not isinstance(_at(manifest, path, {}), dict):
            yield path, "a mapping"
    for path in LISTS:
        if not _is_list(_at(manifest, path, [])):
            yield path, "a list of mappings"
    for path in CONTAINERS:
        containers = _at(manifest, path, [])
        for index, container in enumerate(containers if _is_list(containers) else ()):
            yield from _container((*path, index), container)


def _container(path: FieldPath, container: dict[str, Any]) -> Iterator[tuple[FieldPath, str]]:
    if not isinstance(container.get("name"), str):
        yield path, "a container with a name"
    for key in CONTAINER_MAPPINGS:
        if not isinstance(container.get(key, {}), dict):
            yield (*path, key), "a mapping"
    for key in CONTAINER_LISTS:
        if not _is_list(container.get(key, [])):
            yield (*path, key), "a list of mappings"
    resources = container.get("resources")
    for key in ("requests", "limits"):
        if isinstance(resources, dict) and not isinstance(resources.get(key, {}), dict):
            yield (*path, "resources", key), "a mapping"


def _at(value: Any, path: FieldPath, absent: Any) -> Any:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return absent  # nothing is said here; what stands above it is judged by itself
        value = value[step]
    return value


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
