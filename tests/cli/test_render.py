"""render prints or writes all of what is asked for, or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from tests.cli.command import COMMAND, OVERLAY, WEB, environment, on_terminal, tenantspec
from tests.scaffold.estates import files, replace, write

FOLDERS = [
    "clusters/main",
    *(f"clusters/main/{environment}" for environment in ("dev", "prod", "stg")),
    *(f"{WEB}/overlays/{environment}" for environment in ("dev", "prod", "stg")),
]
MANIFESTS = sorted(["tenantspec.txt", *(f"{folder}/manifests.yaml" for folder in FOLDERS)])


def rendered(*arguments: str, cwd: str) -> list[dict[str, object]]:
    """Return the manifests of a rendering."""
    return [
        m
        for m in yaml.load_all(tenantspec("render", *arguments, cwd=cwd).fine().stdout, yaml.CSafeLoader)
        if m
    ]


def break_last_unit(root: str) -> None:
    """Make the rendering fail where it has come to its last kustomization, which only kustomize can build."""
    with open(os.path.join(root, "clusters/main/kustomization.yaml"), "a", encoding="utf-8") as stream:
        stream.write("resources: [missing.yaml]\n")


# --- stdout


def test_the_whole_is_its_parts(root: str) -> None:
    """Without a selection every kustomization is printed, each as `build` prints it."""
    whole = tenantspec("render", cwd=root).fine()
    parts = [tenantspec("build", folder, cwd=root).fine().stdout for folder in FOLDERS]
    assert sorted(whole.stdout.split("---\n")) == sorted("---\n".join(parts).split("---\n"))
    assert whole.stderr == ""


@pytest.mark.parametrize(
    ("option", "name", "label"),
    [
        ("--tenant", "tenant-a", "tenantspec.dev/tenant"),
        ("--app", "app2", "tenantspec.dev/app"),
        ("--environment", "prod-eu", "tenantspec.dev/environment"),
    ],
)
def test_a_selection(gitops: str, option: str, name: str, label: str) -> None:
    """Only what is selected is printed; labels tell."""
    found = [m["metadata"].get("labels", {}).get(label) for m in rendered(option, name, cwd=gitops)]  # type: ignore[attr-defined]
    assert name in found
    assert set(found) <= {name, None}


def test_a_hub_holds_its_environments(gitops: str) -> None:
    """--hub selects a hub's own manifests, its clusters' and their apps'."""
    labels = [m["metadata"].get("labels", {}) for m in rendered("--hub", "us-west-2", cwd=gitops)]  # type: ignore[attr-defined]
    assert {found.get("tenantspec.dev/environment") for found in labels} == {"dev", "stg", None}
    assert any(m["kind"] == "AppProject" for m in rendered("--hub", "us-west-2", cwd=gitops))


