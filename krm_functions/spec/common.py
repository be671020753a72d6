"""Values that several kinds share, and the envelope of a KRM document."""

from __future__ import annotations

from krm_functions.names import (
    API_VERSION,
    DNS_1035_LABEL,
    DNS_LABEL,
    DNS_NAME,
    ENV_NAME,
    QUANTITY,
    is_dns_label,
    is_dns_name,
    is_quantity,
)
from krm_functions.spec import accept
from krm_functions.spec.composites import Field, ListOf, MapOf, Object
from krm_functions.spec.scalars import Anything, Boolean, Choice, Integer, Quantity, Text, Type

BLANK = r"\x00-\x20\x7f-\xa0\ufeff\u2028\u2029"
"""Spaces and control characters, spelled out: `\\s` means more in Python than in an editor's JavaScript."""
OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
LABEL_VALUE = r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?"
QUALIFIED = rf"({DNS_NAME}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?"
RESERVED_LABELS = r"(?!([^/]*\.)?(tenantspec\.dev|kubernetes\.io|k8s\.io|argocd\.argoproj\.io)/)"
RESERVED_ANNOTATIONS = (
    r"(?!([^/]*\.)?(tenantspec\.dev|argocd\.argoproj\.io|config\.kubernetes\.io|kustomize\.config\.k8s\.io"
    r"|cert-manager\.io|external-dns\.alpha\.kubernetes\.io|external-dns\.kubernetes\.io)/)"
    r"(?!nginx\.ingress\.kubernetes\.io/(server-alias|[a-z-]*snippet)$)"
)

string = Text()
boolean = Boolean()
mount_path = Text("a path to mount at", r"/[^:\x00]+", 1024, "absolute, below / and without a colon")
url_path = Text(
    "a path of a URL",
    r"(?!.*(//|/\.\.?(/|$)|%2[fF]|%5[cC]))/([-+A-Za-z0-9/._~!\x24&'()*,;=:@]|%[0-9a-fA-F]{2})*",
    1024,
    "absolute, without spaces, // and ..",
)
path_text = Text("an absolute path", r"/[^\x00]*", 1024, "it starts with '/'", accepts=accept.absolute_path)
dns_label = Text(
    "a DNS label",
    DNS_LABEL,
    63,
    "lower-case letters, digits and inner hyphens, at most 63",
    accepts=is_dns_label,
)
service_name = Text(
    "a DNS label that starts with a letter",
    DNS_1035_LABEL,
    63,
    "lower case, starts with a letter",
    accepts=accept.service_name,
)
dns_name = Text(
    "a DNS name",
    DNS_NAME,
    253,
    "labels of lower-case letters, digits and hyphens, with dots between",
    accepts=is_dns_name,
)
quantity = Quantity("a quantity", QUANTITY, 0, "such as 500m, 2, 128Mi, 10Gi", accepts=is_quantity)
port_number = Integer(1, 65535, "a port number")
seconds = Integer(0, 86_400, "seconds")
percent = Integer(1, 100, "a percentage")
env_name = Text(
    "an environment variable's name",
    ENV_NAME,
    253,
    "letters, digits, _, . and -; no digit first",
    accepts=accept.env_name,
)
duration = Text("a duration", r"([0-9]+(h|m|s))+", 20, "such as 60h or 30m")


def _cron_field(value: str) -> str:
    """Return the pattern of one field: `*`, values and ranges, each with a step, between commas."""
    part = rf"([*?]|({value})(-({value}))?)(/[1-9][0-9]*)?"
    return f"{part}(,{part})*"


