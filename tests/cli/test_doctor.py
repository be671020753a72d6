"""tenantspec doctor: what works is said to work after a trial, what does not comes with its fix."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from krm_functions import __version__
from krm_functions.functions.doctor import TRIALS
from tests import tools
from tests.cli.command import OVERLAY, Answer, environment, tenantspec
from tests.scaffold.estates import files

Machine = Callable[..., dict[str, str]]
EXEC = """\
apiVersion: example.com/v1
kind: Printer
metadata:
  name: printer
  annotations:
    config.kubernetes.io/function: |
      exec: {path: ./printer}
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return what makes an environment with these programs on PATH and no other, and a home of its own."""

    def make(**programs: str) -> dict[str, str]:
        folder = tmp_path / "bin"
        folder.mkdir()
        (tmp_path / "home").mkdir()
        for name, path in programs.items():
            (folder / name).symlink_to(path)
        env = environment(PATH=os.fspath(folder), HOME=os.fspath(tmp_path / "home"), COLUMNS="500")
        del env["KUSTOMIZE"]
        return env

    return make


def script(folder: Path, text: str) -> str:
    """Return the path of a program that does what a shell script says."""
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return os.fspath(path)


def doctor(env: dict[str, str], *arguments: str, cwd: str = "/") -> Answer:
    """Call doctor outside of any estate, unless a folder is named."""
    return tenantspec("doctor", *arguments, cwd=cwd, env=env)


def install(env: dict[str, str], *arguments: str) -> None:
    """Install the plugin home of an environment."""
    tenantspec("plugins", "install", *arguments, cwd="/", env=env).fine()


def row(answer: Answer, name: str) -> tuple[str, str, str]:
    """Return state, detail and fix of one row of the table."""
    found = re.search(
        rf"^{name} +(works|broken|absent)  +(.*)\n(?: +fix: (.*))?", answer.stdout, re.MULTILINE
    )
    assert found, answer.stdout
    return found[1], found[2], found[3] or ""


def refused(answer: Answer, fix: str) -> tuple[str, str, str]:
    """Return the plugin home's row of a doctor that ends with exit code 1, a diagnostic and a fix."""
    assert (answer.code, answer.stderr.count("error[TS926]")) == (1, 1), answer
    state, detail, way_out = row(answer, "plugin home")
    assert fix in way_out
    assert f"{detail}\n   = help: {way_out}" in answer.stderr
    return state, detail, way_out


def test_all_is_well(machine: Machine) -> None:
    """With kustomize and a plugin home the default works; one row for each trial, and no word on stderr."""
    env = machine(kustomize=tools.kustomize())
    install(env)
    answer = doctor(env).fine()
    assert answer.stderr == ""
    assert len(re.findall(r"^\S.*  (?:works|broken|absent)  ", answer.stdout, re.MULTILINE)) == len(TRIALS)
    assert row(answer, "in process")[1].startswith(f"tenantspec {__version__} (")
    assert row(answer, "kustomize")[1] == f"5.8.1 ({env['PATH']}/kustomize)"
    home = f"{env['HOME']}/.config/kustomize/plugin"
    assert row(answer, "plugin home") == ("works", f"{home}: tried, and it calls our functions", "")


def test_nothing_is_changed(machine: Machine, root: str) -> None:
    """A doctor looks: home, estate and temporary folder are as before."""
    env = machine(kustomize=tools.kustomize())
    install(env)
    env["TMPDIR"] = os.path.join(env["HOME"], "tmp")
    os.mkdir(env["TMPDIR"])
    before = files(root), files(env["HOME"])
    doctor(env, cwd=root).fine()
    assert (files(root), files(env["HOME"])) == before


def test_no_program_at_all(machine: Machine) -> None:
    """On an empty PATH only the command itself works; each of the others names what to install."""
    answer = doctor(machine())
    refused(answer, "install kustomize 5.4 or newer")
    for name in (
        "kustomize",
        "plugin home",
        "kubectl",
        "exec function",
        "container",
        "helm",
        "argo cd plugin",
    ):
        state, _, fix = row(answer, name)
        assert (state, bool(fix)) == ("absent", True)


@pytest.mark.parametrize("answer", ["echo v5.3.0", "echo nothing", "exit 1"])
def test_a_kustomize_that_will_not_do(machine: Machine, tmp_path: Path, answer: str) -> None:
    """One that is too old or does not say its version is broken, and so is all that needs it."""
    shown = doctor(machine(kustomize=script(tmp_path, answer)))
    assert refused(shown, "install kustomize 5.4 or newer")[0] == "broken"
    assert row(shown, "exec function")[0] == "broken"


