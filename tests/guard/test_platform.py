"""The platform's rooms: what keeps tenants apart comes out as the functions give it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

import pytest

from krm_functions.functions.render import estate_of
from krm_functions.functions.tenancy_guard import scope_of
from krm_functions.guard.judge import judge
from krm_functions.guard.platform import GUARDING
from krm_functions.guard.scope import PlatformScope
from tests.guard.sound import GITOPS
from tests.guard.test_judge import WEIRD, everywhere, put

if TYPE_CHECKING:
    from collections.abc import Callable

CLUSTER: Final = "clusters/us-west-2/dev"
HUB: Final = "clusters/us-west-2"
ROOMS: Final = (CLUSTER, HUB)


def scope(folder: str) -> PlatformScope:
    """Return what a room of the platform's must keep."""
    found = scope_of(estate_of(GITOPS), folder.split("/"))
    assert isinstance(found, PlatformScope)
    assert found.given
    return found


def told(folder: str, change: Callable[[list[Any]], None]) -> list[str]:
    """Return the refusals of what the functions give in a room, changed."""
    held = scope(folder)
    manifests = copy.deepcopy(list(held.given))
    change(manifests)
    return [f"{diagnostic.code} {diagnostic.message}" for diagnostic in judge(held, manifests)]


def find(manifests: list[Any], kind: str, name: str = "") -> Any:
    """Return the first object of a kind, perhaps of a name."""
    return next(m for m in manifests if m["kind"] == kind and name in ("", m["metadata"]["name"]))


@pytest.mark.parametrize("folder", ROOMS)
def test_what_is_given_passes(folder: str) -> None:
    """Unchanged, or with the platform's own objects beside it, nothing is refused."""
    own = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "kube-system"}}
    assert told(folder, lambda manifests: manifests.append(own)) == []


@pytest.mark.parametrize("folder", ROOMS)
def test_each_guard_that_is_removed_is_named(folder: str) -> None:
    """Of every guarding object that the functions give, the removal is TS536 with its name."""
    given = scope(folder).given
    guards = [m for m in given if (m["apiVersion"].rpartition("/")[0], m["kind"]) in GUARDING]
    assert guards
    for guard in guards:
        found = told(folder, lambda manifests, guard=guard: manifests.remove(guard))
        assert len(found) == 1, found
        assert found[0].startswith(f"TS536 {guard['kind']} ")
        assert guard["metadata"]["name"] in found[0]


@pytest.mark.parametrize("folder", ROOMS)
def test_each_value_of_a_guard_that_is_changed_is_refused(folder: str) -> None:
    """Whatever a guarding object says outside of its metadata, another word there is TS536."""
    held = scope(folder)
    for number, given in enumerate(held.given):
        if (given["apiVersion"].rpartition("/")[0], given["kind"]) not in GUARDING:
            continue
        for steps in everywhere(given):
            if steps[0] in ("metadata", "kind", "apiVersion"):
                continue
            manifests = [*held.given[:number], copy.deepcopy(given), *held.given[number + 1 :]]
            put(manifests[number], steps, "other")
            assert [d.code for d in judge(held, manifests)] == ["TS536"], steps


@pytest.mark.parametrize(
    ("folder", "kind", "path", "value", "said"),
    [
        (
            CLUSTER,
            "Namespace",
            "metadata labels pod-security.kubernetes.io/enforce",
            "privileged",
            "TS536 Namespace tenant-a-dev: metadata.labels.pod-security.kubernetes.io/enforce: ",
        ),
        (
            CLUSTER,
            "Namespace",
            "metadata labels tenantspec.dev/tenant",
            "tenant-b",
            "TS536 Namespace tenant-a-dev: metadata.labels.tenantspec.dev/tenant: ",
        ),
        (CLUSTER, "Namespace", "metadata labels", {}, "TS536 Namespace tenant-a-dev: metadata.labels."),
        (HUB, "Application", "spec project", "default", "TS536 Application argocd/"),
        (HUB, "Application", "spec destination namespace", "tenant-b-dev", "TS536 Application argocd/"),
    ],
)
def test_a_guard_that_is_weakened_is_refused(
    folder: str, kind: str, path: str, value: Any, said: str
) -> None:
    """A level of pod security, an owner, a project or a destination is nobody's to change there."""
    found = told(folder, lambda manifests: put(find(manifests, kind), tuple(path.split(" ")), value))
    assert found
    assert all(line.startswith(said) for line in found), found


def _labelled(tenant: str, namespace: str, kind: str = "ConfigMap") -> dict[str, Any]:
    labels = {"tenantspec.dev/tenant": tenant}
    return {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {"name": "x", "namespace": namespace, "labels": labels},
    }


def test_a_label_and_a_namespace_agree() -> None:
    """An object labelled as one tenant's in another's namespace is TS535; about a tenant elsewhere, it may stand."""
    wrong = told(CLUSTER, lambda manifests: manifests.append(_labelled("tenant-b", "tenant-a-dev")))
    assert [line[:37] for line in wrong] == ["TS535 ConfigMap tenant-a-dev/x: metad"]
    assert (
        told(CLUSTER, lambda manifests: manifests.append(_labelled("nobody", "kube-system")))[0][:5]
        == "TS535"
    )
    assert told(CLUSTER, lambda manifests: manifests.append(_labelled("tenant-b", "monitoring"))) == []
    assert told(CLUSTER, lambda manifests: manifests.append(_labelled("tenant-a", "tenant-a-dev"))) == []


def test_no_shape_is_too_weird() -> None:
    """Every value of a guarding object, replaced by one of every other shape, gives no exception."""
    held = scope(CLUSTER)
    for steps in everywhere(held.given[0]):
        for value in WEIRD:
            manifests = copy.deepcopy(list(held.given))
            put(manifests[0], steps, value)
            judge(held, manifests)
    for value in WEIRD:
        judge(held, [value])
