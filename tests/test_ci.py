"""docs/ci.md is executed: its workflows fit their schemas and their commands run, its hooks stop a commit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from krm_functions import __version__
from tests import tools
from tests.cli.command import environment
from tests.test_readme import MADE_HERE, blocks, read

pytestmark = pytest.mark.xdist_group("readme")

PAGE: Final = "docs/ci.md"
SOURCE: Final = "git.example.com/platform/tenantspec"
OVERLAY: Final = "gitops/tenants/tenant-a/apps/app1/overlays/dev"
SCHEMAS: Final[Mapping[str, str]] = {
    ".github/workflows/estate.yaml": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
}


def shown() -> dict[str, str]:
    """Return the files that the page shows, by the name in their first line."""
    found = {text.splitlines()[0].removeprefix("# "): text for text in blocks(PAGE, "yaml")}
    assert set(found) == {*SCHEMAS, ".pre-commit-config.yaml", "config.yaml"}
    return found


def test_the_version_is_this_one() -> None:
    """Whoever copies a line gets the version that the page describes."""
    assert set(re.findall(r"tenantspec[@:]v?([0-9][0-9.]*[0-9])", read(PAGE))) == {__version__}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_workflow_fits_its_schema(name: str, tmp_path: Path) -> None:
    """The published schema accepts the file, and refuses it with a misspelt field."""
    check = [tools.installed("check-jsonschema"), "--builtin-schema", SCHEMAS[name]]
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(shown()[name])
    bad.write_text(re.sub(r"(?m)^( +)(runs-on|script):", r"\1\2s:", shown()[name]))
    fine = subprocess.run([*check, good], capture_output=True, text=True, check=False)
    assert fine.returncode == 0, fine.stdout
    assert subprocess.run([*check, bad], capture_output=True, check=False).returncode == 1


# --- Their commands


def git(folder: str, *arguments: str) -> str:
    """Run git as somebody, with nobody's settings."""
    who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    env = environment(GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null")
    command = ["git", *who, *arguments]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> str:
    """Return a git repository that holds gitops/."""
    folder = os.fspath(tmp_path / "repository")
    shutil.copytree(os.path.join(tools.ROOT, "gitops"), os.path.join(folder, "gitops"))
    git(folder, "init", "--quiet")
    commit(folder, "An estate")
    return folder


def commit(folder: str, message: str) -> str:
    """Commit all that is there and return the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return the environment of a CI runner: a Python of its own on PATH, and nothing of tenantspec."""
    folder = os.fspath(tmp_path_factory.mktemp("runner"))
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    env = environment(PATH=os.pathsep.join([os.path.join(folder, "bin"), os.environ["PATH"]]))
    return {name: value for name, value in env.items() if name not in {"PYTHONPATH", "KUSTOMIZE"}}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return tenantspec's sources as a git repository with the version's tag."""
    folder = os.fspath(tmp_path_factory.mktemp("sources") / "tenantspec")
    shutil.copytree(tools.ROOT, folder, ignore=MADE_HERE)
    git(folder, "init", "--quiet")
    commit(folder, "The product")
    git(folder, "tag", f"v{__version__}")
    return folder


def github(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each command of a GitHub workflow with its environment."""
    workflow = yaml.safe_load(text)
    (job,) = workflow["jobs"].values()
    for step in job["steps"]:
        if "run" in step:
            yield step["run"], {**workflow["env"], **step.get("env", {})}


def gitlab(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each command of the GitLab job that compares revisions; the other one's run in the image."""
    job: Mapping[str, Any] = yaml.safe_load(text)["deletions"]
    for command in job["script"]:
        yield command, {name: str(value) for name, value in job["variables"].items()}


def run(command: str, folder: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command as GitHub runs a step (`bash -e`)."""
    return subprocess.run(
        ["bash", "-e", "-c", command], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "commands"), [(name, steps) for name, steps in zip(SCHEMAS, (github, gitlab), strict=True)]
)
def test_a_workflow_s_commands(
    name: str, commands: Any, repository: str, sources: str, runner: Mapping[str, str]
) -> None:
    """A pull request that is fine passes; one that deletes too much is red."""
    before = git(repository, "rev-parse", "HEAD")
    install, check = commands(shown()[name])
    address = f"git+https://{SOURCE}@"
    assert install[1]["TENANTSPEC"].startswith(address)

    def step(command: str, given: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        of_event = {"BASE": before, "CI_MERGE_REQUEST_DIFF_BASE_SHA": before}
        ours = {"TENANTSPEC": given["TENANTSPEC"].replace(address, f"git+file://{sources}@")}
        return run(command, repository, {**runner, **given, **of_event, **ours})

    installed = step(*install)
    assert installed.returncode == 0, installed.stderr
    fine = step(*check)
    assert fine.returncode == 0, fine.stderr
    assert "nothing is deleted since" in fine.stderr
    shutil.rmtree(os.path.join(repository, "gitops/tenants/tenant-c"))
    deleted = step(*check)
    assert (deleted.returncode, "error[TS62" in deleted.stderr) == (1, True), deleted.stderr


# --- Before a commit


@pytest.fixture
def hooked(repository: str, sources: str) -> str:
    """Return the repository of an estate with the hooks that the page shows."""
    config = shown()[".pre-commit-config.yaml"].replace(f"https://{SOURCE}", sources)
    with open(os.path.join(repository, ".pre-commit-config.yaml"), "w", encoding="utf-8") as stream:
        stream.write(config)
    commit(repository, "Hooks")
    return repository


def hooks(folder: str, runner: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Run the hooks as a commit does and return what they print; the exit code comes last."""
    home = os.fspath(tmp_path_factory.getbasetemp() / "pre-commit")
    env = {**runner, "PRE_COMMIT_HOME": home, "GIT_CONFIG_GLOBAL": "/dev/null"}
    command = [tools.installed("pre-commit"), "run", "--color", "never"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}exit {done.returncode}"


def test_the_hook(hooked: str, runner: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """A commit passes, and is stopped by an error, by a folder that is missing, and when it only removes a file."""
    assert re.findall(r"\.(Passed|Failed)", hooks(hooked, runner, tmp_path_factory)) == ["Passed"]

    spec = os.path.join(hooked, "gitops/tenants/tenant-a/apps/app1/app.yaml")
    with open(spec, encoding="utf-8") as stream:
        text = stream.read()
    with open(spec, "w", encoding="utf-8") as stream:
        stream.write(text.replace("host:", "hsot:"))
    git(hooked, "add", "--all")
    typo = hooks(hooked, runner, tmp_path_factory)
    assert "unknown field 'hsot'" in typo
    assert typo.endswith("exit 1")
    git(hooked, "reset", "--hard", "--quiet")

    git(hooked, "rm", "-r", "--quiet", OVERLAY)
    missing = hooks(hooked, runner, tmp_path_factory)
    assert "error[TS601]" in missing
    assert missing.endswith("exit 1")
    git(hooked, "reset", "--hard", "--quiet")

    git(hooked, "rm", "--quiet", "gitops/tenants/tenant-a/config/tenant.yaml")
    removed = hooks(hooked, runner, tmp_path_factory)
    assert re.search(r"error\[TS", removed)
    assert removed.endswith("exit 1")


def test_the_manifest_of_hooks() -> None:
    """pre-commit itself accepts it."""
    manifest = os.path.join(tools.ROOT, ".pre-commit-hooks.yaml")
    command = [tools.installed("pre-commit"), "validate-manifest", manifest]
    subprocess.run(command, capture_output=True, check=True)
