"""Claims, ConfigMaps, ServiceAccounts and ExternalSecrets: what an app keeps, and what it takes from the store."""

from __future__ import annotations

import re

from krm_functions.guard.identity import (
    account_metadata,
    own_name,
    part_metadata,
    pod_labels,
    pull_secret,
    token,
)
from krm_functions.guard.rules import (
    boolean,
    either,
    integer,
    listing,
    mapping,
    matching,
    one_of,
    pairs,
    shown,
    text,
    wrong,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.guard.rules import At, Finding, Rule

_REST: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
"""What may stand behind the prefix: segments of which none is empty or begins with a dot."""


def _storage_class(at: At, value: Any) -> Iterator[Finding]:
    known = at.scope.granted.storage_classes
    if not isinstance(value, str):
        yield wrong(at, "a string")
    elif value not in known:
        allowed = ", ".join(sorted(known)) or "none but the default, by leaving the field out"
        yield at.refuse(
            "TS525", f"{shown(value)} is no storage class of the cluster's", f"allowed: {allowed}"
        )


_quantities: Final = mapping({"storage": either(matching(r"[0-9.]+[A-Za-z]*", "a quantity"), integer(1))})
claim: Final = mapping(
    {
        "accessModes": listing(one_of("ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany")),
        "resources": mapping({"requests": _quantities, "limits": _quantities}),
        "storageClassName": _storage_class,
        "volumeMode": one_of("Filesystem"),
    },
    "resources",
)
"""Without `volumeName`, `selector` and the empty class, which take a volume that somebody else has left, and `dataSource`."""
claim_template: Final = mapping(
    {
        "apiVersion": one_of("v1"),
        "kind": one_of("PersistentVolumeClaim"),
        "metadata": mapping({"name": text, "labels": pod_labels}, "name"),
        "spec": claim,
    },
    "metadata",
    "spec",
)


def _text_pair(at: At, key: str, value: Any) -> Iterator[Finding]:
    del key
    yield from text(at, value)


CONFIG_MAP: Final[dict[str, Rule]] = {
    "data": pairs(_text_pair),
    "binaryData": pairs(_text_pair),
    "immutable": boolean,
}
ACCOUNT: Final[dict[str, Rule]] = {
    "metadata": account_metadata,
    "automountServiceAccountToken": token,
    "imagePullSecrets": listing(mapping({"name": pull_secret}, "name")),
}


def _key(at: At, value: Any) -> Iterator[Finding]:
    """Refuse a key that is not below the tenant's own prefix."""
    prefix = at.scope.prefix
    rest = value.removeprefix(prefix) if isinstance(value, str) else ""
    if not isinstance(value, str):
        yield wrong(at, "a string")
    elif not value.startswith(prefix) or not _REST.fullmatch(rest):
        yield at.refuse(
            "TS528", f"the key {shown(value)} is not below the tenant's prefix", f"it begins with {prefix}"
        )


def _store(at: At, value: Any) -> Iterator[Finding]:
    store = at.scope.store
    if not isinstance(value, dict) or value.keys() - {"name", "kind"}:
        yield wrong(at, "a mapping of name and kind")
    elif (value.get("name"), value.get("kind") or "SecretStore") != (store.name, store.kind):
        yield at.refuse("TS528", "it is not the platform's secret store", f"write {store.kind} {store.name}")


_REMOTE: Final[dict[str, Rule]] = {
    "key": _key,
    "property": text,
    "version": text,
    "conversionStrategy": one_of("Default", "Unicode"),
    "decodingStrategy": one_of("None", "Auto", "Base64", "Base64URL"),
    "metadataPolicy": one_of("None"),
}
_datum: Final = mapping({"secretKey": text, "remoteRef": mapping(_REMOTE, "key")}, "secretKey", "remoteRef")
_extract: Final = mapping({"extract": mapping(_REMOTE, "key")}, "extract")
_template: Final = mapping(
    {
        "type": one_of(
            "Opaque",
            "kubernetes.io/dockerconfigjson",
            "kubernetes.io/tls",
            "kubernetes.io/basic-auth",
            "kubernetes.io/ssh-auth",
        ),
        "engineVersion": one_of("v2"),
        "mergePolicy": one_of("Replace", "Merge"),
        "metadata": part_metadata,
        "data": pairs(_text_pair),
    }
)
"""Without the type service-account-token: such a Secret is filled with a credential of the cluster's."""
external_secret: Final = mapping(
    {
        "refreshInterval": text,
        "refreshPolicy": one_of("Periodic", "OnChange", "CreatedOnce"),
        "secretStoreRef": _store,
        "target": mapping(
            {
                "name": own_name,
                "creationPolicy": one_of("Owner"),
                "deletionPolicy": one_of("Retain", "Delete"),
                "immutable": boolean,
                "template": _template,
            }
        ),
        "data": listing(_datum),
        "dataFrom": listing(_extract),
    },
    "secretStoreRef",
)
