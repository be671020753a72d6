"""The platform's rooms, clusters/ and hubs: what tenants rely on comes out as the functions give it.

Everything else there is the platform team's to write. Two rules hold all the same:
an object of a guarding kind that the functions give is there, and says what they say; and an object that
is labelled as a tenant's, or stands in a tenant's namespace, agrees with who owns that namespace.
"""

from __future__ import annotations

from krm_functions.guard.rules import Finding, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, Final

    from krm_functions.guard.scope import PlatformScope

GUARDING: Final = frozenset(
    {
        ("", "LimitRange"),
        ("", "Namespace"),
        ("", "ResourceQuota"),
        ("argoproj.io", "AppProject"),
        ("networking.k8s.io", "NetworkPolicy"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "RoleBinding"),
    }
)
"""Kinds of objects that keep tenants apart, by API group."""
_BOUND: Final = ("project", "destination")
"""What of an Application decides whose rights it syncs with, and where to."""
_POD_SECURITY: Final = "pod-security.kubernetes.io/"
_TENANT: Final = "tenantspec.dev/tenant"

_Identity = tuple[str, str, str, str]


def judge_platform(scope: PlatformScope, manifests: Sequence[Any]) -> Iterator[tuple[str, Finding]]:
    """Yield what is weakened, removed or at odds, each with the name of its object."""
    built: dict[_Identity, Any] = {}
    for manifest in manifests:
        identity = _identity(manifest)
        if identity is None:
            yield (
                "an object",
                Finding("TS531", (), "it is not an object of Kubernetes', so it cannot be judged"),
            )
        else:
            built[identity] = manifest
    given = {identity: m for m in scope.given if (identity := _identity(m))}
    for identity, expected in given.items():
        for finding in _kept(identity, expected, built.get(identity)):
            yield _called(identity), finding
    owners = dict(scope.owners)
    for identity, manifest in built.items():
        if identity not in given:
            for finding in _at_odds(owners, identity, manifest):
                yield _called(identity), finding


def _kept(identity: _Identity, expected: Any, manifest: Any) -> Iterator[Finding]:
    group, kind = identity[:2]
    if (group, kind) in GUARDING:
        yield from _unchanged(expected, manifest)
    elif (group, kind) == ("argoproj.io", "Application") and manifest is not None:
        for key in _BOUND:
            if _at(manifest, "spec", key) != _at(expected, "spec", key):
                yield Finding(
                    "TS536", ("spec", key), "it is not what the functions give", "leave it as it is given"
                )


def _unchanged(expected: Any, manifest: Any) -> Iterator[Finding]:
    if manifest is None:
        yield Finding(
            "TS536", (), "the functions give it, and the kustomization removes it", "leave it in place"
        )
        return
    for key in sorted((expected.keys() | manifest.keys()) - {"metadata", "apiVersion"}, key=str):
        if manifest.get(key) != expected.get(key):
            help_ = "change the specs or base/: everyone relies on what stands there"
            yield Finding("TS536", (key,), "it is not what the functions give", help_)
    labels, said = _labels(manifest), _labels(expected)
    for key in sorted(labels.keys() | said.keys(), key=str):
        guarded = key in said or str(key).startswith((_POD_SECURITY, "tenantspec.dev/"))
        if guarded and labels.get(key) != said.get(key):
            yield Finding(
                "TS536",
                ("metadata", "labels", key),
                "it is not what the functions give",
                "leave it as it is given",
            )


def _at_odds(owners: Mapping[str, str], identity: _Identity, manifest: Any) -> Iterator[Finding]:
    namespace, tenant = identity[2], _labels(manifest).get(_TENANT)
    owner = owners.get(namespace)
    if tenant is not None and tenant not in owners.values():
        message = f"no tenant here has the id {shown(tenant)}"
        yield Finding("TS535", ("metadata", "labels", _TENANT), message, "write the owner of its namespace")
    elif tenant is not None and owner is not None and tenant != owner:
        message = f"it is labelled as {tenant}'s, but {namespace} is {owner}'s"
        yield Finding(
            "TS535",
            ("metadata", "labels", _TENANT),
            message,
            "write the owner of its namespace, or leave it out",
        )
    if identity[:2] == ("", "Namespace") and identity[3] in owners:
        yield Finding(
            "TS536", (), f"the namespace {identity[3]} is given by the functions alone", "remove it"
        )


def _identity(manifest: Any) -> _Identity | None:
    version, kind = _at(manifest, "apiVersion"), _at(manifest, "kind")
    name, namespace = _at(manifest, "metadata", "name"), _at(manifest, "metadata", "namespace")
    parts = (version, kind, "" if namespace is None else namespace, name)
    if not all(isinstance(part, str) for part in parts):
        return None
    return (str(version).rpartition("/")[0], str(kind), str(parts[2]), str(name))


def _called(identity: _Identity) -> str:
    return f"{identity[1]} {'/'.join(part for part in identity[2:] if part)}"


def _labels(manifest: Any) -> Mapping[str, Any]:
    labels = _at(manifest, "metadata", "labels")
    return labels if isinstance(labels, dict) else {}


def _at(value: Any, *path: str) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
