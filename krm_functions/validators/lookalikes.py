"""Labels of two tenants that a person cannot tell apart: `appa1` and `appal` in one estate invite a mistake or a fraud."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Related, Severity
from krm_functions.estate.tenant import place_of
from krm_functions.validators.claims import host_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App

ALIKE: Final = (("rn", "m"), ("vv", "w"), ("1", "l"), ("0", "o"))
"""What is drawn alike in common fonts, of the characters that a label may have (Unicode TR 39, ASCII only)."""


def skeleton(label: str) -> str:
    """Return a label with what looks alike made the same; two labels look alike if their skeletons are equal."""
    for one, other in ALIKE:
        label = label.replace(one, other)
    return label


def lookalikes(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    """Yield each host label that looks like another tenant's; within a tenant it is nobody's harm."""
    seen: dict[str, dict[str, App]] = {}
    told: set[tuple[str, str]] = set()
    for app in apps:
        for label in sorted({host.label for host in app.route.hosts} - {""}) if app.route else ():
            for other, owner in seen.setdefault(skeleton(label), {}).items():
                if owner.tenant.name != app.tenant.name and other != label and (label, other) not in told:
                    told.add((label, other))
                    yield _alike(estate, (app, label), (owner, other))
            seen[skeleton(label)].setdefault(label, app)


def _alike(estate: Estate, one: tuple[App, str], other: tuple[App, str]) -> Diagnostic:
    places = []
    for app, label in (one, other):
        said = estate.settings(app.tenant.name, app.name, app.environment)
        places.append(host_place(said, label) if said else place_of(app.tenant))
    owner = f"{other[0].tenant.name}/{other[0].name}"
    return Diagnostic(
        "TS414",
        f"the host label '{one[1]}' looks like '{other[1]}' of {owner}",
        places[0],
        "choose one that a person can tell from it",
        severity=Severity.WARNING,
        related=(Related(places[1], f"'{other[1]}' of {owner}"),),
    )
