"""JSON Schemas (2020-12) of the kinds, written from the model: what editors and other validators read.

A schema accepts what the decoder accepts, with one exception that JSON Schema cannot express: two mappings
that may share no key (`env` and `secrets`). Patterns keep to what Python and ECMA 262 read alike.
"""

from __future__ import annotations

import json
import os
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from krm_functions.spec import app, common, container, parts, tenant
from krm_functions.spec.composites import Either, ListOf, MapOf, Object, OneKey
from krm_functions.spec.kinds import ABOUT, KINDS
from krm_functions.spec.scalars import Anything, Boolean, Choice, Integer, Quantity, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from krm_functions.spec.composites import Field
    from krm_functions.spec.scalars import Type

    Schema = dict[str, Any]
    Of = Callable[[Type], Schema]
    """Gives the schema of a type below: a reference, if the type is shared."""

BASE: Final = "https://tenantspec.dev/schemas/v1alpha1"
SUFFIX: Final = ".schema.json"
WIDTH: Final = 110
"""Columns of a schema file, keys of multi-line values aside."""

SHARED: Final[Mapping[Type, str]] = {
    app.settings: "settings",
    common.cron: "cronSchedule",
    common.cron_fields: "cronFields",
    common.dns_label: "dnsLabel",
    common.dns_name: "dnsName",
    common.env_name: "variableName",
    common.free_annotations: "annotations",
    common.free_labels: "labels",
    common.label_value: "labelValue",
    common.members: "members",
    common.mount_path: "mountPath",
    common.node_label: "label",
    common.path_text: "path",
    common.port_number: "portNumber",
    common.quantity: "quantity",
    common.registry: "registry",
    common.resource_list: "resourceList",
    common.resources: "resources",
    common.secret_key: "secretKey",
    common.service_name: "serviceName",
    common.url: "url",
    container.app_reference: "appReference",
    container.image: "image",
    container.port_name: "portName",
    container.port_reference: "portReference",
    container.probe: "probe",
    container.secret: "secret",
    tenant.quota: "quota",
}
"""Types that are written once in a schema, under `$defs`, by their names there."""


def schema(kind: str) -> Schema:
    """Return the JSON Schema of one kind."""
    definitions = _Definitions()
    body = definitions.of(KINDS[kind])
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}/{kind.lower()}{SUFFIX}",
        "title": kind,
        "description": ABOUT[kind],
    }
    return {**head, **body, "$defs": dict(sorted(definitions.written.items()))}


def files() -> dict[str, str]:
    """Return the text of every schema file by its name."""
    return {f"{kind.lower()}{SUFFIX}": _pretty(schema(kind), "") + "\n" for kind in KINDS}


def write(folder: str) -> list[str]:
    """Write every schema into a folder, which is made if it is absent, and return the files' paths."""
    os.makedirs(folder, exist_ok=True)
    written = []
    for name, text in files().items():
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        written.append(path)
    return written


def drift(folder: str) -> list[str]:
    """Return the names of schema files that are missing, differ from the model or belong to no kind."""
    wanted = files()
    there = set(os.listdir(folder)) if os.path.isdir(folder) else set()
    left_over = {name for name in there if name.endswith(SUFFIX)} - wanted.keys()
    stale = {name for name, text in wanted.items() if name not in there or _text(folder, name) != text}
    return sorted(left_over | stale)


def _pretty(value: object, indent: str) -> str:
    """Return JSON with a mapping or a list on one line where it fits."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, (dict, list)):
        return line
    deeper = indent + "  "
    if isinstance(value, list):
        items = [_pretty(item, deeper) for item in value]
    else:
        items = [f"{json.dumps(key)}: {_pretty(item, deeper)}" for key, item in value.items()]
    left, right = "[]" if isinstance(value, list) else "{}"
    return f"{left}\n{deeper}" + f",\n{deeper}".join(items) + f"\n{indent}{right}"


def _text(folder: str, name: str) -> str:
    with open(os.path.join(folder, name), encoding="utf-8") as stream:
        return stream.read()


class _Definitions:
    """Writes types as schemas, and each shared one once."""

    def __init__(self) -> None:
        self.written: dict[str, Schema] = {}

    def of(self, kind: Type) -> Schema:
        """Return a type's schema, or the reference to it."""
        name = SHARED.get(kind)
        if name is None:
            return _SHAPES[type(kind)](kind, self.of)
        if name not in self.written:
            self.written[name] = {}  # a type that holds itself refers to what is being written
            self.written[name] = {**_rule(kind), **_SHAPES[type(kind)](kind, self.of)}
        return {"$ref": f"#/$defs/{name}"}


