"""Hubs as the real estate has them, and as one in which every feature is used."""

from __future__ import annotations

import pytest

from tests.generators.estates import HUBS, RICH, Manifest, changed, estate, on_hub


@pytest.fixture(scope="session")
def hubs() -> dict[str, list[Manifest]]:
    """Return the manifests of the real estate's hubs."""
    return {name: on_hub(estate(), name) for name in HUBS}


@pytest.fixture(scope="session")
def rich_hubs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Manifest]]:
    """Return the manifests of hubs on which every feature is used."""
    found = changed(str(tmp_path_factory.mktemp("rich")), RICH)
    return {name: on_hub(found, name) for name in HUBS}
