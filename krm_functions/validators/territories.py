"""What tenants may claim does not overlap: host labels, domains and registries that two could both take for theirs."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Related, Severity
from krm_functions.estate.tenant import place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App, Tenant

    Parts = tuple[str, ...]
    Claim = tuple[Tenant, int, str, Parts]


def territories(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    """Yield each claim that lies within another tenant's."""
    del apps
    tenants = list(estate.tenants())
    bounds = {path.rstrip("/") for path in estate.platform.guardrails.registries}
    for one, other in _within(_labels(tenants)):
        yield _overlap(
            "TS415", "hosts", one, other, "two tenants may claim the same host labels", Severity.WARNING
        )
    for one, other in _within(_domains(tenants)):
        yield _overlap("TS416", "domains", one, other, "a domain belongs to one tenant, with all below it")
    for one, other in _within(claim for claim in _registries(tenants) if "/".join(claim[3]) not in bounds):
        if one[3] != other[3]:
            rule = "whoever may push to the outer path may push to the inner one"
            yield _overlap("TS418", "registries", one, other, rule, Severity.WARNING)


def _labels(tenants: Iterable[Tenant]) -> Iterator[Claim]:
    """Yield patterns as their letters, closed by an end where they do not end in a star."""
    for tenant in tenants:
        for index, pattern in enumerate(tenant.hosts or ()):
            yield (
                tenant,
                index,
                pattern,
                (*pattern.removesuffix("*"), *([] if pattern.endswith("*") else ["end"])),
            )


def _domains(tenants: Iterable[Tenant]) -> Iterator[Claim]:
    for tenant in tenants:
        for index, domain in enumerate(tenant.domains):
            yield tenant, index, domain, tuple(reversed(domain.split(".")))


def _registries(tenants: Iterable[Tenant]) -> Iterator[Claim]:
    for tenant in tenants:
        for index, path in enumerate(tenant.registries):
            yield tenant, index, path, tuple(path.rstrip("/").split("/"))


def _within(claims: Iterable[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """Yield each claim that begins with all the parts of another tenant's, with the first such claim."""
    listed = list(claims)
    owners: dict[Parts, list[Claim]] = {}
    for claim in listed:
        owners.setdefault(claim[3], []).append(claim)
    order = {id(claim): number for number, claim in enumerate(listed)}
    for claim in listed:
        parts = claim[3]
        for length in range(1, len(parts) + 1):
            others = (c for c in owners.get(parts[:length], ()) if c[0].name != claim[0].name)
            found = next((c for c in others if length < len(parts) or order[id(c)] < order[id(claim)]), None)
            if found:
                yield claim, found
                break


def _overlap(
    code: str, field: str, one: Claim, other: Claim, rule: str, severity: Severity = Severity.ERROR
) -> Diagnostic:
    tenant, index, text, _ = one
    owner, number, theirs, _ = other
    return Diagnostic(
        code,
        f"'{text}' of {tenant.name} overlaps '{theirs}' of {owner.name}: {rule}",
        place_of(tenant, field, index),
        severity=severity,
        related=(Related(place_of(owner, field, number), f"{owner.name} has it"),),
    )