def _rule(kind: Type) -> Schema:
    return {"description": kind.rule} if isinstance(kind, Text) else {}


def _anything(_kind: Anything, _of: Of) -> Schema:
    return {}


def _string(kind: Text, _of: Of) -> Schema:
    pattern = {"pattern": f"^(?:{kind.pattern})$"} if kind.pattern else {}
    longest = {"maxLength": kind.longest} if kind.longest else {}
    return {"type": "string", **pattern, **longest}


def _quantity(kind: Quantity, of: Of) -> Schema:
    return {**_string(kind, of), "type": ["string", "integer"], "minimum": 0, "maximum": kind.highest}


def _integer(kind: Integer, _of: Of) -> Schema:
    return {"type": "integer", "minimum": kind.low, "maximum": kind.high}


def _boolean(_kind: Boolean, _of: Of) -> Schema:
    return {"type": "boolean"}


def _choice(kind: Choice, _of: Of) -> Schema:
    words = {"const": kind.words[0]} if len(kind.words) == 1 else {"enum": list(kind.words)}
    return {"type": "string", **words}


def _list(kind: ListOf, of: Of) -> Schema:
    fewest = {"minItems": kind.fewest} if kind.fewest else {}
    unique = {"uniqueItems": True} if kind.unique else {}
    return {"type": "array", "items": of(kind.item), **fewest, **unique}


def _map(kind: MapOf, of: Of) -> Schema:
    value = of(kind.value)
    return {
        "type": "object",
        "propertyNames": of(kind.key),
        "additionalProperties": _or_null(value) if kind.nullable else value,
    }


def _object(kind: Object, of: Of) -> Schema:
    required = [name for name, field in kind.fields.items() if field.required]
    exclusions = [_exclusion(*pair) for group in kind.exclusive for pair in combinations(group, 2)]
    return {
        "type": "object",
        "properties": {name: _property(kind, field, of) for name, field in kind.fields.items()},
        "additionalProperties": False,
        **({"required": required} if required else {}),
        **({"allOf": exclusions} if exclusions else {}),
    }


def _one_key(kind: OneKey, of: Of) -> Schema:
    return {**_object(kind, of), "minProperties": 1, "maxProperties": 1}


def _either(kind: Either, of: Of) -> Schema:
    return {"anyOf": [of(kind.short), of(kind.long)]}


def _port_reference(_kind: container.PortReference, of: Of) -> Schema:
    return {"anyOf": [of(common.port_number), of(container.port_name)]}


def _patch(_kind: parts.PatchText, _of: Of) -> Schema:
    return {"type": ["string", "object", "array"], "minLength": 1, "minProperties": 1, "minItems": 1}


_SHAPES: Final[Mapping[type[Type], Callable[[Any, Of], Schema]]] = {
    Anything: _anything,
    Text: _string,
    Quantity: _quantity,
    Integer: _integer,
    Boolean: _boolean,
    Choice: _choice,
    ListOf: _list,
    MapOf: _map,
    Object: _object,
    OneKey: _one_key,
    Either: _either,
    container.PortReference: _port_reference,
    parts.PatchText: _patch,
}


def _property(owner: Object, field: Field, of: Of) -> Schema:
    """Return one field's schema; a field that is an app setting, too, is written there."""
    if owner is not app.settings and app.settings.fields.get(field.name) is field:
        return {"$ref": f"{of(app.settings)['$ref']}/properties/{field.name}"}
    held = of(field.type)
    default = f" Default: {field.default}." if field.default else ""
    return {
        "description": field.doc + default,
        **(held if field.required or isinstance(owner, OneKey) else _or_null(held)),
        **({} if field.example is None else {"examples": [field.example]}),
    }


def _exclusion(left: str, right: str) -> Schema:
    written = {"not": {"type": "null"}}
    both = {"type": "object", "required": [left, right], "properties": {left: written, right: written}}
    return {"not": both}


def _or_null(held: Schema) -> Schema:
    """Return a schema that accepts null, too: not written, or what removes an inherited value."""
    null = {"type": "null"}
    if not held:
        return held
    if "anyOf" in held:
        return {"anyOf": [*held["anyOf"], null]}
    if "type" not in held or "const" in held:
        return {"anyOf": [held, null]}
    types = held["type"] if isinstance(held["type"], list) else [held["type"]]
    words = {"enum": [*held["enum"], None]} if "enum" in held else {}
    return {**held, "type": [*types, "null"], **words}
