"""init, add and sync write what they say, say what comes next, and leave nothing half done."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from tests.cli.command import OVERLAY, WEB, tenantspec
from tests.scaffold.estates import files, read, replace, write

QA = ("--stage", "stg", "--region", "us-east-1", "--hub", "main", "--cluster", "qa-1")


def platform(root: str) -> dict[str, object]:
    """Return the spec of platform.yaml."""
    spec: dict[str, object] = yaml.safe_load(read(root, "platform.yaml"))["spec"]
    return spec


# --- init


def test_init_leads_to_a_first_build(tmp_path: Path) -> None:
    """It counts its files and names the commands that build the first overlay."""
    made = tenantspec("init", "My Estate", cwd=os.fspath(tmp_path)).fine()
    root = os.fspath(tmp_path / "My Estate")
    assert made.stdout == f"{len(files(root))} files written to My Estate\n"
    assert yaml.safe_load(read(root, "platform.yaml"))["metadata"] == {"name": "my-estate"}
    assert "cd 'My Estate'\n" in made.stderr
    assert f"kustomize build --enable-alpha-plugins {OVERLAY}\n" in made.stderr


def test_init_in_this_folder_needs_no_cd(tmp_path: Path) -> None:
    """Without a folder it is the current one."""
    made = tenantspec("init", cwd=os.fspath(tmp_path)).fine()
    assert "cd " not in made.stderr
    assert tenantspec("check", cwd=os.fspath(tmp_path)).fine()


def test_init_takes_the_estate_s_own_values(tmp_path: Path) -> None:
    """Name, domain and repository stand in platform.yaml."""
    values = {"--name": "acme", "--domain": "apps.acme.dev", "--repository": "git@github.com:acme/gitops.git"}
    values |= {"--revision": "live", "--path": "gitops"}
    tenantspec(
        "init", "e", *(word for pair in values.items() for word in pair), cwd=os.fspath(tmp_path)
    ).fine()
    written = yaml.safe_load(read(os.fspath(tmp_path / "e"), "platform.yaml"))
    assert written["metadata"]["name"] == "acme"
    assert written["spec"]["domain"] == "apps.acme.dev"
    repository = {"url": "git@github.com:acme/gitops.git", "revision": "live", "path": "gitops"}
    assert written["spec"]["repository"] == repository


def test_init_keeps_an_estate_that_is_there(root: str) -> None:
    """A second init is refused and changes nothing."""
    before = files(root)
    tenantspec("init", root, cwd=root).refused("TS208")
    assert files(root) == before


def test_init_below_a_file_writes_nothing(tmp_path: Path) -> None:
    """A folder that cannot be made is a diagnostic."""
    (tmp_path / "file").write_text("")
    tenantspec("init", "file/estate", cwd=os.fspath(tmp_path)).refused("TS608")
    assert os.listdir(tmp_path) == ["file"]


# --- add


def test_a_tenant_and_its_app(root: str) -> None:
    """Each addition prints its files, one a line, and what comes next; the estate is in step afterwards."""
    options = ("--display-name", "The shop", "--owner", "a", "--owner", "b", "--quota", "small")
    tenant = tenantspec("add", "tenant", "shop", *options, "--environment", "dev", cwd=root).fine()
    assert tenant.stdout == "tenants/shop/config/tenant.yaml\n"
    assert tenant.stderr.startswith("next: tenantspec add app shop ")
    assert yaml.safe_load(read(root, "tenants/shop/config/tenant.yaml"))["spec"] == {
        "displayName": "The shop",
        "owners": {"groups": ["a", "b"]},
        "quota": "small",
        "environments": ["dev"],
    }
    image = ("--image", "ghcr.io/example/cart:1.0.0", "--port", "8080", "--health", "/healthz", "--expose")
    app = tenantspec("add", "app", "shop", "cart", *image, cwd=root).fine()
    overlay = "tenants/shop/apps/cart/overlays/dev"
    written = ["app.yaml", "versions.yaml", "overlays/dev/kustomization.yaml"]
    assert app.stdout.splitlines() == [f"tenants/shop/apps/cart/{file}" for file in written]
    assert app.stderr == f"next: tenantspec check, then kustomize build --enable-alpha-plugins {overlay}\n"
    tenantspec("sync", "--check", cwd=root).fine()
    assert "cart-dev.apps.example.com" in tenantspec("build", overlay, cwd=root).fine().stdout


def test_a_host_of_its_own(root: str) -> None:
    """--host names the label, and needs no --expose beside it."""
    image = ("--image", "ghcr.io/example/cart:1.0.0", "--port", "8080")
    tenantspec("add", "app", "team-a", "cart", *image, "--host", "basket", cwd=root).fine()
    assert yaml.safe_load(read(root, "tenants/team-a/apps/cart/app.yaml"))["spec"]["expose"] == {
        "host": "basket"
    }


@pytest.mark.parametrize("image", ["ghcr.io/example/cart", "localhost:5000/cart"])
def test_an_image_without_a_version_leads_to_versions_yaml(root: str, image: str) -> None:
    """Such an app is deployed nowhere yet: the next step is to say what to deploy."""
    added = tenantspec("add", "app", "team-a", "cart", "--image", image, cwd=root).fine()
    assert added.stderr == "next: write the versions to deploy into tenants/team-a/apps/cart/versions.yaml\n"


def test_an_environment_and_its_cluster(root: str) -> None:
    """Both stand in platform.yaml, and the new environment's folders are written."""
    added = tenantspec("add", "environment", "qa", *QA, "--purpose", "Trials", cwd=root).fine()
    folders = ["clusters/main/qa", f"{WEB}/overlays/qa"]
    wanted = ["platform.yaml", *(f"{folder}/kustomization.yaml" for folder in folders)]
    assert added.stdout.splitlines() == wanted
    assert "versions.yaml" in added.stderr
    facts = (
        "--server",
        "https://qa:6443",
        "--kubernetes",
        "1.34",
        "--jurisdiction",
        "us",
        "--credentials",
        "k",
    )
    assert tenantspec("add", "cluster", "qa-1", *facts, cwd=root).fine().stdout == "platform.yaml\n"
    spec = platform(root)
    assert spec["environments"]["qa"] == {  # type: ignore[index]
        "stage": "stg", "region": "us-east-1", "hub": "main", "cluster": "qa-1", "purpose": "Trials",
    }  # fmt: skip
    assert spec["clusters"] == {
        "qa-1": {
            "server": "https://qa:6443",
            "kubernetes": "1.34",
            "jurisdiction": "us",
            "credentials": {"key": "k"},
        }
    }
    tenantspec("check", cwd=root).fine()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["tenant", "team-a"], "TS208", "exists already"),
        (["tenant", "../x"], "TS203", "not a DNS label"),
        (["tenant", "A_B"], "TS203", "not a DNS label"),
        (["tenant", "x", "--quota", "smal"], "TS301", "did you mean 'small'?"),
        (["tenant", "x", "--environment", "dve"], "TS301", "did you mean 'dev'?"),
        (["app", "team-b", "x", "--image", "a.b/c:1"], "TS301", "did you mean 'team-a'?"),
        (["app", "team-a", "web", "--image", "a.b/c:1"], "TS208", "exists already"),
        (["app", "team-a", "../../x", "--image", "a.b/c:1"], "TS203", "not a DNS label"),
        (["app", "team-a", "x", "--image", "a b"], "TS203", "image"),
        (["app", "team-a", "x", "--image", "a.b/c:1", "--port", "70000"], "TS203", "port"),
        (["environment", "dev", *QA], "TS208", "exists already"),
        (["environment", "qa", *QA[:-1], "prod"], "TS302", "prod"),
        (["environment", "qa", "--stage", "stage", *QA[2:]], "TS301", "stage"),
        (["cluster", "dev", "--kubernetes", "new"], "TS203", "kubernetes"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else None,
)
def test_a_refused_addition_writes_nothing(root: str, arguments: list[str], code: str, said: str) -> None:
    """A name that is taken, unknown or impossible is one diagnostic."""
    before = files(root)
    assert said in tenantspec("add", *arguments, cwd=root).refused(code).stderr
    assert files(root) == before


