"""What is called, and by which way: the literal table of which every cell must be exercised.

A transport is one row of `TRANSPORTS`: how to lay out a kustomization that calls a kind by it, and which programs
call it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from krm_functions import __version__
from krm_functions.functions import build, home
from krm_functions.names import API_VERSION
from tests import tools
from tests.conftest import TENANTSPEC

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Ask = Callable[["Place", dict[str, Any], str], "Answer"]

GITOPS: Final = os.path.join(tools.ROOT, "gitops")
PROGRAMS: Final = ("kustomize-oldest", "kustomize", "kustomize-newest")
"""Programs of .ci/tools.py; the bytes of the second are ours, those of the others are equal objects."""
EXACT: Final = "kustomize"
IMAGE: Final = f"tenantspec:{__version__}"
FUNCTION: Final = "config.kubernetes.io/function"
SPECS: Final = ("platform.yaml", "tenant.yaml", "app.yaml", "versions.yaml", "component.yaml")

KINDS: Final[Mapping[str, dict[str, str]]] = {
    "AppOverlay": {"environment": "prod-eu"},
    "ClusterOverlay": {"environment": "dev"},
    "EnvironmentOverlay": {"environment": "stg"},
    "TenantApplications": {"hub": "us-west-2"},
    "InfraApplications": {"hub": "us-west-2"},
    "RootApplication": {"hub": "eu-west-1"},
    "ArgoInstallation": {"hub": "eu-west-1"},
    "TenancyGuard": {},
}
"""The spec of one config of each kind."""
FOLDERS: Final[Mapping[str, str]] = {
    "AppOverlay": "tenants/tenant-a/apps/app1/overlays/prod-eu",
    "ClusterOverlay": "clusters/us-west-2/dev",
    "EnvironmentOverlay": "environments/stg",
    "TenantApplications": "only/one",
    "InfraApplications": "only/one",
    "RootApplication": "only/one",
    "ArgoInstallation": "only/one",
}
"""Where each stands in an estate."""


class Answer(NamedTuple):
    """What a way to call a function gives."""

    stdout: bytes
    stderr: str
    code: int


class Place(NamedTuple):
    """An estate on disk, the launchers of the plugin home, the folder with the exec function, and where to build."""

    root: str
    home: str
    programs: str

    def path(self, *parts: str) -> str:
        """Return a path of the estate."""
        return os.path.join(self.root, *parts)


def place(folder: str) -> Place:
    """Return an estate like gitops/, with everything installed beside it."""
    root, plugins, programs = (os.path.join(folder, name) for name in ("gitops", "plugins", "bin"))
    shutil.copytree(GITOPS, root)
    home.install(plugins)
    home.install_exec(os.path.join(programs, "tenantspec-function"))
    return Place(root, plugins, programs)


def config(kind: str, *, by_exec: bool = False) -> dict[str, Any]:
    """Return the config of a kind, perhaps with the annotation of an exec function."""
    metadata: dict[str, Any] = (
        {"name": "app1", "namespace": "tenant-a"} if kind == "AppOverlay" else {"name": "any"}
    )
    if by_exec:
        metadata["annotations"] = {FUNCTION: "exec: {path: tenantspec-function}"}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": KINDS[kind]}


def specs(root: str) -> list[str]:
    """Return the specs of an estate, and its base as items, each as a text."""
    found = []
    for folder, folders, names in os.walk(root):
        folders.sort()
        room = os.path.relpath(folder, root).split(os.sep)
        for name in sorted(names):
            if name in SPECS or (room[0] == "base" and name != "kustomization.yaml"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    documents = list(yaml.safe_load_all(file))
                for document in documents:
                    if room[0] == "base":
                        document["metadata"].setdefault("annotations", {})["tenantspec.dev/base"] = room[1]
                    found.append(yaml.safe_dump(document))
    return found


def write(folder: str, **files: str) -> str:
    """Write the files of a folder, and return it."""
    os.makedirs(folder, exist_ok=True)
    for name, text in files.items():
        with open(os.path.join(folder, f"{name}.yaml"), "w", encoding="utf-8") as file:
            file.write(text)
    return folder


def kustomization(where: Place, asked: dict[str, Any], *, as_items: bool) -> str:
    """Lay out a kustomization that calls a config; the specs are its resources, or lie above it."""
    written: dict[str, Any] = {"transformers" if as_items else "generators": ["function.yaml"]}
    folder = where.path("..", "items") if as_items else where.path(FOLDERS[asked["kind"]])
    files = {"function": yaml.safe_dump(asked)}
    if as_items:
        files["specs"] = "---\n".join(specs(where.root))
        written["resources"] = ["specs.yaml"]
    return write(folder, kustomization=yaml.safe_dump(written), **files)


def kustomize(where: Place, folder: str, program: str, *flags: str) -> Answer:
    """Return what a kustomize prints for a folder."""
    path = f"{where.programs}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "KUSTOMIZE_PLUGIN_HOME": where.home}
    command = [tools.installed(program), "build", "--enable-alpha-plugins", *flags, folder]
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    return Answer(done.stdout, done.stderr.decode(), done.returncode)


def by_home(where: Place, asked: dict[str, Any], program: str, *, as_items: bool = False) -> Answer:
    """Call a function by the plugin home."""
    return kustomize(where, kustomization(where, asked, as_items=as_items), program)


def by_exec(where: Place, asked: dict[str, Any], program: str, *, as_items: bool = False) -> Answer:
    """Call a function by its annotation; the program lies on PATH."""
    asked["metadata"]["annotations"] = {FUNCTION: "exec: {path: tenantspec-function}"}
    return kustomize(where, kustomization(where, asked, as_items=as_items), program, "--enable-exec")


def in_process(where: Place, asked: dict[str, Any], _program: str = "") -> Answer:
    """Build in this process, as `tenantspec build` does where all is ours."""
    output, _, _ = build.build(kustomization(where, asked, as_items=False))
    return Answer(output, "", 0)


def by_container(where: Place, asked: dict[str, Any], program: str) -> Answer:
    """Call a function in a container, which sees its standard input and nothing else."""
    asked["metadata"]["annotations"] = {FUNCTION: f"container: {{image: {IMAGE!r}}}"}
    return kustomize(where, kustomization(where, asked, as_items=True), program)


def guarded_among_items(where: Place, transport: str, added: str = "", program: str = EXACT) -> Answer:
    """Let the guard stand behind EnvironmentOverlay, by one transport, with an object of somebody's beside the specs."""
    annotation = {
        "exec": "exec: {path: tenantspec-function}",
        "container": f"container: {{image: {IMAGE!r}}}",
    }
    by = annotation.get(transport.partition(",")[0])
    files = {}
    for kind in ("EnvironmentOverlay", "TenancyGuard"):
        asked = config(kind)
        asked["metadata"] |= {"annotations": {FUNCTION: by}} if by else {}
        files[kind.lower()] = yaml.safe_dump(asked)
    local = []
    for text in specs(where.root):
        document = yaml.safe_load(text)
        annotations = document["metadata"].setdefault("annotations", {})
        if (
            annotations.get("tenantspec.dev/base") != "namespace"
        ):  # its ClusterRoles come out under their names
            annotations["config.kubernetes.io/local-config"] = "true"
        local.append(yaml.safe_dump(document))
    files["specs"] = "---\n".join([*local, *([added] if added else [])])
    written = {"resources": ["specs.yaml"], "transformers": ["environmentoverlay.yaml", "tenancyguard.yaml"]}
    folder = write(where.path("..", "judged"), kustomization=yaml.safe_dump(written), **files)
    return kustomize(where, folder, program, *(["--enable-exec"] if by and by.startswith("exec") else []))


