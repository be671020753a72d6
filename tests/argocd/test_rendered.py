"""The hub of dev and stg with ApplicationSets and committed renders: both give what the other ways give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest
import yaml

from tests.argocd.conftest import Tell, table
from tests.argocd.hub import ARGO, Hub, is_idle, states, told

pytestmark = pytest.mark.xdist_group("argocd")

WAVE: Final = "argocd.argoproj.io/sync-wave"
APP: Final = "tenant-a-app1-dev"
FILE: Final = "rendered/tenants/tenant-a/apps/app1/overlays/dev/manifests.yaml"
PLANTED: Final = {
    "ClusterRole": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": {"name": "planted"},
        "rules": [],
    },
    "ConfigMap": {
        "apiVersion": "v1",
        "metadata": {"name": "planted", "namespace": "tenant-b-dev"},
        "data": {},
    },
    "Application": {
        "apiVersion": "argoproj.io/v1alpha1",
        "metadata": {"name": "planted", "namespace": "argocd"},
        "spec": {"project": "platform", "destination": {"name": "opsera-mcp-dev", "namespace": "default"}},
    },
    "NetworkPolicy": {
        "apiVersion": "networking.k8s.io/v1",
        "metadata": {"name": "planted", "namespace": "tenant-a-dev"},
        "spec": {"podSelector": {}, "ingress": [{}]},
    },
}


def test_a_hub_comes_up_from_committed_renders(rendered: Hub, tell: Tell) -> None:
    """Every Application of the hub is Synced and Healthy with no plugin installed at all."""
    assert set(rendered.first) == rendered.expected()
    assert {states(found) for found in rendered.first.values()} == {("Synced", "Healthy")}
    tell(f"hub {rendered.name}: delivery rendered, fan-out applicationset", table(rendered.rows()))


def test_both_fan_outs_give_the_same_applications(rendered: Hub) -> None:
    """What the ApplicationSet controller makes equals the explicit Applications but for the waves of a sync."""
    made = {name: found for name, found in rendered.first.items() if name.startswith("tenant-")}
    explicit = rendered.explicit()
    assert len(made) == 12
    for name, found in made.items():
        assert said(found) == said(explicit[name]), name
        assert found["metadata"]["ownerReferences"][0]["kind"] == "ApplicationSet"


def said(application: Mapping[str, Any]) -> dict[str, Any]:
    """Return what both fan-outs have to say of an Application alike."""
    meta = application["metadata"]
    annotations = {key: value for key, value in meta["annotations"].items() if key != WAVE}
    annotations.pop("argocd.argoproj.io/refresh", None)
    return {
        "spec": application["spec"],
        "labels": meta["labels"],
        "annotations": annotations,
        "finalizers": meta.get("finalizers", []),
    }


@pytest.mark.parametrize("kind", PLANTED)
def test_the_project_refuses_what_a_hand_writes_into_a_render(rendered: Hub, kind: str) -> None:
    """No plugin and no guard stands before a committed render; the tenant's project does, and nothing is applied."""
    estate = rendered.estate
    before = estate.git("rev-parse", "HEAD").strip()
    space = rendered.uids("opsera-mcp-dev", "tenant-a-dev")
    manifest = yaml.safe_dump({**PLANTED[kind], "kind": kind})
    estate.write(FILE, f"{estate.read(FILE)}---\n{manifest}")
    revision = estate.commit(f"a {kind} by hand")
    rendered.refresh(APP)
    try:
        rendered.wait(
            lambda: revision in str(rendered.application(APP)["status"].get("operationState"))
            and "not permitted in project" in told(rendered, APP),
            f"the {kind} is refused",
        )
        assert rendered.uids("opsera-mcp-dev", "tenant-a-dev") == space
        assert not rendered.workload["opsera-mcp-dev"].get(
            "/api/v1/namespaces/tenant-b-dev/configmaps/planted"
        )
        assert not rendered.cluster.get(f"{ARGO}/applications/planted")
    finally:
        estate.back_to(before)
        rendered.stop_retrying(APP)
        rendered.refresh(APP)
        rendered.wait(lambda: is_idle(rendered.application(APP)), "all is as it was")
