"""The installer of pinned programs: it builds once, checks what it downloads, and never skips."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.tools import installer

if TYPE_CHECKING:
    from pathlib import Path

KUSTOMIZE = installer.TOOLS["kustomize"]
SYSTEM = "linux_amd64"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give each test an empty cache."""
    monkeypatch.setenv("TENANTSPEC_CACHE", os.fspath(tmp_path))
    return os.fspath(tmp_path)


def toy(monkeypatch: pytest.MonkeyPatch, **fields: Any) -> list[str]:
    """Put a tool called toy into the table and return the targets that it is made at."""
    made: list[str] = []

    def make(_: object, target: str) -> None:
        made.append(target)
        installer.write_program(target, b"#!/bin/sh\n")

    tool = installer.Tool("toy", "v1", "example.com/toy", make, "no time", **fields)
    monkeypatch.setattr(installer, "TOOLS", {"toy": tool})
    return made


def released(monkeypatch: pytest.MonkeyPatch, content: bytes) -> bytes:
    """Serve a release that holds a program with this content, for a machine that has no Go."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        member = tarfile.TarInfo("kustomize")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    monkeypatch.setattr(installer, "download", lambda _: archive.getvalue())
    monkeypatch.setattr(installer.shutil, "which", lambda _: None)
    monkeypatch.setattr(installer.platform, "system", lambda: "Linux")
    monkeypatch.setattr(installer.platform, "machine", lambda: "x86_64")
    return archive.getvalue()


def test_a_program_is_made_once(monkeypatch: pytest.MonkeyPatch, cache: str) -> None:
    """A second call finds what the first made, at a path that names the version."""
    made = toy(monkeypatch)
    paths = {installer.install("toy") for _ in range(2)}
    assert paths == {f"{cache}/bin/toy-v1/toy"}
    assert len(made) == 1


def test_half_a_program_is_made_again(monkeypatch: pytest.MonkeyPatch, cache: str) -> None:
    """What an interrupted build left is not taken for the program."""
    os.makedirs(f"{cache}/bin/toy-v1")
    os.symlink("nowhere", f"{cache}/bin/toy-v1/toy.partial")
    toy(monkeypatch)
    assert os.path.isfile(installer.install("toy"))


def test_a_program_on_path_may_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a tool accepts the one on PATH, nothing is made."""
    made = toy(monkeypatch, on_path=lambda: "/bin/sh")
    assert installer.install("toy") == "/bin/sh"
    assert made == []


def test_an_unknown_name_is_a_usage_error() -> None:
    """A misspelt program is exit 2, so a recipe that names one cannot pass."""
    assert installer.main(["kustomise"]) == 2


def test_a_program_that_cannot_be_had_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing compiler is exit 1 with what is missing, never a skip."""
    monkeypatch.setenv("PATH", "/nonexistent")
    assert installer.main(["etcd"]) == 1
    assert "go is not on PATH" in capsys.readouterr().err


def test_the_release_is_installed_without_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no Go, the official release with the pinned checksum becomes the program."""
    archive = released(monkeypatch, b"#!/bin/sh\necho v5.8.1\n")
    monkeypatch.setattr(installer, "KUSTOMIZE_SHA256", {SYSTEM: hashlib.sha256(archive).hexdigest()})
    path = installer.install("kustomize")
    assert subprocess.run([path], capture_output=True, check=True).stdout == b"v5.8.1\n"


def test_a_release_with_another_checksum_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A download that is not the pinned one never becomes a program."""
    released(monkeypatch, b"something else")
    with pytest.raises(installer.ToolError, match=f"not {installer.KUSTOMIZE_SHA256[SYSTEM]}"):
        installer.install("kustomize")
    assert not os.path.exists(installer.path_of(KUSTOMIZE))


def test_a_machine_without_a_release_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform with no pinned checksum is an error with the way out."""
    released(monkeypatch, b"")
    monkeypatch.setattr(installer.platform, "machine", lambda: "riscv64")
    with pytest.raises(installer.ToolError, match="linux_riscv64: install Go or kustomize"):
        installer.install("kustomize")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("k8s.io/api", {"Path": "./staging/src/k8s.io/api"}, "replace k8s.io/api => k8s.io/api v0.37.0"),
        ("a.example/b", {"Path": "a.example/c", "Version": "v1"}, "replace a.example/b => a.example/c v1"),
        ("a.example/b", {"Path": "../b"}, None),
    ],
)
def test_replacements_hold_outside_their_tree(old: str, new: dict[str, str], line: str | None) -> None:
    """A wrapper keeps what upstream replaces by a version, and asks the proxy for what is in its tree."""
    replaced = list(installer.replacement({"Old": {"Path": old}, "New": new}, "v1.37.0"))
    assert replaced == ([line] if line else [])
