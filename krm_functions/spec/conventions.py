"""The platform's conventions: names, exposure, certificates, DNS, secrets and monitoring."""

from __future__ import annotations

from krm_functions.spec.common import (
    BLANK,
    dns_label,
    dns_name,
)
from krm_functions.spec.composites import Field, ListOf, MapOf, Object
from krm_functions.spec.scalars import Choice, Integer, Text

_gateway = Text("namespace/name of a Gateway", r"[a-z0-9-]+/[a-z0-9.-]+", 320, "such as infra/public")


def _naming(name: str, doc: str, known: tuple[str, ...], default: str) -> Field:
    rule = "of " + ", ".join(f"{{{word}}}" for word in known)
    pattern = rf"([^{{}}{BLANK}]|\{{(" + "|".join(known) + r")\})+"
    return Field(
        name,
        Text("a pattern " + rule, pattern, 253, rule),
        doc,
        default=f"`{default}`",
        example=default,
    )


naming = Object(
    _naming("namespace", "Namespace of a tenant.", ("tenant", "stage", "environment"), "{tenant}-{stage}"),
    _naming(
        "application",
        "Application of an app.",
        ("tenant", "app", "environment", "stage"),
        "{tenant}-{app}-{environment}",
    ),
    _naming(
        "host",
        "Host of an app outside production.",
        ("host", "tenant", "app", "stage", "environment", "domain"),
        "{host}-{stage}.{domain}",
    ),
    _naming(
        "productionHost",
        "Host of an app in production.",
        ("host", "tenant", "app", "stage", "environment", "domain"),
        "{host}.{domain}",
    ),
    Field(
        "reservedHosts",
        ListOf(dns_label),
        "Labels that no tenant may claim; `[]` reserves none.",
        default="[www, api, admin]",
        example=["www", "api", "admin"],
    ),
)
exposure = Object(
    Field(
        "kind",
        Choice("ingress", "gateway"),
        "Ingress, or HTTPRoute of the Gateway API.",
        default="ingress",
        example="ingress",
    ),
    Field("class", dns_label, "IngressClass.", default="nginx", example="nginx"),
    Field("gateway", _gateway, "Gateway that HTTPRoutes attach to.", example="infra/public"),
    Field(
        "namespace",
        dns_label,
        "Where the traffic comes from.",
        default="ingress-nginx",
        example="ingress-nginx",
    ),
    exclusive=(("class", "gateway"),),
)
tls = Object(
    Field("issuer", dns_name, "cert-manager ClusterIssuer.", default="letsencrypt", example="letsencrypt"),
    Field(
        "mode",
        Choice("per-host", "wildcard", "gateway", "none"),
        "Who owns the certificate.",
        default="per-host; with a gateway: gateway",
        example="per-host",
    ),
    Field(
        "challenge",
        Choice("dns01", "http01"),
        "How the issuer proves a host.",
        default="dns01",
        example="dns01",
    ),
    Field(
        "weeklyLimit",
        Integer(1, 1_000_000, "certificates"),
        "Most certificates that the issuer gives below one domain in a week; more are a warning.",
        default="50 if the issuer's name has `letsencrypt` in it, else no limit",
        example=50,
    ),
)
dns = Object(
    Field(
        "provider",
        Choice("external-dns", "none"),
        "Who writes DNS records.",
        default="external-dns",
        example="external-dns",
    ),
    Field("ttl", Integer(1, 86_400, "seconds"), "Seconds a record is cached.", default="300", example=300),
    Field(
        "routing",
        Choice("latency", "weighted", "none"),
        "Policy of a host that several environments serve.",
        default="latency",
        example="latency",
    ),
    Field(
        "weights",
        MapOf(Integer(0, 255), dns_label),
        "Weights by environment, for `weighted`.",
        default="equal",
        example={"prod-ue": 70},
    ),
)
secret_store = Object(
    Field(
        "name", dns_name, "Store of the External Secrets operator.", default="platform", example="platform"
    ),
    Field(
        "kind",
        Choice("ClusterSecretStore", "SecretStore"),
        "Its kind.",
        default="ClusterSecretStore",
        example="ClusterSecretStore",
    ),
    _naming(
        "prefix",
        "Where a tenant's secrets stand in the store.",
        ("tenant", "stage", "environment"),
        "{tenant}/{stage}/",
    ),
)
monitoring = Object(
    Field("namespace", dns_label, "Where the scraper runs.", default="monitoring", example="monitoring"),
    Field(
        "kind",
        Choice("ServiceMonitor", "annotations", "none"),
        "How it finds targets.",
        default="ServiceMonitor",
        example="ServiceMonitor",
    ),
)
