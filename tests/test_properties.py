"""Laws of a whole estate: what does not matter, what changes what, and that the parts are the whole."""

from __future__ import annotations

import copy
import functools
import os
import random
import re
import shutil
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st

from krm_functions.diagnostics import Place
from krm_functions.documents.tree import Tree
from krm_functions.functions.hub import GENERATORS
from krm_functions.functions.printing import printed
from krm_functions.functions.render import Selection, estate_of, render_units, units
from krm_functions.functions.run import expand
from krm_functions.krm.order import kustomize_order
from krm_functions.names import API_VERSION
from tests import tools

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GITOPS: Final = os.path.join(tools.ROOT, "gitops")
RICH: Final = os.path.join(tools.ROOT, "examples", "all-fields", "estate")
ROOTS: Final = (GITOPS, RICH)
SPECS: Final = ("platform.yaml", "tenants", "infra", "base")
"""What is written by people; the rest follows from it."""

Spec = dict[str, Any]

bounded = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def files(root: str) -> Iterator[str]:
    """Yield the paths of all specs and of base/, relative to the root."""
    for top in SPECS:
        if os.path.isfile(os.path.join(root, top)):
            yield top
        for folder, _, names in os.walk(os.path.join(root, top)):
            paths = (os.path.relpath(os.path.join(folder, name), root) for name in names)
            yield from (path for path in paths if path.endswith(".yaml") and "/overlays/" not in path)


@functools.cache
def documents(root: str) -> dict[str, list[Any]]:
    """Return the documents of every file."""
    found = {}
    for file in sorted(files(root)):
        with open(os.path.join(root, file), encoding="utf-8") as stream:
            found[file] = list(yaml.load_all(stream, Loader=yaml.CSafeLoader))
    return found


