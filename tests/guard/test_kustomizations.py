"""The allow-list of kustomize's own fields: what reaches beyond a room is refused before anything of it runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.diagnostics import TenantspecError
from krm_functions.documents.report import text
from krm_functions.functions import kustomize
from krm_functions.functions.allowed import check_kustomization, judge_kustomization
from krm_functions.functions.build import build
from tests import builds, tools
from tests.guard.estates import FLAGS, GENERATOR, GUARD, copied, overlay

if TYPE_CHECKING:
    from pathlib import Path

INLINE: Final = "- |\n  apiVersion: {}\n  kind: {}\n  metadata: {{name: x{}}}\n"
RUNS: Final = ", annotations: {config.kubernetes.io/function: 'exec: {path: ./evil.sh}'}"
ROOM: Final = "clusters/us-west-2/dev"

TENANTS: Final[tuple[tuple[str, str, str], ...]] = (
    ("resources: [https://evil.example.com/x.yaml]\n", "TS541", "resources"),
    ("resources: ['https://github.com/evil/x//base?ref=main']\n", "TS541", "resources"),
    ("resources: [github.com/evil/x]\n", "TS541", "resources"),
    ("resources: [GitHub.com/evil/x]\n", "TS541", "resources"),
    ("resources: [www.github.com/evil/x]\n", "TS541", "resources"),
    ("resources: ['git@example.com:evil/x']\n", "TS541", "resources"),
    ("resources: ['ssh://git@example.com/evil/x']\n", "TS541", "resources"),
    ("resources: ['git::https://example.com/x']\n", "TS541", "resources"),
    ("resources: [example.com/x.git]\n", "TS541", "resources"),
    ("resources: [dev.azure.example/o/p/_git/r]\n", "TS541", "resources"),
    ("resources: [file:///etc/passwd]\n", "TS541", "resources"),
    ("resources: [/etc/passwd]\n", "TS541", "resources"),
    ("resources: [../../../../../tenant-b/apps/app1/overlays/dev]\n", "TS541", "resources"),
    ("resources: [../../../app2/overlays/dev]\n", "TS541", "resources"),
    ("resources: [../../../../../../platform.yaml]\n", "TS541", "resources"),
    ("resources: [link.yaml]\n", "TS541", "resources"),
    ("resources: [''] \n", "TS541", "resources"),
    ("resources: [[a]]\n", "TS541", "resources"),
    ("resources: {a: b}\n", "TS543", "resources"),
    ("resources: flags.yaml\n", "TS543", "resources"),
    ("components: [../../../../../../components/x]\n", "TS541", "components"),
    ("components: [github.com/evil/x]\n", "TS541", "components"),
    ("bases: [../prod-ue]\n", "TS540", "bases"),
    ("helmCharts: [{name: x, repo: https://evil.example.com}]\n", "TS540", "helmCharts"),
    ("helmGlobals: {chartHome: /tmp}\n", "TS540", "helmGlobals"),
    ("helmChartInflationGenerator: []\n", "TS540", "helmChartInflationGenerator"),
    ("HelmCharts: []\n", "TS540", "HelmCharts"),
    ("configMapGenerator: [{name: x, Files: ['a=https://evil.example.com/x']}]\n", "TS543", "Files"),
    (
        "configMapGenerator: [{name: x, file\u017f: ['a=https://evil.example.com/x']}]\n",
        "TS543",
        "file\u017f",
    ),
    ("configMapGenerator: [{name: x, ENVS: ['https://evil.example.com/x']}]\n", "TS543", "ENVS"),
    ("patches: [{Path: 'https://evil.example.com/x'}]\n", "TS543", "Path"),
    ("namespace: tenant-b-dev\n", "TS540", "namespace"),
    ("namePrefix: x-\n", "TS540", "namePrefix"),
    ("nameSuffix: -x\n", "TS540", "nameSuffix"),
    ("commonLabels: {app.kubernetes.io/instance: tenant-b-app1}\n", "TS540", "commonLabels"),
    ("openapi: {path: schema.json}\n", "TS540", "openapi"),
    ("crds: [crd.json]\n", "TS540", "crds"),
    ("configurations: [c.yaml]\n", "TS540", "configurations"),
    ("vars: []\n", "TS540", "vars"),
    ("replacements: [{path: ../x.yaml}]\n", "TS540", "replacements"),
    ("secretGenerator: [{name: x, envs: [a.env]}]\n", "TS540", "secretGenerator"),
    ("patchesStrategicMerge: [p.yaml]\n", "TS540", "patchesStrategicMerge"),
    ("patchesJson6902: []\n", "TS540", "patchesJson6902"),
    ("buildMetadata: [originAnnotations]\n", "TS540", "buildMetadata"),
    (f"validators:\n{GUARD}", "TS540", "validators"),
    ("unheard: of\n", "TS540", "unheard"),
    ("patches: [{path: https://evil.example.com/p.yaml}]\n", "TS541", "path"),
    ("patches: [{path: ../../../app2/p.yaml}]\n", "TS541", "path"),
    ("patches: [text]\n", "TS541", "patches"),
    ("configMapGenerator: [{name: x, files: [https://evil.example.com/x]}]\n", "TS541", "files"),
    ("configMapGenerator: [{name: x, files: [key=../../../../../../platform.yaml]}]\n", "TS541", "files"),
    ("configMapGenerator: [{name: x, envs: [/proc/self/environ]}]\n", "TS541", "envs"),
    ("configMapGenerator: [{name: x, env: https://evil.example.com/x}]\n", "TS541", "env"),
    ("transformers:\n" + INLINE.format("evil.example.com/v1", "Any", ""), "TS542", "transformers"),
    ("transformers:\n" + INLINE.format("builtin", "NamespaceTransformer", ""), "TS542", "transformers"),
    (
        "transformers:\n" + INLINE.format("builtin", "HelmChartInflationGenerator", ""),
        "TS542",
        "transformers",
    ),
    (
        "transformers:\n" + INLINE.format("tenantspec.dev/v1alpha1", "TenancyGuard", RUNS),
        "TS542",
        "transformers",
    ),
    ("transformers:\n" + INLINE.format("tenantspec.dev/v1alpha1", "AppOverlay", ""), "TS542", "transformers"),
    ("transformers: [functions]\n", "TS542", "transformers"),
    ("transformers: [forged.yaml]\n", "TS542", "transformers"),
    ("transformers:\n- |\n  a: [\n", "TS543", "transformers"),
    ("transformers:\n- |\n  - a\n", "TS543", "transformers"),
    ("resources: [nested]\n", "TS540", "namespace"),
)
"""Lines that a tenant adds to its overlay, the code, and what the line that is named says."""

GENERATORS: Final[tuple[str, ...]] = (
    INLINE.format("tenantspec.dev/v1alpha1", "ClusterOverlay", ""),
    INLINE.format("builtin", "HelmChartInflationGenerator", ""),
    INLINE.format("builtin", "ConfigMapGenerator", ""),
    INLINE.format("evil.example.com/v1", "AppOverlay", ""),
    INLINE.format("v1", "ConfigMap", RUNS),
    GENERATOR.replace("namespace: tenant-a}", "namespace: tenant-a" + RUNS + "}"),
    GENERATOR.replace("environment: dev}", "environment: dev, root: forged}"),
)
"""Functions that a tenant puts under generators."""

PLATFORM: Final[tuple[tuple[str, str], ...]] = (
    ("resources: [https://evil.example.com/x.yaml]\n", "TS541"),
    ("resources: [github.com/evil/x]\n", "TS541"),
    ("resources: [../../../../x.yaml]\n", "TS541"),
    ("resources: [../../../tenants/tenant-a/apps/app1/overlays/dev]\n", "TS541"),
    ("helmCharts: []\n", "TS540"),
    ("helmGlobals: {}\n", "TS540"),
    ("HelmCharts: []\n", "TS540"),
    ("Resources: [https://evil.example.com/x.yaml]\n", "TS540"),
    ("secretGenerator: [{name: x, Files: [https://evil.example.com/x]}]\n", "TS543"),
    ("crds: [https://evil.example.com/x.json]\n", "TS541"),
    ("secretGenerator: [{name: x, files: [https://evil.example.com/x]}]\n", "TS541"),
    ("transformers:\n" + INLINE.format("builtin", "HelmChartInflationGenerator", ""), "TS542"),
    ("transformers:\n" + INLINE.format("example.com/v1", "Own", RUNS), "TS542"),
)
"""Lines that are refused even in the platform's rooms."""

