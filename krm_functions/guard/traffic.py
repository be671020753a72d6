"""How an app is reached: Services, its own hosts on the platform's ingress or gateway, and metrics."""

from __future__ import annotations

from krm_functions.guard.identity import own_name, own_pods, service_selector
from krm_functions.guard.rules import (
    boolean,
    either,
    integer,
    listing,
    mapping,
    matching,
    one_of,
    shown,
    text,
    wrong,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.guard.rules import At, Finding

_number: Final = integer(1, 65535)
_port_name: Final = matching(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", "a port's name")
service: Final = mapping(
    {
        "type": one_of("ClusterIP"),
        "clusterIP": one_of("None"),
        "selector": own_pods,
        "ports": listing(
            mapping(
                {
                    "name": _port_name,
                    "port": _number,
                    "targetPort": either(_port_name, _number),
                    "protocol": one_of("TCP", "UDP", "SCTP"),
                    "appProtocol": text,
                },
                "port",
            )
        ),
        "publishNotReadyAddresses": boolean,
        "ipFamilyPolicy": one_of("SingleStack", "PreferDualStack", "RequireDualStack"),
        "ipFamilies": listing(one_of("IPv4", "IPv6")),
        "sessionAffinity": one_of("None", "ClientIP"),
        "sessionAffinityConfig": mapping({"clientIP": mapping({"timeoutSeconds": integer(1, 86400)})}),
        "internalTrafficPolicy": one_of("Cluster", "Local"),
        "trafficDistribution": text,
    },
    "selector",
)
"""Without a selector, hand-made Endpoints would lead anywhere."""


def host(at: At, value: Any) -> Iterator[Finding]:
    """Refuse a host that the app does not serve in this environment."""
    known = at.scope.granted.hosts
    if not isinstance(value, str) or value not in known:
        has = "the app serves " + ", ".join(sorted(known)) if known else "the app serves no host here"
        yield at.refuse(
            "TS526",
            f"{shown(value)} is not the app's host",
            f"{has}; `expose` of the App grants hosts, checked across tenants",
        )


def _some_hosts(at: At, value: Any) -> Iterator[Finding]:
    """Refuse an empty list of hosts, which stands for all of them."""
    if value == []:
        yield at.refuse("TS526", "no host means every host")
    yield from listing(host)(at, value)


def _class(at: At, value: Any) -> Iterator[Finding]:
    if value != at.scope.exposure.class_name:
        yield at.refuse(
            "TS525",
            f"{shown(value)} is not the platform's ingress class",
            f"write {at.scope.exposure.class_name}",
        )


_PATH: Final = matching(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*", "a plain path")
_http_path: Final = mapping(
    {
        "path": _PATH,
        "pathType": one_of("Prefix", "Exact"),
        "backend": mapping(
            {
                "service": mapping(
                    {"name": own_name, "port": mapping({"name": _port_name, "number": _number})},
                    "name",
                    "port",
                )
            },
            "service",
        ),
    },
    "path",
    "pathType",
    "backend",
)
_ingress: Final = mapping(
    {
        "ingressClassName": _class,
        "rules": listing(
            mapping({"host": host, "http": mapping({"paths": listing(_http_path)}, "paths")}, "host", "http")
        ),
        "tls": listing(mapping({"hosts": _some_hosts, "secretName": own_name}, "hosts")),
    },
    "ingressClassName",
    "rules",
)
"""Without ImplementationSpecific, whose paths are regular expressions to some controllers, and without defaultBackend."""


def ingress(at: At, value: Any) -> Iterator[Finding]:
    """Refuse an Ingress where the platform's exposure is a gateway, and what is not the app's in one."""
    if at.scope.exposure.kind != "ingress":
        yield at.refuse(
            "TS520",
            "apps are exposed by the platform's gateway here",
            "`expose` of the App makes an HTTPRoute",
        )
        return
    yield from _ingress(at, value)


def _gateway(at: At, value: Any) -> Iterator[Finding]:
    face = at.scope.exposure
    expected = {
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "name": face.gateway,
        "namespace": face.gateway_namespace,
    }
    if not isinstance(value, dict):
        yield wrong(at, "a mapping")
    elif {"group": expected["group"], "kind": "Gateway", **value} != expected:
        yield at.refuse(
            "TS525", "it is not the platform's gateway", f"write {face.gateway_namespace}/{face.gateway}"
        )


_backend: Final = mapping(
    {"group": one_of(""), "kind": one_of("Service"), "name": own_name, "port": _number, "weight": integer(0)},
    "name",
    "port",
)
_match: Final = mapping(
    {
        "path": mapping({"type": one_of("PathPrefix", "Exact"), "value": _PATH}),
        "method": text,
        "headers": listing(mapping({"type": one_of("Exact"), "name": text, "value": text})),
        "queryParams": listing(mapping({"type": one_of("Exact"), "name": text, "value": text})),
    }
)
_http_route: Final = mapping(
    {
        "parentRefs": listing(_gateway),
        "hostnames": _some_hosts,
        "rules": listing(
            mapping(
                {
                    "name": text,
                    "matches": listing(_match),
                    "backendRefs": listing(_backend),
                    "timeouts": mapping({"request": text, "backendRequest": text}),
                }
            )
        ),
    },
    "parentRefs",
    "hostnames",
    "rules",
)
"""Without filters: they mirror and redirect to anywhere."""


def http_route(at: At, value: Any) -> Iterator[Finding]:
    """Refuse an HTTPRoute where the platform's exposure is an ingress, and what is not the app's in one."""
    if at.scope.exposure.kind != "gateway":
        yield at.refuse(
            "TS520", "apps are exposed by the platform's ingress here", "`expose` of the App makes an Ingress"
        )
        return
    yield from _http_route(at, value)


def _namespaces(at: At, value: Any) -> Iterator[Finding]:
    if value != {"matchNames": [at.scope.namespace]}:
        yield at.refuse(
            "TS521", "metrics are scraped in the app's namespace alone", "leave namespaceSelector out"
        )


_endpoint: Final = mapping(
    {
        "port": _port_name,
        "path": matching(r"/[^\s]*", "a path"),
        "interval": text,
        "scrapeTimeout": text,
        "scheme": one_of("http", "https"),
    },
    "port",
)
"""Without files, credentials and relabelling: they are read and obeyed by a Prometheus that serves all tenants."""
_monitor: Final = mapping(
    {"selector": service_selector, "endpoints": listing(_endpoint), "namespaceSelector": _namespaces},
    "selector",
    "endpoints",
)


def monitor(at: At, value: Any) -> Iterator[Finding]:
    """Refuse a ServiceMonitor where the platform does not find targets by them."""
    if not at.scope.monitored:
        yield at.refuse(
            "TS520", "the platform's monitoring does not read ServiceMonitors", "`metrics` of the App"
        )
        return
    yield from _monitor(at, value)
