"""The KRM function: one valid ResourceList or nothing on stdout, words on stderr, and nothing that hostile input costs."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st

from krm_functions import __version__
from krm_functions.functions import home
from krm_functions.functions.exec import call
from krm_functions.krm.items import MAX_BYTES
from krm_functions.names import API_VERSION
from tests import tools
from tests.krm.test_resourcelist import HEAD, LISTS, ODD, RECORDED, Plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SPECS: Final = os.path.join(tools.ROOT, "examples", "hermetic", "specs")
GITOPS: Final = os.path.join(tools.ROOT, "gitops")
OVERLAY: Final = os.path.join(GITOPS, "tenants/tenant-a/apps/app1/overlays/dev")
NOWHERE: Final = "/"
"""A folder that is in no estate."""


def specs() -> list[str]:
    """Return the specs of the example, each as an item."""
    found = []
    for name in ("estate.yaml", "shop.yaml"):
        with open(os.path.join(SPECS, name), encoding="utf-8") as file:
            found += file.read().split("---\n")
    return ["- " + text.strip().replace("\n", "\n  ") + "\n" for text in found]


def config(kind: str = "EnvironmentOverlay", **spec: str) -> str:
    """Return a function config."""
    metadata = {"name": "app1", "namespace": "tenant-a"} if kind == "AppOverlay" else {"name": "any"}
    fields = spec or {"environment": "dev"}
    return yaml.safe_dump({"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": fields})


def wire(items: Sequence[str], asked: str | None = None) -> bytes:
    """Return a ResourceList with a functionConfig."""
    body = "items:\n" + "".join(items) if items else "items: []\n"
    lines = (asked or config()).strip().replace("\n", "\n  ")
    return f"{HEAD}{body}functionConfig:\n  {lines}\n".encode()


def listed(output: bytes) -> dict[str, Any]:
    """Return a ResourceList as values."""
    found: dict[str, Any] = yaml.load(output, Loader=Plain)
    assert found["kind"] == "ResourceList"
    return found


def kinds(output: bytes) -> list[str]:
    """Return the kinds of the items."""
    return [item["kind"] for item in listed(output)["items"]]


# --- the hermetic transformer


def test_specs_are_consumed() -> None:
    """Specs go, whatever else there is stays as it was, and what they come to stands behind it."""
    result = call(wire([ODD["a resource of anybody"], *specs()]), NOWHERE)
    assert (result.code, result.stderr) == (0, "")
    found = kinds(result.stdout)
    assert found[0] == "Widget"
    assert {"Namespace", "Deployment", "Service"} <= set(found)
    assert not {"Platform", "Tenant", "App"} & set(found)
    assert ODD["a resource of anybody"].encode() in result.stdout


def test_specs_among_the_items_win_over_files() -> None:
    """In a folder of another estate, the items are the estate."""
    assert call(wire(specs()), OVERLAY).stdout == call(wire(specs()), NOWHERE).stdout


def test_a_spec_that_is_local_stays() -> None:
    """A package of kpt keeps its specs: they say that they are nothing to apply."""
    local = [text.replace("metadata: {", "metadata: {annotations: {config.kubernetes.io/local-config: 'true'}, ") for text in specs()]
    assert {"Platform", "Tenant", "App"} <= set(kinds(call(wire(local), NOWHERE).stdout))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.permutations(sorted(ODD)), st.integers(0, len(ODD)), st.booleans(), st.sampled_from(["dev", "prod"])
)
def test_run_of_run_is_run(odd: list[str], count: int, local: bool, environment: str) -> None:  # noqa: FBT001
    """Called with what it gave, the function gives it again, whether the specs were consumed or kept."""
    ours = [text.replace("metadata: {", "metadata: {annotations: {config.kubernetes.io/local-config: 'true'}, ") for text in specs()] if local else specs()
    once = call(wire([*(ODD[name] for name in odd[:count]), *ours], config(environment=environment)), NOWHERE)
    assert once.code == 0
    twice = call(once.stdout, NOWHERE)
    assert twice.code == 0
    assert listed(twice.stdout)["items"] == listed(once.stdout)["items"]
    assert call(twice.stdout, NOWHERE).stdout == twice.stdout


def test_what_was_given_before_is_replaced_where_it_stands_in_a_package() -> None:
    """An object of an earlier run that has changed is replaced, and keeps the annotations by which it is followed."""
    once = call(wire([]), OVERLAY)
    old = listed(once.stdout)
    changed = next(item for item in old["items"] if item["kind"] == "Deployment")
    changed["metadata"]["annotations"] = {"config.kubernetes.io/path": "x.yaml"}
    changed["spec"]["replicas"] = 77
    again = listed(call(yaml.safe_dump(old).encode(), OVERLAY).stdout)
    assert len(again["items"]) == len(old["items"])
    found = [i for i in again["items"] if i["metadata"].get("annotations", {}).get("config.kubernetes.io/path")]
    assert [item["kind"] for item in found] == ["Deployment"]
    assert found[0]["spec"].get("replicas") != 77


def test_a_name_that_is_somebody_else_s_is_refused() -> None:
    """An object without our label is never replaced."""
    mine = "- {apiVersion: v1, kind: Namespace, metadata: {name: shop-dev}}\n"
    result = call(wire([mine, *specs()]), NOWHERE)
    assert "error[TS917]: an item that is not tenantspec's is already called Namespace/shop-dev" in result.stderr
    assert result.code == 1


def test_a_template_among_the_items() -> None:
    """An item annotated as a template of base/ is stamped with every app, and consumed."""
    base = (
        "- apiVersion: apps/v1\n  kind: Deployment\n  metadata:\n    name: any\n    annotations: {tenantspec.dev/base: deployment}\n"
        "    labels: {house: ours}\n  spec: {template: {spec: {containers: [{name: app}]}}}\n"
    )
    items = listed(call(wire([base, *specs()]), NOWHERE).stdout)["items"]
    deployments = [item for item in items if item["kind"] == "Deployment"]
    assert [d["metadata"]["labels"]["house"] for d in deployments] == ["ours", "ours"]
    assert not [d for d in deployments if "tenantspec.dev/base" in d["metadata"].get("annotations", {})]


def broken(text: str, instead: str) -> list[str]:
    """Return the specs with one thing written otherwise."""
    assert any(text in item for item in specs())
    return [item.replace(text, instead) for item in specs()]


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([], "TS912"),
        (specs()[1:], "TS106"),
        ([*specs(), specs()[1]], "TS915"),
        (broken("kind: Tenant", "kind: Tennant"), "TS914"),
        (broken("{name: shop}", "{}"), "TS914"),
        (broken("{name: shop}", "{name: ../shop}"), "TS914"),
        (broken("kind: Tenant\n  metadata: {", "kind: Tenant\n  metadata: {annotations: {tenantspec.dev/base: x}, "), "TS916"),
        (broken("quota: small", "qouta: small"), "TS201"),
    ],
)
def test_what_is_wrong_with_items(items: list[str], code: str) -> None:
    """The code, the item's name, and results for callers that read them; the items come back as they are."""
    sent = wire(items)
    result = call(sent, NOWHERE)
    assert f"error[{code}]" in result.stderr
    assert result.code == 1
    found = listed(result.stdout)
    assert code in [one["tags"]["code"] for one in found.pop("results")]
    assert found == listed(sent)


