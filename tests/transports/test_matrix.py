"""Every kind by every transport and every kustomize: a cell that differs fails, and so does one that was not exercised."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from krm_functions.diagnostics import TenantspecError
from krm_functions.documents.report import text
from krm_functions.functions.table import KINDS as GENERATORS, TRANSFORMERS
from krm_functions.krm.emit import dump_all
from krm_functions.krm.order import kustomize_order
from tests import builds
from tests.transports import table
from tests.transports.table import EXACT, HERMETIC, KINDS, PROGRAMS, TRANSPORTS, Answer, Place, cells

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("transports")  # one worker fills the matrix
EXERCISED: Final[dict[tuple[str, str, str], str]] = {}
"""What each cell came to: `same bytes`, `equal objects`, or what differs."""


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """Return an estate of its own, with the functions installed beside it."""
    return table.place(os.fspath(tmp_path))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what each generator gives in process, once."""
    found = {}
    for kind in GENERATORS:
        there = table.place(os.fspath(tmp_path_factory.mktemp("expected")))
        found[kind] = table.in_process(there, table.config(kind)).stdout
    return found


def sorted_objects(output: bytes) -> list[Any]:
    """Return the manifests of a build in an order of their own."""
    return sorted(builds.manifests(output), key=lambda m: (m["kind"], m["metadata"].get("namespace", ""), m["metadata"]["name"]))


def compared(output: bytes, wanted: bytes) -> str:
    """Return how alike two builds are."""
    if output == wanted:
        return "same bytes"
    return "equal objects" if sorted_objects(output) == sorted_objects(wanted) else "differs"


def guarded(where: Place, transport: str, program: str) -> tuple[Answer, bytes]:
    """Let TenancyGuard stand behind resources of an app's overlay; they are to come out as without it."""
    built = table.by_home(where, table.config("AppOverlay"), program)
    folder = where.path("tenants/tenant-a/apps/app1/overlays/prod-eu")
    asked = table.config("TenancyGuard", by_exec=transport.startswith("exec"))
    files = {"resources": built.stdout.decode(), "guard": yaml.safe_dump(asked)}
    written = {"resources": ["resources.yaml"], "transformers": ["guard.yaml"]}
    table.write(folder, kustomization=yaml.safe_dump(written), **files)
    return table.kustomize(where, folder, program, *(["--enable-exec"] if transport.startswith("exec") else [])), built.stdout


@pytest.mark.parametrize(("kind", "transport", "program"), cells())
def test_a_cell(kind: str, transport: str, program: str, where: Place, expected: dict[str, bytes]) -> None:
    """On the pinned kustomize the bytes are those of the in-process build, on the others the objects are equal."""
    if kind in TRANSFORMERS:
        answer, wanted = guarded(where, transport, program)
    else:
        answer, wanted = TRANSPORTS[transport](where, table.config(kind), program), expected[kind]
    found = compared(answer.stdout, wanted) if answer.code == 0 else "fails"
    EXERCISED[kind, transport, program] = found
    assert found in ("same bytes", *(() if program == EXACT else ("equal objects",))), answer.stderr
    assert wanted.count(b"\nkind: ") >= 1


def break_the_app(where: Place) -> None:
    """Misspell a field of an app's spec."""
    path = where.path("tenants/tenant-a/apps/app1/app.yaml")
    with open(path, encoding="utf-8") as file:
        written = file.read()
    assert "expose: {host: " in written
    with open(path, "w", encoding="utf-8") as file:
        file.write(written.replace("expose: {host: ", "expose: {hsot: "))


def diagnostic(stderr: str) -> str:
    """Return our own words out of what kustomize prints."""
    start, end = stderr.index("error[TS201]"), stderr.index("1 error")
    return stderr[start:end]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_broken_spec_is_told_in_the_same_words(transport: str, where: Place) -> None:
    """Every transport and every kustomize print the same text; specs that come as items are named as such."""
    break_the_app(where)
    said = set()
    for program in PROGRAMS:
        try:
            answer = TRANSPORTS[transport](where, table.config("EnvironmentOverlay"), program)
        except TenantspecError as error:
            said.add(diagnostic(text(where.root, error.diagnostics)))
            continue
        assert (answer.code != 0, answer.stdout) == (True, b"")
        said.add(diagnostic(answer.stderr))
    (one,) = said
    assert "unknown field 'hsot'" in one
    wanted = "items/App/tenant-a/app1" if transport in HERMETIC else "gitops/tenants/tenant-a/apps/app1/app.yaml"
    assert f"--> {wanted}:" in one
    ALIKE.setdefault(transport in HERMETIC, set()).add(one)
    assert len(ALIKE[transport in HERMETIC]) == 1


ALIKE: Final[dict[bool, set[str]]] = {}
"""The words of the transports that read files, and of those that read items."""


def test_one_call_expands_the_whole_estate_without_a_file(where: Place) -> None:
    """With the estate gone from disk, the specs in a kustomization give what they gave from their files."""
    wanted = table.in_process(where, table.config("EnvironmentOverlay")).stdout
    folder = table.kustomization(where, table.config("EnvironmentOverlay"), "alone", as_items=True)
    os.rename(where.root, f"{where.root}.gone")
    assert table.kustomize(where, folder, EXACT).stdout == wanted


def test_an_environment_is_its_cluster_and_its_apps(where: Place) -> None:
    """EnvironmentOverlay gives what ClusterOverlay and each AppOverlay of the environment give, and nothing else."""
    whole = builds.manifests(table.in_process(where, table.config("EnvironmentOverlay")).stdout)
    parts = []
    asked = table.config("ClusterOverlay")
    asked["spec"] = KINDS["EnvironmentOverlay"]
    for one in [asked, *overlays(where)]:
        parts += builds.manifests(table.in_process(where, one).stdout)
    assert "---\n".join(dump_all(kustomize_order(parts))).count("kind:") > 0
    assert sorted(map(repr, parts)) == sorted(map(repr, whole))


def overlays(where: Place) -> Iterator[dict[str, Any]]:
    """Yield the config of each app in the environment."""
    for tenant in sorted(os.listdir(where.path("tenants"))):
        for app in sorted(os.listdir(where.path("tenants", tenant, "apps"))):
            asked = copy.deepcopy(table.config("AppOverlay"))
            asked["metadata"] = {"name": app, "namespace": tenant}
            asked["spec"] = KINDS["EnvironmentOverlay"]
            yield asked


def test_every_kind_is_in_the_table() -> None:
    """A kind of function that the matrix does not know fails it."""
    assert set(KINDS) == {*GENERATORS, *TRANSFORMERS}


def test_every_cell_was_exercised(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    """The matrix is printed; a cell that nothing filled fails, wherever the whole module runs."""
    chosen = {item.callspec.id for item in request.session.items if item.name.startswith("test_a_cell[")}  # type: ignore[attr-defined]
    with capsys.disabled():
        for line in lines():
            print(line)  # noqa: T201
    missing = [cell for cell in cells() if cell not in EXERCISED and "-".join(cell) in chosen]
    assert missing == []
    assert request.config.getoption("keyword") or len(chosen) == len(cells())


def lines() -> list[str]:
    """Return the matrix as text, one row per kind and transport."""
    rows = [f"\n{'':46}{''.join(f'{program:20}' for program in PROGRAMS)}"]
    for kind in KINDS:
        for transport in TRANSPORTS:
            found = [EXERCISED.get((kind, transport, program), "-") for program in PROGRAMS]
            if set(found) != {"-"}:
                rows.append(f"{kind:20}{transport:26}{''.join(f'{cell:20}' for cell in found)}")
    return rows
