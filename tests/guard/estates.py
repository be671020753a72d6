"""A copy of gitops/ to write hostile things into, and what the real programs say of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests import tools
from tests.guard.sound import GITOPS, OVERLAY

GENERATOR: Final = """\
  - |
    apiVersion: tenantspec.dev/v1alpha1
    kind: AppOverlay
    metadata: {name: app1, namespace: tenant-a}
    spec: {environment: dev}
"""
GUARD: Final = """\
  - |
    apiVersion: tenantspec.dev/v1alpha1
    kind: TenancyGuard
    metadata: {name: guard}
"""
FLAGS: Final = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: app1-flags, namespace: NAMESPACE}
data: {beta: "off"}
"""


def copied(folder: Path, files: dict[str, str], overlay: str = OVERLAY) -> Path:
    """Copy gitops/ below a folder, put files into an overlay of it, and return the overlay."""
    root = folder / "gitops"
    shutil.copytree(GITOPS, root)
    for name, text in files.items():
        path = root / overlay / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / overlay


def overlay(more: str = "", *, generators: str = GENERATOR, guarded: bool = False) -> str:
    """Return the kustomization of app1 in dev with more lines, and perhaps the guard."""
    guard = f"transformers:\n{GUARD}" if guarded else ""
    return f"generators:\n{generators}{guard}{more}"


def kustomize(
    folder: Path, plugin_home: str, program: str = "kustomize"
) -> subprocess.CompletedProcess[bytes]:
    """Return what a kustomize answers for a folder."""
    return subprocess.run(
        [tools.installed(program), "build", "--enable-alpha-plugins", os.fspath(folder)],
        env={**os.environ, "KUSTOMIZE_PLUGIN_HOME": plugin_home},
        capture_output=True,
        check=False,
    )
