"""Fixtures that several rooms of tests share; each is made once a session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests import tools
from tests.cluster.apiserver import ApiServer

TOLD: Final = "told"
"""The property of a test whose value is JSON: a heading, and lines for the end of the run."""
TENANTSPEC = "from krm_functions.cli import main; main()"
OWN = os.path.join(tools.ROOT, "examples", "own-generator", "functions", "dashboards.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that rewrites expected output; the run fails all the same, so that nobody does so unseen."""
    parser.addoption("--update-golden", action="store_true", help="rewrite expected output, and fail")


@pytest.fixture(scope="session")
def update_golden(pytestconfig: pytest.Config) -> bool:
    """Return whether expected output is to be rewritten."""
    return bool(pytestconfig.getoption("--update-golden"))


@pytest.fixture(scope="session", autouse=True)
def _helm() -> None:
    """Name the pinned helm for every call of a function that renders a chart."""
    os.environ["HELM"] = tools.installed("helm")


@pytest.fixture(scope="session")
def plugin_home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a KUSTOMIZE_PLUGIN_HOME with our functions and the example's own, for the interpreter that runs the tests."""
    home = os.fspath(tmp_path_factory.mktemp("plugins"))
    command = [sys.executable, "-c", TENANTSPEC, "plugins", "install", "--home", home, "--with", OWN]
    subprocess.run(command, cwd=tools.ROOT, stdin=subprocess.DEVNULL, check=True)
    return home


@pytest.fixture(scope="session")
def api_server() -> Iterator[ApiServer]:
    """Run a real API server; a test that uses it is marked `xdist_group("apiserver")`, so there is one."""
    with ApiServer() as server:
        yield server


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests told with the property TOLD, from whichever worker ran them."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties if report.when == "call" else ():
            if name == TOLD:
                heading, lines = json.loads(value)
                terminalreporter.section(heading)
                for line in lines:
                    terminalreporter.write_line(line)
