"""Containers of a pod: the fields that stay inside it, and images within the guardrails."""

from __future__ import annotations

import re

from krm_functions.estate.bounds import within
from krm_functions.guard.house import CONVENTIONS
from krm_functions.guard.identity import public_map, secret
from krm_functions.guard.rules import (
    ABSENT,
    At,
    boolean,
    either,
    integer,
    listing,
    mapping,
    matching,
    one_of,
    pairs,
    shown,
    text,
    wrong,
)
from krm_functions.guard.security import container_security

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Final

    from krm_functions.guard.rules import Finding, Rule

_PART = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"
_IMAGE: Final = re.compile(
    rf"(?P<repository>[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?(/{_PART})*)"
    r"(:(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@(?P<digest>sha256:[0-9a-f]{64}))?"
)
"""A reference as the distribution specification has it: no `..` and no capitals before the tag."""
number_or_text: Final = either(text, integer())
_port: Final = either(matching(r"[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?", "a port's name"), integer(1, 65535))
_whole: Final = integer(0)


def image(at: At, value: Any) -> Iterator[Finding]:
    """Refuse an image outside of the tenant's registries, or with less of a version than the guardrails want."""
    found = _IMAGE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        yield at.refuse("TS527", f"{shown(value)} is no reference of an image")
        return
    scope = at.scope
    repository, tag, digest = found["repository"], found["tag"] or "", found["digest"] or ""
    if scope.registries and not any(within(repository, registry) for registry in scope.registries):
        yield at.refuse(
            "TS527",
            f"{repository} is not in a registry that the tenant may use",
            "allowed: " + ", ".join(scope.registries),
        )
    if scope.guardrails.forbid_latest and (tag == "latest" or not (tag or digest)):
        yield at.refuse("TS527", f"{shown(value)} names no version", "write a tag other than latest")
    if scope.stage in scope.guardrails.digest_required and not digest:
        yield at.refuse("TS527", f"the stage {scope.stage} wants a digest", "write TAG@sha256:DIGEST")


def _resource(at: At, key: str, value: Any) -> Iterator[Finding]:
    known = ("cpu", "memory", "ephemeral-storage")
    if key not in known and key not in at.scope.granted.resources:
        yield at.refuse("TS524", f"the resource {key} is not granted", "`resources` of the App grants it")
    elif isinstance(value, bool) or not isinstance(value, (str, int, float)):
        yield wrong(at, "a quantity")


resources: Final = mapping({"requests": pairs(_resource), "limits": pairs(_resource)})
_map_key: Final = mapping({"name": public_map, "key": text, "optional": boolean}, "name", "key")
_secret_key: Final = mapping({"name": secret, "key": text, "optional": boolean}, "name", "key")
field_ref: Final = mapping({"fieldPath": text, "apiVersion": one_of("v1")}, "fieldPath")
resource_ref: Final = mapping(
    {"containerName": text, "resource": text, "divisor": number_or_text}, "resource"
)
_source: Final = mapping(
    {
        "fieldRef": field_ref,
        "resourceFieldRef": resource_ref,
        "configMapKeyRef": _map_key,
        "secretKeyRef": _secret_key,
    }
)
_env: Final = mapping({"name": text, "value": text, "valueFrom": _source}, "name")
_env_from: Final = mapping(
    {
        "prefix": text,
        "configMapRef": mapping({"name": public_map, "optional": boolean}, "name"),
        "secretRef": mapping({"name": secret, "optional": boolean}, "name"),
    }
)
_mount: Final = mapping(
    {
        "name": text,
        "mountPath": matching(r"/[^:]*", "an absolute path"),
        "subPath": matching(r"(?!/)(?!(.*/)?\.\.(/|$)).*", "a path below the volume"),
        "subPathExpr": matching(r"(?!/)(?!(.*/)?\.\.(/|$)).*", "a path below the volume"),
        "readOnly": boolean,
        "mountPropagation": one_of("None"),
    },
    "name",
    "mountPath",
)
_exec: Final = mapping({"command": listing(text)})
_get: Final = mapping(
    {
        "path": text,
        "port": _port,
        "scheme": one_of("HTTP", "HTTPS"),
        "httpHeaders": listing(mapping({"name": text, "value": text})),
    },
    "port",
)
"""Without `host`: the kubelet, which is outside every NetworkPolicy, would call whoever it names."""
_probe: Final = mapping(
    {
        "exec": _exec,
        "httpGet": _get,
        "tcpSocket": mapping({"port": _port}, "port"),
        "grpc": mapping({"port": integer(1, 65535), "service": text}, "port"),
        **dict.fromkeys(
            (
                "initialDelaySeconds",
                "timeoutSeconds",
                "periodSeconds",
                "successThreshold",
                "failureThreshold",
                "terminationGracePeriodSeconds",
            ),
            _whole,
        ),
    }
)
_handler: Final = mapping({"exec": _exec, "httpGet": _get, "sleep": mapping({"seconds": _whole}, "seconds")})


def _pull_policy(at: At, value: Any) -> Iterator[Finding]:
    house = at.house if at.house is not ABSENT else ""
    if value == "IfNotPresent" and house == "Always" and not at.scope.charted:
        yield at.refuse(
            "TS525",
            "IfNotPresent runs what a node has of another tenant's images, unasked",
            "base/ says Always: write that",
        )
    else:
        yield from one_of("Always", "IfNotPresent")(at, value)


_FIELDS: Final[dict[str, Rule]] = {
    "name": text,
    "image": image,
    "imagePullPolicy": _pull_policy,
    "command": listing(text),
    "args": listing(text),
    "workingDir": text,
    "ports": listing(
        mapping(
            {"name": text, "containerPort": integer(1, 65535), "protocol": one_of("TCP", "UDP", "SCTP")},
            "containerPort",
        )
    ),
    "env": listing(_env),
    "envFrom": listing(_env_from),
    "resources": resources,
    "volumeMounts": listing(_mount),
    "readinessProbe": _probe,
    "livenessProbe": _probe,
    "startupProbe": _probe,
    "lifecycle": mapping({"preStop": _handler, "postStart": _handler}),
    "terminationMessagePath": matching(r"/dev/[a-z/-]+", "a path below /dev"),
    "terminationMessagePolicy": one_of("File", "FallbackToLogsOnError"),
    "securityContext": container_security,
    "restartPolicy": one_of("Always"),
}
_container: Final = mapping(_FIELDS, "name", "image")


def container(at: At, value: Any) -> Iterable[Finding]:
    """Judge a container; one that base/ does not have may take over the conventions of base/'s own."""
    return _container(conventions(at), value)


def conventions(at: At) -> At:
    """Return the place of a container with what base/ says of it, or of any container."""
    if at.house is not ABSENT:
        return at
    house = main_of(at.scope.house)
    return At(at.unit, at.kind, at.path, {key: house[key] for key in CONVENTIONS if key in house})


def main_of(house: Any) -> dict[str, Any]:
    """Return base/'s container called app."""
    from krm_functions.guard.house import pod_of  # noqa: PLC0415

    found = (c for c in pod_of(house).get("containers", ()) if c.get("name") == "app")
    return next(found, {})