def write(root: str, written: dict[str, list[Any]]) -> str:
    """Write files in the order given, and return the root."""
    for file, held in written.items():
        path = os.path.join(root, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            yaml.dump_all(held, stream, Dumper=yaml.CSafeDumper, sort_keys=False)
    return root


def render(root: str, selection: Selection | None = None) -> dict[str, str]:
    """Return the text of every kustomization of a selection, the whole estate by default."""
    estate = estate_of(root)
    rendered = dict(render_units(estate, units(estate, selection or Selection())))
    estate.out.raise_if_failed()
    return rendered


@functools.cache
def whole(root: str) -> dict[str, str]:
    """Return the render of an estate as it is committed."""
    return render(root)


def shuffled(value: Any, dice: random.Random) -> Any:
    """Return a value with the keys of all its mappings in another order; lists keep theirs."""
    if isinstance(value, list):
        return [shuffled(item, dice) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    dice.shuffle(keys)
    return {key: shuffled(value[key], dice) for key in keys}


@pytest.mark.parametrize("root", ROOTS, ids=os.path.basename)
@bounded
@given(dice=st.randoms(use_true_random=False))
def test_order_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, root: str, dice: random.Random
) -> None:
    """Keys in any order, and files written in any order, give the same bytes."""
    other = os.fspath(tmp_path_factory.mktemp("shuffled"))
    assert render(write(other, shuffled(documents(root), dice))) == whole(root)
    shutil.rmtree(other)


@pytest.mark.parametrize("root", ROOTS, ids=os.path.basename)
def test_the_same_bytes_twice(root: str) -> None:
    """A second render repeats the first, and kustomizations that sync writes do not change it."""
    again = render(root)
    assert again == whole(root)
    assert again is not whole(root)
    assert all(text.endswith("\n") for text in again.values())


@pytest.mark.parametrize("root", ROOTS, ids=os.path.basename)
def test_the_parts_are_the_whole(root: str) -> None:
    """What each function config gives by itself is what the render of everything has in its folder."""
    for folder, text in whole(root).items():
        manifests = [
            m for config in configs(folder) for m in expand(Tree(root), config, Place(f"{folder}/x.yaml"))[0]
        ]
        assert printed(kustomize_order(manifests)) == text, folder


@pytest.mark.parametrize("root", ROOTS, ids=os.path.basename)
@pytest.mark.parametrize("field", Selection._fields)
def test_selections_are_parts_of_the_whole(root: str, field: str) -> None:
    """What is rendered for each tenant, app, environment or hub is the same as in the whole, and covers its kind."""
    everything = whole(root)
    union: dict[str, str] = {}
    for name in values(root, field):
        part = render(root, Selection(**{field: name}))
        assert part.items() <= everything.items()
        assert part
        union |= part
    kinds = {"tenant": 0, "app": 0, "environment": 1, "hub": 2}
    assert union == {folder: text for folder, text in everything.items() if rank(folder) <= kinds[field]}


@pytest.mark.parametrize("root", ROOTS, ids=os.path.basename)
def test_nothing_is_rendered_twice(root: str) -> None:
    """No object of a cluster or a hub comes out of two of its kustomizations."""
    seen: dict[tuple[str, ...], str] = {}
    for folder, text in whole(root).items():
        for document in yaml.load_all(text, Loader=yaml.CSafeLoader):
            metadata = document["metadata"]
            labels = metadata.get("labels", {})
            where = "hub " + folder if rank(folder) == 2 else str(labels["tenantspec.dev/environment"])
            place = folder if "/dedicated/" in folder else ""
            key = (where, place, document["kind"], metadata.get("namespace", ""), metadata["name"])
            assert seen.setdefault(key, folder) == folder, key


@pytest.fixture(scope="module")
def replicated(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """Return the files of an estate in which every app has two replicas, and what comes of them."""
    found = copy.deepcopy(documents(GITOPS))
    found["platform.yaml"][0]["spec"]["defaults"] = {"size": "small", "replicas": 2}
    return found, render(write(os.fspath(tmp_path_factory.mktemp("replicated")), found))


@bounded
@given(data=st.data())
def test_one_line_changes_what_it_should(
    tmp_path_factory: pytest.TempPathFactory,
    replicated: tuple[dict[str, list[Any]], dict[str, str]],
    data: st.DataObject,
) -> None:
    """More replicas of one app in one stage change the overlays of that app in that stage, and no other byte."""
    before, rendered = replicated
    platform = before["platform.yaml"][0]["spec"]
    file = data.draw(st.sampled_from(sorted(file for file in before if file.endswith("/app.yaml"))))
    stage = data.draw(st.sampled_from(platform["stages"]))
    spec = {**before[file][0]["spec"], "stages": {stage: {"replicas": data.draw(st.integers(3, 20))}}}
    other = os.fspath(tmp_path_factory.mktemp("changed"))
    after = render(write(other, {**before, file: [{**before[file][0], "spec": spec}]}))
    shutil.rmtree(other)
    here = [name for name, environment in platform["environments"].items() if environment["stage"] == stage]
    assert changed(rendered, after) == {f"{os.path.dirname(file)}/overlays/{name}" for name in here}


CHANGES: Final[dict[str, tuple[str, Spec, str]]] = {
    "a version changes one overlay": (
        "tenants/tenant-a/apps/app1/versions.yaml",
        {"dev": "9.9.9"},
        "tenants/tenant-a/apps/app1/overlays/dev$",
    ),
    "a tenant's default changes its apps": (
        "tenants/tenant-b/config/tenant.yaml",
        {"defaults": {"env": {"TEAM": "b"}}},
        "tenants/tenant-b/",
    ),
    "a tenant's default for a stage changes its apps there": (
        "tenants/tenant-b/config/tenant.yaml",
        {"defaults": {"stages": {"prod": {"env": {"TEAM": "b"}}}}},
        "tenants/tenant-b/.*/overlays/prod-",
    ),
    "a quota changes clusters only": (
        "tenants/tenant-b/config/tenant.yaml",
        {"quota": {"cpu": 1, "memory": "1Gi"}},
        "clusters/[^/]*/",
    ),
    "an internal setting changes no cluster and no hub": (
        "tenants/tenant-c/apps/app1/app.yaml",
        {"command": ["run"]},
        "tenants/tenant-c/apps/app1/overlays/",
    ),
    "a second replica brings a new kind, which the tenant's project must permit": (
        "tenants/tenant-c/apps/app1/app.yaml",
        {"stages": {"dev": {"replicas": 2}}},
        "tenants/tenant-c/apps/app1/overlays/dev$|clusters/us-west-2$",
    ),
    "what says what holds anyway changes nothing": (
        "tenants/tenant-c/apps/app1/app.yaml",
        {"stages": {"prod": {"replicas": 2}}, "id": "app1", "workload": "Deployment", "needs": []},
        "^$",
    ),
}
"""A file, the fields that are set in its spec, and a pattern of the kustomizations that may change, all of which do."""


@pytest.mark.parametrize("title", CHANGES)
def test_a_change_reaches_as_far_as_it_should(tmp_path: Path, title: str) -> None:
    """What a line of a spec governs changes with it, and nothing else does."""
    file, fields, pattern = CHANGES[title]
    before = documents(GITOPS)
    document = {**before[file][0], "spec": {**before[file][0]["spec"], **fields}}
    after = render(write(os.fspath(tmp_path), {**before, file: [document]}))
    assert changed(whole(GITOPS), after) == {folder for folder in after if re.match(pattern, folder)}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Return the kustomizations whose text differs; both renders hold the same ones."""
    assert before.keys() == after.keys()
    return {folder for folder, text in after.items() if text != before[folder]}


def configs(folder: str) -> list[Spec]:
    """Return the function configs that a folder of the render stands for."""
    parts = folder.split("/")
    match parts:
        case ["tenants", tenant, "apps", app, "overlays", environment]:
            return [_config("AppOverlay", {"name": app, "namespace": tenant}, environment=environment)]
        case ["clusters", _, environment]:
            return [_config("ClusterOverlay", {"name": "x"}, environment=environment)]
        case ["clusters", _, environment, "dedicated", cluster]:
            return [_config("ClusterOverlay", {"name": "x"}, environment=environment, cluster=cluster)]
    return [_config(kind, {"name": "x"}, hub=parts[-1]) for kind in GENERATORS]


def _config(kind: str, metadata: Spec, **spec: str) -> Spec:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}


def values(root: str, field: str) -> list[str]:
    """Return all that a field of a selection may be."""
    platform = documents(root)["platform.yaml"][0]["spec"]
    paths = [folder.split("/") for folder in whole(root) if folder.startswith("tenants/")]
    return sorted({
        "tenant": {path[1] for path in paths},
        "app": {path[3] for path in paths},
        "environment": set(platform["environments"]),
        "hub": set(platform["hubs"]),
    }[field])  # fmt: skip


def rank(folder: str) -> int:
    """Return 0 for an app's kustomization, 1 for a cluster's, 2 for a hub's."""
    parts = folder.split("/")
    return 0 if parts[0] == "tenants" else min(1, 3 - min(len(parts), 3)) + 1
