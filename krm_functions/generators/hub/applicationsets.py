"""ApplicationSets of tenants: one each, a list of plain values and a template that gives the same Applications."""

from __future__ import annotations

from krm_functions.manifests.argocd import FINALIZER, LAST_WAVE, application_set, argo_metadata
from krm_functions.manifests.delivery import PLAIN, shape, tenant_application, texts
from krm_functions.manifests.hub import addresses, hub_tenants
from krm_functions.manifests.metadata import place_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.estate.model import App, Hub, HubView, Tenant
    from krm_functions.manifests.base import Manifest
    from krm_functions.manifests.delivery import Shape
    from krm_functions.manifests.hub import HubTenant


def applicationsets(view: HubView) -> Iterator[Manifest]:
    """Yield the ApplicationSet of each tenant with apps, where the platform fans out to them."""
    if view.platform.argocd.fanout == "applicationset":
        answering = addresses(view)
        for entry in hub_tenants(view):
            if entry.apps:
                yield _application_set(view.hub, entry, answering)


def _application_set(hub: Hub, entry: HubTenant, answering: dict[str, App]) -> Manifest:
    tenant = entry.tenant
    labels = {**place_labels(tenant, None), "app.kubernetes.io/part-of": tenant.id}
    meta = argo_metadata(hub, tenant.id, labels, wave=LAST_WAVE)
    if not tenant.offboard:
        # without it, deleting the set would delete its Applications by their owner references
        meta["finalizers"] = [FINALIZER]
    spec = {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        **_generators(hub, entry, answering),
        "syncPolicy": _sync_policy(tenant),
    }
    return application_set(meta, spec)


def _generators(hub: Hub, entry: HubTenant, answering: dict[str, App]) -> dict[str, Any]:
    """Return a list per shape, and the template; a list of another shape than the template's has its own.

    Argo CD fills what a list's template leaves empty from the common one, so that one is the plainest.
    """
    shapes: dict[Shape, list[dict[str, str]]] = {}
    for app in entry.apps:
        shapes.setdefault(shape(app), []).append(texts(app, answering))
    common = next(iter(shapes)) if len(shapes) == 1 else PLAIN
    app = entry.apps[0]
    lists: list[dict[str, Any]] = []
    for form, elements in sorted(shapes.items(), key=lambda item: item[0].astuple()):
        own = {} if form == common else {"template": _template(app, hub, form)}
        by_name = sorted(elements, key=lambda element: element["name"])
        lists.append({"list": {"elements": by_name, **own}})
    return {"generators": lists, "template": _template(app, hub, common)}


def _template(app: App, hub: Hub, form: Shape) -> dict[str, Any]:
    placeholders = {key: f"{{{{.{key}}}}}" for key in texts(app, {})}
    whole = tenant_application(app, hub, form, placeholders)
    meta = {key: value for key, value in whole["metadata"].items() if key != "namespace"}
    return {"metadata": meta, "spec": whole["spec"]}


def _sync_policy(tenant: Tenant) -> dict[str, Any]:
    if tenant.offboard:
        return {"applicationsSync": "sync", "preserveResourcesOnDeletion": False}
    return {"applicationsSync": "create-update", "preserveResourcesOnDeletion": True}
