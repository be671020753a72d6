"""An estate whose one app is a chart, and servers that hand charts out."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import tools
from tests.cli.command import Answer, environment, tenantspec

EXAMPLE = os.path.join(tools.ROOT, "examples", "chart")
CHART = os.path.join(EXAMPLE, "charts", "notes-1.2.0")
FROM = "https://charts.example.com"
APP = "tenants/shop/apps/notes/app.yaml"


class Estate(NamedTuple):
    """A copy of examples/chart, and the helm that calls in it use."""

    root: str
    helm: str = "helm"

    def call(self, *arguments: str, **env: str) -> Answer:
        """Call the command in the estate."""
        settings = environment(**{"HELM": tools.installed(self.helm), **env})
        return tenantspec(*arguments, cwd=self.root, env=settings)

    def replace(self, file: str, before: str, after: str) -> None:
        """Replace a text that a file holds."""
        path = Path(self.root, file)
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    """Give a copy of examples/chart with one app."""
    root = os.fspath(tmp_path / "estate")
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("expected", "README.md", "board"))
    return Estate(root)


def package(source: str, into: str) -> str:
    """Package a chart with helm and return the archive."""
    os.makedirs(into, exist_ok=True)
    helm("package", source, "--destination", into)
    (archive,) = [name for name in os.listdir(into) if name.endswith(".tgz")]
    return os.path.join(into, archive)


def helm(*arguments: str) -> None:
    """Run helm, which has to succeed."""
    done = subprocess.run([tools.installed("helm"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Serve a folder as a Helm repository; give its URL and the folder."""
    folder = os.fspath(tmp_path / "repository")
    os.makedirs(folder)
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """Run a real OCI registry on loopback and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    config = tmp_path / "registry.yaml"
    config.write_text(
        f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {tmp_path}/blobs}}}}\nhttp: {{addr: {address}}}\n"
    )
    with subprocess.Popen([tools.installed("registry"), "serve", os.fspath(config)]) as process:
        until_it_answers(f"http://{address}/v2/")
        yield address
        process.terminate()


def until_it_answers(url: str) -> None:
    """Wait for a server that has just been started."""
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310  (the literal addresses of these tests)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing answers at {url}")
