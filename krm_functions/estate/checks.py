"""Contradictions that show only once all layers are folded."""

from __future__ import annotations

from krm_functions.estate.known import check_names
from krm_functions.estate.pods import check_pod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from krm_functions.diagnostics import Collector
    from krm_functions.estate.model import App, Image
    from krm_functions.estate.settings import Settings

BATCH = frozenset({"CronJob", "Job"})
"""Workloads that end: no replicas, no traffic."""


def check_app(app: App, said: Settings, out: Collector) -> None:
    """Keep a diagnostic for each contradiction among the settings of one app."""
    _check_workload(app, said, out)
    _check_chart(app, said, out)
    _check_containers(app, said, out)
    _check_mounts(app, said, out)
    check_pod(app, said, out)


def _check_workload(app: App, said: Settings, out: Collector) -> None:
    if app.workload == "CronJob" and not app.schedule:
        out.error(
            "TS305", "a CronJob without a schedule", said.place("workload"), note='add schedule: "0 3 * * *"'
        )
    if app.workload in BATCH:
        for field in ("expose", "autoscale"):
            if said.written.get(field) not in (None, False):
                out.error(
                    "TS305",
                    f"a {app.workload} cannot have '{field}'",
                    said.place(field),
                    note="it ends by itself",
                )
    if app.autoscale and app.workload == "Deployment" and any(not volume.ephemeral for volume in app.volumes):
        message = "a Deployment with a claim has one replica: it cannot autoscale"
        out.error(
            "TS305", message, said.place("autoscale"), note="workload: StatefulSet gives each replica its own"
        )
    if app.pre_stop_seconds and app.pre_stop_seconds >= app.grace_period:
        message = f"preStop ({app.pre_stop_seconds} s) takes all of gracePeriod ({app.grace_period} s)"
        out.error("TS305", message, said.place("preStop"), note="SIGTERM would never be waited for")


def _check_chart(app: App, said: Settings, out: Collector) -> None:
    for field in ("repository", "name"):
        if app.chart and not getattr(app.chart, field):
            out.error("TS305", f"the chart has no {field}", said.place("chart"), note=f"add {field}")
    if app.chart and "@" in app.chart.version:
        note = "charts/lock.yaml holds the digest of a chart"
        out.error(
            "TS323",
            f"the version {app.chart.version} of a chart has a digest",
            said.place("chart"),
            note=note,
        )


def _check_containers(app: App, said: Settings, out: Collector) -> None:
    if not app.chart and not app.main.image.repository:
        out.error(
            "TS305", f"the app '{app.name}' has no image", said.place(), note="add image: REGISTRY/PATH:TAG"
        )
    names = [container.name for container in (*app.init, *app.sidecars)]
    for name in {name for name in names if names.count(name) > 1 or name == "app"}:
        place = (
            said.place("sidecars", name)
            if name in (said.written.get("sidecars") or {})
            else said.place("init")
        )
        out.error("TS305", f"two containers are called '{name}'", place, note="the app's own is called app")
    for index, container_ in enumerate(app.init):
        _check_image(container_.image, container_.name, said.place("init", index, "image"), out)
    for container_ in app.sidecars:
        _check_image(container_.image, container_.name, said.place("sidecars", container_.name, "image"), out)


def _check_image(picture: Image, name: str, place: Any, out: Collector) -> None:
    if not picture.repository:
        out.error("TS305", f"the container '{name}' has no image", place, note="add image: REGISTRY/PATH:TAG")
    elif not picture.tag and not picture.digest:
        out.error(
            "TS306",
            f"the image of '{name}' has neither tag nor digest",
            place,
            note="add :TAG or @sha256:DIGEST",
        )


def _check_mounts(app: App, said: Settings, out: Collector) -> None:
    taken: dict[str, str] = {}
    targets: list[tuple[str, tuple[str, ...]]] = [
        (volume.mount, ("volumes", volume.name, "mount")) for volume in app.volumes
    ]
    targets += [(file.path, ("files", file.path)) for file in app.files]
    for path, at in targets:
        first = taken.setdefault(path, at[1])
        if first != at[1]:
            out.error("TS305", f"'{path}' is mounted twice", said.place(*at), note=f"also by '{first}'")
    known = [volume.name for volume in app.volumes]
    for index, container_ in enumerate(app.init):
        _check_known(container_.mounts, known, said, ("init", index, "mounts"), out)
    for container_ in app.sidecars:
        _check_known(container_.mounts, known, said, ("sidecars", container_.name, "mounts"), out)


def _check_known(
    mounts: tuple[str, ...], known: list[str], said: Settings, at: tuple[str | int, ...], out: Collector
) -> None:
    for number, mount in enumerate(mounts):
        check_names("volume", [mount], known, said.place(*at, number), out)
