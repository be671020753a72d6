"""Containers of a pod: image, ports, environment, secrets and resources, from folded settings."""

from __future__ import annotations

from krm_functions.estate.known import check_names
from krm_functions.estate.model import Container, EnvVar, Image, Port, Probe, Resources, SecretRef
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from krm_functions.diagnostics import Collector, Place
    from krm_functions.spec.scalars import Written

    Refer = Callable[[str, str, Place], str]
    """Resolves an env reference: (url or host, app reference, place) to its value."""
    At = Callable[..., Place]


class Context(Record):
    """What containers of one app share while they are resolved."""

    sizes: Written
    secret_prefix: str
    refer: Refer
    out: Collector


def image(reference: str, version: str = "") -> Image:
    """Split an image reference; a version (tag, tag@digest, digest) replaces what it carries."""
    name, _, digest = reference.partition("@")
    slash = name.rfind("/")
    repository, _, tag = name[slash + 1 :].partition(":")
    if version:
        tag, _, digest = version.partition("@") if not version.startswith("sha256:") else ("", "", version)
    return Image(name[: slash + 1] + repository, tag, digest)


def container(name: str, written: Written, picture: Image, at: At, context: Context) -> Container:
    """Return one container; ``at`` gives the place of each of its values."""
    return Container(
        name=name,
        image=picture,
        command=tuple(written.get("command") or ()),
        args=tuple(written.get("args") or ()),
        env=_env(written.get("env") or {}, at, context),
        secrets=tuple(
            SecretRef(key, context.secret_prefix + value["key"], value.get("property", ""))
            for key, value in (written.get("secrets") or {}).items()
        ),
        ports=ports(written),
        resources=_resources(written, at, context),
        mounts=tuple(written.get("mounts") or ()),
    )


def ports(written: Written) -> tuple[Port, ...]:
    """Return the ports of the short or the long form; the main one first.

    The short form's is called http; of several, the main one is http, else the lowest.
    """
    if "port" in written:
        return (Port("http", written["port"], written["port"], "TCP"),)
    known = (_port(name, port) for name, port in (written.get("ports") or {}).items())
    return tuple(sorted(known, key=lambda port: (port.name != "http", port.port, port.name)))


def _port(name: str, written: Any) -> Port:
    if isinstance(written, int):
        return Port(name, written, written, "TCP")
    return Port(
        name, written["port"], written.get("targetPort", written["port"]), written.get("protocol", "TCP")
    )


def _env(written: Written, at: At, context: Context) -> tuple[EnvVar, ...]:
    variables = []
    for name, value in written.items():
        if isinstance(value, str):
            variables.append(EnvVar(name, value, ""))
        elif "field" in value:
            variables.append(EnvVar(name, "", value["field"]))
        else:
            kind, reference = next(iter(value.items()))
            variables.append(EnvVar(name, context.refer(kind, reference, at("env", name, kind)), ""))
    return tuple(variables)


def _resources(written: Written, at: At, context: Context) -> Resources:
    chosen = written.get("resources") or {}
    size = written.get("size")
    if size is not None and check_names("size", [size], context.sizes, at("size"), context.out):
        chosen = context.sizes[size]
    return Resources(_quantities(chosen.get("requests")), _quantities(chosen.get("limits")))


def _quantities(written: Written | None) -> tuple[tuple[str, str], ...]:
    return tuple((key, str(value)) for key, value in (written or {}).items() if value is not None)


def find_port(reference: str | int | None, known: tuple[Port, ...], at: Place, out: Collector) -> Port | None:
    """Return the port of a name or number, the main one by default; None with a diagnostic."""
    if reference is None and known:
        return known[0]
    for port in known:
        if reference in (port.name, port.port):
            return port
    names = [port.name for port in known]
    if reference is None:
        out.error("TS304", "the app has no port", at, note="add port: NUMBER")
    else:
        check_names("port", [str(reference)], names, at, out)
    return None


def probe(written: Written | None, known: tuple[Port, ...], at: Place, out: Collector) -> Probe | None:
    """Return a probe with its port as a number."""
    if not written:
        return None
    command = tuple(written.get("command") or ())
    reference = written.get("port")
    number = reference if isinstance(reference, int) else 0
    if not command and not number:
        port = find_port(reference, known, at.at("port") if reference else at, out)
        number = port.target_port if port else 0
    return Probe(
        path=written.get("path", ""),
        port=0 if command else number,
        command=command,
        period=written.get("period"),
        timeout=written.get("timeout"),
        delay=written.get("delay"),
        failures=written.get("failures"),
        successes=written.get("successes"),
    )
