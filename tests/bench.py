"""`make bench`: what a build costs, as ratios against peers in the same run.

Times on a shared machine drift; a ratio of medians taken in turn holds.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import yaml

from krm_functions.functions import home
from tests import tools
from tests.estates import GITOPS, estate

OVERLAY = os.path.join(GITOPS, "tenants/tenant-a/apps/app1/overlays/prod-eu")
DUMP = """\
import json, sys, yaml
with open(sys.argv[1]) as stream:
    objects = json.load(stream)
yaml.dump_all(objects, sys.stdout, Dumper=yaml.CSafeDumper)
"""
RENDER = (
    "import sys; from krm_functions.cli import main; sys.argv[1:] = ['render', '--root', sys.argv[1]]; main()"
)


class Run(NamedTuple):
    """Seconds of wall time and mebibytes of peak memory of one process."""

    seconds: float
    peak: float


def once(command: list[str], env: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end, its output thrown away."""
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=env, cwd=tools.ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            raise SystemExit(f"{command[0]} failed:\n{errors.read().decode()}")
    return Run(seconds, usage.ru_maxrss / 1024)


def in_turn(commands: Mapping[str, Callable[[], Run]], times: int) -> dict[str, Run]:
    """Run each command in turn, so that all see the same weather, and return their medians."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(times + 1):
        for name, command in commands.items():
            run = command()
            if number:  # the first round warms the caches
                runs[name].append(run)
    return {
        name: Run(statistics.median(r.seconds for r in found), max(r.peak for r in found))
        for name, found in runs.items()
    }


def overlay(folder: str, times: int) -> None:
    """Print what one overlay costs through kustomize, against its floor."""
    plugins = os.path.join(folder, "plugins")
    home.install(plugins)
    env = {**os.environ, "KUSTOMIZE_PLUGIN_HOME": plugins}
    build = [tools.kustomize(), "build", "--enable-alpha-plugins", OVERLAY]
    static = os.path.join(folder, "static")
    os.makedirs(static)
    with open(os.path.join(static, "all.yaml"), "wb") as stream:
        stream.write(subprocess.run(build, env=env, check=True, capture_output=True).stdout)
    with open(os.path.join(static, "kustomization.yaml"), "w", encoding="utf-8") as text:
        text.write("resources: [all.yaml]\n")
    medians = in_turn(
        {
            "overlay": lambda: once(build, env),
            "static": lambda: once([tools.kustomize(), "build", static]),
            "python": lambda: once([sys.executable, "-c", "import yaml"]),
        },
        times,
    )
    ours, floor, start = (medians[name].seconds for name in ("overlay", "static", "python"))
    print("one overlay through kustomize")
    print(f"  kustomize build, our function           {ours * 1000:7.1f} ms")
    print(f"  kustomize build, same objects static    {floor * 1000:7.1f} ms")
    print(f"  python -c 'import yaml'                 {start * 1000:7.1f} ms")
    print(f"  (ours - static) / python start          {(ours - floor) / start:7.2f}    (at most 1.6)")


def fleet(folder: str, sizes: tuple[int, ...], times: int) -> None:
    """Print what `tenantspec render` costs as the estate grows, against PyYAML's C dumper."""
    print("\nthe whole estate, three apps a tenant in four environments")
    print("  tenants  objects      MB   render s  PyYAML s  ratio  peak MiB  (PyYAML)  growth")
    before = 0.0
    for tenants in sizes:
        root = estate(os.path.join(folder, str(tenants)), tenants)
        output = subprocess.run(
            [sys.executable, "-c", RENDER, root], cwd=tools.ROOT, check=True, capture_output=True
        ).stdout
        objects = list(yaml.load_all(output, Loader=yaml.CSafeLoader))
        dumped = os.path.join(folder, f"{tenants}.json")
        with open(dumped, "w", encoding="utf-8") as stream:
            json.dump(objects, stream)
        medians = in_turn(
            {
                "render": lambda root=root: once([sys.executable, "-c", RENDER, root]),
                "pyyaml": lambda dumped=dumped: once([sys.executable, "-c", DUMP, dumped]),
            },
            times,
        )
        ours, peer = medians["render"], medians["pyyaml"]
        growth = f"{ours.seconds / before:6.1f}x" if before else "       "
        before = ours.seconds
        print(
            f"  {tenants:7} {len(objects):8} {len(output) / 1e6:7.2f}   {ours.seconds:8.2f}  {peer.seconds:8.2f}"
            f"  {ours.seconds / peer.seconds:5.2f}  {ours.peak:8.0f}  {peer.peak:8.0f}  {growth}",
            flush=True,
        )


def main() -> None:
    """Measure both; `quick` takes fewer runs of smaller estates."""
    quick = "quick" in sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="tenantspec-bench-") as folder:
        overlay(folder, 5 if quick else 21)
        fleet(folder, (1, 10) if quick else (1, 10, 100), 3 if quick else 5)


if __name__ == "__main__":
    main()
