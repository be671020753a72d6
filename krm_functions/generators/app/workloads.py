"""The workload of an app: Deployment, StatefulSet, CronJob or Job around one pod template."""

from __future__ import annotations

from krm_functions.manifests.merge import merge
from krm_functions.manifests.metadata import MANAGED_BY, SYNC_OPTIONS, app_metadata, manifest, selector
from krm_functions.manifests.pod import claim_spec, governing_service, pod_template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.estate.model import App, Volume
    from krm_functions.manifests.base import Base, Manifest

_SHARED = ("minReadySeconds", "revisionHistoryLimit")
"""What a StatefulSet takes over from the base's Deployment besides the pod template."""


def workloads(app: App, base: Base) -> Iterator[Manifest]:
    """Yield what runs the app's pods."""
    template = base.template("Deployment")
    pods = pod_template(app, template)
    house = template.get("metadata", {})
    common = {key: house[key] for key in ("labels", "annotations") if key in house}
    yield merge({"metadata": common}, _WORKLOADS[app.workload](app, template, pods))


def _deployment(app: App, template: Manifest, pods: Manifest) -> Manifest:
    house = {key: value for key, value in template.get("spec", {}).items() if key != "replicas"}
    spec = {**house, **_replicas(app), "selector": {"matchLabels": selector(app)}, "template": pods}
    if any(not volume.ephemeral for volume in app.volumes):
        spec["strategy"] = {"type": "Recreate"}  # two pods cannot both hold a claim
    return manifest("apps/v1", "Deployment", app_metadata(app), spec=spec)


def _stateful_set(app: App, template: Manifest, pods: Manifest) -> Manifest:
    house = template.get("spec", {})
    spec = {
        **{key: house[key] for key in _SHARED if key in house},
        **_replicas(app),
        "serviceName": governing_service(app),
        "selector": {"matchLabels": selector(app)},
        "template": pods,
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    }
    templates = [_claim_template(app, volume) for volume in app.volumes if not volume.ephemeral]
    if templates:
        spec["volumeClaimTemplates"] = templates
    return manifest("apps/v1", "StatefulSet", app_metadata(app), spec=spec)


def _claim_template(app: App, volume: Volume) -> dict[str, Any]:
    # claim templates are immutable: only labels that never change, and no version
    labels = {**selector(app), MANAGED_BY: "tenantspec", "tenantspec.dev/tenant": app.tenant.id}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": volume.name, "labels": labels},
        "spec": claim_spec(volume),
    }


def _cron_job(app: App, template: Manifest, pods: Manifest) -> Manifest:
    del template
    spec = {
        "schedule": app.schedule,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": app.concurrency,
        "startingDeadlineSeconds": 300,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"metadata": {"labels": pods["metadata"]["labels"]}, "spec": _job_spec(app, pods)},
    }
    return manifest("batch/v1", "CronJob", app_metadata(app), spec=spec)


def _job(app: App, template: Manifest, pods: Manifest) -> Manifest:
    del template
    # a Job's pod template is immutable: a new version replaces it
    meta = app_metadata(app, annotations={SYNC_OPTIONS: "Replace=true,Force=true"})
    return manifest("batch/v1", "Job", meta, spec=_job_spec(app, pods))


def _job_spec(app: App, pods: Manifest) -> dict[str, Any]:
    return {"backoffLimit": app.backoff, "template": pods}


def _replicas(app: App) -> dict[str, int]:
    return {} if app.autoscale else {"replicas": app.replicas}


_WORKLOADS = {"Deployment": _deployment, "StatefulSet": _stateful_set, "CronJob": _cron_job, "Job": _job}
