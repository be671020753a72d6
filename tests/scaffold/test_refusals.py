"""Sync: where it cannot do all, it does nothing and says why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from krm_functions.diagnostics import TenantspecError
from krm_functions.documents.report import text
from krm_functions.scaffold import sync
from tests.scaffold.estates import (
    FILE,
    OVERLAY,
    files,
    planned,
    refused,
    replace,
    synced,
    write,
)


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ("generators: [\n", "TS101", 2),
        ("- a\n", "TS110", 1),
        ("", "TS108", 1),
        ("a: 1\n---\nb: 2\n", "TS109", 1),
        ("kind: A\nkind: B\n", "TS102", 2),
        ("generators: none\n", "TS608", 1),
    ],
)
def test_a_broken_kustomization_stops_everything(root: str, content: str, code: str, line: int) -> None:
    """Nothing is written, and the diagnostic has its place."""
    write(root, FILE, content)
    os.remove(os.path.join(root, "argocd/install.yaml"))
    before = files(root)
    found = refused(root)
    assert [d.code for d in found] == [code]
    assert f"gitops/{FILE}:{line}:" in text(root, found)
    assert files(root) == before


def test_a_broken_spec_stops_everything(bare: str) -> None:
    """No folder is made of half an estate."""
    replace(bare, "tenants/tenant-b/apps/app1/versions.yaml", "dev: 1.5.1", "dve: 1.5.1")
    before = files(bare)
    assert [d.code for d in refused(bare)] == ["TS301"]
    assert files(bare) == before


def test_two_kustomizations_in_a_folder_are_refused(root: str) -> None:
    """As kustomize does."""
    write(root, f"{OVERLAY}/Kustomization", "resources: []\n")
    assert {d.code for d in refused(root)} == {"TS608"}


@pytest.mark.parametrize(
    ("obstacle", "code"), [("file", "TS608"), ("folder", "TS106"), ("outside", "TS608"), ("link", "TS608")]
)
def test_what_cannot_be_written_is_found_before_the_first_write(
    bare: str, tmp_path: Path, obstacle: str, code: str
) -> None:
    """A file in a folder's place, a link that leads out of the estate: nothing is written."""
    path = Path(bare) / FILE
    if obstacle == "file":
        write(bare, OVERLAY, "not a folder")
    elif obstacle == "folder":
        path.mkdir(parents=True)
    elif obstacle == "outside":
        path.parent.parent.mkdir(parents=True)
        (tmp_path / "elsewhere").mkdir()
        path.parent.symlink_to(tmp_path / "elsewhere")
    else:
        write(bare, f"{OVERLAY}/other.yaml", "resources: []\n")
        path.symlink_to("other.yaml")
    before = files(bare)
    assert {d.code for d in refused(bare)} == {code}
    assert files(bare) == before
    assert list(tmp_path.glob("elsewhere/*")) == []


def test_a_failed_write_leaves_nothing(bare: str) -> None:
    """Texts are staged beside their files: when one fails, those before it are taken back."""
    plan = planned(bare)
    write(bare, "tenants/tenant-c/apps/app1/overlays", "in the way, since the plan was made")
    before = files(bare)
    with pytest.raises(TenantspecError) as caught:
        sync.apply(plan)
    assert [d.code for d in caught.value.diagnostics] == ["TS608"]
    assert files(bare) == before
    assert not os.path.exists(os.path.join(bare, "clusters"))


def test_the_mode_of_a_file_stays(root: str) -> None:
    """A repaired file keeps its permissions."""
    path = os.path.join(root, FILE)
    os.chmod(path, 0o640)
    replace(root, FILE, "environment: dev", "environment: stg")
    synced(root)
    assert os.stat(path).st_mode & 0o777 == 0o640


def test_an_environment_cannot_take_the_hubs_folder(bare: str) -> None:
    """clusters/HUB/argocd is what the hub's Argo CD holds."""
    replace(bare, "platform.yaml", "    dev: {stage", "    argocd: {stage")
    assert "TS608" in {d.code for d in refused(bare)}
