"""Sync: the folders follow the specs, and hand-written lines are never removed."""

from __future__ import annotations

import os
import shutil

import pytest

from krm_functions.diagnostics import TenantspecError
from krm_functions.scaffold import sync
from tests.scaffold.estates import (
    FILE,
    GITOPS,
    OVERLAY,
    WANTED,
    built,
    called_with,
    files,
    planned,
    read,
    replace,
    synced,
    write,
)
from tests.scaffold.hand_edits import PATCH


def test_a_fresh_estate_gets_every_folder(bare: str) -> None:
    """24 overlays, 4 clusters, 2 hubs with their argocd folders, and 6 files of function configs."""
    before = files(bare)
    written = synced(bare)
    assert len([file for file in written if "/overlays/" in file]) == 24
    assert [file for file in written if not file.startswith("tenants/")] == [
        "argocd/app-of-apps.yaml",
        "argocd/applicationsets/infra-apps.yaml",
        "argocd/applicationsets/kustomization.yaml",
        "argocd/applicationsets/tenant-apps.yaml",
        "argocd/install.yaml",
        "argocd/kustomization.yaml",
        "clusters/eu-west-1/argocd/kustomization.yaml",
        "clusters/eu-west-1/kustomization.yaml",
        "clusters/eu-west-1/prod-eu/kustomization.yaml",
        "clusters/eu-west-1/prod-ue/kustomization.yaml",
        "clusters/us-west-2/argocd/kustomization.yaml",
        "clusters/us-west-2/dev/kustomization.yaml",
        "clusters/us-west-2/kustomization.yaml",
        "clusters/us-west-2/stg/kustomization.yaml",
    ]
    after = files(bare)
    assert after.keys() - before.keys() == set(written)
    assert {file: after[file] for file in before} == before


def test_a_second_run_changes_nothing(root: str) -> None:
    """Nothing is written, nothing drifts."""
    before = files(root)
    plan = planned(root)
    assert plan.changes == ()
    assert sync.drift(plan) == []
    assert sync.apply(plan) == []
    assert files(root) == before


def test_gitops_is_in_step() -> None:
    """The repository's own estate needs no sync."""
    assert sync.drift(planned(GITOPS)) == []


def test_planning_writes_nothing(bare: str) -> None:
    """A plan is a value: disk changes with apply alone."""
    before = files(bare)
    assert planned(bare).changes
    assert files(bare) == before


def test_kustomize_calls_the_function_with_the_config(root: str, home: str) -> None:
    """What sync writes is what kustomize 5.8.1 hands to the functions of overlays and clusters."""
    assert called_with(root, OVERLAY, home) == [WANTED]
    (cluster,) = called_with(root, "clusters/eu-west-1/prod-ue", home)
    assert (cluster["kind"], cluster["spec"]) == ("ClusterOverlay", {"environment": "prod-ue"})


@pytest.mark.parametrize("hub", ["us-west-2", "eu-west-1"])
def test_a_hub_composes_the_shared_configs(root: str, home: str, hub: str) -> None:
    """clusters/HUB/argocd prints the four configs with the hub, and clusters/HUB calls them as generators."""
    kinds = ["ArgoInstallation", "InfraApplications", "RootApplication", "TenantApplications"]
    composed = built(root, f"clusters/{hub}/argocd")
    assert sorted(config["kind"] for config in composed) == kinds
    assert all(config["spec"] == {"hub": hub} for config in composed)
    called = called_with(root, f"clusters/{hub}", home)
    assert sorted((config["kind"], config["spec"]["hub"]) for config in called) == [(k, hub) for k in kinds]


def test_a_disabled_app_loses_its_overlay(root: str) -> None:
    """The overlay and its empty folder go; other environments stay."""
    replace(
        root,
        "tenants/tenant-a/apps/app1/app.yaml",
        "spec:\n",
        "spec:\n  environments: {dev: {enabled: false}}\n",
    )
    assert synced(root) == [FILE]
    assert not os.path.exists(os.path.join(root, OVERLAY))
    assert os.path.exists(os.path.join(root, os.path.dirname(OVERLAY), "stg", "kustomization.yaml"))


@pytest.mark.parametrize("gone", ["tenants/tenant-c/apps/app1", "tenants/tenant-c"])
def test_a_removed_app_or_tenant_leaves_nothing(root: str, gone: str) -> None:
    """Removing the specs, and leaving the overlays to sync, clears the folder."""
    for file in [file for file in files(root) if file.startswith(gone) and "/overlays/" not in file]:
        os.remove(os.path.join(root, file))
    shutil.rmtree(os.path.join(root, gone, "config"), ignore_errors=True)
    assert len(synced(root)) == 4
    assert not os.path.exists(os.path.join(root, gone))


def test_hand_written_lines_are_never_removed(root: str) -> None:
    """An overlay that is no longer wanted but holds a patch is kept and reported."""
    replace(root, FILE, "generators:", PATCH + "generators:")
    for name in ("app.yaml", "versions.yaml"):
        os.remove(os.path.join(root, "tenants/tenant-a/apps/app1", name))
    before = read(root, FILE)
    plan = planned(root)
    assert [(d.code, d.place and d.place.file) for d in sync.drift(plan) if d.code != "TS601"] == [
        ("TS607", FILE)
    ]
    assert len(sync.apply(plan)) == 3
    assert read(root, FILE) == before


