"""A vendored chart becomes the app's own objects, or says why it does not."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from krm_functions.charts.lock import FILE, Locked, digest, text
from tests import builds, tools
from tests.charts.conftest import APP, FROM, Estate

CHART: Final = "charts/notes-1.2.0"
OVERLAY: Final = "tenants/shop/apps/notes/overlays/dev"
POLICY: Final = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: notes}
spec: {podSelector: {}, ingress: [{}]}
"""


def relocked(estate: Estate) -> None:
    """Lock the chart as it is now."""
    folder = os.path.join(estate.root, CHART)
    entry = Locked(FROM, "notes", "1.2.0", digest(folder))
    Path(estate.root, FILE).write_text(text({"notes-1.2.0": entry}))


def template(estate: Estate, name: str, content: str) -> None:
    """Add a template to the chart and lock it."""
    Path(estate.root, CHART, "templates", name).write_text(content)
    relocked(estate)


def rendered(estate: Estate) -> list[dict[str, Any]]:
    """Return the objects of dev."""
    output = estate.call("render", "--tenant", "shop", "--environment", "dev").fine().stdout
    return [document for document in yaml.safe_load_all(output) if document]


def one(manifests: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """Return the one object of a kind."""
    (found,) = [manifest for manifest in manifests if manifest["kind"] == kind]
    return found


def test_both_helms_give_the_same_bytes(estate: Estate) -> None:
    """The helms of both major versions template the same, twice."""
    texts = {
        estate._replace(helm=program).call("render").fine().stdout for program in ("helm", "helm3", "helm")
    }
    assert len(texts) == 1


def test_selectors_meet_their_pods(estate: Estate) -> None:
    """The instance is the app's own in labels and selectors; the chart's names stay."""
    found = rendered(estate)
    pods = one(found, "Deployment")["spec"]["template"]["metadata"]["labels"]
    for chosen in (
        one(found, "Deployment")["spec"]["selector"]["matchLabels"],
        one(found, "Service")["spec"]["selector"],
    ):
        assert chosen == {"app.kubernetes.io/name": "notes", "app.kubernetes.io/instance": "shop-notes"}
        assert chosen.items() <= pods.items()
    assert pods["tenantspec.dev/tenant"] == "shop"
    assert {manifest["metadata"]["namespace"] for manifest in found} == {"shop-dev"}


def test_a_selector_without_an_instance_gets_one(estate: Estate) -> None:
    """A chart that selects by one label of its own cannot select another app's pods."""
    estate.replace(
        f"{CHART}/templates/_names.tpl", "app.kubernetes.io/instance: {{ .Release.Name }}", "app: notes"
    )
    relocked(estate)
    found = rendered(estate)
    wanted = {"app.kubernetes.io/name": "notes", "app": "notes", "app.kubernetes.io/instance": "shop-notes"}
    assert one(found, "Service")["spec"]["selector"] == wanted
    assert wanted.items() <= one(found, "Deployment")["spec"]["template"]["metadata"]["labels"].items()


def test_hooks_are_said_in_argo_cds_words(estate: Estate) -> None:
    """A hook of installs and upgrades runs after each sync; those of tests and deletion are left out and said."""
    annotations = one(rendered(estate), "Job")["metadata"]["annotations"]
    assert annotations == {
        "argocd.argoproj.io/hook": "PostSync",
        "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
        "argocd.argoproj.io/sync-wave": "-5",
    }
    answer = estate.call("check").fine()
    assert "info[TS321]" in answer.stderr
    assert "ConfigMap notes-goodbye" in answer.stderr
    assert "notes-test" not in estate.call("render").fine().stdout


def test_the_namespace_lets_the_charts_host_in(estate: Estate) -> None:
    """`expose` and `port` open the network for the chart's pods, whatever they are called."""
    output = estate.call("render", "--environment", "dev").fine().stdout
    (policy,) = [
        document
        for document in yaml.safe_load_all(output)
        if document
        and document["kind"] == "NetworkPolicy"
        and document["metadata"]["name"] == "allow-ingress"
    ]
    chosen = {"key": "app.kubernetes.io/instance", "operator": "In", "values": ["shop-notes"]}
    assert policy["spec"]["podSelector"] == {"matchExpressions": [chosen]}
    assert policy["spec"]["ingress"][0]["ports"] == [{"protocol": "TCP", "port": 8080}]


def test_the_clusters_version_reaches_the_chart(estate: Estate) -> None:
    """A chart sees the Kubernetes that the platform states of the cluster, and the APIs that a tenant may use."""
    content = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes-about}\n"
        "data: {version: {{ .Capabilities.KubeVersion.Minor | quote }}, "
        'monitor: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" | quote }}}\n'
    )
    template(estate, "about.yaml", content)
    output = estate.call("render", "--tenant", "shop", "--environment", "prod").fine().stdout
    about = [d for d in yaml.safe_load_all(output) if d and d["metadata"]["name"] == "notes-about"]
    assert about[0]["data"] == {"version": "34", "monitor": "true"}


