"""The plugin sidecar of Argo CD's repo-server: its plugin.yaml, container, volumes, and both ways to add them.

Shapes: the operator's manual of Argo CD 3.6.1 (config management plugins) and the chart argo-cd 9.
"""

from __future__ import annotations

import hashlib

from krm_functions.krm.emit import dump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from krm_functions.estate.model import Hub, Platform

CONFIG_MAP: Final = "argocd-cmp-tenantspec"
CHART: Final = "9.4.17"
"""The chart argo-cd that the values are written for; its image and CRDs are those of `argocd.version`."""
_PLUGIN: Final = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "ConfigManagementPlugin",
    "metadata": {"name": "tenantspec"},
    "spec": {
        "version": "v1",
        "generate": {"command": ["tenantspec", "cmp", "generate"]},
        "parameters": {"dynamic": {"command": ["tenantspec", "cmp", "parameters"]}},
        "preserveFileMode": False,
        "provideGitCreds": False,
    },
}
"""No discovery, which would start it for every Application of anybody's; no shell; no init, which would be a second start."""
PLUGIN_YAML: Final = dump(_PLUGIN)
_CHECKSUM: Final = {"tenantspec.dev/plugin": hashlib.sha256(PLUGIN_YAML.encode()).hexdigest()[:16]}
"""On the pods: a file that is mounted by subPath does not follow its ConfigMap."""
_TMP: Final = "tenantspec-tmp"
_CONFIG: Final = "tenantspec-plugin"
_NAME: Final = "tenantspec"


def container(platform: Platform) -> dict[str, Any]:
    """Return the sidecar: Argo CD's plugin server in tenantspec's image, with nothing but a /tmp to write to."""
    return {
        "name": _NAME,
        "image": platform.argocd.image,
        "command": ["/var/run/argocd/argocd-cmp-server"],
        "env": [{"name": "ARGOCD_EXEC_TIMEOUT", "value": "90s"}],
        "startupProbe": {
            "exec": {"command": ["tenantspec", "cmp", "init"]},
            "periodSeconds": 5,
            "timeoutSeconds": 10,
            "failureThreshold": 12,
        },
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"memory": "512Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "runAsUser": 999,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [
            {"name": "var-files", "mountPath": "/var/run/argocd"},
            {"name": "plugins", "mountPath": "/home/argocd/cmp-server/plugins"},
            {
                "name": _CONFIG,
                "mountPath": "/home/argocd/cmp-server/config/plugin.yaml",
                "subPath": "plugin.yaml",
            },
            {"name": _TMP, "mountPath": "/tmp"},  # noqa: S108  (of the container)
        ],
    }


def volumes() -> list[dict[str, Any]]:
    """Return the volumes that the sidecar adds: its plugin.yaml, and a /tmp that it shares with no other plugin."""
    return [{"name": _CONFIG, "configMap": {"name": CONFIG_MAP}}, {"name": _TMP, "emptyDir": {}}]


def repo_server_patch(platform: Platform, hub: Hub) -> dict[str, Any]:
    """Return what `kubectl apply --server-side` adds to the repo-server, however that is installed."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "argocd-repo-server", "namespace": hub.namespace},
        "spec": {
            "template": {
                "metadata": {"annotations": _CHECKSUM},
                "spec": {"containers": [container(platform)], "volumes": volumes()},
            }
        },
    }


def chart_values(platform: Platform) -> dict[str, Any]:
    """Return values of the chart argo-cd: ours are its settings, and its repo-server has the sidecar."""
    ours: dict[str, Any] = {
        "crds": {"install": False},
        "fullnameOverride": "argocd",
        "global": {"image": {"tag": platform.argocd.version}},
        "configs": {name: {"create": False} for name in ("cm", "params", "rbac")},
    }
    if platform.argocd.delivery == "plugin":
        ours["repoServer"] = {
            "podAnnotations": _CHECKSUM,
            "extraContainers": [container(platform)],
            "volumes": volumes(),
        }
    return ours
