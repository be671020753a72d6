"""DNS records that external-dns makes of an object: a host, told from others of its name by a set-identifier."""

from __future__ import annotations

from krm_functions.built.objects import mapping, mappings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from krm_functions.built.objects import Built

_PREFIXES: Final = ("external-dns.alpha.kubernetes.io/", "external-dns.kubernetes.io/")


def records(built: Built) -> Iterator[tuple[str, str]]:
    """Yield the host and set-identifier of each record; objects that external-dns is not told of give none."""
    annotations = mapping(mapping(built.manifest.get("metadata")).get("annotations"))
    said = [key for key in annotations if key.startswith(_PREFIXES)]
    identifier = next((str(annotations[key]) for key in said if key.endswith("/set-identifier")), "")
    for host in sorted(_hosts(built)) if said else ():
        yield host, identifier


def _hosts(built: Built) -> set[str]:
    if built.kind == "Ingress":
        return {str(rule["host"]) for rule in mappings(built.spec.get("rules")) if rule.get("host")}
    return set(map(str, built.spec.get("hostnames") or ())) if built.kind == "HTTPRoute" else set()
