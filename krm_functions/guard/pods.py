"""Pods: the spec of a pod template, field by field."""

from __future__ import annotations

from krm_functions.guard.containers import container, field_ref, main_of, resource_ref
from krm_functions.guard.house import pod_of
from krm_functions.guard.identity import (
    account,
    own_name,
    pod_metadata,
    pod_selector,
    public_map,
    pull_secret,
    secret,
    token,
)
from krm_functions.guard.rules import At, boolean, integer, listing, mapping, matching, one_of, pairs, text
from krm_functions.guard.security import confined, pod_security

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Final

    from krm_functions.guard.rules import Finding, Rule

_items: Final = listing(
    mapping(
        {
            "key": text,
            "path": matching(r"(?!/)(?!(.*/)?\.\.(/|$)).+", "a path below the volume"),
            "mode": integer(0, 0o777),
        },
        "key",
        "path",
    )
)
_PARTS: Final[dict[str, Rule]] = {"items": _items, "defaultMode": integer(0, 0o777), "optional": boolean}
_downward: Final = mapping(
    {
        "items": listing(
            mapping(
                {
                    "path": text,
                    "fieldRef": field_ref,
                    "resourceFieldRef": resource_ref,
                    "mode": integer(0, 0o777),
                },
                "path",
            )
        ),
        "defaultMode": integer(0, 0o777),
    }
)
_map: Final = mapping({**_PARTS, "name": public_map}, "name")
_TYPES: Final[dict[str, Rule]] = {
    "emptyDir": mapping(
        {"medium": one_of("", "Memory"), "sizeLimit": matching(r"[0-9.]+[A-Za-z]*", "a quantity")}
    ),
    "configMap": _map,
    "secret": mapping({**_PARTS, "secretName": secret}, "secretName"),
    "persistentVolumeClaim": mapping({"claimName": own_name, "readOnly": boolean}, "claimName"),
    "downwardAPI": _downward,
    "projected": mapping(
        {
            "sources": listing(
                mapping(
                    {
                        "configMap": _map,
                        "secret": mapping({**_PARTS, "name": secret}, "name"),
                        "downwardAPI": _downward,
                    }
                )
            ),
            "defaultMode": integer(0, 0o777),
        },
        "sources",
    ),
}
"""Kinds of volumes that hold nothing but the app's own."""
_volume: Final = mapping({"name": text, **_TYPES}, "name")


def _selected(at: At, key: str, value: Any) -> Iterator[Finding]:
    if (key, value) not in at.scope.granted.node_selector:
        yield at.refuse(
            "TS525",
            "the node is not one that the App asks for",
            "`nodeSelector` of the App grants exactly what it says",
        )


def _toleration(at: At, value: Any) -> Iterator[Finding]:
    if value not in at.scope.granted.tolerations:
        yield at.refuse(
            "TS525",
            "the toleration is not one that the App asks for",
            "`tolerations` of the App grant exactly what they say",
        )


_topology: Final = matching(
    r"topology\.kubernetes\.io/(zone|region)|kubernetes\.io/hostname", "a zone, region or host"
)
_spread: Final = mapping(
    {
        "maxSkew": integer(1),
        "minDomains": integer(1),
        "topologyKey": _topology,
        "whenUnsatisfiable": one_of("ScheduleAnyway", "DoNotSchedule"),
        "labelSelector": pod_selector,
        "matchLabelKeys": listing(text),
        "nodeAffinityPolicy": one_of("Honor", "Ignore"),
        "nodeTaintsPolicy": one_of("Honor", "Ignore"),
    }
)
_term: Final = mapping(
    {"topologyKey": _topology, "labelSelector": pod_selector, "matchLabelKeys": listing(text)},
    "topologyKey",
    "labelSelector",
)
"""Without `namespaces` and `namespaceSelector`: only the app's own pods are drawn together or apart."""
_rules: Final = mapping(
    {
        "preferredDuringSchedulingIgnoredDuringExecution": listing(
            mapping({"weight": integer(1, 100), "podAffinityTerm": _term}, "weight", "podAffinityTerm")
        ),
        "requiredDuringSchedulingIgnoredDuringExecution": listing(_term),
    }
)
_dns: Final = mapping(
    {"options": listing(mapping({"name": text, "value": text}, "name")), "searches": listing(text)}
)

