"""The image as a KRM function: what it answers on stdin, and to a real kustomize that runs it as a container."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from krm_functions.functions.exec import call
from tests import tools
from tests.cli.command import environment, tenantspec
from tests.test_readme import blocks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.image.containers import Container

pytestmark = pytest.mark.xdist_group("docker")

ESTATE = os.path.join(tools.ROOT, "examples", "ten-lines")
(SHOWN,) = [text for text in blocks("docs/ci.md", "yaml") if "kind: EnvironmentOverlay" in text]
CONFIG = SHOWN.replace('"tenantspec:0.1.0"', "IMAGE")
"""The config that docs/ci.md shows."""
OVERLAY = "tenants/tenant-a/apps/app1/overlays/dev"
GENERATOR = """\
apiVersion: tenantspec.dev/v1alpha1
kind: AppOverlay
metadata:
  name: app1
  namespace: tenant-a
  annotations:
    config.kubernetes.io/function: |
      container: {image: IMAGE}
spec: {environment: dev, root: /estate}
"""


def specs() -> list[str]:
    """Return the paths of an example's specs."""
    found = [
        os.path.join(folder, name)
        for folder, _, names in os.walk(ESTATE)
        for name in names
        if name in {"platform.yaml", "tenant.yaml", "app.yaml", "versions.yaml"} and "/expected" not in folder
    ]
    assert len(found) == 3
    return sorted(found)


def wire(image: str) -> bytes:
    """Return a ResourceList with the specs as items."""
    items = []
    for path in specs():
        with open(path, encoding="utf-8") as stream:
            items.append(yaml.safe_load(stream))
    config = yaml.safe_load(CONFIG.replace("IMAGE", image))
    listed = {
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": items,
        "functionConfig": config,
    }
    return yaml.safe_dump(listed, sort_keys=False).encode()


def test_specs_on_stdin(container: Container) -> None:
    """No file, no network, no right: the bytes are those of the function in this process."""
    given = wire(container.image)
    here = call(given, "/")
    assert here.code == 0, here.stderr
    assert b"kind: Deployment" in here.stdout
    assert container(stdin=given).fine().stdout == here.stdout


@pytest.mark.parametrize("user", ["12345", "0"])
def test_any_user_calls_it(container: Container, user: str) -> None:
    """The answer does not depend on who asks."""
    given = wire(container.image)
    assert container(stdin=given, user=user).fine().stdout == call(given, "/").stdout


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"\xff\xfe\x00binary",
        b"kind: ResourceList\nitems: [",
        b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        b"a: &a [" + b"x," * 50 + b"]\n" + b"".join(b"b%d: [*a,*a,*a,*a,*a,*a]\n" % n for n in range(2000)),
        b"[" * 100_000,
        b"x" * 20_000_000,
    ],
    ids=["nothing", "binary", "truncated", "another kind", "aliases", "depth", "20 MB"],
)
def test_hostile_input(container: Container, given: bytes) -> None:
    """It is refused with a diagnostic and nothing on stdout, in bounded memory."""
    answer = container(stdin=given, flags=["--memory=256m"])
    assert (answer.code, answer.stdout) == (1, b""), answer.stderr[-2000:]
    assert answer.stderr.count("error[TS") == 1
    assert "Traceback" not in answer.stderr


def kustomize(folder: Path, *flags: str) -> subprocess.CompletedProcess[bytes]:
    """Build a folder with the real kustomize, which runs the functions it finds as containers."""
    command = [tools.kustomize(), "build", "--enable-alpha-plugins", *flags, os.fspath(folder)]
    return subprocess.run(command, env=environment(), capture_output=True, check=False)


def test_kustomize_runs_the_transformer_as_a_container(image: str, tmp_path: Path) -> None:
    """Specs that are resources become manifests: kustomize gives the container no network and the user nobody."""
    for number, path in enumerate(specs()):
        with open(path, encoding="utf-8") as stream:
            (tmp_path / f"{number}.yaml").write_text(stream.read())
    (tmp_path / "config.yaml").write_text(CONFIG.replace("IMAGE", image))
    listed = "".join(f"- {number}.yaml\n" for number in range(len(specs())))
    (tmp_path / "kustomization.yaml").write_text(f"resources:\n{listed}transformers:\n- config.yaml\n")
    built = kustomize(tmp_path)
    assert built.returncode == 0, built.stderr.decode()
    here = yaml.safe_load(call(wire(image), "/").stdout)["items"]
    names = sorted((m["kind"], m["metadata"].get("namespace"), m["metadata"]["name"]) for m in here)
    documents = list(yaml.safe_load_all(built.stdout))
    assert (
        sorted((m["kind"], m["metadata"].get("namespace"), m["metadata"]["name"]) for m in documents) == names
    )


def test_a_container_s_diagnostics_come_through_kustomize(image: str, tmp_path: Path) -> None:
    """A broken spec fails the build with the words of the function."""
    (tmp_path / "config.yaml").write_text(CONFIG.replace("IMAGE", image))
    (tmp_path / "kustomization.yaml").write_text("resources:\n- tenant.yaml\ntransformers:\n- config.yaml\n")
    text = "apiVersion: tenantspec.dev/v1alpha1\nkind: Tenant\nmetadata: {name: a}\nspec: {quotta: small}\n"
    (tmp_path / "tenant.yaml").write_text(text)
    built = kustomize(tmp_path)
    assert (built.returncode, built.stdout) == (1, b"")
    assert b"error[TS" in built.stderr


def test_kustomize_runs_a_generator_as_a_container(image: str, tmp_path: Path, estate: str) -> None:
    """It sees the estate through a mount that the caller gives, at the place that spec.root names."""
    (tmp_path / "config.yaml").write_text(GENERATOR.replace("IMAGE", image))
    (tmp_path / "kustomization.yaml").write_text("generators:\n- config.yaml\n")
    built = kustomize(tmp_path, "--mount", f"type=bind,src={estate},dst=/estate")
    assert built.returncode == 0, built.stderr.decode()
    assert built.stdout.decode() == tenantspec("build", OVERLAY, cwd=estate).fine().stdout
    blind = kustomize(tmp_path)
    assert (blind.returncode, blind.stdout) == (1, b"")
    assert b"error[TS901]" in blind.stderr
