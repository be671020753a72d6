"""build needs no kustomize where all is ours, and is kustomize's messenger where it is not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests import tools
from tests.cli.command import OVERLAY, WEB, environment, tenantspec
from tests.scaffold.estates import files, replace, write

FILE = f"{OVERLAY}/kustomization.yaml"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web-own, namespace: team-a-dev}\n"


@pytest.fixture
def own(root: str) -> str:
    """Return an estate whose overlay has a resource of a person's own, which only kustomize can build."""
    write(root, f"{OVERLAY}/own.yaml", CONFIG_MAP)
    with open(os.path.join(root, FILE), "a", encoding="utf-8") as stream:
        stream.write("resources: [own.yaml]\n")
    return root


def kustomize(folder: Path, script: str) -> dict[str, str]:
    """Return an environment whose kustomize is a shell script."""
    program = folder / "kustomize"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return environment(KUSTOMIZE=os.fspath(program))


@pytest.mark.parametrize("folder", [OVERLAY, "clusters/main", "clusters/main/dev"])
def test_kustomize_is_not_needed_where_all_is_ours(root: str, folder: str) -> None:
    """No program is on PATH, and the manifests are the same."""
    nothing = environment(KUSTOMIZE="/nonexistent", PATH="/nonexistent")
    alone = tenantspec("build", folder, cwd=root, env=nothing).fine()
    assert alone.stdout.startswith("apiVersion: ")
    assert alone.stderr == ""


def test_the_folder_is_the_current_one(root: str) -> None:
    """Without an argument, what is here is built."""
    here = tenantspec("build", cwd=os.path.join(root, OVERLAY)).fine()
    assert here == tenantspec("build", OVERLAY, cwd=root)


def test_own_lines_are_built_by_kustomize(own: str) -> None:
    """It gets the functions without a plugin home, and a build leaves nothing behind."""
    before = files(own)
    assert "name: web-own\n" in tenantspec("build", OVERLAY, cwd=own).fine().stdout
    assert "name: web-own\n" in tenantspec("render", "--environment", "dev", cwd=own).fine().stdout
    assert files(own) == before


def test_kustomize_is_found_on_path(own: str) -> None:
    """KUSTOMIZE need not be set."""
    env = environment(PATH=os.path.dirname(tools.kustomize()) + os.pathsep + os.environ["PATH"])
    del env["KUSTOMIZE"]
    tenantspec("build", OVERLAY, cwd=own, env=env).fine()


def test_no_kustomize(own: str) -> None:
    """Absent from PATH, or not where KUSTOMIZE says: one diagnostic with the way out."""
    absent = environment(PATH="/nonexistent")
    for env in (
        {**absent, "KUSTOMIZE": "/nonexistent/kustomize"},
        {k: v for k, v in absent.items() if k != "KUSTOMIZE"},
    ):
        answer = tenantspec("build", OVERLAY, cwd=own, env=env).refused("TS906")
        assert "install kustomize 5.4 or newer, or name it with KUSTOMIZE=PATH" in answer.stderr


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo v5.3.0", "is 5.3.0, older than 5.4"),
        ("echo '{Version:kustomize/v4.5.7 GitCommit:x}'", "is 4.5.7, older than 5.4"),
        ("echo '(devel)'", "does not say its version"),
        ("exit 1", "does not say its version"),
    ],
)
def test_an_old_kustomize(own: str, tmp_path: Path, script: str, said: str) -> None:
    """It is refused before it builds anything; one that tells no version is not trusted either."""
    answer = tenantspec("build", OVERLAY, cwd=own, env=kustomize(tmp_path, script)).refused("TS907")
    assert f"{tmp_path}/kustomize {said}" in answer.stderr


def test_kustomize_s_own_words_are_shown(own: str) -> None:
    """What it says stands above the diagnostic that says that it failed."""
    os.remove(os.path.join(own, OVERLAY, "own.yaml"))
    said = tenantspec("build", OVERLAY, cwd=own).refused("TS908").stderr
    assert said.startswith("Error: accumulating resources")
    assert "own.yaml" in said.partition("error[TS908]")[0]


