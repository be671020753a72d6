"""What a function's process loads: each module costs every kustomization that a person or Argo CD builds."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.functions.table import KINDS
from krm_functions.names import API_VERSION
from tests.functions.test_run import config
from tests.test_cases import ESTATE

if TYPE_CHECKING:
    from pathlib import Path

HEAVY: Final = (
    "argparse",
    "asyncio",
    "click",
    "difflib",
    "email",
    "importlib.metadata",
    "inspect",
    "jsonschema",
    "krm_functions.cli",
    "krm_functions.documents.positions",
    "krm_functions.documents.report",
    "krm_functions.scaffold",
    "krm_functions.spec.json_schema",
    "krm_functions.spec.kinds",
    "krm_functions.spec.reference",
    "krm_functions.testing",
    "logging",
    "ruamel",
    "site",
    "socket",
    "tempfile",
    "threading",
)
"""What no function ever needs to answer a sound config."""
UNUSED: Final = (
    "dataclasses",
    "fnmatch",
    "hashlib",
    "importlib",
    "json",
    "jsonpatch",
    "krm_functions.estate.views",
    "krm_functions.generators.cluster",
    "krm_functions.generators.hub",
    "pathlib",
    "shutil",
    "subprocess",
    "typing",
)
"""What the overlay of an ordinary app does not use."""
ROOMS: Final = (
    "diagnostics",
    "documents.tree",
    "documents.yaml",
    "estate",
    "functions.app_overlay",
    "functions.folder",
    "functions.plugin",
    "functions.printing",
    "functions.run",
    "functions.table",
    "generators.app",
    "krm.emit",
    "krm.scalars",
    "manifests",
    "names",
    "records",
    "spec",
    "validators.app",
    "validators.bounds",
    "validators.capabilities",
    "validators.claims",
    "validators.idle",
    "validators.images",
    "validators.patches",
    "validators.replicas",
    "validators.residency",
)
"""What the overlay of an app does use of this package: modules, and rooms whose modules all serve it."""
FIELDS: Final = {
    kind: {"environment": "dev"} for kind in ("AppOverlay", "ClusterOverlay", "EnvironmentOverlay")
}


def loaded(kind: str, home: str, folder: Path) -> set[str]:
    """Return the modules that a launcher imports on its way from a config to manifests."""
    file = folder / "config.yaml"
    file.write_text(config(kind, **FIELDS.get(kind, {"hub": "main"})), encoding="utf-8")
    launcher = os.path.join(home, API_VERSION, kind.lower(), kind)
    with open(launcher, encoding="utf-8") as stream:
        assert "-IS" in "".join(stream.readlines()[:2])
    command = [os.path.realpath(sys.executable), "-IS", "-X", "importtime", launcher, os.fspath(file)]
    done = subprocess.run(command, cwd=ESTATE, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("apiVersion: ")
    rows = [row for row in done.stderr.splitlines() if row.startswith("import time:")]
    return {row.rpartition("|")[2].strip() for row in rows[1:]}


def among(modules: set[str], names: tuple[str, ...]) -> list[str]:
    """Return the modules that are, or lie in, one of the names."""
    return sorted(m for m in modules if any(m == name or m.startswith(f"{name}.") for name in names))


@pytest.mark.parametrize("kind", KINDS)
def test_no_function_loads_what_it_never_needs(kind: str, plugin_home: str, tmp_path: Path) -> None:
    """The command's libraries, the schema and the reports stay out of every function."""
    assert among(loaded(kind, plugin_home, tmp_path), HEAVY) == []


def test_an_overlay_loads_only_what_it_uses(plugin_home: str, tmp_path: Path) -> None:
    """The function that runs most often loads its own rooms, and the lightest part of the standard library."""
    modules = loaded("AppOverlay", plugin_home, tmp_path)
    assert among(modules, UNUSED) == []
    own = {module.removeprefix("krm_functions.") for module in modules if module.startswith("krm_functions.")}
    parents = {room.rpartition(".")[0] for room in ROOMS}
    assert sorted(own - set(among(own, ROOMS)) - parents) == []
    assert "yaml._yaml" in modules
