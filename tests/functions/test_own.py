"""A function of somebody's own is installed beside ours, or refused with what is wrong with its module."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from krm_functions import __version__, api
from krm_functions.diagnostics import TenantspecError
from krm_functions.functions import home
from krm_functions.functions.own import load
from tests.conftest import OWN

if TYPE_CHECKING:
    from pathlib import Path

OURS: Final = "from krm_functions.api import Own\nFUNCTION = Own('tenantspec.dev/v1', 'AppOverlay', print)\n"


def test_a_launcher_stands_where_kustomize_looks(tmp_path: Path) -> None:
    """Its group, version and lower-case kind are the folders; started, it says its version."""
    launcher = tmp_path / "functions.example.com" / "v1" / "dashboards" / "Dashboards"
    assert os.fspath(launcher) in home.install(os.fspath(tmp_path), [OWN])
    answer = subprocess.run([launcher, "--version"], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == __version__


def test_ours_are_removed_and_others_stay(tmp_path: Path) -> None:
    """`plugins uninstall` removes what tenantspec brought, and no function of somebody else."""
    home.install(os.fspath(tmp_path), [OWN])
    home.uninstall(os.fspath(tmp_path))
    assert os.listdir(tmp_path) == ["functions.example.com"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("absent.py", None, "no Python module at"),
        ("not-a-name.py", "", "no Python module at"),
        ("empty.py", "", "holds no FUNCTION"),
        ("ours.py", OURS, "claims a kind in tenantspec.dev"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, name: str, text: str | None, message: str) -> None:
    """A file that is no module, holds no function, or claims a kind of ours is an error that says so."""
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(TenantspecError, match=message) as raised:
        load(os.fspath(tmp_path / name))
    assert [diagnostic.code for diagnostic in raised.value.diagnostics] == ["TS911"]


def test_the_public_names_are_there() -> None:
    """What a function may build on is listed, and no more than that."""
    public = {name for name in vars(api) if not name.startswith("_")}
    assert public == set(api.__all__)
