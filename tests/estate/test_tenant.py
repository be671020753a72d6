"""What is decided of a tenant: quotas, bounds, places and windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.diagnostics import TenantspecError
from krm_functions.estate.bounds import within
from krm_functions.estate.model import Quota
from krm_functions.names import StageName
from krm_functions.validators.app import check_app
from tests.estate.built import Spec, app, built, environment, hosts, tenant

if TYPE_CHECKING:
    from pathlib import Path

SMALL: Final = {"cpu": 4, "memory": "8Gi"}


@pytest.mark.parametrize(
    ("memory", "doubled"),
    [
        ("8Gi", "16Gi"),
        ("1.5Gi", "3Gi"),
        ("1.25Gi", "2.5Gi"),
        ("500M", "1000M"),
        ("128Mi", "256Mi"),
        (1024, "2048"),
        ("0", "0"),
        ("1500m", "3000m"),
    ],
)
def test_limits_are_twice_the_memory(tmp_path: Path, memory: object, doubled: str) -> None:
    """Where nothing is said of limits.memory, it is twice requests.memory, in the same unit."""
    estate = built(tmp_path, tenants={"acme": {"quota": {"cpu": 1, "memory": memory}}})
    found = tenant(estate).quota(StageName("dev"))
    assert found == Quota("1", str(memory), doubled, "50")


@pytest.mark.parametrize(
    ("quota", "dev", "prod"),
    [
        (SMALL, ("4", "8Gi", "16Gi", "50"), ("4", "8Gi", "16Gi", "50")),
        (
            {**SMALL, "pods": 9, "stages": {"prod": {"cpu": 8, "memory": "16Gi"}}},
            ("4", "8Gi", "16Gi", "9"),
            ("8", "16Gi", "32Gi", "9"),
        ),
        (
            {**SMALL, "limitsMemory": "9Gi", "stages": {"prod": {"pods": 5}}},
            ("4", "8Gi", "9Gi", "50"),
            ("4", "8Gi", "9Gi", "5"),
        ),
        (
            {**SMALL, "limitsMemory": "9Gi", "stages": {"prod": {"memory": "10Gi"}}},
            ("4", "8Gi", "9Gi", "50"),
            ("4", "10Gi", "20Gi", "50"),
        ),
        (
            {**SMALL, "limitsMemory": "9Gi", "stages": {"prod": {"memory": None, "cpu": 5}, "dev": {}}},
            ("4", "8Gi", "9Gi", "50"),
            ("5", "8Gi", "9Gi", "50"),
        ),
        (
            {**SMALL, "pods": None, "stages": {"prod": {"memory": "10Gi", "limitsMemory": "11Gi"}}},
            ("4", "8Gi", "16Gi", "50"),
            ("4", "10Gi", "11Gi", "50"),
        ),
    ],
)
@pytest.mark.parametrize("named", [False, True])
def test_quotas_by_stage(
    tmp_path: Path, quota: Spec, dev: tuple[str, ...], prod: tuple[str, ...], *, named: bool
) -> None:
    """A stage's figures replace the general ones, whether the quota is the platform's or the tenant's own."""
    platform = {"quotas": {"small": quota}} if named else {}
    found = tenant(built(tmp_path, None, {"acme": {"quota": "small" if named else quota}}, platform))
    assert dict(found.quotas) == {"dev": Quota(*dev), "prod": Quota(*prod)}


def test_a_tenant_without_a_quota_has_none(tmp_path: Path) -> None:
    """No quota is no default quota."""
    assert tenant(built(tmp_path)).quotas == ()


@pytest.mark.parametrize(
    ("reference", "registry", "inside"),
    [
        ("r.io/shop/web", "r.io/shop", True),
        ("r.io/shop", "r.io/shop", True),
        ("r.io/shop/a/b", "r.io", True),
        ("r.io/shopping/web", "r.io/shop", False),
        ("r.io/sho", "r.io/shop", False),
        ("r.io", "r.io/shop", False),
        ("r.io.evil.example/shop/web", "r.io", False),
        ("r.io:5000/web", "r.io", False),
        ("r.io:5000/web", "r.io:5000", True),
        ("other/r.io/shop/web", "r.io/shop", False),
    ],
)
def test_a_registry_is_whole_path_segments(reference: str, registry: str, *, inside: bool) -> None:
    """A registry is no prefix of a text: what only starts alike lies outside."""
    assert within(reference, registry) == inside


def test_registries_are_the_platforms_unless_narrowed(tmp_path: Path) -> None:
    """A tenant that says nothing may use all that the platform allows, and that may be anything."""
    bounds = {"guardrails": {"registries": ["r.example.com", "ghcr.io/acme"]}}
    narrowed = {"acme": {"registries": ["ghcr.io/acme/web"]}, "zeta": {}}
    estate = built(tmp_path / "a", {}, narrowed, bounds)
    assert tenant(estate).registries == ("ghcr.io/acme/web",)
    assert tenant(estate, "zeta").registries == ("r.example.com", "ghcr.io/acme")
    assert tenant(built(tmp_path / "b")).registries == ()


