"""Sync: what people wrote stays, and what is wrong gets the smallest edit."""

from __future__ import annotations

import os

import pytest

from krm_functions.diagnostics import Severity
from krm_functions.scaffold import sync
from tests.scaffold.estates import (
    FILE,
    OVERLAY,
    WANTED,
    called_with,
    files,
    planned,
    read,
    replace,
    synced,
    write,
)
from tests.scaffold.hand_edits import CONFIG, HAND_EDITS, HEAD, INLINE, PATCH


@pytest.mark.parametrize("name", HAND_EDITS)
def test_hand_edits_survive(root: str, home: str, name: str) -> None:
    """A file that says the right thing in its own way keeps every byte, and kustomize reads it so too."""
    written, beside = HAND_EDITS[name]
    for file, content in {"kustomization.yaml": written, **beside}.items():
        write(root, f"{OVERLAY}/{file}", content)
    before = files(root)
    for _ in range(2):
        plan = planned(root)
        assert sync.drift(plan) == []
        assert sync.apply(plan) == []
    assert files(root) == before
    (config,) = called_with(root, OVERLAY, home)
    assert (config["kind"], config["spec"]["environment"]) == ("AppOverlay", "dev")
    assert config["metadata"] == WANTED["metadata"]


@pytest.mark.parametrize("name", ["kustomization.yml", "Kustomization"])
def test_other_names_of_a_kustomization_are_known(root: str, name: str) -> None:
    """A second file would make kustomize refuse the folder."""
    os.rename(os.path.join(root, FILE), os.path.join(root, OVERLAY, name))
    assert planned(root).changes == ()


def test_hubs_keep_hand_edits(root: str, home: str) -> None:
    """A hub's folders take a person's resources, comments and patches."""
    write(root, "clusters/us-west-2/extra.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\n")
    write(
        root,
        "clusters/us-west-2/kustomization.yaml",
        "resources: [extra.yaml]\ngenerators: [./argocd/] # all\n",
    )
    patch = '[{"op": "replace", "path": "/metadata/name", "value": "own"}]'
    write(
        root,
        "clusters/us-west-2/argocd/kustomization.yaml",
        f"resources:\n- ../../../argocd/\npatches:\n- target: {{kind: RootApplication}}\n  patch: '{patch}'\n"
        "- path: hub.yaml\n  target: {group: tenantspec.dev}\n",
    )
    write(
        root,
        "clusters/us-west-2/argocd/hub.yaml",
        '[{"op": "add", "path": "/spec/hub", "value": "us-west-2"}]\n',
    )
    assert planned(root).changes == ()
    assert {c["spec"]["hub"] for c in called_with(root, "clusters/us-west-2", home)} == {"us-west-2"}


def test_the_shared_configs_may_stand_in_other_files(root: str) -> None:
    """A config that a person moved is not written a second time."""
    os.rename(os.path.join(root, "argocd/app-of-apps.yaml"), os.path.join(root, "argocd/root.yaml"))
    replace(root, "argocd/kustomization.yaml", "app-of-apps.yaml", "root.yaml")
    assert planned(root).changes == ()


# --- repairs


def test_a_wrong_config_is_mended_and_comments_stay(root: str) -> None:
    """Only the wrong values change; comments inside and outside of the config stay."""
    own = (
        "# ours\n"
        + HEAD
        + PATCH
        + INLINE.replace("dev\n", "stg # copied\n").replace("    spec", "    # here\n    spec")
    )
    write(root, FILE, own)
    (drifted,) = sync.drift(planned(root))
    assert drifted.code == "TS601"
    assert "spec.environment is 'stg', not 'dev'" in drifted.message
    assert drifted.help == "run 'tenantspec sync'"
    assert drifted.place
    assert (drifted.place.file, drifted.place.path) == (FILE, ("generators", 0))
    assert synced(root) == [FILE]
    assert read(root, FILE) == own.replace("stg #", "dev #")
    assert planned(root).changes == ()


