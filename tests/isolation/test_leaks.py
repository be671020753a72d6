"""Whatever lets one tenant reach another is found, by the cell that it opens and by nothing else."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from krm_functions.functions.judged import as_built, isolation, objects
from krm_functions.functions.render import Selection, estate_of, units
from krm_functions.isolation.report import WAYS, cells
from tests import tools
from tests.cli.command import tenantspec
from tests.isolation.leaks import LEAKS

if TYPE_CHECKING:
    from pathlib import Path

    from krm_functions.isolation.report import Report
    from tests.isolation.leaks import Leak


@pytest.fixture
def gitops(tmp_path: Path) -> str:
    """Return a copy of gitops/."""
    return os.fspath(shutil.copytree(os.path.join(tools.ROOT, "gitops"), tmp_path / "gitops"))


def planted(root: str, leak: Leak) -> str:
    """Add a leak to a folder and return the root."""
    folder = os.path.join(root, leak.folder)
    with open(os.path.join(folder, "leak.yaml"), "w", encoding="utf-8") as file:
        file.write(leak.manifest)
    with open(os.path.join(folder, "kustomization.yaml"), "a", encoding="utf-8") as file:
        file.write(leak.lines)
    return root


def judged(root: str) -> Report:
    """Return the report of an estate, hand-written lines built by kustomize."""
    estate = estate_of(root)
    wanted = units(estate, Selection())
    return isolation(estate, [b for u in wanted for b in objects(root, u, as_built(root, u))])


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_opens_its_cell_and_no_other(gitops: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report names exactly the cells and the way, and the object that was planted."""
    monkeypatch.setenv("KUSTOMIZE", tools.kustomize())
    leak = LEAKS[name]
    found = judged(planted(gitops, leak))
    assert cells(found, found.open) == {cell: {leak.way} for cell in leak.cells}
    file = f"{leak.folder}/kustomization.yaml"
    assert all(file in {built.file for built in opening.objects} for opening in found.open)


def test_every_way_has_a_leak() -> None:
    """No way is promised to be watched that no test has seen open."""
    assert {leak.way for leak in LEAKS.values()} == set(WAYS)


def test_gitops_is_shut() -> None:
    """As committed, no tenant reaches another, and nothing weakens what keeps them apart."""
    found = judged(os.path.join(tools.ROOT, "gitops"))
    assert (found.tenants, found.open, found.granted, found.faults) == (
        ("tenant-a", "tenant-b", "tenant-c"), (), (), (),
    )  # fmt: skip


def test_a_leak_fails_the_check_and_names_what_opens_it(gitops: str) -> None:
    """A person sees the matrix on stdout and, for each opening, an error with its objects on stderr."""
    said = tenantspec("check", "--isolation", cwd=planted(gitops, LEAKS["a key of another tenant"]))
    assert said.code == 1
    assert "tenant-a   -          OPEN       shut" in said.stdout
    assert "error[TS640]: tenant-a can reach tenant-b by secret store: tenant-b/dev/db" in said.stderr
    assert "ExternalSecret/tenant-a-dev/stolen: the key lies below tenant-b's prefix" in said.stderr
