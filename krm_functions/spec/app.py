"""Kinds App and AppVersions, and the settings that every layer may write."""

from __future__ import annotations

from krm_functions.spec import accept, container as c, parts
from krm_functions.spec.common import (
    boolean,
    cron,
    dns_label,
    document,
    free_annotations,
    free_labels,
    label_value,
    mount_path,
    node_label,
    seconds,
    service_name,
    tenant_metadata,
)
from krm_functions.spec.composites import Field, ListOf, MapOf, Object
from krm_functions.spec.scalars import Choice, Integer, Text

_fields = (
    Field(
        "image",
        c.image,
        "Repository, perhaps with a tag; AppVersions wins over the tag.",
        example="ghcr.io/opsera/agent-a1:1.0.0",
    ),
    Field(
        "workload",
        Choice("Deployment", "StatefulSet", "CronJob", "Job"),
        "What runs it.",
        default="Deployment",
        example="Deployment",
    ),
    *c.command_fields,
    *c.port_fields,
    Field(
        "health",
        c.health,
        "Probes; a path alone sets readiness and liveness.",
        default="with a TCP port: ready once it takes connections",
        example="/healthz",
    ),
    *c.size_fields,
    Field("replicas", parts.replicas, "How many pods.", default="1", example=2),
    Field(
        "autoscale",
        parts.autoscale,
        "A range instead of a number: a HorizontalPodAutoscaler.",
        example={"min": 2, "max": 5, "cpu": 70},
    ),
    *c.environment_fields,
    Field(
        "files",
        MapOf(c.file_value, mount_path, nullable=True),
        "Files by path: from a ConfigMap or the secret store.",
        example={"/etc/app/app.toml": "level = 1"},
    ),
    Field(
        "volumes",
        MapOf(c.volume, dns_label, nullable=True),
        "Volumes by name: a claim or an emptyDir.",
        example={"data": {"mount": "/data", "size": "10Gi"}},
    ),
    Field("expose", parts.expose, "Public host; absent: internal only.", example=True),
    Field("needs", ListOf(c.app_reference), "Apps that it calls.", example=["app2", "tenant-b/app1"]),
    Field("allows", ListOf(dns_label), "Other tenants that may call it.", example=["tenant-c"]),
    Field("metrics", parts.metrics, "Scraped by the platform's monitoring.", example={"port": "metrics"}),
    Field(
        "init",
        ListOf(c.init_container, unique=False),
        "Init containers, in order.",
        example=[{"name": "migrate", "image": "ghcr.io/opsera/migrate:1.0.0"}],
    ),
    Field(
        "sidecars",
        MapOf(c.sidecar, dns_label, nullable=True),
        "Native sidecars by name.",
        example={"proxy": {"image": "ghcr.io/opsera/proxy:2.1.0"}},
    ),
    Field("security", parts.security, "Within the restricted profile.", example={"runAsUser": 20000}),
    Field(
        "serviceAccount",
        parts.service_account,
        "The app's ServiceAccount; there is always one.",
        example={"token": True},
    ),
    Field("gracePeriod", seconds, "Seconds between SIGTERM and SIGKILL.", default="30", example=60),
    Field("preStop", c.pre_stop, "What happens before SIGTERM.", default="5, with a port", example=10),
    Field(
        "nodeSelector", MapOf(label_value, node_label, nullable=True), "Node labels.", example={"disk": "ssd"}
    ),
    Field(
        "tolerations",
        ListOf(parts.toleration, unique=False),
        "Node taints that are tolerated.",
        example=[{"key": "dedicated"}],
    ),
    Field("labels", free_labels, "Labels of every object of the app.", example={"team": "a"}),
    Field("annotations", free_annotations, "Annotations of every object of the app.", example={"owner": "a"}),
    Field("podLabels", free_labels, "Labels of its pods only.", example={"lane": "fast"}),
    Field(
        "podAnnotations",
        free_annotations,
        "Annotations of its pods only.",
        example={"example.com/inject": "true"},
    ),
    Field("schedule", cron, "When a CronJob runs (UTC).", example="0 3 * * *"),
    Field(
        "concurrency",
        Choice("Allow", "Forbid", "Replace"),
        "A CronJob's runs that overlap.",
        default="Forbid",
        example="Forbid",
    ),
    Field("backoff", Integer(0, 100), "Retries of a Job or CronJob.", default="3", example=2),
    Field(
        "chart",
        parts.chart,
        "A Helm chart instead of an image.",
        example={"repository": "https://charts.example.com", "name": "redis", "version": "1.2.3"},
    ),
    Field(
        "patches",
        ListOf(parts.patch, unique=False),
        "Last resort: patches of the app's own objects.",
        example=[{"target": {"kind": "Deployment"}, "patch": {"spec": {"minReadySeconds": 5}}}],
    ),
    Field("enabled", boolean, "false: not deployed here.", default="true", example=False),
)
_exclusive = (*c.exclusive, ("replicas", "autoscale"), ("image", "chart"))

settings = Object(*_fields, exclusive=_exclusive, disjoint=c.disjoint)
"""What one layer may say of an app."""

LAYER_FIELDS = (
    Field("stages", MapOf(settings, dns_label), "Overrides by stage.", example={"prod": {"replicas": 3}}),
    Field(
        "environments",
        MapOf(settings, dns_label),
        "Overrides by environment.",
        example={"prod-eu": {"replicas": 4}},
    ),
)
layered = Object(*_fields, *LAYER_FIELDS, exclusive=_exclusive, disjoint=c.disjoint)
"""The same with overrides by stage and environment: `defaults` of a platform or tenant, and an app."""

spec = Object(
    Field(
        "id",
        service_name,
        "Stable name in what is emitted; keep it when the app is renamed.",
        default="the name",
        example="app1",
    ),
    *_fields,
    *LAYER_FIELDS,
    exclusive=_exclusive,
    disjoint=c.disjoint,
)
app = document("App", tenant_metadata("The app's name; its folder is called the same."), spec)

version = Text(
    "a version",
    r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}(@sha256:[0-9a-f]{64})?|@?sha256:[0-9a-f]{64}",
    200,
    "a tag, tag@sha256:digest, or sha256:digest",
    accepts=accept.version,
)
app_versions = document(
    "AppVersions",
    tenant_metadata("The app's name."),
    MapOf(version, dns_label, nullable=True),
)
