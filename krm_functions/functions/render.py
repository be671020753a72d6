"""`tenantspec render`: the whole estate, or a part of it, unit by unit, in one process."""

from __future__ import annotations

import os

from krm_functions.diagnostics import Place, TenantspecError
from krm_functions.estate.estate import Estate
from krm_functions.estate.views import cluster_view, clusters_of, hub_view
from krm_functions.functions import kustomize
from krm_functions.functions.allowed import judge_kustomization
from krm_functions.functions.app_overlay import app_manifests
from krm_functions.functions.cluster_overlay import cluster_manifests
from krm_functions.functions.hub import GENERATORS, hub_manifests
from krm_functions.functions.items import items_of
from krm_functions.functions.kustomization import file_of, own_generators
from krm_functions.functions.printing import printed
from krm_functions.functions.run import check_identities
from krm_functions.functions.tenancy_guard import guard
from krm_functions.krm.order import kustomize_order
from krm_functions.manifests.base import app_base, namespace_base
from krm_functions.records import Record
from krm_functions.validators.fleet import check_fleet
from krm_functions.validators.projects import check_projects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from krm_functions.estate.model import App
    from krm_functions.manifests.base import Base, Manifest


class Selection(Record):
    """Which part of the estate is wanted; an empty string is everything."""

    tenant: str = ""
    app: str = ""
    environment: str = ""
    hub: str = ""


class Unit(Record):
    """One kustomization's worth of manifests; ``folder`` is relative to the root, ``target`` the cluster or hub."""

    folder: str
    target: str
    manifests: Callable[[], list[Manifest]]


def render_units(estate: Estate, wanted: Iterable[Unit]) -> Iterator[tuple[str, str]]:
    """Yield each unit's folder and its text, as kustomize would print it.

    A unit with hand-written lines beside our generator is built by kustomize.

    Raises:
        TenantspecError: a unit cannot be rendered.

    """
    base = app_base(estate.specs.tree)
    for unit in wanted:
        rendered = render_unit(estate, unit, base)
        estate.out.raise_if_failed()
        yield unit.folder, rendered.text


class Rendered(Record):
    """A unit as built: its manifests, and the text that kustomize would print of them."""

    manifests: list[Any]
    text: str


def render_unit(estate: Estate, unit: Unit, base: Base) -> Rendered:
    """Return a unit as built; what its objects hold beyond their tenant is kept in the estate's diagnostics.

    Raises:
        TenantspecError: its kustomization is refused, or it cannot be built.

    """
    folder = os.path.join(estate.specs.tree.root, unit.folder)
    parts = unit.folder.split("/")
    written = file_of(folder)
    if written:
        refused = judge_kustomization(estate.specs.tree.root, folder)
        if refused:
            raise TenantspecError(refused)
    if written and own_generators(folder) is None:
        output = kustomize.build(folder)
        items = items_of(output, Place(f"{unit.folder}/kustomization.yaml"))
        guard(estate, parts, items, base)
        _prove(estate, unit, items)
        return Rendered(items, output.decode())
    manifests = unit.manifests()
    check_identities(manifests)
    if parts[0] == "tenants":  # what the functions themselves give the platform's rooms is what is kept there
        guard(estate, parts, manifests, base)
    _prove(estate, unit, manifests)
    return Rendered(manifests, printed(kustomize_order(manifests)))


def _prove(estate: Estate, unit: Unit, manifests: list[Manifest]) -> None:
    """Keep what is wrong with a hub's projects in the estate's diagnostics."""
    if unit.target.startswith("hub "):
        place = Place(f"{unit.folder}/kustomization.yaml")
        estate.out.diagnostics.extend(check_projects(manifests, place))


def units(estate: Estate, selection: Selection) -> list[Unit]:
    """Return the units of a selection, apps first; the whole estate is checked on the way."""
    apps = check_fleet(estate)
    found = list(_apps(estate, apps, selection))
    if not selection.app and not selection.tenant:
        found += _clusters(estate, selection)
        found += _hubs(estate, selection)
    return found


def _apps(estate: Estate, apps: tuple[App, ...], wanted: Selection) -> Iterator[Unit]:
    base = app_base(estate.specs.tree)
    for app in apps:
        chosen = (app.tenant.name, app.name, app.environment.name, app.environment.hub)
        if all(not want or want == have for want, have in zip(wanted, chosen, strict=True)):
            folder = f"tenants/{app.tenant.name}/apps/{app.name}/overlays/{app.environment.name}"
            yield Unit(folder, app.cluster, lambda app=app: app_manifests(estate, app, base))  # type: ignore[misc]


def _clusters(estate: Estate, wanted: Selection) -> Iterator[Unit]:
    base = namespace_base(estate.specs.tree)
    for environment in estate.platform.environments:
        if wanted.environment in ("", environment.name) and wanted.hub in ("", environment.hub):
            for cluster, dedicated in clusters_of(estate, environment):
                folder = f"clusters/{environment.hub}/{environment.name}"
                folder += f"/dedicated/{cluster}" if dedicated else ""
                view = cluster_view(estate, environment, cluster if dedicated else None)
                yield Unit(folder, cluster, lambda view=view: cluster_manifests(view, base))  # type: ignore[misc]


def _hubs(estate: Estate, wanted: Selection) -> Iterator[Unit]:
    for hub in estate.platform.hubs:
        if wanted.hub in ("", hub.name) and not wanted.environment:
            view = hub_view(estate, hub)
            kinds = GENERATORS
            yield Unit(
                f"clusters/{hub.name}",
                f"hub {hub.name}",
                lambda view=view, kinds=kinds: [m for kind in kinds for m in hub_manifests(kind, view)],  # type: ignore[misc]
            )


def estate_of(root: str) -> Estate:
    """Return the estate below a root folder."""
    from krm_functions.documents.tree import Tree  # noqa: PLC0415
    from krm_functions.spec.load import Specs  # noqa: PLC0415

    return Estate(Specs(Tree(root)))
