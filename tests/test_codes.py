"""Every diagnostic code is explained, is raised by the code, and is triggered by a test."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.codes import CODES
from krm_functions.diagnostics import TenantspecError
from krm_functions.functions import build, home, kustomize, own
from tests import tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

SOURCES: Final = os.path.join(tools.ROOT, "krm_functions")
CASES: Final = os.path.join(tools.ROOT, "tests", "cases")
CODE: Final = re.compile(r"\bTS[0-9]{3}\b")
WHEN_EDITING: Final[Mapping[str, str]] = {
    "TS208": "scaffold/test_add.py",
    "TS520": "guard/hostile.py",
    "TS521": "guard/hostile.py",
    "TS522": "guard/hostile.py",
    "TS523": "guard/hostile.py",
    "TS524": "guard/hostile.py",
    "TS525": "guard/hostile.py",
    "TS526": "guard/hostile.py",
    "TS527": "guard/hostile.py",
    "TS528": "guard/hostile.py",
    "TS529": "guard/hostile.py",
    "TS530": "guard/hostile.py",
    "TS531": "guard/hostile.py",
    "TS532": "guard/hostile.py",
    "TS533": "guard/test_function.py",
    "TS534": "guard/test_function.py",
    "TS535": "guard/test_platform.py",
    "TS536": "guard/test_platform.py",
    "TS540": "guard/test_kustomizations.py",
    "TS541": "guard/test_kustomizations.py",
    "TS542": "guard/test_kustomizations.py",
    "TS543": "guard/test_kustomizations.py",
    "TS601": "scaffold/test_hand_edits.py",
    "TS607": "scaffold/test_hand_edits.py",
    "TS608": "scaffold/test_refusals.py",
    "TS620": "cli/test_against.py",
    "TS621": "cli/test_against.py",
    "TS622": "cli/test_against.py",
    "TS910": "functions/test_exec.py",
    "TS912": "functions/test_exec.py",
    "TS913": "functions/test_exec.py",
    "TS914": "functions/test_exec.py",
    "TS915": "functions/test_exec.py",
    "TS916": "functions/test_exec.py",
    "TS917": "functions/test_exec.py",
    "TS918": "functions/test_exec.py",
    "TS926": "cli/test_doctor.py",
    "TS927": "cli/test_doctor.py",
    "TS928": "image/test_image.py",
    **dict.fromkeys(("TS317", "TS318"), "validators/test_hubs.py"),
    **dict.fromkeys(("TS560", "TS561", "TS562", "TS563", "TS564"), "validators/test_projects.py"),
    **dict.fromkeys(("TS930", "TS931", "TS932", "TS933", "TS934", "TS935"), "cli/test_cmp.py"),
    **dict.fromkeys(("TS320", "TS321"), "charts/test_render.py"),
    **dict.fromkeys(("TS632", "TS633", "TS635", "TS636", "TS920"), "charts/test_vendor.py"),
    "TS921": "charts/test_helm.py",
    **dict.fromkeys(("TS623", "TS624", "TS625"), "cli/test_committed.py"),
    "TS640": "isolation/test_report.py",
    "TS641": "isolation/test_report.py",
    "TS642": "isolation/test_report.py",
    "TS643": "isolation/test_report.py",
    "TS644": "isolation/test_report.py",
    "TS646": "isolation/test_report.py",
    "TS647": "isolation/test_report.py",
    "TS650": "output/test_output.py",
    "TS651": "output/test_output.py",
    "TS652": "output/test_output.py",
    "TS653": "output/test_output.py",
    "TS654": "output/test_output.py",
    "TS940": "cli/test_against.py",
    "TS941": "cli/test_against.py",
}
"""Codes of what edits, compares or judges beyond a single function, and the tests that trigger them."""


def no_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a kustomize that is not there."""
    monkeypatch.setenv("KUSTOMIZE", os.fspath(folder / "kustomize"))
    kustomize.find()


def old_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a kustomize and find one that is too old."""
    program = folder / "kustomize"
    program.write_text("#!/bin/sh\necho v5.3.0\n")
    program.chmod(0o755)
    monkeypatch.setenv("KUSTOMIZE", os.fspath(program))
    kustomize.find()


def broken_build(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build what kustomize itself refuses."""
    monkeypatch.setenv("KUSTOMIZE", tools.kustomize())
    (folder / "kustomization.yaml").write_text("resources: [gone.yaml]\n")
    kustomize.build(os.fspath(folder))


def empty_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check a plugin home that holds nothing."""
    del monkeypatch
    home.check(os.fspath(folder), home.launchers(os.fspath(folder)))


def home_in_the_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install into a plugin home that is a file."""
    del monkeypatch
    (folder / "home").write_text("")
    home.install(os.fspath(folder / "home"))


def no_kustomization(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build a folder without a kustomization."""
    del monkeypatch
    build.build(os.fspath(folder))


def no_function(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Load somebody's own function from a module that holds none."""
    del monkeypatch
    (folder / "module.py").write_text("")
    own.load(os.fspath(folder / "module.py"))


OF_TOOLS: Final[Mapping[str, Callable[[Path, pytest.MonkeyPatch], None]]] = {
    "TS904": empty_home,
    "TS905": home_in_the_way,
    "TS906": no_program,
    "TS907": old_program,
    "TS908": broken_build,
    "TS909": no_kustomization,
    "TS911": no_function,
}
"""Codes of the programs around an estate, and what triggers them."""


@pytest.mark.parametrize("code", OF_TOOLS)
def test_a_tool_that_fails_has_its_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """What is wrong with kustomize, the plugin home or a module is one diagnostic with its own code."""
    with pytest.raises(TenantspecError) as caught:
        OF_TOOLS[code](tmp_path, monkeypatch)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]


def test_codes_that_are_raised_are_explained_and_the_other_way_round() -> None:
    """`tenantspec explain` knows each code of the source, and none that nothing raises."""
    raised = {code for file in files(SOURCES, ".py") if file != source("codes.py") for code in codes(file)}
    assert raised == set(CODES)


def test_every_code_has_a_title_and_a_way_out() -> None:
    """An explanation is one line that names the problem, and at least one that leads out of it."""
    for code, text in CODES.items():
        title, _, rest = text.partition("\n")
        assert title, code
        assert not title.endswith("."), code
        assert rest.endswith("."), code


def test_every_code_is_triggered() -> None:
    """A code without a case, a tool's test or an edit's test is one that nobody has seen."""
    seen = {code for file in files(CASES, "errors.txt") for code in codes(file)}
    assert sorted(CODES.keys() - seen - OF_TOOLS.keys() - WHEN_EDITING.keys()) == []


@pytest.mark.parametrize("code", WHEN_EDITING)
def test_the_tests_of_edits_trigger_their_codes(code: str) -> None:
    """The table names tests that do speak of the code."""
    assert code in codes(os.path.join(tools.ROOT, "tests", WHEN_EDITING[code]))


def source(file: str) -> str:
    """Return the path of a source file."""
    return os.path.join(SOURCES, file)


def files(top: str, end: str) -> Iterator[str]:
    """Yield the files below a folder whose names end so."""
    for folder, _, names in os.walk(top):
        yield from (os.path.join(folder, name) for name in names if name.endswith(end))


def codes(file: str) -> set[str]:
    """Return the codes that a file speaks of."""
    with open(file, encoding="utf-8") as stream:
        return set(CODE.findall(stream.read()))