def test_selections_narrow_each_other(gitops: str) -> None:
    """All of them hold at once."""
    one = rendered("--tenant", "tenant-b", "--app", "app1", "--environment", "stg", cwd=gitops)
    assert [m["metadata"]["name"] for m in one if m["kind"] == "Deployment"] == ["app1"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("option", "name", "said"),
    [
        ("--tenant", "tenant-d", "did you mean 'tenant-"),
        ("--tenant", "nope", "known: tenant-a, tenant-b, tenant-c"),
        ("--app", "app9", "did you mean 'app"),
        ("--environment", "prod-us", "did you mean 'prod-ue'?"),
        ("--hub", "us-west-1", "did you mean 'us-west-2'?"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(gitops: str, option: str, name: str, said: str) -> None:
    """A misspelt selection is an error, never an empty success."""
    answer = tenantspec("render", option, name, cwd=gitops).refused("TS301")
    assert f"unknown {option[2:]} '{name}'" in answer.stderr
    assert said in answer.stderr


def test_an_app_of_another_tenant_is_unknown(gitops: str) -> None:
    """--app looks among the apps of --tenant."""
    tenantspec("render", "--tenant", "tenant-c", "--app", "app3", cwd=gitops).refused("TS301")


def test_all_unknown_names_are_told_at_once(gitops: str) -> None:
    """Two misspelt options are two diagnostics."""
    tenantspec("render", "--tenant", "x", "--hub", "y", cwd=gitops).refused("TS301", "TS301")


def test_nothing_selected_is_said(root: str) -> None:
    """A selection of nothing is no error, but no silence either."""
    replace(root, f"{WEB}/versions.yaml", "  prod: 6.9.1\n", "")
    answer = tenantspec("render", "--app", "web", "--environment", "prod", cwd=root).fine()
    assert answer.stdout == ""
    assert answer.stderr.startswith("nothing to render")


def test_a_failure_prints_nothing(root: str) -> None:
    """Not even the kustomizations that could be rendered before it."""
    break_last_unit(root)
    assert "missing.yaml" in tenantspec("render", cwd=root).refused("TS908").stderr


def test_progress_is_for_terminals(root: str) -> None:
    """A bar on a terminal's stderr leaves stdout as it is in a pipe."""
    shown = on_terminal("render", cwd=root).fine()
    assert "rendering  [" in shown.stderr
    assert "100%" in shown.stderr
    assert shown.stdout == tenantspec("render", cwd=root).fine().stdout


# --- a folder


def test_a_folder_gets_one_file_per_kustomization(root: str) -> None:
    """Each holds what `build` prints; the folder, and those above it, are made."""
    answer = tenantspec("render", "-o", "out/all", cwd=root).fine()
    assert (answer.stdout, answer.stderr) == ("", "7 manifests.yaml written to out/all\n")
    written = files(os.path.join(root, "out/all"))
    assert sorted(written) == MANIFESTS
    built = tenantspec("build", OVERLAY, cwd=root).fine().stdout
    assert written[f"{OVERLAY}/manifests.yaml"].decode() == built
    tenantspec("check", cwd=root).fine()


def test_what_is_gone_is_removed(root: str) -> None:
    """A rendering of the whole estate removes the manifests of an app that is gone, and no other file."""
    tenantspec("render", "-o", "out", cwd=root).fine()
    for own in (
        "README.md",
        "tenants/notes.yaml",
        f"{OVERLAY}/own.yaml",
        "manifests.yaml",
        "own/manifests.yaml",
    ):
        write(root, f"out/{own}", "mine\n")
    replace(root, f"{WEB}/versions.yaml", "  stg: 6.9.1\n", "")
    answer = tenantspec("render", "-o", "out", cwd=root).fine()
    assert answer.stderr == "6 manifests.yaml written to out, 1 of what is gone removed\n"
    assert not os.path.exists(os.path.join(root, f"out/{WEB}/overlays/stg"))
    assert sum(content == b"mine\n" for content in files(os.path.join(root, "out")).values()) == 5


def test_a_part_leaves_the_rest_alone(root: str) -> None:
    """A selection writes its own files; what it does not look at may be gone or not."""
    tenantspec("render", "-o", "out", cwd=root).fine()
    replace(root, f"{WEB}/versions.yaml", "  stg: 6.9.1\n", "")
    tenantspec("render", "--environment", "prod", "-o", "out", cwd=root).fine()
    assert sorted(files(os.path.join(root, "out"))) == MANIFESTS


def test_a_failing_rendering_leaves_the_folder_as_it_was(root: str) -> None:
    """No file of a half-done set is written, and nothing temporary stays."""
    tenantspec("render", "-o", "out", cwd=root).fine()
    before = files(root)
    break_last_unit(root)
    replace(root, f"{WEB}/versions.yaml", "6.9.1", "6.9.2")
    tenantspec("render", "-o", "out", cwd=root).refused("TS908")
    tenantspec("render", "-o", "new/out", cwd=root).refused("TS908")
    after = files(root)
    assert {file for file in before | after if before.get(file) != after.get(file)} == {
        "clusters/main/kustomization.yaml",
        f"{WEB}/versions.yaml",
    }
    assert not os.path.exists(os.path.join(root, "new"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_rendering_leaves_nothing(root: str, tmp_path: Path, number: signal.Signals) -> None:
    """Interrupted while kustomize builds the last kustomization: exit 130, and no file anywhere."""
    break_last_unit(root)
    slow = tmp_path / "kustomize"
    slow.write_text(
        f"#!/bin/sh\n[ $1 = version ] && echo v5.8.1 && exit\ntouch {tmp_path}/asked\nexec sleep 60\n"
    )
    slow.chmod(0o755)
    before = files(root)
    command = [*COMMAND, "render", "-o", "out"]
    env = environment(KUSTOMIZE=os.fspath(slow))
    with subprocess.Popen(
        command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / "asked").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout, stderr.strip()) == (130, b"", b"")
    assert files(root) == before
    assert not os.path.exists(os.path.join(root, "out"))


def test_a_folder_that_cannot_be_written_is_a_diagnostic(root: str) -> None:
    """Below a file, or where a folder stands in a file's place: told, and nothing is written."""
    write(root, "file", "")
    assert (
        "file/out: not a directory"
        in tenantspec("render", "-o", "file/out", cwd=root).refused("TS608").stderr
    )
    for blocked in (f"a/{OVERLAY}/manifests.yaml/own", "b/clusters"):
        write(root, blocked, "")
        before = files(root)
        tenantspec("render", "-o", blocked[0], cwd=root).refused("TS608")
        assert files(root) == before


@pytest.mark.parametrize("folder", [".", "tenants", "clusters/main", "base/rendered"])
def test_manifests_do_not_go_among_the_specs(root: str, folder: str) -> None:
    """They would become parts of the estate: a usage error."""
    before = files(root)
    answer = tenantspec("render", "-o", folder, cwd=root)
    assert answer.code == 2
    assert "lies among the specs" in answer.stderr
    assert files(root) == before


def test_another_estate_is_no_folder_for_manifests(root: str, gitops: str) -> None:
    """A folder with a platform.yaml is somebody's estate."""
    assert tenantspec("render", "-o", gitops, cwd=root).code == 2


# --- readers


def test_a_reader_that_leaves_is_no_failure_to_report(gitops: str, path: str) -> None:
    """`render | head -1` ends quietly, with the code of any program whose reader has left."""
    done = subprocess.run(
        ["bash", "-c", 'tenantspec render | head -1; echo "${PIPESTATUS[@]}"'],
        cwd=gitops,
        env=environment(PATH=path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["apiVersion: v1", "141 0"]
    assert done.stderr == ""


def test_a_full_disk_is_a_diagnostic(root: str) -> None:
    """What cannot be printed is told, without a traceback."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "render"],
            cwd=root,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(b"error[TS608]: cannot write to stdout: no space left on device\n")
