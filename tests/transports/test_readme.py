"""README's table "How do I call it": each line is typed into a shell, as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
import yaml

from krm_functions.functions import home
from tests import tools
from tests.conftest import TENANTSPEC
from tests.transports import table

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("docker")
OVERLAY: Final = "gitops/tenants/tenant-a/apps/app1/overlays/dev"
BUILD: Final = "kustomize build --enable-alpha-plugins DIR"
FOLDERS: Final = {
    BUILD: {"DIR": OVERLAY},
    "kubectl kustomize --enable-alpha-plugins DIR": {"DIR": OVERLAY},
    "kustomize build --enable-alpha-plugins --enable-exec DIR": {"DIR": "by-exec"},
    "kustomize build --enable-alpha-plugins examples/hermetic/dev": {},
    "kustomize fn run DIR --enable-exec": {"DIR": "examples/hermetic/kpt"},
    "tenantspec build DIR": {"DIR": OVERLAY},
    "tenantspec render": {"cd": "gitops"},
    "tenantspec render --tenant shop": {"cd": "gitops", "shop": "tenant-a"},
    "tenantspec render -o FOLDER": {"cd": "gitops", "FOLDER": "../rendered"},
    "tenantspec check": {"cd": "gitops"},
    "tenantspec check --against origin/main": {"cd": "gitops", "origin/main": "HEAD"},
    "tenantspec check --isolation": {"cd": "gitops"},
    "tenantspec sync --check": {"cd": "gitops"},
    'docker run --rm --volume "$PWD:/estate:ro" tenantspec:0.1.0 check': {
        "cd": "gitops",
        "--rm": "--rm --network=none",
    },
    "helm template APP CHART | tenantspec post-render --tenant T --app APP --environment E": {
        "APP": "notes",
        "CHART": "charts/notes-1.2.0 --namespace shop-dev --skip-tests --set image.repository=ghcr.io/example/shop/notes",
        "--tenant T": "--tenant shop",
        "environment E": "environment dev",
        "cd": "examples/chart",
    },
    "tenantspec vendor": {"cd": "examples/chart"},
    "tenantspec vendor --check": {"cd": "examples/chart"},
    "tenantspec argocd bootstrap HUB": {"cd": "gitops", "HUB": "us-west-2"},
    "tenantspec argocd values HUB": {"cd": "gitops", "HUB": "us-west-2"},
    "tenantspec cmp generate": {"cd": OVERLAY},
    "tenantspec check --format json": {"cd": "gitops"},
    "tenantspec why tenant-a/app1 prod-eu spec.replicas": {"cd": "gitops"},
    "tenantspec doctor": {"cd": "gitops"},
    "tenantspec explain TS401": {},
    'eval "$(tenantspec completion bash)"': {},
}
"""Each command, what stands for its capitals, and where it is typed (`cd`)."""
IN_CONTAINER: Final = "in a container"


def lines() -> list[str]:
    """Return the commands of README's table."""
    with open(os.path.join(tools.ROOT, "README.md"), encoding="utf-8") as file:
        section = file.read().partition("## How do I call it\n")[2].partition("\n## ")[0]
    found = re.findall(
        r"`((?:kustomize|kubectl|tenantspec|docker|helm|eval) [^`]+)`",
        section.partition("\n|---")[2].partition("\n\n")[0],
    )
    return [line.replace("\\|", "|") for line in found]


def test_each_line_is_typed() -> None:
    """A line that is not run here is none that README may show."""
    assert set(lines()) == set(FOLDERS)
    assert lines().count(BUILD) == 2  # by the plugin home, and in a container


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with the estate and the examples, and the programs on a PATH of its own."""
    top = tmp_path_factory.mktemp("checkout")
    for name in ("gitops", "examples/hermetic", "examples/chart"):
        shutil.copytree(os.path.join(tools.ROOT, name), top / name)
    function = table.config("ClusterOverlay", by_exec=True)
    container = table.config("EnvironmentOverlay")
    container["metadata"]["annotations"] = {table.FUNCTION: f"container: {{image: {table.IMAGE!r}}}"}
    function["spec"] = {"environment": "dev", "root": "../gitops"}
    files = {"function": yaml.safe_dump(function), "kustomization": "generators: [function.yaml]\n"}
    table.write(os.fspath(top / "by-exec"), **files)
    listed = {"resources": ["specs.yaml"], "transformers": ["function.yaml"]}
    specs = "---\n".join(table.specs(os.fspath(top / "gitops")))
    files = {"function": yaml.safe_dump(container), "kustomization": yaml.safe_dump(listed), "specs": specs}
    table.write(os.fspath(top / IN_CONTAINER), **files)
    programs = top / "bin"
    programs.mkdir()
    for name, path in (
        ("kustomize", tools.kustomize()),
        ("kubectl", tools.kubectl()),
        ("helm", tools.installed("helm")),
    ):
        (programs / name).symlink_to(path)
    home.install_exec(os.fspath(programs / "tenantspec-function"))
    command = programs / "tenantspec"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{TENANTSPEC}" "$@"\n')
    command.chmod(0o755)
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "estate"]):
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *who, *arguments], cwd=top, check=True, capture_output=True)
    return top


def typed(line: str, where: Path, plugin_home: str, parts: dict[str, str]) -> bytes:
    """Type a line into a shell and return what it prints."""
    path = f"{where / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "KUSTOMIZE_PLUGIN_HOME": plugin_home, "PYTHONPATH": tools.ROOT}
    script = line
    for word, value in parts.items():
        script = script.replace(word, value) if word != "cd" else script
    folder = where / parts.get("cd", ".")
    done = subprocess.run(
        ["/bin/bash", "-eco", "pipefail", script], cwd=folder, env=env, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout + done.stderr


@pytest.mark.parametrize("line", FOLDERS)
def test_a_line(line: str, checkout: Path, plugin_home: str, request: pytest.FixtureRequest) -> None:
    """It succeeds, and says or builds something: on stdout, in a folder, or in the package."""
    if line.startswith("docker"):
        request.getfixturevalue("image")
    said = typed(line, checkout, plugin_home, FOLDERS[line])
    if "fn run" in line:
        assert (checkout / "examples/hermetic/kpt" / "shop-dev" / "deployment_cart.yaml").exists()
    elif "-o FOLDER" in line:
        assert any(name.endswith(".yaml") for _, _, names in os.walk(checkout / "rendered") for name in names)
    elif re.match("k|tenantspec (build|render|cmp)|helm", line):
        assert b"app.kubernetes.io/managed-by: " in said
    else:
        assert said or "--check" in line or "eval" in line


@pytest.mark.usefixtures("image")
def test_the_line_of_a_container(checkout: Path, plugin_home: str) -> None:
    """The same command builds by the image that a config names."""
    said = typed(BUILD, checkout, plugin_home, {"DIR": f"'{IN_CONTAINER}'"})
    assert b"kind: Deployment" in said
