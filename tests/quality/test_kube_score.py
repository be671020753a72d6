"""kube-score has nothing to say of what comes out, but for what is waived here with a reason."""

from __future__ import annotations

import functools
import json
import subprocess
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from tests.quality import renders
from tests.tools import kube_score

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WARNING: Final = 5
"""kube-score's grade of a warning: critical is 1, almost fine 7, fine 10."""

WAIVERS: Final[Mapping[str, str]] = {
    "container-resources: CPU limit is not set": (
        "a CPU limit throttles a pod on an idle node; requests share a busy one, and quotas bound the tenant"
    ),
    "pod-probes-identical: Container has the same readiness and liveness probe": (
        "`health: /path` is both by contract; liveness fails after twice as many probes, which is the pattern that "
        "the Kubernetes manual names, and an app with two paths says both"
    ),
    "deployment-replicas: Deployment few replicas": "`replicas` is the estate's: one is enough for development",
    "deployment-strategy: Deployment update strategy": (
        "a Deployment with a claim is Recreate: two pods on two nodes cannot hold one ReadWriteOnce volume"
    ),
    "container-security-context-readonlyrootfilesystem: "
    "The pod has a container with a writable root filesystem": (
        "only where the app's spec says `security: {readOnlyRootFilesystem: false}`"
    ),
    "container-security-context-user-group-id: The container is running with a low user ID": (
        "only where the app's spec says `security: {runAsUser: N}`"
    ),
}
"""Findings by check id and summary, and why they stand."""
FEW: Final = "horizontalpodautoscaler-replicas: HPA few replicas"
FROM_ONE: Final[Mapping[str, str]] = {
    FEW: "`autoscale: {min: 1}` is the estate's, as `replicas: 1` is",
    "deployment-has-poddisruptionbudget: No matching PodDisruptionBudget was found": (
        "a budget for what may be a single pod would hold up the drain of its node"
    ),
    "deployment-has-host-podantiaffinity: Deployment does not have a host podAntiAffinity set": (
        "a single pod has nothing to keep away from"
    ),
}
"""What stands only where an app says that it may scale down to one pod, which is one finding itself."""
DEFAULT: Final = frozenset(list(WAIVERS)[:3])
"""What is waived of gitops/ itself; the others are for what an app's own spec asks for."""


class Finding(NamedTuple):
    """A critical finding or a warning."""

    check: str
    object: str
    container: str


@functools.cache
def findings(root: str) -> tuple[Finding, ...]:
    """Return what kube-score finds in the environments of an estate, each as one whole cluster."""
    return tuple(
        finding
        for units in renders.environments(root).values()
        for finding in score(renders.text(units), "v1.34")
    )


def score(manifests: str, kubernetes: str) -> Iterator[Finding]:
    """Yield the findings of a stream of objects; annotations that ignore checks are not honoured."""
    options = ["--disable-ignore-checks-annotations", "--kubernetes-version", kubernetes]
    command = [kube_score(), "score", *options, "--output-format", "json", "-"]
    done = subprocess.run(command, input=manifests, capture_output=True, text=True, check=False)
    scored = json.loads(done.stdout)
    assert scored, done.stderr
    for found in scored:
        for check in found["checks"]:
            if check["grade"] <= WARNING and not check["skipped"]:
                for comment in check["comments"]:
                    name = f"{check['check']['id']}: {comment['summary']}"
                    yield Finding(name, found["object_name"], comment["path"])


def unwaived(root: str) -> list[Finding]:
    """Return the findings that nothing waives."""
    found = findings(root)
    from_one = {address(finding) for finding in found if finding.check == FEW}
    left = [finding for finding in found if finding.check not in WAIVERS]
    return [finding for finding in left if finding.check not in FROM_ONE or address(finding) not in from_one]


def address(finding: Finding) -> str:
    """Return namespace/name of a finding's object, which a workload and its autoscaler share."""
    return "/".join(finding.object.rsplit("/", 2)[1:])


@pytest.mark.parametrize("root", renders.conventional())
def test_an_estate_has_no_finding(root: str) -> None:
    """Nothing critical and no warning, in any environment of any estate that we ship."""
    assert unwaived(root) == []


def test_every_shape_has_no_finding(every_shape: str) -> None:
    """Nothing critical and no warning, of any kind of workload and any part of a pod."""
    assert unwaived(every_shape) == []


def test_the_estate_of_the_platform_needs_few_waivers() -> None:
    """In gitops/ only what the product itself decides is waived, and production is never a single pod."""
    assert {found.check for found in findings("gitops")} == DEFAULT
    single = [found for found in findings("gitops") if found.check.startswith("deployment-replicas")]
    assert not [found for found in single if "-prod/" in found.object]


@pytest.mark.parametrize("waiver", WAIVERS)
def test_a_waiver_is_needed(waiver: str, every_shape: str) -> None:
    """A waiver that nothing needs any more is removed."""
    assert waiver in {found.check for found in findings(every_shape)}


@pytest.mark.parametrize("waiver", FROM_ONE)
def test_a_waiver_of_few_pods_is_needed(waiver: str) -> None:
    """An estate that we ship has an app that may scale down to one pod."""
    assert waiver in {found.check for root in renders.conventional() for found in findings(root)}


def test_a_finding_is_seen() -> None:
    """The tool does find what is wrong: a bare pod has more than one fault."""
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"}}
    manifest = json.dumps({**pod, "spec": {"containers": [{"name": "app", "image": "app:latest"}]}})
    found = {finding.check.partition(":")[0] for finding in score(manifest, "v1.34")}
    assert found >= {"container-image-tag", "container-resources", "pod-networkpolicy"}
