"""The ConfigMap of an app's literal files; its name carries a hash of its content, so that a change rolls the pods."""

from __future__ import annotations

from krm_functions.manifests.files import config_map_name, file_key
from krm_functions.manifests.metadata import app_metadata, manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import App
    from krm_functions.manifests.base import Base, Manifest


def files(app: App, base: Base) -> Iterator[Manifest]:
    """Yield the ConfigMap of an app that has literal files."""
    del base
    data = {file_key(file.path): file.text for file in app.files if not file.secret}
    if data:
        yield manifest("v1", "ConfigMap", app_metadata(app, config_map_name(app)), immutable=True, data=data)
