"""The plugin home: installed where kustomize looks, listed with its health, and removed without a trace."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from krm_functions.functions.home import KINDS
from tests import tools
from tests.cli.command import COMMAND, OVERLAY, Answer, environment, tenantspec
from tests.scaffold.estates import files

HEALTHY = len(KINDS)


@pytest.fixture
def home(tmp_path: Path) -> str:
    """Return a plugin home with every function."""
    home = os.fspath(tmp_path / "home")
    tenantspec("plugins", "install", "--home", home, cwd=os.fspath(tmp_path)).fine()
    return home


def launcher(home: str, kind: str = "AppOverlay") -> str:
    """Return the path of a kind's launcher."""
    return os.path.join(home, "tenantspec.dev/v1alpha1", kind.lower(), kind)


def listed(home: str) -> Answer:
    """List a plugin home from somewhere else."""
    return tenantspec("plugins", "list", "--home", home, cwd="/")


def unhealthy(home: str, *said: str) -> None:
    """Check that a home is listed, refused with one diagnostic, and told what to do."""
    answer = listed(home)
    assert answer.code == 1
    assert len(answer.stdout.splitlines()) == HEALTHY
    assert answer.stderr.count("error[TS904]") == 1
    for words in (*said, f"plugins install --home {home}"):
        assert words in answer.stderr


def test_install_says_how_to_use_the_home(tmp_path: Path) -> None:
    """A home that is not kustomize's own needs a variable, given ready to paste."""
    answer = tenantspec("plugins", "install", "--home", "my home", cwd=os.fspath(tmp_path)).fine()
    assert answer.stdout == f"{HEALTHY} functions installed in {tmp_path}/my home\n"
    assert f"export KUSTOMIZE_PLUGIN_HOME='{tmp_path}/my home'\n" in answer.stderr


@pytest.mark.parametrize(
    ("variables", "home"),
    [
        ({"KUSTOMIZE_PLUGIN_HOME": "{}/a"}, "a"),
        ({"XDG_CONFIG_HOME": "{}/b"}, "b/kustomize/plugin"),
        ({"HOME": "{}/c"}, "c/.config/kustomize/plugin"),
    ],
)
def test_kustomize_s_own_home_is_the_default(
    root: str, tmp_path: Path, variables: dict[str, str], home: str
) -> None:
    """Kustomize finds the functions there with nothing else set, and so do list and uninstall."""
    env = environment(**{name: value.format(tmp_path) for name, value in variables.items()})
    installed = tenantspec("plugins", "install", cwd=root, env=env).fine()
    assert installed.stdout == f"{HEALTHY} functions installed in {tmp_path}/{home}\n"
    assert "KUSTOMIZE_PLUGIN_HOME" not in installed.stderr
    command = [tools.kustomize(), "build", "--enable-alpha-plugins", OVERLAY]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == tenantspec("build", OVERLAY, cwd=root).fine().stdout
    assert tenantspec("plugins", "list", cwd=root, env=env).fine().stdout.count("  ok  ") == HEALTHY
    assert "removed" in tenantspec("plugins", "uninstall", cwd=root, env=env).fine().stdout
    assert tenantspec("plugins", "list", cwd=root, env=env).code == 1


def test_installing_twice_changes_nothing(home: str) -> None:
    """The second time writes the same bytes."""
    before = files(home)
    tenantspec("plugins", "install", "--home", home, cwd="/").fine()
    assert files(home) == before


def test_a_healthy_home_is_listed(home: str) -> None:
    """One line per function: kind, version, health, path."""
    lines = listed(home).fine().stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted(KINDS)
    assert all(line.split()[2:] == ["ok", launcher(home, line.split()[0])] for line in lines)


def test_an_absent_home(tmp_path: Path) -> None:
    """Nothing is there, and nothing is made by looking."""
    unhealthy(os.fspath(tmp_path / "none"), "no function is installed there")
    assert os.listdir(tmp_path) == []


def test_a_function_that_is_missing(home: str) -> None:
    """It is named."""
    os.remove(launcher(home))
    unhealthy(home, "absent: AppOverlay")


def test_a_stale_launcher(home: str) -> None:
    """A launcher that another version or interpreter wrote is not this one's; install mends it."""
    with open(launcher(home), "a", encoding="utf-8") as stream:
        stream.write("# older\n")
    unhealthy(home, "stale: AppOverlay")
    tenantspec("plugins", "install", "--home", home, cwd="/").fine()
    listed(home).fine()


