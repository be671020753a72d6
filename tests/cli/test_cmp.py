"""`tenantspec cmp`: what Argo CD's plugin sidecar calls, in a folder of a tree that holds only what it reads."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Final

import pytest

from krm_functions import __version__
from tests import tools
from tests.cli.command import COMMAND, Answer, environment, tenantspec

if TYPE_CHECKING:
    from pathlib import Path

OVERLAY: Final = "tenants/tenant-a/apps/app1/overlays/dev"
MARK: Final = "hunter2-in-the-clear"
TOKEN: Final = "tok-123456"  # noqa: S105  (nobody's)


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Return a copy of gitops/, whose kustomizations may be changed."""
    copy = tmp_path / "gitops"
    shutil.copytree(os.path.join(tools.ROOT, "gitops"), copy)
    return copy


def cmp(folder: Path, command: str, **variables: str) -> Answer:
    """Call `tenantspec cmp` in a folder, with some variables."""
    return tenantspec("cmp", command, cwd=os.fspath(folder), env=environment(**variables))


def overlay_of(estate: Path, text: str) -> Path:
    """Rewrite the overlay's kustomization and return its folder."""
    folder = estate / OVERLAY
    (folder / "kustomization.yaml").write_text(text)
    return folder


def written(estate: Path) -> str:
    """Return the overlay's kustomization as it is in gitops/."""
    return (estate / OVERLAY / "kustomization.yaml").read_text()


@pytest.mark.parametrize("folder", [OVERLAY, "clusters/us-west-2", "clusters/us-west-2/dev"])
def test_generate_gives_what_build_gives(estate: Path, folder: str) -> None:
    """Apps, clusters and hubs come out of the plugin byte for byte as out of a build."""
    generated, built = (
        cmp(estate / folder, "generate"),
        tenantspec("build", ".", cwd=os.fspath(estate / folder)),
    )
    assert generated.code == 0, generated.stderr
    assert generated.stdout == built.stdout
    assert "kind:" in generated.stdout


def test_a_link_at_the_applications_path_is_refused(estate: Path) -> None:
    """Argo CD starts the plugin where the link leads to; its own path tells that this is not the app's folder."""
    path = f"gitops/{OVERLAY}"
    assert cmp(estate / OVERLAY, "generate", ARGOCD_APP_SOURCE_PATH=path).code == 0
    answer = cmp(estate / "clusters/us-west-2/dev", "generate", ARGOCD_APP_SOURCE_PATH=path)
    assert (answer.code, answer.stdout) == (1, "")
    assert "TS541" in answer.stderr
    assert f"{path} leads to clusters/us-west-2/dev" in answer.stderr


def test_an_addition_is_built_by_kustomize_and_kept(estate: Path) -> None:
    """A hand-written ConfigMap beside the generator comes out beside the app's own objects."""
    folder = overlay_of(estate, written(estate) + "resources: [own.yaml]\n")
    own = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app1-own, namespace: tenant-a-dev}\ndata: {a: b}\n"
    )
    (folder / "own.yaml").write_text(own)
    answer = cmp(folder, "generate")
    assert answer.code == 0, answer.stderr
    assert "name: app1-own" in answer.stdout
    assert "kind: Deployment" in answer.stdout


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("resources: []\n", "TS931"),
        ("generators: [app.yaml]\nhelmGlobals: {chartHome: x}\n", "TS540"),
        ("resources: [https://example.com/base?ref=main]\n", "TS541"),
        ("resources: [github.com/example/base]\n", "TS541"),
    ],
)
def test_what_must_not_be_built_is_refused_before_it_is(estate: Path, text: str, code: str) -> None:
    """An empty build, Helm and remote bases are exit code 1, with the reason and nothing on stdout."""
    answer = cmp(overlay_of(estate, text), "generate")
    assert (answer.code, answer.stdout) == (1, "")
    assert code in answer.stderr


