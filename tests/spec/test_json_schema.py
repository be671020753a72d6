"""The published JSON Schemas: current, valid, beside every spec, and of one mind with the decoder."""

from __future__ import annotations

import glob
import json
import os
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from jsonschema import Draft202012Validator, ValidationError, validators

from krm_functions.documents.yaml import read
from krm_functions.spec.composites import Object
from krm_functions.spec.json_schema import drift, files, schema, write
from krm_functions.spec.kinds import ABOUT, KINDS
from krm_functions.spec.scalars import Text
from tests import tools
from tests.spec import model

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

SCHEMAS: Final = os.path.join(tools.ROOT, "schemas")
EXAMPLES: Final = os.path.join(tools.ROOT, "examples")
GITOPS: Final = os.path.join(tools.ROOT, "gitops")
SPEC_FILES: Final = {
    "Platform": "platform.yaml",
    "Tenant": "tenants/*/config/tenant.yaml",
    "App": "tenants/*/apps/*/app.yaml",
    "AppVersions": "tenants/*/apps/*/versions.yaml",
    "Component": "infra/*/component.yaml",
}
GAP: Final = "stands in both"
"""The decoder's words for the one thing that a schema cannot say: two mappings that share a key."""
CLASS: Final = r"\[(?:\\.|[^\]\\])*\]"
"""A character class of a regular expression."""
PROBES: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 5, 65536, 2**31, 2**63, 1e20, 1.5,
    "", "a", "A", "a b", "a\n", "/x", "a/b", "1.0.0", "yes", "x" * 64, "x" * 300,
    [], [None], ["a"], ["a", "a"], [1, 1], [[]], {}, {"a": None}, {"a": 1}, {"a": "b"}, {"a": {}}, {"A B": "x"},
)  # fmt: skip

thorough = settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


