"""Add: new specs are small and valid; platform.yaml keeps every byte that it had."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from krm_functions.diagnostics import TenantspecError
from krm_functions.documents import yaml
from krm_functions.documents.tree import Tree
from krm_functions.estate.estate import Estate
from krm_functions.scaffold import sync
from krm_functions.scaffold.add import add_app, add_cluster, add_environment, add_tenant
from krm_functions.spec.load import Specs
from tests.scaffold.estates import added_lines, copied, files, planned, read, synced, write

PLATFORM = "platform.yaml"
QA = {"stage": "stg", "region": "us-west-2", "hub": "us-west-2", "cluster": "opsera-mcp-qa"}
FACTS = {"kubernetes": "1.34", "jurisdiction": "us", "capabilities": {"ingressClasses": ["nginx"]}}
BARE = """\
apiVersion: tenantspec.dev/v1alpha1
kind: Platform
metadata: {name: bare}
spec:
  domain: example.com
  repository: {url: "https://example.com/r.git"}
  stages: [stg]
  hubs: {us-west-2: {}}
"""
BLOCK = """\
  environments:
    # the first
    stg:
      stage: stg   # kept
      region: us-west-2
      hub: us-west-2
      cluster: a
    # more to come

  network: {internet: true}
"""
OWN_LINES = """\
  environments: {
    stg: {stage: stg, region: us-west-2, hub: us-west-2, cluster: a},  # kept
  }
  network: {internet: true}
"""
LAST = """\
  environments:
    stg: {stage: stg, region: us-west-2, hub: us-west-2, cluster: a}"""
ANCHORS = """\
  environments:
    stg: &stg {stage: stg, region: us-west-2, hub: us-west-2, cluster: a}
    two: {<<: *stg, cluster: b}
  clusters:
    a: &facts {jurisdiction: us}
    b: *facts
"""


@pytest.fixture
def root(tmp_path: Path) -> str:
    """Return a copy of gitops/ in step with its specs."""
    root = copied(os.fspath(tmp_path))
    synced(root)
    return root


def refused(add: Callable[[], object]) -> list[str]:
    """Return the codes that an addition fails with."""
    with pytest.raises(TenantspecError) as caught:
        add()
    return [d.code for d in caught.value.diagnostics]


# --- environments and clusters


def test_an_environment_is_one_line_beside_its_siblings(root: str) -> None:
    """The estate's own platform.yaml gains one line in the style of the lines around it; sync does the rest."""
    before = read(root, PLATFORM)
    assert add_environment(root, "qa", **QA, purpose="Quality") == [PLATFORM]
    assert added_lines(before, read(root, PLATFORM)) == [
        "    qa: {stage: stg, region: us-west-2, hub: us-west-2, cluster: opsera-mcp-qa, purpose: Quality}\n"
    ]
    assert len(synced(root)) == 7


def test_cluster_facts_get_a_block_after_the_environments(root: str) -> None:
    """The first cluster brings the block, the second joins it."""
    before = read(root, PLATFORM)
    add_cluster(root, "opsera-mcp-dev", FACTS)
    add_cluster(root, "opsera-mcp-stg", {})
    after = read(root, PLATFORM)
    assert "".join(added_lines(before, after)) == (
        "  clusters:\n"
        "    opsera-mcp-dev:\n"
        '      kubernetes: "1.34"\n'
        "      jurisdiction: us\n"
        "      capabilities:\n"
        "        ingressClasses:\n"
        "          - nginx\n"
        "    opsera-mcp-stg: {}\n"
    )
    assert after.index("  prod-eu:") < after.index("  clusters:") < after.index("  naming:")
    assert Estate(Specs(Tree(root))).platform.cluster("opsera-mcp-dev")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BARE + BLOCK, ["    qa:\n", *(f"      {key}: {value}\n" for key, value in QA.items())]),
        (
            (BARE + BLOCK).replace("\n", "\r\n"),
            ["    qa:\r\n", *(f"      {k}: {v}\r\n" for k, v in QA.items())],
        ),
        (
            BARE + OWN_LINES,
            ["    qa: {stage: stg, region: us-west-2, hub: us-west-2, cluster: opsera-mcp-qa},\n"],
        ),
        (
            BARE + ANCHORS,
            ["    qa: {stage: stg, region: us-west-2, hub: us-west-2, cluster: opsera-mcp-qa}\n"],
        ),
    ],
    ids=["block style", "CRLF", "flow style on own lines", "anchors"],
)
def test_any_style_only_gains_lines(tmp_path: Path, text: str, expected: list[str]) -> None:
    """Comments, order, quotes, anchors, flow style and line ends of everything else stay byte for byte."""
    root = os.fspath(tmp_path)
    write(root, PLATFORM, text)
    add_environment(root, "qa", **QA)
    assert added_lines(text, read(root, PLATFORM)) == expected


