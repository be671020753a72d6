"""What an object brings to its cluster: itself, and what controllers make of it."""

from __future__ import annotations

from krm_functions.built.objects import mapping, mappings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.built.objects import Built

_ISSUERS = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer")


def makes(built: Built) -> Iterator[tuple[str, str, str]]:
    """Yield kind, namespace and name of an object and of the Secrets that come of it."""
    yield built.kind, built.namespace, built.name
    for name in _secrets(built):
        yield "Secret", built.namespace, name


def _secrets(built: Built) -> Iterator[str]:
    if built.kind == "ExternalSecret":
        yield str(mapping(built.spec.get("target")).get("name") or built.name)
    elif built.kind == "Certificate":
        yield str(built.spec.get("secretName"))
    elif built.kind == "SealedSecret":
        yield built.name
    elif built.kind == "Ingress":
        annotations = mapping(mapping(built.manifest.get("metadata")).get("annotations"))
        if any(key in annotations for key in _ISSUERS):
            yield from (str(tls.get("secretName")) for tls in mappings(built.spec.get("tls")))


def already_there(kind: str, name: str) -> bool:
    """Whether every cluster or namespace has the object of itself."""
    return (kind, name) in {
        ("ConfigMap", "kube-root-ca.crt"),
        ("ServiceAccount", "default"),
        *(("ClusterRole", role) for role in ("admin", "cluster-admin", "edit", "view")),
    } or (kind == "ClusterRole" and name.startswith("system:"))