def test_a_function_s_diagnostics_come_through_kustomize(own: str) -> None:
    """A broken spec is told with its line, although kustomize called the function."""
    replace(own, f"{WEB}/app.yaml", "port: 9898", "prot: 9898")
    said = tenantspec("build", OVERLAY, cwd=own)
    assert (said.code, said.stdout) == (1, "")
    assert "error[TS201]: unknown field 'prot'" in said.stderr
    assert f"estate/{WEB}/app.yaml:7:3" in said.stderr


def test_a_failing_kustomize_prints_nothing(own: str, tmp_path: Path) -> None:
    """What it printed before it failed is thrown away."""
    env = kustomize(tmp_path, "[ $1 = version ] && echo v5.8.1 && exit\necho half; echo why >&2; exit 7")
    assert tenantspec("build", OVERLAY, cwd=own, env=env).refused("TS908").stderr.startswith("why\n\nerror[")


@pytest.mark.parametrize("cwd", ["", OVERLAY, "../elsewhere"])
def test_places_are_the_estate_s(root: str, cwd: str) -> None:
    """Wherever it is called, a diagnostic names the file below the estate and shows its line."""
    replace(root, f"{WEB}/app.yaml", "port: 9898", "prot: 9898")
    here = os.path.join(root, cwd)
    os.makedirs(here, exist_ok=True)
    said = tenantspec("build", os.path.join(root, OVERLAY), cwd=here).refused("TS201").stderr
    assert f"--> estate/{WEB}/app.yaml:7:3\n" in said
    assert "   |   ^^^^ did you mean 'port'?" in said


@pytest.mark.parametrize("folder", ["nowhere", "tenants", f"{OVERLAY}/kustomization.yaml/x"])
def test_a_folder_without_a_kustomization(root: str, folder: str) -> None:
    """It is told what is missing."""
    assert f"no kustomization in {folder}" in tenantspec("build", folder, cwd=root).refused("TS909").stderr


def test_a_kustomization_outside_of_an_estate(root: str) -> None:
    """Without a platform.yaml above, a function config has nothing to read."""
    os.remove(os.path.join(root, "platform.yaml"))
    tenantspec("build", OVERLAY, cwd=root).refused("TS901")


def test_a_root_elsewhere(root: str, tmp_path: Path) -> None:
    """spec.root names it, and diagnostics are told below it."""
    overlay = tmp_path / "own" / os.path.basename(OVERLAY)
    overlay.mkdir(parents=True)
    with open(os.path.join(root, FILE), encoding="utf-8") as stream:
        text = stream.read()
    config = text.replace("environment: dev\n", "environment: dev\n      root: ../../estate\n")
    assert config != text
    (overlay / "kustomization.yaml").write_text(config)
    answer = tenantspec("build", os.fspath(overlay), cwd=os.fspath(tmp_path))
    assert answer == tenantspec("build", OVERLAY, cwd=root)
    replace(root, f"{WEB}/app.yaml", "port: 9898", "prot: 9898")
    said = tenantspec("build", os.fspath(overlay), cwd=os.fspath(tmp_path)).refused("TS201").stderr
    assert f"--> estate/{WEB}/app.yaml:7:3\n" in said


def test_an_undeployed_app_says_why_its_build_is_empty(root: str) -> None:
    """An empty output comes with the reason."""
    replace(root, f"{WEB}/versions.yaml", "  dev: 6.9.1\n", "")
    answer = tenantspec("build", OVERLAY, cwd=root).fine()
    assert answer.stdout == ""
    assert "info[TS307]: team-a/web is not deployed in dev" in answer.stderr


def test_bytes_are_kustomize_s(own: str, plugin_home: str) -> None:
    """With hand-written lines too, what is printed is what kustomize prints."""
    command = [tools.kustomize(), "build", "--enable-alpha-plugins", OVERLAY]
    env = environment(KUSTOMIZE_PLUGIN_HOME=plugin_home)
    theirs = subprocess.run(command, cwd=own, env=env, capture_output=True, text=True, check=True).stdout
    assert tenantspec("build", OVERLAY, cwd=own).fine().stdout == theirs
