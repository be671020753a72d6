"""Manifests are ordered as kustomize orders them, and left as they are by it: against the real tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from krm_functions.krm.emit import dump_all
from krm_functions.krm.order import _FIRST, _LAST, kustomize_order
from tests.krm.builds import documents, generated

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER_WIDE = {"Namespace", "StorageClass", "ClusterRole", "ClusterRoleBinding", "PersistentVolume"}
TYPES = [
    *(("v1", kind) for kind in (*_FIRST, *_LAST)),
    ("apps/v1", "Deployment"),
    ("apps/v1", "DaemonSet"),
    ("tests.dev/v1", "Namespace"),
    ("tests.dev/v1", "Deployment"),
    ("tests.dev/v1alpha1", "Deployment"),
    ("argoproj.io/v1alpha1", "Application"),
    ("argoproj.io/v1alpha1", "AppProject"),
    ("networking.k8s.io/v1", "Ingress"),
    ("a.b/v1", "Z"),
    ("a.b/v10", "A"),
    ("a-b/v1", "A"),
    ("v1", "Pod"),
    ("v1", "Z"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder to build in."""
    return tmp_path_factory.mktemp("order")


def object_of(api_version: str, kind: str, name: str, namespace: str | None = None) -> dict[str, object]:
    """Return an object with nothing but its identity."""
    place = {} if namespace is None or kind in CLUSTER_WIDE else {"namespace": namespace}
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **place}}


def identity(manifest: dict[str, object]) -> tuple[object, ...]:
    """Return what may occur once in a build."""
    return manifest["apiVersion"], manifest["kind"], str(manifest["metadata"])


def printed(manifests: list[dict[str, object]]) -> str:
    """Return what we print for manifests in kustomize's order."""
    return "".join(dump_all(kustomize_order(manifests)))


def test_the_default_order_in_words() -> None:
    """Namespaces come first, webhooks last, the rest by group, version, kind, namespace and name."""
    kinds = [
        ("v1", "Service"),
        ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
        ("apps/v1", "Deployment"),
        ("v1", "Pod"),
        ("argoproj.io/v1alpha1", "Application"),
        ("argoproj.io/v1alpha1", "AppProject"),
        ("v1", "Namespace"),
    ]
    ordered = kustomize_order(object_of(*kind, "x") for kind in kinds)
    assert [manifest["kind"] for manifest in ordered] == [
        "Namespace", "Service", "Deployment", "AppProject", "Application", "Pod", "ValidatingWebhookConfiguration",
    ]  # fmt: skip


def test_namespace_and_name_compare_as_one_string() -> None:
    """The separator takes part in the comparison, and what has no namespace comes last."""
    places = [(None, "a"), ("b", "a"), ("a", "z"), ("a-b", "a"), ("a", "a-b"), ("a", "a")]
    ordered = kustomize_order(object_of("v1", "Pod", name, namespace) for namespace, name in places)
    expected = [("a-b", "a"), ("a", "a"), ("a", "a-b"), ("a", "z"), ("b", "a"), (None, "a")]
    assert ordered == [object_of("v1", "Pod", name, namespace) for namespace, name in expected]


def test_every_type_in_one_build(folder: Path) -> None:
    """All kinds that kustomize ranks, and groups and versions that sort around them."""
    manifests = [object_of(*kind, name) for kind in reversed(TYPES) for name in ("b", "a")]
    assert generated(folder, documents(manifests)).output == printed(manifests)


objects = st.builds(
    object_of,
    st.sampled_from(sorted({api_version for api_version, _ in TYPES})),
    st.sampled_from(sorted({kind for _, kind in TYPES})),
    st.sampled_from(["a", "a-b", "b", "b.c", "z9", "z10"]),
    st.sampled_from([None, "a", "a-b", "kube-system"]),
)


@settings(max_examples=60, deadline=None)
@given(manifests=st.lists(objects, min_size=2, max_size=40, unique_by=identity), cut=st.integers(0, 40))
def test_any_objects_of_several_generators(
    folder: Path, manifests: list[dict[str, object]], cut: int
) -> None:
    """The law: which generator gave what, and in which order, does not show in the output."""
    build = generated(folder, documents(manifests[:cut]), documents(manifests[cut:]))
    assert (build.output, build.error) == (printed(manifests), "")
    assert kustomize_order(manifests[cut:] + manifests[:cut]) == kustomize_order(manifests)


NOTED = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}


def with_metadata(**fields: object) -> dict[str, object]:
    """Return an object with metadata of its own."""
    return {**NOTED, "metadata": {"name": "a", **fields}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (with_metadata(annotations={}), NOTED),
        (with_metadata(annotations=None), NOTED),
        (with_metadata(labels={}), with_metadata(labels={})),
        (with_metadata(annotations={"n": 1, "t": True}), with_metadata(annotations={"n": "1", "t": "true"})),
        (with_metadata(annotations={"config.kubernetes.io/index": "0"}), NOTED),
        (with_metadata(annotations={"internal.config.kubernetes.io/path": "a"}), NOTED),
        (with_metadata(annotations={"kustomize.config.k8s.io/needs-hash": "false"}), NOTED),
        (with_metadata(annotations={"config.kubernetes.io/origin": "a"}), NOTED),
        (
            {**NOTED, "data": None, "spec": [None, {"a": None}]},
            {**NOTED, "data": None, "spec": [None, {"a": None}]},
        ),
        (with_metadata(annotations={"config.kubernetes.io/local-config": "true"}), None),
        ({"apiVersion": "v1", "kind": "AnyList", "items": [NOTED]}, NOTED),
        ({}, None),
    ],
)
def test_what_kustomize_changes_in_a_generators_output(
    folder: Path, before: dict[str, object], after: dict[str, object] | None
) -> None:
    """Annotations are cleaned, lists unpacked, local configuration dropped; all else is left alone."""
    assert generated(folder, documents([before])).output == "".join(dump_all([after] if after else []))


@pytest.mark.parametrize("twin", [NOTED, with_metadata(namespace="default")])
def test_two_objects_of_one_identity_fail_the_build(folder: Path, twin: dict[str, object]) -> None:
    """Within a generator and across two, and ``default`` is the namespace of what has none."""
    build = generated(folder, documents([NOTED, twin]))
    assert build.error == "Error: may not add resource with an already registered id: " + (
        "ConfigMap.v1.[noGrp]/a.default\n" if "namespace" in str(twin) else "ConfigMap.v1.[noGrp]/a.[noNs]\n"
    )
    build = generated(folder, documents([NOTED]), documents([twin]))
    assert "exists; can not use behavior: 'unspecified', behavior must be merge or replace\n" in build.error
    assert (build.output, build.status) == ("", 1)
