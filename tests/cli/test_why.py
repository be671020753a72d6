"""why names the layer that decided a field, and every other layer that says something of it."""

from __future__ import annotations

import json
import os
from typing import Any, Final

import pytest

from krm_functions.cli.why import _at, _chain
from tests.cli.command import WEB, tenantspec
from tests.estate.layers import LAYERS, resolved
from tests.scaffold.estates import replace

ALL: Final = {layer: {"replicas": number} for number, layer in enumerate(LAYERS, 1)}

CHAINS: Final = {
    "all nine": (ALL, ("replicas",), list(range(1, 10)), [9], 9),
    "the middle alone": ({"tenant stage": {"replicas": 5}}, ("replicas",), [5], [5], 5),
    "nobody": ({"app": {"size": "s"}}, ("replicas",), [], [], None),
    "null removes": (
        {"platform": {"replicas": 3}, "app": {"replicas": None}},
        ("replicas",),
        [3, None],
        [None],
        None,
    ),
    "a map's key": (
        {"platform": {"env": {"A": "1", "B": "2"}}, "app": {"env": {"B": "3"}}},
        ("env", "A"),
        ["1"],
        ["1"],
        "1",
    ),
    "null of what is above": (
        {"platform": {"env": {"A": "1"}}, "app": {"env": None}},
        ("env", "A"),
        ["1", None],
        [None],
        None,
    ),
    "a rival takes its place": (
        {"platform": {"replicas": 3}, "app": {"autoscale": {"min": 1, "max": 2}}},
        ("replicas",),
        [3],
        [],
        None,
    ),
}
"""What layers say; a path; the values of the chain; those that won; what holds in the end."""


@pytest.mark.parametrize("name", CHAINS)
def test_chain(name: str) -> None:
    """Lowest layer first; at most one has won, and none where what was said does not hold."""
    said, path, values, won, left = CHAINS[name]
    settings = resolved(said)
    chain = list(_chain(settings, path))
    assert [each.value for each in chain] == values
    assert [each.value for each in chain if each.won] == won
    held: Any = _at(settings.written, path)
    assert (held if chain and left is not None else None) == left


def test_text_names_file_and_line_of_each_layer(gitops: str) -> None:
    """The layer that won has a star; `spec.` may be left out."""
    said = tenantspec("why", "tenant-a/app1", "prod-eu", "spec.replicas", cwd=gitops).fine().stdout
    assert said == (
        "spec.replicas = 2\n"
        "    platform defaults: 1  platform.yaml:48:15\n"
        "  * platform defaults, stage prod: 2  platform.yaml:50:24\n"
    )
    short = tenantspec("why", "tenant-a/app1", "prod-eu", "replicas", cwd=gitops).fine().stdout
    assert short.splitlines()[1:] == said.splitlines()[1:]


def test_the_built_in_default_holds_where_no_layer_says_a_field(gitops: str) -> None:
    """It is shown in the words of the reference."""
    said = tenantspec("why", "tenant-a/app1", "prod-eu", "gracePeriod", cwd=gitops).fine().stdout
    assert said == "gracePeriod = not set\n  * built-in default: 30\n"


def test_json_names_the_same(gitops: str) -> None:
    """One object: the field, whether it is set, its value, and the chain."""
    answer = tenantspec("why", "tenant-a/app1", "prod-eu", "spec.replicas", "--format", "json", cwd=gitops)
    found = json.loads(answer.fine().stdout)
    assert (found["field"], found["set"], found["value"]) == ("spec.replicas", True, 2)
    assert found["layers"][-1] == {
        "layer": "platform defaults, stage prod",
        "value": 2,
        "won": True,
        "file": "platform.yaml",
        "line": 50,
        "column": 24,
    }
    assert [layer["won"] for layer in found["layers"]] == [False, True]


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("tenant-z/app1", "prod-eu", "image"), "TS301", "did you mean 'tenant-"),
        (("tenant-a/ap1", "prod-eu", "image"), "TS301", "did you mean 'app1'"),
        (("tenant-a/app1", "prd-eu", "image"), "TS301", "did you mean 'prod-eu'"),
        (("tenant-a/app1", "prod-eu", "replcas"), "TS201", "did you mean 'replicas'"),
        (("tenant-a/app1", "prod-eu", "replicas.min"), "TS201", "replicas.min has no field 'min'"),
    ],
)
def test_unknown_names(words: tuple[str, ...], code: str, hint: str, gitops: str) -> None:
    """Each has its code and what was probably meant."""
    assert hint in tenantspec("why", *words, cwd=gitops).refused(code).stderr


def test_a_broken_spec_is_told_first(root: str) -> None:
    """No chain is shown of an app whose specs cannot be read."""
    replace(root, f"{WEB}/app.yaml", "port: 9898", "prot: 9898")
    assert (
        os.path.basename(WEB)
        in tenantspec("why", "team-a/web", "dev", "port", cwd=root).refused("TS201").stderr
    )
