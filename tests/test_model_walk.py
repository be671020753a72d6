"""Every field of the DSL stands in examples/all-fields, and none of them is there for nothing."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from krm_functions.functions.table import KINDS as INSTALLED
from krm_functions.spec.kinds import KINDS
from tests import tools, walk

if TYPE_CHECKING:
    from tests.walk import Documents, Outcome, Spot

FOLDER: Final = os.path.join(tools.ROOT, "examples", "all-fields")
ROOT: Final = os.path.join(FOLDER, "estate")
REVIEW: Final = os.path.join(FOLDER, "review")
CHART: Final = os.path.join(tools.ROOT, "examples", "chart")
GATEWAY: Final = os.path.join(tools.ROOT, "examples", "gateway-api")

PLATFORM: Final = "platform.yaml"
TENANT: Final = "tenants/tenant-a/config/tenant.yaml"
SHOP: Final = "tenants/tenant-a/apps/shop/app.yaml"
APP1: Final = "tenants/tenant-c/apps/app1/"
DEV: Final = ("clusters", "shared-dev")


class Variant(NamedTuple):
    """An estate in which a field shows what it is for: the values that differ, each at a path below a spec.

    ``gone``: the folder that a change removed; what that deletes is then part of the outcome.
    """

    edits: tuple[tuple[str, tuple[str | int, ...], object], ...]
    root: str = ROOT
    gone: str = ""


def platform(*path: str | int, value: object, root: str = ROOT) -> Variant:
    """Return the variant with one other value in the platform."""
    return Variant(((PLATFORM, path, value),), root)


VARIANTS: Final = {
    # Fields of the Gateway API exclude those of an Ingress.
    "Platform spec.exposure.kind": Variant((), GATEWAY),
    "Platform spec.exposure.gateway": Variant((), GATEWAY),
    "Platform spec.clusters.<name>.capabilities.gatewayClasses": platform(
        "clusters", "dev-1", "capabilities", "gatewayClasses", value=[], root=GATEWAY
    ),
    # A chart has to be vendored to be rendered.
    "App spec.chart.repository": Variant((), CHART),
    "App spec.chart.name": Variant((), CHART),
    "App spec.chart.version": Variant((), CHART),
    "App spec.chart.values.<name>": Variant((), CHART),
    # What is written is the default: it shows beside another value.
    "Platform spec.tls.mode": platform("tls", "mode", value="none"),
    "Platform spec.dns.provider": platform("dns", "provider", value="none"),
    "Platform spec.network.internet": platform("network", "internet", value=False),
    "Platform spec.guardrails.podSecurity": platform("guardrails", "podSecurity", value="baseline"),
    # Checks: each shows where it is broken.
    "Platform spec.tls.challenge": platform("tls", "challenge", value="http01"),
    "Platform spec.clusters.<name>.kubernetes": platform(*DEV, "kubernetes", value="1.28"),
    "Platform spec.clusters.<name>.capacity.cpu": platform(*DEV, "capacity", "cpu", value="1"),
    "Platform spec.clusters.<name>.capacity.memory": platform(*DEV, "capacity", "memory", value="1Gi"),
    "Platform spec.clusters.<name>.capacity.pods": platform(*DEV, "capacity", "pods", value=1),
    "Platform spec.clusters.<name>.capabilities.ingressClasses": platform(
        *DEV, "capabilities", "ingressClasses", value=["nginx"]
    ),
    "Platform spec.clusters.<name>.capabilities.storageClasses": platform(
        *DEV, "capabilities", "storageClasses", value=["gp2"]
    ),
    "Platform spec.argocd.image": platform("argocd", "delivery", value="plugin"),
    "Platform spec.argocd.version": platform("argocd", "version", value="v3.3.0"),
    "Platform spec.naming.reservedHosts": platform("naming", "reservedHosts", value=["shop"]),
    "Platform spec.guardrails.registries": platform(
        "guardrails", "registries", value=["ghcr.io/example/acme"]
    ),
    "Platform spec.guardrails.forbidLatest": Variant(
        (
            (PLATFORM, ("guardrails", "forbidLatest"), False),
            ("tenants/tenant-c/apps/app1/app.yaml", ("image",), "ghcr.io/example/app1:latest"),
        )
    ),
    "Platform spec.guardrails.digestRequired": platform("guardrails", "digestRequired", value=["dev"]),
    "Platform spec.guardrails.maxReplicas": platform("guardrails", "maxReplicas", value=5),
    "Platform spec.guardrails.patches.maxPerApp": platform("guardrails", "patches", "maxPerApp", value=1),
    "Platform spec.guardrails.patches.forbidden": platform(
        "guardrails", "patches", "forbidden", value=["/spec/minReadySeconds"]
    ),
    "Platform spec.tls.weeklyLimit": platform("tls", "weeklyLimit", value=1),
    "Tenant spec.guardrails.podSecurity": platform("guardrails", "podSecurity", value="baseline"),
    "Tenant spec.guardrails.forbidLatest": Variant(
        (
            (PLATFORM, ("guardrails", "forbidLatest"), False),
            ("tenants/tenant-a/apps/report/app.yaml", ("image",), "ghcr.io/example/acme/report:latest"),
        )
    ),
    "Tenant spec.guardrails.digestRequired": Variant(
        (
            (PLATFORM, ("guardrails", "digestRequired"), []),
            (TENANT, ("guardrails", "digestRequired"), ["dev"]),
        )
    ),
    "Tenant spec.guardrails.maxReplicas": Variant(((TENANT, ("guardrails", "maxReplicas"), 5),)),
    "Tenant spec.guardrails.patches.maxPerApp": Variant(
        ((TENANT, ("guardrails", "patches", "maxPerApp"), 1),)
    ),
    "Tenant spec.guardrails.patches.forbidden": Variant(
        ((TENANT, ("guardrails", "patches", "forbidden"), ["/metadata/namespace", "/spec/minReadySeconds"]),)
    ),
    "Tenant spec.residency": Variant(((TENANT, ("residency",), ["us"]),)),
    "Tenant spec.registries": Variant(((TENANT, ("registries",), ["ghcr.io/example/acme"]),)),
    "Tenant spec.hosts": Variant(((TENANT, ("hosts",), ["store"]),)),
    # Of a change: each shows once something is deleted.
    "Platform spec.argocd.deletionBudget": Variant(((PLATFORM, ("argocd", "deletions"), {}),), gone=APP1),
    "Platform spec.argocd.deletions.<name>": Variant(
        ((PLATFORM, ("argocd", "deletionBudget"), 1),), gone=APP1
    ),
}
"""Where a field shows only beside something else, that estate."""

_KUSTOMIZE: Final = "of the document itself: kustomize selects by it"
UNREAD: Final = {
    **{
        f"{kind} metadata.{field}.<name>": _KUSTOMIZE for kind in KINDS for field in ("labels", "annotations")
    },
    **{f"{kind} metadata.name": "any name" for kind in INSTALLED if kind != "AppOverlay"},
}
"""What nothing of this version reads, with the reason; a field that something reads must leave this list."""

NOT_YET: Final = {"TenancyGuard": "no kustomization can list it before the plugin home has a launcher for it"}
"""Kinds that no example can show, with the reason."""

ADDRESS: Final = ("apiVersion", "kind", "metadata.name", "metadata.namespace")
"""How a document is found: another value is always an error, or another document."""
LEAVES: Final = [leaf for leaf in walk.leaves() if leaf.split()[0] not in NOT_YET]


@functools.cache
def documents(root: str) -> Documents:
    """Return the documents of an estate."""
    return walk.load(root)


@functools.cache
def said(root: str) -> dict[str, list[Spot]]:
    """Return where an estate says each leaf."""
    found: dict[str, list[Spot]] = {}
    for spot in walk.spots(documents(root)):
        found.setdefault(spot.leaf, []).append(spot)
    return found


@functools.cache
def plain(root: str) -> Outcome:
    """Return what an estate comes to as it is."""
    return walk.outcome(root, documents(root))


def differs(before: Outcome, after: Outcome) -> bool:
    """Whether a change shows, other than as a document that breaks its model."""
    news = after.diagnostics - before.diagnostics
    return after != before and not any(text.startswith(("TS201", "TS202", "TS203", "TS204")) for text in news)


def shows(leaf: str) -> bool:
    """Whether removing a leaf in one of the places that say it changes what the estate comes to."""
    variant = VARIANTS.get(leaf, Variant(()))
    changed = documents(variant.root)
    for file, path, value in variant.edits:
        changed = walk.edited(changed, file, ("spec", *path), value)
    before = plain(variant.root) if variant == Variant((), variant.root) else outcome(variant, changed)
    others = (walk.removed(changed, spot) for spot in said(variant.root).get(leaf, ()))
    return any(differs(before, outcome(variant, other)) for other in others)


def outcome(variant: Variant, changed: Documents) -> Outcome:
    """Return what the documents of a variant come to, with what its removal of a folder deletes."""
    if not variant.gone:
        return walk.outcome(variant.root, changed)
    left = {file: held for file, held in changed.items() if not file.startswith(variant.gone)}
    return walk.outcome(variant.root, left, since=changed)


def config_shows(leaf: str) -> bool:
    """Whether removing a leaf of a function config of review/ changes what the function gives."""
    return any(differs(given(spot, documents(REVIEW)), given(spot, other)) for spot, other in without(leaf))


def without(leaf: str) -> list[tuple[Spot, Documents]]:
    """Return each function config that says a leaf, with the configs without it."""
    return [(spot, walk.removed(documents(REVIEW), spot)) for spot in said(REVIEW).get(leaf, ())]


def given(spot: Spot, configs: Documents) -> Outcome:
    """Return what the function of one config gives."""
    config = configs[spot.file][spot.number]
    folder = os.path.join(REVIEW, os.path.dirname(spot.file))
    return walk.config_outcome(ROOT, documents(ROOT), folder, config)


def is_read(leaf: str) -> bool:
    """Whether something reads a leaf of a spec or of a function config."""
    return config_shows(leaf) if leaf.split(maxsplit=1)[0] in INSTALLED else shows(leaf)


def test_the_examples_are_sound() -> None:
    """Neither estate has an error, so what a change brings is the change's."""
    assert [plain(root).manifests == "" for root in (ROOT, GATEWAY, CHART)] == [False, False, False]
    assert LEAVES
    assert set(walk.leaves()) >= VARIANTS.keys() | UNREAD.keys()


