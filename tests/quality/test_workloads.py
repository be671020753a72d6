"""Workloads of every kind: their Services, replicas, rollouts and probes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.quality.objects import CLAIM, KINDS, SELECTOR, house, web

if TYPE_CHECKING:
    from pathlib import Path

    from tests.quality.shapes import Spec


# --- kinds of workload


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_the_same_pod(tmp_path: Path, kind: str) -> None:
    """One pod template serves every kind, with the selector's labels and the house's security context."""
    found = web(tmp_path, KINDS[kind])
    assert found.workload["kind"] == kind
    assert SELECTOR.items() <= found.template["metadata"]["labels"].items()
    assert found.pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert found.container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert (found.pod["serviceAccountName"], found.pod["enableServiceLinks"]) == ("web", False)
    assert found.pod.get("restartPolicy") == ("Never" if kind in ("CronJob", "Job") else None)


def test_a_stateful_set_has_its_headless_service(tmp_path: Path) -> None:
    """Pods of a StatefulSet are named by a headless Service, which lists them before they are ready."""
    found = web(tmp_path, {**KINDS["StatefulSet"], "port": 80, "replicas": 2, "volumes": CLAIM})
    headless = found.spec("Service", found.workload["spec"]["serviceName"])
    assert (headless["clusterIP"], headless["publishNotReadyAddresses"]) == ("None", True)
    assert headless["selector"] == found.spec("Service")["selector"] == SELECTOR
    assert found.workload["spec"]["selector"]["matchLabels"] == SELECTOR
    (claim,) = found.workload["spec"]["volumeClaimTemplates"]
    assert "app.kubernetes.io/version" not in claim["metadata"]["labels"]
    assert not found.has("PersistentVolumeClaim")


def test_a_stateful_set_takes_the_pace_of_rollouts_from_the_base(tmp_path: Path) -> None:
    """What the base's Deployment says of rollouts in general holds for StatefulSets too."""
    spec = web(tmp_path, KINDS["StatefulSet"]).workload["spec"]
    assert (spec["minReadySeconds"], spec["revisionHistoryLimit"]) == (10, 3)


def test_pods_of_a_stateful_set_are_scraped_once(tmp_path: Path) -> None:
    """The monitor leaves out the headless Service, behind which the same pods stand."""
    found = web(tmp_path, {**KINDS["StatefulSet"], "port": 80, "metrics": {}})
    (expression,) = found.spec("ServiceMonitor")["selector"]["matchExpressions"]
    assert expression == {"key": "prometheus.io/service-monitor", "operator": "NotIn", "values": ["false"]}
    labels = {name: found.found["Service", name]["metadata"]["labels"] for name in ("web", "web-headless")}
    assert [labels[name].get(expression["key"]) for name in labels] == [None, "false"]


def test_a_cron_job_runs_by_the_clock_of_utc(tmp_path: Path) -> None:
    """A run that could not start is given up in time, and does not overlap another."""
    spec = web(tmp_path, {**KINDS["CronJob"], "backoff": 1}).spec("CronJob")
    assert (spec["timeZone"], spec["concurrencyPolicy"], spec["startingDeadlineSeconds"]) == (
        "Etc/UTC",
        "Forbid",
        300,
    )
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 1


def test_a_job_is_replaced_by_argo_cd(tmp_path: Path) -> None:
    """A Job's pods are immutable, so a new version deletes and creates it."""
    annotations = web(tmp_path, KINDS["Job"]).workload["metadata"]["annotations"]
    assert annotations == {"argocd.argoproj.io/sync-options": "Replace=true,Force=true"}


def test_a_deployment_with_a_claim_has_one_pod(tmp_path: Path) -> None:
    """Two pods cannot hold one claim, not even during a rollout; Argo CD asks before it deletes the claim."""
    found = web(tmp_path, {"replicas": 3, "volumes": CLAIM})
    assert found.spec("Deployment")["strategy"] == {"type": "Recreate"}
    assert found.spec("Deployment")["replicas"] == 1
    assert not found.has("PodDisruptionBudget")
    claim = found.found["PersistentVolumeClaim", "web-data"]
    assert claim["metadata"]["annotations"] == {
        "argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm"
    }
    assert found.pod["volumes"] == [{"name": "data", "persistentVolumeClaim": {"claimName": "web-data"}}]


# --- replicas, rollouts and disruptions


def test_a_rollout_never_takes_pods_away(tmp_path: Path) -> None:
    """New pods come first, prove themselves, and only then old ones go."""
    spec = web(tmp_path, {}).spec("Deployment")
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": "25%", "maxUnavailable": 0}
    assert spec["minReadySeconds"] < spec["progressDeadlineSeconds"]


