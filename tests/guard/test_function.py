"""TenancyGuard as kustomize calls it: nothing changes, or the build fails and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.functions import home
from krm_functions.functions.build import build
from krm_functions.functions.run import run
from tests.guard.estates import FLAGS, GUARD, copied, kustomize, overlay
from tests.guard.sound import GITOPS, OVERLAY

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS: Final = ("kustomize", "kustomize-oldest")
CONFIG: Final = "apiVersion: tenantspec.dev/v1alpha1\nkind: TenancyGuard\nmetadata: {name: guard}\n"
MORE: Final = """\
resources: [flags.yaml]
configMapGenerator:
- name: app1-made
  namespace: tenant-a-dev
  literals: ["on=yes", "long=a b", 'quoted="1"']
patches:
- target: {kind: Deployment}
  patch: |
    - {op: add, path: /spec/template/spec/containers/0/envFrom, value: [{configMapRef: {name: app1-made}}]}
"""
OURS: Final = FLAGS.replace("NAMESPACE", "tenant-a-dev")


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_guard_changes_no_byte(tmp_path: Path, plugin_home: str, program: str) -> None:
    """With and without the guard listed, kustomize prints the same bytes: hashed names and references included."""
    without = copied(tmp_path / "a", {"kustomization.yaml": overlay(MORE), "flags.yaml": OURS})
    listed = copied(tmp_path / "b", {"kustomization.yaml": overlay(MORE, guarded=True), "flags.yaml": OURS})
    expected, answer = kustomize(without, plugin_home, program), kustomize(listed, plugin_home, program)
    assert answer.returncode == 0, answer.stderr.decode()
    assert answer.stdout == expected.stdout
    assert b"app1-made-" in answer.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_guard_names_each_object_and_field(tmp_path: Path, plugin_home: str, program: str) -> None:
    """A build that leaves its tenant fails, prints no manifest, and names kind, namespace, name and field."""
    patch = "patches:\n- target: {kind: Service}\n  patch: |\n    - {op: add, path: /spec/type, value: NodePort}\n"
    more = f"resources: [flags.yaml]\n{patch}"
    files = {
        "kustomization.yaml": overlay(more, guarded=True),
        "flags.yaml": FLAGS.replace("NAMESPACE", "tenant-b-dev"),
    }
    answer = kustomize(copied(tmp_path, files), plugin_home, program)
    assert answer.returncode != 0
    assert answer.stdout == b""
    said = answer.stderr.decode()
    assert "TS521]: ConfigMap tenant-b-dev/app1-flags: metadata.namespace: " in said
    assert "overlays/dev/flags.yaml:3:" in said
    assert "TS525]: Service tenant-a-dev/app1: spec.type: " in said


def test_a_platforms_room_is_judged_too(tmp_path: Path, plugin_home: str) -> None:
    """In a cluster's folder a patch that weakens a guard fails the build; a label that the platform adds does not."""
    room = "clusters/us-west-2/dev"
    written = (
        "generators:\n- |\n  apiVersion: tenantspec.dev/v1alpha1\n  kind: ClusterOverlay\n"
        "  metadata: {name: dev}\n  spec: {environment: dev}\n"
        f"transformers:\n{GUARD}"
    )
    label = "labels:\n- pairs: {example.com/house: yes-it-is}\n"
    fine = kustomize(copied(tmp_path / "a", {"kustomization.yaml": written + label}, room), plugin_home)
    assert fine.returncode == 0, fine.stderr.decode()
    removal = (
        "patches:\n- target: {kind: NetworkPolicy, name: default-deny, namespace: tenant-a-dev}\n"
        "  patch: |\n    $patch: delete\n    apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy\n"
        "    metadata: {name: default-deny}\n"
    )
    answer = kustomize(copied(tmp_path / "b", {"kustomization.yaml": written + removal}, room), plugin_home)
    assert answer.returncode != 0
    assert "TS536]: NetworkPolicy tenant-a-dev/default-deny: " in answer.stderr.decode()


def test_the_command_builds_a_guarded_overlay_in_process(
    tmp_path: Path, plugin_home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kustomization of our generator and the guard alone needs no kustomize, and gives its bytes."""
    folder = copied(tmp_path, {"kustomization.yaml": overlay(guarded=True)})
    expected = kustomize(folder, plugin_home)
    assert expected.returncode == 0, expected.stderr.decode()
    monkeypatch.setenv("KUSTOMIZE", "no-such-program")
    assert build(str(folder))[0] == expected.stdout


def test_a_broken_config_is_told() -> None:
    """The guard's config is checked like any other."""
    answer = run(f"{CONFIG}spec: {{strict: true}}\n", f"{GITOPS}/{OVERLAY}")
    assert (answer.code, answer.stdout) == (1, b"")
    assert "TS201" in answer.stderr


@pytest.mark.parametrize("items", [b"\xff", b"a: [", b"a: 1\na: 2\n", b"!!python/none x", b"? [a]\n: b\n"])
def test_items_that_cannot_be_read_fail_the_build(items: bytes) -> None:
    """What cannot be read cannot be judged: TS533, and nothing is printed."""
    answer = run(CONFIG, f"{GITOPS}/{OVERLAY}", stdin=lambda: items)
    assert (answer.code, answer.stdout) == (1, b"")
    assert "TS533" in answer.stderr


def test_a_folder_of_nobodys_is_refused() -> None:
    """Listed in a tenant's folder that is no overlay, the guard does not guess whose it is."""
    answer = run(CONFIG, f"{GITOPS}/tenants/tenant-a/config", stdin=lambda: b"kind: x\n")
    assert "TS534" in answer.stderr
    assert answer.code == 1


def test_an_estate_inside_a_tenants_folder_is_refused(tmp_path: Path, plugin_home: str) -> None:
    """A platform.yaml that a tenant commits does not become the platform's word."""
    with open(f"{GITOPS}/platform.yaml", encoding="utf-8") as stream:
        forged = stream.read().replace("ghcr.io/opsera", "docker.io/evil")
    files = {"kustomization.yaml": overlay(guarded=True), "platform.yaml": forged}
    answer = kustomize(copied(tmp_path, files), plugin_home)
    assert answer.returncode != 0
    assert answer.stdout == b""


def test_a_forged_root_is_refused(tmp_path: Path) -> None:
    """Nor does spec.root lead the guard to one."""
    folder = copied(tmp_path, {"kustomization.yaml": overlay()})
    (folder / "forged").mkdir()
    (folder / "forged" / "platform.yaml").write_text((folder.parents[5] / "platform.yaml").read_text())
    answer = run(f"{CONFIG}spec: {{root: forged}}\n", str(folder), stdin=lambda: b"kind: x\n")
    assert answer.code == 1
    assert "TS541" in answer.stderr


def test_the_launcher_is_one_of_the_plugin_homes(plugin_home: str) -> None:
    """The guard is installed like any function."""
    found = {launcher.kind: launcher.health for launcher in home.launchers(plugin_home)}
    assert found["TenancyGuard"] == "ok"