def test_an_object_that_is_patched_away_is_refused(estate: Path) -> None:
    """A build without the Service that the app's spec calls for would make Argo CD prune it."""
    named = "metadata: {name: app1, namespace: tenant-a-dev}"
    gone = f"- patch: |-\n    $patch: delete\n    apiVersion: v1\n    kind: Service\n    {named}\n"
    answer = cmp(overlay_of(estate, f"{written(estate)}patches:\n{gone}"), "generate")
    assert (answer.code, answer.stdout) == (1, "")
    assert "TS932" in answer.stderr
    assert "Service/tenant-a-dev/app1" in answer.stderr


def test_a_generator_that_is_left_out_is_refused(estate: Path) -> None:
    """A kustomization that holds something, but not the app, lacks every object of the app."""
    folder = overlay_of(estate, "configMapGenerator: [{name: app1-more, literals: [a=b]}]\n")
    answer = cmp(folder, "generate")
    assert (answer.code, answer.stdout) == (1, "")


def test_a_folder_without_a_kustomization_is_refused(estate: Path) -> None:
    """An Application that points at no kustomization says so."""
    answer = cmp(estate / "tenants", "generate")
    assert (answer.code, answer.stdout) == (1, "")
    assert "TS909" in answer.stderr


def test_a_narrowed_tree_without_the_platform_is_refused(tmp_path: Path) -> None:
    """A tree that was narrowed below the root is an error, not an empty result."""
    answer = cmp(tmp_path, "generate")
    assert (answer.code, answer.stdout) == (1, "")
    assert "TS901" in answer.stderr


def test_another_version_is_named_with_ours(estate: Path) -> None:
    """An Application of another version is refused with both versions."""
    answer = cmp(estate / OVERLAY, "generate", ARGOCD_ENV_TENANTSPEC_VERSION="9.9.9")
    assert (answer.code, answer.stdout) == (1, "")
    assert "TS930" in answer.stderr
    assert "9.9.9" in answer.stderr
    assert __version__ in answer.stderr


def test_the_hub_of_another_version_is_built_with_a_warning(estate: Path) -> None:
    """The root Application is built by the new sidecar although it holds the old version: it brings the new one."""
    hub = estate / "clusters/us-west-2"
    answer = cmp(hub, "generate", ARGOCD_ENV_TENANTSPEC_VERSION="0.0.1")
    assert answer.code == 0
    assert f"value: {__version__}" in answer.stdout
    assert "warning[TS930]" in answer.stderr


@pytest.mark.parametrize("seconds", ["", "0", "-1", "1.5", "99999", "soon", "\u0661"])
def test_a_deadline_that_is_none_is_refused(estate: Path, seconds: str) -> None:
    """A deadline is whole seconds, and never switched off by a slip."""
    answer = cmp(estate / OVERLAY, "generate", ARGOCD_ENV_TENANTSPEC_DEADLINE=seconds)
    assert (answer.code, answer.stdout) == (1, "")
    assert "TS934" in answer.stderr