_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAYS = "sun|mon|tue|wed|thu|fri|sat"
_CRON_FIELDS = (
    "[0-5]?[0-9]",
    "[01]?[0-9]|2[0-3]",
    "0?[1-9]|[12][0-9]|3[01]",
    f"0?[1-9]|1[0-2]|{_MONTHS}|{_MONTHS.upper()}",
    f"[0-6]|{_DAYS}|{_DAYS.upper()}",
)
_RULE = "five fields: minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-6"
cron_fields = Text("a cron schedule of five fields", " +".join(map(_cron_field, _CRON_FIELDS)), 100, _RULE)
cron = Text(
    "a cron schedule",
    rf"@(yearly|annually|monthly|weekly|daily|midnight|hourly)|{cron_fields.pattern}",
    100,
    _RULE,
)
time_zone = Text(
    "a time zone",
    "UTC|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z0-9_+-]+){1,2}",
    64,
    "UTC, or a name of the IANA database such as Europe/Berlin",
)
cidr = Text(
    "a CIDR",
    rf"{OCTET}(\.{OCTET}){{3}}/([0-9]|[12][0-9]|3[0-2])"
    r"|[0-9a-fA-F:]*:[0-9a-fA-F:]*/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])",
    50,
    "such as 10.0.0.0/8",
)
registry = Text(
    "an image registry path",
    r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*",
    255,
    "such as ghcr.io/opsera",
    accepts=accept.registry,
)
url = Text(
    "a URL",
    rf"(https?|ssh|oci|git|file)://[^{BLANK}]+|[^{BLANK}@]+@[^{BLANK}:]+:[^{BLANK}]+",
    2048,
    "https://..., ssh://... or git@host:path",
    accepts=accept.url,
)
secret_key = Text(
    "a key below the platform's prefix",
    r"(?!/)(?!.*(^|/)\.\.?(/|$))[A-Za-z0-9._/-]+",
    253,
    "a relative path without '..'",
)
label_value = Text("a label value", LABEL_VALUE, 63, "at most 63 letters, digits, -, _ and .")
node_label = Text("a label", QUALIFIED, 0, "a name, perhaps below a domain/")
free_labels = MapOf(
    label_value,
    Text(
        "a label that is free to use",
        RESERVED_LABELS + QUALIFIED,
        0,
        "reserved: app.kubernetes.io/, tenantspec.dev/ and Argo CD's",
    ),
    nullable=True,
)
free_annotations = MapOf(
    string,
    Text(
        "an annotation that is free to use",
        RESERVED_ANNOTATIONS + QUALIFIED,
        0,
        "reserved: what tenantspec sets itself",
    ),
    nullable=True,
)
resource_list = MapOf(
    quantity, Text("a resource", QUALIFIED, 253, accepts=accept.qualified_name), nullable=True
)
resources = Object(
    Field(
        "requests",
        resource_list,
        "What the scheduler keeps free for one pod.",
        example={"cpu": "100m", "memory": "128Mi"},
    ),
    Field("limits", resource_list, "What one pod may use at most.", example={"memory": "256Mi"}),
)
member = Text("a name without line ends", r"[^\x00-\x1f\x7f]+", 253, "one line")
members = Object(
    Field("groups", ListOf(member), "Groups of the identity provider.", example=["tenant-a-admins"]),
    Field("users", ListOf(member), "Single users.", example=["ada@example.com"]),
)

_metadata_text = MapOf(Anything())
metadata_fields = (
    Field("labels", _metadata_text, "Labels of the document itself; read by kustomize only."),
    Field("annotations", _metadata_text, "Annotations of the document itself; read by kustomize only."),
)


def cluster_metadata(name: Text, doc: str) -> Object:
    """Return the metadata of a kind that stands alone."""
    return Object(Field("name", name, doc, required=True), *metadata_fields)


def tenant_metadata(doc: str) -> Object:
    """Return the metadata of a kind that belongs to a tenant: its namespace is the tenant's name."""
    return Object(
        Field("name", service_name, doc, required=True),
        Field("namespace", dns_label, "The tenant's name.", required=True),
        *metadata_fields,
    )


def document(
    kind: str, metadata: Object, spec: Type, *, spec_required: bool = True, api_version: str = API_VERSION
) -> Object:
    """Return the envelope of one kind."""
    return Object(
        Field("apiVersion", Choice(api_version), "The version of the DSL.", required=True),
        Field("kind", Choice(kind), "What the document is.", required=True),
        Field("metadata", metadata, "The document's name.", required=True),
        Field("spec", spec, "The fields below.", required=spec_required),
        name=f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind}",
    )