def test_without_a_final_newline_the_file_gains_one(tmp_path: Path) -> None:
    """The last line ends before the new one begins."""
    root = os.fspath(tmp_path)
    write(root, PLATFORM, BARE + LAST)
    add_environment(root, "qa", **QA)
    assert read(root, PLATFORM).startswith(BARE + LAST + "\n    qa: {")
    assert read(root, PLATFORM).count("\n") == (BARE + LAST).count("\n") + 2


@pytest.mark.parametrize(
    "written", ["{}", "", "null", "{a: {jurisdiction: us}}", "{a: {jurisdiction: us,},}"]
)
def test_a_cluster_joins_a_flow_mapping_in_its_line(tmp_path: Path, written: str) -> None:
    """Where everything stands in one line, that line alone changes."""
    root = os.fspath(tmp_path)
    text = BARE + BLOCK + f"  clusters: {written} # facts\n"
    write(root, PLATFORM, text)
    add_cluster(root, "b", {"jurisdiction": "eu"})
    *same, changed = read(root, PLATFORM).splitlines(keepends=True)
    assert "".join(same) == BARE + BLOCK
    assert changed.endswith(" # facts\n")
    clusters = yaml.read(read(root, PLATFORM)).documents[0]["spec"]["clusters"]
    assert clusters["b"] == {"jurisdiction": "eu"}
    assert len(clusters) == ("{a" in written) + 1


@pytest.mark.parametrize(
    ("name", "facts", "codes"),
    [
        ("dev", QA, ["TS208"]),
        ("QA", QA, ["TS203"]),
        ("qa", {**QA, "stage": "qa"}, ["TS301"]),
        ("qa", {**QA, "hub": "us-west"}, ["TS301"]),
        ("qa", {**QA, "cluster": "opsera-mcp-dev"}, ["TS302"]),
        ("qa", {**QA, "region": "US"}, ["TS203"]),
    ],
)
def test_a_wrong_environment_is_refused(
    root: str, name: str, facts: dict[str, str], codes: list[str]
) -> None:
    """The new platform is judged by the model and by what it names, before anything is written."""
    before = files(root)
    assert refused(lambda: add_environment(root, name, **facts)) == codes
    assert files(root) == before


def test_a_wrong_cluster_is_refused(root: str) -> None:
    """A known name, an invalid name and an unknown fact."""
    add_cluster(root, "a", FACTS)
    before = files(root)
    assert refused(lambda: add_cluster(root, "a", FACTS)) == ["TS208"]
    assert refused(lambda: add_cluster(root, "A_", FACTS)) == ["TS203"]
    assert refused(lambda: add_cluster(root, "b", {"juristiction": "us"})) == ["TS201"]
    assert files(root) == before


# --- tenants and apps


def test_a_tenant_is_a_small_file(root: str) -> None:
    """The modeline leads to the schemas that platform.yaml uses."""
    (file,) = add_tenant(
        root,
        "tenant-d",
        display_name="Tenant D",
        owners=["d-admins"],
        quota="small",
        environments=["dev", "stg"],
    )
    assert file == "tenants/tenant-d/config/tenant.yaml"
    assert read(root, file) == (
        "# yaml-language-server: $schema=../../../../schemas/tenant.schema.json\n"
        "apiVersion: tenantspec.dev/v1alpha1\n"
        "kind: Tenant\n"
        "metadata: {name: tenant-d}\n"
        "spec:\n"
        "  displayName: Tenant D\n"
        "  owners: {groups: [d-admins]}\n"
        "  quota: small\n"
        "  environments: [dev, stg]\n"
    )
    assert planned(root).changes == ()