def test_a_place_names_the_item_s_origin() -> None:
    """The file that kustomize or kpt names, else kind and name; the line is that of the item as kustomize prints it."""
    items = broken("quota: small", "qouta: small")
    assert "--> items/Tenant/shop:" in call(wire(items), NOWHERE).stderr
    origin = "annotations: {config.kubernetes.io/origin: 'path: ../specs/shop.yaml'}, "
    named = [text.replace("kind: Tenant\n  metadata: {", "kind: Tenant\n  metadata: {" + origin) for text in items]
    result = call(wire(named), NOWHERE)
    assert "--> items/specs/shop.yaml:" in result.stderr
    assert "qouta: small\n" in result.stderr
    (found,) = listed(result.stdout)["results"]
    assert (found["file"]["path"], found["field"]["path"]) == ("specs/shop.yaml", "spec.qouta")
    assert (found["severity"], found["message"]) == ("error", "unknown field 'qouta'")


def test_neither_specs_nor_files_says_both_ways_out() -> None:
    """A function that sees nothing names both ways to let it see."""
    said = call(wire([]), NOWHERE).stderr
    assert "list the specs as resources and this config under transformers" in said
    assert "spec.root" in said


# --- generators and the guard


@pytest.mark.parametrize("name", [name for name in LISTS if name.startswith("generator")])
def test_a_recorded_generator_call(name: str) -> None:
    """Its own config, which kustomize sends as the first item, is understood and dropped."""
    with open(os.path.join(RECORDED, name), "rb") as file:
        sent = file.read()
    asked = kinds(sent)
    result = call(sent, GITOPS)
    assert result.code == 0
    assert asked == ["EnvironmentOverlay"]
    assert "EnvironmentOverlay" not in kinds(result.stdout)
    assert "Namespace" in kinds(result.stdout)


@pytest.mark.parametrize("name", [name for name in LISTS if name.startswith("transformer")])
def test_a_recorded_transformer_call(name: str) -> None:
    """What is not ours in a recorded list stays byte for byte."""
    with open(os.path.join(RECORDED, name), "rb") as file:
        sent = file.read()
    result = call(sent, NOWHERE)
    assert (result.code, result.stderr) == (0, "")
    start = sent.index(b"- apiVersion: apiextensions.k8s.io/v1")
    foreign = sent[start : sent.index(b"\nfunctionConfig:") + 1]
    assert foreign in result.stdout