def test_parameters_of_an_application_are_refused(estate: Path) -> None:
    """A parameter that nothing reads is an error rather than a surprise; Argo CD's own empty ones are not."""
    set_ = cmp(estate / OVERLAY, "generate", ARGOCD_APP_PARAMETERS='[{"name":"tenant"}]')
    none = cmp(estate / OVERLAY, "generate", ARGOCD_APP_PARAMETERS="null")
    assert (set_.code, set_.stdout) == (1, "")
    assert "TS935" in set_.stderr
    assert none.code == 0


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """Return a kustomize that starts a child and hangs with it; the child's pid is beside it."""
    program = tmp_path / "kustomize"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = version ] && echo v5.8.1 && exit\nsleep 300 &\necho $! > {tmp_path}/pid\nwait\n'
    )
    program.chmod(0o755)
    return program


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_deadline_stops_kustomize_and_its_children(estate: Path, hanging: Path, tmp_path: Path) -> None:
    """What hangs is ended at the deadline with all that it has started, and the reason names the time."""
    folder = overlay_of(estate, written(estate) + "commonAnnotations: {example.com/a: b}\n")
    started = time.monotonic()
    answer = cmp(folder, "generate", KUSTOMIZE=os.fspath(hanging), ARGOCD_ENV_TENANTSPEC_DEADLINE="2")
    assert time.monotonic() - started < 30
    assert (answer.code, answer.stdout) == (1, "")
    assert "TS933" in answer.stderr
    assert "2 s" in answer.stderr
    time.sleep(0.2)
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_a_term_stops_kustomize_and_its_children(estate: Path, hanging: Path, tmp_path: Path) -> None:
    """Argo CD ends a request with TERM: nothing that we have started is left, and nothing is printed."""
    folder = overlay_of(estate, written(estate) + "commonAnnotations: {example.com/a: b}\n")
    with subprocess.Popen(
        [*COMMAND, "cmp", "generate"],
        cwd=folder,
        env=environment(KUSTOMIZE=os.fspath(hanging)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        pid = tmp_path / "pid"
        while not pid.exists() or not pid.read_text().strip():
            time.sleep(0.05)
        process.terminate()
        stdout, _ = process.communicate(timeout=30)
    assert stdout == b""
    time.sleep(0.2)
    assert not is_running(int(pid.read_text()))


def test_a_secret_stays_off_stderr(estate: Path, tmp_path: Path) -> None:
    """A kustomize that repeats a Secret's value, a token or a password of a URL is shown without it."""
    program = tmp_path / "kustomize"
    said = f"echo 'Error: {MARK} and {TOKEN} at https://me:pw-of-mine@example.com' >&2; exit 1"
    program.write_text(f'#!/bin/sh\n[ "$1" = version ] && echo v5.8.1 && exit\n{said}\n')
    program.chmod(0o755)
    folder = overlay_of(estate, written(estate) + "commonAnnotations: {example.com/a: b}\n")
    (folder / "secret.yaml").write_text(
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{password: {MARK}}}\n"
    )
    answer = cmp(folder, "generate", KUSTOMIZE=os.fspath(program), GIT_TOKEN=TOKEN)
    assert (answer.code, answer.stdout) == (1, "")
    assert "TS908" in answer.stderr
    for secret in (MARK, TOKEN, "pw-of-mine"):
        assert secret not in answer.stderr


def test_a_patch_that_kustomize_cannot_parse_is_not_repeated(estate: Path) -> None:
    """A broken patch is repeated whole by kustomize; whatever was written in it stays out of the condition."""
    folder = overlay_of(estate, f"{written(estate)}patches:\n- patch: '[{MARK}'\n")
    answer = cmp(folder, "generate")
    assert (answer.code, answer.stdout) == (1, "")
    assert MARK not in answer.stderr


def test_parameters_are_announced_from_the_folder_alone(estate: Path) -> None:
    """Environment, tenant and app are told with no variable of Argo CD's set, in a tree with errors too."""
    (estate / "tenants/tenant-a/apps/app1/app.yaml").write_text("broken: [\n")
    answer = cmp(estate / OVERLAY, "parameters")
    announced = {one["name"]: one["string"] for one in json.loads(answer.stdout)}
    assert announced == {"environment": "dev", "tenant": "tenant-a", "app": "app1"}
    assert {key for one in json.loads(answer.stdout) for key in one} == {"name", "title", "tooltip", "string"}


def test_no_estate_announces_nothing(tmp_path: Path) -> None:
    """A folder of something else announces an empty list, which Argo CD takes."""
    assert json.loads(cmp(tmp_path, "parameters").stdout) == []


def test_init_says_what_is_here(estate: Path) -> None:
    """What generating needs is listed: the tool, kustomize, a place for temporary files, the folder."""
    answer = cmp(estate / OVERLAY, "init")
    assert answer.code == 0
    assert f"tenantspec {__version__}" in answer.stdout
    assert "kustomize 5." in answer.stdout
    assert OVERLAY in answer.stdout


def test_init_misses_a_kustomize(tmp_path: Path) -> None:
    """A sidecar without kustomize is not ready."""
    answer = cmp(tmp_path, "init", KUSTOMIZE=os.fspath(tmp_path / "none"))
    assert answer.code == 1
    assert "TS906" in answer.stderr


def test_init_misses_a_place_for_temporary_files(tmp_path: Path) -> None:
    """Where no byte can be written to a file, that is named with the way out."""
    done = subprocess.run(
        [*COMMAND, "cmp", "init"],
        cwd=tmp_path,
        env=environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "TS928" in done.stderr
