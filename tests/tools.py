"""Paths of the real programs that tests run; each is installed where it is missing, and never skipped."""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
from types import ModuleType
from typing import Final

ROOT: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def script(name: str) -> ModuleType:
    """Return a Python program of .ci/ as a module, by the name that the others there import it by."""
    spec = importlib.util.spec_from_file_location(name, os.path.join(ROOT, ".ci", f"{name}.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


installer: Final = script("tools")


@functools.cache
def installed(name: str) -> str:
    """Return the path of a pinned program; raises ToolError where it cannot be had."""
    path: str = installer.install(name)
    return path


def kustomize() -> str:
    """Return the path of kustomize."""
    return installed("kustomize")


def kubectl() -> str:
    """Return the path of a kubectl whose `kustomize` runs plugins."""
    return installed("kubectl")


def kube_score() -> str:
    """Return the path of kube-score."""
    return installed("kube-score")


def checkov() -> str:
    """Return the path of checkov."""
    return installed("checkov")


def kube_apiserver() -> str:
    """Return the path of kube-apiserver."""
    return installed("kube-apiserver")


def etcd() -> str:
    """Return the path of etcd."""
    return installed("etcd")
