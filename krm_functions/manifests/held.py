"""What a patch leaves as it is: what others find an object by, and what the guardrails have judged in the spec."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.manifests.base import Manifest

RESERVED: Final = ("tenantspec.dev/", "app.kubernetes.io/")
"""Prefixes of the labels by which tenants are told apart and pods are found."""


ANNOTATIONS: Final = (
    "tenantspec.dev",
    "argocd.argoproj.io",
    "cert-manager.io",
    "external-dns.kubernetes.io",
    "external-dns.alpha.kubernetes.io",
)
"""Prefixes of annotations that only the functions write."""


def changed(before: Manifest, after: Manifest) -> str:
    """Return, in words, the first thing that only the spec decides and that differs; nothing if none does."""
    for what, held in _HELD.items():
        if held(before) != held(after):
            return what
    return ""


def _identity(manifest: Manifest) -> object:
    metadata = _at(manifest, "metadata")
    return [manifest.get("apiVersion"), manifest.get("kind"), metadata.get("namespace"), metadata.get("name")]


def _labels(manifest: Manifest) -> object:
    return [
        {key: value for key, value in _at(level, "metadata", "labels").items() if key.startswith(RESERVED)}
        for level in (manifest, *_templates(manifest))
    ]


def _selector(manifest: Manifest) -> object:
    return _at(manifest, "spec").get("selector")


def _pods(manifest: Manifest) -> Iterator[dict[str, Any]]:
    for template in _templates(manifest):
        yield _at(template, "spec")


def _templates(manifest: Manifest) -> list[dict[str, Any]]:
    found = (_at(manifest, "spec", "template"), _at(manifest, "spec", "jobTemplate", "spec", "template"))
    return [template for template in found if template]


def _images(manifest: Manifest) -> object:
    return sorted(
        str(container.get("image"))
        for pod in _pods(manifest)
        for key in ("containers", "initContainers", "ephemeralContainers")
        for container in pod.get(key) or ()
        if isinstance(container, dict)
    )


def _accounts(manifest: Manifest) -> object:
    return [(pod.get("serviceAccountName"), pod.get("serviceAccount")) for pod in _pods(manifest)]


def _hosts(manifest: Manifest) -> object:
    spec = _at(manifest, "spec")
    if manifest.get("kind") == "HTTPRoute":
        return [spec.get("hostnames"), spec.get("parentRefs")]
    if manifest.get("kind") != "Ingress":
        return None
    rules = [rule.get("host") for rule in spec.get("rules") or () if isinstance(rule, dict)]
    return [rules, spec.get("tls"), spec.get("defaultBackend")]


def _secrets(manifest: Manifest) -> object:
    spec = _at(manifest, "spec")
    keys = ("data", "dataFrom", "secretStoreRef", "target")
    return {key: spec.get(key) for key in keys} if manifest.get("kind") == "ExternalSecret" else None


def _annotations(manifest: Manifest) -> object:
    return [
        {key: value for key, value in _at(level, "metadata", "annotations").items() if _is_reserved(key)}
        for level in (manifest, *_templates(manifest))
    ]


def _is_reserved(annotation: str) -> bool:
    prefix, _, name = annotation.rpartition("/")
    return prefix.endswith(ANNOTATIONS) or name == "server-alias" or name.endswith("snippet")


def _replicas(manifest: Manifest) -> object:
    spec = _at(manifest, "spec")
    return [spec.get("replicas"), spec.get("minReplicas"), spec.get("maxReplicas")]


def _service(manifest: Manifest) -> object:
    spec = _at(manifest, "spec")
    keys = ("type", "externalName", "externalIPs", "loadBalancerIP", "externalTrafficPolicy")
    return {key: spec.get(key) for key in keys} if manifest.get("kind") == "Service" else None


def _confinement(manifest: Manifest) -> object:
    return [
        [{key: pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC", "hostUsers", "securityContext")}]
        + [volume for volume in pod.get("volumes") or () if isinstance(volume, dict) and "hostPath" in volume]
        + [
            (container.get("name"), container.get("securityContext"))
            for key in ("containers", "initContainers", "ephemeralContainers")
            for container in pod.get(key) or ()
            if isinstance(container, dict)
        ]
        for pod in _pods(manifest)
    ]


def _at(value: Any, *path: str) -> dict[str, Any]:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


_HELD: Final = {
    "what an object is called: its kind, name or namespace": _identity,
    "labels that tell whose it is": _labels,
    "what selects its pods": _selector,
    "an image": _images,
    "the service account": _accounts,
    "a host": _hosts,
    "what comes from the secret store": _secrets,
    "an annotation that other controllers obey": _annotations,
    "the number of replicas": _replicas,
    "how a Service is reached": _service,
    "what confines its containers": _confinement,
}
