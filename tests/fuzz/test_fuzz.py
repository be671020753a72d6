"""Any input gives a render that holds together, or diagnostics with places that exist; never a traceback.

FUZZ=N runs N inputs of each kind; `make fuzz` runs many.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings

from krm_functions.diagnostics import Severity, TenantspecError
from krm_functions.documents.positions import locate
from krm_functions.functions.judged import isolation, objects
from krm_functions.functions.printing import printed
from krm_functions.functions.render import Selection, estate_of, units
from krm_functions.output.check import Output
from tests.fuzz.inputs import ROOT, broken, garbled

if TYPE_CHECKING:
    from krm_functions.built.objects import Built

EXAMPLES: Final = int(os.environ.get("FUZZ", "25"))
SECONDS: Final = 60
"""Most time that one input may take; a machine under load is slow, a loop is for ever."""
bounded = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def judge(file: str, content: bytes) -> None:
    """Put a file into the estate and hold what comes of it against what is promised."""
    with tempfile.TemporaryDirectory() as folder:
        root = shutil.copytree(ROOT, os.path.join(folder, "estate"))
        with open(os.path.join(root, file), "wb") as stream:
            stream.write(content)
        start = time.process_time()
        estate = estate_of(root)
        try:
            wanted = units(estate, Selection())
            estate.out.raise_if_failed()
            built = [b for unit in wanted for b in objects(root, unit, unit.manifests())]
            estate.out.raise_if_failed()
        except TenantspecError as error:
            told(root, error)
        else:
            printable(root, built)
            output = Output()
            output.add(built)
            isolation(estate, built)
            errors = [d.message for d in output.diagnostics() if d.severity is Severity.ERROR]
            assert errors == []
        assert time.process_time() - start < SECONDS


def printable(root: str, built: list[Built]) -> None:
    """Print every object, or say which cannot be."""
    try:
        printed(b.manifest for b in built)
    except TenantspecError as error:
        told(root, error)


def told(root: str, error: TenantspecError) -> None:
    """Require an error, and for each diagnostic a message and, where it names a place, a line and column of the file."""
    assert any(d.severity is Severity.ERROR for d in error.diagnostics)
    for found in locate(root, error.diagnostics):
        assert found.message
        if found.place is None or not os.path.exists(os.path.join(root, found.place.file)):
            continue
        with open(os.path.join(root, found.place.file), "rb") as stream:
            lines = stream.read().count(b"\n") + 1
        assert 1 <= found.place.line <= lines + 1, found
        assert found.place.column >= 1, found


@bounded
@given(broken())
def test_specs_that_break_the_grammar_a_little(case: tuple[str, bytes]) -> None:
    """Values of other types, at the edges of rules, missing and misplaced."""
    judge(*case)


@bounded
@given(garbled())
def test_bytes(case: tuple[str, bytes]) -> None:
    """Text that is no YAML, no UTF-8 or another document."""
    judge(*case)


FOUND: Final[dict[str, tuple[str, bytes]]] = {
    "nothing at all": ("platform.yaml", b""),
    "a null byte": ("tenants/tenant-a/config/tenant.yaml", b"\x00"),
    "a list": ("tenants/tenant-a/apps/shop/app.yaml", b"- a\n- b\n"),
}
"""Inputs to keep: what a longer run has found is added here."""


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found(name: str) -> None:
    """It stays mended."""
    judge(*FOUND[name])
