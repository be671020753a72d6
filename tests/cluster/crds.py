"""The real CustomResourceDefinitions of what the manifests speak to, from their own Go modules."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import yaml

from tests import tools


class Source(NamedTuple):
    """A Go module and the definitions in it, by their paths."""

    module: str
    version: str
    folder: str
    files: tuple[str, ...]


SOURCES: Final = (
    Source(
        "github.com/argoproj/argo-cd/v3",
        "v3.6.1",
        "manifests/crds",
        ("application-crd.yaml", "applicationset-crd.yaml", "appproject-crd.yaml"),
    ),
    Source(
        "github.com/external-secrets/external-secrets",
        "v1.3.2",
        "config/crds/bases",
        ("external-secrets.io_externalsecrets.yaml", "external-secrets.io_clustersecretstores.yaml"),
    ),
    Source(
        "sigs.k8s.io/gateway-api",
        "v1.7.0",
        "config/crd/standard",
        ("gateway.networking.k8s.io_gateways.yaml", "gateway.networking.k8s.io_httproutes.yaml"),
    ),
    Source(
        "github.com/prometheus-operator/prometheus-operator",
        "v0.85.0",
        "example/prometheus-operator-crd",
        ("monitoring.coreos.com_servicemonitors.yaml",),
    ),
    Source(
        "github.com/cert-manager/cert-manager",
        "v1.21.2",
        "deploy/crds",
        ("cert-manager.io_certificates.yaml", "cert-manager.io_clusterissuers.yaml"),
    ),
)


def definitions() -> Iterator[dict[str, Any]]:
    """Yield every CustomResourceDefinition; raises ToolError where a module cannot be had."""
    for source in SOURCES:
        for path in cached(source):
            with open(path, "rb") as file:
                yield yaml.load(file, Loader=yaml.CSafeLoader)


def cached(source: Source) -> list[str]:
    """Return the paths of a source's definitions, taken from its module where the cache has none."""
    name = f"{source.module.replace('/', '_')}@{source.version}"
    folder = os.path.join(tools.installer.cache(), "crds", name)
    paths = [os.path.join(folder, file) for file in source.files]
    if not all(map(os.path.exists, paths)):
        with tools.installer.one_at_a_time():
            extract(source, folder)
    return paths


def extract(source: Source, folder: str) -> None:
    """Copy a source's definitions out of its module's archive."""
    os.makedirs(folder, exist_ok=True)
    prefix = f"{source.module}@{source.version}/{source.folder}"
    with zipfile.ZipFile(tools.installer.go_module(source.module, source.version)["Zip"]) as archive:
        for name in source.files:
            partial = os.path.join(folder, f".{name}")
            with open(partial, "wb") as file:
                file.write(archive.read(f"{prefix}/{name}"))
            os.replace(partial, os.path.join(folder, name))
