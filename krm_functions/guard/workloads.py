"""Workloads and what scales and spares them."""

from __future__ import annotations

from krm_functions.guard.identity import own_name, part_metadata, pod_selector
from krm_functions.guard.pods import template
from krm_functions.guard.rules import boolean, either, integer, listing, mapping, matching, one_of, text
from krm_functions.guard.storage import claim_template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Final

    from krm_functions.guard.rules import At, Finding, Rule


def _replicas(low: int) -> Rule:
    """Return the rule of a number of pods, which guardrails.maxReplicas bounds."""

    def judge(at: At, value: Any) -> Iterable[Finding]:
        return integer(low, at.scope.guardrails.max_replicas)(at, value)

    return judge


_whole: Final = integer(0)
_share: Final = either(matching(r"(100|[1-9]?[0-9])%", "a percentage"), integer(0))
_history: Final[dict[str, Rule]] = {
    "minReadySeconds": _whole,
    "revisionHistoryLimit": _whole,
    "replicas": _replicas(0),
    "selector": pod_selector,
    "template": template,
}
deployment: Final = mapping(
    {
        **_history,
        "progressDeadlineSeconds": _whole,
        "strategy": mapping(
            {
                "type": one_of("RollingUpdate", "Recreate"),
                "rollingUpdate": mapping({"maxSurge": _share, "maxUnavailable": _share}),
            }
        ),
    },
    "selector",
    "template",
)
stateful_set: Final = mapping(
    {
        **_history,
        "serviceName": own_name,
        "podManagementPolicy": one_of("OrderedReady", "Parallel"),
        "updateStrategy": mapping(
            {
                "type": one_of("RollingUpdate", "OnDelete"),
                "rollingUpdate": mapping({"partition": _whole, "maxUnavailable": _share}),
            }
        ),
        "persistentVolumeClaimRetentionPolicy": mapping(
            {"whenDeleted": one_of("Retain", "Delete"), "whenScaled": one_of("Retain", "Delete")}
        ),
        "ordinals": mapping({"start": _whole}),
        "volumeClaimTemplates": listing(claim_template),
    },
    "selector",
    "template",
)
job: Final = mapping(
    {
        "template": template,
        "backoffLimit": _whole,
        "completions": _replicas(1),
        "parallelism": _replicas(0),
        "completionMode": one_of("NonIndexed", "Indexed"),
        "activeDeadlineSeconds": _whole,
        "ttlSecondsAfterFinished": _whole,
        "suspend": boolean,
    },
    "template",
)
cron_job: Final = mapping(
    {
        "schedule": text,
        "timeZone": text,
        "concurrencyPolicy": one_of("Allow", "Forbid", "Replace"),
        "startingDeadlineSeconds": _whole,
        "successfulJobsHistoryLimit": _whole,
        "failedJobsHistoryLimit": _whole,
        "suspend": boolean,
        "jobTemplate": mapping({"metadata": part_metadata, "spec": job}, "spec"),
    },
    "schedule",
    "jobTemplate",
)
_target: Final = mapping(
    {
        "type": one_of("Utilization", "AverageValue"),
        "averageUtilization": integer(1),
        "averageValue": either(text, integer(1)),
    },
    "type",
)
_metric: Final = mapping(
    {
        "type": one_of("Resource", "ContainerResource"),
        "resource": mapping({"name": one_of("cpu", "memory"), "target": _target}),
        "containerResource": mapping({"name": one_of("cpu", "memory"), "container": text, "target": _target}),
    },
    "type",
)
"""Without Object, Pods and External: they read what others in the cluster measure."""
_scaling: Final = mapping(
    {
        "stabilizationWindowSeconds": _whole,
        "selectPolicy": one_of("Max", "Min", "Disabled"),
        "tolerance": text,
        "policies": listing(
            mapping({"type": one_of("Pods", "Percent"), "value": _whole, "periodSeconds": _whole})
        ),
    }
)
autoscaler: Final = mapping(
    {
        "scaleTargetRef": mapping(
            {
                "apiVersion": one_of("apps/v1"),
                "kind": one_of("Deployment", "StatefulSet"),
                "name": own_name,
            },
            "apiVersion",
            "kind",
            "name",
        ),
        "minReplicas": _replicas(1),
        "maxReplicas": _replicas(1),
        "metrics": listing(_metric),
        "behavior": mapping({"scaleUp": _scaling, "scaleDown": _scaling}),
    },
    "scaleTargetRef",
    "maxReplicas",
)
budget: Final = mapping(
    {
        "selector": pod_selector,
        "maxUnavailable": either(matching(r"(100|[1-9][0-9]?)%", "a percentage above 0"), integer(1)),
        "minAvailable": integer(0),
        "unhealthyPodEvictionPolicy": one_of("AlwaysAllow", "IfHealthyBudget"),
    },
    "selector",
)
"""A budget that never gives a pod away would hold up the platform's own node drains."""