def by_cmp(where: Place, asked: dict[str, Any], _program: str = "") -> Answer:
    """Build as Argo CD's plugin does: its command, in the folder."""
    return command(kustomization(where, asked, as_items=False), "cmp", "generate")


def command(folder: str, *arguments: str, stdin: bytes = b"") -> Answer:
    """Call the command in a folder."""
    env = {**os.environ, "PYTHONPATH": tools.ROOT, "KUSTOMIZE": tools.kustomize(), "NO_COLOR": "1"}
    call = [sys.executable, "-c", TENANTSPEC, *arguments]
    done = subprocess.run(call, cwd=folder, env=env, input=stdin, capture_output=True, check=False)
    return Answer(done.stdout, done.stderr.decode(), done.returncode)


def by_post_renderer(where: Place, manifests: bytes) -> Answer:
    """Let the manifests of an app pass as the output of a chart does."""
    options = ["--tenant", "tenant-a", "--app", "app1", "--environment", "prod-eu"]
    return command(where.root, "post-render", *options, stdin=manifests)


TRANSPORTS: Final[Mapping[str, Ask]] = {
    "plugin home, generator": by_home,
    "plugin home, transformer": lambda *call: by_home(*call, as_items=True),
    "exec, generator": by_exec,
    "exec, transformer": lambda *call: by_exec(*call, as_items=True),
    "container, transformer": by_container,
    "Argo CD plugin": by_cmp,
    "in process": in_process,
}
HERMETIC: Final = ("plugin home, transformer", "exec, transformer", "container, transformer")
"""Transports by which specs come as items."""
POST_RENDERER: Final = "Helm post-renderer"
"""It gives nothing of its own: it carries the guard alone."""
GUARDING: Final = (*HERMETIC, "Argo CD plugin", POST_RENDERER)
"""Transports by which the guard stands behind manifests."""
WITHOUT_KUSTOMIZE: Final = ("in process", "Argo CD plugin", POST_RENDERER)
"""Transports whose kustomize, if any, is the pinned one: one column, under its name."""


def cells() -> list[tuple[str, str, str]]:
    """Return every kind, transport and program that go together; the guard stands behind manifests alone."""
    return [
        (kind, transport, program)
        for kind in KINDS
        for transport in (GUARDING if kind == "TenancyGuard" else TRANSPORTS)
        for program in PROGRAMS
        if program == EXACT or transport not in WITHOUT_KUSTOMIZE
    ]
