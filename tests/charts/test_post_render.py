"""Helm's own releases: `tenantspec post-render` as the real Helm 3 and 4 call it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml

from tests import tools
from tests.cli.command import environment
from tests.conftest import TENANTSPEC

EXAMPLE: Final = os.path.join(tools.ROOT, "examples", "chart")
NAMES: Final = ("--tenant=shop", "--app=notes", "--environment=dev")
OURS: Final = {
    "app.kubernetes.io/instance": "shop-notes",
    "app.kubernetes.io/part-of": "shop",
    "tenantspec.dev/app": "notes",
    "tenantspec.dev/environment": "dev",
    "tenantspec.dev/stage": "dev",
    "tenantspec.dev/tenant": "shop",
}
CHART: Final = {
    "Chart.yaml": "{apiVersion: v2, name: notes, version: 1.0.0}\n",
    "values.yaml": "{image: 'ghcr.io/example/shop/notes:1', type: ClusterIP, namespace: ''}\n",
    "templates/notes.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: &labels
    app.kubernetes.io/name: other
    app.kubernetes.io/instance: {{ .Release.Name }}
    app.kubernetes.io/managed-by: {{ .Release.Service }}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: other, app.kubernetes.io/instance: {{ .Release.Name }}}}
  template:
    metadata: {labels: *labels}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: notes
        image: {{ .Values.image }}
        securityContext:
          {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, readOnlyRootFilesystem: true}
        resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 32Mi}}
""",
    "templates/service.yaml": """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  {{- with .Values.namespace }}
  namespace: {{ . }}
  {{- end }}
spec:
  type: {{ .Values.type }}
  selector: {app.kubernetes.io/name: other, app.kubernetes.io/instance: {{ .Release.Name }}}
  ports: [{name: http, port: 80, targetPort: 8080}]
""",
    "templates/hook.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-before
  annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "-1"}
data: {app.kubernetes.io/instance: {{ .Release.Name }}}
""",
}


class Desk(NamedTuple):
    """An estate with a chart beside it, and a shell in which `tenantspec` and one `helm` are on PATH."""

    root: Path
    program: str

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script inside the estate, with a Helm home of its own."""
        programs = self.root.parent / f"bin-{self.program}"
        if not programs.exists():
            programs.mkdir()
            (programs / "helm").symlink_to(tools.installed(self.program))
            call = f"exec {shlex.quote(sys.executable)} -c {shlex.quote(TENANTSPEC)}"
            (programs / "tenantspec").write_text(f'#!/bin/sh\n{call} "$@"\n')
            (programs / "tenantspec").chmod(0o755)
        homes = {
            f"HELM_{kind}_HOME": os.fspath(self.root.parent / "helm") for kind in ("DATA", "CONFIG", "CACHE")
        }
        path = os.pathsep.join([os.fspath(programs), os.environ["PATH"]])
        env = environment(PATH=path, PYTHONPATH=tools.ROOT, **homes)
        command = ["sh", "-ec", script]
        return subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=False)

    def template(self, *more: str, names: tuple[str, ...] = NAMES) -> subprocess.CompletedProcess[str]:
        """Template the chart with tenantspec as the post-renderer of this Helm."""
        said = ["post-render", *names] if self.program == "helm3" else names
        options = ["--post-renderer", "tenantspec", *(f"--post-renderer-args={name}" for name in said)]
        plugin = "tenantspec plugins helm ../plugin; helm plugin install ../plugin >&2; "
        call = shlex.join(["helm", "template", "notes", "./chart", *options, *more])
        return self.shell((plugin if self.program == "helm" else "") + call)

    def pipe(self, more: str = "") -> subprocess.CompletedProcess[str]:
        """Template the chart and pipe it through the command."""
        return self.shell(f"helm template notes ./chart {more} | tenantspec post-render {shlex.join(NAMES)}")


@pytest.fixture(params=["helm", "helm3"])
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    """Give a copy of examples/chart with a chart of its own, for either Helm."""
    root = tmp_path / "estate"
    shutil.copytree(EXAMPLE, root)
    for file, text in CHART.items():
        path = root / "chart" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Desk(root, request.param)


def objects(printed: str) -> dict[str, dict[str, Any]]:
    """Return the objects of a stream by kind; each kind stands there once."""
    found = [document for document in yaml.safe_load_all(printed) if document]
    kinds = {document["kind"]: document for document in found}
    assert len(kinds) == len(found)
    return kinds


