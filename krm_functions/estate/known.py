"""Whether a name that a spec gives is known: the one way in which unknown references are reported."""

from __future__ import annotations

from krm_functions.names import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from krm_functions.diagnostics import Collector, Place
    from krm_functions.estate.model import Platform
    from krm_functions.spec.load import Source


def check_names(
    what: str,
    names: Iterable[str],
    known: Collection[str],
    place: Place,
    out: Collector,
    *,
    on_key: bool = False,
) -> bool:
    """Keep a diagnostic for each name that is not known; return whether all are."""
    unknown = [name for name in names if name not in known]
    for name in unknown:
        note = did_you_mean(name, known) or "known: " + (", ".join(sorted(known)[:12]) or "none")
        out.error("TS301", f"unknown {what} '{name}'", place._replace(on_key=on_key), note=note)
    return not unknown


def check_list(
    what: str, source: Source, path: tuple[str, ...], known: Collection[str], out: Collector
) -> None:
    """Check each item of a list of names in a spec."""
    written = source.spec
    for key in path:
        written = written.get(key) or {}
    for index, name in enumerate(written or ()):
        check_names(what, [name], known, source.place(*path, index), out)


def check_layers(source: Source, path: tuple[str, ...], platform: Platform, out: Collector) -> None:
    """Check the stages and environments that a layered block overrides."""
    written = source.spec
    for key in path:
        written = written.get(key) or {}
    environments = [environment.name for environment in platform.environments]
    for key, what, known in (
        ("stages", "stage", platform.stages),
        ("environments", "environment", environments),
    ):
        for name in written.get(key) or {}:
            check_names(what, [name], known, source.place(*path, key, name), out, on_key=True)
