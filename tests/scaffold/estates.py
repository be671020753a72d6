"""Copies of gitops/ to sync, and a kustomize plugin that shows the function config it is called with."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
from typing import Any, Final

import yaml

from krm_functions.diagnostics import Diagnostic, TenantspecError
from krm_functions.documents.tree import Tree
from krm_functions.estate.estate import Estate
from krm_functions.scaffold import sync
from krm_functions.spec.functions import FUNCTIONS
from krm_functions.spec.load import Specs
from tests import tools

GITOPS = os.path.join(tools.ROOT, "gitops")
OVERLAY: Final = "tenants/tenant-a/apps/app1/overlays/dev"
FILE: Final = f"{OVERLAY}/kustomization.yaml"
WANTED: Final[dict[str, Any]] = {
    "apiVersion": "tenantspec.dev/v1alpha1",
    "kind": "AppOverlay",
    "metadata": {"name": "app1", "namespace": "tenant-a"},
    "spec": {"environment": "dev"},
}
ECHO = """#!/bin/sh
cat <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: $(basename "$0" | tr A-Z a-z)}
data:
  config: |
EOF
sed 's/^/    /' "$1"
"""


def copied(folder: str) -> str:
    """Copy gitops/ without anything that sync writes; return the copy."""
    made = shutil.ignore_patterns("overlays", "clusters", "argocd")
    root = os.path.join(folder, "gitops")
    shutil.copytree(GITOPS, root, ignore=made)
    return root


def planned(root: str) -> sync.Plan:
    """Plan as one run of the command does: from what is on disk now."""
    return sync.plan(Estate(Specs(Tree(root))))


def synced(root: str) -> list[str]:
    """Plan and apply."""
    return sync.apply(planned(root))


def refused(root: str) -> tuple[Diagnostic, ...]:
    """Return why a plan cannot be made."""
    try:
        plan = planned(root)
    except TenantspecError as error:
        return error.diagnostics
    raise AssertionError(f"planned {plan.changes}")


def files(root: str) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as stream:
                found[os.path.relpath(path, root)] = stream.read()
    return found


def write(root: str, file: str, text: str) -> None:
    """Write a file with the line ends that the text has."""
    path = os.path.join(root, file)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as stream:
        stream.write(text)


def read(root: str, file: str) -> str:
    """Return a file's text with the line ends that it has."""
    with open(os.path.join(root, file), encoding="utf-8", newline="") as stream:
        return stream.read()


def replace(root: str, file: str, old: str, new: str) -> None:
    """Replace what stands in a file, which must be there."""
    text = read(root, file)
    assert old in text
    write(root, file, text.replace(old, new))


def echo_home(folder: str) -> str:
    """Make a plugin home whose every function prints its config in a ConfigMap."""
    home = os.path.join(folder, "plugins")
    for kind in FUNCTIONS:
        path = os.path.join(home, "tenantspec.dev", "v1alpha1", kind.lower(), kind)
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(ECHO)
        os.chmod(path, 0o755)  # noqa: S103  # kustomize runs it
    return home


def built(root: str, folder: str, home: str = "") -> list[dict[str, Any]]:
    """Return what the real kustomize builds of a folder."""
    command = [tools.kustomize(), "build", "--enable-alpha-plugins", os.path.join(root, folder)]
    environment = {**os.environ, "KUSTOMIZE_PLUGIN_HOME": home}
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert output.returncode == 0, output.stderr
    return list(yaml.safe_load_all(output.stdout))


def called_with(root: str, folder: str, home: str) -> list[dict[str, Any]]:
    """Return the function configs that kustomize calls functions with, without its own annotations."""
    shown = [
        yaml.safe_load(m["data"]["config"])
        for m in built(root, folder, home)
        if "config" in m.get("data", {})
    ]
    for config in shown:
        config["metadata"].pop("annotations", None)
    return shown


def added_lines(before: str, after: str) -> list[str]:
    """Return the lines that a text gained; any that it lost or changed fail the test."""
    changes = [
        line
        for line in difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
        if line[0] in "+-"
    ]
    assert all(line.startswith("+ ") for line in changes), changes
    return [line[2:] for line in changes]