def test_the_objects_become_the_app_s(desk: Desk) -> None:
    """Namespace and labels are the app's, and every selector still finds the pods; Helm stays the manager."""
    done = desk.template("--no-hooks")
    assert done.returncode == 0, done.stderr
    found = objects(done.stdout[done.stdout.index("apiVersion") :])
    assert sorted(found) == ["Deployment", "Service"]
    pods = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for manifest in found.values():
        assert manifest["metadata"]["namespace"] == "shop-dev"
        assert manifest["metadata"]["labels"].items() >= OURS.items()
    assert found["Deployment"]["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "Helm"
    assert pods.items() >= {**OURS, "app.kubernetes.io/name": "other"}.items()
    assert found["Service"]["spec"]["selector"].items() <= pods.items()
    assert found["Deployment"]["spec"]["selector"]["matchLabels"].items() <= pods.items()


def test_hooks_stay_helm_s(desk: Desk) -> None:
    """A hook keeps its annotations, so that Helm runs it; the text in a ConfigMap is left alone."""
    hook = objects(desk.pipe().stdout)["ConfigMap"]
    assert hook["metadata"]["annotations"] == {"helm.sh/hook": "pre-install", "helm.sh/hook-weight": "-1"}
    assert hook["metadata"]["labels"] == OURS
    assert hook["data"] == {"app.kubernetes.io/instance": "notes"}


def test_only_helm_4_shows_its_hooks(desk: Desk) -> None:
    """docs/helm.md says so: Helm 3 lets a hook pass that nobody has judged."""
    done = desk.template()
    assert done.returncode == 0, done.stderr
    hook = done.stdout[done.stdout.index("kind: ConfigMap") :]
    assert ("tenantspec.dev/tenant: shop" in hook) is (desk.program == "helm")


def test_what_leaves_the_tenant_is_refused(desk: Desk) -> None:
    """Helm fails and prints nothing; the pipe gives each reason."""
    values = ("--set=type=NodePort,namespace=kube-system,image=docker.io/evil:1",)
    done = desk.template(*values)
    assert (done.returncode, "kind:" in done.stdout) == (1, False)
    assert ("TS525" if desk.program == "helm3" else "exited with error") in done.stderr
    piped = desk.pipe(values[0])
    assert (piped.returncode, piped.stdout) == (1, "")
    assert sorted(re.findall(r"error\[(TS\d+)\]", piped.stderr)) == ["TS521", "TS525", "TS527"]


def test_twice_is_once(desk: Desk) -> None:
    """What was post-rendered comes out of another pass byte for byte."""
    again = f"| tenantspec post-render {shlex.join(NAMES)}"
    once = desk.pipe()
    twice = desk.shell(f"helm template notes ./chart {again} {again}")
    assert once.returncode == 0, once.stderr
    assert once.stdout == twice.stdout


def test_an_app_that_only_helm_deploys(desk: Desk) -> None:
    """An App that is not enabled still says whose the release is."""
    before = desk.pipe()
    spec = desk.root / "tenants/shop/apps/notes/app.yaml"
    spec.write_text(spec.read_text().replace("spec:\n", "spec:\n  enabled: false\n", 1))
    after = desk.pipe()
    assert after.returncode == 0, after.stderr
    assert after.stdout == before.stdout


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        ("--tenant shpo --app notes --environment dve", ["TS301", "TS301"]),
        ("--tenant shop --app note --environment dev", ["TS301"]),
    ],
)
def test_names_that_nobody_knows(tmp_path: Path, names: str, codes: list[str]) -> None:
    """Each is named, with the one that was meant."""
    shutil.copytree(EXAMPLE, tmp_path / "estate")
    done = Desk(tmp_path / "estate", "helm").shell(f"tenantspec post-render {names} </dev/null")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.findall(r"error\[(TS\d+)\]", done.stderr) == codes
    assert done.stderr.count("did you mean") == len(codes)


def test_an_environment_that_the_tenant_is_not_in(tmp_path: Path) -> None:
    """It is an error, although the environment is there."""
    shutil.copytree(EXAMPLE, tmp_path / "estate")
    tenant = tmp_path / "estate/tenants/shop/config/tenant.yaml"
    written = yaml.safe_load(tenant.read_text())
    written["spec"]["environments"] = ["prod"]
    tenant.write_text(yaml.safe_dump(written))
    done = Desk(tmp_path / "estate", "helm").shell(f"tenantspec post-render {shlex.join(NAMES)} </dev/null")
    assert (done.returncode, re.findall(r"error\[(TS\d+)\]", done.stderr)) == (1, ["TS312"])


@pytest.mark.parametrize("given", ["a: [", "- 1\n", "kind: Deployment\n", "\\377", "a: &a [*a]"])
def test_what_is_no_release(tmp_path: Path, given: str) -> None:
    """Diagnostics, and nothing on stdout."""
    shutil.copytree(EXAMPLE, tmp_path / "estate")
    script = f"printf {shlex.quote(given)} | tenantspec post-render {shlex.join(NAMES)}"
    done = Desk(tmp_path / "estate", "helm").shell(script.replace("printf '- ", "printf -- '- "))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.findall(r"error\[TS5[23]\d\]", done.stderr)
    assert "Traceback" not in done.stderr


def test_the_page_s_commands(desk: Desk) -> None:
    """docs/helm.md: the pipe works with either Helm, and each Helm takes the post-renderer in its own way."""
    page = Path(tools.ROOT, "docs/helm.md").read_text(encoding="utf-8")
    pipe, third, fourth = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    for script in (pipe, third if desk.program == "helm3" else fourth):
        done = desk.shell(script)
        assert done.returncode == 0, done.stderr
        assert "tenantspec.dev/tenant: shop" in done.stdout


def test_a_plugin_that_cannot_be_written(desk: Desk) -> None:
    """It is a diagnostic that names the folder."""
    (desk.root / "taken").write_text("")
    done = desk.shell("tenantspec plugins helm taken/plugin")
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[TS608]: cannot write taken/plugin: " in done.stderr