def test_a_kustomize_newer_than_any_tested(machine: Machine, tmp_path: Path) -> None:
    """It is called all the same, and said to be new."""
    program = script(tmp_path, f'[ "$1" = version ] && echo v9.0.0 && exit\nexec {tools.kustomize()} "$@"')
    env = machine(kustomize=program)
    install(env)
    detail = row(doctor(env).fine(), "kustomize")[1]
    assert "9.0.0" in detail
    assert "newer than 5.8, the newest that was tested" in detail


@pytest.mark.parametrize("name", ["kustomize-oldest", "kustomize-newest"])
def test_the_ends_of_the_range(machine: Machine, tmp_path: Path, name: str) -> None:
    """The oldest and the newest real kustomize call the functions, and skip an exec function silently.

    The oldest says its version only as a release, not as Go builds it.
    """
    version = tools.installer.TOOLS[name].version
    program = f'[ "$1" = version ] && echo {version} && exit\nexec {tools.installed(name)} "$@"'
    env = machine(kustomize=script(tmp_path, program))
    install(env)
    answer = doctor(env).fine()
    state, detail, fix = row(answer, "exec function")
    assert (state, "exit 0, 0 lines" in detail) == ("works", True)
    assert "--enable-alpha-plugins --enable-exec" in fix


def test_no_plugin_home(machine: Machine) -> None:
    """Where kustomize would look is named."""
    env = machine(kustomize=tools.kustomize())
    detail = refused(doctor(env), "tenantspec plugins install")[1]
    assert f"{env['HOME']}/.config/kustomize/plugin" in detail


def test_a_stale_plugin_home(machine: Machine) -> None:
    """A launcher that another version wrote is not passed over."""
    env = machine(kustomize=tools.kustomize())
    install(env)
    launcher = f"{env['HOME']}/.config/kustomize/plugin/tenantspec.dev/v1alpha1/appoverlay/AppOverlay"
    with open(launcher, encoding="utf-8") as stream:
        text = stream.read()
    with open(launcher, "w", encoding="utf-8") as stream:
        stream.write(text.replace("main('", "main('0.0."))
    assert "stale: AppOverlay" in refused(doctor(env), "tenantspec plugins install --home")[1]
    install(env)
    doctor(env).fine()


def test_a_plugin_home_where_kustomize_does_not_look(machine: Machine, tmp_path: Path) -> None:
    """Both folders are named; the fix leads kustomize to the functions."""
    env = machine(kustomize=tools.kustomize())
    install(env)
    env["XDG_CONFIG_HOME"] = os.fspath(tmp_path / "xdg")
    (tmp_path / "xdg/kustomize/plugin").mkdir(parents=True)
    way_out = refused(doctor(env), "export KUSTOMIZE_PLUGIN_HOME=")[2]
    env["KUSTOMIZE_PLUGIN_HOME"] = way_out.partition("=")[2]
    doctor(env).fine()


def test_a_variable_that_names_no_folder(machine: Machine, root: str) -> None:
    """Kustomize then looks further, to the home directory: doctor knows that."""
    env = {**machine(kustomize=tools.kustomize()), "KUSTOMIZE_PLUGIN_HOME": "/nonexistent"}
    install(env, "--home", f"{env['HOME']}/kustomize/plugin")
    assert row(doctor(env).fine(), "plugin home")[1].startswith(f"{env['HOME']}/kustomize/plugin: ")
    command = [tools.kustomize(), "build", "--enable-alpha-plugins", OVERLAY]
    subprocess.run(command, cwd=root, env=env, capture_output=True, check=True)


def test_a_kustomize_that_calls_no_plugin(machine: Machine, tmp_path: Path) -> None:
    """A build decides, not a version: its last words are the reason."""
    env = machine(
        kustomize=script(tmp_path, '[ "$1" = version ] && echo v5.8.1 && exit\necho crash >&2; exit 2')
    )
    install(env)
    answer = doctor(env)
    assert refused(answer, "plugins install")[1].endswith("a build does not call our functions: crash")
    assert row(answer, "exec function")[0] == "broken"


def test_the_kustomize_inside_kubectl(machine: Machine) -> None:
    """It calls the same plugin home, or lacks it in the same way."""
    env = machine(kustomize=tools.kustomize(), kubectl=tools.kubectl())
    assert row(doctor(env), "kubectl")[0] == "absent"
    install(env)
    state, detail, _ = row(doctor(env).fine(), "kubectl")
    assert re.match(r"kustomize 5\.\d+\.\d+ in .*/kubectl: tried, and it calls our functions$", detail), (
        detail
    )
    assert state == "works"


