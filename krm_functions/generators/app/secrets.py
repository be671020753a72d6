"""ExternalSecrets: values of the secret store as environment variables and files; no value stands in git."""

from __future__ import annotations

from krm_functions.manifests.files import file_key, secret_files
from krm_functions.manifests.metadata import app_metadata
from krm_functions.manifests.pod import secret_name
from krm_functions.manifests.secrets import external_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.model import App
    from krm_functions.manifests.base import Base, Manifest


def secrets(app: App, base: Base) -> Iterator[Manifest]:
    """Yield one ExternalSecret per container that names secrets, and one for secret files."""
    del base
    store = app.platform.secret_store
    for container in (app.main, *app.init, *app.sidecars):
        if container.secrets:
            values = [(secret.name, secret) for secret in container.secrets]
            yield external_secret(store, app_metadata(app, secret_name(app, container)), values)
    secret = [(file_key(file.path), file.secret) for file in app.files if file.secret]
    if secret:
        yield external_secret(store, app_metadata(app, secret_files(app)), secret)
