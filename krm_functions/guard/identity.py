"""Whose an object is: its name, namespace, labels, annotations, and what it selects and refers to."""

from __future__ import annotations

import re

from krm_functions.guard.rules import listing, mapping, one_of, pairs, shown, text, wrong
from krm_functions.guard.scope import PERMITTED_SYNC_OPTIONS
from krm_functions.names import is_dns_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Final

    from krm_functions.guard.rules import At, Finding, Rule

_FREE_LABELS: Final = frozenset(
    {
        "app",
        "app.kubernetes.io/component",
        "app.kubernetes.io/name",
        "app.kubernetes.io/version",
        "chart",
        "component",
        "helm.sh/chart",
        "heritage",
        "release",
        "tier",
        "version",
    }
)
"""Labels that people and charts describe their own objects by; no controller of a cluster obeys them."""
_FREE_ANNOTATIONS: Final = frozenset(
    {"description", "kubernetes.io/description", "kubernetes.io/change-cause"}
)
_POD_ANNOTATIONS: Final = frozenset(
    {
        "kubectl.kubernetes.io/default-container",
        "prometheus.io/path",
        "prometheus.io/port",
        "prometheus.io/scheme",
        "prometheus.io/scrape",
    }
)
"""Annotations of a pod that speak of that pod alone."""
_HOOKS: Final = {
    "argocd.argoproj.io/hook": re.compile("PreSync|PostSync|PreSync,PostSync"),
    "argocd.argoproj.io/hook-delete-policy": re.compile("BeforeHookCreation"),
    "argocd.argoproj.io/sync-wave": re.compile(r"-?\d{1,4}"),
}
"""What a chart's hooks become: they order the sync of the app itself, and delete nothing but themselves."""
_NONE: Final = re.compile(r"(?!)")
_ISSUER: Final = "cert-manager.io/cluster-issuer"
_PULL_SECRET: Final = "pull-secret"  # noqa: S105  (the name of one)
_PUBLIC_MAP: Final = "kube-root-ca.crt"
"""The ConfigMap with the cluster's certificate authority, which every namespace has."""


def namespace(at: At, value: Any) -> Iterator[Finding]:
    """Refuse another namespace than the app's."""
    if value != at.scope.namespace:
        yield at.refuse("TS521", f"{shown(value)} is not the app's namespace", f"write {at.scope.namespace}")


def own_name(at: At, value: Any) -> Iterator[Finding]:
    """Refuse a name that is not the app's own: its id, or one that begins with it and a hyphen."""
    scope = at.scope
    if not isinstance(value, str) or not is_dns_name(value):
        yield wrong(at, "a name")
    elif value != scope.app and not value.startswith(f"{scope.app}-"):
        yield at.refuse(
            "TS530", f"{shown(value)} is not a name of {scope.app}'s", f"call it {scope.app}-SOMETHING"
        )
    elif value not in scope.granted.names:
        owner = _owner(value, scope.others, scope.app)
        if owner:
            yield at.refuse("TS530", f"{shown(value)} is a name of the app {owner}'s", "choose another name")


def _owner(name: str, others: Iterable[str], own: str) -> str:
    longer = [o for o in others if len(o) > len(own) and (name == o or name.startswith(f"{o}-"))]
    return max(longer, key=len, default="")


def public_map(at: At, value: Any) -> Iterable[Finding]:
    """Refuse a ConfigMap of another app."""
    return () if value == _PUBLIC_MAP else own_name(at, value)


def secret(at: At, value: Any) -> Iterator[Finding]:
    """Refuse a Secret that no ExternalSecret beside it makes."""
    if not isinstance(value, str):
        yield wrong(at, "a name")
    elif value not in at.unit.secrets:
        yield at.refuse(
            "TS528",
            f"the Secret {shown(value)} is not made by an ExternalSecret of this app",
            "`secrets` of the App makes one",
        )


def pull_secret(at: At, value: Any) -> Iterator[Finding]:
    """Refuse another pull secret than the one that the platform puts into the namespace."""
    if value != _PULL_SECRET or not at.scope.pull_secret:
        yield at.refuse(
            "TS528", f"{shown(value)} is not the tenant's pull secret", "`pullSecret` of the Tenant gives one"
        )


def account(at: At, value: Any) -> Iterator[Finding]:
    """Refuse the ServiceAccount of another app, and the namespace's default one."""
    if not isinstance(value, str) or any(own_name(at, value)):
        yield at.refuse(
            "TS528", f"the ServiceAccount {shown(value)} is not the app's", f"write {at.scope.app}"
        )


def token(at: At, value: Any) -> Iterator[Finding]:
    """Refuse a mounted token that the spec does not ask for."""
    if not isinstance(value, bool):
        yield wrong(at, "true or false")
    elif value and not at.scope.granted.token:
        yield at.refuse(
            "TS528",
            "a token of the API server is mounted, and the App does not ask for one",
            "`serviceAccount.token: true` of the App grants it",
        )


