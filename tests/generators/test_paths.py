"""manifest-generate-paths: all that building an Application reads, and nothing of anybody else's."""

from __future__ import annotations

import fnmatch
import os
import shutil
from typing import TYPE_CHECKING, Any, Final

import pytest

from krm_functions.diagnostics import TenantspecError
from krm_functions.functions.cmp import generate
from krm_functions.functions.render import Selection, estate_of, units
from krm_functions.manifests.argocd import PATHS
from tests import tools

if TYPE_CHECKING:
    from pathlib import Path

ESTATES: Final = ("gitops", "examples/dedicated-clusters", "examples/gateway-api", "examples/northwind")


def applications(root: str) -> dict[str, list[str]]:
    """Return the paths of each Application that the plugin builds, below the estate's root, by its folder."""
    estate = estate_of(root)
    base = estate.platform.repository.path
    found = {}
    for unit in units(estate, Selection()):
        if unit.target.startswith("hub "):
            for manifest in unit.manifests():
                source = manifest["spec"].get("source", {}) if manifest["kind"] == "Application" else {}
                if "plugin" in source:
                    paths = manifest["metadata"]["annotations"][PATHS].split(";")
                    folder = os.path.relpath("/" + source["path"], "/" + base)
                    found[folder] = [os.path.relpath(path, "/" + base) for path in paths]
    return found


def matches(file: str, path: str) -> bool:
    """Whether Argo CD takes a file for one of a path: itself, below it, or matched part by part."""
    parts, wanted = file.split("/"), path.split("/")
    same = len(parts) == len(wanted) and all(map(fnmatch.fnmatchcase, parts, wanted))
    return same or file.startswith(f"{path}/")


def narrowed(root: str, paths: list[str], copy: str) -> list[str]:
    """Copy the files of some paths and return those that were left out."""
    left = []
    for folder, _, names in os.walk(root):
        for name in names:
            file = os.path.relpath(os.path.join(folder, name), root)
            if any(matches(file, path) for path in paths):
                target = os.path.join(copy, file)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(os.path.join(root, file), target)
            else:
                left.append(file)
    return left


@pytest.fixture(autouse=True)
def kustomize(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the pinned kustomize."""
    monkeypatch.setenv("KUSTOMIZE", tools.kustomize())


@pytest.mark.parametrize("estate", ESTATES)
def test_what_the_paths_name_is_enough(tmp_path: Path, estate: str) -> None:
    """Each Application is built to the same bytes in a copy that holds only its paths."""
    root = os.path.join(tools.ROOT, estate)
    found = applications(root)
    assert found
    for number, (folder, paths) in enumerate(sorted(found.items())):
        copy = str(tmp_path / str(number))
        narrowed(root, paths, copy)
        assert generate(os.path.join(copy, folder), {})[0] == generate(os.path.join(root, folder), {})[0]


@pytest.mark.parametrize("path", ["platform.yaml", "tenants/tenant-a/config/tenant.yaml"])
def test_a_read_outside_of_the_paths_is_seen(tmp_path: Path, path: str) -> None:
    """The copies are narrow: without one of its paths, an Application is not built."""
    root = os.path.join(tools.ROOT, "gitops")
    folder = "tenants/tenant-a/apps/app1/overlays/dev"
    paths = [one for one in applications(root)[folder] if one != path]
    narrowed(root, paths, str(tmp_path))
    with pytest.raises(TenantspecError):
        generate(str(tmp_path / folder), {})


def reads_of(root: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the files below the root that building a folder opens."""
    from krm_functions.documents import tree  # noqa: PLC0415

    opened: set[str] = set()
    before = tree.Tree._bytes

    def told(self: Any, file: str) -> bytes:
        if self.root == os.path.realpath(root):
            opened.add(file)
        return before(self, file)

    with monkeypatch.context() as patch:
        patch.setattr(tree.Tree, "_bytes", told)
        generate(os.path.join(root, folder), {})
    return opened


def test_the_paths_name_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every path of every Application of gitops/ covers a file that building it reads, or its own folder."""
    root = os.path.join(tools.ROOT, "gitops")
    for folder, paths in applications(root).items():
        opened = reads_of(root, folder, monkeypatch) | {f"{folder}/kustomization.yaml"}
        assert [f for f in opened if not any(matches(f, path) for path in paths)] == [], folder
        idle = [p for p in paths if not any(matches(f, p) for f in opened)]
        assert idle == [], folder
