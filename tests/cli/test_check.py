"""check says what is wrong everywhere at once, to a person or to a program, and what it looked at."""

from __future__ import annotations

import json
import os

import pytest

from tests.cli.command import OVERLAY, WEB, environment, on_terminal, tenantspec
from tests.scaffold.estates import files, replace, write

ANOTHER = """\
apiVersion: tenantspec.dev/v1alpha1
kind: App
metadata: {name: copy, namespace: team-a}
spec: {image: ghcr.io/example/copy:1.0.0, port: 8080, expose: {host: web}}
"""


def test_success_says_what_was_checked(root: str) -> None:
    """Tenants, apps, environments and kustomizations are counted; nothing goes to stdout."""
    said = "checked 1 tenant, 1 app, 3 environments: 7 kustomizations, all fine\n"
    assert tenantspec("check", cwd=root) == (0, "", said)


def test_the_root_is_named_or_found(root: str) -> None:
    """From any folder inside, and from outside with --root, the same estate is checked."""
    inside = tenantspec("check", cwd=os.path.join(root, WEB)).fine()
    assert tenantspec("check", "--root", "estate", cwd=os.path.dirname(root)) == inside


def test_problems_of_several_files_come_at_once(root: str) -> None:
    """Each has its code, place, excerpt and way out, ordered by file and line."""
    replace(root, f"{WEB}/app.yaml", "port: 9898", "prot: 9898")
    replace(root, "tenants/team-a/config/tenant.yaml", "quota: small", "quota: smal\n  colour: red")
    said = tenantspec("check", cwd=root).refused("TS201", "TS201").stderr
    assert (
        f"--> estate/{WEB}/app.yaml:7:3\n   |\n 7 |   prot: 9898\n   |   ^^^^ did you mean 'port'?\n" in said
    )
    assert said.index(f"{WEB}/app.yaml") < said.index("config/tenant.yaml")
    assert said.endswith("2 errors\n")


def test_tenants_are_checked_against_each_other(root: str) -> None:
    """Two apps that claim one host are told apart from two apps that do not."""
    write(root, "tenants/team-a/apps/copy/app.yaml", ANOTHER)
    tenantspec("check", cwd=root).refused(*["TS401"] * 3)


def test_json_is_one_object_on_stdout(root: str) -> None:
    """Files are relative to the root, lines and columns count from 1; nothing goes to stderr."""
    fine = tenantspec("check", "--format", "json", cwd=root)
    assert (fine.code, json.loads(fine.stdout), fine.stderr) == (0, {"diagnostics": []}, "")
    replace(root, f"{WEB}/app.yaml", "port: 9898", "prot: 9898")
    found = tenantspec("check", "--format", "json", cwd=root)
    assert (found.code, found.stderr) == (1, "")
    (record,) = json.loads(found.stdout)["diagnostics"]
    assert record == {
        "code": "TS201",
        "severity": "error",
        "message": "unknown field 'prot'",
        "file": f"{WEB}/app.yaml",
        "line": 7,
        "column": 3,
        "path": "spec/prot",
        "help": "did you mean 'port'?",
        "related": [],
    }


def test_json_where_there_is_no_estate(tmp_path: os.PathLike[str]) -> None:
    """A program gets the same object, with no file to point at."""
    found = tenantspec("check", "--format", "json", cwd=os.fspath(tmp_path))
    (record,) = json.loads(found.stdout)["diagnostics"]
    assert (found.code, record["code"], record["file"]) == (1, "TS901", None)


def test_what_is_not_deployed_yet_is_a_line_each(root: str) -> None:
    """Notes are no problems: short, and only so many of them."""
    replace(root, f"{WEB}/versions.yaml", "  prod: 6.9.1\n", "")
    said = tenantspec("check", cwd=root).fine().stderr.splitlines()
    assert said[0] == "info[TS307]: team-a/web is not deployed in prod: it has no version there yet"
    assert len(said) == 2
    for number in range(5):
        name = f"new{number}"
        for kind, file, spec in (("App", "app", "{image: a.b/c}"), ("AppVersions", "versions", "{}")):
            head = f"apiVersion: tenantspec.dev/v1alpha1\nkind: {kind}\n"
            metadata = f"metadata: {{name: {name}, namespace: team-a}}\n"
            write(root, f"tenants/team-a/apps/{name}/{file}.yaml", f"{head}{metadata}spec: {spec}\n")
    tenantspec("sync", cwd=root).fine()
    said = tenantspec("check", cwd=root).fine().stderr.splitlines()
    assert len([line for line in said if line.startswith("info[")]) == 12
    assert said[12].startswith("and 4 more like these")


def test_patches_are_listed(root: str) -> None:
    """Who has left the common path is seen at a glance."""
    patch = 'patches: [{target: {kind: Deployment}, patch: {metadata: {annotations: {description: "b"}}}}]'
    with open(os.path.join(root, WEB, "app.yaml"), "a", encoding="utf-8") as stream:
        stream.write(f"  stages: {{prod: {{{patch}}}}}\n")
    assert tenantspec("check", cwd=root).fine().stderr.startswith("patches of team-a/web: 1 in prod\n")


def test_nothing_is_written(root: str) -> None:
    """A check leaves every byte as it is."""
    before = files(root)
    tenantspec("check", cwd=root).fine()
    assert files(root) == before


def test_progress_is_for_terminals(root: str) -> None:
    """A bar runs to its end on a terminal, in colour there; a pipe sees nothing of it."""
    shown = on_terminal("check", cwd=root).fine().stderr
    assert "checking  [" in shown
    assert "100%" in shown
    assert tenantspec("check", cwd=root).fine().stderr.count("\n") == 1


@pytest.mark.parametrize(("setting", "coloured"), [({"NO_COLOR": "1"}, False), ({}, True)])
def test_colour_is_for_terminals(root: str, setting: dict[str, str], *, coloured: bool) -> None:
    """Codes are coloured on a terminal, unless NO_COLOR is set; in a pipe never."""
    replace(root, f"{WEB}/app.yaml", "port: 9898", "prot: 9898")
    env = {k: v for k, v in environment().items() if k != "NO_COLOR"} | setting
    assert ("\033[1;31merror[TS201]\033[0m" in on_terminal("check", cwd=root, env=env).stderr) is coloured
    assert "\033" not in tenantspec("check", cwd=root, env=env).stderr


def test_hand_written_lines_are_built_by_kustomize(root: str) -> None:
    """What a person added is judged as built, so kustomize is needed for it, and for nothing else."""
    alone = environment(KUSTOMIZE="/nonexistent", PATH="/nonexistent")
    tenantspec("check", cwd=root, env=alone).fine()
    with open(os.path.join(root, OVERLAY, "kustomization.yaml"), "a", encoding="utf-8") as stream:
        stream.write("resources: [own.yaml]\n")
    tenantspec("check", cwd=root, env=alone).refused("TS906")
