"""What a kustomization lists: which of its fields name files, which functions it calls, and why a field is refused."""

from __future__ import annotations

import os
import re

from krm_functions.documents import yaml
from krm_functions.functions.table import KINDS, TRANSFORMERS
from krm_functions.names import API_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, Final

    from krm_functions.diagnostics import Place
    from krm_functions.functions.allowed import Room

    Entries = Iterator[tuple[Place, Any]]

_PLAIN: Final = re.compile(r"(?!/)[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*/?")
_REMOTE_PARTS: Final = ("_git",)
_FUNCTION_KEYS: Final = ("config.kubernetes.io/function", "config.k8s.io/function")
"""Annotations that make kustomize run an image or a program of the config's choice."""
_BUILTIN_HELM: Final = "HelmChartInflationGenerator"
_FILE_KEYS: Final = ("path", "files", "envs", "env")
"""Keys of an entry of `FILE_LISTS` that name files."""
_TENANT_FUNCTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "generators": ("AppOverlay",),
    "transformers": TRANSFORMERS,
}
_REASONS: Final[Mapping[str, str]] = {
    "bases": "name them under resources",
    "buildMetadata": "it writes paths of the builder into every object",
    "commonLabels": "it changes what selects pods: use labels, or `labels` of the App",
    "configurations": "it tells kustomize to change fields that nobody looks at",
    "crds": "it tells kustomize to change fields that nobody looks at",
    "helmChartInflationGenerator": "a chart is fetched and run: `chart` of the App is vendored and locked",
    "helmCharts": "a chart is fetched and run: `chart` of the App is vendored and locked",
    "helmGlobals": "a chart is fetched and run: `chart` of the App is vendored and locked",
    "namePrefix": "the names of an app's objects are relied on by others",
    "nameSuffix": "the names of an app's objects are relied on by others",
    "namespace": "it moves everything to another namespace; the App's own is put in already",
    "openapi": "it tells kustomize to merge lists in another way",
    "patchesJson6902": "write them under patches",
    "patchesStrategicMerge": "write them under patches",
    "replacements": "patches say the same in the open",
    "secretGenerator": "no secret stands in git: `secrets` of the App",
    "validators": "kustomize does not run functions there reliably; TenancyGuard stands under transformers",
    "vars": "patches say the same in the open",
}


def reason(field: str) -> str:
    """Return why a field is refused, or what to write instead; empty for one that kustomize does not know."""
    return _REASONS.get(field, "")


def known_fields() -> Iterator[str]:
    """Yield the fields that are refused with a reason: with those of `TENANTS`, all that kustomize knows."""
    yield from _REASONS


def other_spellings(place: Place, value: Any) -> Entries:
    """Yield each key of an entry that kustomize reads as one that names files, though it is spelled otherwise.

    It decodes a kustomization with Go's encoding/json, to which `Files` and `file\u017f` are `files`.
    """
    for index, entry in enumerate(value if isinstance(value, list) else [value]):
        for key in entry if isinstance(entry, dict) else ():
            folded = str(key).casefold()
            if folded in _FILE_KEYS and key != folded:
                yield place.at(index, key), folded


def plain(path: str) -> bool:
    """Whether a path can be nothing but a local one: kustomize takes much for an address of a repository."""
    parts = path.split("/")
    remote = "github.com" in path.lower() or any(
        part in _REMOTE_PARTS or part.endswith(".git") for part in parts
    )
    return bool(_PLAIN.fullmatch(path)) and not remote


def _paths(place: Place, value: Any) -> Entries:
    """Yield the path of each entry that names one."""
    for index, entry in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(entry, dict):
            yield place.at(index), [entry]  # no mapping, so no path either
        elif entry.get("path") is not None:
            yield place.at(index, "path"), entry["path"]


def _sources(place: Place, value: Any) -> Entries:
    """Yield the files that a ConfigMap or Secret is made from; `KEY=PATH` names a key besides."""
    for index, entry in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(entry, dict):
            yield place.at(index), [entry]
            continue
        for key in ("files", "envs", "env"):
            listed = entry.get(key)
            for number, file in enumerate(listed if isinstance(listed, list) else [listed]):
                if file is not None:
                    path = file.rpartition("=")[2] if isinstance(file, str) and key == "files" else file
                    yield place.at(index, key, number), path


def _texts_or_paths(place: Place, value: Any) -> Entries:
    """Yield the paths of a list that may hold YAML itself."""
    for index, entry in enumerate(value if isinstance(value, list) else [value]):
        if not (isinstance(entry, str) and "\n" in entry):
            yield place.at(index), entry


FILE_LISTS: Final[Mapping[str, Callable[[Place, Any], Entries]]] = {
    "configMapGenerator": _sources,
    "configurations": _texts_or_paths,
    "crds": _texts_or_paths,
    "openapi": _paths,
    "patches": _paths,
    "patchesJson6902": _paths,
    "patchesStrategicMerge": _texts_or_paths,
    "replacements": _paths,
    "secretGenerator": _sources,
}
"""Fields that name files, and how."""


def judge_function(room: Room, folder: str, field: str, place: Place, text: str) -> None:
    """Keep why a function config may not be run."""
    parsed = yaml.read(text)
    if parsed.problems:
        room.error("TS543", f"a function config that cannot be read: {parsed.problems[0].message}", place)
        return
    for config in parsed.documents:
        if isinstance(config, dict):
            _judge_config(room, folder, field, place, config)
        elif config is not None:
            room.error("TS543", "a function config is a mapping", place)


def _judge_config(room: Room, folder: str, field: str, place: Place, config: dict[str, Any]) -> None:
    version, kind = config.get("apiVersion"), config.get("kind")
    about = config.get("metadata")
    annotations = about.get("annotations") if isinstance(about, dict) else None
    if isinstance(annotations, dict) and any(key in annotations for key in _FUNCTION_KEYS):
        help_ = "only functions that the platform team has installed are called"
        room.error("TS542", f"the function {kind} names its own image or program", place, help_)
    elif kind == _BUILTIN_HELM:
        room.error("TS542", f"{kind} fetches and runs a chart", place, _REASONS["helmCharts"])
    elif not room.strict:
        return
    elif version != API_VERSION or kind not in _TENANT_FUNCTIONS.get(field, ()):
        known = ", ".join(_TENANT_FUNCTIONS.get(field, ())) or "none"
        ours = (
            "the platform's rooms call it"
            if kind in (*KINDS, *TRANSFORMERS)
            else "the platform team installs others"
        )
        message = f"the function {kind} of {version} may not be called from a tenant's folder"
        room.error("TS542", message, place, f"under {field} there may be: {known}; {ours}")
    elif annotations:
        room.error(
            "TS542",
            f"the config of {kind} carries annotations",
            place,
            "remove them: kustomize may obey them",
        )
    else:
        _judge_root(room, folder, place, config)


def _judge_root(room: Room, folder: str, place: Place, config: dict[str, Any]) -> None:
    """Refuse a config that takes another estate for its own: its platform would be of the tenant's making."""
    spec = config.get("spec")
    named = spec.get("root") if isinstance(spec, dict) else None
    if named is not None and (
        not isinstance(named, str) or os.path.realpath(os.path.join(folder, named)) != room.tree.root
    ):
        room.error("TS542", f"spec.root '{named}' is not the estate around it", place, "leave spec.root out")