def _label(granted: str) -> Rule:
    def judge(at: At, key: str, value: Any) -> Iterator[Finding]:
        scope = at.scope
        held = {
            "tenantspec.dev/tenant": scope.tenant,
            "tenantspec.dev/environment": scope.environment,
            "tenantspec.dev/stage": scope.stage,
            "tenantspec.dev/app": scope.app,
            "app.kubernetes.io/instance": scope.instance,
            "app.kubernetes.io/part-of": scope.tenant,
        }
        if not isinstance(value, str):
            yield wrong(at, "a string")
        elif key in held:
            if value != held[key]:
                yield at.refuse("TS522", f"{shown(value)} is somebody else's", f"write {held[key]}")
        elif key == "app.kubernetes.io/managed-by":
            yield from one_of("tenantspec", *(["Helm"] if scope.charted else []))(at, value)
        elif key not in _FREE_LABELS and not _is_granted(at, granted, key, value):
            yield at.refuse(
                "TS522",
                "the label is not one that is free to use",
                "`labels` and `podLabels` of the App, and `labels` of the Tenant, grant exactly what they say",
            )

    return pairs(judge)


def _is_granted(at: At, granted: str, key: str, value: str) -> bool:
    said = at.scope.granted
    if granted == "labels":
        return (key, value) in said.labels
    return (key, value) in said.labels or (key, value) in said.pod_labels


labels: Final = _label("labels")
pod_labels: Final = _label("pod_labels")


def _annotation(granted: tuple[str, ...], free: frozenset[str]) -> Rule:
    def judge(at: At, key: str, value: Any) -> Iterator[Finding]:
        if not isinstance(value, str):
            yield wrong(at, "a string")
        elif key in free or (key.startswith("checksum/") and "pod_annotations" in granted):
            return
        elif not any((key, value) in getattr(at.scope.granted, field) for field in granted) and not (
            _is_ours(at, key, value)
        ):
            yield at.refuse(
                "TS523",
                "no annotation that a controller of the cluster may obey",
                "`annotations`, `podAnnotations` or `serviceAccount.annotations` of the App grant exactly what they say",
            )

    return pairs(judge)


def _is_ours(at: At, key: str, value: str) -> bool:
    if at.kind == "Ingress" and key == _ISSUER:
        return bool(value) and value == at.scope.issuer
    if at.scope.charted and len(at.path) == 3 and _HOOKS.get(key, _NONE).fullmatch(value):
        return True
    return len(at.path) == 3 and PERMITTED_SYNC_OPTIONS.get(at.kind) == (key, value)


_annotations: Final = _annotation(("annotations",), _FREE_ANNOTATIONS)
_account_annotations: Final = _annotation(("annotations", "account_annotations"), _FREE_ANNOTATIONS)
_pod_annotations: Final = _annotation(("pod_annotations",), _FREE_ANNOTATIONS | _POD_ANNOTATIONS)

_ABOUT: Final = {"name": own_name, "namespace": namespace, "labels": labels}
metadata: Final = mapping({**_ABOUT, "annotations": _annotations}, "name", "namespace")
account_metadata: Final = mapping({**_ABOUT, "annotations": _account_annotations}, "name", "namespace")
pod_metadata: Final = mapping({"labels": pod_labels, "annotations": _pod_annotations})
part_metadata: Final = mapping({"labels": pod_labels, "annotations": _annotations})
"""Metadata of a Job that a CronJob makes, and of a Secret that an ExternalSecret makes."""


def _chosen(at: At, value: Any, among: Iterable[Any]) -> Iterator[Finding]:
    """Refuse labels that select nothing of the app's own."""
    if not isinstance(value, dict) or not all(
        isinstance(part, str) for pair in value.items() for part in pair
    ):
        yield wrong(at, "a mapping of strings")
        return
    scope = at.scope
    own = value.get("app.kubernetes.io/instance") == scope.instance
    if not value or not (own or scope.charted):
        message = "the selector does not say the app's instance, so it may select another app's pods"
        yield at.refuse("TS532", message, f"add app.kubernetes.io/instance: {scope.instance}")
    elif not any(value.items() <= known.items() for known in among):
        yield at.refuse(
            "TS532", "the selector selects nothing of this app", "no pod template beside it has these labels"
        )


def own_pods(at: At, value: Any) -> Iterator[Finding]:
    """Refuse labels that are not those of a pod template beside it."""
    yield from _chosen(at, value, at.unit.pods)


def own_services(at: At, value: Any) -> Iterator[Finding]:
    """Refuse labels that are not those of a Service beside it."""
    yield from _chosen(at, value, at.unit.services)


_expressions: Final = listing(
    mapping(
        {"key": text, "operator": one_of("In", "NotIn", "Exists", "DoesNotExist"), "values": listing(text)},
        "key",
        "operator",
    )
)
"""They narrow what matchLabels has chosen."""
pod_selector: Final = mapping({"matchLabels": own_pods, "matchExpressions": _expressions}, "matchLabels")
service_selector: Final = mapping(
    {"matchLabels": own_services, "matchExpressions": _expressions}, "matchLabels"
)
