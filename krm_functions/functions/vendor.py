"""Which charts an estate needs, and whether charts/ holds them: fetched, or only looked at."""

from __future__ import annotations

from krm_functions.charts import fetch, lock
from krm_functions.charts.faults import ChartError
from krm_functions.diagnostics import Diagnostic, Place, Severity, TenantspecError
from krm_functions.validators.fleet import check_fleet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App, Chart


def vendor(estate: Estate) -> list[str]:
    """Fetch what is missing or changed, remove what no app needs, and return the paths that changed.

    Raises:
        TenantspecError: the estate is broken, a chart cannot be had, or a folder cannot be written; nothing is
            written then.

    """
    apps = _charted(estate)
    wanted, locked = _wanted(estate, apps), lock.read(estate.specs.tree)
    try:
        changed = fetch.vendor(
            estate.specs.tree.root, wanted, locked, lambda name, error: _failed(estate, apps, name, error)
        )
    except OSError as error:
        message = f"cannot write charts/: {(error.strerror or str(error)).lower()}"
        raise TenantspecError([Diagnostic("TS608", message, Place(lock.FILE))]) from error
    estate.out.raise_if_failed()
    return changed


def check(estate: Estate) -> None:
    """Keep a diagnostic for each chart that is not vendored as locked, or that no app needs."""
    apps = _charted(estate)
    wanted, locked = _wanted(estate, apps), lock.read(estate.specs.tree)
    for name, chart in wanted.items():
        try:
            lock.verified(estate.specs.tree, chart)
        except ChartError as error:
            _failed(estate, apps, name, error)
    for name in sorted(locked.keys() - wanted.keys()):
        place = Place(lock.FILE, ("charts", name), on_key=True)
        estate.out.add(
            Diagnostic("TS636", f"no app needs the chart {name}", place, severity=Severity.WARNING)
        )


def _charted(estate: Estate) -> list[App]:
    apps = [app for app in check_fleet(estate) if app.chart]
    estate.out.raise_if_failed()
    return apps


def _wanted(estate: Estate, apps: list[App]) -> dict[str, Chart]:
    try:
        return lock.wanted(_charts(apps))
    except ChartError as error:
        estate.out.error(error.code, error.message, _place(estate, apps, ""), help=error.help)
        raise TenantspecError(estate.out.diagnostics) from error


def _charts(apps: list[App]) -> Iterator[Chart]:
    yield from (app.chart for app in apps if app.chart)


def _failed(estate: Estate, apps: list[App], name: str, error: ChartError) -> None:
    estate.out.error(error.code, error.message, _place(estate, apps, name), help=error.help)


def _place(estate: Estate, apps: list[App], name: str) -> Place | None:
    """Return where the first app that needs a chart asks for it."""
    for app in apps:
        if app.chart and name in ("", lock.folder_of(app.chart)):
            said = estate.settings(app.tenant.name, app.name, app.environment)
            return said.place("chart") if said else None
    return None