_spec: Final = mapping(
    {
        "containers": listing(container),
        "initContainers": listing(container),
        "volumes": listing(_volume),
        "serviceAccountName": account,
        "automountServiceAccountToken": token,
        "imagePullSecrets": listing(mapping({"name": pull_secret}, "name")),
        "securityContext": pod_security,
        "restartPolicy": one_of("Always", "OnFailure", "Never"),
        "terminationGracePeriodSeconds": integer(0),
        "activeDeadlineSeconds": integer(1),
        "enableServiceLinks": boolean,
        "shareProcessNamespace": boolean,
        "hostNetwork": one_of(False),
        "hostPID": one_of(False),
        "hostIPC": one_of(False),
        "hostUsers": one_of(False),
        "dnsPolicy": one_of("ClusterFirst"),
        "dnsConfig": _dns,
        "hostname": text,
        "subdomain": text,
        "setHostnameAsFQDN": boolean,
        "nodeSelector": pairs(_selected),
        "tolerations": listing(_toleration),
        "affinity": mapping({"podAffinity": _rules, "podAntiAffinity": _rules}),
        "topologySpreadConstraints": listing(_spread),
    },
    "containers",
)


def _pod(at: At, value: Any) -> Iterator[Finding]:
    yield from _spec(at, value)
    if isinstance(value, dict):
        yield from confined(at, value)
        yield from _defaults(at, value)
        yield from _borrowed(at, value)


def _defaults(at: At, pod: dict[str, Any]) -> Iterator[Finding]:
    """Refuse what a field that is left out would give: the default account, its token, a stale image."""
    if at.scope.charted:
        return
    if pod.get("serviceAccountName") is None:
        message = "without it the pod runs as the namespace's default ServiceAccount"
        yield at.down("serviceAccountName").refuse("TS528", message, f"write {at.scope.app}")
    if pod.get("automountServiceAccountToken") is None and not at.scope.granted.token:
        message = "without it the pod gets a token of the API server"
        yield at.down("automountServiceAccountToken").refuse("TS528", message, "write false")
    if main_of(at.scope.house).get("imagePullPolicy") == "Always":
        others = {c.get("name") for _, _, c in _containers(pod_of(at.scope.house))} - {"app"}
        for key, index, one in _containers(pod):
            if one.get("imagePullPolicy") is None and one.get("name") not in others:
                message = "without it a node runs what it has of another tenant's images, unasked"
                yield (
                    at.down(key)
                    .item(index, one)
                    .down("imagePullPolicy")
                    .refuse("TS525", message, "base/ says Always: write that")
                )


def _borrowed(at: At, pod: dict[str, Any]) -> Iterator[Finding]:
    """Refuse a mount of a volume that only base/ may have, in a container that is not base/'s."""
    house = pod_of(at.scope.house)
    theirs = {
        volume["name"]
        for volume in house.get("volumes") or ()
        if isinstance(volume, dict) and volume.get("name") and not volume.keys() - {"name"} <= _TYPES.keys()
    }
    known = [c for key in ("containers", "initContainers") for c in house.get(key) or ()]
    for key, index, one in _containers(pod):
        mounts = one.get("volumeMounts")
        for number, mount in enumerate(mounts if isinstance(mounts, list) and one not in known else ()):
            if isinstance(mount, dict) and mount.get("name") in theirs and not _in_house(mount, one, known):
                place = at.down(key).item(index, one).down("volumeMounts").item(number, mount)
                yield place.refuse("TS528", f"the volume {mount['name']} is base/'s, for its own containers")


def _in_house(mount: Any, one: dict[str, Any], known: Iterable[Any]) -> bool:
    return any(
        isinstance(c, dict) and c.get("name") == one.get("name") and mount in (c.get("volumeMounts") or ())
        for c in known
    )


def _containers(pod: dict[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for key in ("containers", "initContainers"):
        listed = pod.get(key)
        for index, one in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(one, dict):
                yield key, index, one


template: Final = mapping({"metadata": pod_metadata, "spec": _pod}, "spec")
