"""Leaf: names that must not be mixed up, and the rules that Kubernetes has for them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NewType

    TenantName = NewType("TenantName", str)
    AppName = NewType("AppName", str)
    EnvironmentName = NewType("EnvironmentName", str)
    StageName = NewType("StageName", str)
    HubName = NewType("HubName", str)
    ClusterName = NewType("ClusterName", str)
    NamespaceName = NewType("NamespaceName", str)
    Hostname = NewType("Hostname", str)
else:
    TenantName = AppName = EnvironmentName = StageName = HubName = ClusterName = NamespaceName = Hostname = (
        str
    )

Pairs = tuple[tuple[str, str], ...]
"""A mapping of text to text, frozen."""

API_VERSION = "tenantspec.dev/v1alpha1"
GROUP = "tenantspec.dev"

DNS_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
"""RFC 1123 label: at most 63 lower-case letters, digits and inner hyphens."""
DNS_1035_LABEL = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"
"""RFC 1035 label, which Service names must be."""
DNS_NAME = rf"{DNS_LABEL}(\.{DNS_LABEL})*"
"""RFC 1123 subdomain; its limit of 253 characters is checked apart."""
ENV_NAME = r"[A-Za-z_][A-Za-z0-9_.-]*"
"""Environment variable name as Kubernetes accepts it everywhere (IsEnvVarName)."""
QUANTITY = r"[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?"
"""Kubernetes resource.Quantity without sign and exponent."""

_LABEL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_UNITS = {
    "m": 0.001, "": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60,
}  # fmt: skip


def is_dns_label(name: str) -> bool:
    """Whether a name is an RFC 1123 label of at most 63 characters."""
    return 0 < len(name) <= 63 and _LABEL.issuperset(name) and name[0] != "-" != name[-1]


def is_dns_name(name: str) -> bool:
    """Whether a name is an RFC 1123 subdomain of at most 253 characters."""
    return len(name) <= 253 and all(map(is_dns_label, name.split(".")))


def is_quantity(text: str) -> bool:
    """Whether a text is a Kubernetes quantity without sign and exponent."""
    digits = text.rstrip("mkKMGTPEi")
    whole, dot, part = digits.partition(".")
    numbers = [whole, part] if dot else [whole]
    return text[len(digits) :] in _UNITS and all(number.isascii() and number.isdigit() for number in numbers)


def quantity(text: str) -> float:
    """Return a Kubernetes quantity as a number of its base unit (cores, bytes, pieces)."""
    if not is_quantity(text):
        raise ValueError(text)
    digits = text.rstrip("mkKMGTPEi")
    return float(digits) * _UNITS[text[len(digits) :]]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean 'x'?`` for the nearest known word, else the empty string."""
    import difflib  # noqa: PLC0415  (only a mistake pays for it)

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else ""
