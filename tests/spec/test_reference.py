"""The reference: current, with a row for every field, and examples that work."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.documents.yaml import read
from krm_functions.spec.app import layered, settings
from krm_functions.spec.composites import Either, ListOf, MapOf, Object
from krm_functions.spec.json_schema import schema
from krm_functions.spec.kinds import ABOUT, KINDS
from krm_functions.spec.reference import example, reference, rows
from tests import tools
from tests.spec import model

if TYPE_CHECKING:
    from krm_functions.spec.scalars import Type

FILE: Final = os.path.join(tools.ROOT, "docs", "reference.md")
WRITE: Final = (
    "from krm_functions.spec.reference import reference as r; open('docs/reference.md', 'w').write(r())"
)


def _paths(kind: Type, prefix: str) -> set[str]:
    """Return the path of every field below a type, but for the settings of an app, which have one home."""
    if kind in (settings, layered):
        return set()
    if isinstance(kind, Either):
        return _paths(kind.long, prefix)
    if isinstance(kind, ListOf):
        return _paths(kind.item, f"{prefix}[]")
    if isinstance(kind, MapOf):
        return _paths(kind.value, f"{prefix}.<name>".lstrip("."))
    found: set[str] = set()
    for name, field in kind.fields.items() if isinstance(kind, Object) else ():
        found |= {f"{prefix}.{name}".lstrip("."), *_paths(field.type, f"{prefix}.{name}".lstrip("."))}
    return found


def test_the_committed_reference_is_that_of_the_model() -> None:
    """docs/reference.md holds what the model gives; WRITE renews it."""
    with open(FILE, encoding="utf-8") as stream:
        assert stream.read() == reference(), f"run: python -c {WRITE!r}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_row(kind: str) -> None:
    """No field of the model is missing, none is told twice, and none is made up.

    What an init container or a sidecar shares with the app has its row, and its parts at the app's.
    """
    wanted = {path for path in _paths(KINDS[kind].fields["spec"].type, "") if not _told_elsewhere(path)}
    found = [row.path for row in rows(kind) if row.path != "<name>" and not row.path.startswith("metadata.")]
    assert sorted(found) == sorted(wanted)
    assert {row.path for row in rows(kind)} & {"metadata.name"}


def _told_elsewhere(path: str) -> bool:
    container = re.match(r"(init\[\]|sidecars\.<name>)\.(\w+)[.\[]", path)
    return container is not None and container[2] in settings.fields


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_complete(kind: str) -> None:
    """A row says what its field holds and means, and the page shows it."""
    page = reference()
    for row in rows(kind):
        assert row.holds
        assert row.doc.endswith(".")
        assert f"| `{row.path}` | " in page


def test_defaults_and_requirements_are_shown() -> None:
    """The third column is the default in words, or that the field is required."""
    known = {row.path: row for row in rows("App")}
    assert known["ports.<name>.targetPort"].default == "the same number"
    assert known["ports.<name>.port"].default == "required"
    assert known["autoscale.min"].default == "1"
    assert known["workload"].holds == "`Deployment`, `StatefulSet`, `CronJob` or `Job`"
    assert known["init[].image"].doc == "Image with a tag or a digest."
    assert known["init[].env"].doc == "As the app's `env`."
    assert known["stages"].holds == "mapping of a DNS label to any [setting of an App](#app)"


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_is_accepted(kind: str) -> None:
    """The minimal document of each kind is one."""
    (document,) = read(example(kind)).documents
    assert model.problems(KINDS[kind], document) == []
    assert document["kind"] == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_section_begins_with_what_the_kind_is_for(kind: str) -> None:
    """Reference and schema introduce a kind with the same sentence."""
    assert f"## {kind}\n\n{ABOUT[kind]}\n\n```yaml\n{example(kind)}```\n" in reference()
    assert schema(kind)["description"] == ABOUT[kind]


def test_rules_between_fields_are_told() -> None:
    """What excludes what stands below the table."""
    page = reference()
    assert "- `port` and `ports` exclude each other.\n" in page
    assert "- `env` and `secrets` share no key in `sidecars.<name>`.\n" in page


def test_tables_are_well_formed() -> None:
    """Every row of a table has as many cells as its head."""
    for table in re.findall(r"(?:^\|.*\n)+", reference(), re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
