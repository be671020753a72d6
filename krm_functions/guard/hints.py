"""How a field that is refused could be granted; what is absent here has no way but the platform team's."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

_BASE = "nothing of a tenant's grants it; the platform team can say it for every app in base/"
_NEVER = "remove it: no guardrail grants it"

HINTS: Final[Mapping[str, str]] = {
    "affinity": _BASE,
    "annotations": "`annotations`, `podAnnotations` or `serviceAccount.annotations` of the App grant exactly what they say",
    "automountServiceAccountToken": "`serviceAccount.token: true` of the App grants it",
    "defaultBackend": "every path belongs to a host: `expose` of the App",
    "ephemeralContainers": "they are added to running pods by a debugger, never by git",
    "externalIPs": "`expose` of the App is how it is reached from outside",
    "externalName": "`env: {KEY: {url: TENANT/APP}}` of the App leads to another app",
    "finalizers": _NEVER,
    "generateName": "write `name`: Argo CD cannot follow generated names",
    "hostAliases": _BASE,
    "hostIPC": _NEVER,
    "hostNetwork": _NEVER,
    "hostPID": _NEVER,
    "hostPath": "`volumes` of the App give claims and ephemeral space",
    "hostPort": "`expose` of the App is how it is reached from outside",
    "imagePullSecrets": "`pullSecret` of the Tenant gives one to each of its namespaces",
    "namespaceSelector": "leave it out: the own namespace is meant",
    "nodeName": "`nodeSelector` of the App says where it may run",
    "nodePort": "`expose` of the App is how it is reached from outside",
    "ownerReferences": _NEVER,
    "priorityClassName": _BASE,
    "privileged": _NEVER,
    "runtimeClassName": _BASE,
    "schedulerName": _BASE,
    "serviceAccount": "the field of today is serviceAccountName",
    "serviceAccountToken": "`serviceAccount.token: true` of the App mounts one",
    "status": "a cluster writes it, never git",
    "type": "`expose` of the App is how it is reached from outside",
    "dataFrom": "name each value under `data`, or take one whole entry with `extract`",
    "sourceRef": "the platform's secretStore is the one store of an app",
}
