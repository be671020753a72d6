"""Every committed kustomization builds with the real programs, and `tenantspec build` prints the same bytes."""

from __future__ import annotations

import os
import sys

import pytest
import yaml

from tests import builds, tools
from tests.conftest import TENANTSPEC

ALL = builds.kustomizations("gitops", "examples")
OURS = [folder for folder in ALL if "/base/" not in folder]


@pytest.mark.parametrize("folder", ALL)
def test_the_command_prints_what_kustomize_prints(
    folder: str, plugin_home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`kustomize build --enable-alpha-plugins DIR` and `tenantspec build DIR` give the same bytes."""
    monkeypatch.setenv("KUSTOMIZE", tools.kustomize())
    ours = builds.run([sys.executable, "-c", TENANTSPEC, "build", folder], plugin_home)
    assert ours == builds.kustomize(folder, plugin_home)


@pytest.mark.parametrize("folder", builds.kustomizations("gitops"))
def test_kubectl_builds_the_same_objects(folder: str, plugin_home: str) -> None:
    """`kubectl kustomize --enable-alpha-plugins DIR` gives the same objects as kustomize 5.8.1."""
    output = builds.run([tools.kubectl(), "kustomize", "--enable-alpha-plugins", folder], plugin_home)
    ours = builds.manifests(builds.kustomize(folder, plugin_home))
    assert sorted(builds.manifests(output), key=str) == sorted(ours, key=str)


def test_two_builds_give_the_same_bytes(plugin_home: str) -> None:
    """A second build of a hub, which holds everything, repeats the first."""
    folder = "gitops/clusters/eu-west-1"
    again = builds.run([tools.kustomize(), "build", "--enable-alpha-plugins", folder], plugin_home)
    assert again == builds.kustomize(folder, plugin_home)


@pytest.mark.parametrize(
    "folder", [folder for folder in builds.kustomizations("gitops") if "/base/" not in folder]
)
def test_committed_kustomizations_are_cheap(folder: str) -> None:
    """One generator each, and no strategic-merge patch, which would cost kustomize 135 ms."""
    with open(os.path.join(tools.ROOT, folder, "kustomization.yaml"), encoding="utf-8") as stream:
        written = yaml.safe_load(stream)
    assert len(written.get("generators", ())) <= 1
    for patch in written.get("patches", ()):
        assert isinstance(yaml.safe_load(patch["patch"]), list), "a strategic-merge patch"


def test_the_tree_is_in_step_with_its_specs() -> None:
    """`tenantspec sync --check` and `tenantspec check` find nothing in gitops/."""
    for command in (["sync", "--check"], ["check"]):
        builds.run([sys.executable, "-c", TENANTSPEC, *command, "--root", "gitops"], "")
