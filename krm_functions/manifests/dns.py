"""Annotations that external-dns reads, for a host that one or several environments serve."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.estate.model import Environment, Platform

PREFIXES = ("external-dns.alpha.kubernetes.io/", "external-dns.kubernetes.io/")
"""external-dns 0.22 changed its prefix without a fallback: both are written."""


def dns_annotations(platform: Platform, environment: Environment) -> dict[str, str]:
    """Return the annotations of an exposed object; a routed environment has a set-identifier and one policy."""
    if platform.dns.provider == "none":
        return {}
    said = {"ttl": str(platform.dns.ttl)}
    if environment.routed and platform.dns.routing != "none":
        said["set-identifier"] = environment.name
        if platform.dns.routing == "latency":
            said["aws-region"] = environment.region
        else:
            said["aws-weight"] = str(environment.weight)
    return {prefix + key: value for prefix in PREFIXES for key, value in said.items()}
