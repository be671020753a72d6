"""Applications of tenants: one per app and environment."""

from __future__ import annotations

from krm_functions.manifests.delivery import shape, tenant_application, texts
from krm_functions.manifests.hub import addresses, hub_tenants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import HubView
    from krm_functions.manifests.base import Manifest


def applications(view: HubView) -> Iterator[Manifest]:
    """Yield every Application, where the platform fans out to Applications."""
    if view.platform.argocd.fanout == "applications":
        answering = addresses(view)
        for entry in hub_tenants(view):
            for app in entry.apps:
                yield tenant_application(app, view.hub, shape(app), texts(app, answering))
