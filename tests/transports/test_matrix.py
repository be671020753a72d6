"""Every kind by every transport and every kustomize: a cell that differs fails, and so does one that was not exercised."""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from krm_functions.diagnostics import TenantspecError
from krm_functions.documents.report import text
from krm_functions.functions.build import build
from krm_functions.functions.table import KINDS as GENERATORS, TRANSFORMERS
from tests import builds
from tests.transports import table
from tests.transports.table import (
    EXACT,
    GUARDING,
    HERMETIC,
    KINDS,
    POST_RENDERER,
    PROGRAMS,
    TRANSPORTS,
    Answer,
    Place,
    cells,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("docker")  # one worker fills the matrix, and has the image
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
    return sorted(
        builds.manifests(output),
        key=lambda m: (m["kind"], m["metadata"].get("namespace", ""), m["metadata"]["name"]),
    )


def compared(output: bytes, wanted: bytes) -> str:
    """Return how alike two builds are."""
    if output == wanted:
        return "same bytes"
    return "equal objects" if sorted_objects(output) == sorted_objects(wanted) else "differs"


def guarded(where: Place, transport: str, program: str) -> tuple[Answer, bytes]:
    """Let TenancyGuard stand behind resources of an app's overlay; they are to come out as without it."""
    if transport.startswith("container"):  # it sees its input alone: the specs are among the items
        plain = TRANSPORTS[transport](where, table.config("EnvironmentOverlay"), program)
        return table.guarded_among_items(where, transport, program=program), plain.stdout
    built = table.by_home(where, table.config("AppOverlay"), program)
    if transport == POST_RENDERER:
        return table.by_post_renderer(where, built.stdout), built.stdout
    folder = where.path("tenants/tenant-a/apps/app1/overlays/prod-eu")
    asked = table.config("TenancyGuard", by_exec=transport.startswith("exec"))
    files = {"resources": built.stdout.decode(), "guard": yaml.safe_dump(asked)}
    written = {"resources": ["resources.yaml"], "transformers": ["guard.yaml"]}
    table.write(folder, kustomization=yaml.safe_dump(written), **files)
    if transport == "Argo CD plugin":
        return table.command(folder, "cmp", "generate"), built.stdout
    flags = ["--enable-exec"] if transport.startswith("exec") else []
    return table.kustomize(where, folder, program, *flags), built.stdout


@pytest.fixture
def ready(request: pytest.FixtureRequest) -> None:
    """Have the image built where a cell runs it."""
    if request.node.callspec.params["transport"].startswith("container"):
        request.getfixturevalue("image")


@pytest.mark.usefixtures("ready")
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


@pytest.mark.usefixtures("ready")
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
    wanted = (
        "items/App/tenant-a/app1" if transport in HERMETIC else "gitops/tenants/tenant-a/apps/app1/app.yaml"
    )
    assert f"--> {wanted}:" in one
    ALIKE.setdefault(transport in HERMETIC, set()).add(one)
    assert len(ALIKE[transport in HERMETIC]) == 1


ALIKE: Final[dict[bool, set[str]]] = {}
"""The words of the transports that read files, and of those that read items."""


def test_one_call_expands_the_whole_estate_without_a_file(where: Place) -> None:
    """With the estate gone from disk, the specs in a kustomization give what they gave from their files."""
    wanted = table.in_process(where, table.config("EnvironmentOverlay")).stdout
    folder = table.kustomization(where, table.config("EnvironmentOverlay"), as_items=True)
    os.rename(where.root, f"{where.root}.gone")
    assert table.kustomize(where, folder, EXACT).stdout == wanted


HOSTILE: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app1-more
  namespace: tenant-a-stg
  labels: LABELS
spec:
  selector: {matchLabels: {app.kubernetes.io/instance: tenant-a-app1}}
  template:
    metadata: {labels: {app.kubernetes.io/instance: tenant-a-app1}}
    spec: {hostNetwork: true, containers: [{name: a, image: docker.io/evil/a:1}]}
"""
ADDED: Final = {
    "another registry": (HOSTILE.replace("LABELS", "{tenantspec.dev/app: app1, tenantspec.dev/environment: stg}"), "TS527"),
    "of no app": (HOSTILE.replace("LABELS", "{}"), "TS534"),
    "of an app elsewhere": (
        HOSTILE.replace("LABELS", "{tenantspec.dev/app: app1, tenantspec.dev/environment: dev}"),
        "TS521",
    ),
    "a wall": (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: open, namespace: tenant-a-stg}\n"
        "spec: {podSelector: {}, ingress: [{}]}\n",
        "TS534",
    ),
}  # fmt: skip


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("transport", HERMETIC)
def test_the_guard_judges_among_items(transport: str, where: Place) -> None:
    """Behind the function that expands the specs, it passes what that gave, and nothing beside it that leaves its tenant."""
    plain = TRANSPORTS[transport](where, table.config("EnvironmentOverlay"), EXACT).stdout
    for added, code in (("", ""), *ADDED.values()):
        answer = table.guarded_among_items(where, transport, added)
        if code:
            assert (answer.code != 0, f"error[{code}]" in answer.stderr) == (True, True), answer
        else:
            assert (answer.code, answer.stdout) == (0, plain), answer.stderr


def test_an_environment_is_its_cluster_and_its_apps(where: Place) -> None:
    """EnvironmentOverlay gives what ClusterOverlay and each AppOverlay of the environment give, and nothing else."""
    whole = builds.manifests(table.in_process(where, table.config("EnvironmentOverlay")).stdout)
    folders = [where.path("clusters/us-west-2/stg"), *glob.glob(where.path("tenants/*/apps/*/overlays/stg"))]
    parts = [m for folder in folders for m in builds.manifests(build(folder)[0])]
    assert len(folders) > 5
    assert sorted(map(repr, parts)) == sorted(map(repr, whole))


def test_every_kind_is_in_the_table() -> None:
    """A kind of function that the matrix does not know fails it."""
    assert set(KINDS) == {*GENERATORS, *TRANSFORMERS}


def test_every_cell_was_exercised(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    """The matrix is printed; a cell that nothing filled fails, wherever the whole module runs."""
    chosen = {item.callspec.id for item in request.session.items if item.name.startswith("test_a_cell[")}  # type: ignore[attr-defined]
    with capsys.disabled():
        for line in lines():
            print(line)
    missing = [cell for cell in cells() if cell not in EXERCISED and "-".join(cell) in chosen]
    assert missing == []
    assert request.config.getoption("keyword") or len(chosen) == len(cells())


def lines() -> list[str]:
    """Return the matrix as text, one row per kind and transport."""
    rows = [f"\n{'':46}{''.join(f'{program:20}' for program in PROGRAMS)}"]
    for kind in KINDS:
        for transport in dict.fromkeys((*TRANSPORTS, *GUARDING)):
            found = [EXERCISED.get((kind, transport, program), "-") for program in PROGRAMS]
            if set(found) != {"-"}:
                rows.append(f"{kind:20}{transport:26}{''.join(f'{cell:20}' for cell in found)}")
    return rows
