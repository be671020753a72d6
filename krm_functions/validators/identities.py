"""Names that come out: ids, namespaces and Applications are unique, and short enough for Kubernetes."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place, Related
from krm_functions.estate.app import application, namespace
from krm_functions.names import is_dns_label, is_dns_name
from krm_functions.spec.load import app_file, tenant_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App

    Claim = tuple[tuple[str, ...], str, Place]


_LONGEST = {"CronJob": 52, "StatefulSet": 52}
"""Longest names of workloads whose Jobs and pods carry the name and 11 more characters in a label of 63."""

RESERVED_PROJECTS = frozenset({"default", "platform"})
"""Projects that every Argo CD has: its own, and the platform's."""


def identities(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    """Yield every name that two own, or that Kubernetes would refuse."""
    yield from _twice("TS408", "the id", _tenant_ids(estate))
    yield from _twice("TS408", "the namespace", _namespaces(estate))
    yield from _twice("TS402", "the Application", _applications(apps))
    yield from _twice("TS408", "the id", _app_ids(apps))
    yield from _lengths(estate, apps)
    yield from _reserved(estate)
    yield from _taken_namespaces(estate)


def _reserved(estate: Estate) -> Iterator[Diagnostic]:
    for tenant in estate.tenants():
        if tenant.id in RESERVED_PROJECTS:
            place = Place(tenant_file(tenant.name), ("spec", "id"))
            message = f"the id '{tenant.id}' is taken: Argo CD has a project of this name"
            yield Diagnostic("TS408", message, place, "choose another id")


def _platform_namespaces(estate: Estate) -> set[str]:
    platform, specs = estate.platform, estate.specs
    components = filter(None, map(specs.component, specs.component_names()))
    return {
        "default",
        platform.exposure.namespace,
        platform.monitoring.namespace,
        *(hub.namespace for hub in platform.hubs),
        *(str(component.spec["namespace"]) for component in components),
    }


def _taken_namespaces(estate: Estate) -> Iterator[Diagnostic]:
    taken = _platform_namespaces(estate)
    for key, owner, place in _namespaces(estate):
        if key[0] in taken or key[0].startswith("kube-"):
            message = f"the namespace '{key[0]}' of {owner} is the platform's"
            yield Diagnostic("TS408", message, place, "choose another id, or change naming.namespace")


def _tenant_ids(estate: Estate) -> Iterator[Claim]:
    for tenant in estate.tenants():
        yield (tenant.id,), tenant.name, Place(tenant_file(tenant.name), ("spec", "id"))


def _namespaces(estate: Estate) -> Iterator[Claim]:
    for tenant in estate.tenants():
        for environment in estate.environments(tenant):
            name = namespace(estate.platform, tenant, environment)
            yield (
                (name, tenant.cluster(environment)),
                tenant.name,
                Place(tenant_file(tenant.name), ("metadata", "name")),
            )


def _applications(apps: tuple[App, ...]) -> Iterator[Claim]:
    for app in apps:
        name = application(app.platform, app.tenant, app.id, app.environment)
        owner = f"{app.tenant.name}/{app.name} in {app.environment.name}"
        yield (
            (name, app.environment.hub),
            owner,
            Place(app_file(app.tenant.name, app.name), ("metadata", "name")),
        )


def _app_ids(apps: tuple[App, ...]) -> Iterator[Claim]:
    for app in apps:
        place = Place(app_file(app.tenant.name, app.name), ("spec", "id"))
        yield (app.id, app.tenant.id), f"{app.tenant.name}/{app.name}", place


def _twice(code: str, what: str, claims: Iterable[Claim]) -> Iterator[Diagnostic]:
    first: dict[tuple[str, ...], tuple[str, Place]] = {}
    for key, owner, place in claims:
        other, there = first.setdefault(key, (owner, place))
        if other != owner:
            message = f"{what} '{key[0]}' of {owner} already belongs to {other}"
            yield Diagnostic(code, message, place, related=(Related(there, f"{other} has it first"),))


def _lengths(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    for key, owner, place in _namespaces(estate):
        if not is_dns_label(key[0]):
            yield Diagnostic(
                "TS207",
                f"the namespace '{key[0]}' of {owner} is not a DNS label",
                place,
                "at most 63 characters",
            )
    for key, owner, place in _applications(apps):
        if not is_dns_name(key[0]):
            yield Diagnostic("TS207", f"the Application name '{key[0]}' of {owner} is not a DNS name", place)
    for app in apps:
        instance = f"{app.tenant.id}-{app.id}"
        if len(instance) > 63:
            place = Place(app_file(app.tenant.name, app.name), ("metadata", "name"))
            note = f"{len(instance)} characters; a label value has at most 63"
            yield Diagnostic("TS207", f"the instance label '{instance}' is too long", place, note)
        longest = _LONGEST.get(app.workload, 63)
        if len(app.id) > longest:
            place = Place(app_file(app.tenant.name, app.name), ("metadata", "name"))
            note = f"{len(app.id)} characters; Kubernetes adds to it, so at most {longest}"
            yield Diagnostic("TS207", f"the name '{app.id}' is too long for a {app.workload}", place, note)
