"""Sync windows: one that never opens is a promise that Argo CD never keeps."""

from __future__ import annotations

import re

from krm_functions.diagnostics import Diagnostic, Place
from krm_functions.spec.load import tenant_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App, SyncWindow

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days of each month, in the longest of years."""
_ANY: Final = ("*", "?")


def windows(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    """Yield each window of a tenant that no day opens, or that closes as it opens."""
    del apps
    for tenant in estate.tenants():
        for window in tenant.sync_windows:
            place = Place(tenant_file(tenant.name), ("spec", "syncWindows", window.name))
            if not any(map(int, re.findall("[0-9]+", window.duration))):
                message = f"the sync window {window.name} closes as it opens"
                yield Diagnostic("TS316", message, place.at("duration"), note="longer than 0s")
            elif not _opens(window):
                message = f"the sync window {window.name} never opens: no day or hour is like that"
                note = "five fields: minute, hour, day of the month, month, weekday"
                yield Diagnostic("TS316", message, place.at("schedule"), note=note)


def _opens(window: SyncWindow) -> bool:
    """Whether a day of any year is one of the schedule's, as github.com/robfig/cron reads it.

    A day of the month and a weekday that are both named are alternatives.
    """
    fields = window.schedule.lower().split()
    if len(fields) != 5:  # a macro such as @daily always opens
        return True
    if any(not _numbers(field, 0) for field in fields if field[0] not in _ANY and field[0].isdigit()):
        return False
    _, _, day, month, weekday = fields
    if day[0] in _ANY or weekday[0] not in _ANY:
        return True
    months = range(1, 13) if month[0] in _ANY else _numbers(month, 1)
    return any(min(_numbers(day, 1)) <= _LENGTHS[number - 1] for number in months)


def _numbers(field: str, low: int) -> list[int]:
    """Return the numbers that a field without a star names; a range that runs backwards names none."""
    found: list[int] = []
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start = _number(first, low)
        end = _number(last, low) if last else (31 if step else start)
        found += range(start, end + 1, int(step or 1))
    return found


def _number(text: str, low: int) -> int:
    return _MONTHS.index(text) + 1 if text in _MONTHS else int(text) if text.isdigit() else low
