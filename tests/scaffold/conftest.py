"""Copies of gitops/ as tests need them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.scaffold.estates import copied, echo_home, synced


@pytest.fixture
def bare(tmp_path: Path) -> str:
    """Return a copy of gitops/ that was never synced."""
    return copied(os.fspath(tmp_path))


@pytest.fixture
def root(bare: str) -> str:
    """Return a copy of gitops/ in step with its specs."""
    synced(bare)
    return bare


@pytest.fixture
def home(tmp_path: Path) -> str:
    """Return a plugin home that shows configs."""
    return echo_home(os.fspath(tmp_path))
