"""Tables of generators are literal: a module that stands in none is never called."""

from __future__ import annotations

import pkgutil
from typing import TYPE_CHECKING

import pytest

from krm_functions.generators import app, cluster, hub
from tests.generators.estates import HUB_TABLES

if TYPE_CHECKING:
    from types import ModuleType

ALL = {
    app: set(app.APP_GENERATORS),
    cluster: set(cluster.CLUSTER_GENERATORS),
    hub: {name for table in HUB_TABLES for name in table},
}


@pytest.mark.parametrize("package", ALL, ids=lambda package: package.__name__.rpartition(".")[2])
def test_every_module_stands_in_a_table(package: ModuleType) -> None:
    """Modules and the names in the tables are the same."""
    assert {module.name for module in pkgutil.iter_modules(package.__path__)} == ALL[package]