REPAIRS = {
    "in its own file": (
        "generators: [own.yaml]\n",
        {"own.yaml": "# c\n" + CONFIG.replace("app1", "'app2' # c")},
        "generators: [own.yaml]\n",
        {"own.yaml": "# c\n" + CONFIG.replace("app1", "'app1' # c")},
    ),
    "missing": ("# mine\nresources: []\n", {}, "# mine\nresources: []\n" + INLINE, {}),
    "missing without a final newline": ("resources: []", {}, "resources: []\n" + INLINE, {}),
    "missing in CRLF": ("resources: []\r\n", {}, "resources: []\r\n" + INLINE.replace("\n", "\r\n"), {}),
    "beside another generator": (
        "generators:\n- a.yaml # first\n\n# end\n",
        {"a.yaml": "kind: X\n"},
        "generators:\n- a.yaml # first\n"
        + INLINE.removeprefix("generators:\n").replace("\n  ", "\n")[2:]
        + "\n# end\n",
        {"a.yaml": "kind: X\n"},
    ),
    "in flow style": (
        "generators: [] # none\n",
        {},
        'generators: ["' + CONFIG.replace("\n", "\\n") + '"] # none\n',
        {},
    ),
    "a key is missing": (
        INLINE.replace("      namespace: tenant-a\n", ""),
        {},
        INLINE,
        {},
    ),
    "in double quotes": (
        "generators:\n- " + '"{kind: AppOverlay, apiVersion: tenantspec.dev/v1alpha1, '
        'metadata: {name: app1, namespace: tenant-b}, spec: {environment: dev}}" # c\n',
        {},
        "generators:\n- " + '"{kind: AppOverlay, apiVersion: tenantspec.dev/v1alpha1, '
        'metadata: {name: app1, namespace: tenant-a}, spec: {environment: dev}}" # c\n',
        {},
    ),
    "as a mapping": (
        "generators:\n  - " + CONFIG.replace("\n", "\n    ").rstrip() + " # c\nresources: []\n",
        {},
        INLINE.replace("- |", "- |-").rstrip("\n") + " # c\nresources: []\n",
        {},
    ),
    "of another kind": (
        INLINE.replace("AppOverlay", "ClusterOverlay").replace("dev\n", "dev\n      cluster: own\n"),
        {},
        INLINE,
        {},
    ),
    "an unknown field": (INLINE + "    data: {}\n", {}, INLINE, {}),
    "another root": (INLINE + "      root: ../../..\n", {}, INLINE, {}),
}


@pytest.mark.parametrize("name", REPAIRS)
def test_repairs_are_small(root: str, home: str, name: str) -> None:
    """A missing or wrong config gets the smallest edit, and stays right from then on."""
    before, beside, after, beside_after = REPAIRS[name]
    for file, content in {"kustomization.yaml": before, **beside}.items():
        write(root, f"{OVERLAY}/{file}", content)
    assert synced(root)
    for file, content in {"kustomization.yaml": after, **beside_after}.items():
        assert read(root, f"{OVERLAY}/{file}") == content
    assert planned(root).changes == ()
    if name != "beside another generator":
        assert called_with(root, OVERLAY, home) == [WANTED]


def test_a_wrong_hub_is_mended(root: str) -> None:
    """A hub's folder that was copied patches in its own hub again; a person's operation beside it stays."""
    file = "clusters/eu-west-1/argocd/kustomization.yaml"
    replace(
        root, file, "value: eu-west-1", "value: us-west-2 # copied\n      - {op: add, path: /x, value: y}"
    )
    before = read(root, file)
    assert synced(root) == [file]
    assert read(root, file) == before.replace("value: us-west-2", "value: eu-west-1")


def test_a_listing_is_completed(root: str, home: str) -> None:
    """A hub without its resources, and configs that nobody lists any more, are listed again."""
    write(root, "clusters/us-west-2/argocd/kustomization.yaml", "# bare\nkind: Kustomization\n")
    replace(root, "argocd/kustomization.yaml", "  - app-of-apps.yaml\n", "")
    os.remove(os.path.join(root, "argocd/install.yaml"))
    replace(root, "argocd/kustomization.yaml", "  - install.yaml\n", "")
    assert len(synced(root)) == 3
    assert len(called_with(root, "clusters/us-west-2", home)) == 4
    assert planned(root).changes == ()


def test_a_config_without_a_spec_gets_one(root: str) -> None:
    """The patch that adds the hub needs a spec to add it to."""
    replace(root, "argocd/install.yaml", "spec: {}\n", "# hub: by patch\n")
    assert synced(root) == ["argocd/install.yaml"]
    assert read(root, "argocd/install.yaml").endswith("spec: {}\n# hub: by patch\n")


def test_a_second_config_is_reported(root: str) -> None:
    """A foreign config beside the right one would deploy another tenant's app from this folder."""
    stranger = INLINE.removeprefix("generators:\n").replace("tenant-a", "tenant-b")
    write(root, FILE, HEAD + INLINE + stranger)
    (found,) = planned(root).kept
    assert (found.code, found.severity) == ("TS607", Severity.WARNING)
    assert "AppOverlay tenant-b/app1" in found.message
    assert planned(root).changes == ()
