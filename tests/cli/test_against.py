"""check --against holds what a change deletes against the budget and its permits, in a real git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from tests import tools
from tests.cli.command import Answer, environment, tenantspec
from tests.scaffold.estates import files, replace, write

if TYPE_CHECKING:
    from pathlib import Path

PLATFORM: Final = "gitops/platform.yaml"
APP1: Final = "gitops/tenants/tenant-c/apps/app1"
CLAIM: Final = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: app1-extra, namespace: tenant-c-dev}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""


@pytest.fixture
def top(tmp_path: Path) -> str:
    """Give a repository whose HEAD holds gitops/."""
    folder = os.fspath(tmp_path / "repository")
    shutil.copytree(os.path.join(tools.ROOT, "gitops"), os.path.join(folder, "gitops"))
    git(folder, "init", "--quiet")
    commit(folder)
    return folder


def git(top: str, *arguments: str) -> str:
    """Run git as somebody."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *arguments], cwd=top, capture_output=True, text=True, check=True)
    return done.stdout


def commit(top: str) -> None:
    """Commit everything."""
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "change")


def check(top: str, revision: str = "HEAD") -> Answer:
    """Check the estate against a revision, its folders in step first."""
    tenantspec("sync", cwd=f"{top}/gitops")
    return tenantspec("check", "--root", "gitops", "--against", revision, cwd=top)


def argocd(top: str, settings: str) -> None:
    """Write the settings of deletions."""
    replace(top, PLATFORM, "deletionBudget: 1}", f"{settings}}}")


def only(top: str, *environments: str) -> None:
    """Let tenant-c run in these environments."""
    file = "gitops/tenants/tenant-c/config/tenant.yaml"
    write(top, file, f"{read(top, file)}  environments: [{', '.join(environments)}]\n")


def read(top: str, file: str) -> str:
    """Return a file's text."""
    with open(os.path.join(top, file), encoding="utf-8") as stream:
        return stream.read()


def test_nothing_is_deleted(top: str) -> None:
    """A new version deletes nothing, and that is said."""
    replace(top, f"{APP1}/versions.yaml", "dev: ", "dev: 9.9.9 # ")
    assert check(top).fine().stderr.startswith("nothing is deleted since HEAD\n")


def test_within_the_budget(top: str) -> None:
    """One deletion is what gitops/ allows; it is named, and files and index stay as they were."""
    only(top, "stg", "prod-ue", "prod-eu")
    argocd(top, "deletionBudget: 2")
    tenantspec("sync", cwd=f"{top}/gitops")
    before, status = files(top), git(top, "status", "--porcelain")
    said = check(top).fine().stderr
    assert said.startswith(
        "deleted since HEAD: Application/tenant-c-app1-dev on hub us-west-2\n"
        "deleted since HEAD: Namespace/tenant-c-dev on opsera-mcp-dev\n"
    )
    assert (files(top), git(top, "status", "--porcelain")) == (before, status)


def test_beyond_the_budget(top: str) -> None:
    """More than the budget is an error that lists all of them, at the budget's own place."""
    only(top, "stg", "prod-ue", "prod-eu")
    said = check(top).refused("TS620").stderr
    assert "Application/tenant-c-app1-dev on hub us-west-2, Namespace/tenant-c-dev on opsera-mcp-dev" in said
    assert "gitops/platform.yaml:45:" in said


@pytest.mark.parametrize("name", ["tenant-c-app1-dev", "tenant-c-dev", "tenant-c"])
def test_a_permit_names_an_object_or_what_it_belongs_to(top: str, name: str) -> None:
    """The Application, the namespace or the tenant: what it covers is not counted."""
    only(top, "stg", "prod-ue", "prod-eu")
    argocd(top, f'deletionBudget: 1, deletions: {{{name}: "2999-12-31"}}')
    check(top).fine()


def test_a_permit_of_something_else(top: str) -> None:
    """A permit covers nothing but what it names; Argo CD's own namespace is no name for all Applications."""
    only(top, "stg", "prod-ue", "prod-eu")
    argocd(top, 'deletionBudget: 1, deletions: {tenant-c-app1-stg: "2999-12-31", argocd: "2999-12-31"}')
    check(top).refused("TS620")


def test_a_permit_that_ended(top: str) -> None:
    """It is an error while its deletion is in the change, within the budget or not, and none otherwise."""
    argocd(top, 'deletionBudget: 9, deletions: {tenant-c-app1-dev: "2020-01-31"}')
    check(top).fine()
    only(top, "stg", "prod-ue", "prod-eu")
    assert "ended on 2020-01-31" in check(top).refused("TS621").stderr


