"""Hosts, namespaces and routes: names by the platform's patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.estate.built import Spec, app, built, env, hosts

if TYPE_CHECKING:
    from pathlib import Path

NAMING: Final = {
    "host": "{host}.{environment}.{tenant}.{domain}",
    "productionHost": "{app}.{stage}.{domain}",
    "namespace": "ns-{tenant}-{environment}",
}


@pytest.mark.parametrize(
    ("expose", "naming", "where", "expected"),
    [
        (True, {}, "dev", ["web-dev.example.com"]),
        (True, {}, "eu", ["web.example.com"]),
        ({}, {}, "eu", ["web.example.com"]),
        ({"host": "shop"}, {}, "dev", ["shop-dev.example.com"]),
        ({"aliases": ["shop"]}, {}, "dev", ["web-dev.example.com", "shop-dev.example.com"]),
        ({"host": "a", "aliases": ["b", "a"]}, {}, "us", ["a.example.com", "b.example.com"]),
        ({"domains": ["shop.test"]}, {}, "dev", ["web-dev.example.com"]),
        ({"domains": ["shop.test"]}, {}, "us", ["web.example.com", "shop.test"]),
        ({"host": "shop"}, NAMING, "dev", ["shop.dev.acme.example.com"]),
        ({"host": "shop"}, NAMING, "us", ["web.prod.example.com"]),
        (False, {}, "dev", []),
        (None, {}, "dev", []),
    ],
)
def test_hosts_follow_the_naming(
    tmp_path: Path, expose: object, naming: Spec, where: str, expected: list[str]
) -> None:
    """Labels become hosts by the pattern of the stage, each host once; own domains are for production."""
    tenants: dict[str, Spec] = {"acme": {"domains": ["shop.test"]}}
    estate = built(tmp_path, {"acme/web": {"expose": expose}}, tenants, {"naming": naming})
    assert hosts(estate, where=where) == expected


def test_namespaces_follow_the_naming(tmp_path: Path) -> None:
    """A namespace is named by its pattern, and so is what is called in it."""
    apps = {"acme/web": {"env": {"API": {"url": "api"}}}, "acme/api": {}}
    estate = built(tmp_path, apps, platform={"naming": NAMING})
    assert app(estate, where="eu").namespace == "ns-acme-eu"
    assert env(estate, where="eu") == {"API": "http://api.ns-acme-eu.svc.cluster.local:8080"}


def test_a_route_leads_to_one_port(tmp_path: Path) -> None:
    """The port may be named, else it is the main one; path and certificate have defaults."""
    web: Spec = {"port": None, "ports": {"admin": 90, "api": 91}}
    plain = app(built(tmp_path / "a", {"acme/web": {**web, "expose": True}})).route
    chosen = {"port": "api", "path": "/v1", "tls": False}
    said = app(built(tmp_path / "b", {"acme/web": {**web, "expose": chosen}})).route
    assert plain
    assert said
    assert (plain.port.name, plain.path, plain.tls) == ("admin", "/", True)
    assert (said.port.name, said.path, said.tls) == ("api", "/v1", False)


@pytest.mark.parametrize(
    ("naming", "routed"),
    [
        ({}, ["eu", "us"]),
        ({"productionHost": "{host}.{environment}.{domain}"}, []),
        ({"host": "{host}-{environment}.{domain}"}, ["eu", "us"]),
        ({"productionHost": "{host}.{domain}", "host": "{host}.{domain}"}, ["eu", "us"]),
    ],
)
def test_hosts_of_a_stage_with_two_environments_are_routed(
    tmp_path: Path, naming: Spec, routed: list[str]
) -> None:
    """Whether a DNS record takes a routing policy is the platform's to say, whatever an app uses today."""
    found = built(tmp_path, platform={"naming": naming}).platform.environments
    assert [e.name for e in found if e.routed] == routed


def test_weights_are_equal_unless_said(tmp_path: Path) -> None:
    """A weight that is not written is 100; one of 0 takes an environment out."""
    weights = {"dns": {"routing": "weighted", "weights": {"eu": 0}}}
    found = built(tmp_path, platform=weights).platform.environments
    assert {e.name: e.weight for e in found} == {"dev": 100, "eu": 0, "us": 100}