@pytest.mark.parametrize(
    "text", ["#!/nonexistent/python\n", "#!/bin/sh\necho no package >&2; exit 1\n", "\x7fELF"]
)
def test_a_launcher_that_does_not_start(home: str, text: str) -> None:
    """Its interpreter is gone, or its package: told, without a traceback."""
    with open(launcher(home), "w", encoding="utf-8") as stream:
        stream.write(text)
    unhealthy(home, "does not start: AppOverlay")


def test_a_launcher_of_another_version_refuses_to_build(root: str, home: str) -> None:
    """Kustomize shows what to do, and prints no manifest."""
    with open(launcher(home), encoding="utf-8") as stream:
        text = stream.read()
    older = text.replace("main('", "main('0.0.")
    assert older != text
    with open(launcher(home), "w", encoding="utf-8") as stream:
        stream.write(older)
    command = [tools.kustomize(), "build", "--enable-alpha-plugins", OVERLAY]
    env = environment(KUSTOMIZE_PLUGIN_HOME=home)
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[TS904]" in done.stderr
    assert "tenantspec plugins install" in done.stderr


@pytest.mark.parametrize("action", ["install", "list", "uninstall"])
def test_a_home_below_a_file(tmp_path: Path, action: str) -> None:
    """It cannot be written, has nothing to list, and nothing to remove."""
    (tmp_path / "file").write_text("")
    answer = tenantspec("plugins", action, "--home", "file/home", cwd=os.fspath(tmp_path))
    if action == "install":
        assert "file/home: not a directory" in answer.refused("TS905").stderr
    assert answer.code == (0 if action == "uninstall" else 1)
    assert "Traceback" not in answer.stderr
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_in_a_launcher_s_place(home: str) -> None:
    """What install and uninstall cannot replace is a diagnostic, and nothing temporary stays."""
    os.remove(launcher(home))
    os.mkdir(launcher(home))
    before = files(home)
    for action in ("install", "uninstall"):
        tenantspec("plugins", action, "--home", home, cwd="/").refused("TS905")
    assert set(files(home)) == set(before)


def test_uninstall_leaves_what_is_not_ours(tmp_path: Path, home: str) -> None:
    """Another plugin stays; without one the home is removed, and no folder above it."""
    own = os.path.join(home, "someteam.example.com/v1/printer/Printer")
    os.makedirs(os.path.dirname(own))
    shutil.copy("/bin/true", own)
    assert tenantspec("plugins", "uninstall", "--home", home, cwd="/").fine().stdout.startswith(f"{HEALTHY} ")
    assert list(files(home)) == ["someteam.example.com/v1/printer/Printer"]
    shutil.rmtree(home)
    tenantspec("plugins", "install", "--home", home, cwd="/").fine()
    tenantspec("plugins", "uninstall", "--home", home, cwd="/").fine()
    assert os.listdir(tmp_path) == []
    assert tenantspec("plugins", "uninstall", "--home", home, cwd="/").fine().stdout.startswith("0 functions")


def test_a_module_without_a_function(tmp_path: Path) -> None:
    """--with names a Python module with a function; anything else installs nothing."""
    (tmp_path / "empty.py").write_text("")
    for module in ("absent.py", "empty.py"):
        tenantspec("plugins", "install", "--home", "home", "--with", module, cwd=os.fspath(tmp_path)).refused(
            "TS911"
        )
    assert os.listdir(tmp_path) == ["empty.py"]


def test_a_long_interpreter_path(tmp_path: Path, root: str) -> None:
    """A path that is too long for the kernel's first line, or has spaces, starts all the same."""
    deep = tmp_path / ("a folder " + "x" * 100)
    deep.mkdir()
    os.symlink(os.path.realpath(COMMAND[0]), deep / "python")
    home = os.fspath(tmp_path / "home")
    script = f"import sys; sys.executable = {os.fspath(deep / 'python')!r}; import os; os.path.realpath = os.path.abspath; "
    command = [COMMAND[0], "-c", script + COMMAND[2], "plugins", "install", "--home", home]
    subprocess.run(command, cwd=root, env=environment(), capture_output=True, check=True)
    with open(launcher(home), encoding="utf-8") as stream:
        assert stream.readline() == "#!/bin/sh\n"
    build = [tools.kustomize(), "build", "--enable-alpha-plugins", OVERLAY]
    env = environment(KUSTOMIZE_PLUGIN_HOME=home)
    done = subprocess.run(build, cwd=root, env=env, capture_output=True, text=True, check=True)
    assert done.stdout == tenantspec("build", OVERLAY, cwd=root).fine().stdout
