"""`tenantspec vendor` brings what apps name, all of it or nothing, and locks it."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.charts.conftest import APP, CHART, FROM, Estate, helm, package
from tests.scaffold.estates import files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LOCK = "charts/lock.yaml"


def indexed(repository: tuple[str, str], source: str = CHART) -> str:
    """Put a chart into the repository and return its URL."""
    url, folder = repository
    package(source, folder)
    helm("repo", "index", folder, "--url", url)
    return url


def emptied(estate: Estate, url: str) -> Estate:
    """Remove what is vendored and name another repository."""
    shutil.rmtree(os.path.join(estate.root, "charts"))
    estate.replace(APP, FROM, url)
    return estate


@pytest.mark.parametrize("program", ["helm", "helm3"])
def test_a_chart_comes_from_a_repository(estate: Estate, repository: tuple[str, str], program: str) -> None:
    """What is fetched is what was packaged, is locked, and builds to the same objects as before."""
    before = estate.call("render").fine().stdout
    fetched = emptied(estate._replace(helm=program), indexed(repository))
    answer = fetched.call("vendor").fine()
    assert answer.stdout.splitlines() == ["charts/notes-1.2.0", LOCK]
    assert files(os.path.join(estate.root, "charts", "notes-1.2.0", "templates")) == files(
        os.path.join(CHART, "templates")
    )
    assert fetched.call("vendor", "--check").fine()
    assert fetched.call("render").fine().stdout == before
    assert fetched.call("vendor").fine().stdout == ""


def test_a_chart_comes_from_a_registry(estate: Estate, registry: str, tmp_path: Path) -> None:
    """An OCI registry serves as well as a repository, with the same digest of what is unpacked."""
    archive = package(CHART, os.fspath(tmp_path / "packaged"))
    helm("push", archive, f"oci://{registry}/charts", "--plain-http")
    emptied(estate, f"oci://{registry}/charts").call("vendor").fine()
    assert estate.call("check").fine()


def test_an_upgrade_takes_the_old_chart_away(
    estate: Estate, repository: tuple[str, str], tmp_path: Path
) -> None:
    """AppVersions drives the version; the chart that no app needs any more goes, and its lock with it."""
    newer = os.fspath(tmp_path / "notes")
    shutil.copytree(CHART, newer)
    chart = tmp_path / "notes" / "Chart.yaml"
    chart.write_text(chart.read_text().replace("1.2.0", "1.3.0"))
    estate.replace(APP, FROM, indexed(repository, newer))
    estate.replace(
        "tenants/shop/apps/notes/versions.yaml", "{dev: 1.2.0, prod: 1.2.0}", "{dev: 1.3.0, prod: 1.3.0}"
    )
    stale = estate.call("vendor", "--check")
    assert (stale.code, "TS630" in stale.stderr, "TS636" in stale.stderr) == (1, True, True)
    estate.call("vendor").fine()
    assert sorted(os.listdir(os.path.join(estate.root, "charts"))) == ["lock.yaml", "notes-1.3.0"]
    assert "app.kubernetes.io/version: 1.3.0" in estate.call("render").fine().stdout


def test_what_cannot_be_had_changes_nothing(estate: Estate, repository: tuple[str, str]) -> None:
    """A version that the repository lacks, and no repository at all, are told in helm's own words."""
    indexed(repository)
    estate.replace(APP, FROM, repository[0])
    estate.replace("tenants/shop/apps/notes/versions.yaml", "prod: 1.2.0", "prod: 9.9.9")
    before = files(estate.root)
    estate.call("vendor").refused("TS633")
    assert files(estate.root) == before
    estate.replace(APP, repository[0], "http://127.0.0.1:1")
    assert "127.0.0.1:1" in estate.call("vendor").refused("TS633", "TS633").stderr


def test_one_chart_has_one_repository(estate: Estate) -> None:
    """Two repositories for one name and version would be one folder."""
    estate.replace(
        APP,
        "  stages:",
        "  environments: {prod: {chart: {repository: https://other.example.com}}}\n  stages:",
    )
    estate.call("vendor").refused("TS635")


def test_no_helm(estate: Estate) -> None:
    """Without helm the way out is named, and nothing is written."""
    shutil.rmtree(os.path.join(estate.root, "charts"))
    estate.call("vendor", HELM="no-such-helm").refused("TS920")


def archive_of(path: str, members: Mapping[str, bytes | str]) -> None:
    """Write an archive by hand; a text is the target of a link."""
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))


CHART_YAML = b"apiVersion: v2\nname: notes\nversion: 1.2.0\n"
LINK: dict[str, bytes | str] = {"notes/Chart.yaml": CHART_YAML, "notes/templates/a.yaml": "/etc/passwd"}
OUT: dict[str, bytes | str] = {"notes/Chart.yaml": CHART_YAML, "notes/../../../evil.yaml": b"a: 1"}
LARGE: dict[str, bytes | str] = {"notes/Chart.yaml": CHART_YAML, "notes/large": bytes(17 * 2**20)}
MANY: dict[str, bytes | str] = {"notes/Chart.yaml": CHART_YAML, **{f"notes/{n}": b"" for n in range(2001)}}
LIBRARY: dict[str, bytes | str] = {"notes/Chart.yaml": CHART_YAML + b"type: library\n"}
ALONE: dict[str, bytes | str] = {
    "notes/Chart.yaml": CHART_YAML
    + b"dependencies: [{name: redis, version: 1.0.0, repository: https://a.example}]\n"
}
NO_CHART: dict[str, bytes | str] = {"notes/values.yaml": b"a: 1"}


@pytest.mark.parametrize("members", [LINK, OUT, LARGE, MANY, LIBRARY, ALONE, NO_CHART])
def test_an_archive_that_is_no_plain_chart_is_refused(
    estate: Estate, repository: tuple[str, str], members: Mapping[str, bytes | str]
) -> None:
    """Links, ways out of the folder, too much, libraries, missing dependencies: nothing of it is written."""
    url = indexed(repository)
    archive_of(os.path.join(repository[1], "notes-1.2.0.tgz"), members)
    index = os.path.join(repository[1], "index.yaml")
    with open(index, encoding="utf-8") as stream:
        lines = [line for line in stream if "digest:" not in line]
    with open(index, "w", encoding="utf-8") as stream:
        stream.writelines(lines)
    emptied(estate, url)
    before = files(estate.root)
    estate.call("vendor").refused("TS632")
    assert files(estate.root) == before
