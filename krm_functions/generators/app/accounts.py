"""One ServiceAccount per app, always: so that no app shares the namespace's default."""

from __future__ import annotations

from krm_functions.manifests.merge import merge
from krm_functions.manifests.metadata import app_metadata, manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import App
    from krm_functions.manifests.base import Base, Manifest


def accounts(app: App, base: Base) -> Iterator[Manifest]:
    """Yield the app's ServiceAccount."""
    stamp = manifest(
        "v1",
        "ServiceAccount",
        app_metadata(app, annotations=dict(app.service_account_annotations)),
        automountServiceAccountToken=app.service_account_token,
    )
    yield merge(base.template("ServiceAccount"), stamp)
