"""How a person builds it: `docker build .` alone, which fetches from a package index."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import threading
from typing import TYPE_CHECKING

import pytest

from krm_functions import __version__
from tests import tools
from tests.image.containers import Container, image_builder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("docker")


class Index(http.server.SimpleHTTPRequestHandler):
    """A package index (PEP 503) of the files below a folder; it keeps what was asked for."""

    asked: list[str]

    def log_request(self, *_: object) -> None:
        """Keep the path."""
        self.asked.append(self.path)


@pytest.fixture
def index(image: str, tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve the wheels that the image was built of, as a mirror of PyPI does."""
    del image
    wheels = os.path.join(tools.ROOT, image_builder.CONTEXT, "wheels")
    for wheel in os.listdir(wheels):
        project = re.sub(r"[-_.]+", "-", wheel.partition("-")[0]).lower()
        (tmp_path / "simple" / project).mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.join(wheels, wheel), tmp_path / "simple" / project)
    asked: list[str] = []
    handler = functools.partial(type("Mirror", (Index,), {"asked": asked}), directory=os.fspath(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/simple", asked
        server.shutdown()


def test_a_build_with_a_network(index: tuple[str, list[str]]) -> None:
    """Only the base and a mirror are named; pip fetches the dependencies, and the image is the same product."""
    address, asked = index
    given = [f"--build-arg=BASE={image_builder.local_base()}", f"--build-arg=PIP_INDEX_URL={address}"]
    name = "tenantspec:fetched"
    image_builder.docker(
        "build", "--quiet", "--network=host", "--no-cache", *given, "--tag", name, tools.ROOT
    )
    assert {"/simple/pyyaml/", "/simple/click/", "/simple/jsonpatch/", "/simple/setuptools/"} <= set(asked)
    assert Container(name)("version").fine().stdout.decode() == f"tenantspec {__version__}\n"
    here = Container(name)("version", "--short", flags=["--entrypoint=kustomize"])
    assert "5.8.1" in here.stdout.decode() + here.stderr
    image_builder.docker("rmi", name)


def test_the_base_can_be_pinned() -> None:
    """The default base names a version of Python, and the last stage is built on nothing else."""
    assert re.fullmatch(r"python:3\.\d+-slim", image_builder.default_base())
    with open(os.path.join(tools.ROOT, "Dockerfile"), encoding="utf-8") as stream:
        stages = re.findall(r"^FROM (.*)$", stream.read(), re.MULTILINE)
    assert stages == ["${BASE} AS build", "${BASE}"]