FINE: Final[tuple[str, ...]] = (
    "resources: [flags.yaml]\n",
    "resources: [./flags.yaml, ../../shared/]\n",
    "components: [../../shared]\n",
    "patches: [{path: p.yaml, target: {kind: Deployment}}]\n",
    "labels: [{pairs: {tier: back}}]\ncommonAnnotations: {description: ours}\n",
    "configMapGenerator: [{name: app1-x, files: [key=flags.yaml], literals: [a=b]}]\n",
    "images: [{name: x, newTag: '2'}]\nreplicas: [{name: app1, count: 2}]\n",
    f"transformers:\n{GUARD}",
    "transformers: [guard.yaml]\nsortOptions: {order: fifo}\ngeneratorOptions: {disableNameSuffixHash: true}\n",
)
"""Lines that stay inside the tenant."""


def laid_out(folder: Path, kustomization: str, room: str = "") -> Path:
    """Copy gitops with a kustomization in a room, and things around it that it may or may not reach."""
    files = {
        "kustomization.yaml": kustomization,
        "flags.yaml": FLAGS.replace("NAMESPACE", "tenant-a-dev"),
        "guard.yaml": "apiVersion: tenantspec.dev/v1alpha1\nkind: TenancyGuard\nmetadata: {name: x}\n",
        "p.yaml": "[]\n",
        "nested/kustomization.yaml": "namespace: tenant-b-dev\n",
        "functions/kustomization.yaml": "resources: []\n",
        "forged.yaml": "apiVersion: example.com/v1\nkind: TenancyGuard\nmetadata: {name: x}\n",
        "../../shared/kustomization.yaml": "resources: [x.yaml]\n",
        "../../shared/x.yaml": FLAGS.replace("NAMESPACE", "tenant-a-dev"),
    }
    if room:
        return copied(folder, {"kustomization.yaml": kustomization}, room)
    overlay_folder = copied(folder, files)
    (overlay_folder / "link.yaml").symlink_to(overlay_folder.parents[5] / "platform.yaml")
    return overlay_folder


