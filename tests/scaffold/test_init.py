"""Init: a new estate that builds at once and shows what can be said."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from krm_functions.diagnostics import Collector, Place, TenantspecError
from krm_functions.documents import yaml
from krm_functions.documents.tree import Tree
from krm_functions.estate.estate import Estate
from krm_functions.manifests.base import app_base, namespace_base, packaged
from krm_functions.scaffold import sync
from krm_functions.scaffold.init import init
from krm_functions.spec import platform
from krm_functions.spec.load import Specs
from tests.scaffold.estates import called_with, echo_home, files, planned, read, write


def test_a_new_estate_is_whole(tmp_path: Path) -> None:
    """Every spec is valid, the app is deployed in every environment, and sync finds nothing to do."""
    root = os.fspath(tmp_path / "new" / "estate")
    assert init(root) == sorted(files(root))
    assert sync.drift(planned(root)) == []
    estate = Estate(Specs(Tree(root)))
    (tenant,) = estate.tenants()
    apps = [app for e in estate.platform.environments for app in estate.apps(tenant, e)]
    assert [app.environment.stage for app in apps] == ["dev", "stg", "prod"]
    assert all(app.main.image.tag and app.route and app.readiness for app in apps)
    assert estate.specs.component_names() == ["cert-manager"]
    assert estate.specs.component("cert-manager")
    app_base(estate.specs.tree)
    namespace_base(estate.specs.tree)
    assert estate.out.diagnostics == []


def test_kustomize_builds_every_folder(tmp_path: Path) -> None:
    """Each overlay, cluster and hub of the new estate calls its functions."""
    root, home = os.fspath(tmp_path / "estate"), echo_home(os.fspath(tmp_path))
    kustomizations = [f for f in init(root) if f.endswith("/kustomization.yaml")]
    folders = [os.path.dirname(f) for f in kustomizations if f.startswith(("tenants", "clusters"))]
    called = {
        folder: len(called_with(root, folder, home)) for folder in folders if not folder.endswith("/argocd")
    }
    assert called.pop("clusters/main") == 4
    assert set(called.values()) == {1}
    assert len(called) == 6


def test_options_are_written_into_platform_yaml(tmp_path: Path) -> None:
    """The options' values stand there, and nothing else differs from the example."""
    init(os.fspath(tmp_path / "a"), name="one")
    url = "git@github.com:acme/gitops.git"
    init(
        os.fspath(tmp_path / "b"),
        name="two",
        domain="acme.dev",
        repository=url,
        revision="v1",
        path="sub/gitops",
    )
    one, two = (read(os.fspath(tmp_path / folder), "platform.yaml").splitlines() for folder in "ab")
    changed = [(old.strip(), new.strip()) for old, new in zip(one, two, strict=True) if old != new]
    assert [new.partition(" #")[0] for _, new in changed] == [
        "name: two",
        "domain: acme.dev",
        f"url: {url}",
        "revision: v1",
        "path: sub/gitops",
    ]


def test_the_name_is_the_folders(tmp_path: Path) -> None:
    """Without a name, the folder gives it."""
    init(os.fspath(tmp_path / "acme"))
    assert "\n  name: acme\n" in read(os.fspath(tmp_path / "acme"), "platform.yaml")


def test_the_base_is_the_packaged_one(tmp_path: Path) -> None:
    """base/ is a copy, byte for byte: what an estate without one gets anyway."""
    root = os.fspath(tmp_path / "estate")
    init(root)
    assert files(os.path.join(root, "base")) == files(packaged())


def test_every_commented_field_can_be_turned_on(tmp_path: Path) -> None:
    """Uncommented, each line of platform.yaml is valid, and the estate still resolves."""
    root = os.fspath(tmp_path / "estate")
    init(root)
    shown = read(root, "platform.yaml")
    text = re.sub(r"^( +)# ", r"\1", shown, flags=re.MULTILINE)
    read_ = yaml.read(text)
    out = Collector()
    platform.platform.check(read_.documents[0], Place("platform.yaml"), out)
    assert (read_.problems, out.diagnostics) == ((), [])
    assert set(read_.documents[0]["spec"]) == set(platform.spec.fields)
    write(
        root, "platform.yaml", text.replace("ghcr.io/example", "ghcr.io/stefanprodan").replace("[prod]", "[]")
    )
    assert sync.drift(planned(root)) == []


def test_an_estate_is_never_overwritten(tmp_path: Path) -> None:
    """A folder with platform.yaml is refused with one diagnostic, and keeps its bytes."""
    root = os.fspath(tmp_path)
    init(root, name="first")
    before = files(root)
    with pytest.raises(TenantspecError) as caught:
        init(root, name="second")
    assert [(d.code, d.place and d.place.file) for d in caught.value.diagnostics] == [
        ("TS208", "platform.yaml")
    ]
    assert files(root) == before


def test_a_folder_with_other_files_is_taken(tmp_path: Path) -> None:
    """A README or a .git stays; a file that the estate would overwrite is refused."""
    root = os.fspath(tmp_path)
    write(root, "README.md", "mine\n")
    init(root, name="estate")
    assert read(root, "README.md") == "mine\n"
    other = os.fspath(tmp_path / "other")
    write(other, "base/service/service.yaml", "mine\n")
    with pytest.raises(TenantspecError) as caught:
        init(other)
    assert [d.place and d.place.file for d in caught.value.diagnostics] == ["base/service/service.yaml"]
    assert list(files(other)) == ["base/service/service.yaml"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"name": "My Estate"}, "TS203"),
        ({"name": "a", "domain": "no domain"}, "TS203"),
        ({"name": "a", "repository": "nowhere"}, "TS203"),
        ({"name": "a", "path": "/absolute"}, "TS203"),
        ({"name": "a", "revision": "\x85"}, "TS203"),
    ],
)
def test_invalid_options_write_nothing(tmp_path: Path, options: dict[str, str], code: str) -> None:
    """The platform's model judges them before the first write."""
    with pytest.raises(TenantspecError) as caught:
        init(os.fspath(tmp_path / "estate"), **options)
    assert {d.code for d in caught.value.diagnostics} == {code}
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    """Not a traceback."""
    write(os.fspath(tmp_path), "estate", "")
    with pytest.raises(TenantspecError) as caught:
        init(os.fspath(tmp_path / "estate"))
    assert {d.code for d in caught.value.diagnostics} == {"TS208"}
