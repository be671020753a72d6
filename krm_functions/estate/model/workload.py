"""What is true of a pod's containers, files and faces."""

from __future__ import annotations

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from krm_functions.names import Hostname, Pairs


class Image(Record):
    """An image by parts; an empty tag or digest is not written."""

    repository: str
    tag: str
    digest: str

    def __str__(self) -> str:
        """Return the reference as a container runtime reads it."""
        return (
            self.repository
            + (f":{self.tag}" if self.tag else "")
            + (f"@{self.digest}" if self.digest else "")
        )

    @property
    def version(self) -> str:
        """The tag, or the start of the digest where there is none."""
        return self.tag or self.digest.removeprefix("sha256:")[:12]


class Port(Record):
    """A Service port and the container port behind it."""

    name: str
    port: int
    target_port: int
    protocol: str


class Probe(Record):
    """One probe: a path and port (HTTP), a port alone (TCP) or a command; seconds and counts, None is the default."""

    path: str
    port: int
    command: tuple[str, ...]
    period: int | None
    timeout: int | None
    delay: int | None
    failures: int | None
    successes: int | None


class EnvVar(Record):
    """An environment variable: a literal value or a field of the pod."""

    name: str
    value: str
    field: str


class SecretRef(Record):
    """A value in the secret store: remote key (prefix included) and property."""

    name: str
    key: str
    property: str


class Resources(Record):
    """Requests and limits of one container, by resource."""

    requests: Pairs
    limits: Pairs


class Container(Record):
    """A container of a pod; ``mounts`` names the volumes it sees."""

    name: str
    image: Image
    command: tuple[str, ...]
    args: tuple[str, ...]
    env: tuple[EnvVar, ...]
    secrets: tuple[SecretRef, ...]
    ports: tuple[Port, ...]
    resources: Resources
    mounts: tuple[str, ...]


class Volume(Record):
    """A claim of a size and class, or an emptyDir; mounted at one path."""

    name: str
    mount: str
    size: str
    class_name: str
    ephemeral: bool


class File(Record):
    """A file in the app's container: literal text, or a value of the secret store."""

    path: str
    text: str
    secret: SecretRef | None


class Host(Record):
    """A public host name and the label it was made from (empty for a tenant's own domain)."""

    name: Hostname
    label: str


class Route(Record):
    """An app's public face: its hosts lead to one of its ports."""

    hosts: tuple[Host, ...]
    path: str
    port: Port
    tls: bool


class Autoscale(Record):
    """A HorizontalPodAutoscaler's range and targets (percent of the request)."""

    low: int
    high: int
    cpu: int | None
    memory: int | None


class Metrics(Record):
    """Where metrics are served."""

    port: Port
    path: str


class Security(Record):
    """What an app changes of the base's security context; None leaves the base's."""

    run_as_user: int | None
    fs_group: int | None
    read_only: bool | None


class Chart(Record):
    """A Helm chart that stands in for an image."""

    repository: str
    name: str
    version: str
    values: dict[str, Any]


class Patch(Record):
    """A patch of the app's own objects: ``body`` is a mapping (strategic merge) or a list (JSON6902)."""

    kind: str
    name: str
    body: Any
    number: int
