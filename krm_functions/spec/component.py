"""Kind Component: a platform component on every cluster."""

from __future__ import annotations

from krm_functions.spec.common import boolean, cluster_metadata, dns_label, document, url
from krm_functions.spec.composites import Field, MapOf, Object
from krm_functions.spec.scalars import Anything, Integer, Text

_version = Text("a chart version", r"[vV]?[0-9][A-Za-z0-9.+-]*", 100, "such as 4.15.1")
_values = MapOf(Anything(), nullable=True)
_chart = Object(
    Field(
        "repository",
        url,
        "Helm repository.",
        required=True,
        example="https://kubernetes.github.io/ingress-nginx",
    ),
    Field("name", dns_label, "The chart's name.", required=True, example="ingress-nginx"),
    Field("version", _version, "Its version.", required=True, example="4.15.1"),
)
_override = Object(
    Field("enabled", boolean, "false: not in this environment.", default="true", example=False),
    Field("version", _version, "Another chart version.", example="4.15.2"),
    Field(
        "values", _values, "Values merged over the component's.", example={"controller": {"replicaCount": 1}}
    ),
)
spec = Object(
    Field(
        "chart",
        _chart,
        "The chart; Argo CD renders it.",
        required=True,
        example={
            "repository": "https://kubernetes.github.io/ingress-nginx",
            "name": "ingress-nginx",
            "version": "4.15.1",
        },
    ),
    Field("namespace", dns_label, "Where it is installed.", required=True, example="ingress-nginx"),
    Field(
        "wave",
        Integer(-1000, -1, "a wave before the tenants'"),
        "Sync wave among the components.",
        default="-20",
        example=-20,
    ),
    Field(
        "values",
        _values,
        "Helm values; `{cluster}`, `{region}`, `{environment}`, `{domain}` expand in texts.",
        example={"controller": {"replicaCount": 2}},
    ),
    Field(
        "environments",
        MapOf(_override, dns_label),
        "Overrides by environment.",
        example={"stg": {"enabled": False}},
    ),
)
component = document(
    "Component", cluster_metadata(dns_label, "The component's name; its folder is called the same."), spec
)