def refusals(folder: Path) -> list[str]:
    """Return the reports on a folder's kustomization, each as a person reads it."""
    root = next(
        above for above in folder.parents if (above / "platform.yaml").exists() and above.name == "gitops"
    )
    found = judge_kustomization(os.fspath(root), os.fspath(folder))
    return [text(os.fspath(root), [diagnostic]) for diagnostic in found]


@pytest.mark.parametrize(("more", "code", "line"), TENANTS)
def test_a_tenants_kustomization_is_refused_where_it_reaches_out(
    tmp_path: Path, more: str, code: str, line: str
) -> None:
    """The code is the right one, and the line shown is the one in the kustomization."""
    found = refusals(laid_out(tmp_path, overlay(more)))
    assert [report[:11] for report in found] == [f"error[{code}"]
    shown = [row for row in found[0].splitlines() if " | " in row]
    assert line in shown[0] or any(part in shown[0] for part in ("- ", "[", "|")), found
    assert "kustomization.yaml:" in found[0]


@pytest.mark.parametrize("target", ["clusters/us-west-2/dev", "tenants/tenant-b/apps/app1/overlays/dev"])
def test_an_overlay_is_no_link_to_another_room(tmp_path: Path, target: str) -> None:
    """A tenant's folder that leads to the platform's, or another tenant's, is not built as theirs."""
    folder = copied(tmp_path, {})
    root = folder.parents[5]
    folder.rename(folder.with_name("moved"))
    folder.symlink_to(root / target)
    found = refusals(folder)
    assert [report[:11] for report in found] == ["error[TS541"]
    assert f"is a link to {target}" in found[0]
    with pytest.raises(TenantspecError):
        build(os.fspath(folder))


@pytest.mark.parametrize("generators", GENERATORS)
def test_a_tenant_calls_no_function_but_its_overlay(tmp_path: Path, generators: str) -> None:
    """Another kind, another group, a builtin, or a program of its own: refused before it runs."""
    assert [report[:11] for report in refusals(laid_out(tmp_path, overlay(generators=generators)))] == [
        "error[TS542"
    ]


@pytest.mark.parametrize(("more", "code"), PLATFORM)
def test_the_platforms_rooms_fetch_nothing_either(tmp_path: Path, more: str, code: str) -> None:
    """No remote path, no chart and no function by image or path, not even there."""
    assert [report[:11] for report in refusals(laid_out(tmp_path, more, ROOM))] == [f"error[{code}"]


def test_the_platforms_rooms_may_call_what_is_installed(tmp_path: Path) -> None:
    """A function of another group, a namespace and a validator are the platform team's to use."""
    more = f"generators:\n{INLINE.format('example.com/v1', 'Own', '')}namespace: x\nbuildMetadata: [originAnnotations]\n"
    assert refusals(laid_out(tmp_path, more, ROOM)) == []


@pytest.mark.parametrize("more", FINE)
def test_what_stays_inside_is_permitted(tmp_path: Path, more: str) -> None:
    """A person's own resources, patches, labels and ConfigMaps beside the overlay are no problem."""
    assert refusals(laid_out(tmp_path, overlay(more))) == []


@pytest.mark.parametrize("folder", builds.kustomizations("gitops", "examples"))
def test_every_committed_kustomization_is_permitted(folder: str) -> None:
    """Nothing here is refused."""
    check_kustomization(os.path.join(tools.ROOT, folder))


def test_two_kustomizations_in_a_folder_are_refused(tmp_path: Path) -> None:
    """Which of them holds is not left to the reader."""
    folder = laid_out(tmp_path, overlay())
    (folder / "kustomization.yml").write_text("namespace: x\n")
    assert [report[:11] for report in refusals(folder)] == ["error[TS543"]


def test_a_nested_estate_is_refused(tmp_path: Path) -> None:
    """A tenant cannot bring a platform of its own."""
    folder = laid_out(tmp_path, overlay())
    (folder / "platform.yaml").write_text("kind: Platform\n")
    found = judge_kustomization(os.fspath(folder), os.fspath(folder))
    assert "TS541" in {diagnostic.code for diagnostic in found}


def test_nothing_runs_before_it_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No kustomize is even looked for where the kustomization is refused."""
    monkeypatch.setenv("KUSTOMIZE", "no-such-program")
    folder = laid_out(tmp_path, overlay("helmCharts: []\n"))
    with pytest.raises(TenantspecError) as caught:
        kustomize.build(os.fspath(folder))
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["TS540"]
