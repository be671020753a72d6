"""The image does all that the command does, and needs nothing: no network, right, user, shell or place to write."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from krm_functions import __version__
from tests import builds, tools
from tests.cli.command import environment, tenantspec
from tests.image.containers import CONFINED, Container, image_builder

pytestmark = pytest.mark.xdist_group("docker")  # there is one engine

OVERLAY = "tenants/tenant-a/apps/app1/overlays/prod-eu"
TMP = "--tmpfs=/tmp"
OWN = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: app1-texts, namespace: tenant-a-prod}
data: {greeting: Welcome}
"""


def test_what_it_weighs(image: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The size is printed in every run; what is ours in it is the package, kustomize and helm."""
    base = image_builder.local_base()
    with capsys.disabled():
        print(f"\n{image_builder.sizes(image, base)}")
    assert image_builder.size(image) - image_builder.size(base) < 150e6


def test_the_version(container: Container) -> None:
    """The command answers."""
    assert container("version").fine().stdout.decode() == f"tenantspec {__version__}\n"


@pytest.mark.parametrize("user", ["nobody", "65534:65534", "12345", "12345:23456", "0"])
def test_any_user_checks_an_estate(container: Container, estate: str, user: str) -> None:
    """Nobody, a number without an entry in /etc/passwd, or root without capabilities: the same answer."""
    answer = container("check", estate=estate, user=user).fine()
    assert answer.stderr.endswith("kustomizations, all fine\n")
    assert answer.stdout == b""


def test_the_user_of_the_image_is_nobody(image: str) -> None:
    """Kubernetes' runAsNonRoot is satisfied, which takes a number."""
    assert image_builder.docker("image", "inspect", "--format", "{{.Config.User}}", image) == "65534:65534\n"


def test_the_bytes_are_those_of_the_command(container: Container, estate: str) -> None:
    """`render` and `build` print what they print on this machine."""
    for arguments in (["render"], ["build", OVERLAY]):
        here = tenantspec(*arguments, cwd=estate).fine().stdout
        assert container(*arguments, estate=estate).fine().stdout.decode() == here


def test_a_broken_estate_is_exit_1_with_its_diagnostics(
    container: Container, estate: str, tmp_path: Path
) -> None:
    """The container's exit code and words are the command's own."""
    copy = os.fspath(shutil.copytree(estate, tmp_path / "gitops"))
    with open(os.path.join(copy, "tenants/tenant-a/apps/app1/app.yaml"), "a", encoding="utf-8") as stream:
        stream.write("  hsot: appa1\n")
    answer = container("check", estate=copy)
    assert (answer.code, answer.stdout) == (1, b"")
    assert "error[TS201]: unknown field 'hsot'" in answer.stderr


@pytest.fixture
def hand_written(estate: str, tmp_path: Path) -> str:
    """Return an estate in which one overlay has a line of a person's own, so that kustomize must build it."""
    copy = os.fspath(shutil.copytree(estate, tmp_path / "gitops"))
    with open(os.path.join(copy, OVERLAY, "kustomization.yaml"), "a", encoding="utf-8") as stream:
        stream.write("resources: [own.yaml]\n")
    with open(os.path.join(copy, OVERLAY, "own.yaml"), "w", encoding="utf-8") as stream:
        stream.write(OWN)
    return copy


def test_a_line_of_one_s_own_is_built_by_the_kustomize_inside(
    container: Container, hand_written: str
) -> None:
    """With a /tmp to write to, the output is that of the pinned kustomize."""
    here = tenantspec("build", OVERLAY, cwd=hand_written).fine().stdout
    assert "name: app1-texts" in here
    assert container("build", OVERLAY, estate=hand_written, flags=[TMP]).fine().stdout.decode() == here


def test_nowhere_to_write_is_a_diagnostic(container: Container, hand_written: str) -> None:
    """Without a /tmp it says what is missing (TS928), and is no bug of ours."""
    answer = container("build", OVERLAY, estate=hand_written)
    assert (answer.code, answer.stdout) == (1, b"")
    assert "error[TS928]: no temporary folder" in answer.stderr
    assert "--tmpfs /tmp" in answer.stderr


def test_kustomize_itself_finds_the_functions(
    container: Container, hand_written: str, plugin_home: str
) -> None:
    """The plugin home lies in the image, for whoever calls kustomize in it."""
    flags = [TMP, "--entrypoint=kustomize"]
    inside = container("build", "--enable-alpha-plugins", OVERLAY, estate=hand_written, flags=flags).fine()
    here = builds.kustomize(os.path.join(hand_written, OVERLAY), plugin_home)
    assert inside.stdout == here


def test_no_shell_is_needed(container: Container, hand_written: str) -> None:
    """Check, and a build by kustomize with our functions, run where the shell is gone."""
    flags = [TMP, "--volume=/dev/null:/usr/bin/dash:ro"]
    gone = container("-c", "true", flags=[*flags, "--entrypoint=/bin/sh"])
    assert gone.code != 0
    assert container("check", estate=hand_written, flags=flags).fine().stdout == b""
    assert container("build", OVERLAY, estate=hand_written, flags=flags).fine().stdout


def test_an_estate_is_data_and_never_code(container: Container, estate: str, tmp_path: Path) -> None:
    """Modules that lie in the mounted tree, where the command runs, are not imported."""
    copy = shutil.copytree(estate, tmp_path / "gitops")
    for module in ("yaml", "click", "krm_functions", "json", "sitecustomize"):
        (copy / f"{module}.py").write_text("raise SystemExit('imported from the estate')\n")
    assert container("check", estate=os.fspath(copy)).fine().stderr.endswith("all fine\n")


def test_nothing_but_the_product_is_in_it(container: Container) -> None:
    """No estate, test, history or build folder came along from the context."""
    listing = "import os; print(*sorted(os.listdir('/opt/tenantspec')), *os.listdir('/estate'))"
    answer = container("-c", listing, flags=["--entrypoint=/opt/tenantspec/bin/python"]).fine()
    assert set(answer.stdout.decode().split()) <= {
        "bin",
        "include",
        "lib",
        "lib64",
        "plugins",
        "pyvenv.cfg",
        "share",
    }
    found = "import importlib.util as i; print(i.find_spec('tests'), i.find_spec('pytest'))"
    answer = container("-c", found, flags=["--entrypoint=/opt/tenantspec/bin/python"]).fine()
    assert answer.stdout.decode() == "None None\n"


def test_doctor_inside(container: Container, estate: str) -> None:
    """In the image the default transport works, and Helm is there."""
    answer = container("doctor", estate=estate, flags=[TMP, "--env=COLUMNS=300"]).fine()
    rows = {line[:15].strip(): line[16:] for line in answer.stdout.decode().splitlines()}
    assert rows["plugin home"].startswith("works   /opt/tenantspec/plugins: tried")
    assert rows["helm"].startswith("works   4.")
    assert rows["argo cd plugin"].startswith("absent")


def test_doctor_outside(image: str, tmp_path: Path) -> None:
    """The container's row works where the engine has the image, and says how to build it where it has not."""
    env = environment(COLUMNS="500", HOME=os.fspath(tmp_path))
    works = tenantspec("doctor", cwd="/", env=env).stdout
    assert f"image {image}: tried, and it answers without network or rights\n" in works
    image_builder.docker("tag", image, "tenantspec:held")
    image_builder.docker("rmi", "--no-prune", image)
    try:
        absent = tenantspec("doctor", cwd="/", env=env).stdout
        image_builder.docker("tag", image_builder.local_base(), image)
        broken = tenantspec("doctor", cwd="/", env=env).stdout
    finally:
        image_builder.docker("tag", "tenantspec:held", image)
    assert f"no image {image}\n" in absent
    assert f"fix: build it: docker build --tag {image} ." in absent
    assert f"the image {image} does not answer as this version" in broken


def test_doctor_without_an_engine(docker: str, tmp_path: Path) -> None:
    """The client alone is not enough; its own words are shown."""
    path = tmp_path / "bin"
    path.mkdir()
    (path / "docker").symlink_to(docker)
    env = environment(PATH=os.fspath(path), DOCKER_HOST="unix:///nonexistent/docker.sock", COLUMNS="500")
    shown = tenantspec("doctor", cwd="/", env=env).stdout
    assert "container       broken  no Docker engine: " in shown
    assert "/nonexistent/docker.sock" in shown


PLUGIN = """\
apiVersion: argoproj.io/v1alpha1
kind: ConfigManagementPlugin
metadata: {name: tenantspec}
spec:
  generate: {command: [tenantspec, version]}
"""


def test_argo_cd_s_server_starts_in_it(image: str, tmp_path: Path) -> None:
    """As a sidecar: the real argocd-cmp-server is mounted and is the command, the user is Argo CD's."""
    (tmp_path / "plugin.yaml").write_text(PLUGIN)
    name = f"tenantspec-sidecar-{os.getpid()}"
    server, config = "/var/run/argocd/argocd-cmp-server", "/home/argocd/cmp-server/config/plugin.yaml"
    flags = [
        f"--volume={tools.installed('argocd')}:{server}:ro",
        f"--volume={tmp_path}/plugin.yaml:{config}:ro",
    ]
    flags += [TMP, "--tmpfs=/home/argocd/cmp-server/plugins", "--user=999", f"--entrypoint={server}"]
    image_builder.docker("run", "--detach", "--name", name, *CONFINED, *flags, image)
    try:
        with subprocess.Popen(
            ["docker", "logs", "--follow", name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as logs:
            assert logs.stdout
            lines = (line.decode() for line in logs.stdout)
            started = next((line for line in lines if "serving on" in line), "")
            shown = image_builder.docker("exec", name, "tenantspec", "doctor", "--format", "json")
            logs.terminate()
    finally:
        image_builder.docker("rm", "--force", name)
    assert "/home/argocd/cmp-server/plugins/tenantspec.sock" in started
    assert f'"detail": "{server} and {config} are here"' in shown
