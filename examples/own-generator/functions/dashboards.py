"""Dashboards: a Grafana dashboard for every app of an environment that serves metrics."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from krm_functions.api import ENVIRONMENT, Field, Own, app_labels, dns_label, environment, manifest, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.api import App, Estate, Manifest


def dashboards(estate: Estate, config: dict[str, Any]) -> Iterator[Manifest]:
    """Yield one ConfigMap per app, with the label that Grafana's sidecar looks for."""
    place = environment(estate, config)
    namespace = config["spec"].get("namespace", estate.platform.monitoring.namespace)
    for tenant in estate.tenants():
        for app in estate.apps(tenant, place) if place.name in tenant.environments else ():
            if app.metrics:
                labels = {**app_labels(app), "grafana_dashboard": "1"}
                meta = metadata(f"dashboard-{tenant.id}-{app.id}", namespace, labels)
                yield manifest("v1", "ConfigMap", meta, data={f"{app.id}.json": _dashboard(app)})


def _dashboard(app: App) -> str:
    pods = f'namespace="{app.namespace}", pod=~"{app.id}-.*"'
    panels = [
        {"title": "Requests", "expr": f"sum(rate(http_requests_total{{{pods}}}[5m]))"},
        {"title": "Memory", "expr": f"sum(container_memory_working_set_bytes{{{pods}}})"},
    ]
    title = f"{app.tenant.display_name}: {app.name} in {app.environment.name}"
    return json.dumps({"title": title, "panels": panels}, indent=2) + "\n"


FUNCTION = Own(
    "functions.example.com/v1",
    "Dashboards",
    dashboards,
    fields=(ENVIRONMENT, Field("namespace", dns_label, "Where Grafana looks for dashboards.")),
)
