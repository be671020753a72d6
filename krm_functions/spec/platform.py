"""Kind Platform."""

from __future__ import annotations

from krm_functions.names import DNS_LABEL, is_dns_label
from krm_functions.spec import accept
from krm_functions.spec.app import layered
from krm_functions.spec.common import (
    BLANK,
    boolean,
    cluster_metadata,
    dns_label,
    dns_name,
    document,
    quantity,
    resources,
    secret_key,
    string,
    url,
)
from krm_functions.spec.composites import Field, ListOf, MapOf, Object
from krm_functions.spec.conventions import dns, exposure, monitoring, naming, secret_store, tls
from krm_functions.spec.guardrails import guardrails
from krm_functions.spec.scalars import Choice, Integer, Text
from krm_functions.spec.tenant import quota

_word = Text("a word", r"[A-Za-z0-9-]{1,32}", 32)
_region = Text(
    "a region", DNS_LABEL, 63, "lower-case letters, digits and inner hyphens", accepts=is_dns_label
)
_folder = Text(
    "a relative path",
    rf"(?!/)(?!.*(^|/)\.\.(/|$))[^{BLANK}]+",
    1024,
    "without '..', not starting with '/'",
    accepts=accept.relative_path,
)
_date = Text("a date", r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", 10, "YYYY-MM-DD")
_argocd_version = Text(
    "an Argo CD version", r"v[0-9]+\.[0-9]+\.[0-9]+", 20, "such as v3.6.1", accepts=accept.release
)
_image = Text(
    "an image with a tag or digest",
    r"[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(/[a-z0-9._-]+)+(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})",
    512,
    "such as registry.example.com/tenantspec:0.1.0",
)
_kubernetes = Text("a Kubernetes version", r"1\.[0-9]{1,2}", 5, 'such as "1.34"')


repository = Object(
    Field(
        "url",
        url,
        "The repository that Argo CD reads.",
        required=True,
        example="https://github.com/opsera/mcp-agents-gitops.git",
    ),
    Field("revision", string, "Branch or tag.", default="main", example="main"),
    Field("path", _folder, "Folder of the estate in it.", default="`.`", example="gitops"),
)
environment = Object(
    Field("stage", dns_label, "The stage it belongs to.", required=True, example="dev"),
    Field("region", _region, "Where its cluster runs.", required=True, example="us-west-2"),
    Field("hub", dns_label, "The Argo CD that manages it.", required=True, example="us-west-2"),
    Field(
        "cluster",
        dns_name,
        "Its shared cluster, as Argo CD names it.",
        required=True,
        example="opsera-mcp-dev",
    ),
    Field("purpose", string, "For people.", example="Development"),
)
cluster = Object(
    Field("server", url, "Address of its API server.", example="https://dev.example.com:6443"),
    Field(
        "credentials",
        Object(
            Field("key", secret_key, "Path in the secret store.", required=True, example="clusters/dev"),
            secret=True,
        ),
        "What Argo CD logs in with.",
        example={"key": "clusters/dev"},
    ),
    Field("kubernetes", _kubernetes, "Its Kubernetes version.", example="1.34"),
    Field("jurisdiction", _word, "Legal area it stands in.", example="us"),
    Field(
        "capacity",
        Object(
            Field("cpu", quantity, "Cores.", example="64"),
            Field("memory", quantity, "Memory.", example="256Gi"),
            Field("pods", quantity, "Pods.", example=1000),
        ),
        "What its nodes offer; quotas may not add up to more.",
        example={"cpu": "64"},
    ),
    Field(
        "capabilities",
        Object(
            Field("ingressClasses", ListOf(dns_label), "IngressClasses it has.", example=["nginx"]),
            Field("gatewayClasses", ListOf(dns_label), "GatewayClasses it has.", example=[]),
            Field("storageClasses", ListOf(dns_label), "StorageClasses it has.", example=["gp3"]),
        ),
        "What it offers; a list that is not written is not checked.",
        example={"ingressClasses": ["nginx"]},
    ),
)
argocd = Object(
    Field("version", _argocd_version, "Argo CD's version.", default="v3.6.1", example="v3.6.1"),
    Field(
        "image",
        _image,
        "tenantspec's image, which the plugin's sidecar runs.",
        default="`ghcr.io/opsera/tenantspec` of this version",
        example="registry.example.com/tenantspec:0.1.0",
    ),
    Field(
        "delivery",
        Choice("plugin", "rendered"),
        "Rendered by the plugin sidecar, or committed.",
        default="plugin",
        example="plugin",
    ),
    Field(
        "fanout",
        Choice("applications", "applicationset"),
        "One Application per app and environment, or an ApplicationSet per tenant.",
        default="applications",
        example="applications",
    ),
    Field(
        "deletionBudget",
        Integer(0, 1000),
        "How many objects a change may delete without a permit: `check --against`.",
        default="1",
        example=1,
    ),
    Field(
        "deletions",
        MapOf(_date),
        "Permits: the last day on which a name may be deleted; of an object, its namespace, Application or tenant id.",
        example={"tenant-c-app1-dev": "2027-01-01"},
    ),
)
spec = Object(
    Field("domain", dns_name, "Parent domain of all hosts.", required=True, example="agent.opsera.io"),
    Field(
        "repository",
        repository,
        "Where the estate lives.",
        required=True,
        example={"url": "https://github.com/opsera/mcp-agents-gitops.git"},
    ),
    Field(
        "stages",
        ListOf(dns_label, fewest=1),
        "In promotion order; the last is production.",
        required=True,
        example=["dev", "stg", "prod"],
    ),
    Field(
        "hubs",
        MapOf(
            Object(Field("namespace", dns_label, "Argo CD's namespace.", default="argocd", example="argocd")),
            dns_label,
        ),
        "One Argo CD each.",
        required=True,
        example={"us-west-2": {"namespace": "argocd"}},
    ),
    Field(
        "environments",
        MapOf(environment, dns_label),
        "Where apps run.",
        required=True,
        example={
            "dev": {
                "stage": "dev",
                "region": "us-west-2",
                "hub": "us-west-2",
                "cluster": "opsera-mcp-dev",
            },
        },
    ),
    Field(
        "clusters",
        MapOf(cluster, dns_name),
        "Facts about clusters; once there are any, each that a tenant is placed on has an entry.",
        example={"opsera-mcp-dev": {"jurisdiction": "us"}},
    ),
    Field("naming", naming, "Patterns of emitted names.", example={"reservedHosts": ["www"]}),
    Field("exposure", exposure, "How hosts reach apps.", example={"kind": "ingress", "class": "nginx"}),
    Field("tls", tls, "Certificates.", example={"issuer": "letsencrypt"}),
    Field("dns", dns, "DNS records.", example={"routing": "latency"}),
    Field("secretStore", secret_store, "Where secrets come from.", example={"name": "platform"}),
    Field(
        "network",
        Object(
            Field(
                "internet",
                boolean,
                "Whether pods may reach beyond private ranges.",
                default="true",
                example=True,
            )
        ),
        "Egress of all tenants.",
        example={"internet": True},
    ),
    Field("monitoring", monitoring, "Who scrapes metrics.", example={"kind": "ServiceMonitor"}),
    Field(
        "quotas",
        MapOf(quota, dns_label),
        "Quotas that tenants pick from.",
        example={"small": {"cpu": "4", "memory": "8Gi"}},
    ),
    Field(
        "sizes",
        MapOf(resources, dns_label),
        "Sizes that apps pick from.",
        example={"small": {"requests": {"cpu": "100m"}}},
    ),
    Field(
        "guardrails", guardrails, "Bounds that lower layers can only tighten.", example={"maxReplicas": 20}
    ),
    Field("argocd", argocd, "Argo CD and how it is fed.", example={"version": "v3.6.1"}),
    Field("defaults", layered, "Any App setting, for all apps.", example={"size": "small"}),
)
platform = document("Platform", cluster_metadata(dns_label, "The estate's name."), spec)
