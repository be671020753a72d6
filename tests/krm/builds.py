"""Builds with the real kustomize, to hold our own output against."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from tests.tools import kustomize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_PRINTER = "#!/bin/sh\nexec cat $2\n"
"""An exec plugin that generates the file named by the ``argsOneLiner`` of its config."""


class Build(NamedTuple):
    """What one build printed."""

    output: str
    error: str
    status: int


def generated(folder: Path, *outputs: str) -> Build:
    """Build a kustomization with one generator per output, each giving just that text."""
    plugin = folder / "home/tests.dev/v1/printer/Printer"
    plugin.parent.mkdir(parents=True, exist_ok=True)
    plugin.write_text(_PRINTER)
    plugin.chmod(0o755)
    for number, output in enumerate(outputs):
        (folder / f"{number}.yaml").write_text(output, encoding="utf-8")
        config = {"apiVersion": "tests.dev/v1", "kind": "Printer", "metadata": {"name": f"n{number}"}}
        (folder / f"config{number}.yaml").write_text(json.dumps({**config, "argsOneLiner": f"{number}.yaml"}))
    kustomization = {"generators": [f"config{number}.yaml" for number in range(len(outputs))]}
    (folder / "kustomization.yaml").write_text(json.dumps(kustomization))
    return _build(folder)


def patched(folder: Path, templates: Sequence[object], stamps: Sequence[object]) -> Build:
    """Build a kustomization that applies strategic merge patches to its resources."""
    (folder / "base.yaml").write_text(documents(templates), encoding="utf-8")
    (folder / "patch.yaml").write_text(documents(stamps), encoding="utf-8")
    kustomization = {"resources": ["base.yaml"], "patches": [{"path": "patch.yaml"}]}
    (folder / "kustomization.yaml").write_text(json.dumps(kustomization))
    return _build(folder)


def documents(manifests: Sequence[object]) -> str:
    """Return manifests as JSON, which is YAML as long as what YAML takes for a line break is escaped."""
    text = "\n---\n".join(json.dumps(manifest, ensure_ascii=False) for manifest in manifests)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + "\n"


def named(number: int, **fields: object) -> Mapping[str, object]:
    """Return a custom object."""
    meta = {"name": f"object-{number:02d}"}
    return {"apiVersion": "tests.dev/v1", "kind": "Case", "metadata": meta, **fields}


def _build(folder: Path) -> Build:
    """Run kustomize on a folder."""
    environment = {**os.environ, "KUSTOMIZE_PLUGIN_HOME": str(folder / "home")}
    command = [kustomize(), "build", "--enable-alpha-plugins", str(folder)]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    return Build(done.stdout.decode(), done.stderr.decode(), done.returncode)
