"""Kubernetes' strategic merge of a stamp over a template, as kustomize applies its patches.

Where kustomize 5.8.1 loses what a patch says (kyaml's yaml/walk), this module does what Kubernetes
documents: a port without ``protocol`` is the TCP port, and what cannot be placed is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TypeAlias

    _Object: TypeAlias = Mapping[str, object]
    _List: TypeAlias = Sequence[object]
    _Shape: TypeAlias = "Mapping[str, _Keyed | _Shape]"
    _Identity: TypeAlias = tuple[str, ...]


class _Keyed(Record):
    """A list that merges: by keys of its elements, or by its values if it has no keys."""

    keys: tuple[str, ...]
    element: _Shape


# --- what merges by which keys: x-kubernetes-patch-merge-key and x-kubernetes-list-map-keys of the OpenAPI
# --- document in kustomize 5.8.1 (Kubernetes 1.21), without what only the cluster writes

_FLAT: Final[_Shape] = {}
_METADATA: Final[_Shape] = {
    "finalizers": _Keyed((), _FLAT),
    "ownerReferences": _Keyed(("uid",), _FLAT),
}
_EPHEMERAL_CONTAINER: Final[_Shape] = {
    "env": _Keyed(("name",), _FLAT),
    "volumeDevices": _Keyed(("devicePath",), _FLAT),
    "volumeMounts": _Keyed(("mountPath",), _FLAT),
}
_CONTAINER: Final[_Shape] = {
    **_EPHEMERAL_CONTAINER,
    "ports": _Keyed(("containerPort", "protocol"), _FLAT),
}
_EPHEMERAL_VOLUME: Final[_Shape] = {"ephemeral": {"volumeClaimTemplate": {"metadata": _METADATA}}}
_POD: Final[_Shape] = {
    "containers": _Keyed(("name",), _CONTAINER),
    "initContainers": _Keyed(("name",), _CONTAINER),
    "ephemeralContainers": _Keyed(("name",), _EPHEMERAL_CONTAINER),
    "hostAliases": _Keyed(("ip",), _FLAT),
    "imagePullSecrets": _Keyed(("name",), _FLAT),
    "topologySpreadConstraints": _Keyed(("topologyKey", "whenUnsatisfiable"), _FLAT),
    "volumes": _Keyed(("name",), _EPHEMERAL_VOLUME),
}
_POD_TEMPLATE: Final[_Shape] = {"metadata": _METADATA, "spec": _POD}
_WORKLOAD: Final[_Shape] = {"spec": {"template": _POD_TEMPLATE}}
_WEBHOOKS: Final[_Shape] = {"webhooks": _Keyed(("name",), _FLAT)}
_SHAPES: Final[Mapping[str, _Shape]] = {
    "Pod": {"spec": _POD},
    "PodTemplate": {"template": _POD_TEMPLATE},
    "ReplicationController": _WORKLOAD,
    "ReplicaSet": _WORKLOAD,
    "Deployment": _WORKLOAD,
    "StatefulSet": _WORKLOAD,
    "DaemonSet": _WORKLOAD,
    "Job": _WORKLOAD,
    "CronJob": {"spec": {"jobTemplate": {"metadata": _METADATA, **_WORKLOAD}}},
    "Service": {"spec": {"ports": _Keyed(("port", "protocol"), _FLAT)}},
    "ServiceAccount": {"secrets": _Keyed(("name",), _FLAT)},
    "MutatingWebhookConfiguration": _WEBHOOKS,
    "ValidatingWebhookConfiguration": _WEBHOOKS,
}
_API_VERSIONS: Final = frozenset({
    "v1",
    "admissionregistration.k8s.io/v1",
    "apiextensions.k8s.io/v1",
    "apiregistration.k8s.io/v1",
    "apps/v1",
    "autoscaling/v1",
    "autoscaling/v2beta2",
    "batch/v1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "networking.k8s.io/v1",
    "node.k8s.io/v1",
    "policy/v1",
    "rbac.authorization.k8s.io/v1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1",
})  # fmt: skip
"""API versions with merge keys; in all others, custom resources among them, every list is replaced."""
_DEFAULTS: Final[Mapping[str, str]] = {"protocol": "TCP"}
"""What Kubernetes takes for a merge key that is not written."""


def _shape(manifest: _Object) -> _Shape:
    """Return the lists of a manifest that merge."""
    if manifest.get("apiVersion") not in _API_VERSIONS:
        return _FLAT
    return {"metadata": _METADATA, **_SHAPES.get(f"{manifest.get('kind')}", _FLAT)}


# --- the merge; ``None`` as a result says that the field goes


def merge(template: _Object, stamp: _Object) -> dict[str, Any]:
    """Return the template with the stamp merged over it.

    Mappings merge, scalars are replaced, None removes; lists merge by Kubernetes' merge keys and are
    replaced where it has none. ``$patch: delete``, ``replace`` and ``merge`` stand in a mapping below the
    root; ``delete`` and ``merge`` in an element of a keyed list; each alone as an element, for its list.
    The result shares with both what it did not change. Raises ValueError with the path of the field.
    """
    if "$patch" in stamp:
        raise ValueError("$patch: a stamp cannot delete or replace its whole template")
    return _merge_fields(template, stamp, _shape(template), "")


def _merge_fields(template: _Object, stamp: _Object, shape: _Shape, path: str) -> dict[str, object]:
    """Merge field by field."""
    merged = dict(template)
    for key, value in stamp.items():
        if key == "$patch":
            continue
        at = f"{path}.{key}" if path else key
        if key.startswith(("$setElementOrder/", "$deleteFromPrimitiveList/", "$retainKeys")):
            raise ValueError(f"{at}: this directive is not supported")
        result = _merge_value(template.get(key), value, shape.get(key, _FLAT), at)
        if result is None:
            merged.pop(key, None)
        else:
            merged[key] = result
    return merged


def _merge_value(template: object, stamp: object, rule: _Keyed | _Shape, path: str) -> object:
    """Merge what stands at one path."""
    if stamp is None:
        return None
    if template is not None and _form(template) != _form(stamp):
        raise ValueError(f"{path}: the template has a {_form(template)}, the stamp a {_form(stamp)}")
    if isinstance(stamp, Mapping):
        old = template if isinstance(template, Mapping) else _FLAT
        return _merge_mapping(old, stamp, _FLAT if isinstance(rule, _Keyed) else rule, path)
    if isinstance(stamp, (list, tuple)):
        return _merge_list(template if isinstance(template, (list, tuple)) else [], stamp, rule, path)
    return stamp


def _form(value: object) -> str:
    """Return what a value is to a merge."""
    if isinstance(value, Mapping):
        return "mapping"
    return "list" if isinstance(value, (list, tuple)) else "scalar"


def _merge_mapping(template: _Object, stamp: _Object, shape: _Shape, path: str) -> dict[str, object] | None:
    """Merge two mappings, or do what the stamp's directive says."""
    how = _directive(stamp, path)
    if how == "delete":
        return None
    return _merge_fields(_FLAT if how == "replace" else template, stamp, shape, path)


