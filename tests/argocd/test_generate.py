"""The repo-server and the plugin alone: every Application's manifests, in both deliveries, and what they cost."""

from __future__ import annotations

import fnmatch
import os
import shutil
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from tests.argocd.charts import repositories
from tests.argocd.estate import RENDERED, Estate, chart_versions
from tests.argocd.generate import Generated, generate
from tests.argocd.hub import short_folder
from tests.argocd.programs import RepoServer, repo_server, settings

if TYPE_CHECKING:
    from tests.argocd.conftest import Tell

pytestmark = pytest.mark.xdist_group("argocd")

HUBS: Final = ("us-west-2", "eu-west-1")
MORE_TENANTS: Final = (100, 400)
Measured = tuple[Generated, int]


@pytest.fixture(scope="module")
def estate() -> Iterator[Estate]:
    """Yield a copy of gitops/ whose charts are served on loopback."""
    with short_folder() as folder, repositories(chart_versions()) as charts:
        found = Estate(os.path.join(folder, "git"))
        found.local(charts)
        found.commit("the estate")
        yield found


@pytest.fixture(scope="module")
def server(estate: Estate) -> Iterator[RepoServer]:
    """Run the repo-server and the plugin with the settings that the estate gives a hub."""
    with short_folder() as folder:
        said = settings(estate.manifests("--hub", HUBS[0]))
        with repo_server(os.path.join(folder, "argo"), said) as running:
            yield running


def applications(estate: Estate) -> list[dict[str, Any]]:
    """Return the Applications of every hub."""
    found = [manifest for hub in HUBS for manifest in estate.manifests("--hub", hub)]
    return [manifest for manifest in found if manifest["kind"] == "Application"]


def measured(server: RepoServer, application: Mapping[str, Any], *, cached: bool) -> Measured:
    """Return an Application's manifests, and how many bytes went to the plugin for them."""
    before = server.plugin.wire.sent
    generated = generate(server.address, application, cached=cached)
    return generated, server.plugin.wire.sent - before


def rendered(estate: Estate, folder: str) -> dict[str, list[dict[str, Any]]]:
    """Return what `tenantspec render` gives for each folder of the estate."""
    estate.tenantspec("render", "-o", folder)
    found = {}
    for path, _, files in os.walk(folder):
        for file in fnmatch.filter(files, "*.yaml"):  # beside the stamp
            with open(os.path.join(path, file), "rb") as stream:
                loaded = [each for each in yaml.load_all(stream, Loader=yaml.CSafeLoader) if each]
            found[os.path.relpath(path, folder)] = loaded
    return found


def by_name(manifests: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """Return manifests by kind, namespace and name, of which there is one each."""
    found = {
        (each["kind"], each["metadata"].get("namespace", ""), each["metadata"]["name"]): each
        for each in manifests
    }
    assert len(found) == len(manifests)
    return found


def folder_of(application: Mapping[str, Any]) -> str:
    """Return the folder of the estate that an Application is built from."""
    return str(application["spec"]["source"]["path"]).removeprefix("gitops/").removeprefix(f"{RENDERED}/")


@pytest.mark.parametrize("delivery", ["plugin", "rendered"])
def test_argo_cd_generates_what_render_prints(
    estate: Estate, server: RepoServer, tell: Tell, delivery: str
) -> None:
    """Each Application of git has the very objects that `tenantspec render` gives for its folder."""
    if delivery == "rendered":
        deliver_delivery_only(estate)
        estate.commit("delivered rendered", rendered=True)
    with short_folder() as folder:
        wanted = rendered(estate, os.path.join(folder, "wanted"))
    taken: list[tuple[str, Measured, Measured]] = []
    for application in applications(estate):
        if "path" in application["spec"]["source"]:
            cold = measured(server, application, cached=False)
            warm = measured(server, application, cached=True)
            assert by_name(cold[0].manifests) == by_name(wanted[folder_of(application)])
            assert warm[0].manifests == cold[0].manifests
            taken.append((application["metadata"]["name"], cold, warm))
    assert {folder_of(each) for each in applications(estate) if "path" in each["spec"]["source"]} == set(
        wanted
    )
    tell(f"GenerateManifest, delivery {delivery}", lines(taken))


def deliver_delivery_only(estate: Estate) -> None:
    """Have the estate deliver committed renders, with the fan-out as it is."""
    estate.replace("platform.yaml", "delivery: plugin", "delivery: rendered")


def lines(taken: Sequence[tuple[str, Measured, Measured]]) -> list[str]:
    """Return a line per kind of Application: how many, cold and warm times, and bytes to the plugin."""
    found = [f"{'APPLICATIONS':14}{'COUNT':>6}{'COLD':>9}{'WARM':>9}{'TO THE PLUGIN':>16}"]
    for prefix in ("root-", "cluster-", "tenant-"):
        those = [each for each in taken if each[0].startswith(prefix)]
        cold = statistics.median(each[1][0].seconds for each in those)
        warm = statistics.median(each[2][0].seconds for each in those)
        sent = statistics.median(each[1][1] for each in those)
        times = f"{cold * 1000:>6.0f} ms{warm * 1000:>6.0f} ms"
        found.append(f"{prefix + '*':14}{len(those):>6}{times}{sent:>10.0f} bytes")
    return found


def test_the_plugin_gets_more_as_the_repository_grows(estate: Estate, server: RepoServer, tell: Tell) -> None:
    """Each request carries the common root of what it reads, so its bytes grow with tenants that it never reads."""
    estate.back_to(estate.git("rev-list", "--max-parents=0", "HEAD").strip())
    (application,) = [
        each for each in applications(estate) if each["metadata"]["name"] == "tenant-c-app1-dev"
    ]
    found = [(3, measured(server, application, cached=False))]
    for count in MORE_TENANTS:
        for number in range(count):
            add_tenant(estate, f"tenant-x{number}")
        estate.commit(f"{count} tenants more")
        found.append((3 + count, measured(server, application, cached=False)))
    sizes = [size for _, (_, size) in found]
    assert sizes == sorted(sizes)
    assert sizes[-1] > 4 * sizes[0]
    assert all(each.manifests == found[0][1][0].manifests for _, (each, _) in found)
    tell(
        "GenerateManifest of one app, delivery plugin, as tenants are added",
        [f"{n:>5} tenants {each.seconds * 1000:>7.0f} ms {size:>9} bytes" for n, (each, size) in found],
    )


def add_tenant(estate: Estate, name: str) -> None:
    """Copy tenant-c under another name; a host of its own, too."""
    target = os.path.join(estate.root, "tenants", name)
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(os.path.join(estate.root, "tenants", "tenant-c"), target)
    for folder, _, files in os.walk(target):
        for file in files:
            path = os.path.relpath(os.path.join(folder, file), estate.root)
            text = estate.read(path).replace("tenant-c", name).replace("appc", f"app{name}-")
            estate.write(path, text)
