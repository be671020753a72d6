"""Every validator is needed: switch one off, and a case that it judges comes out otherwise."""

from __future__ import annotations

import inspect
import os
import re
import sys
from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.testing import CaseError, cases, check_case
from krm_functions.validators.app import APP_VALIDATORS
from krm_functions.validators.fleet import FLEET_VALIDATORS
from tests import tools

if TYPE_CHECKING:
    from krm_functions.testing import Case

CODE: Final = re.compile(r"TS[0-9]{3}")
TABLES: Final = {**{(name, "app"): APP_VALIDATORS for name in APP_VALIDATORS}, **{
    (name, "fleet"): FLEET_VALIDATORS for name in FLEET_VALIDATORS}}  # fmt: skip
CASES: Final = cases(os.path.join(tools.ROOT, "tests", "cases"))


def candidates(codes: set[str]) -> list[Case]:
    """Return the cases whose diagnostics have any of some codes."""
    found = []
    for case in CASES:
        file = os.path.join(case.folder, "errors.txt")
        if os.path.exists(file):
            with open(file, encoding="utf-8") as stream:
                if codes & set(CODE.findall(stream.read())):
                    found.append(case)
    return found


def holds(case: Case) -> bool:
    """Whether a case comes out as its folder says."""
    try:
        check_case(case)
    except CaseError:
        return False
    return True


@pytest.mark.parametrize(("name", "kind"), TABLES)
def test_no_validator_is_idle(name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, one of the cases with its codes no longer holds."""
    table = TABLES[name, kind]
    source = inspect.getsource(sys.modules[table[name].__module__])
    monkeypatch.delitem(table, name)  # type: ignore[arg-type]
    tried = candidates(set(CODE.findall(source)))
    assert tried
    assert not all(map(holds, tried)), f"{name} can be switched off unseen"