def _directive(stamp: _Object, path: str) -> str:
    """Return the directive of a mapping; without one, mappings merge."""
    how = stamp.get("$patch", "merge")
    if how not in ("delete", "replace", "merge"):
        raise ValueError(f"{path}: $patch is delete, replace or merge, not {how!r}")
    return str(how)


def _merge_list(template: _List, stamp: _List, rule: _Keyed | _Shape, path: str) -> list[object] | None:
    """Merge two lists, or take the stamp's where the list has no merge keys."""
    if isinstance(rule, _Keyed) and rule.keys:
        return _merge_keyed(template, stamp, rule, path)
    if any(isinstance(element, Mapping) and "$patch" in element for element in stamp):
        raise ValueError(f"{path}: the list has no merge key, so its elements take no $patch")
    return list(dict.fromkeys([*stamp, *template])) if isinstance(rule, _Keyed) else list(stamp)


def _merge_keyed(template: _List, stamp: _List, rule: _Keyed, path: str) -> list[object] | None:
    """Merge two lists by their merge keys, in the order that kustomize gives them."""
    how, elements = _list_directive(stamp, path)
    if how == "delete":
        return None
    old = _by_identity([] if how == "replace" else template, rule.keys, path)
    new = _by_identity(elements, rule.keys, path)
    merged: dict[_Identity, object] = {**old}
    for identity, element in new.items():
        at = f"{path}[{','.join(identity)}]"
        if element.get("$patch") == "replace":
            raise ValueError(f"{at}: an element is not replaced; delete it, or replace its list")
        merged[identity] = _merge_mapping(old.get(identity, _FLAT), element, rule.element, at)
    places = _places(old, new, rule.keys)
    return [merged[identity] for identity in places if merged[identity] is not None]


def _list_directive(stamp: _List, path: str) -> tuple[str, list[object]]:
    """Split a list into the directive for all of it and its other elements."""
    alone = [element for element in stamp if isinstance(element, Mapping) and set(element) == {"$patch"}]
    rest = [element for element in stamp if element not in alone]
    return (_directive(alone[0], path), rest) if alone else ("merge", rest)


def _by_identity(elements: _List, keys: tuple[str, ...], path: str) -> dict[_Identity, _Object]:
    """Index the elements of a list by their merge keys, refusing what has none and what is there twice."""
    indexed: dict[_Identity, _Object] = {}
    for element in elements:
        fields = element if isinstance(element, Mapping) else _FLAT
        values = [fields.get(key, _DEFAULTS.get(key)) for key in keys]
        if None in values:
            raise ValueError(f"{path}: an element has no {keys[values.index(None)]}")
        identity = tuple(map(str, values))
        if identity in indexed:
            raise ValueError(f"{path}: two elements with {keys[0]} {identity[0]}")
        indexed[identity] = fields
    return indexed


def _places(
    old: Mapping[_Identity, _Object], new: Mapping[_Identity, _Object], keys: tuple[str, ...]
) -> list[_Identity]:
    """Order a merged list: the stamp's elements, then the template's others.

    Where elements spell a second merge key, kustomize leaves those of the template in their places and
    puts only new ones before them.
    """
    spelled = any(key in element for element in (*old.values(), *new.values()) for key in keys[1:])
    first = [identity for identity in new if not spelled or identity not in old]
    return [*first, *(identity for identity in old if identity not in first)]
