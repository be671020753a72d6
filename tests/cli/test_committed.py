"""check holds manifests that are committed for `delivery: rendered` against the specs."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from krm_functions import __version__
from tests import tools
from tests.cli.command import tenantspec
from tests.scaffold.estates import files, read, write

if TYPE_CHECKING:
    from pathlib import Path

UNIT = "rendered/tenants/tenant-c/apps/app1/overlays/dev/manifests.yaml"


@pytest.fixture
def estate(tmp_path: Path) -> str:
    """Give a copy of gitops/ that is delivered rendered, and rendered."""
    root = os.fspath(tmp_path / "gitops")
    shutil.copytree(os.path.join(tools.ROOT, "gitops"), root)
    platform = os.path.join(root, "platform.yaml")
    with open(platform, encoding="utf-8") as stream:
        text = stream.read()
    assert "delivery: plugin" in text
    with open(platform, "w", encoding="utf-8") as stream:
        stream.write(text.replace("delivery: plugin", "delivery: rendered"))
    tenantspec("render", "-o", "rendered", cwd=root).fine()
    return root


def test_what_was_rendered_is_fine_and_stamped(estate: str) -> None:
    """A second render changes nothing; the stamp names the version and the specs."""
    before = files(estate)
    tenantspec("check", cwd=estate).fine()
    tenantspec("render", "-o", "rendered", cwd=estate).fine()
    assert files(estate) == before
    said = read(estate, "rendered/tenantspec.txt").splitlines()
    assert said[0] == f"tenantspec {__version__}"
    assert said[1].startswith("specs sha256:")


def test_a_part_is_not_stamped(estate: str, tmp_path: Path) -> None:
    """A render of one tenant is no estate's."""
    tenantspec("render", "--tenant", "tenant-c", "-o", os.fspath(tmp_path / "part"), cwd=estate).fine()
    assert not (tmp_path / "part" / "tenantspec.txt").exists()


def test_a_spec_that_moved_on_is_told(estate: str) -> None:
    """A new version in the specs alone: Argo CD would not see it."""
    file = "tenants/tenant-c/apps/app1/versions.yaml"
    text = read(estate, file)
    assert "dev: " in text
    write(estate, file, text.replace("dev: ", "dev: 9"))
    answer = tenantspec("check", cwd=estate).refused("TS623")
    assert UNIT in answer.stderr
    tenantspec("render", "-o", "rendered", cwd=estate).fine()
    tenantspec("check", cwd=estate).fine()


def test_what_is_missing_and_what_is_left_over_is_told(estate: str) -> None:
    """Both are drift, and both are mended by one render."""
    os.remove(os.path.join(estate, UNIT))
    write(estate, "rendered/tenants/gone/apps/a/overlays/dev/manifests.yaml", "kind: Gone\n")
    answer = tenantspec("check", cwd=estate)
    assert [code in answer.stderr for code in ("error[TS623]", "error[TS624]")] == [True, True]
    tenantspec("render", "-o", "rendered", cwd=estate).fine()
    tenantspec("check", cwd=estate).fine()


def test_another_version_is_a_warning(estate: str) -> None:
    """The manifests may be the same all the same."""
    write(estate, "rendered/tenantspec.txt", "tenantspec 0.0.1\n")
    assert "warning[TS625]" in tenantspec("check", cwd=estate).fine().stderr


def test_another_delivery_reads_no_rendered_folder(estate: str) -> None:
    """With the plugin, a folder of that name is nobody's business."""
    text = read(estate, "platform.yaml")
    write(estate, "platform.yaml", text.replace("delivery: rendered", "delivery: plugin"))
    os.remove(os.path.join(estate, UNIT))
    tenantspec("check", cwd=estate).fine()
