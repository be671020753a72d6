"""ExternalSecrets of the External Secrets operator."""

from __future__ import annotations

from krm_functions.manifests.metadata import manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from krm_functions.estate.model import SecretRef, SecretStore
    from krm_functions.manifests.base import Manifest


def external_secret(
    store: SecretStore,
    meta: dict[str, Any],
    values: Iterable[tuple[str, SecretRef]],
    template: dict[str, Any] | None = None,
) -> Manifest:
    """Return an ExternalSecret whose Secret is called the same; ``values`` are (key of the Secret, remote value)."""
    target: dict[str, Any] = {"name": meta["name"], "creationPolicy": "Owner", "deletionPolicy": "Retain"}
    if template:
        target["template"] = template
    spec = {
        "refreshInterval": "1h",
        "secretStoreRef": {"name": store.name, "kind": store.kind},
        "target": target,
        "data": [{"secretKey": key, "remoteRef": _remote(secret)} for key, secret in values],
    }
    return manifest("external-secrets.io/v1", "ExternalSecret", meta, spec=spec)


def _remote(secret: SecretRef) -> dict[str, str]:
    # the server's defaults are said: inside a list, some of Argo CD's diffs take what it adds for drift
    defaults = {"conversionStrategy": "Default", "decodingStrategy": "None", "metadataPolicy": "None"}
    remote = {**defaults, "key": secret.key}
    return {**remote, "property": secret.property} if secret.property else remote
