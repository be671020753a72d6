"""The judgement: manifests as built against a scope, every refusal at once."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic
from krm_functions.guard.kinds import HINTS, KINDS
from krm_functions.guard.platform import judge_platform
from krm_functions.guard.rules import ABSENT, At, Finding, Unit, shown
from krm_functions.guard.scope import PlatformScope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from krm_functions.diagnostics import FieldPath, Place
    from krm_functions.guard.scope import Scope

    Placed = Callable[[Any, FieldPath], Place | None]
    """Where a value of a manifest was written, as far as somebody knows."""


def _nowhere(manifest: Any, path: FieldPath) -> None:
    del manifest, path


def judge(
    scope: Scope | PlatformScope, manifests: Sequence[Any], placed: Placed = _nowhere
) -> list[Diagnostic]:
    """Return what leaves its tenant, object by object in the order given; pure, and never an exception.

    ``manifests`` are plain values as YAML gives them: what is no object of Kubernetes' is refused as such.
    """
    if isinstance(scope, PlatformScope):
        return [_told(None, finding, None, about) for about, finding in judge_platform(scope, manifests)]
    unit = _unit(scope, manifests)
    return [
        _told(manifest, finding, placed(manifest, finding.path))
        for manifest in manifests
        for finding in _judged(unit, manifest)
    ]


def _judged(unit: Unit, manifest: Any) -> Iterator[Finding]:
    if not isinstance(manifest, dict):
        yield Finding("TS531", (), "it is not an object of Kubernetes', so it cannot be judged")
        return
    version, kind = manifest.get("apiVersion"), manifest.get("kind")
    rule = KINDS.get((version, kind)) if isinstance(version, str) and isinstance(kind, str) else None
    if rule is None:
        message = f"a tenant may not hold {shown(kind)} of {shown(version)}"
        yield Finding(
            "TS520", ("kind",), message, HINTS.get(str(kind), "docs: guard.md lists the kinds that it may")
        )
        return
    house = unit.scope.house.get(str(kind), ABSENT)
    yield from rule(At(unit, str(kind), (), house), manifest)


def _unit(scope: Scope, manifests: Sequence[Any]) -> Unit:
    """Return what the objects say of each other; what is misshapen says nothing."""
    pods, services, secrets = [], [], set()
    for manifest in manifests:
        kind = _at(manifest, "kind")
        for path in (("spec", "template"), ("spec", "jobTemplate", "spec", "template")):
            labels = _at(manifest, *path, "metadata", "labels")
            if isinstance(labels, dict):
                pods.append(labels)
        if kind == "Service":
            labels = _at(manifest, "metadata", "labels")
            services.append(labels if isinstance(labels, dict) else {})
        if kind == "ExternalSecret":
            name = _at(manifest, "spec", "target", "name") or _at(manifest, "metadata", "name")
            secrets.update([name] if isinstance(name, str) else [])
    return Unit(scope, tuple(pods), tuple(services), frozenset(secrets))


def _at(value: Any, *path: str) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _told(manifest: Any, finding: Finding, place: Place | None, about: str = "") -> Diagnostic:
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in finding.path).lstrip(".")
    who = about or called(manifest)
    message = f"{who}: {where}: {finding.message}" if where else f"{who}: {finding.message}"
    return Diagnostic(finding.code, message, place, help=finding.help)


def called(manifest: Any) -> str:
    """Return how a message names an object: its kind, namespace and name as far as it has them."""
    kind, metadata = _at(manifest, "kind"), _at(manifest, "metadata")
    names: Mapping[str, Any] = metadata if isinstance(metadata, dict) else {}
    parts: Iterable[Any] = (names.get("namespace"), names.get("name") or names.get("generateName") or "?")
    return f"{shown(kind).strip(chr(39))} {'/'.join(shown(part).strip(chr(39)) for part in parts if part)}"