@pytest.mark.parametrize(
    ("residency", "clusters", "codes"),
    [
        (None, {}, []),
        (["eu"], {"c-dev": {"jurisdiction": "eu"}}, []),
        (["us", "eu"], {"c-dev": {"jurisdiction": "eu"}}, []),
        (["us"], {"c-dev": {"jurisdiction": "eu"}}, ["TS409"]),
        (["us"], {"c-dev": {}}, ["TS409"]),
        (["us"], {}, ["TS409"]),
        (["us"], {"c-own": {"jurisdiction": "eu"}, "c-dev": {"jurisdiction": "us"}}, []),
    ],
)
def test_residency_is_judged_by_the_cluster(
    tmp_path: Path, residency: object, clusters: Spec, codes: list[str]
) -> None:
    """A tenant with a residency runs only on clusters that are known to stand in it."""
    estate = built(tmp_path, None, {"acme": {"residency": residency}}, {"clusters": clusters})
    check_app(estate, app(estate))
    assert [diagnostic.code for diagnostic in estate.out.diagnostics] == codes


def test_residency_follows_the_placement(tmp_path: Path) -> None:
    """What counts is the cluster that the tenant is placed on, not the environment's shared one."""
    clusters = {"c-dev": {"jurisdiction": "eu"}, "c-own": {"jurisdiction": "us"}}
    placed: Spec = {"residency": ["eu"], "placement": {"dev": "c-own"}}
    estate = built(tmp_path, None, {"acme": placed}, {"clusters": clusters})
    check_app(estate, app(estate))
    assert [diagnostic.code for diagnostic in estate.out.diagnostics] == ["TS409"]


def test_a_placement_is_for_one_environment(tmp_path: Path) -> None:
    """Elsewhere the tenant stays on the shared cluster."""
    estate = built(tmp_path, tenants={"acme": {"placement": {"eu": "c-own", "dev": "c-dev"}}})
    found = {e.name: tenant(estate).cluster(e) for e in estate.platform.environments}
    assert found == {"dev": "c-dev", "eu": "c-own", "us": "c-us"}


def test_sync_windows_come_by_name_and_hold_everywhere(tmp_path: Path) -> None:
    """Windows are sorted; one that names no stage holds for all, one without a zone is in UTC."""
    window = {"kind": "deny", "schedule": "0 16 * * 5", "duration": "60h"}
    windows = {
        "z": {**window, "stages": ["prod"], "timeZone": "Europe/Berlin"},
        "a": {**window, "timeZone": None},
    }
    found = tenant(built(tmp_path, tenants={"acme": {"syncWindows": windows}})).sync_windows
    assert [(w.name, w.stages, w.time_zone) for w in found] == [
        ("a", ("dev", "prod"), "UTC"),
        ("z", ("prod",), "Europe/Berlin"),
    ]


@pytest.mark.parametrize(
    ("platform", "own", "internet"),
    [
        (None, None, True),
        (True, False, False),
        (False, None, False),
        (False, False, False),
        (True, True, True),
    ],
)
def test_the_internet_is_only_turned_off(
    tmp_path: Path, platform: object, own: object, *, internet: bool
) -> None:
    """A tenant turns egress off for itself and never on."""
    said = {"network": {"internet": platform}}
    estate = built(tmp_path, None, {"acme": {"network": {"internet": own}}}, said)
    assert tenant(estate).internet == internet


@pytest.mark.parametrize(
    ("allowed", "label", "codes"),
    [
        (None, "any", []),
        ([], "any", ["TS406"]),
        (["any"], "any", []),
        (["an*"], "any", []),
        (["*"], "any", []),
        (["an"], "any", ["TS406"]),
        (["any*"], "an", ["TS406"]),
        (["b*", "any"], "any", []),
    ],
)
def test_labels_that_a_tenant_may_claim(
    tmp_path: Path, allowed: object, label: str, codes: list[str]
) -> None:
    """No list is no bound, an empty one allows nothing, a star stands for the rest."""
    apps = {"acme/web": {"expose": {"host": label}}}
    estate = built(tmp_path, apps, {"acme": {"hosts": allowed}})
    assert hosts(estate) == [f"{label}-dev.example.com"]
    check_app(estate, app(estate))
    assert [diagnostic.code for diagnostic in estate.out.diagnostics] == codes


def test_a_tenant_is_itself_without_saying_so(tmp_path: Path) -> None:
    """Id and display name are the name; null says no more than nothing."""
    estate = built(
        tmp_path, {}, {"acme": {}, "zeta": {"id": None, "displayName": None, "labels": {"a": None}}}
    )
    for name in ("acme", "zeta"):
        found = tenant(estate, name)
        assert (found.id, found.display_name, found.labels) == (name, name, ())


def test_a_broken_tenant_breaks_its_apps_and_nobody_elses(tmp_path: Path) -> None:
    """An overlay fails with its own tenant's fault; its neighbour's does not concern it."""
    estate = built(tmp_path, {"acme/web": {}, "zeta/web": {}}, {"zeta": {"quota": 5}})
    assert app(estate)
    assert estate.app("zeta", "web", environment(estate, "dev")) is None
    with pytest.raises(TenantspecError, match="TS202"):
        estate.out.raise_if_failed()