def test_a_tenant_goes_in_two_steps(top: str) -> None:
    """Without `offboard: true` in the other revision a tenant may not go; with it, a permit is enough."""
    argocd(top, 'deletionBudget: 1, deletions: {tenant-c: "2999-12-31"}')
    shutil.rmtree(f"{top}/gitops/tenants/tenant-c")
    assert "the tenant tenant-c is removed in one step" in check(top).refused("TS622").stderr
    git(top, "checkout", "--quiet", "HEAD", "--", "gitops/tenants/tenant-c")
    file = "gitops/tenants/tenant-c/config/tenant.yaml"
    write(top, file, f"{read(top, file)}  offboard: true\n")
    check(top).fine()
    commit(top)
    shutil.rmtree(f"{top}/gitops/tenants/tenant-c")
    assert "AppProject/tenant-c on hub us-west-2" in check(top).fine().stderr


def test_a_renamed_tenant_loses_nothing(top: str) -> None:
    """Another name and folder with the same id: nothing that is emitted goes."""
    os.rename(f"{top}/gitops/tenants/tenant-c", f"{top}/gitops/tenants/carol")
    for file in files(f"{top}/gitops/tenants/carol"):
        here = f"gitops/tenants/carol/{file}"
        if file.endswith(("app.yaml", "versions.yaml")) or "/overlays/" in file:
            write(top, here, read(top, here).replace("namespace: tenant-c", "namespace: carol"))
    tenant = "gitops/tenants/carol/config/tenant.yaml"
    text = read(top, tenant).replace("name: tenant-c", "name: carol", 1)
    write(top, tenant, text.replace("spec:\n", "spec:\n  id: tenant-c\n", 1))
    assert check(top).fine().stderr.startswith("nothing is deleted since HEAD\n")


def test_a_stateful_app_and_what_a_person_added(top: str) -> None:
    """StatefulSets and claims count, those beside an overlay too; a permit of the Application covers its own."""
    overlay = f"{APP1}/overlays/dev"
    write(top, f"{overlay}/claim.yaml", CLAIM)
    text = read(top, f"{overlay}/kustomization.yaml")
    write(top, f"{overlay}/kustomization.yaml", f"resources: [claim.yaml]\n{text}")
    app = read(top, f"{APP1}/app.yaml")
    write(top, f"{APP1}/app.yaml", f"{app}  environments: {{dev: {{workload: StatefulSet}}}}\n")
    check(top).fine()
    commit(top)
    write(top, f"{APP1}/app.yaml", f"{app}  environments: {{dev: {{enabled: false}}}}\n")
    argocd(top, 'deletionBudget: 0, deletions: {tenant-c-app1-dev: "2999-12-31"}')
    shutil.rmtree(f"{top}/{overlay}")
    said = check(top).refused("TS620").stderr
    assert (
        "deletes 1 object, argocd.deletionBudget allows 0: PersistentVolumeClaim/app1-extra on opsera-mcp-dev"
        in said
    )


def test_an_estate_that_is_new(top: str) -> None:
    """A revision without the estate has nothing that could be deleted."""
    git(top, "mv", "gitops", "elsewhere")
    commit(top)
    git(top, "mv", "elsewhere", "gitops")
    assert "nothing is deleted since HEAD\n" in check(top).fine().stderr


def test_a_revision_that_is_broken(top: str) -> None:
    """What a broken revision would have held is not known: the first of its errors is named."""
    file = f"{APP1}/app.yaml"
    text = read(top, file)
    write(top, file, text.replace("image:", "imgae:"))
    commit(top)
    write(top, file, text)
    said = check(top).refused("TS941").stderr
    assert "TS201 unknown field 'imgae' in tenants/tenant-c/apps/app1/app.yaml" in said


@pytest.mark.parametrize("name", ["gone", "HEAD~9", "--all", "HEAD:gitops", ""])
def test_a_revision_that_git_does_not_know(top: str, name: str) -> None:
    """Names of nothing, options and trees are refused by name, and so is the empty text of an unset variable."""
    assert f"git knows no revision '{name}'" in check(top, name).refused("TS940").stderr


def test_no_repository_and_no_git(top: str) -> None:
    """Without a repository, or without git, it is said what is missing."""
    shutil.rmtree(f"{top}/.git")
    ceiling = {"GIT_CEILING_DIRECTORIES": top}
    call = ("check", "--root", "gitops", "--against", "HEAD")
    said = tenantspec(*call, cwd=top, env=environment(**ceiling)).refused("TS940").stderr
    assert "not a git repository" in said
    said = tenantspec(*call, cwd=top, env=environment(PATH="/nonexistent")).refused("TS940").stderr
    assert "git is not on PATH" in said
