"""Hubs that the tests of one module share, and the table that the run ends with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.argocd.hub import Hub, Row, hub, short_folder
from tests.conftest import TOLD

if TYPE_CHECKING:
    from tests.argocd.estate import Estate

Tell = Callable[[str, list[str]], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Return what takes lines, under a heading, for the summary at the end of the run."""
    return lambda heading, lines: record_property(TOLD, json.dumps([heading, lines]))


@pytest.fixture(scope="module")
def production() -> Iterator[Hub]:
    """Run the hub of the two production environments, as gitops/ has it, until everything is Synced and Healthy."""
    with short_folder() as folder, hub("eu-west-1", folder, lambda _: None) as running:
        running.sync_all()
        yield running


@pytest.fixture(scope="module")
def rendered() -> Iterator[Hub]:
    """Run the hub of dev and stg with the other fan-out and the other delivery, as `production` does."""
    with short_folder() as folder, hub("us-west-2", folder, deliver_rendered) as running:
        running.sync_all()
        yield running


def deliver_rendered(estate: Estate) -> None:
    """Have the estate fan out to ApplicationSets and deliver what is committed rendered."""
    written = "delivery: plugin, fanout: applications"
    estate.replace("platform.yaml", written, "delivery: rendered, fanout: applicationset")


@pytest.fixture
def restored(production: Hub) -> Iterator[Hub]:
    """Yield the production hub, and bring back afterwards what it held before."""
    before = production.estate.git("rev-parse", "HEAD").strip()
    yield production
    production.estate.back_to(before)
    production.refresh()
    production.wait_until_settled()


def table(rows: list[Row]) -> list[str]:
    """Return Applications as the lines of a table."""
    width = max(len(row.name) for row in rows)
    head = f"{'APPLICATION':{width}}  SYNC    HEALTH   FIRST SYNC"
    return [
        head,
        *(f"{row.name:{width}}  {row.sync:6}  {row.health:7}  {row.seconds:6.0f} s" for row in rows),
    ]
