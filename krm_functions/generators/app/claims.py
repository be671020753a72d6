"""PersistentVolumeClaims of workloads that share their volumes; a StatefulSet has claim templates instead."""

from __future__ import annotations

from krm_functions.manifests.metadata import KEEP, SYNC_OPTIONS, app_metadata, manifest
from krm_functions.manifests.pod import claim_name, claim_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import App
    from krm_functions.manifests.base import Base, Manifest


def claims(app: App, base: Base) -> Iterator[Manifest]:
    """Yield a claim per volume that is not ephemeral; Argo CD asks a person before it deletes one."""
    del base
    if app.workload == "StatefulSet":
        return
    for volume in app.volumes:
        if not volume.ephemeral:
            meta = app_metadata(app, claim_name(app, volume), {SYNC_OPTIONS: KEEP})
            yield manifest("v1", "PersistentVolumeClaim", meta, spec=claim_spec(volume))
