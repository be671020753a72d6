"""The blocks of an app's settings: exposure, metrics, security, charts, patches and the like."""

from __future__ import annotations

from krm_functions.spec import container as c
from krm_functions.spec.common import (
    boolean,
    dns_label,
    dns_name,
    free_annotations,
    label_value,
    node_label,
    path_text,
    percent,
    seconds,
    string,
    url,
    url_path,
)
from krm_functions.spec.composites import Either, Field, ListOf, MapOf, Object
from krm_functions.spec.scalars import Anything, Choice, Integer, Text, Type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.diagnostics import Collector, Place

MAX_REPLICAS = 10_000
"""A bound on typing errors; the platform's `guardrails.maxReplicas` is the rule."""

replicas = Integer(0, MAX_REPLICAS)
autoscale = Object(
    Field("min", Integer(1, MAX_REPLICAS), "Fewest replicas.", default="1", example=2),
    Field("max", Integer(1, MAX_REPLICAS), "Most replicas.", required=False, example=5),
    Field(
        "cpu",
        percent,
        "Target CPU use, percent of the request.",
        default="80, if memory is not set",
        example=70,
    ),
    Field("memory", percent, "Target memory use, percent of the request.", example=80),
)
expose = Either(
    boolean,
    Object(
        Field("host", dns_label, "The host's label.", default="the app's name", example="appa1"),
        Field("aliases", ListOf(dns_label), "More labels, by the same pattern.", example=["app1"]),
        Field(
            "domains",
            ListOf(dns_name),
            "Whole host names of the tenant's own domains (production only).",
            example=["shop.example.com"],
        ),
        Field("path", url_path, "Path prefix.", default="/", example="/api"),
        Field(
            "port",
            c.port_reference,
            "Port of the Service.",
            default="the port called http, else the lowest",
            example="http",
        ),
        Field("tls", boolean, "Whether the host has a certificate.", default="true", example=True),
    ),
    "true, or {host, aliases, domains, path, port, tls}",
)
metrics = Object(
    Field(
        "port",
        c.port_reference,
        "Port that serves metrics.",
        default="the port called http, else the lowest",
        example="metrics",
    ),
    Field("path", path_text, "Their path.", default="/metrics", example="/metrics"),
)
security = Object(
    Field(
        "runAsUser",
        Integer(1, 2**31 - 1, "a user id other than 0"),
        "User id of the containers.",
        default="base/'s",
        example=20000,
    ),
    Field(
        "fsGroup",
        Integer(1, 2**31 - 1, "a group id other than 0"),
        "Group that owns the volumes.",
        default="base/'s",
        example=20000,
    ),
    Field(
        "readOnlyRootFilesystem",
        boolean,
        "Whether the app's root file system is read-only.",
        default="true",
        example=True,
    ),
)
service_account = Object(
    Field(
        "annotations",
        free_annotations,
        "Annotations, such as a cloud role.",
        example={"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/agent"},
    ),
    Field("token", boolean, "Whether pods get a token of the Kubernetes API.", default="false", example=True),
)
toleration = Object(
    Field("key", node_label, "Taint key.", example="dedicated"),
    Field(
        "operator", Choice("Exists", "Equal"), "How the key is compared.", default="Equal", example="Equal"
    ),
    Field("value", label_value, "Taint value.", example="agents"),
    Field(
        "effect",
        Choice("NoSchedule", "PreferNoSchedule", "NoExecute"),
        "Which effect is tolerated.",
        example="NoSchedule",
    ),
    Field("tolerationSeconds", seconds, "How long NoExecute is tolerated.", example=60),
)
chart = Object(
    Field(
        "repository",
        url,
        "Where the chart comes from: https:// or oci://.",
        example="https://charts.example.com",
    ),
    Field("name", dns_label, "The chart's name.", example="redis"),
    Field(
        "version",
        Text("a chart version", r"[vV]?[0-9][A-Za-z0-9.+-]*", 100),
        "Its version; AppVersions wins.",
        example="1.2.3",
    ),
    Field(
        "values",
        MapOf(Anything(), nullable=True),
        "Helm values; layers merge by key.",
        example={"replicaCount": 2},
    ),
)


class PatchText(Type):
    """A strategic-merge patch (mapping) or a JSON6902 patch (list), perhaps as text."""

    name = "a strategic-merge patch (mapping) or a JSON6902 patch (list)"

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Check the outer shape; the patch is tried on what it targets."""
        if not isinstance(value, (str, dict, list)) or not value:
            self.wrong(value, place, out)


patch = Object(
    Field(
        "target",
        Object(
            Field("kind", string, "Kind of the object.", required=True, example="Deployment"),
            Field("name", string, "Its name.", default="every object of the kind", example="app1"),
        ),
        "Which of the app's objects it changes.",
        required=True,
        example={"kind": "Deployment"},
    ),
    Field(
        "patch",
        PatchText(),
        "Strategic merge (a mapping) or JSON6902 (a list).",
        required=True,
        example={"spec": {"minReadySeconds": 5}},
    ),
)
