"""checkov's Kubernetes checks find nothing in what comes out, but for what is waived here with a reason."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from tests.quality import renders
from tests.tools import checkov

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("checkov")

WAIVERS: Final[Mapping[str, str]] = {
    "CKV_K8S_8": "liveness only where an app says `health`: a wrong one restarts pods that only wait for others",
    "CKV_K8S_9": "an app without a port gets no traffic to be ready for; with one, it always has a readiness probe",
    "CKV_K8S_11": "no CPU limit: it throttles a pod on an idle node; requests share a busy one",
    "CKV_K8S_22": "only where the app's spec says `security: {readOnlyRootFilesystem: false}`",
    "CKV_K8S_35": "an app chooses: `secrets` are environment variables, `files` with `secret` are files",
    "CKV_K8S_38": "only where the app's spec says `serviceAccount: {token: true}`",
    "CKV_K8S_40": "only where the app's spec says `security: {runAsUser: N}`",
    "CKV_K8S_43": "digests come from versions.yaml, in the stages where `guardrails.digestRequired` wants them",
}
"""Check ids that fail, and why they may."""
DEFAULT: Final = frozenset({"CKV_K8S_11", "CKV_K8S_43"})
"""What is waived of gitops/; the others are for what an app's own spec says, or leaves out."""
FILE: Final = "manifests.yaml"


class Finding(NamedTuple):
    """A check that failed: its id and what it asks for, the estate, and the object."""

    check: str
    asks: str
    root: str
    object: str


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory, every_shape: str) -> list[Finding]:
    """Return what checkov finds in every estate; one run, for it takes seconds to start."""
    folder = tmp_path_factory.mktemp("checkov")
    for name, root in {**{root: root for root in renders.conventional()}, "shapes": every_shape}.items():
        for environment, units in renders.environments(root).items():
            write(folder / name / environment, renders.text(units))
        write(folder / name / "hubs", renders.text(renders.hubs(root)))
    return scan(folder)


def write(folder: Path, manifests: str) -> None:
    """Write a stream of objects into a folder of its own."""
    folder.mkdir(parents=True)
    (folder / FILE).write_text(manifests, encoding="utf-8")


def scan(folder: Path) -> list[Finding]:
    """Return the checks that fail for what is below a folder; nothing is asked of checkov's own servers."""
    options = ["--framework", "kubernetes", "-o", "json", "--compact", "--quiet", "--skip-download"]
    done = subprocess.run([checkov(), "-d", folder, *options], capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["resource_count"], done.stderr
    return [
        Finding(
            failed["check_id"],
            failed["check_name"],
            os.path.dirname(failed["file_path"]).strip("/"),
            failed["resource"],
        )
        for failed in report["results"]["failed_checks"]
    ]


def test_no_estate_has_a_finding(findings: list[Finding]) -> None:
    """No check fails in any environment or hub of any estate."""
    assert [found for found in findings if found.check not in WAIVERS] == []


def test_the_estate_of_the_platform_needs_few_waivers(findings: list[Finding]) -> None:
    """In gitops/ only what the product itself decides is waived."""
    assert {found.check for found in findings if found.root.startswith("gitops/")} == DEFAULT


@pytest.mark.parametrize("waiver", WAIVERS)
def test_a_waiver_is_needed(waiver: str, findings: list[Finding]) -> None:
    """A waiver that nothing needs any more is removed."""
    assert waiver in {found.check for found in findings if found.root.startswith("shapes/")}


def test_a_finding_is_seen(tmp_path: Path) -> None:
    """The tool does find what is wrong: a privileged container."""
    container = {"name": "app", "image": "app:latest", "securityContext": {"privileged": True}}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "bare"},
        "spec": {"containers": [container]},
    }
    write(tmp_path / "bare", json.dumps(pod))
    assert {"CKV_K8S_16", "CKV_K8S_14"} <= {found.check for found in scan(tmp_path)}
