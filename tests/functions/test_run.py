"""A function as kustomize calls it: manifests and exit 0, or nothing on stdout, words on stderr and exit 1."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st

from krm_functions import __version__
from krm_functions.functions.run import Result, run
from krm_functions.krm.order import kustomize_order
from krm_functions.names import API_VERSION
from krm_functions.spec.functions import FUNCTIONS
from krm_functions.spec.kinds import KINDS
from krm_functions.testing import lay_out
from tests import tools
from tests.spec.model import mutated
from tests.test_cases import CASES, ESTATE, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WEB: Final = "tenants/acme/apps/web/app.yaml"
OVERLAY: Final = "tenants/acme/apps/web/overlays/dev"
BUILT: Final = ("guardrails/forbidden-patches", "many/broken-tenant-hides-nobody", "yaml/flow-style")
"""Broken estates that the real kustomize builds too."""


def config(kind: str = "AppOverlay", *, name: str = "web", **spec: object) -> str:
    """Return a function config as kustomize hands it over."""
    fields = {"environment": "dev", **spec} if kind == "AppOverlay" else spec
    metadata = {"name": name, "namespace": "acme"} if kind == "AppOverlay" else {"name": name}
    return yaml.safe_dump({"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": fields})


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Return a copy of the estate of the cases, with the folder of one overlay."""
    root = tmp_path / "estate"
    shutil.copytree(ESTATE, root)
    write(
        root / OVERLAY / "kustomization.yaml", "generators:\n  - |\n    " + config().replace("\n", "\n    ")
    )
    return root


def in_the_way(root: Path) -> None:
    """Put a folder where the platform is."""
    (root / "platform.yaml").unlink()
    (root / "platform.yaml").mkdir()


def outside(root: Path) -> None:
    """Let a spec be a link to a file outside of the estate."""
    shutil.move(root / WEB, root.parent / "app.yaml")
    (root / WEB).symlink_to(root.parent / "app.yaml")


def nothing(root: Path) -> None:
    """Leave the estate as it is."""


BROKEN: Final[dict[str, tuple[Callable[[Path], object], str, str]]] = {
    "another folder's config": (nothing, config(name="api"), "TS206"),
    "an unknown environment": (nothing, config("ClusterOverlay", environment="qa"), "TS301"),
    "an unknown function": (nothing, config("AppOverlays"), "TS903"),
    "an unknown hub": (nothing, config("TenantApplications", hub="other"), "TS301"),
    "no field that is needed": (nothing, config("ClusterOverlay"), "TS204"),
    "no config": (nothing, "", "TS110"),
    "a config that is a list": (nothing, "- kind: AppOverlay\n", "TS110"),
    "a config that is no YAML": (nothing, "kind: [\n", "TS101"),
    "a kind that is no word": (nothing, config().replace("AppOverlay", "[AppOverlay]"), "TS903"),
    "a root that is a number": (nothing, config(root=5), "TS202"),
    "a root that is elsewhere": (nothing, config(root="../../nowhere"), "TS901"),
    "no platform": (lambda root: (root / "platform.yaml").unlink(), config(), "TS901"),
    "a platform that is a folder": (in_the_way, config(), "TS901"),
    "an empty platform": (lambda root: write(root / "platform.yaml", ""), config(), "TS108"),
    "a broken platform": (lambda root: write(root / "platform.yaml", "spec: {"), config(), "TS101"),
    "a platform of another kind": (
        lambda root: write(root / "platform.yaml", "kind: Pod"),
        config(),
        "TS203",
    ),
    "a spec that is not UTF-8": (lambda root: (root / WEB).write_bytes(b"kind: \xff"), config(), "TS107"),
    "a spec with a NUL": (lambda root: write(root / WEB, "kind: \0"), config(), "TS101"),
    "a spec of five megabytes": (lambda root: write(root / WEB, "#" * 5_000_000), config(), "TS106"),
    "a spec outside of the estate": (outside, config(), "TS106"),
    "a base without a workload": (
        lambda root: write(root / "base/deployment/deployment.yaml", "kind: Deployment"),
        config(),
        "TS604",
    ),
}
"""What is wrong, by what it takes to break the estate, the config to call with, and the code."""


@pytest.mark.parametrize("title", BROKEN)
def test_a_failure_is_words_and_nothing_else(estate: Path, plugin_home: str, title: str) -> None:
    """Whatever is wrong, stdout is empty, the exit code is 1 and stderr holds diagnostics; a launcher says the same."""
    spoil, text, code = BROKEN[title]
    spoil(estate)
    result = run(text, os.fspath(estate / OVERLAY))
    assert (result.stdout, result.code) == (b"", 1)
    assert f"error[{code}]: " in result.stderr
    assert launched(plugin_home, text, estate / OVERLAY) == result


@pytest.mark.parametrize("name", BUILT)
def test_kustomize_shows_what_the_function_says(tmp_path: Path, plugin_home: str, name: str) -> None:
    """A person who runs kustomize reads the same diagnostics, to the letter, and gets no output."""
    case = next(case for case in CASES if case.name == name)
    folder = lay_out(case, os.fspath(tmp_path / "estate"))
    with open(os.path.join(case.folder, "errors.txt"), encoding="utf-8") as stream:
        errors = stream.read()
    built = kustomize(folder, plugin_home)
    assert (built.stdout, built.code) == (b"", 1)
    assert errors in built.stderr


