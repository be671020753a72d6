"""A Helm repository per component, on loopback: the charts lie in the Go modules of the projects themselves."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from typing import Final, NamedTuple

import yaml

from tests import tools


class Chart(NamedTuple):
    """A chart as a Go module carries it; releases give it their version, and so does `packaged`."""

    name: str
    module: str
    version: str
    folder: str


CHARTS: Final = (
    Chart("cert-manager", "github.com/cert-manager/cert-manager", "v1.19.1", "deploy/charts/cert-manager"),
    Chart("external-dns", "sigs.k8s.io/external-dns", "v0.19.0", "charts/external-dns"),
    # the module has no newer version: the chart is older than the release that gitops/ pins
    Chart(
        "ingress-nginx",
        "k8s.io/ingress-nginx",
        "v0.0.0-20240708192948-52c50467d67d",
        "charts/ingress-nginx",
    ),
)
TEMPLATE: Final = "Chart.template.yaml"
"""What cert-manager's chart is released from."""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def repositories(versions: dict[str, str]) -> Iterator[str]:
    """Serve each chart under the version asked for, at `URL/NAME`, and yield the URL."""
    with tempfile.TemporaryDirectory(prefix="charts") as folder:
        for chart in CHARTS:
            package(chart, versions[chart.name], os.path.join(folder, chart.name))
        handler = functools.partial(Quiet, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()


def package(chart: Chart, version: str, target: str) -> None:
    """Package a chart with helm and write the repository's index."""
    unpacked = os.path.join(target, "unpacked")
    unpack(chart, unpacked)
    describe(unpacked)
    helm = tools.installed("helm3")
    numbers = ["--version", version, "--app-version", version]
    subprocess.run([helm, "package", unpacked, *numbers, "-d", target], check=True, capture_output=True)
    shutil.rmtree(unpacked)
    subprocess.run([helm, "repo", "index", target], check=True, capture_output=True)


def unpack(chart: Chart, target: str) -> None:
    """Copy a chart's files out of its module's archive."""
    prefix = f"{chart.module}@{chart.version}/{chart.folder}/"
    with zipfile.ZipFile(tools.installer.go_module(chart.module, chart.version)["Zip"]) as archive:
        for name in archive.namelist():
            if name.startswith(prefix) and not name.endswith("/"):
                path = os.path.join(target, name.removeprefix(prefix))
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(archive.read(name))


def describe(folder: str) -> None:
    """Write the Chart.yaml of a chart that its module holds only as a template of one."""
    template = os.path.join(folder, TEMPLATE)
    if os.path.exists(template):
        with open(template, encoding="utf-8") as file:
            described = yaml.safe_load(file)
        described.pop("annotations", None)
        with open(os.path.join(folder, "Chart.yaml"), "w", encoding="utf-8") as file:
            yaml.safe_dump(described, file)
        os.remove(template)
