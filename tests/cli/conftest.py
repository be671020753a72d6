"""Estates to call the command on; each test has its own copy."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from tests import tools
from tests.cli.command import COMMAND, tenantspec


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an estate as `tenantspec init` writes it; nobody changes this one."""
    folder = os.fspath(tmp_path_factory.mktemp("fresh"))
    tenantspec("init", "estate", cwd=folder).fine()
    return os.path.join(folder, "estate")


@pytest.fixture(scope="session")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a PATH that begins with a `tenantspec`, for what a shell calls by that name."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "tenantspec"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(COMMAND)} "$@"\n')
    script.chmod(0o755)
    return os.pathsep.join([os.fspath(folder), os.environ["PATH"]])


@pytest.fixture
def root(fresh: str, tmp_path: Path) -> str:
    """Return a new estate, which a test may change."""
    return os.fspath(shutil.copytree(fresh, tmp_path / "estate"))


@pytest.fixture
def gitops(tmp_path: Path) -> str:
    """Return a copy of gitops/."""
    return os.fspath(shutil.copytree(os.path.join(tools.ROOT, "gitops"), tmp_path / "gitops"))
