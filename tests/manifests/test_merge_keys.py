"""The table of merge keys says what kustomize's OpenAPI document says: every entry, and lists without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from krm_functions.manifests import merge as module
from tests.manifests.merging import Object, an, check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def merging_lists(
    shape: Object, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield path and merge keys of every list in a shape; ``[]`` in a path stands for an element."""
    for field, rule in shape.items():
        if isinstance(rule, module._Keyed):
            yield (*path, field), rule.keys
            yield from merging_lists(dict(rule.element), (*path, field, "[]"))
        else:
            yield from merging_lists(rule, (*path, field))


def nested(path: tuple[str, ...], value: object) -> Any:
    """Wrap a value into mappings and one-element lists along a path."""
    for field in reversed(path):
        value = [{"name": "same", **value}] if field == "[]" else {field: value}  # type: ignore[dict-item]
    return value


def element(keys: tuple[str, ...], text: str, last: str = "", **fields: object) -> object:
    """Return an element of a list with these merge keys; ``last`` is the value of the last one."""
    return {**dict.fromkeys(keys, text), keys[-1]: last or text, **fields} if keys else last or text


KINDS = [
    *(("v1", kind) for kind in ("Pod", "PodTemplate", "ReplicationController", "Service", "ServiceAccount")),
    *(("apps/v1", kind) for kind in ("ReplicaSet", "Deployment", "StatefulSet", "DaemonSet")),
    ("batch/v1", "Job"),
    ("batch/v1", "CronJob"),
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
]
PLAIN_KINDS = [
    ("v1", "Namespace"),
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "ResourceQuota"),
    ("v1", "LimitRange"),
    ("v1", "PersistentVolumeClaim"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("apiregistration.k8s.io/v1", "APIService"),
    ("autoscaling/v1", "HorizontalPodAutoscaler"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"),
    ("coordination.k8s.io/v1", "Lease"),
    ("discovery.k8s.io/v1", "EndpointSlice"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("node.k8s.io/v1", "RuntimeClass"),
    ("policy/v1", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("scheduling.k8s.io/v1", "PriorityClass"),
    ("storage.k8s.io/v1", "StorageClass"),
]
UNKNOWN_KINDS = [
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("argoproj.io/v1alpha1", "Rollout"),
    ("serving.knative.dev/v1", "Service"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"),
]


METADATA = {"finalizers": (), "ownerReferences": ("uid",)}
CONTAINER = {"env": ("name",), "volumeDevices": ("devicePath",), "volumeMounts": ("mountPath",)}
PORTS = {"ports": ("containerPort", "protocol")}
POD = {
    **{f"metadata.{field}": keys for field, keys in METADATA.items()},
    "spec.containers": ("name",),
    **{f"spec.containers.[].{field}": keys for field, keys in {**CONTAINER, **PORTS}.items()},
    "spec.ephemeralContainers": ("name",),
    **{f"spec.ephemeralContainers.[].{field}": keys for field, keys in CONTAINER.items()},
    "spec.hostAliases": ("ip",),
    "spec.imagePullSecrets": ("name",),
    "spec.initContainers": ("name",),
    **{f"spec.initContainers.[].{field}": keys for field, keys in {**CONTAINER, **PORTS}.items()},
    "spec.topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "spec.volumes": ("name",),
    **{f"spec.volumes.[].ephemeral.volumeClaimTemplate.metadata.{f}": keys for f, keys in METADATA.items()},
}
"""Kubernetes 1.21, io.k8s.api.core.v1.Pod without its status."""


def test_the_lists_of_a_pod() -> None:
    """All that have a merge strategy in the OpenAPI document of kustomize 5.8.1, and no other."""
    shape = dict(module._shape(an("v1", "Pod")))
    assert {".".join(path): keys for path, keys in merging_lists(shape)} == POD


def test_every_kind_of_the_table_is_tried() -> None:
    """A kind or version that is added to the table is held against kustomize below."""
    assert {kind for _, kind in KINDS} == set(module._SHAPES)
    assert {version for version, _ in KINDS + PLAIN_KINDS} == module._API_VERSIONS


def test_every_list_of_the_table_merges_in_kustomize(tmp_path: Path) -> None:
    """By the same keys, in the same order; an element that differs in its last key is another one."""
    pairs: list[list[Object]] = []
    for kind in KINDS + PLAIN_KINDS:
        for path, keys in merging_lists(dict(module._shape(an(*kind)))):
            old = [element(keys, "a", old=1), element(keys, "b", old=2), element(keys, "c")]
            new = [element(keys, "d", new=1), element(keys, "b", new=2), element(keys, "b", last="z")]
            pairs.append([an(*kind, len(pairs), **nested(path, elements)) for elements in (old, new)])
    check(tmp_path, *map(list, zip(*pairs, strict=True)))


def test_lists_of_kinds_that_kustomize_does_not_know_are_replaced(tmp_path: Path) -> None:
    """Custom resources have no merge keys, whatever their fields are called."""
    old = {"ports": [{"port": 1, "name": "a"}], "template": {"spec": {"containers": [{"name": "app"}]}}}
    new = {"ports": [{"port": 2}], "template": {"spec": {"containers": [{"name": "b"}]}}}
    templates = [an(*kind, metadata={"finalizers": ["a"]}, spec=old) for kind in UNKNOWN_KINDS]
    stamps = [an(*kind, metadata={"finalizers": ["b"]}, spec=new) for kind in UNKNOWN_KINDS]
    check(tmp_path, templates, stamps)


LISTS_WITHOUT_KEYS = {
    ("v1", "Pod"): [
        "spec.tolerations",
        "spec.readinessGates",
        "spec.securityContext.sysctls",
        "spec.containers.[].envFrom",
        "spec.containers.[].args",
        "spec.containers.[].resources.claims",
        "spec.containers.[].securityContext.capabilities.add",
        "spec.volumes.[].projected.sources",
        "spec.volumes.[].configMap.items",
        "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution",
        "spec.resourceClaims",
        "spec.schedulingGates",
    ],
    ("apps/v1", "StatefulSet"): ["spec.volumeClaimTemplates", "spec.selector.matchExpressions"],
    ("v1", "Service"): ["spec.externalIPs", "spec.loadBalancerSourceRanges"],
    ("v1", "ServiceAccount"): ["imagePullSecrets"],
    ("v1", "LimitRange"): ["spec.limits"],
    ("v1", "Namespace"): ["spec.finalizers"],
    ("networking.k8s.io/v1", "Ingress"): ["spec.rules", "spec.tls"],
    ("networking.k8s.io/v1", "NetworkPolicy"): ["spec.ingress", "spec.egress", "spec.policyTypes"],
    ("rbac.authorization.k8s.io/v1", "Role"): ["rules"],
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): ["subjects"],
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"): ["spec.metrics", "spec.behavior.scaleDown.policies"],
    ("policy/v1", "PodDisruptionBudget"): ["spec.selector.matchExpressions"],
}


def test_lists_without_merge_key_are_replaced(tmp_path: Path) -> None:
    """Lists that look as if they merged do not, here and in kustomize."""
    old = [{"name": "a", "key": "a", "type": "a", "x": 1}]
    new = [{"name": "a", "key": "a", "type": "a", "y": None}, {"name": "b"}]
    places = [(kind, tuple(path.split("."))) for kind, paths in LISTS_WITHOUT_KEYS.items() for path in paths]
    templates = [an(*kind, number, **nested(path, old)) for number, (kind, path) in enumerate(places)]
    stamps = [an(*kind, number, **nested(path, new)) for number, (kind, path) in enumerate(places)]
    check(tmp_path, templates, stamps)