REFUSED: Final = {
    "a NetworkPolicy": (POLICY, "TS520"),
    "a Secret": ("apiVersion: v1\nkind: Secret\nmetadata: {name: notes}\nstringData: {a: b}\n", "TS520"),
    "another namespace": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes-a, namespace: kube-system}\n",
        "TS521",
    ),
    "an image of somebody else's": (
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: notes-a}\nspec: {template: {spec: {containers: [{name: a, image: evil.example/a:1}]}}}\n",
        "TS527",
    ),
    "a text": ("just a text\n", "TS320"),
    "no YAML": ("a: [\n", "TS320"),
    "a failing template": ('{{ fail "no colour is set" }}\n', "TS320"),
    "a look at the environment": ('a: {{ env "HOME" }}\n', "TS320"),
    "no value": ('{{ required "say `colour`" .Values.colour }}\n', "TS320"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_chart_may_not_hold_is_refused(estate: Estate, case: str) -> None:
    """A chart is judged as anything that a tenant brings, and a fault of it is told in helm's words."""
    content, code = REFUSED[case]
    template(estate, "more.yaml", content)
    answer = estate.call("check")
    assert answer.code == 1
    assert f"error[{code}]" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_values_are_held_against_the_charts_schema(estate: Estate) -> None:
    """A value of another type is told with its name, at the chart in the App."""
    estate.replace(APP, "host: notes-dev.apps.example.com", "replicas: many")
    answer = estate.call("render", "--tenant", "shop", "--environment", "dev").refused("TS320")
    assert "replicas" in answer.stderr
    assert "apps/notes/app.yaml" in answer.stderr


def test_crds_are_the_platforms(estate: Estate) -> None:
    """Definitions in a chart's crds/ are not installed, and that is said."""
    folder = Path(estate.root, CHART, "crds")
    folder.mkdir()
    (folder / "crd.yaml").write_text("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n")
    relocked(estate)
    answer = estate.call("check").fine()
    assert "CustomResourceDefinitions" in answer.stderr
    assert all(manifest["kind"] != "CustomResourceDefinition" for manifest in rendered(estate))


def test_a_template_sees_neither_cluster_nor_files_nor_settings(estate: Estate) -> None:
    """What a chart prints depends on its files and values alone."""
    content = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes-seen}\ndata:\n"
        '  file: {{ .Files.Get "../../platform.yaml" | quote }}\n'
        '  cluster: {{ lookup "v1" "Namespace" "" "" | toJson | quote }}\n'
    )
    template(estate, "seen.yaml", content)
    (seen,) = [manifest for manifest in rendered(estate) if manifest["metadata"]["name"] == "notes-seen"]
    assert seen["data"] == {"file": "", "cluster": "{}"}


def test_a_link_in_a_vendored_chart_is_refused(estate: Estate) -> None:
    """A link would read what was never locked."""
    os.symlink("/etc/hostname", os.path.join(estate.root, CHART, "files"))
    estate.call("render", "--tenant", "shop", "--environment", "dev").refused("TS632")


def test_patches_and_kustomize_reach_a_chart(
    estate: Estate, plugin_home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A patch of the App changes a chart's object; kustomize builds the same bytes as `tenantspec build`."""
    estate.replace(
        APP,
        "  port: 8080",
        "  patches: [{target: {kind: Deployment}, patch: {spec: {minReadySeconds: 7}}}]\n  port: 8080",
    )
    monkeypatch.setenv("HELM", tools.installed("helm"))
    folder = os.path.join(estate.root, OVERLAY)
    built = builds.run([tools.kustomize(), "build", "--enable-alpha-plugins", folder], plugin_home).decode()
    assert "minReadySeconds: 7" in built
    assert estate.call("build", OVERLAY).fine().stdout == built


def test_a_chart_that_helm_made(estate: Estate) -> None:
    """The chart that `helm create` writes runs once its values meet the guardrails."""
    folder = os.path.join(estate.root, CHART)
    shutil.rmtree(folder)
    subprocess.run([tools.installed("helm"), "create", folder], capture_output=True, check=True)
    Path(folder, "Chart.yaml").write_text("apiVersion: v2\nname: notes\nversion: 1.2.0\nappVersion: 1.16.0\n")
    relocked(estate)
    Path(estate.root, APP).write_text(
        "apiVersion: tenantspec.dev/v1alpha1\nkind: App\nmetadata: {name: notes, namespace: shop}\nspec:\n"
        f"  chart:\n    repository: {FROM}\n    name: notes\n    values:\n"
        "      image: {repository: ghcr.io/example/shop/notes}\n"
        "      serviceAccount: {automount: false}\n"
        "      podSecurityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}\n"
        "      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}\n"
    )
    kinds = {manifest["kind"] for manifest in rendered(estate)}
    assert {"Deployment", "Service", "ServiceAccount"} <= kinds
