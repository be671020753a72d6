"""What base/ says, kind by kind: the platform's own room, so what an object has from there is granted."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Final

    from krm_functions.manifests.base import Base, Manifest

_STAMPED: Final[Mapping[str, tuple[str, ...]]] = {
    "Service": ("selector", "externalName", "externalIPs"),
    "Ingress": ("rules", "tls", "defaultBackend"),
    "HTTPRoute": ("hostnames", "parentRefs"),
    "HorizontalPodAutoscaler": ("scaleTargetRef", "maxReplicas"),
    "PodDisruptionBudget": ("selector",),
    "ServiceMonitor": ("selector", "namespaceSelector"),
    "Deployment": ("selector", "replicas"),
}
"""Fields of a spec that are the app's to fill: a template's placeholder there grants nothing."""
_KINDS: Final = (*_STAMPED, "ServiceAccount")
CONVENTIONS: Final = ("imagePullPolicy", "resources", "securityContext", "terminationMessagePolicy")
"""What every container may take over from the base's container called app."""


def house(base: Base) -> dict[str, Manifest]:
    """Return the templates by the kind that they serve, without what is stamped onto them."""
    found = {kind: _cleaned(kind, base.template(kind)) for kind in _KINDS}
    deployment = found["Deployment"]
    pods = {"template": deployment["spec"].get("template") or {}}
    about = {"metadata": deployment["metadata"]}
    return {
        **found,
        "StatefulSet": {**about, "spec": {**deployment["spec"], **pods}},
        "Job": {**about, "spec": pods},
        "CronJob": {**about, "spec": {"jobTemplate": {**_about(pods["template"]), "spec": pods}}},
    }


def _about(template: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": template.get("metadata") or {}}


def pod_of(house: Mapping[str, Manifest]) -> dict[str, Any]:
    """Return the pod spec that base/deployment gives to all workloads."""
    template = house["Deployment"]["spec"].get("template") or {}
    spec = template.get("spec")
    return spec if isinstance(spec, dict) else {}


def _cleaned(kind: str, template: Manifest) -> Manifest:
    metadata, spec = template.get("metadata") or {}, template.get("spec") or {}
    about = {key: metadata[key] for key in ("labels", "annotations") if metadata.get(key)}
    kept = {key: value for key, value in spec.items() if key not in _STAMPED.get(kind, ())}
    if kind == "Deployment":
        kept["template"] = _pods(kept.get("template") or {})
    rest = {key: value for key, value in template.items() if key not in ("metadata", "spec")}
    return {**rest, "metadata": about, "spec": kept}


def _pods(template: dict[str, Any]) -> dict[str, Any]:
    spec = {key: value for key, value in (template.get("spec") or {}).items() if key != "serviceAccountName"}
    containers = [
        {key: value for key, value in container.items() if key != "image" or container.get("name") != "app"}
        for container in spec.get("containers") or ()
    ]
    return {"metadata": template.get("metadata") or {}, "spec": {**spec, "containers": containers}}
