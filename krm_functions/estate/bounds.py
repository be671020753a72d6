"""Guardrails only tighten downward: the direction of each, and what a tenant's own make of the platform's."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Related
from krm_functions.estate.fold import alone
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Final

    from krm_functions.diagnostics import Collector
    from krm_functions.estate.model import Guardrails, Platform, Tenant
    from krm_functions.spec.load import Source, Specs

    Path = tuple[str, ...]

_STANDARDS: Final = ("baseline", "restricted")


class Direction(Record):
    """One direction: whether a lower value widens an upper one, and the rule as a person reads it."""

    widens: Callable[[Any, Any], bool]
    rule: str


FEWER: Final = Direction(
    lambda upper, lower: bool(upper) and not all(any(within(one, b) for b in upper) for one in lower),
    "lies within the platform's",
)
LOWER: Final = Direction(
    lambda upper, lower: upper is not None and lower > upper, "is at most the platform's"
)
MORE: Final = Direction(
    lambda upper, lower: not set(upper) <= set(lower), "keeps all of the platform's, and may add some"
)
ONLY_OFF: Final = Direction(lambda upper, lower: lower and not upper, "may be turned off, not on")
ONLY_ON: Final = Direction(lambda upper, lower: upper and not lower, "may be turned on, not off")
STRICTER: Final = Direction(
    lambda upper, lower: _STANDARDS.index(lower) < _STANDARDS.index(upper),
    "is the platform's, or a stricter one",
)

DIRECTIONS: Final[Mapping[Path, tuple[str, Direction]]] = {
    ("guardrails", "digestRequired"): ("digest_required", MORE),
    ("guardrails", "forbidLatest"): ("forbid_latest", ONLY_ON),
    ("guardrails", "maxReplicas"): ("max_replicas", LOWER),
    ("guardrails", "patches", "forbidden"): ("forbidden_patches", MORE),
    ("guardrails", "patches", "maxPerApp"): ("max_patches", LOWER),
    ("guardrails", "podSecurity"): ("pod_security", STRICTER),
    ("guardrails", "registries"): ("registries", FEWER),
    ("network", "internet"): ("internet", ONLY_OFF),
}
"""Each bound of the platform by its path: its name in the estate and its direction, for every layer below."""
_OWN_FIELD: Final[Mapping[Path, Path]] = {("guardrails", "registries"): ("registries",)}
"""Bounds that a tenant writes elsewhere than the platform does."""
_TOLD: Final[frozenset[Path]] = frozenset({("guardrails", "registries"), ("network", "internet")})
"""Bounds that have messages of their own, item by item."""


def tighten(source: Source, platform_source: Source, platform: Platform, out: Collector) -> Guardrails:
    """Return the guardrails of a tenant; each that widens the platform's is an error and is left out."""
    bounds = platform.guardrails
    for path, (name, direction) in DIRECTIONS.items():
        lower = said(source, path)
        if lower is None or path in _TOLD:
            continue
        upper = getattr(bounds, name)
        if direction.widens(upper, lower):
            out.add(_wider(source, platform_source, path, upper, direction))
        else:
            bounds = bounds._replace(**{name: tuple(lower) if isinstance(lower, list) else lower})
    return bounds


def _wider(
    source: Source, platform_source: Source, path: Path, upper: Any, direction: Direction
) -> Diagnostic:
    return Diagnostic(
        "TS501",
        f"{'.'.join(path)} of {source.name} widens the platform's {shown(upper)}",
        source.place(*_OWN_FIELD.get(path, path)),
        f"it {direction.rule}",
        related=(Related(platform_source.place(*path), "the platform says"),),
    )


def said(source: Source, path: Path) -> Any:
    """Return what a tenant says of a bound; None where it says nothing."""
    written: Any = alone(source.spec)
    for key in _OWN_FIELD.get(path, path):
        written = (written or {}).get(key)
    return written


def said_by(specs: Specs, platform_source: Source, tenant: Tenant, *path: str) -> tuple[Related, ...]:
    """Return the layer whose bound holds for a tenant: its own, else the platform's; nothing where it is built in."""
    source = specs.tenant(tenant.name)
    if source and said(source, path) is not None:
        return (Related(source.place(*_OWN_FIELD.get(path, path)), f"{tenant.name} says"),)
    place = platform_source.place(*path)
    return (Related(place, "the platform says"),) if _written(platform_source, path) else ()


def _written(source: Source, path: Path) -> bool:
    written: Any = source.spec
    for key in path:
        written = (written or {}).get(key)
    return written is not None


def shown(value: Any) -> str:
    """Return a bound as YAML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)


def within(reference: str, registry: str) -> bool:
    """Whether an image repository or registry path lies in a registry, by whole path segments."""
    return reference == registry or reference.startswith(registry.rstrip("/") + "/")
