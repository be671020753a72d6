"""charts/lock.yaml: which charts are vendored, where each comes from, and the digest of what it holds."""

from __future__ import annotations

import hashlib
import os

from krm_functions.charts.faults import ChartError
from krm_functions.diagnostics import Place, TenantspecError
from krm_functions.names import did_you_mean
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Final

    from krm_functions.documents.tree import Tree
    from krm_functions.estate.model import Chart

FOLDER: Final = "charts"
FILE: Final = f"{FOLDER}/lock.yaml"
MAX_FILES: Final = 2_000
MAX_BYTES: Final = 16 * 2**20
"""What a chart may unpack to: the largest in the field are a tenth of it, their bundled charts included."""
_FIELDS: Final = ("repository", "name", "version", "digest")
_VENDOR: Final = "run 'tenantspec vendor'"


class Locked(Record):
    """One vendored chart: its source, and the digest of its files."""

    repository: str
    name: str
    version: str
    digest: str


def folder_of(chart: Chart) -> str:
    """Return the name of a chart's folder below charts/."""
    return f"{chart.name}-{chart.version}"


def read(tree: Tree) -> dict[str, Locked]:
    """Return the lock by folder; empty where there is none.

    Raises:
        TenantspecError: it is broken (TS1xx, TS634).

    """
    if not tree.exists(FILE):
        return {}
    document = tree.document(FILE)
    if document is None:
        raise TenantspecError(tree.collector.diagnostics)
    entries = document.get("charts")
    locked = {name: _entry(entry) for name, entry in entries.items()} if isinstance(entries, dict) else {}
    found = {name: entry for name, entry in locked.items() if entry}
    if not isinstance(entries, dict) or len(found) < len(locked):
        message = "charts/lock.yaml is not what 'tenantspec vendor' writes"
        tree.collector.error("TS634", message, Place(FILE), help=f"remove the file and {_VENDOR}")
        raise TenantspecError(tree.collector.diagnostics)
    return found


def _entry(written: Any) -> Locked | None:
    if not isinstance(written, dict) or written.keys() != set(_FIELDS):
        return None
    if not all(isinstance(value, str) for value in written.values()):
        return None
    return Locked(*(written[field] for field in _FIELDS))


def verified(tree: Tree, chart: Chart) -> str:
    """Return the path of a vendored chart whose files are exactly those that were locked.

    Raises:
        ChartError: it is not vendored (TS630), or differs from its lock (TS631).
        TenantspecError: the lock is broken.

    """
    name = folder_of(chart)
    locked = read(tree)
    entry = locked.get(name)
    if entry is None:
        known = did_you_mean(name, locked)
        help_ = f"{_VENDOR}, which fetches it" + (f"; {known}" if known else "")
        raise ChartError("TS630", f"the chart {name} is not vendored", help_)
    if entry.repository != chart.repository:
        message = f"the chart {name} is locked from {entry.repository}, not from {chart.repository}"
        raise ChartError("TS630", message, f"{_VENDOR}, which fetches it anew")
    path = os.path.join(tree.root, FOLDER, name)
    tree.reads.add(f"{FOLDER}/{name}")
    if not os.path.isdir(path) or os.path.islink(path):
        raise ChartError("TS630", f"charts/{name} is not there, although the lock names it", _VENDOR)
    if digest(path) != entry.digest:
        message = f"the files of charts/{name} are not those that were locked"
        raise ChartError(
            "TS631", message, f"restore them from git, or {_VENDOR}; change `chart.values`, not the chart"
        )
    return path


def digest(folder: str) -> str:
    """Return the digest of a folder: SHA-256 over each file's path and SHA-256, in order; modes do not count.

    Raises:
        ChartError: it holds something other than files and folders, or too much (TS632).

    """
    total = hashlib.sha256()
    for path in sorted(_files(folder)):
        with open(os.path.join(folder, path), "rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        total.update(f"{path}\0{content}\n".encode())
    return f"sha256:{total.hexdigest()}"


def _files(folder: str) -> Iterator[str]:
    number = size = 0
    for above, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = os.path.join(above, name)
            if os.path.islink(path) or not (os.path.isdir(path) or os.path.isfile(path)):
                raise ChartError(
                    "TS632",
                    f"{os.path.basename(folder)} holds a link or a device: {name}",
                    "a chart is plain files",
                )
        for name in names:
            path = os.path.join(above, name)
            number, size = number + 1, size + os.path.getsize(path)
            yield os.path.relpath(path, folder).replace(os.sep, "/")
    if number > MAX_FILES or size > MAX_BYTES:
        raise ChartError(
            "TS632",
            f"{os.path.basename(folder)} holds {number} files, {size} bytes",
            "no chart is that large",
        )


def text(locked: Mapping[str, Locked]) -> str:
    """Return the lock as a file."""
    lines = ["# Written by 'tenantspec vendor': what charts/ holds, and the digest of each.", "charts:"]
    for name, entry in sorted(locked.items()):
        lines += [
            f"  {_quoted(name)}:",
            *(f"    {field}: {_quoted(getattr(entry, field))}" for field in _FIELDS),
        ]
    return "\n".join(lines if locked else [lines[0], "charts: {}"]) + "\n"


def _quoted(value: str) -> str:
    import json  # noqa: PLC0415  (a string of JSON is one of YAML's; only `vendor` writes)

    return json.dumps(value)


def wanted(charts: Iterable[Chart]) -> dict[str, Chart]:
    """Return each chart once by its folder.

    Raises:
        ChartError: two repositories claim one folder (TS635).

    """
    found: dict[str, Chart] = {}
    for chart in charts:
        other = found.setdefault(folder_of(chart), chart)
        if other.repository != chart.repository:
            message = f"{folder_of(chart)} comes from {other.repository} and from {chart.repository}"
            raise ChartError(
                "TS635", message, "one name and version is one chart: take one repository for it"
            )
    return found
