"""The guard is no option: check, render and build run it on every unit as built, listed or not."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from tests.cli.command import environment, tenantspec
from tests.guard.estates import FLAGS, copied, overlay
from tests.guard.sound import OVERLAY

if TYPE_CHECKING:
    from pathlib import Path

FOREIGN: Final = {
    "kustomization.yaml": overlay("resources: [flags.yaml]\n"),
    "flags.yaml": FLAGS.replace("NAMESPACE", "tenant-b-dev"),
}
OWN: Final = {**FOREIGN, "flags.yaml": FLAGS.replace("NAMESPACE", "tenant-a-dev")}
COMMANDS: Final = (("check",), ("render",), ("build", OVERLAY))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_foreign_object_beside_an_overlay_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    """The diagnostic stands at the line of the file that a person wrote, and nothing is printed."""
    root = copied(tmp_path, FOREIGN).parents[5]
    said = tenantspec(*command, cwd=os.fspath(root)).refused("TS521").stderr
    assert f"gitops/{OVERLAY}/flags.yaml:3:" in said
    assert "ConfigMap tenant-b-dev/app1-flags: metadata.namespace: " in said


@pytest.mark.parametrize("command", COMMANDS)
def test_an_own_object_beside_an_overlay_passes(tmp_path: Path, command: tuple[str, ...]) -> None:
    """What stays inside is no problem to any of them."""
    root = copied(tmp_path, OWN).parents[5]
    tenantspec(*command, cwd=os.fspath(root)).fine()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_field_that_reaches_out_is_refused_before_kustomize_runs(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    """The kustomization is judged first, and placed at its line."""
    root = copied(tmp_path, {"kustomization.yaml": overlay("namespace: tenant-b-dev\n")}).parents[5]
    alone = environment(KUSTOMIZE="/nonexistent")
    said = tenantspec(*command, cwd=os.fspath(root), env=alone).refused("TS540").stderr
    assert f"gitops/{OVERLAY}/kustomization.yaml:7:1" in said


def test_a_function_that_runs_a_program_is_refused_where_kustomize_is_not_needed(tmp_path: Path) -> None:
    """A kustomization that looks like nothing but ours is judged all the same: kustomize would run the program."""
    runs = "namespace: tenant-a, annotations: {config.kubernetes.io/function: 'exec: {path: x}'}}"
    text = overlay().replace("namespace: tenant-a}", runs)
    root = copied(tmp_path, {"kustomization.yaml": text}).parents[5]
    for command in COMMANDS:
        assert "TS542" in tenantspec(*command, cwd=os.fspath(root)).stderr


def test_a_patch_of_the_spec_is_judged_too(tmp_path: Path) -> None:
    """What an App's own `patches` would let out is refused by check, although no guard is listed."""
    root = copied(tmp_path, {}).parents[5]
    file = root / "tenants/tenant-a/apps/app1/app.yaml"
    patch = "{op: add, path: /spec/template/spec/priorityClassName, value: system-node-critical}"
    file.write_text(f"{file.read_text()}  patches:\n  - target: {{kind: Deployment}}\n    patch: [{patch}]\n")
    said = tenantspec("check", cwd=os.fspath(root)).stderr
    assert "TS524]: Deployment tenant-a-dev/app1: spec.template.spec.priorityClassName: " in said


def test_all_tenants_faults_are_told_at_once(tmp_path: Path) -> None:
    """Two overlays with a fault each are two diagnostics of one run."""
    root = copied(tmp_path, FOREIGN).parents[5]
    other = root / OVERLAY.replace("tenant-a", "tenant-b")
    text = overlay("helmCharts: []\n").replace("tenant-a", "tenant-b")
    (other / "kustomization.yaml").write_text(text)
    tenantspec("check", cwd=os.fspath(root)).refused("TS521", "TS540")