def test_kustomize_prints_what_the_function_prints(estate: Path, plugin_home: str) -> None:
    """What comes out of kustomize are the function's manifests, in kustomize's order."""
    built = kustomize(os.fspath(estate / OVERLAY), plugin_home)
    result = run(config(), os.fspath(estate / OVERLAY))
    assert (built.code, built.stderr, result.code, result.stderr) == (0, "", 0, "")
    assert manifests(built) == kustomize_order(manifests(result))
    assert launched(plugin_home, config(), estate / OVERLAY) == result


def test_a_note_fails_nothing(estate: Path, plugin_home: str) -> None:
    """An app without a version here yet prints nothing, says so and is no failure."""
    versions = "kind: AppVersions\nmetadata: {name: web, namespace: acme}\nspec: {prod-eu: 1.0.0}\n"
    write(estate / "tenants/acme/apps/web/versions.yaml", f"apiVersion: {API_VERSION}\n{versions}")
    result = run(config(), os.fspath(estate / OVERLAY))
    assert (result.stdout, result.code) == (b"", 0)
    assert "info[TS307]: " in result.stderr
    assert launched(plugin_home, config(), estate / OVERLAY) == result


def test_a_stale_launcher_refuses_to_work(estate: Path, plugin_home: str, tmp_path: Path) -> None:
    """After an upgrade, a plugin home of another version says what to do rather than guess."""
    home = tmp_path / "home"
    shutil.copytree(plugin_home, home)
    launcher = home / API_VERSION / "appoverlay" / "AppOverlay"
    launcher.write_text(launcher.read_text().replace(f"main({__version__!r}", "main('0.0.1'"))
    result = launched(os.fspath(home), config(), estate / OVERLAY)
    assert (result.stdout, result.code) == (b"", 1)
    assert "error[TS904]: " in result.stderr
    assert "0.0.1" in result.stderr
    assert "tenantspec plugins install" in result.stderr
    built = kustomize(os.fspath(estate / OVERLAY), os.fspath(home))
    assert (built.stdout, built.code) == (b"", 1)
    assert result.stderr in built.stderr


def test_a_launcher_takes_nothing_from_its_caller(estate: Path, plugin_home: str, tmp_path: Path) -> None:
    """Modules beside the kustomization, and Python's variables, do not reach the function."""
    for name in ("yaml", "krm_functions", "sitecustomize"):
        write(estate / OVERLAY / f"{name}.py", "raise SystemExit('taken over')")
    shutil.copytree(estate / OVERLAY, tmp_path / "modules")
    variables = {
        "PYTHONPATH": os.fspath(tmp_path / "modules"),
        "PYTHONSTARTUP": "x",
        "PYTHONHOME": "/nowhere",
    }
    result = launched(plugin_home, config(), estate / OVERLAY, variables)
    assert result == run(config(), os.fspath(estate / OVERLAY))
    assert result.code == 0


def test_a_broken_name_of_a_folder_is_printed(tmp_path: Path, plugin_home: str) -> None:
    """A folder whose name is no UTF-8 does not break the report."""
    folder = os.fsencode(tmp_path) + b"/\xff"
    os.mkdir(folder)
    result = launched(plugin_home, config(), os.fsdecode(folder))
    assert (result.stdout, result.code) == (b"", 1)
    assert "error[TS901]: " in result.stderr


SPECS: Final = {
    "Platform": "platform.yaml",
    "Tenant": "tenants/acme/config/tenant.yaml",
    "App": WEB,
    "AppVersions": "tenants/acme/apps/web/versions.yaml",
    "Component": "infra/ingress/component.yaml",
}
CALLS: Final = (
    config(),
    config("ClusterOverlay", environment="dev"),
    config("InfraApplications", hub="main"),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_spec_is_a_bug_of_ours(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """However odd a spec, it gives manifests or diagnostics; never a traceback, never both."""
    root = tmp_path_factory.mktemp("odd") / "estate"
    shutil.copytree(ESTATE, root)
    kind = data.draw(st.sampled_from(sorted(SPECS)))
    document: Any = data.draw(mutated(KINDS[kind]))
    if isinstance(document, dict) and isinstance(document.get("metadata"), dict):
        names = {"name": "acme" if kind == "Tenant" else "web", "namespace": "acme"}
        document["metadata"] |= {key: names[key] for key in document["metadata"] if key in names}
    write(root / SPECS[kind], yaml.safe_dump(document, allow_unicode=True))
    for text in CALLS:
        result = run(text, os.fspath(root))
        assert result.code in (0, 1)
        assert bool(result.stderr) or result.code == 0
        assert not result.stdout or result.code == 0
    shutil.rmtree(root.parent)


def launched(home: str, text: str, folder: Path | str, variables: dict[str, str] | None = None) -> Result:
    """Call a launcher as kustomize does: the config as a file, the kustomization as working directory."""
    kind = next((kind for kind in FUNCTIONS if f"kind: {kind}\n" in text), "AppOverlay")
    launcher = os.path.join(home, API_VERSION, kind.lower(), kind)
    file = os.path.join(home, f"{os.getpid()}.yaml")
    with open(file, "w", encoding="utf-8") as stream:
        stream.write(text)
    given_ = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")} | (
        variables or {}
    )
    done = subprocess.run([launcher, file], cwd=folder, env=given_, capture_output=True, check=False)
    return Result(done.stdout, done.stderr.decode(), done.returncode)


def kustomize(folder: str, home: str) -> Result:
    """Build a folder with the real kustomize."""
    command = [tools.kustomize(), "build", "--enable-alpha-plugins", folder]
    environment = {**os.environ, "KUSTOMIZE_PLUGIN_HOME": home}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return Result(done.stdout, done.stderr.decode(), done.returncode)


def manifests(result: Result) -> list[dict[str, Any]]:
    """Return the manifests of a result."""
    return [document for document in yaml.safe_load_all(result.stdout) if document]
