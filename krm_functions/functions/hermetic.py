"""Which items are specs, which were emitted before, and which only pass through.

Specs among the items make an estate of their own: each is held as the file in which a folder would have it.
"""

from __future__ import annotations

from krm_functions.diagnostics import Collector, Diagnostic, Place, TenantspecError
from krm_functions.documents.held import HeldTree
from krm_functions.krm.items import TRACKING
from krm_functions.manifests.metadata import MANAGED_BY
from krm_functions.names import GROUP, did_you_mean
from krm_functions.records import Record
from krm_functions.spec.functions import FUNCTIONS, TRANSFORMERS
from krm_functions.spec.load import PLATFORM, app_file, component_file, tenant_file, versions_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Final

    from krm_functions.krm.items import Item
    from krm_functions.spec.scalars import Written

BASE: Final = "tenantspec.dev/base"
"""The annotation of an item that is a template: deployment, service, ingress or namespace."""
FOLDERS: Final = ("deployment", "service", "ingress", "namespace")
LOCAL: Final = "config.kubernetes.io/local-config"
CONFIG: Final = "functionConfig"
_PATHS: Final = ("internal.config.kubernetes.io/path", "config.kubernetes.io/path")
_ORIGIN: Final = "config.kubernetes.io/origin"

FILES: Final[Mapping[str, Callable[[Item], str]]] = {
    "Platform": lambda _: PLATFORM,
    "Tenant": lambda item: tenant_file(item.name),
    "App": lambda item: app_file(item.namespace, item.name),
    "AppVersions": lambda item: versions_file(item.namespace, item.name),
    "Component": lambda item: component_file(item.name),
}
"""Where an estate on disk has each kind of spec."""


class Held(Record):
    """Specs among items: their texts by file, what diagnostics call each file, and the numbers of the items."""

    files: Mapping[str, str]
    shown: Mapping[str, str]
    numbers: tuple[int, ...]

    @property
    def specs(self) -> bool:
        """Whether there is a spec among them: templates alone make no estate."""
        return any(not file.startswith("base/") for file in self.files)

    @property
    def tree(self) -> HeldTree:
        """The estate that they are."""
        return HeldTree(self.files)


def held(items: Sequence[Item]) -> Held:
    """Return the specs and templates among items.

    Raises:
        TenantspecError: one is of no kind (TS914), there twice (TS915), or a template of nothing (TS916).

    """
    out = Collector()
    found: dict[str, list[int]] = {}
    for number, item in enumerate(items):
        file = _file(item, number, out)
        if file:
            found.setdefault(file, []).append(number)
    names = _names(items, [numbers[0] for numbers in found.values()])
    for file, numbers in found.items():
        if len(numbers) > 1:
            what = "/".join(part for part in items[numbers[0]].identity[1:] if part)
            help_ = "leave one of them: an estate has one Platform, and one document of each name"
            out.error("TS915", f"{len(numbers)} items are {file}: {what}", help=help_)
    out.raise_if_failed()
    files = {file: items[numbers[0]].text for file, numbers in found.items()}
    shown = {file: names[numbers[0]] for file, numbers in found.items()}
    return Held(_with_bases(files), shown, tuple(numbers[0] for numbers in found.values()))


def is_own_config(item: Item, config: Item | None) -> bool:
    """Whether an item is the config itself, as kustomize gives it to a generator; a file of a package is none."""
    return (
        config is not None
        and item.identity == config.identity
        and item.annotations.get(LOCAL) == "true"
        and not any(path in item.annotations for path in _PATHS)
    )


def tracking(item: Item) -> dict[str, str]:
    """Return the annotations by which an item is followed."""
    return {key: text for key, text in item.annotations.items() if key.startswith(TRACKING)}


