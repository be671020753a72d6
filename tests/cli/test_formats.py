"""check speaks the formats of code hosts: SARIF, and GitHub's workflow commands."""

from __future__ import annotations

import json
import os
from typing import Any

import jsonschema
import pytest

from krm_functions.cli.formats import github, sarif
from krm_functions.diagnostics import Diagnostic, Place, Related, Severity
from tests import tools
from tests.cli.command import WEB, tenantspec
from tests.scaffold.estates import replace

SCHEMA = os.path.join(tools.ROOT, "tests", "cli", "sarif-schema-2.1.0.json")

FOUND = {
    "a place": Diagnostic("TS201", "unknown field", Place("a b.yaml", line=7, column=3), note="did you mean"),
    "no place": Diagnostic("TS901", "no estate"),
    "no line": Diagnostic("TS108", "a file is empty", Place("a.yaml")),
    "a warning": Diagnostic("TS314", "no effect", Place("a.yaml", line=1), severity=Severity.WARNING),
    "a note": Diagnostic("TS307", "not yet", Place("a.yaml", line=1), severity=Severity.INFO),
    "both places": Diagnostic(
        "TS401",
        "one host",
        Place("a.yaml", line=1, column=1),
        related=(Related(Place("b.yaml", line=2, column=1), "also here"),),
    ),
}


def valid(text: str) -> Any:
    """Return the log's one run, once OASIS's own schema has accepted the log."""
    with open(SCHEMA, encoding="utf-8") as stream:
        schema = json.load(stream)
    log = json.loads(text)
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    (run,) = log["runs"]
    return run


@pytest.mark.parametrize("name", FOUND)
def test_sarif_of_each_shape_is_valid(name: str, tmp_path: os.PathLike[str]) -> None:
    """With and without a place, a line, related places, and in every severity."""
    (result,) = valid(sarif(os.fspath(tmp_path), [FOUND[name]]))["results"]
    assert result["ruleId"] == FOUND[name].code
    assert ("locations" in result) == (FOUND[name].place is not None)


def test_sarif_of_all_shapes_names_each_rule_by_its_index(tmp_path: os.PathLike[str]) -> None:
    """A result's ruleIndex leads to the rule of its code; the schema can refuse, as its test shows."""
    run = valid(sarif(os.fspath(tmp_path), FOUND.values()))
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
    assert sorted(r["level"] for r in run["results"]) == ["error"] * 4 + ["note", "warning"]
    with pytest.raises(jsonschema.ValidationError):
        valid(sarif(os.fspath(tmp_path), FOUND.values()).replace('"ruleId"', '"rule"'))


def test_check_prints_sarif_on_stdout(root: str) -> None:
    """A clean estate gives a log without results; files are named from the top of the checkout."""
    fine = tenantspec("check", "--format", "sarif", cwd=root)
    assert (fine.code, fine.stderr, valid(fine.stdout)["results"]) == (0, "", [])
    os.mkdir(os.path.join(os.path.dirname(root), ".git"))
    replace(root, f"{WEB}/app.yaml", "port: 9898", "prot: 9898")
    found = tenantspec("check", "--format", "sarif", cwd=root)
    (result,) = valid(found.stdout)["results"]
    assert (found.code, found.stderr) == (1, "")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": f"estate/{WEB}/app.yaml"},
                "region": {"startLine": 7, "startColumn": 3},
            }
        }
    ]


def test_check_prints_workflow_commands(root: str) -> None:
    """One line each; without a checkout, files are named from the estate's root."""
    replace(root, f"{WEB}/app.yaml", "port: 9898", "prot: 9898")
    found = tenantspec("check", "--format", "github", cwd=root)
    place = f"file={WEB}/app.yaml,line=7,col=3,title=TS201%3A unknown field"
    assert found == (1, f"::error {place}::unknown field 'prot'%0Adid you mean 'port'?\n", "")


@pytest.mark.parametrize(
    ("diagnostic", "line"),
    [
        (FOUND["no place"], "::error title=TS901%3A "),
        (FOUND["a warning"], "::warning file=a.yaml,line=1,col=1,"),
        (FOUND["a note"], "::notice file=a.yaml,line=1,col=1,"),
        (
            Diagnostic("TS201", "x", Place("a,b:c%.yaml", line=1)),
            "::error file=a%2Cb%3Ac%25.yaml,line=1,col=1,",
        ),
    ],
)
def test_properties_of_workflow_commands(
    diagnostic: Diagnostic, line: str, tmp_path: os.PathLike[str]
) -> None:
    """What would end a property, or the command, is escaped as GitHub's runner unescapes it."""
    assert github(os.fspath(tmp_path), [diagnostic]).startswith(line)


def test_messages_of_workflow_commands_stay_on_one_line(tmp_path: os.PathLike[str]) -> None:
    """Percent signs and line ends are escaped; colons and commas stand as they are."""
    said = github(os.fspath(tmp_path), [Diagnostic("TS101", "50%: a,\r\n::error::b")])
    assert said.endswith("::50%25: a,%0D%0A::error::b\n")
    assert said.count("\n") == 1
