"""The estate with every shape of workload, for each tool that judges it."""

from __future__ import annotations

import pytest

from tests.quality import shapes


@pytest.fixture(scope="session")
def every_shape(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the root of an estate with every shape of workload."""
    tenant = {"pullSecret": {"key": "registry"}}
    return shapes.write(tmp_path_factory.mktemp("shapes"), shapes.SHAPES, tenant=tenant)
