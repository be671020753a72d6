"""Estates of a few lines, written below a folder and read from there."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from krm_functions.documents.tree import Tree
from krm_functions.estate.estate import Estate
from krm_functions.names import API_VERSION
from krm_functions.spec.load import Specs, app_file, tenant_file, versions_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from krm_functions.estate.model import App, Environment, Tenant

Spec = dict[str, Any]

PLATFORM: Final[Spec] = {
    "domain": "example.com",
    "repository": {"url": "https://git.example.com/estate.git"},
    "stages": ["dev", "prod"],
    "hubs": {"main": {}},
    "environments": {
        "dev": {"stage": "dev", "region": "eu-1", "hub": "main", "cluster": "c-dev"},
        "eu": {"stage": "prod", "region": "eu-1", "hub": "main", "cluster": "c-eu"},
        "us": {"stage": "prod", "region": "us-1", "hub": "main", "cluster": "c-us"},
    },
}
APP: Final[Spec] = {"image": "r.example.com/app:1.0.0", "port": 8080}


def built(
    folder: Path,
    apps: Mapping[str, Spec] | None = None,
    tenants: Mapping[str, Spec] | None = None,
    platform: Spec | None = None,
    versions: Mapping[str, Spec] | None = None,
) -> Estate:
    """Return an estate of these specs; apps and versions are keyed tenant/app, and tenants need not be named."""
    apps = {"acme/web": {}} if apps is None else apps
    owners: dict[str, Spec] = {name.partition("/")[0]: {} for name in apps} | dict(tenants or {})
    _put(folder, "platform.yaml", "Platform", {"name": "small"}, {**PLATFORM, **(platform or {})})
    for name, spec in owners.items():
        _put(folder, tenant_file(name), "Tenant", {"name": name}, spec)
    for kind, file, specs in (("App", app_file, apps), ("AppVersions", versions_file, versions or {})):
        for name, spec in specs.items():
            tenant, _, app = name.partition("/")
            written = {**APP, **spec} if kind == "App" else spec
            _put(folder, file(tenant, app), kind, {"name": app, "namespace": tenant}, written)
    return Estate(Specs(Tree(os.fspath(folder))))


def environment(estate: Estate, name: str) -> Environment:
    """Return an environment that is there."""
    found = estate.platform.environment(name)
    assert found
    return found


def tenant(estate: Estate, name: str = "acme") -> Tenant:
    """Return a tenant without a fault."""
    found = estate.tenant(name)
    estate.out.raise_if_failed()
    assert found
    return found


def app(estate: Estate, name: str = "acme/web", where: str = "dev") -> App:
    """Return an app without a fault in an environment."""
    owner, _, own = name.partition("/")
    found = estate.app(owner, own, environment(estate, where))
    estate.out.raise_if_failed()
    assert found
    return found


def hosts(estate: Estate, name: str = "acme/web", where: str = "dev") -> list[str]:
    """Return the hosts of an app in an environment."""
    route = app(estate, name, where).route
    return [host.name for host in route.hosts] if route else []


def env(estate: Estate, name: str = "acme/web", where: str = "dev") -> dict[str, str]:
    """Return the literal environment variables of an app's own container."""
    return {variable.name: variable.value for variable in app(estate, name, where).main.env}


def _put(folder: Path, file: str, kind: str, metadata: Spec, spec: Spec) -> None:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
    path.write_text(json.dumps(document), encoding="utf-8")
