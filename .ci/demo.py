#!/usr/bin/env python3
"""Builds every kustomization of an estate with kustomize and prints what came out, as a table.

`.ci/demo.py [FOLDER]` (default: gitops). Nothing of a spec is read here: each cell is from a manifest that
kustomize printed, with the functions of .tenantspec/plugins.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import tools
import yaml

Manifest = Mapping[str, Any]

PLUGINS: Final = os.path.abspath(".tenantspec/plugins")
WORKLOADS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"})
HEADINGS: Final = ("TENANT", "APP", "ENVIRONMENT", "CLUSTER", "HOSTS", "VERSION")


class Coordinates(NamedTuple):
    """Whose manifest it is and where it goes, as its labels tell."""

    tenant: str
    app: str
    environment: str


@dataclass(frozen=True)
class Build:
    """What kustomize made of one folder: its manifests, or why there are none."""

    folder: str
    manifests: tuple[Manifest, ...]
    error: str = ""


def main(arguments: Sequence[str]) -> int:
    """Build the estate, print it, and return 1 if any folder fails."""
    estate = arguments[0] if arguments else "gitops"
    try:
        kustomize = kustomize_on_path() or tools.install("kustomize")
    except tools.ToolError as error:
        return fail(f"error: {error}")
    started = time.monotonic()
    builds = build_all(kustomize, kustomizations(estate))
    seconds = time.monotonic() - started
    failures = [f"kustomize build {build.folder}:\n{build.error}" for build in builds if build.error]
    if failures or not builds:
        return fail("\n".join(failures) or f"error: no kustomization below {estate}")
    sys.stdout.write("\n".join([*summary(kustomize, estate, builds, seconds), "", *table(builds)]) + "\n")
    return 0


def kustomize_on_path() -> str | None:
    """Return the kustomize on PATH if its version is known to run the functions: 5.4 or newer, below 6."""
    found = shutil.which("kustomize")
    version = re.search(r"v(\d+)\.(\d+)\.\d+", tools.attempt([found, "version"]) if found else "")
    return found if version and (5, 4) <= (int(version[1]), int(version[2])) < (6, 0) else None


def kustomizations(estate: str) -> list[str]:
    """Return every folder of the estate that holds a kustomization, in order."""
    return sorted(folder for folder, _, files in os.walk(estate) if "kustomization.yaml" in files)


def build_all(kustomize: str, folders: Iterable[str]) -> list[Build]:
    """Build the folders, two at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(lambda folder: build(kustomize, folder), folders))


def build(kustomize: str, folder: str) -> Build:
    """Run `kustomize build` on a folder."""
    command = [kustomize, "build", "--enable-alpha-plugins", folder]
    environment = {**os.environ, "KUSTOMIZE_PLUGIN_HOME": PLUGINS}
    done = subprocess.run(  # noqa: S603  # the command is the line above
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        return Build(folder, (), done.stderr.decode(errors="replace"))
    documents = yaml.load_all(done.stdout, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Build(folder, tuple(document for document in documents if document))


def summary(kustomize: str, estate: str, builds: Sequence[Build], seconds: float) -> Iterator[str]:
    """Yield how much was built, by the folders right below the estate."""
    total = sum(len(build.manifests) for build in builds)
    yield f"{kustomize} build --enable-alpha-plugins, two at a time:"
    yield f"{len(builds)} kustomizations of {estate}/ gave {total} objects in {seconds:.1f} s"
    rooms: dict[str, list[Build]] = defaultdict(list)
    for made in builds:
        rooms[os.path.relpath(made.folder, estate).partition(os.sep)[0]].append(made)
    for room, members in rooms.items():
        objects = sum(len(build.manifests) for build in members)
        yield f"  {room:<10} {len(members):>4} kustomizations {objects:>6} objects"


def table(builds: Iterable[Build]) -> Iterator[str]:
    """Yield the estate as lines of a table and a last line that counts it."""
    found = rows(manifest for build in builds for manifest in build.manifests)
    widths = [max(map(len, column)) for column in zip(HEADINGS, *found, strict=True)]
    for row in (HEADINGS, *found):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    apps = {row[:2] for row in found}
    tenants, environments = {row[0] for row in found}, {row[2] for row in found}
    yield ""
    yield f"{len(apps)} apps of {len(tenants)} tenants in {len(environments)} environments"


def rows(manifests: Iterable[Manifest]) -> list[tuple[str, ...]]:
    """Return one row for each app in each environment, production last."""
    cells: dict[Coordinates, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for manifest in manifests:
        coordinates = coordinates_of(manifest)
        for heading, read in READERS.items():
            if coordinates and (values := read(manifest)):
                cells[coordinates][heading].update(values)
    return [
        (*key, *(", ".join(sorted(found[heading])) or "-" for heading in READERS))
        for key, found in sorted(cells.items(), key=production_last)
    ]


def production_last(item: tuple[Coordinates, object]) -> tuple[str, str, bool, str]:
    """Return where a row stands: manifests do not tell the order of promotion, but prod is its end."""
    tenant, app, environment = item[0]
    return tenant, app, environment.startswith("prod"), environment


def coordinates_of(manifest: Manifest) -> Coordinates | None:
    """Return the coordinates that a manifest's labels tell, or None for what is no single app's."""
    labels = manifest["metadata"].get("labels") or {}
    tenant, app, environment = (labels.get(f"tenantspec.dev/{part}") for part in Coordinates._fields)
    return Coordinates(tenant, app, environment) if tenant and app and environment else None


def cluster(manifest: Manifest) -> set[str]:
    """Return the cluster that an Argo CD Application deploys to."""
    return {manifest["spec"]["destination"]["name"]} if manifest["kind"] == "Application" else set()


def hosts(manifest: Manifest) -> set[str]:
    """Return the public names that an Ingress or HTTPRoute serves."""
    spec = manifest.get("spec", {})
    if manifest["kind"] == "Ingress":
        return {rule.get("host", "*") for rule in spec.get("rules", ())}
    return set(spec.get("hostnames", ())) if manifest["kind"] == "HTTPRoute" else set()


def version(manifest: Manifest) -> set[str]:
    """Return the version that a workload runs."""
    label = manifest["metadata"]["labels"].get("app.kubernetes.io/version")
    return {label} if manifest["kind"] in WORKLOADS and label else set()


READERS: Final[Mapping[str, Callable[[Manifest], set[str]]]] = {
    "CLUSTER": cluster,
    "HOSTS": hosts,
    "VERSION": version,
}


def fail(line: str) -> int:
    """Say why and return the exit code of a failure."""
    tools.say(line)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
