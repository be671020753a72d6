"""Mutations of rendered manifests: each takes down or widens one wall, found by what is rendered and not by a list."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from krm_functions.built.objects import Built

    Change = Iterator[tuple[str, dict[str, Any] | None]]

Manifest = dict[str, Any]
ELSEWHERE: Final = "tenant-b"
"""A tenant whose things the first one's are turned to."""


class Mutation(NamedTuple):
    """One change: which object, what is done, and the manifest that takes its place (None removes it)."""

    index: int
    name: str
    manifest: Manifest | None


def mutations(objects: list[Built]) -> Iterator[Mutation]:
    """Yield every mutation of every wall among some objects."""
    for index, built in enumerate(objects):
        for name, manifest in WALLS.get(built.kind, nothing)(built):
            yield Mutation(index, f"{built.target}: {built}: {name}", manifest)


def applied(objects: list[Built], mutation: Mutation) -> list[Built]:
    """Return the objects with one of them mutated."""
    changed = list(objects)
    if mutation.manifest is None:
        del changed[mutation.index]
    else:
        changed[mutation.index] = objects[mutation.index]._replace(manifest=mutation.manifest)
    return changed


def nothing(built: Built) -> Change:
    """Yield no mutation: the object is no wall."""
    del built
    yield from ()


def edited(built: Built, *path: str | int, value: Any) -> Manifest:
    """Return a manifest with one value changed."""
    manifest = copy.deepcopy(built.manifest)
    target: Any = manifest
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return manifest


def policy(built: Built) -> Change:
    """Remove a policy that closes; open each rule of one that lets through, to anybody, by peer and as a whole."""
    spec = built.spec
    if "ingress" not in spec and "egress" not in spec:
        yield "removed", None
        yield "closes some pods only", edited(built, "spec", "podSelector", value={"matchLabels": {"x": "y"}})
        for kind in spec["policyTypes"]:
            yield (
                f"closes no {kind}",
                edited(built, "spec", "policyTypes", value=[k for k in spec["policyTypes"] if k != kind]),
            )
    for key, side in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(spec.get(key, ())):
            if any("ipBlock" in peer for peer in rule[side]):
                continue
            yield f"{key}[{number}] for anybody", edited(built, "spec", key, number, value={})
            for place in range(len(rule[side])):
                wide = {"namespaceSelector": {}}
                yield (
                    f"{key}[{number}].{side}[{place}] is every namespace",
                    edited(built, "spec", key, number, side, place, value=wide),
                )


def internet(built: Built) -> Change:
    """Take each private range out of the exceptions of an address block."""
    for number, rule in enumerate(built.spec.get("egress", ())):
        for place, peer in enumerate(rule.get("to", ())):
            for hole in peer.get("ipBlock", {}).get("except", ()):
                block = {**peer["ipBlock"], "except": [h for h in peer["ipBlock"]["except"] if h != hole]}
                yield (
                    f"reaches {hole}",
                    edited(built, "spec", "egress", number, "to", place, "ipBlock", value=block),
                )


def policies(built: Built) -> Change:
    """Yield the mutations of a NetworkPolicy."""
    yield from policy(built)
    yield from internet(built)


def bounds(built: Built) -> Change:
    """Remove a quota or the limits; take each bound of a quota away."""
    yield "removed", None
    for key in built.spec.get("hard", ()):
        hard = {k: v for k, v in built.spec["hard"].items() if k != key}
        yield f"without {key}", edited(built, "spec", "hard", value=hard)


def standard(built: Built) -> Change:
    """Take the enforced standard of a tenant's namespace away, or loosen it."""
    label = "pod-security.kubernetes.io/enforce"
    if label in built.labels:
        labels = {k: v for k, v in built.labels.items() if k != label}
        yield "enforces nothing", edited(built, "metadata", "labels", value=labels)
        yield "enforces privileged", edited(built, "metadata", "labels", label, value="privileged")


def binding(built: Built) -> Change:
    """Bind people of another tenant, everybody, and to a role that may do anything."""
    other = "tenant-c" if built.labels.get("tenantspec.dev/tenant") == ELSEWHERE else ELSEWHERE
    for name in (f"{other}-admins", "system:authenticated", "system:serviceaccounts"):
        subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": name}
        subjects = [*built.manifest["subjects"], subject]
        yield f"also for {name}", edited(built, "subjects", value=subjects)
    yield "to cluster-admin", edited(built, "roleRef", "name", value="cluster-admin")


def role(built: Built) -> Change:
    """Let a tenant's role write each of the guardrails."""
    for group, resource in (
        ("networking.k8s.io", "networkpolicies"),
        ("rbac.authorization.k8s.io", "rolebindings"),
        ("", "resourcequotas"),
        ("", "limitranges"),
        ("*", "*"),
    ):
        rule = {"apiGroups": [group], "resources": [resource], "verbs": ["create"]}
        yield f"writes {resource}", edited(built, "rules", value=[*built.manifest["rules"], rule])


def project(built: Built) -> Change:
    """Widen each rule of a tenant's project."""
    if "tenantspec.dev/tenant" not in built.labels:
        return
    spec = built.spec
    for number, entry in enumerate(spec["destinations"]):
        for key in ("name", "namespace"):
            wide = {**entry, key: "*"}
            if key == "namespace" or entry["namespace"] != "*":
                yield (
                    f"destinations[{number}].{key} is *",
                    edited(built, "spec", "destinations", number, value=wide),
                )
    yield "any source", edited(built, "spec", "sourceRepos", value=["*"])
    yield "any kind", edited(built, "spec", "namespaceResourceWhitelist", value=[{"group": "*", "kind": "*"}])
    yield "any kind, unsaid", edited(built, "spec", "namespaceResourceWhitelist", value=None)
    yield (
        "kinds of the cluster",
        edited(built, "spec", "clusterResourceWhitelist", value=[{"group": "*", "kind": "*"}]),
    )
    for number, found in enumerate(spec["roles"]):
        for place, line in enumerate(found["policies"]):
            wide = line.replace(f"{built.name}/*", "*/*")
            yield (
                f"roles[{number}].policies[{place}] for every project",
                edited(built, "spec", "roles", number, "policies", place, value=wide),
            )


def secret(built: Built) -> Change:
    """Turn each key to another tenant, above all prefixes, and out of its prefix."""
    for number, entry in enumerate(built.spec.get("data", ())):
        key = entry["remoteRef"]["key"]
        rest = key.split("/", 1)[1]
        for other in (f"{ELSEWHERE}x/{rest}", rest.split("/")[-1], f"tenant-c/{rest}", f"{key}/../../x"):
            yield (
                f"data[{number}] is {other}",
                edited(built, "spec", "data", number, "remoteRef", "key", value=other),
            )


def application(built: Built) -> Change:
    """Put a tenant's Application into the platform's project, the default one, and another tenant's."""
    if "tenantspec.dev/tenant" in built.labels:
        own = built.spec["project"]
        for other in {"platform", "default", "tenant-b", "tenant-c"} - {own}:
            yield f"in {other}", edited(built, "spec", "project", value=other)


WALLS: Final[dict[str, Callable[[Built], Change]]] = {
    "AppProject": project,
    "Application": application,
    "ClusterRole": role,
    "ExternalSecret": secret,
    "LimitRange": bounds,
    "Namespace": standard,
    "NetworkPolicy": policies,
    "ResourceQuota": bounds,
    "RoleBinding": binding,
}
"""Kinds that are walls."""