def test_comments_of_a_person_count_as_theirs(root: str) -> None:
    """One comment is enough to keep a file; our own comment is not, with or without it, nor are CRLF line ends."""
    write(root, FILE, read(root, FILE) + "# ask Ada before removing\n")
    crlf, bare = (FILE.replace("dev", environment) for environment in ("stg", "prod-eu"))
    write(root, crlf, read(root, crlf).replace("\n", "\r\n"))
    write(root, bare, read(root, bare).partition("\n")[2])
    for name in ("app.yaml", "versions.yaml"):
        os.remove(os.path.join(root, "tenants/tenant-a/apps/app1", name))
    assert len(synced(root)) == 3
    assert [f for f in files(root) if "tenant-a/apps/app1/overlays" in f] == [FILE]


def test_a_broken_file_that_nobody_wants_is_kept(root: str) -> None:
    """It stops nothing, and is reported."""
    write(root, FILE, read(root, FILE) + "patches: [\n")
    for name in ("app.yaml", "versions.yaml"):
        os.remove(os.path.join(root, "tenants/tenant-a/apps/app1", name))
    plan = planned(root)
    assert [d.place and d.place.file for d in plan.kept] == [FILE]
    assert len(plan.changes) == 3


def test_an_environment_moves_with_its_hub(root: str) -> None:
    """A cluster's folder stands below the hub that manages it."""
    replace(root, "platform.yaml", "region: us-east-1, hub: eu-west-1", "region: us-east-1, hub: us-west-2")
    assert synced(root) == [
        f"clusters/{hub}/prod-ue/kustomization.yaml" for hub in ("eu-west-1", "us-west-2")
    ]
    assert not os.path.exists(os.path.join(root, "clusters/eu-west-1/prod-ue"))


def test_an_added_environment_gets_its_folders(root: str) -> None:
    """A new environment is a cluster folder and an overlay per app."""
    line = "    qa: {stage: stg, region: us-west-2, hub: us-west-2, cluster: opsera-mcp-qa}\n"
    replace(root, "platform.yaml", "    prod-ue: {stage", line + "    prod-ue: {stage")
    written = synced(root)
    assert written[0] == "clusters/us-west-2/qa/kustomization.yaml"
    assert len(written) == 7
    assert all(file.endswith("/overlays/qa/kustomization.yaml") for file in written[1:])


def test_a_removed_environment_and_hub_go(root: str) -> None:
    """A hub that the platform no longer has leaves no folder; a person's folder beside it stays."""
    text_ = read(root, "platform.yaml")
    kept = [line for line in text_.splitlines(keepends=True) if "eu-west-1" not in line]
    write(root, "platform.yaml", "".join(kept))
    for file in [file for file in files(root) if file.endswith("versions.yaml")]:
        write(root, file, "".join(r for r in read(root, file).splitlines(keepends=True) if "prod-" not in r))
    replace(root, "platform.yaml", "[dev, stg, prod]", "[dev, stg]")
    drop_prod = (
        ('      stages:\n        prod: {cpu: "16", memory: 32Gi, pods: 100}\n', ""),
        ("    stages:\n      prod: {replicas: 2}\n", ""),
    )
    for old, new in drop_prod:
        replace(root, "platform.yaml", old, new)
    write(root, "clusters/eu-west-1/notes/kustomization.yaml", "resources: []\n")
    plan = planned(root)
    assert plan.kept == ()
    assert len(sync.apply(plan)) == 12 + 4
    assert os.listdir(os.path.join(root, "clusters/eu-west-1")) == ["notes"]


def test_dedicated_clusters_have_their_own_folders(root: str, home: str) -> None:
    """A tenant's placement is a folder below its environment."""
    replace(root, "tenants/tenant-b/config/tenant.yaml", "spec:\n", "spec:\n  placement: {dev: k8s-b-dev}\n")
    folder = "clusters/us-west-2/dev/dedicated/k8s-b-dev"
    assert synced(root) == [f"{folder}/kustomization.yaml"]
    (config,) = called_with(root, folder, home)
    assert config["spec"] == {"environment": "dev", "cluster": "k8s-b-dev"}
    replace(root, "tenants/tenant-b/config/tenant.yaml", "  placement: {dev: k8s-b-dev}\n", "")
    assert synced(root) == [f"{folder}/kustomization.yaml"]
    assert not os.path.exists(os.path.join(root, os.path.dirname(folder)))


def test_a_renamed_tenant_takes_its_overlays_along(root: str) -> None:
    """The folder moves with its overlays; their configs are mended in place."""
    os.rename(os.path.join(root, "tenants/tenant-c"), os.path.join(root, "tenants/tenant-d"))
    for file in ("config/tenant.yaml", "apps/app1/app.yaml", "apps/app1/versions.yaml"):
        replace(root, f"tenants/tenant-d/{file}", "tenant-c", "tenant-d")
    assert len(synced(root)) == 4
    assert "namespace: tenant-d" in read(root, "tenants/tenant-d/apps/app1/overlays/dev/kustomization.yaml")
    assert planned(root).changes == ()


def test_a_lost_spec_removes_nothing(root: str) -> None:
    """A folder with files but without app.yaml is a mistake, not a removal: its overlays stay."""
    folder = os.path.join(root, "tenants/tenant-a/apps/app1")
    shutil.move(os.path.join(folder, "app.yaml"), os.path.join(folder, "app.yml"))
    before = files(root)
    with pytest.raises(TenantspecError, match="TS106"):
        planned(root)
    assert files(root) == before
