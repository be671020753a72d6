"""What a container may say: shared by the app, its init containers and its sidecars."""

from __future__ import annotations

from krm_functions.spec import accept
from krm_functions.spec.common import (
    boolean,
    dns_label,
    env_name,
    mount_path,
    path_text,
    port_number,
    quantity,
    resources,
    seconds,
    secret_key,
    string,
)
from krm_functions.spec.composites import Either, Field, ListOf, MapOf, Object, OneKey
from krm_functions.spec.scalars import Choice, Integer, Text, Type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.diagnostics import Collector, Place

image = Text(
    "an image reference",
    r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?",
    512,
    "registry/path, perhaps with :tag and @sha256:digest",
    accepts=accept.image,
)
app_reference = Text(
    "an app, or tenant/app",
    r"[a-z0-9-]+(/[a-z0-9-]+)?",
    127,
    "app2, or tenant-b/app1",
    accepts=accept.app_reference,
)
port_name = Text(
    "a port's name",
    r"(?=[0-9-]*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?",
    15,
    "at most 15 lower-case letters, digits and single hyphens",
)
strings = ListOf(string, unique=False)


class PortReference(Type):
    """A port's name or its number."""

    name = "a port's name or number"

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Check the form that was written."""
        (port_number if isinstance(value, int) else port_name).check(value, place, out)


port_reference = PortReference()
port = Object(
    Field("port", port_number, "The Service's port.", required=True, example=80),
    Field("targetPort", port_number, "The container's port.", default="the same number", example=8080),
    Field("protocol", Choice("TCP", "UDP", "SCTP"), "Layer 4 protocol.", default="TCP", example="UDP"),
)
env_value = Either(
    string,
    OneKey(
        Field(
            "url",
            app_reference,
            "In-cluster URL of an app of the tenant, or of one that allows it.",
            example="app2",
        ),
        Field(
            "host",
            app_reference,
            "Public host of an app in this environment, without scheme.",
            example="app2",
        ),
        Field(
            "field",
            Choice(
                "metadata.name",
                "metadata.namespace",
                "metadata.uid",
                "spec.nodeName",
                "spec.serviceAccountName",
                "status.hostIP",
                "status.podIP",
                "status.podIPs",
            ),
            "A field of the pod.",
            example="metadata.name",
        ),
    ),
    "text, or one of {url}, {host}, {field}",
    whole=True,
)
secret = Object(
    Field(
        "key",
        secret_key,
        "Path in the secret store, below the platform's prefix.",
        required=True,
        example="db",
    ),
    Field("property", string, "One property of that secret.", default="the whole secret", example="password"),
    secret=True,
    name="a reference {key, property}: a secret's value never stands in a spec",
)
mounts = ListOf(dns_label)
environment_fields = (
    Field(
        "env",
        MapOf(env_value, env_name, nullable=True),
        "Environment variables: text, `{url: app}` (in-cluster URL), `{host: app}` (public host) or `{field: path}`.",
        example={"LOG_LEVEL": "info"},
    ),
    Field(
        "secrets",
        MapOf(secret, env_name, nullable=True),
        "Environment variables from the secret store, by one ExternalSecret.",
        example={"DB_PASSWORD": {"key": "db", "property": "password"}},
    ),
)
command_fields = (
    Field("command", strings, "The container's entry point.", default="the image's", example=["/agent"]),
    Field("args", strings, "Its arguments.", default="the image's", example=["--verbose"]),
)
size_fields = (
    Field("size", dns_label, "One of the platform's sizes.", example="small"),
    Field(
        "resources", resources, "Requests and limits, instead of a size.", example={"requests": {"cpu": "1"}}
    ),
)
port_fields = (
    Field(
        "port", port_number, "The one port: of the Service and of the container; named http.", example=8080
    ),
    Field(
        "ports",
        MapOf(
            Either(port_number, port, "a port number or {port, targetPort, protocol}"),
            port_name,
            nullable=True,
        ),
        "Several ports by name.",
        example={"http": {"port": 80, "targetPort": 8080}},
    ),
)
exclusive = (("port", "ports"), ("size", "resources"))
disjoint = (("env", "secrets"),)

_container_fields = (
    Field(
        "image", image, "Image with a tag or a digest.", required=True, example="ghcr.io/opsera/migrate:1.0.0"
    ),
    *command_fields,
    *environment_fields,
    *port_fields,
    *size_fields,
    Field("mounts", mounts, "Names of the app's volumes to mount, at the same paths.", example=["data"]),
)
init_container = Object(
    Field("name", dns_label, "The container's name.", required=True, example="migrate"),
    *_container_fields,
    exclusive=exclusive,
    disjoint=disjoint,
)
sidecar = Object(
    # layers may say a part each: whether there is an image is known once they are folded
    _container_fields[0]._replace(required=False),
    *_container_fields[1:],
    exclusive=exclusive,
    disjoint=disjoint,
)

_action = ("path", "port", "command")
probe = Object(
    Field("path", path_text, "HTTP GET on this path.", example="/healthz"),
    Field(
        "port",
        port_reference,
        "Port of the request; without a path or command, a TCP connect.",
        default="the port called http, else the lowest",
        example="http",
    ),
    Field("command", strings, "A command in the container; exit 0 is healthy.", example=["/healthy"]),
    Field("period", Integer(1, 3600, "seconds"), "Seconds between probes.", default="10", example=5),
    Field(
        "timeout",
        Integer(1, 3600, "seconds"),
        "Seconds until a probe counts as failed.",
        default="base/'s: 3",
        example=2,
    ),
    Field("delay", seconds, "Seconds before the first probe.", default="0", example=5),
    Field(
        "failures",
        Integer(1, 1000),
        "Failures in a row that count.",
        default="base/'s: readiness 3, liveness 6, startup 30",
        example=6,
    ),
    Field(
        "successes",
        Integer(1, 1000),
        "Successes in a row that count (readiness only).",
        default="1",
        example=2,
    ),
    exclusive=(("path", "command"), ("port", "command")),
    unit=_action,
)
health = Either(
    path_text,
    Object(
        Field("readiness", probe, "Whether the pod gets traffic.", example={"path": "/ready"}),
        Field(
            "liveness",
            probe,
            "Whether the container is restarted.",
            example={"path": "/healthz", "failures": 6},
        ),
        Field("startup", probe, "Holds the other two back until it succeeds.", example={"path": "/healthz"}),
    ),
    "a path, or {readiness, liveness, startup}",
)
volume = Object(
    Field("mount", mount_path, "Where the app's container sees it.", required=True, example="/data"),
    Field("size", quantity, "Size of the claim, or the limit of an ephemeral volume.", example="10Gi"),
    Field("class", dns_label, "StorageClass of the claim.", default="the cluster's default", example="gp3"),
    Field("ephemeral", boolean, "true: an emptyDir instead of a claim.", default="false", example=True),
    whole=True,
)
file_value = Either(
    string,
    OneKey(Field("secret", secret, "The file's content from the secret store.", example={"key": "tls"})),
    "text, or {secret: {key, property}}",
    whole=True,
)
pre_stop = Either(
    seconds,
    Object(Field("command", strings, "A command in the app's container.", required=True, example=["/drain"])),
    "seconds, or {command}",
)
