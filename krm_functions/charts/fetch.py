"""`tenantspec vendor`: charts fetched by helm, unpacked with care, locked; all of it or nothing."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile

from krm_functions.charts import helm
from krm_functions.charts.faults import ChartError
from krm_functions.charts.lock import FILE, FOLDER, MAX_BYTES, MAX_FILES, Locked, digest, text
from krm_functions.charts.render import usable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import IO

    from krm_functions.estate.model import Chart


def is_sound(root: str, name: str, chart: Chart, entry: Locked | None) -> bool:
    """Whether a chart is vendored as it was locked."""
    path = os.path.join(root, FOLDER, name)
    if entry is None or entry.repository != chart.repository or not os.path.isdir(path):
        return False
    try:
        return digest(path) == entry.digest
    except ChartError:
        return False


def vendor(
    root: str,
    wanted: Mapping[str, Chart],
    locked: Mapping[str, Locked],
    failed: Callable[[str, ChartError], None],
) -> list[str]:
    """Make charts/ hold exactly the charts wanted, and return the paths that changed.

    ``failed`` is told of each chart that cannot be had; then nothing is written.

    Raises:
        OSError: the folder cannot be written.

    """
    top = os.path.join(root, FOLDER)
    missing = {
        name: chart for name, chart in wanted.items() if not is_sound(root, name, chart, locked.get(name))
    }
    made: dict[str, Locked] = {name: entry for name, entry in locked.items() if name in wanted}
    with tempfile.TemporaryDirectory(prefix=".tenantspec-vendor-", dir=root) as staging:
        faults = 0
        for name, chart in missing.items():
            try:
                made[name] = _fetched(staging, name, chart)
            except ChartError as error:
                faults += 1
                failed(name, error)
        if faults:
            return []
        return _placed(top, staging, missing, _unwanted(top, wanted, locked), text(made))


def _unwanted(top: str, wanted: Mapping[str, Chart], locked: Mapping[str, Locked]) -> list[str]:
    """Return the folders that the lock names and no app needs; what a person put there is not ours."""
    return [name for name in locked if name not in wanted and os.path.isdir(os.path.join(top, name))]


def _fetched(staging: str, name: str, chart: Chart) -> Locked:
    download = os.path.join(staging, f"{name}.download")
    os.makedirs(download)
    if chart.repository.startswith("oci://"):
        source = [f"{chart.repository.rstrip('/')}/{chart.name}"]
    else:
        source = [chart.name, "--repo", chart.repository]
    plain = ["--plain-http"] if chart.repository.startswith("oci://127.0.0.1:") else []
    helm.pull([*source, "--version", chart.version, "--destination", download, *plain])
    (archive,) = os.listdir(download)
    path = os.path.join(staging, name)
    _unpack(os.path.join(download, archive), path, name)
    usable(path, name)
    return Locked(chart.repository, chart.name, chart.version, digest(path))


def _unpack(archive: str, path: str, name: str) -> None:
    """Unpack a chart's archive, whose one top folder becomes ``path``: plain files only, and not too many.

    Raises:
        ChartError: it is no such archive (TS632).

    """
    number = size = 0
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                number, size = number + 1, size + member.size
                if number > MAX_FILES or size > MAX_BYTES:
                    raise ChartError(
                        "TS632", f"{name} unpacks to more than a chart holds", "take another version"
                    )
                _take(tar, member, path, name)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ChartError(
            "TS632", f"{name} does not unpack: {error}", "take another version of the chart"
        ) from error


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, path: str, name: str) -> None:
    parts = member.name.split("/")
    if member.isdir():
        return
    if (
        not member.isreg()
        or len(parts) < 2
        or any(part in ("", ".", "..") for part in parts)
        or "\0" in member.name
    ):
        raise ChartError(
            "TS632", f"{name} holds {member.name!r}, which is no file inside a chart", "take another version"
        )
    target = os.path.join(path, *parts[1:])
    os.makedirs(os.path.dirname(target), exist_ok=True)
    source: IO[bytes] | None = tar.extractfile(member)
    with open(target, "xb") as stream:
        shutil.copyfileobj(source, stream) if source else None


def _placed(top: str, staging: str, fetched: Iterable[str], unwanted: Iterable[str], lock: str) -> list[str]:
    changed = sorted({*fetched, *unwanted})
    file = os.path.join(os.path.dirname(top), FILE)
    before = _text(file)
    if not changed and (before == lock or (before is None and lock.endswith("{}\n"))):
        return []
    os.makedirs(top, exist_ok=True)
    for name in changed:
        path, new = os.path.join(top, name), os.path.join(staging, name)
        if os.path.lexists(path):
            os.rename(path, os.path.join(staging, f"{name}.old"))
        if os.path.isdir(new):
            os.rename(new, path)
    new_lock = os.path.join(staging, "lock.yaml")
    with open(new_lock, "w", encoding="utf-8") as stream:
        stream.write(lock)
    os.replace(new_lock, file)
    return [*(f"{FOLDER}/{name}" for name in changed), FILE]


def _text(file: str) -> str | None:
    try:
        with open(file, encoding="utf-8") as stream:
            return stream.read()
    except OSError:
        return None
