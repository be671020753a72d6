"""Every example builds with the real kustomize as its `expected/` says, and its README's commands work."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from krm_functions.functions.build import build
from krm_functions.functions.render import estate_of
from krm_functions.manifests import base
from krm_functions.scaffold.sync import drift, plan
from tests import builds, tools
from tests.conftest import TENANTSPEC

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HERE: Final = os.path.join(tools.ROOT, "examples")
EXAMPLES: Final = sorted(entry.name for entry in os.scandir(HERE) if entry.is_dir())
ESTATES: Final = sorted(
    os.path.relpath(folder, HERE) for folder, _, files in os.walk(HERE) if "platform.yaml" in files
)
WORKLOADS: Final = {"Deployment", "StatefulSet", "CronJob", "Job"}
assert EXAMPLES, "no examples"


def built(example: str, plugin_home: str) -> dict[str, bytes]:
    """Return what kustomize prints for each kustomization of an example, by the file that expects it."""
    top = f"examples/{example}"
    return {
        f"{os.path.relpath(folder, top)}.yaml": builds.kustomize(folder, plugin_home)
        for folder in builds.kustomizations(top)
    }


def read(folder: str) -> dict[str, bytes]:
    """Return every file below a folder by its path; none if there is no folder."""
    found = {}
    for above, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(above, name)
            with open(path, "rb") as stream:
                found[os.path.relpath(path, folder)] = stream.read()
    return found


def rewrite(folder: str, files: Mapping[str, bytes]) -> None:
    """Make a folder hold these files and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as stream:
            stream.write(content)


def differences(expected: Mapping[str, bytes], found: Mapping[str, bytes]) -> list[str]:
    """Return the lines that differ, file by file, and the files that only one side has."""
    lines: list[str] = []
    for name in sorted(expected.keys() | found.keys()):
        before, after = (side.get(name, b"").decode().splitlines() for side in (expected, found))
        lines += difflib.unified_diff(before, after, f"{name} (expected)", f"{name} (built)", lineterm="")
        if (name in expected) != (name in found):
            lines.append(f"{name} is {'not expected' if name in found else 'stale'}")
    return lines


def manifests(example: str, folder: str, plugin_home: str) -> list[builds.Manifest]:
    """Return the manifests of one kustomization of an example."""
    return builds.manifests(builds.kustomize(f"examples/{example}/{folder}", plugin_home))


def below(example: str, folder: str, plugin_home: str) -> list[builds.Manifest]:
    """Return the manifests of every kustomization below a folder of an example."""
    folders = builds.kustomizations(f"examples/{example}/{folder}")
    return [m for found in folders for m in builds.manifests(builds.kustomize(found, plugin_home))]


