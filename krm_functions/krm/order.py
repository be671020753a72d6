"""The order in which ``kustomize build`` prints: its legacy order, which is the default of 5.8.1.

It holds over all that a build gathers, whichever generator or resource it comes from, unless the outermost
kustomization has ``sortOptions`` (api/internal/builtins/SortOrderTransformer.go).
"""

from __future__ import annotations

from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final, TypeVar

    _Manifest = TypeVar("_Manifest", bound=Mapping[str, object])

_FIRST: Final = (
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
)
_LAST: Final = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_RANKS: Final[Mapping[str, int]] = {
    **{kind: place - len(_FIRST) for place, kind in enumerate(_FIRST)},
    **{kind: place + 1 for place, kind in enumerate(_LAST)},
}
"""Kinds not named here stand between the two, at 0."""


def kustomize_order(manifests: Iterable[_Manifest]) -> list[_Manifest]:
    """Return manifests in the order in which ``kustomize build`` prints them."""
    return sorted(manifests, key=_place)


def _place(manifest: Mapping[str, object]) -> tuple[int, str, str]:
    """Return rank, type and identity: what kustomize compares, in this order, as strings."""
    kind = f"{manifest.get('kind') or '~K'}"
    metadata = manifest.get("metadata")
    named = metadata if isinstance(metadata, Mapping) else {}
    identity = f"{named.get('namespace') or '~X'}|{named.get('name') or '~N'}"
    return _RANKS.get(kind, 0), _type(kind, f"{manifest.get('apiVersion') or ''}"), identity


def _type(kind: str, api_version: str) -> str:
    """Return group, version and kind; the core group comes last, but first among Namespaces."""
    group, slash, version = api_version.partition("/")
    if not slash:
        group, version = "" if kind == "Namespace" else "~G", api_version
    return f"{group}_{version or '~V'}_{kind}"