def _ecma_pattern(_: Validator, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
    """Read `$` as ECMA 262 does: the very end, where Python's also stands before a last newline."""
    ours = re.sub(rf"({CLASS})|\$", lambda found: found[1] or r"\Z", pattern)
    if isinstance(instance, str) and not re.search(ours, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_EcmaValidator: Final[type[Validator]] = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": _ecma_pattern}
)


@cache
def _validator(kind: str) -> Validator:
    return _EcmaValidator(schema(kind))


def _agree(kind: str, document: Any) -> bool:
    """Assert that decoder and schema accept or refuse alike, and return which."""
    said = [d.message for d in model.problems(KINDS[kind], document) if GAP not in d.message]
    errors = [error.message for error in _validator(kind).iter_errors(document)]
    assert bool(said) == bool(errors), (document, said, errors)
    return not said


def test_the_committed_schemas_are_those_of_the_model() -> None:
    """Schemas/ holds what the model gives: `tenantspec schema -o schemas` writes it."""
    assert drift(SCHEMAS) == []


def test_drift_names_missing_changed_and_left_over_files(tmp_path: Any) -> None:
    """A stale folder is told file by file; writing mends all but what belongs to no kind."""
    folder = os.fspath(tmp_path)
    assert drift(os.path.join(folder, "absent")) == sorted(files())
    assert sorted(map(os.path.basename, write(folder))) == sorted(files())
    assert drift(folder) == []
    os.remove(tmp_path / "app.schema.json")
    (tmp_path / "tenant.schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / "gone.schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / "README.md").write_text("", encoding="utf-8")
    assert drift(folder) == ["app.schema.json", "gone.schema.json", "tenant.schema.json"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_valid(kind: str) -> None:
    """It keeps to its metaschema, its text is the value, and its references lead somewhere."""
    written = schema(kind)
    Draft202012Validator.check_schema(written)
    text = files()[f"{kind.lower()}.schema.json"]
    assert json.loads(text) == written
    assert text.endswith("}\n")
    assert written["$id"] == f"https://tenantspec.dev/schemas/v1alpha1/{kind.lower()}.schema.json"
    assert (written["title"], written["description"]) == (kind, ABOUT[kind])
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', text):
        held = written
        for step in reference.split("/"):
            held = held[step]
        assert held


def test_patterns_are_read_alike_by_python_and_ecma() -> None:
    r"""No pattern uses what differs: inline flags, \d \w \s \b, \A \Z, atomic groups, named groups."""
    for text in model.texts():
        bare = re.sub(CLASS, "c", text.pattern)
        assert not re.search(r"\(\?(?![:!=])|[*+?}]\+", bare), bare
        assert not re.search(r"\\[dDwWsSbBAZzpPk]", text.pattern), text.pattern


def test_patterns_mean_the_same_to_an_editor() -> None:
    """JavaScript, in Unicode mode, accepts and refuses the same texts as the decoder."""
    known = [p for p in PROBES if isinstance(p, str)] + list(model.WORDS) + _example_texts()
    odd = [f"{word}{mark}" for word in known for mark in ("\n", " ", "\u2028", "\ufeff", "\x85", "*", "..")]
    asked = [(f"^(?:{text.pattern})$", text.longest, [*known, *odd]) for text in model.texts()]
    script = (
        "const ask = JSON.parse(require('fs').readFileSync(0));"
        "const fits = (p, n) => { const r = new RegExp(p, 'u');"
        " return s => r.test(s) && (!n || [...s].length <= n) };"
        "console.log(JSON.stringify(ask.map(([p, n, all]) => all.map(fits(p, n)))))"
    )
    answer = subprocess.run(
        ["node", "-e", script], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    for text, given_texts, fits in zip(
        model.texts(), (a[2] for a in asked), json.loads(answer.stdout), strict=True
    ):
        ours = [not model.problems(Text(text.name, text.pattern, text.longest), word) for word in given_texts]
        assert ours == fits, text.name


def _example_texts() -> list[str]:
    examples = (field.example for kind in KINDS.values() for field in model.fields(kind))
    return sorted({example for example in examples if isinstance(example, str)})


@pytest.mark.parametrize("kind", KINDS)
def test_decoder_and_schema_agree_at_every_place(kind: str) -> None:
    """Every field, item and entry accepts the same values by both, null among them."""
    places = {
        (spot.owner, spot.path.rpartition(".")[2], spot.type): spot for spot in model.spots(KINDS[kind])
    }
    for spot in places.values():
        variants = model.variants(spot.type) if isinstance(spot.type, Object) else ()
        for probe in (*PROBES, *variants):
            _agree(kind, spot.put(probe))
        assert _agree(kind, spot.put(model.minimal(spot.type))), spot.path


@pytest.mark.parametrize("kind", KINDS)
@thorough
@given(data=st.data())
def test_decoder_and_schema_agree_on_documents(kind: str, data: st.DataObject) -> None:
    """A document made from the model is accepted by both or by neither."""
    _agree(kind, data.draw(model.values(KINDS[kind])))


@pytest.mark.parametrize("kind", KINDS)
@thorough
@given(data=st.data())
def test_decoder_and_schema_agree_on_broken_documents(kind: str, data: st.DataObject) -> None:
    """A document with something changed in it is accepted by both or by neither."""
    _agree(kind, data.draw(model.mutated(KINDS[kind])))


def test_the_gap_is_there() -> None:
    """A key in both `env` and `secrets` is refused by the decoder alone: the one known difference."""
    spec = {"env": {"A": "x"}, "secrets": {"A": {"key": "k"}}}
    document = {**model.minimal(KINDS["App"]), "spec": spec}
    assert [d.code for d in model.problems(KINDS["App"], document)] == ["TS205"]
    assert _validator("App").is_valid(document)


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_is_accepted(kind: str) -> None:
    """What an editor offers as an example is a value of its field."""
    for field in model.fields(KINDS[kind]):
        if field.example is not None:
            assert model.problems(field.type, field.example) == [], field.name


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_described(kind: str) -> None:
    """Each property says what it is, and its default."""
    for field in model.fields(KINDS[kind]):
        assert field.doc.endswith("."), field.name
    image = schema("App")["$defs"]["settings"]["properties"]["workload"]
    assert image["description"] == "What runs it. Default: Deployment."
    assert image["examples"] == ["Deployment"]


@pytest.mark.parametrize(("kind", "pattern"), SPEC_FILES.items())
def test_every_spec_names_its_schema_and_keeps_to_it(kind: str, pattern: str) -> None:
    """The first line of a spec leads an editor to the schema, by a relative path that exists."""
    estates = [
        GITOPS,
        *glob.glob(os.path.join(EXAMPLES, "*")),
        *glob.glob(os.path.join(EXAMPLES, "*", "estate")),
    ]
    found = sorted(file for estate in estates for file in glob.glob(os.path.join(estate, pattern)))
    assert len(found) > len(glob.glob(os.path.join(GITOPS, pattern)))
    for file in found:
        with open(file, encoding="utf-8") as stream:
            text = stream.read()
        modeline = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
        assert modeline, file
        target = os.path.normpath(os.path.join(os.path.dirname(file), modeline[1]))
        assert target == os.path.join(SCHEMAS, f"{kind.lower()}.schema.json")
        assert os.path.isfile(target)
        assert _agree(kind, read(text).documents[0]), file
