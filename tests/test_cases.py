"""What a function answers, case by case: see `krm_functions.testing` for what a case is made of."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.testing import Case, CaseError, cases, check_case, lay_out, run_case
from tests import tools

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = os.path.join(tools.ROOT, "tests", "cases")
ESTATE: Final = os.path.join(FOLDER, "estate")
"""The estate that most cases change a file or two of."""
CASES: Final = cases(FOLDER, ESTATE)

CONFIG: Final = (
    "apiVersion: tenantspec.dev/v1alpha1\nkind: AppOverlay\nmetadata: {name: web, namespace: acme}\n"
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case, *, update_golden: bool) -> None:
    """A function prints, and says, what the case's folder holds."""
    check_case(case, update=update_golden)


def test_the_shared_estate_is_fine(tmp_path: Path) -> None:
    """What cases change is an estate without a fault, so a case has none but its own."""
    config = f"{CONFIG}spec: {{environment: dev}}\n"
    outcome = run_case(case_of(tmp_path, {"config.yaml": config}))
    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.stdout


def test_no_secret_is_printed() -> None:
    """The cases whose specs hold a secret in the clear, `swordfish`, say what is wrong without it."""
    holding = [case for case in CASES if "swordfish" in read(case, "estate.yaml")]
    assert holding
    for case in holding:
        assert read(case, "errors.txt")
        assert "swordfish" not in read(case, "errors.txt")


def test_no_cases_is_a_failure(tmp_path: Path) -> None:
    """A folder without cases, perhaps misspelled, does not pass."""
    with pytest.raises(CaseError, match="no cases"):
        cases(os.fspath(tmp_path))


def test_golden_files_without_a_config_are_a_failure(tmp_path: Path) -> None:
    """What is left of a case that somebody removed by half does not go unseen."""
    case_of(tmp_path, {"expected.yaml": ""})
    with pytest.raises(CaseError, match=r"no config\.yaml"):
        cases(os.fspath(tmp_path))


def test_a_file_of_another_name_is_a_failure(tmp_path: Path) -> None:
    """A golden file with a misspelled name is not one that nobody compares."""
    case_of(tmp_path, {"config.yaml": CONFIG, "expected.yml": ""})
    with pytest.raises(CaseError, match=r"no expected\.yml"):
        cases(os.fspath(tmp_path))


def test_changes_are_texts_by_path(tmp_path: Path) -> None:
    """A change that is no text, or the removal of what is not there, is named as such."""
    for changes in ("platform.yaml: {spec: {}}", "- platform.yaml", "platform.yaml: 'a", "gone.yaml: null"):
        case = case_of(tmp_path, {"config.yaml": CONFIG, "estate.yaml": changes})
        with pytest.raises(CaseError, match=r"estate\.yaml"):
            run_case(case)


def test_an_estate_of_its_own_takes_nothing_from_the_shared_one(tmp_path: Path) -> None:
    """`estate/` is the whole estate; `estate.yaml` may change it still."""
    case = case_of(tmp_path, {"config.yaml": CONFIG, "estate.yaml": "platform.yaml: text\nother.yaml: ''\n"})
    write(tmp_path / "case" / "estate" / "platform.yaml", "")
    root = tmp_path / "laid-out"
    assert lay_out(case, os.fspath(root)) == os.fspath(root / "case")
    assert sorted(os.listdir(root)) == ["case", "other.yaml", "platform.yaml"]
    assert (root / "platform.yaml").read_text() == "text"


def test_an_update_rewrites_removes_and_still_fails(tmp_path: Path) -> None:
    """After an update the golden files are right, and the run has failed so that somebody reads them."""
    case = case_of(tmp_path, {"config.yaml": CONFIG, "expected.yaml": "stale: true\n"})
    for expectation in ("if it is right", "expected.yaml is stale"):
        with pytest.raises(CaseError, match=expectation):
            check_case(case)
    with pytest.raises(CaseError, match="rewritten"):
        check_case(case, update=True)
    assert sorted(os.listdir(case.folder)) == ["config.yaml", "errors.txt"]
    check_case(case)
    check_case(case, update=True)


def read(case: Case, name: str) -> str:
    """Return a file of a case, empty where there is none."""
    path = os.path.join(case.folder, name)
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def case_of(folder: Path, files: dict[str, str]) -> Case:
    """Write a case into a folder."""
    for name, text in files.items():
        write(folder / "case" / name, text)
    return Case("case", os.fspath(folder / "case"), ESTATE)


def write(path: Path, text: str) -> None:
    """Write a file, its folders first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