def pod_spec(workload: builds.Manifest) -> Any:
    """Return the pod template of any workload."""
    spec = workload["spec"]
    return (spec["jobTemplate"]["spec"] if workload["kind"] == "CronJob" else spec)["template"]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_builds_what_it_expects(example: str, plugin_home: str, *, update_golden: bool) -> None:
    """Each kustomization gives the bytes that are committed; a file that no kustomization gives is stale."""
    folder = os.path.join(HERE, example, "expected")
    expected, found = read(folder), built(example, plugin_home)
    lines = differences(expected, found)
    if lines and update_golden:
        rewrite(folder, found)
    advice = "rewritten: read the difference" if update_golden else "if it is right: pytest --update-golden"
    assert not lines, "\n".join([advice, *lines[:200]])


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_builds_without_kustomize_too(
    example: str, plugin_home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`tenantspec build DIR` gives kustomize's bytes, also where a person's own lines or functions take part."""
    monkeypatch.setenv("KUSTOMIZE", tools.kustomize())
    monkeypatch.setenv("KUSTOMIZE_PLUGIN_HOME", plugin_home)
    for folder in builds.kustomizations(f"examples/{example}"):
        output, _, _ = build(os.path.join(tools.ROOT, folder))
        assert output == builds.kustomize(folder, plugin_home), folder


@pytest.mark.parametrize("root", ESTATES)
def test_an_example_is_in_step_with_its_specs(root: str) -> None:
    """`tenantspec sync` would change nothing in an example."""
    assert drift(plan(estate_of(os.path.join(HERE, root)))) == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_commands_of_a_readme_work(example: str, tmp_path: Path) -> None:
    """A README is 10 to 25 lines, and every command in it succeeds from the top of the repository."""
    with open(os.path.join(HERE, example, "README.md"), encoding="utf-8") as stream:
        text = stream.read()
    assert 10 <= len(text.splitlines()) <= 25
    (script,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    python = f'exec {sys.executable} "$@"' + "\n"
    for name, line in (
        ("tenantspec", f"exec {sys.executable} -c '{TENANTSPEC}' \"$@\"\n"),
        ("python", python),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "kustomize").symlink_to(tools.kustomize())
    path = f"{tmp_path}:{os.environ['PATH']}"
    home = os.fspath(tmp_path / "plugins")
    env = {**os.environ, "PATH": path, "KUSTOMIZE_PLUGIN_HOME": home, "PYTHONPATH": tools.ROOT}
    answer = subprocess.run(
        ["/bin/sh", "-ec", script], cwd=tools.ROOT, env=env, capture_output=True, check=False
    )
    assert answer.returncode == 0, answer.stderr.decode()


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_readme_names_what_is_there(example: str) -> None:
    """Each path that a README names in its own example exists."""
    folder = os.path.join(HERE, example)
    with open(os.path.join(folder, "README.md"), encoding="utf-8") as stream:
        named = re.findall(
            r"`((?:expected|tenants|clusters|estate|review|base|cases|functions)/[a-z0-9_./-]*)`",
            stream.read(),
        )
    absent = [path for path in named if not os.path.exists(os.path.join(folder, path))]
    expected = [path for path in absent if os.path.exists(os.path.join(folder, "expected", path))]
    assert absent == expected


def test_ten_lines_are_ten_lines() -> None:
    """The tenant has ten lines, the app five, beside the comment that names its schema."""
    folder = os.path.join(HERE, "ten-lines", "tenants", "tenant-a")
    files = {
        name: sum(not line.startswith(b"#") for line in content.splitlines())
        for name, content in read(folder).items()
        if "overlays" not in name
    }
    assert files == {"config/tenant.yaml": 10, "apps/hello/app.yaml": 5}


def test_dedicated_clusters_hold_one_tenant_each(plugin_home: str) -> None:
    """Every Application of a tenant, and each of its namespaces, is on that tenant's own cluster."""
    hubs = [
        m
        for hub in ("us-west-2", "eu-west-1")
        for m in manifests("dedicated-clusters", f"clusters/{hub}", plugin_home)
    ]
    places = {
        (m["metadata"]["labels"]["tenantspec.dev/tenant"], m["spec"]["destination"]["name"])
        for m in hubs
        if m["kind"] == "Application" and "tenantspec.dev/app" in m["metadata"]["labels"]
    }
    clusters = [
        f"k8s-{tenant}-{place}" for tenant in "abc" for place in ("dev", "stage", "prod-ue-1", "prod-eu-1")
    ]
    assert places == {(f"tenant-{cluster[4]}", cluster) for cluster in clusters}
    for environment in ("us-west-2/dev", "us-west-2/stg", "eu-west-1/prod-ue", "eu-west-1/prod-eu"):
        shared = manifests("dedicated-clusters", f"clusters/{environment}", plugin_home)
        assert not [m for m in shared if m["kind"] == "Namespace"]


def test_a_gateway_takes_the_place_of_every_ingress(plugin_home: str) -> None:
    """With exposure of kind gateway there are HTTPRoutes, no Ingress and no certificate."""
    found = below("gateway-api", "tenants", plugin_home)
    kinds = [manifest["kind"] for manifest in found]
    assert kinds.count("HTTPRoute") == 3
    assert "Ingress" not in kinds
    assert "cert-manager" not in str(found)


def test_the_base_reaches_every_kind_of_workload(plugin_home: str) -> None:
    """The sidecar and the label of base/ are in a Deployment, a StatefulSet, a CronJob and a Job."""
    workloads = [m for m in below("base-sidecar", "tenants", plugin_home) if m["kind"] in WORKLOADS]
    assert {workload["kind"] for workload in workloads} == WORKLOADS
    for workload in workloads:
        template = pod_spec(workload)
        assert template["spec"]["initContainers"][0]["name"] == "log-shipper"
        for labelled in (workload, template):
            assert labelled["metadata"]["labels"]["example.com/house"] == "lighthouse"


def test_the_base_is_the_packaged_one_and_more() -> None:
    """The example's base changes nothing of the packaged one but what its README says."""
    packaged, own = (
        read(os.path.join(folder, "deployment")) for folder in (base.packaged(), f"{HERE}/base-sidecar/base")
    )
    lines = differences(packaged, own)
    assert [line for line in lines if line.startswith("-") and not line.startswith("---")] == [
        "-    metadata: {}"
    ]


def test_all_fields_shows_every_kind_of_workload(plugin_home: str) -> None:
    """Each kind of workload, and each form that excludes another, is there to be looked at."""
    kinds = {manifest["kind"] for manifest in below("all-fields", "estate/tenants", plugin_home)}
    assert kinds >= WORKLOADS | {
        "HorizontalPodAutoscaler",
        "PersistentVolumeClaim",
        "ExternalSecret",
        "Ingress",
    }


def test_the_own_function_is_asked_with_its_cases(plugin_home: str) -> None:
    """A dashboard stands beside what the ClusterOverlay gives, and only for the app with metrics."""
    found = manifests("own-generator", "clusters/main/dev", plugin_home)
    names = [m["metadata"]["name"] for m in found if m["kind"] == "ConfigMap"]
    assert names == ["dashboard-tenant-a-web"]
