"""The root Application: a hub's own folder, applied to the Argo CD that reads it."""

from __future__ import annotations

from krm_functions.manifests.argocd import (
    LAST_WAVE,
    PROJECT,
    SPECS,
    application,
    argo_metadata,
    generate_paths,
    own_destination,
    source,
    source_path,
    sync_policy,
)
from krm_functions.manifests.metadata import place_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import HubView
    from krm_functions.manifests.base import Manifest


def root(view: HubView) -> Iterator[Manifest]:
    """Yield the root, which holds itself too.

    It stands in the wave that nothing waits for: in any other it would wait for its own sync to end. And it
    does not prune last: that would be a wave after the tenants', which waits until all of them are healthy.
    """
    folder = f"clusters/{view.hub.name}"
    reads = [*SPECS, "tenants/*/apps/*/overlays/*/*", "argocd", f"{folder}/*", f"{folder}/argocd"]
    annotations = generate_paths(view.platform, folder, reads)
    yield application(
        argo_metadata(
            view.hub, f"root-{view.hub.name}", place_labels(None, None), annotations, wave=LAST_WAVE
        ),
        PROJECT,
        source(view.platform, source_path(view.platform, folder)),
        destination=own_destination(view.hub),
        syncPolicy=sync_policy("ServerSideApply"),
    )
