"""Whatever a file holds, a person gets diagnostics: never a traceback, half an output or a changed estate."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

import pytest

from tests.cli.command import OVERLAY, WEB, tenantspec
from tests.scaffold.estates import files

APP: Final = f"{WEB}/app.yaml"
VERSIONS: Final = f"{WEB}/versions.yaml"
TENANT: Final = "tenants/team-a/config/tenant.yaml"
PLATFORM: Final = "platform.yaml"
HEAD: Final = b"apiVersion: tenantspec.dev/v1alpha1\nkind: App\n"
FOLDER: Final = b"a folder, not a file"

FAULTS: Final[Mapping[str, tuple[str, bytes, str]]] = {
    "an app that is not YAML": (APP, HEAD + b"spec: {port: [\n", "TS101"),
    "a tab as indentation": (APP, HEAD + b"spec:\n\tport: 80\n", "TS101"),
    "a key twice": (APP, HEAD + b"kind: App\n", "TS102"),
    "a tag": (APP, HEAD + b"spec: !!map {}\n", "TS103"),
    "an empty app": (APP, b"", "TS108"),
    "an app of comments": (APP, b"# later\n", "TS108"),
    "two apps in a file": (APP, HEAD + b"---\n" + HEAD, "TS109"),
    "a list": (APP, b"- a\n", "TS110"),
    "an app that is not UTF-8": (APP, HEAD + b"# caf\xe9\n", "TS107"),
    "UTF-16": (APP, HEAD.decode().encode("utf-16"), "TS107"),
    "a zero byte": (APP, HEAD + b"\0\n", "TS101"),
    "an app of another name": (
        APP,
        HEAD + b"metadata: {name: other, namespace: team-a}\nspec: {image: a.b/c:1}\n",
        "TS206",
    ),
    "an app of another tenant": (
        APP,
        HEAD + b"metadata: {name: web, namespace: other}\nspec: {image: a.b/c:1}\n",
        "TS206",
    ),
    "a folder in an app's place": (APP, FOLDER, "TS106"),
    "versions that are not YAML": (VERSIONS, b"spec: [\n", "TS101"),
    "a tenant that is not YAML": (TENANT, b"spec: [\n", "TS101"),
    "an empty tenant": (TENANT, b"", "TS108"),
    "a platform that is not YAML": (PLATFORM, b"spec: [\n", "TS101"),
    "an empty platform": (PLATFORM, b"", "TS108"),
    "a platform that is not UTF-8": (PLATFORM, b"\xff\xfe\n", "TS107"),
    "another kind of platform": (PLATFORM, HEAD, "TS203"),
}
COMMANDS: Final = {
    "check": ["check"],
    "sync": ["sync"],
    "render": ["render"],
    "render -o": ["render", "-o", "out"],
    "build": ["build", OVERLAY],
    "add": ["add", "app", "team-a", "cart", "--image", "ghcr.io/example/cart:1.0.0"],
}


def spoil(root: str, file: str, content: bytes) -> None:
    """Put a fault in a file's place."""
    path = os.path.join(root, file)
    os.remove(path)
    if content is FOLDER:
        os.mkdir(path)
        return
    with open(path, "wb") as stream:
        stream.write(content)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_file(root: str, fault: str) -> None:
    """Its code and its place are told."""
    refused(root, fault, "check")


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "check"])
@pytest.mark.parametrize(
    "fault",
    ["an app that is not YAML", "an empty tenant", "a platform that is not UTF-8", "an app of another name"],
)
def test_every_command_that_meets_it(root: str, fault: str, command: str) -> None:
    """Whoever reads the file says the same of it."""
    refused(root, fault, command)


def refused(root: str, fault: str, command: str) -> None:
    """Check that a command tells a fault, prints nothing else, and leaves every byte."""
    file, content, code = FAULTS[fault]
    spoil(root, file, content)
    before = files(root)
    answer = tenantspec(*COMMANDS[command], cwd=root)
    assert (answer.code, answer.stdout) == (1, ""), answer
    assert f"error[{code}]" in answer.stderr
    assert f"--> estate/{file}:" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert files(root) == before
    assert not os.path.exists(os.path.join(root, "out"))


@pytest.mark.parametrize("command", COMMANDS)
def test_an_absent_platform(root: str, command: str) -> None:
    """Without platform.yaml there is no estate."""
    os.remove(os.path.join(root, PLATFORM))
    before = files(root)
    tenantspec(*COMMANDS[command], cwd=root).refused("TS901")
    assert files(root) == before


def test_an_absent_tenant(root: str) -> None:
    """Apps without the tenant that owns them are told by the file that is missing."""
    os.remove(os.path.join(root, TENANT))
    for command in (["check"], ["render"], ["sync"]):
        answer = tenantspec(*command, cwd=root)
        assert (answer.code, answer.stdout) == (1, "")
        assert TENANT in answer.stderr


def test_a_link_out_of_the_estate(root: str) -> None:
    """A spec is a file of the estate: a link elsewhere is not followed."""
    os.remove(os.path.join(root, APP))
    os.symlink("/etc/passwd", os.path.join(root, APP))
    assert "outside the estate's root" in tenantspec("check", cwd=root).refused("TS106").stderr


@pytest.mark.parametrize("file", ["base/deployment/deployment.yaml", "base/deployment/kustomization.yaml"])
@pytest.mark.parametrize("command", ["check", "render", "build"])
def test_a_broken_base(root: str, file: str, command: str) -> None:
    """The platform's own manifests are read with the same care."""
    spoil(root, file, b"a: [\n")
    answer = tenantspec(*COMMANDS[command], cwd=root)
    assert (answer.code, answer.stdout) == (1, "")
    assert f"estate/{file}:" in answer.stderr


@pytest.mark.parametrize("text", [b"generators: [\n", b"", b"\xff\n", b"- a\n", b"generators: [gone.yaml]\n"])
def test_a_broken_kustomization(root: str, text: bytes) -> None:
    """A kustomization that says nothing sensible is told by tenantspec or by kustomize, and nothing is printed."""
    spoil(root, f"{OVERLAY}/kustomization.yaml", text)
    for command in (["build", OVERLAY], ["render"]):
        answer = tenantspec(*command, cwd=root)
        assert (answer.code, answer.stdout) == (1, ""), answer
        assert answer.stderr
        assert "Traceback" not in answer.stderr
