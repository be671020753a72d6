"""`tenantspec argocd`: what a hub is started with."""

from __future__ import annotations

import os
from typing import Any, Final

import pytest
import yaml

from krm_functions import __version__
from tests import tools
from tests.cli.command import tenantspec

GITOPS: Final = os.path.join(tools.ROOT, "gitops")


def test_values_leave_the_settings_to_us_and_add_the_sidecar() -> None:
    """The chart creates none of our ConfigMaps; its repo-server runs the plugin server in our image."""
    values = yaml.safe_load(tenantspec("argocd", "values", "us-west-2", cwd=GITOPS).fine().stdout)
    assert values["configs"] == {name: {"create": False} for name in ("cm", "params", "rbac")}
    sidecar = values["repoServer"]["extraContainers"][0]
    assert sidecar["image"] == f"ghcr.io/opsera/tenantspec:{__version__}"
    assert sidecar["securityContext"]["readOnlyRootFilesystem"] is True
    mounted = {mount["name"] for mount in sidecar["volumeMounts"]}
    assert mounted == {
        "var-files",
        "plugins",
        *(volume["name"] for volume in values["repoServer"]["volumes"]),
    }


def test_bootstrap_gives_what_the_root_needs() -> None:
    """Settings, the projects of no tenant and the root; the ConfigMap holds a plugin without discovery or shell."""
    text = tenantspec("argocd", "bootstrap", "us-west-2", cwd=GITOPS).fine().stdout
    found: dict[tuple[str, str], Any] = {
        (m["kind"], m["metadata"]["name"]): m for m in yaml.safe_load_all(text)
    }
    assert [name for kind, name in found if kind == "AppProject"] == ["default", "platform"]
    assert ("Application", "root-us-west-2") in found
    data = found["ConfigMap", "argocd-cmp-tenantspec"]["data"]
    plugin = yaml.safe_load(data["plugin.yaml"])
    assert set(plugin["spec"]) == {"version", "generate", "parameters", "preserveFileMode", "provideGitCreds"}
    assert plugin["spec"]["generate"]["command"] == ["tenantspec", "cmp", "generate"]
    patch = yaml.safe_load(data["repo-server.yaml"])
    assert patch["metadata"] == {"name": "argocd-repo-server", "namespace": "argocd"}


@pytest.mark.parametrize("command", ["values", "bootstrap"])
def test_an_unknown_hub_is_refused(command: str) -> None:
    """The hubs that there are stand beside it."""
    assert "us-west-2" in tenantspec("argocd", command, "us-west-9", cwd=GITOPS).refused("TS301").stderr
