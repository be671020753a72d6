"""An app's nine layers as documents, from what each of them is to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from krm_functions.estate.model import Environment
from krm_functions.estate.settings import Settings, settings
from krm_functions.names import ClusterName, EnvironmentName, HubName, StageName
from krm_functions.spec.load import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from krm_functions.spec.scalars import Written

LAYERS: Final = (
    "platform",
    "platform stage",
    "platform environment",
    "tenant",
    "tenant stage",
    "tenant environment",
    "app",
    "app stage",
    "app environment",
)
"""Precedence, lowest first."""

HERE: Final = Environment(
    name=EnvironmentName("here"),
    stage=StageName("stage"),
    production=False,
    region="region",
    hub=HubName("hub"),
    cluster=ClusterName("cluster"),
    purpose="",
    routed=False,
    weight=100,
)
ELSEWHERE: Final = {"replicas": 99, "env": {"ELSEWHERE": "x"}, "size": "elsewhere"}
"""What every layer says of another stage and another environment: nobody here may see it."""


def resolved(said: Mapping[str, Written]) -> Settings:
    """Return the settings in one environment of an app whose layers say this."""
    platform, tenant, app = (_block(said, owner) for owner in ("platform", "tenant", "app"))
    return settings(
        _source("platform", {"defaults": platform}),
        _source("tenant", {"defaults": tenant}),
        _source("app", {**app, "id": "other"}),
        HERE,
    )


def folded(said: Mapping[str, Written]) -> Written:
    """Return what all layers say together."""
    return resolved(said).written


def where(said: Mapping[str, Written], *path: str | int) -> str:
    """Return which layer decided a path, and the path below it, as text."""
    place = resolved(said).place(*path)
    steps = list(place.path[1:] if place.file == "app" else place.path[2:])
    owner = place.file
    if steps[:2] in (["stages", "stage"], ["environments", "here"]):
        owner += f" {str(steps[0]).removesuffix('s')}"
        steps = steps[2:]
    return " ".join([owner, ".".join(map(str, steps))]).strip()


def _block(said: Mapping[str, Written], owner: str) -> dict[str, Any]:
    return {
        **said.get(owner, {}),
        "stages": {"other": ELSEWHERE, **_override("stage", said.get(f"{owner} stage"))},
        "environments": {"other": ELSEWHERE, **_override("here", said.get(f"{owner} environment"))},
    }


def _override(name: str, written: Written | None) -> dict[str, Written]:
    return {} if written is None else {name: written}


def _source(name: str, spec: Written) -> Source:
    return Source(name, {"metadata": {"name": name}, "spec": spec})
