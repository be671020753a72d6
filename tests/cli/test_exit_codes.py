"""Exit codes: 0 fine, 1 diagnostics, 2 usage, 3 a bug of ours."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from krm_functions.spec.kinds import KINDS
from tests import tools
from tests.cli.command import COMMAND, environment, tenantspec
from tests.scaffold.estates import files

BUG = """\
import krm_functions.cli.check as command

def broken(root):
    raise RuntimeError("unforeseen")

command.estate_of = broken
"""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "No such command 'chek'"),
        (["check", "--fromat", "json"], "--format"),
        (["check", "--format", "xml"], "'xml' is not one of 'text', 'json'"),
        (["check", "tenants"], "unexpected extra argument"),
        (["check", "--root", "file"], "is a file"),
        (["add", "app", "shop"], "Missing argument 'NAME'"),
        (["add", "app", "shop", "cart"], "Missing option '--image'"),
        (["add", "app", "shop", "cart", "--image", "a/b:1", "--port", "eighty"], "not a valid integer"),
        (["add", "environment", "qa"], "Missing option"),
        (["build", "file"], "is a file"),
        (["render", "-o", "file"], "is a file"),
        (["init", "file"], "is a file"),
        (["explain", "TSS401"], "did you mean 'TS401'?"),
        (["explain", "nonsense"], "'tenantspec explain' lists them all"),
        (["schema", "Ap"], "is not one of"),
        (["schema", "App", "-o", "folder"], "leave out KIND"),
        (["completion"], "Missing argument"),
        (["completion", "tcsh"], "is not one of"),
        (["plugins", "remove"], "No such command"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_a_call_that_cannot_be_understood(tmp_path: Path, arguments: list[str], said: str) -> None:
    """Exit 2 with what is wrong and where to look; nothing is printed or written."""
    (tmp_path / "file").write_text("")
    answer = tenantspec(*arguments, cwd=os.fspath(tmp_path))
    assert (answer.code, answer.stdout) == (2, "")
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("group", [[], ["add"], ["plugins"]])
def test_no_command_at_all(tmp_path: Path, group: list[str]) -> None:
    """The help of the group is shown; click 8.2 and newer call it a usage error too."""
    answer = tenantspec(*group, cwd=os.fspath(tmp_path))
    shown = tenantspec(*group, "--help", cwd=os.fspath(tmp_path)).fine().stdout
    assert shown.strip() in (answer.stdout.strip(), answer.stderr.strip())


def test_a_bug_of_ours(root: str) -> None:
    """Exit 3 with the traceback and a request to report it; never taken for a broken spec."""
    before = files(root)
    done = subprocess.run(
        [COMMAND[0], "-c", BUG + COMMAND[2], "check"],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("Traceback (most recent call last):\n")
    assert "RuntimeError: unforeseen\n" in done.stderr
    assert "this is a bug in tenantspec; please report it" in done.stderr
    assert files(root) == before


@pytest.mark.parametrize(
    "command", [["check"], ["sync"], ["sync", "--check"], ["render"], ["add", "tenant", "x"]]
)
def test_a_folder_that_is_no_estate(tmp_path: Path, command: list[str]) -> None:
    """Every command that needs an estate says how to name one or start one."""
    here = os.fspath(tmp_path)
    assert "tenantspec init" in tenantspec(*command, cwd=here).refused("TS901").stderr
    assert "no platform.yaml in ." in tenantspec(*command, "--root", ".", cwd=here).refused("TS901").stderr
    assert "no folder nowhere" in tenantspec(*command, "--root", "nowhere", cwd=here).refused("TS901").stderr
    assert os.listdir(tmp_path) == []


def test_a_folder_inside_an_estate_is_not_its_root(root: str) -> None:
    """--root means the root; the one above is named."""
    said = tenantspec("check", "--root", "tenants/team-a", cwd=root).refused("TS901").stderr
    assert f"it lies in the estate {root}: name that folder" in said


def test_the_module_is_the_command(root: str) -> None:
    """`python -m krm_functions` is the same program under the same name."""
    command = [COMMAND[0], "-m", "krm_functions", "chek"]
    done = subprocess.run(command, cwd=root, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: tenantspec [OPTIONS]")


# --- schemas


def test_schemas(tmp_path: Path) -> None:
    """The kinds are listed, one is printed in either case, and all are written as schemas/ has them."""
    here = os.fspath(tmp_path)
    assert tenantspec("schema", cwd=here).fine().stdout.split() == list(KINDS)
    printed = json.loads(tenantspec("schema", "app", cwd=here).fine().stdout)
    assert printed == json.loads(tenantspec("schema", "App", cwd=here).fine().stdout)
    written = tenantspec("schema", "-o", "all", cwd=here).fine().stdout.splitlines()
    assert len(written) == len(KINDS)
    assert files(os.path.join(here, "all")) == files(os.path.join(tools.ROOT, "schemas"))
    assert printed == json.loads((tmp_path / "all" / "app.schema.json").read_text())


def test_schemas_below_a_file(tmp_path: Path) -> None:
    """A folder that cannot be made is a diagnostic."""
    (tmp_path / "file").write_text("")
    tenantspec("schema", "-o", "file/all", cwd=os.fspath(tmp_path)).refused("TS608")
