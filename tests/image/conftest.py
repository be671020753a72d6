"""One Docker engine and one image for all tests of this room, which are marked `xdist_group("docker")` and so share a worker."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests import tools
from tests.image.containers import Container, image_builder


@pytest.fixture(scope="session")
def engine() -> Iterator[None]:
    """Have a Docker engine at $DOCKER_HOST: the machine's, else one that ends with the tests."""
    with image_builder.engine():
        yield


@pytest.fixture(scope="session")
def image(engine: None) -> str:
    """Return the name of the image, built without network on a base of Debian's packages."""
    del engine
    base: str = image_builder.local_base()
    image_builder.prepare(base)
    name: str = image_builder.build(base)
    return name


@pytest.fixture
def container(image: str) -> Container:
    """Return what runs the image without network, rights, or a writable file system."""
    return Container(image)


@pytest.fixture(scope="session")
def docker() -> str:
    """Return the path of the Docker client."""
    client: str = image_builder.program("docker", "docker.io")
    return client


@pytest.fixture
def estate() -> str:
    """Return the path of gitops/."""
    return os.path.join(tools.ROOT, "gitops")