@pytest.mark.parametrize(
    ("spec", "replicated"),
    [
        ({"replicas": 1}, False),
        ({"replicas": 2}, True),
        ({"autoscale": {"min": 1, "max": 5}}, False),
        ({"autoscale": {"min": 2, "max": 5}}, True),
        ({"workload": "StatefulSet", "replicas": 3}, True),
        ({"workload": "Job"}, False),
    ],
)
def test_two_pods_or_more_are_spread_and_budgeted(tmp_path: Path, spec: Spec, replicated: bool) -> None:  # noqa: FBT001
    """A budget for one pod would block every drain; with two, one at a time may go, and an ill one always."""
    found = web(tmp_path, spec)
    assert found.has("PodDisruptionBudget") is replicated
    assert ("topologySpreadConstraints" in found.pod) is replicated
    assert ("affinity" in found.pod) is replicated
    if replicated:
        budget = found.spec("PodDisruptionBudget")
        assert (budget["maxUnavailable"], budget["unhealthyPodEvictionPolicy"]) == (1, "AlwaysAllow")
        assert budget["selector"] == {"matchLabels": SELECTOR}
        assert all(
            rule["labelSelector"]["matchLabels"] == SELECTOR
            for rule in found.pod["topologySpreadConstraints"]
        )


def test_an_autoscaler_owns_the_replicas(tmp_path: Path) -> None:
    """The workload says no replicas, not even the base's."""
    house(tmp_path, spec={"replicas": 4})
    found = web(tmp_path, {"autoscale": {"min": 2, "max": 5, "cpu": 70}})
    assert "replicas" not in found.spec("Deployment")
    scaler = found.spec("HorizontalPodAutoscaler")
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 5)
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}


# --- probes and the end of a pod


def test_an_app_with_a_port_is_ready_once_it_takes_connections(tmp_path: Path) -> None:
    """Without `health` a pod gets no traffic before it listens, and is never restarted."""
    container = web(tmp_path, {"ports": {"http": {"port": 80, "targetPort": 8080}}}).container
    assert container["readinessProbe"] == {"tcpSocket": {"port": 8080}, "timeoutSeconds": 3}
    assert {"livenessProbe", "startupProbe"}.isdisjoint(container)


@pytest.mark.parametrize(
    "spec", [{}, {"ports": {"dns": {"port": 53, "protocol": "UDP"}}}, {"port": 80, "workload": "Job"}]
)
def test_an_app_that_serves_no_tcp_has_no_probe(tmp_path: Path, spec: Spec) -> None:
    """Timing alone is no probe."""
    assert {"readinessProbe", "livenessProbe", "startupProbe"}.isdisjoint(web(tmp_path, spec).container)


def test_liveness_waits_longer_than_readiness(tmp_path: Path) -> None:
    """One path for both: the pod gets no traffic well before it is restarted."""
    container = web(tmp_path, {"port": 80, "health": "/healthz"}).container
    ready, live = container["readinessProbe"], container["livenessProbe"]
    assert ready == {"httpGet": {"path": "/healthz", "port": 80}, "timeoutSeconds": 3}
    assert live == {"httpGet": {"path": "/healthz", "port": 80}, "timeoutSeconds": 3, "failureThreshold": 6}


def test_each_probe_says_its_own(tmp_path: Path) -> None:
    """A probe's action replaces the house's, and its times win over the house's."""
    health = {
        "readiness": {"command": ["ready"], "period": 5},
        "liveness": {"port": "http", "failures": 9, "delay": 1},
        "startup": {"path": "/started", "timeout": 7},
    }
    container = web(tmp_path, {"port": 80, "health": health}).container
    assert container["readinessProbe"] == {
        "exec": {"command": ["ready"]},
        "periodSeconds": 5,
        "timeoutSeconds": 3,
    }
    assert container["livenessProbe"]["tcpSocket"] == {"port": 80}
    assert container["livenessProbe"]["failureThreshold"] == 9
    assert container["startupProbe"] == {
        "httpGet": {"path": "/started", "port": 80},
        "timeoutSeconds": 7,
        "failureThreshold": 30,
    }


def test_a_base_without_probes_leaves_the_defaults_of_the_schema(tmp_path: Path) -> None:
    """A startup probe waits for 30 failures, whatever the base says of probes."""
    house(tmp_path, app={"readinessProbe": {}, "livenessProbe": {}, "startupProbe": {}})
    container = web(tmp_path, {"port": 80, "health": {"startup": {"port": 80}}}).container
    assert container["startupProbe"] == {"tcpSocket": {"port": 80}, "failureThreshold": 30}
    assert {"readinessProbe", "livenessProbe"}.isdisjoint(container)


def test_a_pod_leaves_its_services_before_it_stops(tmp_path: Path) -> None:
    """It goes on answering while load balancers learn that it leaves; without a port there is nobody to wait for."""
    pod = web(tmp_path, {"port": 80, "gracePeriod": 60, "preStop": 10}).pod
    assert pod["terminationGracePeriodSeconds"] == 60
    assert pod["containers"][0]["lifecycle"] == {"preStop": {"sleep": {"seconds": 10}}}
    command = web(tmp_path, {"port": 80, "preStop": {"command": ["/drain"]}}).container
    assert command["lifecycle"] == {"preStop": {"exec": {"command": ["/drain"]}}}
    assert web(tmp_path, {"port": 80}).container["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
    assert "lifecycle" not in web(tmp_path, {}).container