@pytest.mark.parametrize(
    "addition",
    [
        ["tenant", "shop", "--owner", "shop-admins"],
        ["app", "team-a", "cart", "--image", "ghcr.io/example/cart:1.0.0"],
        ["environment", "qa", *QA],
        ["cluster", "dev", "--kubernetes", "1.34"],
    ],
    ids=lambda words: words[0],
)
def test_an_addition_that_cannot_be_synced_is_undone(root: str, addition: list[str]) -> None:
    """While another spec is broken, its fault is told and every byte stays."""
    replace(root, f"{WEB}/app.yaml", "port: ", "prot: ")
    before = files(root)
    answer = tenantspec("add", *addition, cwd=root).refused("TS201")
    assert f"estate/{WEB}/app.yaml:7:3" in answer.stderr
    assert answer.stderr.endswith("nothing was added: mend this first\n")
    assert files(root) == before
    assert not os.path.exists(os.path.join(root, "tenants/shop"))


# --- sync


def test_sync_lists_what_it_changes(root: str) -> None:
    """Files on stdout, one a line; a second run has nothing to do."""
    os.remove(os.path.join(root, OVERLAY, "kustomization.yaml"))
    first = tenantspec("sync", cwd=root).fine()
    assert first.stdout == f"{OVERLAY}/kustomization.yaml\n"
    assert first.stderr == "1 file changed; next: tenantspec check\n"
    assert tenantspec("sync", cwd=root).fine() == (0, "", "nothing to change\n")


def test_sync_check_reports_drift_and_writes_nothing(root: str) -> None:
    """Exit 1 with one diagnostic per file; check reports the same."""
    os.remove(os.path.join(root, OVERLAY, "kustomization.yaml"))
    before = files(root)
    for command in (["sync", "--check"], ["check"]):
        assert "run 'tenantspec sync'" in tenantspec(*command, cwd=root).refused("TS601").stderr
    found = tenantspec("sync", "--check", "--format", "json", cwd=root)
    (record,) = json.loads(found.stdout)["diagnostics"]
    assert (found.code, record["code"], record["file"]) == (1, "TS601", f"{OVERLAY}/kustomization.yaml")
    assert files(root) == before


def test_sync_says_what_it_leaves_to_a_person(root: str) -> None:
    """A folder that is no longer wanted but holds hand-written lines stays, with a warning each time."""
    file = f"{WEB}/overlays/old/kustomization.yaml"
    write(root, file, read(root, f"{OVERLAY}/kustomization.yaml") + "resources: [own.yaml]\n")
    for _ in range(2):
        kept = tenantspec("sync", cwd=root).fine()
        assert f"warning[TS607]: {file}" in kept.stderr
    found = json.loads(tenantspec("sync", "--format", "json", cwd=root).fine().stdout)
    assert [record["code"] for record in found["diagnostics"]] == ["TS607"]