def test_a_tenant_needs_only_a_name(root: str) -> None:
    """An empty spec is a valid tenant."""
    (file,) = add_tenant(root, "tenant-d")
    assert read(root, file).endswith("metadata: {name: tenant-d}\nspec: {}\n")
    assert Estate(Specs(Tree(root))).tenant("tenant-d")


def test_an_app_starts_in_the_first_stage(root: str) -> None:
    """The image's version goes into versions.yaml for dev alone; promotion takes it further."""
    image = "ghcr.io/opsera/agent-c2:1.10"
    written = add_app(root, "tenant-c", "app2", image=image, port=8080, health="/healthz", expose="appc2")
    app, versions = written
    assert read(root, app).partition("spec:\n")[2] == (
        "  image: ghcr.io/opsera/agent-c2\n  port: 8080\n  health: /healthz\n  expose: {host: appc2}\n"
    )
    assert read(root, versions).partition("spec:\n")[2] == '  dev: "1.10"\n'
    assert len(synced(root)) == 4
    estate = Estate(Specs(Tree(root)))
    tenant = estate.tenant("tenant-c")
    assert tenant
    deployed = [e.name for e in estate.platform.environments if estate.app("tenant-c", "app2", e)]
    assert deployed == ["dev"]


def test_a_version_may_be_a_digest(root: str) -> None:
    """Tag and digest both move to versions.yaml."""
    digest = "sha256:" + "a" * 64
    _, versions = add_app(root, "tenant-c", "app2", image=f"ghcr.io/opsera/x:1.0.0@{digest}")
    assert yaml.read(read(root, versions)).documents[0]["spec"] == {"dev": f"1.0.0@{digest}"}


def test_an_app_without_a_version_waits(root: str) -> None:
    """It is valid, has its overlays, and is deployed nowhere."""
    _, versions = add_app(root, "tenant-c", "app2", image="ghcr.io/opsera/x", expose=True)
    assert read(root, versions).endswith("spec: {}\n")
    assert len(synced(root)) == 4


@pytest.mark.parametrize(
    ("add", "codes"),
    [
        (lambda root: add_tenant(root, "tenant-a"), ["TS208"]),
        (lambda root: add_tenant(root, "Tenant_D"), ["TS203"]),
        (lambda root: add_tenant(root, "tenant-d", quota="smal"), ["TS301"]),
        (lambda root: add_tenant(root, "tenant-d", environments=["qa"]), ["TS301"]),
        (lambda root: add_tenant(root, "../tenant-d"), ["TS203"]),
        (lambda root: add_app(root, "tenant-a", "app1", image="ghcr.io/opsera/x"), ["TS208"]),
        (lambda root: add_app(root, "tenant-a", "1app", image="ghcr.io/opsera/x"), ["TS203"]),
        (lambda root: add_app(root, "tenant-x", "app1", image="ghcr.io/opsera/x"), ["TS301"]),
        (lambda root: add_app(root, "tenant-a", "app9", image="ghcr.io/opsera/x", port=0), ["TS203"]),
        (
            lambda root: add_app(root, "tenant-a", "app9", image="ghcr.io/opsera/x", expose="Not A Label"),
            ["TS203"],
        ),
    ],
)
def test_a_wrong_tenant_or_app_is_refused(
    root: str, add: Callable[[str], list[str]], codes: list[str]
) -> None:
    """Taken and invalid names, unknown references and values that the model refuses write nothing."""
    before = files(root)
    assert refused(lambda: add(root)) == codes
    assert files(root) == before


def test_additions_leave_no_drift(root: str) -> None:
    """After add and sync the estate is in step."""
    add_environment(root, "qa", **QA)
    add_tenant(root, "tenant-d")
    add_app(root, "tenant-d", "api", image="ghcr.io/opsera/api:1.0.0", port=80)
    assert len(synced(root)) == 1 + 6 + 5
    assert sync.drift(planned(root)) == []