def test_a_kubectl_that_is_too_old(machine: Machine, tmp_path: Path) -> None:
    """Its kustomize is older than what the functions need; the default is not touched by that."""
    old = script(tmp_path, "echo kustomizeVersion: v5.0.1")
    env = machine(kustomize=tools.kustomize(), kubectl=old)
    install(env)
    state, detail, fix = row(doctor(env).fine(), "kubectl")
    assert (state, "kustomize 5.0.1" in detail, "newer kubectl" in fix) == ("broken", True, True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("helm", r"4\.2[. ].*installed plugin of type postrenderer/v1"),
        ("helm3", r"3\.21[. ].*path of a program"),
    ],
)
def test_helm_s_two_forms(machine: Machine, name: str, said: str) -> None:
    """The real Helm 4 and Helm 3 are told apart."""
    state, detail, _ = row(doctor(machine(helm=tools.installed(name))), "helm")
    assert state == "works"
    assert re.match(said, detail), detail


def test_something_else_called_helm(machine: Machine, tmp_path: Path) -> None:
    """A program that is no Helm 3 or 4 is broken."""
    helm = script(tmp_path, "echo v2.17.0")
    assert row(doctor(machine(helm=helm)), "helm")[:2] == (
        "broken",
        f"{tmp_path}/bin/helm is no Helm 3 or 4: 2.17.0",
    )


def test_an_exec_function_of_an_estate_is_a_warning(machine: Machine, root: str) -> None:
    """In a file or inside a kustomization, it is found with its line; kustomize itself says nothing at all."""
    env = machine(kustomize=tools.kustomize())
    install(env)
    folder = os.path.join(root, "extra")
    os.mkdir(folder)
    with open(os.path.join(folder, "printer.yaml"), "w", encoding="utf-8") as stream:
        stream.write(EXEC)
    inline = "".join(f"  {line}\n" for line in EXEC.replace("name: printer", "name: second").splitlines())
    with open(os.path.join(folder, "kustomization.yaml"), "w", encoding="utf-8") as stream:
        stream.write(f"generators:\n- printer.yaml\n- |\n{inline}")
    command = [tools.kustomize(), "build", "--enable-alpha-plugins", folder]
    hidden = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert (hidden.stdout, hidden.stderr) == ("", "")
    answer = doctor(env, cwd=root).fine()
    assert answer.stderr.count("warning[TS927]: kustomize skips this Printer silently") == 2
    assert "--> estate/extra/printer.yaml:6:5\n" in answer.stderr
    assert "--> estate/extra/kustomization.yaml:3:3\n" in answer.stderr


def test_files_that_are_no_function_configs(machine: Machine, root: str) -> None:
    """Broken, binary and foreign files are not doctor's business."""
    env = machine(kustomize=tools.kustomize())
    install(env)
    texts = {
        "broken.yaml": b"config.kubernetes.io/function: [",
        "binary.yaml": b"\xff\xfe config.kubernetes.io/function",
        "odd.yaml": b"metadata: {annotations: {config.kubernetes.io/function: [exec]}}\n--- \n[config]\n",
        "shape.yaml": b"metadata: [config.kubernetes.io/function]\ngenerators: {a: b}\n",
        "container.yaml": EXEC.replace("exec: {path: ./printer}", "container: {image: printer}").encode(),
    }
    for name, text in texts.items():
        with open(os.path.join(root, name), "wb") as stream:
            stream.write(text)
    assert doctor(env, cwd=root).fine().stderr == ""


def test_for_a_program(machine: Machine, root: str) -> None:
    """JSON holds the rows and the diagnostics, on stdout, with the same exit code."""
    env = machine()
    with open(os.path.join(root, "printer.yaml"), "w", encoding="utf-8") as stream:
        stream.write(EXEC)
    answer = doctor(env, "--format", "json", "--root", root)
    assert (answer.code, answer.stderr) == (1, "")
    told = json.loads(answer.stdout)
    assert told["tenantspec"] == __version__
    assert [transport["name"] for transport in told["transports"]][:3] == [
        "in process",
        "kustomize",
        "plugin home",
    ]
    assert told["transports"][2] == {
        "name": "plugin home",
        "state": "absent",
        "detail": "no kustomize: 'kustomize' is not a program",
        "fix": "install kustomize 5.4 or newer, or name it with KUSTOMIZE=PATH",
    }
    assert [(d["code"], d["file"]) for d in told["diagnostics"]] == [
        ("TS926", None),
        ("TS927", "printer.yaml"),
    ]


def test_a_root_that_is_none(machine: Machine, tmp_path: Path) -> None:
    """A folder that was named and holds no estate is an error, not nothing to look at."""
    doctor(machine(), "--root", os.fspath(tmp_path)).refused("TS901")


def test_a_narrow_terminal_folds_the_table(machine: Machine) -> None:
    """No line is longer than the terminal, but for paths that cannot be broken."""
    env = {**machine(), "COLUMNS": "70"}
    lines = doctor(env).stdout.splitlines()
    assert all(len(line) <= 70 or len(line.split()) <= 4 for line in lines), lines
