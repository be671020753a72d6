"""The pod template: the spec's values stamped onto the house's template from base/deployment."""

from __future__ import annotations

from krm_functions.manifests.containers import BATCH, containers, instead
from krm_functions.manifests.files import config_map_name, secret_files
from krm_functions.manifests.merge import merge
from krm_functions.manifests.metadata import app_labels, selector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from krm_functions.estate.model import App, Container, Volume
    from krm_functions.manifests.base import Manifest

UNMONITORED = ("prometheus.io/service-monitor", "false")
"""The label of a headless Service: its pods are scraped once, by way of the other Service before them."""


def replicated(app: App) -> bool:
    """Whether the app has, or may have, two or more pods at all times."""
    fewest = app.autoscale.low if app.autoscale else app.replicas
    return app.workload not in BATCH and fewest >= 2


def governing_service(app: App) -> str:
    """Return the name of the headless Service of a StatefulSet."""
    return f"{app.id}-headless"


def claim_name(app: App, volume: Volume) -> str:
    """Return the name of a volume's claim."""
    return f"{app.id}-{volume.name}"


def secret_name(app: App, container: Container) -> str:
    """Return the name of the Secret with a container's environment variables."""
    return f"{app.id}-secrets" if container.name == "app" else f"{app.id}-{container.name}-secrets"


def claim_spec(volume: Volume) -> dict[str, Any]:
    """Return the spec of a claim that one node mounts."""
    spec: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": volume.size}},
    }
    return {**spec, "storageClassName": volume.class_name} if volume.class_name else spec


def pod_template(app: App, template: Manifest) -> Manifest:
    """Return the pod template of any workload kind."""
    house = template.get("spec", {}).get("template", {})
    stamp = {"metadata": _metadata(app), "spec": _spec(app, house.get("spec", {}))}
    kind = {"apiVersion": "v1", "kind": "PodTemplate"}
    merged: Manifest = merge({**kind, "template": _spread(app, house)}, {"template": stamp})["template"]
    return merged


def _metadata(app: App) -> dict[str, Any]:
    annotations = {
        **_scrape(app),
        **dict(app.pod_annotations),
    }
    labels = {**dict(app.pod_labels), **app_labels(app)}
    return {"labels": labels, **({"annotations": annotations} if annotations else {})}


def _scrape(app: App) -> dict[str, str]:
    if not app.metrics or app.platform.monitoring.kind != "annotations":
        return {}
    port = str(app.metrics.port.target_port)
    return {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": port,
        "prometheus.io/path": app.metrics.path,
    }


def _spec(app: App, house: Manifest) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "serviceAccountName": app.id,
        "automountServiceAccountToken": app.service_account_token,
        "terminationGracePeriodSeconds": app.grace_period,
        **containers(app, house, lambda container: secret_name(app, container)),
        **_volumes(app, house),
        **_security(app),
    }
    if app.tenant.pull_secret:
        spec["imagePullSecrets"] = [{"name": "pull-secret"}]
    if app.node_selector:
        spec["nodeSelector"] = dict(app.node_selector)
    if app.tolerations:
        spec["tolerations"] = [*house.get("tolerations", []), *app.tolerations]
    if app.workload in BATCH:
        spec["restartPolicy"] = "Never"
    return spec


def _volumes(app: App, house: Manifest) -> dict[str, Any]:
    shared = app.workload != "StatefulSet"
    volumes: list[dict[str, Any]] = []
    for volume in app.volumes:
        if volume.ephemeral:
            limit = {"sizeLimit": volume.size} if volume.size else {}
            volumes.append({"name": volume.name, "emptyDir": limit})
        elif shared:
            claim = {"claimName": claim_name(app, volume)}
            volumes.append({"name": volume.name, "persistentVolumeClaim": claim})
    if any(not file.secret for file in app.files):
        volumes.append({"name": "app-files", "configMap": {"name": config_map_name(app)}})
    if any(file.secret for file in app.files):
        volumes.append({"name": "app-secret-files", "secret": {"secretName": secret_files(app)}})
    known = {volume.get("name"): volume for volume in house.get("volumes", [])}
    stamps = [instead(known.get(volume["name"], {}), volume) for volume in volumes]
    return {"volumes": stamps} if stamps else {}


def _security(app: App) -> dict[str, Any]:
    said = {"runAsUser": app.security.run_as_user, "fsGroup": app.security.fs_group}
    context = {key: value for key, value in said.items() if value is not None}
    return {"securityContext": context} if context else {}


def _spread(app: App, house: Manifest) -> Manifest:
    """Put the app's selector into the house's spread; an app of one pod has nothing to spread."""
    spec = dict(house.get("spec", {}))
    constraints = spec.pop("topologySpreadConstraints", [])
    affinity = spec.pop("affinity", {})
    rest = {kind: rules for kind, rules in affinity.items() if kind != "podAntiAffinity"}
    if replicated(app):
        labels = {"labelSelector": {"matchLabels": selector(app)}}
        spec["topologySpreadConstraints"] = [{**labels, **constraint} for constraint in constraints]
        if "podAntiAffinity" in affinity:
            rest["podAntiAffinity"] = _anti_affinity(affinity["podAntiAffinity"], labels)
    if rest:
        spec["affinity"] = rest
    return {**house, "spec": spec}


def _anti_affinity(rules: Manifest, labels: dict[str, Any]) -> Manifest:
    preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    filled = dict(rules)
    if preferred in rules:
        terms = rules[preferred]
        filled[preferred] = [
            {**t, "podAffinityTerm": {**labels, **t.get("podAffinityTerm", {})}} for t in terms
        ]
    if required in rules:
        filled[required] = [{**labels, **term} for term in rules[required]]
    return filled
