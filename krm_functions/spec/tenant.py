"""Kind Tenant."""

from __future__ import annotations

from krm_functions.spec import accept
from krm_functions.spec.app import layered
from krm_functions.spec.common import (
    boolean,
    cidr,
    cluster_metadata,
    cron_fields,
    dns_label,
    dns_name,
    document,
    duration,
    free_annotations,
    free_labels,
    members,
    port_number,
    registry,
    resource_list,
    secret_key,
    string,
    time_zone,
)
from krm_functions.spec.composites import Either, Field, ListOf, MapOf, Object
from krm_functions.spec.guardrails import tighter
from krm_functions.spec.scalars import Choice, Text

_host_pattern = Text(
    "a host label, perhaps ending in *",
    r"[a-z0-9][-a-z0-9]{0,62}\*?|\*",
    64,
    "appa1 or appa*",
    accepts=accept.host_pattern,
)
_word = Text("a word", r"[A-Za-z0-9-]{1,32}", 32)
quota = Object(
    Field("cpu", resource_list.value, "requests.cpu of all pods together.", required=True, example="4"),
    Field(
        "memory", resource_list.value, "requests.memory of all pods together.", required=True, example="8Gi"
    ),
    Field(
        "limitsMemory",
        resource_list.value,
        "limits.memory of all pods together.",
        default="twice `memory`",
        example="16Gi",
    ),
    Field("pods", resource_list.value, "How many pods.", default="50", example=50),
    Field(
        "stages",
        MapOf(
            Object(
                Field("cpu", resource_list.value, "requests.cpu.", example="8"),
                Field("memory", resource_list.value, "requests.memory.", example="16Gi"),
                Field("limitsMemory", resource_list.value, "limits.memory.", example="32Gi"),
                Field("pods", resource_list.value, "How many pods.", example=100),
            ),
            dns_label,
        ),
        "Other figures by stage.",
        example={"prod": {"cpu": "8", "memory": "16Gi"}},
    ),
)
_window = Object(
    Field(
        "kind", Choice("allow", "deny"), "Whether syncs may run in the window.", required=True, example="deny"
    ),
    Field(
        "schedule",
        cron_fields,
        "When it opens; Argo CD knows no @daily.",
        required=True,
        example="0 16 * * 5",
    ),
    Field("duration", duration, "How long it stays open.", required=True, example="60h"),
    Field("stages", ListOf(dns_label), "Stages it holds for.", default="all", example=["prod"]),
    Field("timeZone", time_zone, "Time zone of the schedule.", default="UTC", example="Europe/Berlin"),
)
_network = Object(
    Field(
        "internet",
        boolean,
        "false: no egress beyond private ranges; a tenant cannot turn it on.",
        default="the platform's",
        example=False,
    ),
    Field(
        "egress",
        ListOf(
            Object(
                Field("cidr", cidr, "Destination.", required=True, example="10.0.0.0/8"),
                Field("ports", ListOf(port_number), "TCP ports.", default="all", example=[5432]),
            ),
            unique=False,
        ),
        "Destinations that its pods may reach.",
        example=[{"cidr": "10.0.0.0/8", "ports": [5432]}],
    ),
)
spec = Object(
    Field(
        "id",
        dns_label,
        "Stable name in what is emitted; keep it when the tenant is renamed.",
        default="the name",
        example="tenant-a",
    ),
    Field("displayName", string, "For people.", default="the name", example="Tenant A"),
    Field(
        "owners",
        members,
        "May do everything in the tenant's namespaces and sync its Applications.",
        example={"groups": ["tenant-a-admins"]},
    ),
    Field("editors", members, "May change workloads.", example={"groups": ["tenant-a-devs"]}),
    Field("viewers", members, "May look.", example={"groups": ["support"]}),
    Field(
        "quota",
        Either(dns_label, quota, "a quota's name, or {cpu, memory, ...}"),
        "Quota of each of its namespaces.",
        default="no quota",
        example="small",
    ),
    Field(
        "environments",
        ListOf(dns_label),
        "Where it runs.",
        default="every environment",
        example=["dev", "prod-eu"],
    ),
    Field(
        "placement",
        MapOf(dns_name, dns_label),
        "Dedicated cluster by environment.",
        default="the environment's shared cluster",
        example={"prod-eu": "k8s-a-prod-eu-1"},
    ),
    Field(
        "residency",
        ListOf(_word, fewest=1),
        "Jurisdictions it may run in.",
        default="any",
        example=["us", "eu"],
    ),
    Field(
        "registries",
        ListOf(registry, fewest=1),
        "Registries its images may come from; narrows the platform's.",
        default="the platform's",
        example=["ghcr.io/opsera/tenant-a"],
    ),
    Field(
        "hosts",
        ListOf(_host_pattern),
        "Host labels it may claim.",
        default="any free one",
        example=["appa*", "app1"],
    ),
    Field("domains", ListOf(dns_name), "Own domains that its apps may expose.", example=["shop.example.com"]),
    Field("network", _network, "What its pods may reach.", example={"internet": False}),
    Field(
        "guardrails",
        tighter,
        "The platform's bounds, made tighter for this tenant; a wider one is an error.",
        example={"maxReplicas": 10},
    ),
    Field(
        "pullSecret",
        Object(
            Field("key", secret_key, "Path in the secret store.", required=True, example="registry"),
            secret=True,
        ),
        "Image pull secret in each namespace.",
        example={"key": "registry"},
    ),
    Field("labels", free_labels, "On its namespaces and objects.", example={"cost-center": "42"}),
    Field(
        "annotations",
        free_annotations,
        "On its namespaces and objects.",
        example={"contact": "a@example.com"},
    ),
    Field(
        "syncWindows",
        MapOf(_window, dns_label),
        "When Argo CD may or may not sync its Applications.",
        example={"freeze-friday": {"kind": "deny", "schedule": "0 16 * * 5", "duration": "60h"}},
    ),
    Field("offboard", boolean, "true: step one of removing the tenant.", default="false", example=True),
    Field("defaults", layered, "Any App setting, for all its apps.", example={"env": {"TEAM": "a"}}),
)
tenant = document(
    "Tenant", cluster_metadata(dns_label, "The tenant's name; its folder is called the same."), spec
)
