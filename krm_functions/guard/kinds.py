"""The kinds that a tenant may hold, each by its exact API version, and the rule of each: a literal table."""

from __future__ import annotations

from krm_functions.guard.identity import metadata
from krm_functions.guard.rules import mapping, text
from krm_functions.guard.storage import ACCOUNT, CONFIG_MAP, claim, external_secret
from krm_functions.guard.traffic import http_route, ingress, monitor, service
from krm_functions.guard.workloads import autoscaler, budget, cron_job, deployment, job, stateful_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from krm_functions.guard.rules import Rule


def _object(**parts: Rule) -> Rule:
    fields = {"apiVersion": text, "kind": text, "metadata": metadata, **parts}
    return mapping(fields, "metadata", *(["spec"] if "spec" in parts else []))


KINDS: Final[Mapping[tuple[str, str], Rule]] = {
    ("apps/v1", "Deployment"): _object(spec=deployment),
    ("apps/v1", "StatefulSet"): _object(spec=stateful_set),
    ("autoscaling/v2", "HorizontalPodAutoscaler"): _object(spec=autoscaler),
    ("batch/v1", "CronJob"): _object(spec=cron_job),
    ("batch/v1", "Job"): _object(spec=job),
    ("external-secrets.io/v1", "ExternalSecret"): _object(spec=external_secret),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): _object(spec=http_route),
    ("monitoring.coreos.com/v1", "ServiceMonitor"): _object(spec=monitor),
    ("networking.k8s.io/v1", "Ingress"): _object(spec=ingress),
    ("policy/v1", "PodDisruptionBudget"): _object(spec=budget),
    ("v1", "ConfigMap"): _object(**CONFIG_MAP),
    ("v1", "PersistentVolumeClaim"): _object(spec=claim),
    ("v1", "Service"): _object(spec=service),
    ("v1", "ServiceAccount"): _object(**ACCOUNT),
}

HINTS: Final[Mapping[str, str]] = {
    "AppProject": "the platform's hub makes it from the Tenant",
    "Application": "Argo CD's objects are the platform's: a new App gets its own",
    "ApplicationSet": "Argo CD's objects are the platform's: a new App gets its own",
    "ClusterRole": "the platform team says roles in base/namespace",
    "ClusterRoleBinding": "`owners`, `editors` and `viewers` of the Tenant bind people",
    "DaemonSet": "what runs on every node is the platform's: a Component in infra/",
    "LimitRange": "`quota` of the Tenant",
    "List": "write its items as documents of their own",
    "Namespace": "the platform's cluster overlay makes it from the Tenant",
    "NetworkPolicy": "`needs` and `allows` of the Apps and `network` of the Tenant open connections",
    "Pod": "a Job or a Deployment, so that its image and its owner are known",
    "ResourceQuota": "`quota` of the Tenant",
    "Role": "`serviceAccount` of the App; rights at the API server are the platform team's to give",
    "RoleBinding": "`owners`, `editors` and `viewers` of the Tenant bind people",
    "Secret": "`secrets` of the App: no value stands in git",
    "SecretStore": "the platform's secretStore is the one store",
}
"""What to do instead of a kind that is refused."""
