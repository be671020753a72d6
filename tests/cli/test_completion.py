"""Completion: commands, options, and the names that the estate has."""

from __future__ import annotations

import subprocess

import pytest

from tests.cli.command import environment, tenantspec

COMPLETE = """\
eval "$(tenantspec completion bash)"
COMP_WORDS=(tenantspec "$@")
COMP_CWORD=$#
_tenantspec_completion tenantspec "${@: -1}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def in_bash(path: str, cwd: str, *words: str) -> list[str]:
    """Return what bash offers for the last of some words."""
    command = ["bash", "-c", COMPLETE, "bash", *words]
    done = subprocess.run(
        command, cwd=cwd, env=environment(PATH=path), capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["ren"], ["render"]),
        (["add", ""], ["app", "cluster", "environment", "tenant"]),
        (["sync", "--c"], ["--check"]),
        (["check", "--format", ""], ["text", "json", "sarif", "github"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["explain", "ts40"], [f"TS40{digit}" for digit in range(1, 10)]),
        (["schema", "Tenant"], ["tenant", "tenantapplications"]),
        (["render", "--tenant", ""], ["tenant-a", "tenant-b", "tenant-c"]),
        (["render", "--tenant", "tenant-b", "--app", ""], ["app1", "app2"]),
        (["render", "--environment", "prod"], ["prod-ue", "prod-eu"]),
        (["render", "--hub", "us"], ["us-west-2"]),
        (["add", "app", "tenant-c"], ["tenant-c"]),
        (["add", "environment", "qa", "--stage", "s"], ["stg"]),
        (["add", "tenant", "x", "--environment", "d"], ["dev"]),
    ],
    ids=" ".join,
)
def test_bash(path: str, gitops: str, words: list[str], offered: list[str]) -> None:
    """The script that `completion bash` prints completes in a real bash."""
    assert sorted(map(str.lower, in_bash(path, gitops, *words))) == sorted(map(str.lower, offered))


def test_a_broken_estate_offers_no_names(path: str, gitops: str) -> None:
    """Completing says nothing of what is wrong."""
    with open(f"{gitops}/platform.yaml", "w", encoding="utf-8") as stream:
        stream.write("{")
    assert in_bash(path, gitops, "render", "--hub", "") == []
    assert in_bash(path, "/", "render", "--tenant", "") == []
    assert in_bash(path, gitops, "render", "--tenant", "") == ["tenant-a", "tenant-b", "tenant-c"]


@pytest.mark.parametrize(
    ("shell", "script", "words"),
    [
        (
            "zsh",
            "compdef _tenantspec_completion tenantspec",
            {"COMP_WORDS": "tenantspec ren", "COMP_CWORD": "1"},
        ),
        (
            "fish",
            "complete --no-files --command tenantspec",
            {"COMP_WORDS": "tenantspec ren", "COMP_CWORD": "ren"},
        ),
    ],
)
def test_zsh_and_fish(gitops: str, shell: str, script: str, words: dict[str, str]) -> None:
    """Each script registers itself for the command and asks it as that shell does."""
    printed = tenantspec("completion", shell, cwd=gitops).fine().stdout
    assert script in printed
    assert f"_TENANTSPEC_COMPLETE={shell}_complete" in printed
    env = environment(_TENANTSPEC_COMPLETE=f"{shell}_complete", **words)
    assert "render" in tenantspec(cwd=gitops, env=env).fine().stdout
