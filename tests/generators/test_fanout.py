"""ApplicationSets give the very Applications that would be written out, and projects permit what apps are made of."""

from __future__ import annotations

import re
from typing import Any

import pytest

from krm_functions.generators.app import APP_GENERATORS
from krm_functions.manifests.base import app_base
from tests.generators.estates import (
    HUBS,
    RICH,
    TENANT_A,
    Manifest,
    changed,
    hub,
    merged,
    names,
    on_hub,
    one,
)

SETS = {"platform.yaml": {"argocd": {"fanout": "applicationset"}}}
MIXED = {"platform.yaml": {"environments": {"prod-ue": {"hub": "us-west-2"}}}}
GATEWAY = {
    "platform.yaml": {
        "exposure": {"kind": "gateway", "gateway": "infra/public", "class": None},
        "tls": {"mode": "gateway", "challenge": "dns01"},
    }
}


def applications(manifests: list[Manifest]) -> dict[str, Manifest]:
    """Return the tenants' Applications by name."""
    return {
        manifest["metadata"]["name"]: manifest
        for manifest in manifests
        if manifest["kind"] == "Application" and "tenantspec.dev/app" in manifest["metadata"]["labels"]
    }


def generated(manifests: list[Manifest]) -> dict[str, Manifest]:
    """Return what Argo CD makes of ApplicationSets: each list's template filled up from the common one."""
    found = {}
    for manifest in manifests:
        if manifest["kind"] == "ApplicationSet":
            for generator in manifest["spec"]["generators"]:
                listed = generator["list"]
                template = merged(manifest["spec"]["template"], listed.get("template", {}))
                for element in listed["elements"]:
                    found[element["name"]] = expanded(template, element)
    return found


def expanded(template: Any, element: dict[str, str]) -> Any:
    """Put an element's values into a template; a missing key is an error, as the sets ask for."""
    if isinstance(template, dict):
        return {key: expanded(value, element) for key, value in template.items()}
    if isinstance(template, list):
        return [expanded(value, element) for value in template]
    if isinstance(template, str):
        return re.sub(r"\{\{\.(\w+)\}\}", lambda match: element[match[1]], template)
    return template


@pytest.mark.parametrize("name", HUBS)
@pytest.mark.parametrize("changes", [(), (RICH,), (RICH, MIXED), (RICH, {TENANT_A: {"offboard": True}})])
def test_both_ways_give_the_same(tmp_path_factory: pytest.TempPathFactory, changes: Any, name: str) -> None:
    """Production and others, autoscaled and not: every Application is the same, field by field."""
    written = applications(on_hub(changed(str(tmp_path_factory.mktemp("apps")), *changes), name))
    listed = on_hub(changed(str(tmp_path_factory.mktemp("sets")), *changes, SETS), name)
    assert written
    assert not applications(listed)
    for application in written.values():
        del application["metadata"]["namespace"], application["apiVersion"], application["kind"]
    assert generated(listed) == written


def test_the_project_is_never_a_template(tmp_path: str) -> None:
    """A value in a list cannot move an Application into another tenant's project."""
    found = on_hub(changed(str(tmp_path), RICH, MIXED, SETS), "us-west-2")
    for name in names(found, "ApplicationSet"):
        spec = one(found, "ApplicationSet", name)["spec"]
        templates = [spec["template"], *(g["list"].get("template") for g in spec["generators"])]
        assert {template["spec"]["project"] for template in templates if template} == {name}
        assert spec["goTemplateOptions"] == ["missingkey=error"]


def test_deleting_a_set_deletes_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Applications outlive their set and what leaves its list, until the tenant leaves."""
    found = on_hub(changed(str(tmp_path_factory.mktemp("stay")), SETS), "us-west-2")
    staying = one(found, "ApplicationSet", "tenant-a")
    assert staying["metadata"]["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]
    assert staying["spec"]["syncPolicy"] == {
        "applicationsSync": "create-update",
        "preserveResourcesOnDeletion": True,
    }
    leave = changed(str(tmp_path_factory.mktemp("leave")), SETS, {TENANT_A: {"offboard": True}})
    leaving = one(on_hub(leave, "us-west-2"), "ApplicationSet", "tenant-a")
    assert "finalizers" not in leaving["metadata"]
    assert leaving["spec"]["syncPolicy"]["applicationsSync"] == "sync"


@pytest.mark.parametrize("name", HUBS)
@pytest.mark.parametrize("changes", [(), (RICH,), (RICH, GATEWAY)])
def test_a_project_permits_what_its_apps_are_made_of(tmp_path: str, changes: Any, name: str) -> None:
    """Each kind that the app generators give, in every environment, is in the tenant's project."""
    found = changed(str(tmp_path), *changes)
    manifests, base = on_hub(found, name), app_base(found.specs.tree)
    shares = [share for cluster in hub(found, name).clusters for share in cluster.tenants]
    for app in [app for share in shares for app in share.apps]:
        project = one(manifests, "AppProject", app.tenant.id)["spec"]
        permitted = {(kind["group"], kind["kind"]) for kind in project["namespaceResourceWhitelist"]}
        made = [manifest for generate in APP_GENERATORS.values() for manifest in generate(app, base)]
        assert {(m["apiVersion"].rpartition("/")[0], m["kind"]) for m in made} <= permitted
