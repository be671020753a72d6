"""The report as text: a matrix where it fits a terminal, else the cells that are open."""

from __future__ import annotations

from krm_functions.isolation.report import WAYS, cells, proof

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from krm_functions.isolation.report import Report

WIDEST: Final = 8
"""Most tenants of a matrix: their names stand at the top of its columns."""
_SHOWN: Final = 4
_CELLS: Final = 40


def text(found: Report) -> str:
    """Return the report for a person."""
    few = len(found.tenants) <= WIDEST
    lines = [*(_matrix(found) if few else _summary(found)), *_listed(found)]
    return "\n".join([*lines, *(_proofs(found) if few else ())]) + "\n"


def _matrix(found: Report) -> Iterator[str]:
    opened, granted = cells(found, found.open), cells(found, found.granted)
    width = max([len(tenant) for tenant in found.tenants] + [9])
    yield "  ".join(name.ljust(width) for name in ("from \\ to", *found.tenants)).rstrip()
    for caller in found.tenants:
        row = [_cell(caller, callee, opened, granted).ljust(width) for callee in found.tenants]
        yield "  ".join([caller.ljust(width), *row]).rstrip()
    yield ""


def _cell(
    caller: str,
    callee: str,
    opened: dict[tuple[str, str], set[str]],
    granted: dict[tuple[str, str], set[str]],
) -> str:
    if caller == callee:
        return "-"
    if (caller, callee) in opened:
        return "OPEN"
    return "granted" if (caller, callee) in granted else "shut"


def _summary(found: Report) -> Iterator[str]:
    count = len(found.tenants)
    opened, granted = cells(found, found.open), cells(found, found.granted)
    yield f"{count} tenants, {count * (count - 1)} cells: {len(opened)} open, {len(granted)} granted, all others shut"
    yield ""


def _listed(found: Report) -> Iterator[str]:
    for word, openings in (("OPEN", found.open), ("granted", found.granted)):
        for opening in openings[:_CELLS]:
            objects = ", ".join(dict.fromkeys(map(str, opening.objects)))
            yield f"{word}: {opening.caller} -> {opening.callee} by {opening.way}: {opening.what} on {opening.target}"
            yield f"  {objects}: {opening.reason}"
        if len(openings) > _CELLS:
            yield f"and {len(openings) - _CELLS} more; --format json lists all"


def _proofs(found: Report) -> Iterator[str]:
    """Yield what keeps the first tenant from the second; other cells are shut by the like."""
    if len(found.tenants) < 2:
        yield "one tenant: nobody to be kept apart from"
        return
    caller, callee = found.tenants[:2]
    opened = {**cells(found, found.open)}.get((caller, callee), set())
    yield f"what keeps {caller} from {callee} (--format json has it for all):"
    for way in WAYS:
        if way not in opened:
            lines = proof(found, caller, callee, way)
            yield from (f"  {way}: {line}" for line in lines[:_SHOWN])
            if len(lines) > _SHOWN:
                yield f"  {way}: and {len(lines) - _SHOWN} more"
