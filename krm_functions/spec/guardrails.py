"""Guardrails of the Platform, and those of a Tenant, which only tighten them."""

from __future__ import annotations

from krm_functions.spec import accept
from krm_functions.spec.common import boolean, dns_label, registry
from krm_functions.spec.composites import Field, ListOf, Object
from krm_functions.spec.parts import MAX_REPLICAS
from krm_functions.spec.scalars import Choice, Integer, Text

_pointer = Text("a JSON pointer", r"(/[^/]+)+", 500, accepts=accept.json_pointer)
_own = "the platform's"

guardrails = Object(
    Field(
        "registries",
        ListOf(registry, fewest=1),
        "Registries that images may come from, by whole path segments.",
        default="any",
        example=["ghcr.io/opsera"],
    ),
    Field(
        "podSecurity",
        Choice("restricted", "baseline"),
        "Pod Security Standard of every tenant namespace.",
        default="restricted",
        example="restricted",
    ),
    Field("forbidLatest", boolean, "Whether the tag latest is refused.", default="true", example=True),
    Field(
        "digestRequired",
        ListOf(dns_label),
        "Stages where a version needs a digest.",
        default="none",
        example=["prod"],
    ),
    Field(
        "maxReplicas", Integer(1, MAX_REPLICAS), "Most replicas of an app.", default="no limit", example=20
    ),
    Field(
        "patches",
        Object(
            Field("maxPerApp", Integer(0, 100), "Most patches of an app.", default="5", example=5),
            Field(
                "forbidden",
                ListOf(_pointer),
                "Paths that no patch may touch.",
                default="none",
                example=["/metadata/namespace"],
            ),
        ),
        "Bounds of the `patches` field of apps.",
        example={"maxPerApp": 5},
    ),
)
tighter = Object(
    Field(
        "podSecurity",
        Choice("restricted", "baseline"),
        "Pod Security Standard of every tenant namespace.",
        default=_own,
        example="restricted",
    ),
    Field("forbidLatest", boolean, "Whether the tag latest is refused.", default=_own, example=True),
    Field(
        "digestRequired",
        ListOf(dns_label),
        "Stages where a version needs a digest.",
        default=_own,
        example=["prod"],
    ),
    Field("maxReplicas", Integer(1, MAX_REPLICAS), "Most replicas of an app.", default=_own, example=20),
    Field(
        "patches",
        Object(
            Field("maxPerApp", Integer(0, 100), "Most patches of an app.", default=_own, example=5),
            Field(
                "forbidden",
                ListOf(_pointer),
                "Paths that no patch may touch.",
                default=_own,
                example=["/metadata/namespace"],
            ),
        ),
        "Bounds of the `patches` field of apps.",
        example={"maxPerApp": 5},
    ),
)
