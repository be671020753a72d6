"""A real API server takes every object that comes out, and would run every pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.quality import renders, shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.cluster.apiserver import ApiServer
    from tests.quality.renders import Manifest

pytestmark = pytest.mark.xdist_group("apiserver")

ADMITTING: Final = ("Namespace", "LimitRange")
"""What decides about pods: these are really made, everything else is only tried."""
BUILT_IN: Final = (
    "v1",
    "apps/",
    "autoscaling/",
    "batch/",
    "networking.k8s.io/",
    "policy/",
    "rbac.authorization.k8s.io/",
)


def refusals(server: ApiServer, root: str) -> Iterator[str]:
    """Yield why the server refuses an object of an estate; each environment is a cluster of its own."""
    for units in [*renders.environments(root).values(), renders.hubs(root)]:
        manifests = [manifest for unit in units for manifest in unit.manifests]
        for manifest in manifests:
            keep = manifest["kind"] in ADMITTING
            answer = server.apply(manifest) if keep else server.dry_run(manifest)
            if not answer.accepted:
                yield f"{name(manifest)}: {answer.message}"
        yield from not_admitted(server, manifests)


def not_admitted(server: ApiServer, manifests: Iterable[Manifest]) -> Iterator[str]:
    """Yield why a pod of a workload may not run in its namespace under the `restricted` profile."""
    for manifest in manifests:
        template = pod_template(manifest)
        if template:
            reason = server.check_pod_security(template, manifest["metadata"]["namespace"])
            if reason:
                yield f"{name(manifest)}: {reason}"


def pod_template(manifest: Manifest) -> Manifest | None:
    """Return the pod template of a workload, with the claims that a StatefulSet's controller puts in."""
    if manifest["apiVersion"] not in ("apps/v1", "batch/v1"):
        return None
    spec = manifest["spec"]
    template: Manifest = (
        spec["jobTemplate"]["spec"]["template"] if manifest["kind"] == "CronJob" else spec["template"]
    )
    claims = [claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", [])]
    volumes = [{"name": claim, "persistentVolumeClaim": {"claimName": f"{claim}-0"}} for claim in claims]
    pod = template["spec"]
    return {**template, "spec": {**pod, "volumes": [*pod.get("volumes", []), *volumes]}}


def name(manifest: Manifest) -> str:
    """Return what a person calls an object."""
    metadata = manifest["metadata"]
    return "/".join(part for part in (manifest["kind"], metadata.get("namespace"), metadata["name"]) if part)


def grown(said: Any, stored: Any, path: str = "") -> Iterator[str]:
    """Yield the lists in which the server stores other elements than it was told."""
    if isinstance(said, dict):
        for key, value in said.items():
            yield from grown(value, stored.get(key), f"{path}.{key}")
    elif isinstance(said, list) and said != stored:
        yield path


@pytest.mark.parametrize("root", renders.roots())
def test_every_object_of_an_estate_is_taken(api_server: ApiServer, root: str) -> None:
    """Every object of every cluster and hub is valid, field by field, and every pod is admitted."""
    assert list(refusals(api_server, root)) == []


def test_every_shape_is_taken(api_server: ApiServer, every_shape: str) -> None:
    """Every kind of workload and every part of a pod is valid, and every pod is admitted."""
    assert list(refusals(api_server, every_shape)) == []


def test_defaults_stand_in_lists_of_custom_resources(
    api_server: ApiServer, every_shape: str, tmp_path: Path
) -> None:
    """The server adds nothing inside their lists: diffs that replace lists whole would see drift for ever."""
    web = {"web": {"image": "ghcr.io/x/web:1.0.0", "port": 80, "expose": True}}
    face = {
        "exposure": {"kind": "gateway", "gateway": "infra/public", "namespace": "infra"},
        "tls": {"mode": "wildcard"},
    }
    seen = set()
    units = [*renders.environments(every_shape)["dev"], *renders.hubs(every_shape)]
    for manifest in [
        *(manifest for unit in units for manifest in unit.manifests),
        *shapes.overlay(shapes.write(tmp_path, web, platform=face), "web"),
    ]:
        if not manifest["apiVersion"].startswith(BUILT_IN):
            seen.add(manifest["kind"])
            assert list(grown(manifest, api_server.dry_run(manifest).body)) == []
    assert seen == {"AppProject", "Application", "ExternalSecret", "HTTPRoute", "ServiceMonitor"}


def test_a_job_is_replaced(api_server: ApiServer, tmp_path: Path) -> None:
    """A Job's pods cannot change: Argo CD must replace it, and cannot try the change on the server to compare."""
    spec = {"image": "ghcr.io/x/once:1.0.0", "workload": "Job"}
    root = shapes.write(tmp_path, {"once": spec})
    (job,) = [manifest for manifest in shapes.overlay(root, "once") if manifest["kind"] == "Job"]
    assert api_server.apply(job).accepted
    shapes.write(tmp_path, {"once": {**spec, "image": "ghcr.io/x/once:1.0.1"}})
    (job,) = [manifest for manifest in shapes.overlay(root, "once") if manifest["kind"] == "Job"]
    assert "field is immutable" in api_server.dry_run(job).message
    assert job["metadata"]["annotations"] == {"argocd.argoproj.io/sync-options": "Replace=true,Force=true"}
