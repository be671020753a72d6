"""tenantspec why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import click

from krm_functions.cli import completing
from krm_functions.cli.layout import examples
from krm_functions.cli.output import root_of, root_option, told
from krm_functions.diagnostics import Diagnostic, TenantspecError
from krm_functions.documents.positions import located
from krm_functions.functions.render import estate_of
from krm_functions.names import did_you_mean
from krm_functions.records import Record
from krm_functions.spec.app import settings as SETTINGS  # noqa: N812
from krm_functions.spec.composites import Either, MapOf, Object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from krm_functions.diagnostics import FieldPath, Place
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.fold import Layer
    from krm_functions.estate.settings import Settings
    from krm_functions.spec.scalars import Type

_ABSENT: Final = object()


class Said(Record):
    """What one layer says of a field, and whether that is what holds in the end."""

    layer: str
    place: Place
    value: Any
    won: bool


@click.command(
    short_help="Say which layer decided a field of an app, and what the others said.",
    epilog=examples(
        "tenantspec why tenant-a/app1 prod-eu spec.replicas",
        "tenantspec why tenant-a/app1 prod-eu spec.resources --format json",
    ),
)
@click.argument("app", metavar="TENANT/APP")
@click.argument("environment", shell_complete=completing.environment)
@click.argument("field")
@root_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the answer is printed, and what is wrong with the question.",
)
def why(app: str, environment: str, field: str, root: str | None, form: str) -> None:
    """Say which layer decided a field of an app in an environment, and what the other layers said.

    Layers are listed lowest first: platform, tenant and app; each plain, by stage, by environment.
    """
    with told(lambda: root_of(root), form):
        found = root_of(root)
        estate = estate_of(found)
        settings = _settings(estate, app, environment)
        path, default = _path(field)
        chain = [s._replace(place=located(found, s.place)) for s in _chain(settings, path)]
        value = _at(settings.written, path)
    if form == "json":
        click.echo(json.dumps(_answer(field, chain, value, default), indent=2))
    else:
        click.echo("\n".join(_lines(field, chain, value, default)))


def _settings(estate: Estate, app: str, environment: str) -> Settings:
    """Return the folded settings of the app that is named.

    Raises:
        TenantspecError: a name is unknown (TS301), or the specs themselves are broken.

    """
    tenant, _, name = app.partition("/")
    _known("tenant", tenant, estate.specs.tenant_names())
    _known(f"app of {tenant}", name, estate.specs.app_names(tenant))
    environments = {str(each.name): each for each in estate.platform.environments}
    _known("environment", environment, environments)
    settings = estate.settings(tenant, name, environments[environment])
    estate.out.raise_if_failed()
    if settings is None:
        raise TenantspecError(estate.out.diagnostics)
    return settings


def _known(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        note = did_you_mean(name, known) or "known: " + (", ".join(sorted(known)[:12]) or "none")
        raise TenantspecError([Diagnostic("TS301", f"unknown {what} '{name}'", help=note)])


def _path(field: str) -> tuple[tuple[str, ...], str]:
    """Return the path of a field as typed, every step of which the DSL knows, and its built-in default.

    Raises:
        TenantspecError: there is no such field (TS201).

    """
    steps = tuple(field.removeprefix("spec.").split("."))
    kind: Type = SETTINGS
    default = ""
    for step in steps:
        kind = kind.long if isinstance(kind, Either) else kind
        if isinstance(kind, MapOf):
            kind, default = kind.value, ""
        elif isinstance(kind, Object):
            fields = kind.fields
            if step not in fields:
                help_ = did_you_mean(step, fields) or "known: " + ", ".join(sorted(fields))
                raise TenantspecError([Diagnostic("TS201", f"unknown field '{step}' in {field}", help=help_)])
            kind, default = fields[step].type, fields[step].default
        else:
            raise TenantspecError(
                [Diagnostic("TS201", f"{field} has no field '{step}'", help="ask for less")]
            )
    return steps, default


def _chain(settings: Settings, path: FieldPath) -> Iterator[Said]:
    """Yield what each layer says, lowest first; none has won where nothing is left of what was said.

    A layer that says something of a field above the path, such as ``null``, speaks of the path too.
    """
    decided = settings.place(*path)
    left = _at(settings.written, path) is not _ABSENT
    for layer in settings.layers:
        depth, value = _said(layer, path)
        if value is not _ABSENT:
            place = layer.place.at(*path[:depth])
            yield Said(layer.name, place, value, place == decided and (left or value is None))


def _said(layer: Layer, path: FieldPath) -> tuple[int, Any]:
    value: Any = layer.written
    for depth, step in enumerate(path):
        if not isinstance(value, dict):
            return depth, value
        if step not in value:
            return depth, _ABSENT
        value = value[step]
    return len(path), value


def _at(value: Any, path: FieldPath) -> Any:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return _ABSENT
        value = value[step]
    return value


def _lines(field: str, chain: list[Said], value: Any, default: str) -> Iterator[str]:
    yield f"{field} = {_text(value)}"
    for said in chain:
        mark = "*" if said.won else " "
        where = f"{said.place.file}:{said.place.line}:{said.place.column}"
        yield f"  {mark} {said.layer}: {json.dumps(said.value)}  {where}"
    if not any(said.won for said in chain):
        yield f"  * built-in default: {default or 'none'}"


def _text(value: Any) -> str:
    return "not set" if value is _ABSENT else json.dumps(value)


def _answer(field: str, chain: list[Said], value: Any, default: str) -> dict[str, Any]:
    layers = [
        {
            "layer": said.layer,
            "value": said.value,
            "won": said.won,
            "file": said.place.file,
            "line": said.place.line,
            "column": said.place.column,
        }
        for said in chain
    ]
    known = None if value is _ABSENT else value
    return {"field": field, "set": value is not _ABSENT, "value": known, "default": default, "layers": layers}
