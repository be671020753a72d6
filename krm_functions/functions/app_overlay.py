"""AppOverlay: one app in one environment. Reads only what this app needs."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place, Severity, TenantspecError
from krm_functions.estate.known import check_names
from krm_functions.generators.app import APP_GENERATORS
from krm_functions.manifests.base import app_base
from krm_functions.manifests.held import changed
from krm_functions.manifests.patches import PatchError, apply
from krm_functions.validators.app import check_app

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App, Chart, Environment
    from krm_functions.manifests.base import Base, Manifest
    from krm_functions.spec.scalars import Written


def app_overlay(estate: Estate, config: Written) -> list[Manifest]:
    """Return the app's manifests; none where it is disabled or has no version yet.

    Raises:
        TenantspecError: anything that the app's output depends on is wrong.

    """
    metadata, written = config["metadata"], config["spec"]
    tenant, name = metadata["namespace"], metadata["name"]
    place = estate.config_place
    environment = estate.platform.environment(written["environment"])
    known = [e.name for e in estate.platform.environments]
    check_names("environment", [written["environment"]], known, place.at("spec", "environment"), estate.out)
    _check_exists(estate, tenant, name)
    if environment is None:
        raise TenantspecError(estate.out.diagnostics)
    _check_place(estate, tenant, environment)
    app = estate.app(tenant, name, environment)
    base = app_base(estate.specs.tree)
    estate.out.raise_if_failed()
    if app is None:
        return []
    check_app(estate, app)
    manifests = app_manifests(estate, app, base)
    estate.out.raise_if_failed()
    return manifests


def app_manifests(estate: Estate, app: App, base: Base) -> list[Manifest]:
    """Return the manifests of a resolved app; what does not fit is kept in the estate's diagnostics."""
    if app.chart:
        return _charted(estate, app, app.chart)
    try:
        manifests = [m for generate in APP_GENERATORS.values() for m in generate(app, base)]
    except ValueError as error:
        file = "base/deployment/kustomization.yaml"
        estate.out.error("TS609", f"the base does not take this app: {error}", Place(file))
        return []
    return _with_patches(estate, app, manifests)


def _with_patches(estate: Estate, app: App, manifests: list[Manifest]) -> list[Manifest]:
    try:
        return _patched(app, manifests)
    except PatchError as error:
        said = estate.settings(app.tenant.name, app.name, app.environment)
        estate.out.error("TS508", str(error), said.place("patches", error.number, "patch") if said else None)
        return []


def _patched(app: App, manifests: list[Manifest]) -> list[Manifest]:
    """Apply the app's patches; what only the spec decides stays as it is."""
    for patch in app.patches:
        patched = apply([patch], manifests)
        for before, after in zip(manifests, patched, strict=True):
            what = changed(before, after)
            if what:
                raise PatchError(patch.number, f"the patch changes {what}; only the spec decides that")
        manifests = patched
    return manifests


def _check_exists(estate: Estate, tenant: str, name: str) -> None:
    specs, place = estate.specs, estate.config_place
    if not specs.has_tenant(tenant):
        check_names("tenant", [tenant], specs.tenant_names(), place.at("metadata", "namespace"), estate.out)
    elif not specs.has_app(tenant, name):
        check_names("app", [name], specs.app_names(tenant), place.at("metadata", "name"), estate.out)
    estate.out.raise_if_failed()


def _check_place(estate: Estate, tenant: str, environment: Environment) -> None:
    owner = estate.tenant(tenant)
    if owner and environment.name not in owner.environments:
        message = f"the tenant '{tenant}' does not run in {environment.name}"
        note = "its environments: " + ", ".join(owner.environments)
        estate.out.error("TS312", message, estate.config_place.at("spec", "environment"), note=note)


def _charted(estate: Estate, app: App, chart: Chart) -> list[Manifest]:
    """Return what the app's chart becomes; what is wrong with it, or left out of it, is kept in ``out``."""
    from krm_functions.charts.faults import ChartError  # noqa: PLC0415  (only an app with a chart runs helm)
    from krm_functions.charts.render import charted  # noqa: PLC0415

    said = estate.settings(app.tenant.name, app.name, app.environment)
    place = said.place("chart") if said else None
    try:
        made = charted(estate.specs.tree, app, chart)
    except ChartError as error:
        estate.out.error(error.code, f"{app.tenant.name}/{app.name}: {error.message}", place, help=error.help)
        return []
    for line in made.left_out:
        estate.out.add(Diagnostic("TS321", f"left out: {line}", place, severity=Severity.INFO))
    return _with_patches(estate, app, list(made.manifests))
