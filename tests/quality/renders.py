"""Everything that the estates of this repository render, unit by unit."""

from __future__ import annotations

import functools
import glob
import os
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from krm_functions.functions.home import install
from krm_functions.functions.kustomization import file_of, own_generators
from krm_functions.functions.render import Selection, estate_of, render_units, units
from tests import tools

if TYPE_CHECKING:
    from collections.abc import Iterable

    from krm_functions.estate.estate import Estate
    from krm_functions.functions import render

Manifest = dict[str, Any]

PLACES: Final = ("gitops", "examples")


class Unit(NamedTuple):
    """What one kustomization gives."""

    folder: str
    text: str

    @property
    def environment(self) -> str:
        """The environment that it belongs to; a hub's belongs to none."""
        kind, *parts = self.folder.split("/")
        if kind == "tenants":
            return parts[-1]
        return parts[1] if len(parts) > 1 else ""

    @property
    def manifests(self) -> list[Manifest]:
        """The objects in it."""
        return [found for found in yaml.load_all(self.text, Loader=yaml.CSafeLoader) if found]


def roots() -> list[str]:
    """Return the root of every estate in this repository, relative to it."""
    return sorted(
        os.path.relpath(folder, tools.ROOT)
        for place in PLACES
        for folder, _, files in os.walk(os.path.join(tools.ROOT, place))
        if "platform.yaml" in files
    )


def conventional() -> list[str]:
    """Return the roots of the estates whose workloads follow our base.

    Another base is its platform team's to judge, and a chart its author's.
    """
    return [
        root
        for root in roots()
        if _deployment(root) in (None, _deployment("gitops"))
        and not os.path.exists(os.path.join(tools.ROOT, root, "charts"))
    ]


def _deployment(root: str) -> bytes | None:
    path = os.path.join(tools.ROOT, root, "base", "deployment", "deployment.yaml")
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return file.read()


@functools.cache
def rendered(root: str) -> tuple[Unit, ...]:
    """Render an estate in process; a unit with lines of a person's own is built by kustomize."""
    top = os.path.join(tools.ROOT, root)
    estate = estate_of(top)
    with tempfile.TemporaryDirectory() as home:
        install(home, glob.glob(os.path.join(top, "functions", "*.py")))
        return tuple(Unit(unit.folder, _text(estate, unit, home)) for unit in units(estate, Selection()))


def _text(estate: Estate, unit: render.Unit, home: str) -> str:
    folder = os.path.join(estate.specs.tree.root, unit.folder)
    if not file_of(folder) or own_generators(folder) is not None:
        ((_, text),) = render_units(estate, [unit])
        return text
    command = [tools.kustomize(), "build", "--enable-alpha-plugins", folder]
    environment = {**os.environ, "KUSTOMIZE_PLUGIN_HOME": home}
    return subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout


def environments(root: str) -> dict[str, list[Unit]]:
    """Return an estate's units by environment, the apps' and the clusters' together."""
    found: dict[str, list[Unit]] = {}
    for unit in rendered(root):
        if unit.environment:
            found.setdefault(unit.environment, []).append(unit)
    return found


def hubs(root: str) -> list[Unit]:
    """Return the units of an estate's hubs."""
    return [unit for unit in rendered(root) if not unit.environment]


def text(found: Iterable[Unit]) -> str:
    """Return the objects of some units as one stream."""
    return "---\n".join(unit.text for unit in found)
