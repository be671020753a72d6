"""Security contexts: what a pod may say within the platform's Pod Security Standard, and what it must say."""

from __future__ import annotations

from krm_functions.guard.house import pod_of
from krm_functions.guard.rules import boolean, integer, listing, mapping, one_of, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Final

    from krm_functions.guard.rules import At, Finding, Rule

_BASELINE: Final = (
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
)
"""What the baseline standard lets a container add (kubernetes.io/docs/concepts/security/pod-security-standards)."""


def _by_standard(restricted: Rule, baseline: Rule) -> Rule:
    """Return a rule that follows guardrails.podSecurity; what is privileged is nobody's but base/'s."""

    def judge(at: At, value: Any) -> Iterable[Finding]:
        strict = at.scope.guardrails.pod_security == "restricted"
        return restricted(at, value) if strict else baseline(at, value)

    return judge


_seccomp: Final = mapping({"type": one_of("RuntimeDefault")}, "type")
_app_armor: Final = mapping({"type": one_of("RuntimeDefault")}, "type")
_USER: Final[dict[str, Rule]] = {
    "runAsNonRoot": _by_standard(one_of(True), boolean),
    "runAsUser": _by_standard(integer(1), integer(0)),
    "runAsGroup": integer(0),
    "seccompProfile": _seccomp,
    "appArmorProfile": _app_armor,
}
pod_security: Final = mapping(
    {
        **_USER,
        "fsGroup": integer(0),
        "fsGroupChangePolicy": one_of("OnRootMismatch", "Always"),
        "supplementalGroups": listing(integer(0)),
        "supplementalGroupsPolicy": one_of("Merge", "Strict"),
    }
)
container_security: Final = mapping(
    {
        **_USER,
        "allowPrivilegeEscalation": _by_standard(one_of(False), boolean),
        "capabilities": mapping(
            {
                "add": listing(_by_standard(one_of("NET_BIND_SERVICE"), one_of(*_BASELINE))),
                "drop": listing(text),
            }
        ),
        "privileged": one_of(False),
        "procMount": one_of("Default"),
        "readOnlyRootFilesystem": boolean,
    }
)


def confined(at: At, pod: Mapping[str, Any]) -> Iterator[Finding]:
    """Refuse containers that leave out what the restricted standard wants and base/ says of every pod."""
    if at.scope.guardrails.pod_security != "restricted":
        return
    wanted = {field for field, missing in _missing(pod_of(at.scope.house)).items() if not missing}
    for field, places in _missing(pod).items():
        for key, index, name in places if field in wanted else ():
            message = f"the container {name} is less confined than base/ has every container: {field}"
            yield (
                at.down(key)
                .item(index, None)
                .refuse("TS529", message, "leave base/'s securityContext in place")
            )


def _missing(pod: Mapping[str, Any]) -> dict[str, list[tuple[str, int, str]]]:
    """Return, for each demand of the restricted standard, the containers that do not meet it."""
    found: dict[str, list[tuple[str, int, str]]] = {
        "runAsNonRoot": [],
        "seccompProfile": [],
        "allowPrivilegeEscalation": [],
        "capabilities.drop": [],
    }
    around = _mapping(pod.get("securityContext"))
    for key in ("containers", "initContainers"):
        listed = pod.get(key)
        for index, container in enumerate(listed if isinstance(listed, list) else ()):
            own = _mapping(_mapping(container).get("securityContext"))
            for field, met in _met(own, around).items():
                if not met:
                    found[field].append((key, index, str(_mapping(container).get("name"))))
    return found


def _met(own: Mapping[str, Any], around: Mapping[str, Any]) -> dict[str, bool]:
    effective = {**around, **{key: value for key, value in own.items() if value is not None}}
    dropped = _mapping(own.get("capabilities")).get("drop")
    return {
        "runAsNonRoot": effective.get("runAsNonRoot") is True,
        "seccompProfile": _mapping(effective.get("seccompProfile")).get("type") is not None,
        "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is False,
        "capabilities.drop": isinstance(dropped, list) and "ALL" in dropped,
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
