"""PodDisruptionBudget: with two or more replicas, a node drain takes one pod at a time."""

from __future__ import annotations

from krm_functions.manifests.merge import merge
from krm_functions.manifests.metadata import app_metadata, manifest, selector
from krm_functions.manifests.pod import replicated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import App
    from krm_functions.manifests.base import Base, Manifest


def disruption(app: App, base: Base) -> Iterator[Manifest]:
    """Yield the budget of a replicated app."""
    if replicated(app):
        spec = {"maxUnavailable": 1, "selector": {"matchLabels": selector(app)}}
        stamp = manifest("policy/v1", "PodDisruptionBudget", app_metadata(app), spec=spec)
        yield merge(base.template("PodDisruptionBudget"), stamp)
