"""The function answers every case as the case says: `python -m pytest examples/own-generator`."""

from __future__ import annotations

import os

import pytest

from krm_functions.functions.own import load
from krm_functions.testing import Case, cases, check_case

HERE = os.path.dirname(os.path.abspath(__file__))
DASHBOARDS = load(os.path.join(HERE, "functions", "dashboards.py"))


@pytest.mark.parametrize("case", cases(os.path.join(HERE, "cases"), shared=HERE), ids=lambda case: case.name)
def test_case(case: Case, pytestconfig: pytest.Config) -> None:
    """A case's config gives its expected output, or its errors."""
    check_case(case, DASHBOARDS, update=pytestconfig.getoption("--update-golden"))
