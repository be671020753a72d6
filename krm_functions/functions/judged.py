"""Everything an estate builds, hand-written objects beside our own included, and the judges of it."""

from __future__ import annotations

import os

from krm_functions.built.objects import Built
from krm_functions.documents import yaml
from krm_functions.estate.bounds import within
from krm_functions.functions import kustomize
from krm_functions.functions.kustomization import file_of, own_generators
from krm_functions.isolation.report import diagnostics, report
from krm_functions.output.check import Output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from krm_functions.diagnostics import Diagnostic
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App, Members, Tenant
    from krm_functions.functions.render import Unit
    from krm_functions.isolation.report import Report
    from krm_functions.manifests.base import Manifest


def by_hand(root: str, unit: Unit) -> bool:
    """Whether a person has added lines beside our generator, so that only kustomize knows what is built."""
    folder = os.path.join(root, unit.folder)
    return file_of(folder) is not None and own_generators(folder) is None


def as_built(root: str, unit: Unit) -> list[Manifest]:
    """Return the manifests of a kustomization, with those that a person added beside ours.

    Raises:
        TenantspecError: it cannot be rendered, or kustomize is absent or fails.

    """
    if not by_hand(root, unit):
        return unit.manifests()
    return [d for d in yaml.read(kustomize.build(os.path.join(root, unit.folder)).decode()).documents if d]


def objects(root: str, unit: Unit, manifests: Iterable[Manifest]) -> Iterator[Built]:
    """Yield the manifests of a unit with where they go and which file gives them."""
    found = file_of(os.path.join(root, unit.folder))
    file = os.path.relpath(found, root).replace(os.sep, "/") if found else ""
    for manifest in manifests:
        yield Built(unit.target, file, manifest)


class Judges:
    """What is judged while units are built: how they hold together, and the objects for the isolation report."""

    def __init__(self, root: str, *, isolated: bool) -> None:
        self.objects: list[Built] | None = [] if isolated else None
        self._root = root
        self._output = Output()

    def take(self, unit: Unit, manifests: list[Manifest]) -> None:
        """Take in a unit as built."""
        built = list(objects(self._root, unit, manifests))
        self._output.add(built)
        if self.objects is not None:
            self.objects.extend(built)

    def diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what does not hold together, once all units are taken in."""
        yield from self._output.diagnostics()


def judges(estate: Estate, *, isolated: bool) -> Judges:
    """Return the judges of an estate; ``isolated`` keeps all objects for the report."""
    return Judges(estate.specs.tree.root, isolated=isolated)


def isolation(estate: Estate, objects: Iterable[Built]) -> Report:
    """Return who can reach whom; what the specs do not grant is an error in the estate's ``out``."""
    found = report(objects, frozenset(grants(estate)), exclusive(estate))
    estate.out.diagnostics.extend(diagnostics(found))
    return found


def grants(estate: Estate) -> Iterator[tuple[str, str, str]]:
    """Yield what the specs open on purpose: calls that both sides name, and people whom two tenants share."""
    for tenant in estate.tenants():
        for environment in estate.environments(tenant):
            for app in estate.apps(tenant, environment):
                yield from _calls(estate, app)
    yield from _shared(estate)


def _calls(estate: Estate, app: App) -> Iterator[tuple[str, str, str]]:
    for peer in app.needs:
        callee = estate.app(peer.tenant, peer.app, app.environment)
        if callee and app.tenant.name in callee.allows:
            yield app.tenant.id, callee.tenant.id, callee.id


def _shared(estate: Estate) -> Iterator[tuple[str, str, str]]:
    """Yield each group and user that several tenants name: every one of them has let it in."""
    holders: dict[str, list[str]] = {}
    for tenant in estate.tenants():
        for name in sorted({name for members in _members(tenant) for name in _subjects(members)}):
            holders.setdefault(name, []).append(tenant.id)
    for name, tenants in holders.items():
        for one in tenants if len(tenants) > 1 else ():
            yield from ((one, other, name) for other in tenants if other != one)


def _members(tenant: Tenant) -> tuple[Members, ...]:
    return (tenant.owners, tenant.editors, tenant.viewers)


def _subjects(members: Members) -> list[str]:
    groups = [f"Group {name}" for name in members.groups]
    return groups + [f"User {name}" for name in members.users]


def exclusive(estate: Estate) -> dict[str, tuple[str, ...]]:
    """Return the registries that are one tenant's own: it names them, and no other tenant may use them."""
    tenants = list(estate.tenants())
    bounds = estate.platform.guardrails.registries
    owners: dict[str, set[str]] = {}
    for tenant in tenants:
        for path in tenant.registries:
            owners.setdefault(path.rstrip("/"), set()).add(tenant.id)
    return {
        tenant.id: tuple(path for path in tenant.registries if owners[path.rstrip("/")] == {tenant.id})
        for tenant in tenants
        if tenant.registries
        and not all(any(within(b, path) for path in tenant.registries) for b in bounds or ("",))
    }