@pytest.mark.parametrize("leaf", LEAVES)
def test_every_field_is_shown(leaf: str) -> None:
    """examples/all-fields says it, or the example that its variant names."""
    root = VARIANTS.get(leaf, Variant(())).root
    assert leaf in said(root) or leaf in said(REVIEW), f"write it into {os.path.relpath(root, tools.ROOT)}"


@pytest.mark.parametrize(
    "leaf", [leaf for leaf in LEAVES if leaf not in UNREAD and leaf.split()[1] not in ADDRESS]
)
def test_every_field_does_something(leaf: str) -> None:
    """Without it, other manifests come out, or other diagnostics."""
    assert is_read(leaf)


@pytest.mark.parametrize("leaf", [leaf for leaf in LEAVES if leaf in UNREAD])
def test_what_nothing_reads_is_listed_with_a_reason(leaf: str) -> None:
    """A field leaves the list as soon as something reads it."""
    assert not is_read(leaf)


@pytest.mark.parametrize("leaf", sorted(VARIANTS))
def test_a_variant_is_needed(leaf: str) -> None:
    """A field that shows in the plain estate needs no variant."""
    others = (walk.removed(documents(ROOT), spot) for spot in said(ROOT).get(leaf, ()))
    assert not any(differs(plain(ROOT), walk.outcome(ROOT, other)) for other in others)


def test_a_null_removes_what_lower_layers_said() -> None:
    """Without the nulls of the shop, what they remove is there again."""
    (shop,) = documents(ROOT)[SHOP]
    overrides = [("stages", "prod", "env"), ("environments", "prod-eu", "sidecars")]
    for layer, name, field in overrides:
        assert None in shop["spec"][layer][name][field].values()
        changed = walk.edited(documents(ROOT), SHOP, ("spec", layer, name, field), {})
        assert differs(plain(ROOT), walk.outcome(ROOT, changed))


def test_kinds_that_are_not_shown_are_not_installed() -> None:
    """A kind leaves the list as soon as a kustomization can list it."""
    assert not NOT_YET.keys() & set(INSTALLED)