def _file(item: Item, number: int, out: Collector) -> str:
    """Return the file that an item stands for; the empty string for one that is none of ours."""
    if BASE in item.annotations:
        folder = item.annotations[BASE]
        if folder not in FOLDERS:
            help_ = f"one of {', '.join(FOLDERS)}"
            out.error("TS916", f"{_called(item)}: no base is called '{folder}'", help=help_)
        return f"base/{folder}/{number}.yaml"
    if item.api_version.partition("/")[0] != GROUP or item.kind in (*FUNCTIONS, *TRANSFORMERS):
        return ""
    if item.kind not in FILES:
        help_ = did_you_mean(item.kind, FILES) or f"known: {', '.join(FILES)}"
        out.error("TS914", f"{_called(item)}: no spec is of the kind {item.kind or '(none)'}", help=help_)
        return ""
    if item.kind != "Platform" and not _is_name(item):
        out.error("TS914", f"an item of the kind {item.kind} lacks its name", help=_NAMES)
        return ""
    return FILES[item.kind](item)


_NAMES: Final = "metadata.name, and for App and AppVersions metadata.namespace, are names without slashes"


def _is_name(item: Item) -> bool:
    names = [item.name, item.namespace] if item.kind in ("App", "AppVersions") else [item.name]
    return all(name and "/" not in name and not name.startswith(".") for name in names)


def _with_bases(files: dict[str, str]) -> dict[str, str]:
    """Add the kustomization of each base folder that has items."""
    for folder in FOLDERS:
        start = f"base/{folder}/"
        names = [file.removeprefix(start) for file in files if file.startswith(start)]
        if names:
            files[f"{start}kustomization.yaml"] = f"resources: [{', '.join(names)}]\n"
    return files


def _names(items: Sequence[Item], numbers: Iterable[int]) -> dict[int, str]:
    """Return what diagnostics call items: where each came from if it says so, else its kind and name."""
    specs = {number: items[number] for number in numbers}
    origins = [origin(item) for item in specs.values()]
    return {number: _name(item, origins) for number, item in specs.items()}


def _name(item: Item, origins: Sequence[str]) -> str:
    file = origin(item)
    if file and origins.count(file) == 1:
        return file
    return f"{file}#{_called(item)}" if file else _called(item)


def origin(item: Item) -> str:
    """Return the file from which an item came, as kustomize or kpt says it; the empty string if none does."""
    for path in _PATHS:
        if item.annotations.get(path):
            return _inside(item.annotations[path])
    for line in item.annotations.get(_ORIGIN, "").splitlines():
        key, _, value = line.partition(": ")
        if key == "path":
            return _inside(value.strip())
    return ""


def _inside(path: str) -> str:
    """Return a path without the steps that lead out of the kustomization."""
    return "/".join(part for part in path.split("/") if part not in ("", ".", ".."))


def _called(item: Item) -> str:
    return "/".join(part for part in item.identity[1:] if part)


def renamed(diagnostics: Iterable[Diagnostic], shown: Mapping[str, str]) -> list[Diagnostic]:
    """Return diagnostics in which each file is called as its item is."""

    def place(found: Place) -> Place:
        return found._replace(file=shown.get(found.file, found.file))

    return [
        d._replace(
            place=d.place and place(d.place),
            related=tuple(r._replace(place=place(r.place)) for r in d.related),
        )
        for d in diagnostics
    ]


def nothing() -> TenantspecError:
    """Return the error of a function that sees neither specs nor files (TS912)."""
    message = "no specs among the items, and no platform.yaml in this folder or above it"
    help_ = (
        "list the specs as resources and this config under transformers, "
        "or run inside an estate, or name its folder with spec.root"
    )
    return TenantspecError([Diagnostic("TS912", message, help=help_)])


def expanded_before(items: Iterable[Item], config: Written) -> bool:
    """Whether items hold what this config's function gave: what it labels, of the same environment."""
    environment = config["spec"].get("environment")
    return any(
        item.labels.get(MANAGED_BY) == "tenantspec"
        and environment in (None, item.labels.get("tenantspec.dev/environment"))
        for item in items
    )
