"""What a hub carries, and which clusters none manages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krm_functions.validators import hubs
from tests.generators.estates import changed

if TYPE_CHECKING:
    import pytest


def told(folder: str, platform: dict[str, object]) -> list[str]:
    """Return the codes that the estate's hubs give, with some of the platform's fields changed."""
    estate = changed(folder, {"platform.yaml": platform})
    apps = tuple(a for t in estate.tenants() for e in estate.environments(t) for a in estate.apps(t, e))
    return [diagnostic.code for diagnostic in hubs.hubs(estate, apps)]


def test_a_crowded_hub_is_advised(tmp_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """TS317: beyond the limit, hubs of explicit Applications are named; those of sets never are."""
    assert told(f"{tmp_path}/roomy", {}) == []
    monkeypatch.setattr(hubs, "MANY", 11)
    assert told(f"{tmp_path}/crowded", {}) == ["TS317", "TS317"]
    assert told(f"{tmp_path}/sets", {"argocd": {"fanout": "applicationset"}}) == []


def test_a_cluster_without_a_hub_is_named(tmp_path: str) -> None:
    """TS318: facts about a cluster that neither an environment nor a placement names lead nowhere."""
    assert told(str(tmp_path), {"clusters": {"spare-1": {"kubernetes": "1.34"}}}) == ["TS318"]
