"""The real definitions of custom resources as schemas that refuse unknown fields."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from tests.cluster.crds import definitions


def faults(manifest: dict[str, Any]) -> Iterator[str]:
    """Yield what a custom resource's definition refuses in a manifest; raises KeyError for an unknown kind."""
    validator = validators()[manifest["apiVersion"], manifest["kind"]]
    for error in validator.iter_errors(manifest):
        yield f"{manifest['kind']}/{manifest['metadata']['name']}: {error.json_path}: {error.message}"


@functools.cache
def validators() -> dict[tuple[str, str], Draft202012Validator]:
    """Return a validator per API version and kind."""
    found = {}
    for definition in definitions():
        names, group = definition["spec"]["names"], definition["spec"]["group"]
        for version in definition["spec"]["versions"]:
            schema = _strict(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            found[f"{group}/{version['name']}", names["kind"]] = Draft202012Validator(schema)
    return found


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict(part) for key, part in schema.items()}
    open_ended = strict.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in strict
    if strict.get("type") == "object" and isinstance(strict.get("properties"), dict) and not open_ended:
        strict["additionalProperties"] = False
    if strict.get("x-kubernetes-int-or-string"):
        strict.pop("type", None)
    return strict
