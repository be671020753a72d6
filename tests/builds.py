"""Kustomizations of the tree, and what the real programs print for them."""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tests import tools

Manifest = dict[str, Any]


def kustomizations(*folders: str) -> list[str]:
    """Return every folder with a kustomization below some folders of the repository, relative to it."""
    found = [folder for top in folders for folder in _below(os.path.join(tools.ROOT, top))]
    assert found, f"no kustomization below {folders}"
    return sorted(os.path.relpath(folder, tools.ROOT) for folder in found)


def _below(top: str) -> Iterator[str]:
    for folder, _, files in os.walk(top):
        if "kustomization.yaml" in files:
            yield folder


@functools.cache
def kustomize(folder: str, plugin_home: str) -> bytes:
    """Return what kustomize prints for a folder of the repository."""
    return run([tools.kustomize(), "build", "--enable-alpha-plugins", folder], plugin_home)


def run(command: list[str], plugin_home: str) -> bytes:
    """Return what a program prints; its own words are the failure if it fails."""
    env: Mapping[str, str] = {**os.environ, "KUSTOMIZE_PLUGIN_HOME": plugin_home}
    answer = subprocess.run(command, cwd=tools.ROOT, env=env, capture_output=True, check=False)
    assert answer.returncode == 0, answer.stderr.decode()
    return answer.stdout


def manifests(output: bytes) -> list[Manifest]:
    """Return the manifests that a build printed."""
    return [document for document in yaml.load_all(output, Loader=yaml.CSafeLoader) if document]