def test_the_guard_passes_items_unchanged_or_fails_with_results() -> None:
    """TenancyGuard changes no byte of the list, or names the object that leaves its tenant."""
    built = listed(call(wire([], config("AppOverlay", environment="dev")), OVERLAY).stdout)["items"]
    items = ["- " + yaml.safe_dump(item).strip().replace("\n", "\n  ") + " # c\n" for item in built]
    sent = wire(items, config("TenancyGuard", root="."))
    sent = sent.replace(b"  spec:\n    root: .\n", b"")
    passed = call(sent, OVERLAY)
    assert (passed.stdout, passed.stderr, passed.code) == (sent, "", 0)
    foreign = "- {apiVersion: v1, kind: ConfigMap, metadata: {name: app1, namespace: kube-system}}\n"
    refused = call(sent.replace(b"items:\n", b"items:\n" + foreign.encode()), OVERLAY)
    assert refused.code == 1
    assert "TS521" in [result["tags"]["code"] for result in listed(refused.stdout)["results"]]


# --- the program


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the launcher that `plugins install --exec` writes."""
    return home.install_exec(os.fspath(tmp_path_factory.mktemp("exec") / "tenantspec-function"))


def test_the_launcher_says_its_version(program: str) -> None:
    """Started with --version, it answers like the launchers of the plugin home."""
    assert subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip() == __version__


def bomb() -> bytes:
    """Return a list with ten levels of ten aliases each."""
    levels = "".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 10))
    return f"{HEAD}items:\n- l0: &l0 [1]\n{levels}".encode()


HOSTILE: Final = {
    "nothing": b"",
    "truncated": wire(specs())[:-70] + b" '",
    "binary": bytes(range(256)) * 100,
    "a hundred megabytes": b"items: [" + b"{a: 1}, " * (100 * 2**20 // 8),
    "many values": HEAD.encode() + b"items:\n- a: [" + b"1," * (MAX_BYTES // 2 - 1000),
    "deep in brackets": HEAD.encode() + b"items:\n- a: " + b"[" * 1_000_000,
    "deep in dashes": HEAD.encode() + b"items:\n- a: " + b"- " * 100_000,
    "an alias bomb": bomb(),
    "a key twice": wire(["- {kind: A, kind: B}\n"]),
    "another kind": b"apiVersion: v1\nkind: List\nitems: []\n",
    "items that are none": wire([]).replace(b"[]", b"[a, b]"),
    "no config": HEAD.encode() + b"items: []\n",
}
MEMORY: Final = 768 * 2**20


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input(program: str, name: str) -> None:
    """Exit code 1, one diagnostic, an empty stdout, in bounded memory and time."""
    done = subprocess.run(
        [program],
        input=HOSTILE[name],
        cwd=NOWHERE,
        capture_output=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),  # noqa: PLW1509
        check=False,
    )
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (1, b""), said[-2000:]
    assert (said.count("error["), said.rstrip().endswith("\n1 error")) == (1, True)


def test_without_enable_exec_kustomize_is_silent(tmp_path: Path, program: str) -> None:
    """docs/functions.md warns of it: without the flag, no manifests, no words, and exit code 0."""
    folder = tmp_path / "dev"
    shutil.copytree(SPECS, tmp_path / "specs")
    folder.mkdir()
    asked = config("EnvironmentOverlay", environment="dev", root=GITOPS)
    asked = asked.replace("metadata:\n", f"metadata:\n  annotations:\n    config.kubernetes.io/function: 'exec: {{path: {program}}}'\n")
    (folder / "function.yaml").write_text(asked)
    (folder / "kustomization.yaml").write_text("generators: [function.yaml]\n")
    command = [tools.kustomize(), "build", "--enable-alpha-plugins", os.fspath(folder)]
    silent = subprocess.run(command, capture_output=True, check=False)
    assert (silent.returncode, silent.stdout, silent.stderr) == (0, b"", b"")
    spoken = subprocess.run([*command, "--enable-exec"], capture_output=True, check=True)
    assert b"kind: Deployment" in spoken.stdout
    with open(os.path.join(tools.ROOT, "docs", "functions.md"), encoding="utf-8") as file:
        assert "Without `--enable-exec` kustomize leaves the function out, silently, with exit code 0" in " ".join(file.read().split())


# --- kpt


def run_package(package: str, folder: Path, program: str) -> None:
    """Run the functions of a package by kyaml's own runner, in place."""
    env = {**os.environ, "PATH": f"{os.path.dirname(program)}{os.pathsep}{os.environ['PATH']}"}
    command = [tools.kustomize(), "fn", "run", package, "--enable-exec"]
    subprocess.run(command, cwd=folder, env=env, capture_output=True, check=True)


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder."""
    return {os.fspath(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_package_of_kpt(tmp_path: Path, program: str) -> None:
    """kyaml's runner expands the example's package: specs and config stay, manifests come, a second run changes nothing."""
    package = tmp_path / "kpt"
    shutil.copytree(os.path.join(tools.ROOT, "examples", "hermetic", "kpt"), package)
    before = set(snapshot(package))
    run_package("kpt", tmp_path, program)
    once = snapshot(package)
    assert before <= set(once)
    assert "shop-dev/deployment_cart.yaml" in once
    run_package("kpt", tmp_path, program)
    assert snapshot(package) == once
