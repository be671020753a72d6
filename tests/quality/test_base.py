"""The conventions of base/ as files."""

from __future__ import annotations

import filecmp
import os
import subprocess
from typing import Final

import pytest

from tests import tools

PACKAGED: Final = os.path.join(tools.ROOT, "krm_functions", "default_base")
BASE: Final = os.path.join(tools.ROOT, "gitops", "base")


def files(root: str) -> list[str]:
    """Return the paths of all files below a folder."""
    return sorted(
        os.path.relpath(os.path.join(folder, name), root)
        for folder, _, names in os.walk(root)
        for name in names
    )


def test_the_packaged_base_is_that_of_gitops() -> None:
    """What an estate without a base gets is, byte for byte, what people read in gitops/."""
    assert files(PACKAGED) == files(BASE)
    assert filecmp.cmpfiles(PACKAGED, BASE, files(BASE), shallow=False) == (files(BASE), [], [])


@pytest.mark.parametrize("folder", sorted(os.listdir(BASE)))
def test_kustomize_builds_a_base(folder: str) -> None:
    """A base is a kustomization like any other, with as many objects as are written in it."""
    path = os.path.join(BASE, folder)
    done = subprocess.run([tools.kustomize(), "build", path], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    written = 0
    for name in os.listdir(path):
        with open(os.path.join(path, name), encoding="utf-8") as file:
            written += sum(line.startswith("kind: ") for line in file) if name != "kustomization.yaml" else 0
    assert sum(line.startswith("kind: ") for line in done.stdout.splitlines()) == written
