"""README's table "How do I call it": each line of these transports is typed into a shell, as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest
import yaml

from krm_functions.functions import home
from tests import tools
from tests.transports import table

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS: Final = {
    "kustomize build --enable-alpha-plugins DIR": "gitops/tenants/tenant-a/apps/app1/overlays/dev",
    "kustomize build --enable-alpha-plugins --enable-exec DIR": "by-exec",
    "kustomize build --enable-alpha-plugins examples/hermetic/dev": "",
    "kustomize fn run DIR --enable-exec": "examples/hermetic/kpt",
}
"""Each command, and what DIR is."""


def lines() -> list[str]:
    """Return the commands of README's table that call kustomize."""
    with open(os.path.join(tools.ROOT, "README.md"), encoding="utf-8") as file:
        section = file.read().partition("## How do I call it\n")[2].partition("\n## ")[0]
    return re.findall(r"`(kustomize [^`]+)`", section)


def test_each_line_is_typed() -> None:
    """A line that is not run here is none that README may show."""
    assert lines() == list(FOLDERS)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the estate, the example, and an overlay that calls the exec function."""
    for name in ("gitops", "examples/hermetic"):
        shutil.copytree(os.path.join(tools.ROOT, name), tmp_path / name)
    asked = table.config("ClusterOverlay", by_exec=True)
    asked["spec"] = {"environment": "dev", "root": "../gitops"}
    files = {"function": yaml.safe_dump(asked), "kustomization": "generators: [function.yaml]\n"}
    table.write(os.fspath(tmp_path / "by-exec"), **files)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "kustomize").symlink_to(tools.kustomize())
    home.install_exec(os.fspath(tmp_path / "bin" / "tenantspec-function"))
    return tmp_path


@pytest.mark.parametrize("line", FOLDERS)
def test_a_line(line: str, checkout: Path, plugin_home: str) -> None:
    """It succeeds, and manifests come out: on stdout, or in the package."""
    path = f"{checkout / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "KUSTOMIZE_PLUGIN_HOME": plugin_home}
    script = line.replace("DIR", FOLDERS[line])
    done = subprocess.run(["/bin/sh", "-ec", script], cwd=checkout, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    if "fn run" in line:
        assert (checkout / FOLDERS[line] / "shop-dev" / "deployment_cart.yaml").exists()
    else:
        assert b"app.kubernetes.io/managed-by: tenantspec" in done.stdout
