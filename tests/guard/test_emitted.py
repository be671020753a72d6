"""What the functions give passes the guard, for every app of every estate here; and no field could be added to it."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any, Final

import pytest

from krm_functions.diagnostics import Severity, TenantspecError
from krm_functions.functions.render import Selection, estate_of, units
from krm_functions.functions.tenancy_guard import guard, scope_of
from krm_functions.guard.judge import judge
from krm_functions.guard.scope import Scope
from krm_functions.testing import cases, lay_out
from tests import tools
from tests.guard.sound import GITOPS
from tests.guard.test_judge import maps, put, shown
from tests.test_cases import ESTATE, FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from krm_functions.estate.estate import Estate
    from krm_functions.testing import Case

EXAMPLES: Final = sorted(
    folder
    for top in ("gitops", "examples")
    for folder, _, files in os.walk(os.path.join(tools.ROOT, top))
    if "platform.yaml" in files
)
CASES: Final = [
    case for case in cases(FOLDER, ESTATE) if os.path.exists(os.path.join(case.folder, "expected.yaml"))
]


@pytest.mark.parametrize("root", EXAMPLES, ids=[os.path.relpath(root, tools.ROOT) for root in EXAMPLES])
def test_what_the_functions_give_passes(root: str) -> None:
    """Each unit of an estate, apps, clusters and hubs, is within its own bounds."""
    estate = estate_of(root)
    wanted = units(estate, Selection())
    assert wanted
    for unit in wanted:
        guard(estate, unit.folder.split("/"), unit.manifests())
    assert errors(estate) == []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_a_case_gives_passes(tmp_path: Path, case: Case) -> None:
    """So is each app of the estates that cases are made of, whatever corner of the DSL they show."""
    lay_out(case, os.fspath(tmp_path / "estate"))
    estate = estate_of(os.fspath(tmp_path / "estate"))
    try:
        wanted = [unit for unit in units(estate, Selection()) if unit.folder.startswith("tenants/")]
    except TenantspecError:
        return  # the case's own function reads less than the whole estate, and something else there is broken
    before = errors(estate)
    for unit in wanted:
        guard(estate, unit.folder.split("/"), unit.manifests())
    assert errors(estate) == before


def test_no_field_can_be_added_to_what_is_emitted() -> None:
    """In each map of each manifest of gitops, but in free content, a field that nobody has listed is refused."""
    estate = estate_of(GITOPS)
    missed, tried = [], 0
    for unit in units(estate, Selection()):
        if not unit.folder.startswith("tenants/"):
            continue
        scope = scope_of(estate, unit.folder.split("/"))
        assert isinstance(scope, Scope)
        manifests = unit.manifests()
        for number, manifest in enumerate(manifests):
            for steps in maps(manifest):
                changed: list[Any] = [*manifests[:number], copy.deepcopy(manifest), *manifests[number + 1 :]]
                put(changed[number], (*steps, "unheard"), "of")
                tried += 1
                if not judge(scope, changed):
                    missed.append((unit.folder, manifest["kind"], shown(steps)))
    assert missed == []
    assert tried > 1000


def errors(estate: Estate) -> list[str]:
    """Return the messages of the errors that an estate has collected."""
    return [d.message for d in estate.out.diagnostics if d.severity is Severity.ERROR]
