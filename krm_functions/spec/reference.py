"""The reference of the DSL as Markdown: what never changes is written here, every table comes from the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from krm_functions.spec import app, container, parts
from krm_functions.spec.composites import Either, ListOf, MapOf, Object, OneKey
from krm_functions.spec.kinds import ABOUT, KINDS
from krm_functions.spec.scalars import Anything, Boolean, Choice, Integer, Quantity, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from krm_functions.spec.composites import Field
    from krm_functions.spec.scalars import Type

SETTINGS: Final = "any [setting of an App](#app)"

EXAMPLES: Final[Mapping[str, str]] = {
    "Platform": """\
apiVersion: tenantspec.dev/v1alpha1
kind: Platform
metadata: {name: example}
spec:
  domain: apps.example.com
  repository: {url: https://github.com/example/estate.git}
  stages: [dev, prod]
  hubs: {main: {}}
  environments:
    dev: {stage: dev, region: eu-west-1, hub: main, cluster: dev-1}
    prod: {stage: prod, region: eu-west-1, hub: main, cluster: prod-1}
""",
    "Tenant": """\
apiVersion: tenantspec.dev/v1alpha1
kind: Tenant
metadata: {name: tenant-a}
spec:
  owners: {groups: [tenant-a-admins]}
""",
    "App": """\
apiVersion: tenantspec.dev/v1alpha1
kind: App
metadata: {name: app1, namespace: tenant-a}
spec: {image: ghcr.io/opsera/agent-a1:1.0.0, port: 8080}
""",
    "AppVersions": """\
apiVersion: tenantspec.dev/v1alpha1
kind: AppVersions
metadata: {name: app1, namespace: tenant-a}
spec: {dev: 1.5.0, prod: 1.4.1}
""",
    "Component": """\
apiVersion: tenantspec.dev/v1alpha1
kind: Component
metadata: {name: ingress-nginx}
spec:
  chart: {repository: https://kubernetes.github.io/ingress-nginx, name: ingress-nginx, version: 4.15.1}
  namespace: ingress-nginx
""",
    "AppOverlay": """\
apiVersion: tenantspec.dev/v1alpha1
kind: AppOverlay
metadata: {name: app1, namespace: tenant-a}
spec: {environment: dev}
""",
    "TenancyGuard": """\
apiVersion: tenantspec.dev/v1alpha1
kind: TenancyGuard
metadata: {name: guard}
spec: {}
""",
}
"""A minimal document of each kind; one that is not here takes an environment or a hub, and nothing else."""

INTRODUCTION: Final = """\
# Reference

Every kind of document, field by field. This page is generated from the model that checks the documents:
what is not here is an error. `schemas/` holds the same as JSON Schemas, for editors.

## Every document

| field | what it holds |
|---|---|
| `apiVersion` | `tenantspec.dev/v1alpha1` |
| `kind` | the kind, as in the headings below |
| `metadata.name`, `metadata.namespace` | as each kind says |
| `metadata.labels`, `metadata.annotations` | labels and annotations of the document itself; only kustomize reads them |
| `spec` | what the tables below describe; their paths begin below it, unless they begin with `metadata` |

In a path, `<name>` is a key that you choose and `[]` is each item of a list.

YAML is read as kustomize reads it: only `true` and `false` are booleans, so `on`, `yes`, `no` and `22:22`
are text. A bare number where text is wanted is an error that says "quote it": `1.10` would become 1.1.
Duplicate keys, tags, keys that are not text and unknown fields are errors, each with its line and column.

## Precedence

Settings of an app come from nine layers, folded once, each over those before it:

1. Platform `defaults`, then their `stages.<name>`, then their `environments.<name>`
2. Tenant `defaults`, then their `stages.<name>`, then their `environments.<name>`
3. App, then its `stages.<name>`, then its `environments.<name>`

- Mappings merge by key.
- Single values and lists replace what lower layers said.
- A value that takes one of several forms is replaced whole: a value of `env`, a file, a volume, a probe's action,
  the short and the long form of a field.
- A chart's `values` merge as Helm merges them.
- Fields that exclude each other do so within one layer only; a higher layer's one replaces a lower layer's other.

## Not written, empty and null

In an app's settings, a field that is not written inherits what lower layers say, and `{}` merges nothing into it. `null`
removes what every lower layer said, so that the built-in default is left. Everywhere else, `null` is the same as not
written. It may stand for every field that is not required and for every entry of a mapping whose row says "or null".
kustomize drops nulls from strategic-merge patches: to remove a value by a patch, use JSON6902.
"""


class Row(NamedTuple):
    """One field of a kind: its path, what it holds, its default and what it means."""

    path: str
    holds: str
    default: str
    doc: str


def reference() -> str:
    """Return the whole reference."""
    sections = (_section(kind) for kind in KINDS)
    return "\n".join([INTRODUCTION, *sections, _words()])


def rows(kind: str) -> list[Row]:
    """Return the rows of one kind: its names, then everything below its spec."""
    metadata, spec = (KINDS[kind].fields[name].type for name in ("metadata", "spec"))
    names = [
        row for row in _below(metadata, "metadata.") if row.path in {"metadata.name", "metadata.namespace"}
    ]
    own = [Row("<name>", _holds(spec.value), "", "One entry each.")] if isinstance(spec, MapOf) else []
    return [*names, *own, *_below(spec, "")]


def example(kind: str) -> str:
    """Return a minimal document of one kind."""
    choice = "environment: dev" if "environment" in _spec_fields(kind) else "hub: main"
    written = (
        f"apiVersion: tenantspec.dev/v1alpha1\nkind: {kind}\nmetadata: {{name: any}}\nspec: {{{choice}}}\n"
    )
    return EXAMPLES.get(kind, written)


def _spec_fields(kind: str) -> Mapping[str, Field]:
    spec = KINDS[kind].fields["spec"].type
    return spec.fields if isinstance(spec, Object) else {}


def _section(kind: str) -> str:
    table = _table(
        ("field", "what it holds", "default", "meaning"), ((f"`{r.path}`", *r[1:]) for r in rows(kind))
    )
    parts = [f"## {kind}", ABOUT[kind], f"```yaml\n{example(kind)}```", table]
    rules = [f"- {rule}" for rule in dict.fromkeys(_rules(KINDS[kind].fields["spec"].type, ""))]
    return "\n\n".join([*parts, *(["\n".join(rules)] if rules else [])]) + "\n"


def _table(head: tuple[str, ...], cells: Iterable[tuple[str, ...]]) -> str:
    ruler = "|" + "---|" * len(head)
    return "\n".join([_line(head), ruler, *(_line(row) for row in cells)])


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _below(kind: Type, prefix: str) -> Iterator[Row]:
    """Yield the rows of every field inside a type; an app's settings have their rows in one place."""
    if kind in (app.settings, app.layered):
        return
    if isinstance(kind, Object):
        for field in kind.fields.values():
            yield from _field(kind, field, prefix + field.name)
    elif isinstance(kind, Either):
        yield from _below(kind.long, prefix)
    elif isinstance(kind, (MapOf, ListOf)):
        step = "[]." if isinstance(kind, ListOf) else ".<name>."
        inner = kind.item if isinstance(kind, ListOf) else kind.value
        yield from _below(inner, prefix.removesuffix(".") + step if prefix else "<name>.")


def _field(owner: Object, field: Field, path: str) -> Iterator[Row]:
    default = "required" if field.required else field.default
    known = owner is not app.spec and app.settings.fields.get(field.name) is field
    doc = f"As the app's `{field.name}`." if known else field.doc
    yield Row(path, _holds(field.type), default, doc)
    if not known:
        yield from _below(field.type, path + ".")


def _rules(kind: Type, path: str) -> Iterator[str]:
    """Yield what the fields of a type say of each other."""
    if isinstance(kind, Object) and kind not in (app.settings, app.layered):
        where = f" in `{path}`" if path else ""
        for group in () if isinstance(kind, OneKey) else kind.exclusive:
            yield f"{_names(group, 'and')} exclude each other{where}."
        for pair in kind.disjoint:
            yield f"{_names(pair, 'and')} share no key{where}."
        for field in kind.fields.values():
            yield from _rules(field.type, f"{path}.{field.name}".lstrip("."))
    elif isinstance(kind, Either):
        yield from _rules(kind.long, path)
    elif isinstance(kind, ListOf):
        yield from _rules(kind.item, path + "[]")
    elif isinstance(kind, MapOf):
        yield from _rules(kind.value, path + ".<name>")


def _names(words: Iterable[str], conjunction: str) -> str:
    *some, last = (f"`{word}`" for word in words)
    return f"{', '.join(some)} {conjunction} {last}" if some else last


def _holds(kind: Type) -> str:
    """Return what a type holds, in a few words."""
    if kind in (app.settings, app.layered):
        return SETTINGS
    return _WORDS[type(kind)](kind)


def _integer(kind: Integer) -> str:
    return f"{kind.name}, {kind.low} to {kind.high}"


def _map(kind: MapOf) -> str:
    value = _holds(kind.value) + (", or null" if kind.nullable else "")
    return f"mapping of {kind.key.name} to {value}"


_WORDS: Final[Mapping[type[Type], Callable[[Any], str]]] = {
    Anything: lambda kind: kind.name,
    Text: lambda kind: kind.name,
    Quantity: lambda kind: kind.name,
    Integer: _integer,
    Boolean: lambda kind: kind.name,
    Choice: lambda kind: _names(kind.words, "or"),
    ListOf: lambda kind: f"list, each {_holds(kind.item)}",
    MapOf: _map,
    Object: lambda kind: kind.name,
    OneKey: lambda kind: kind.name,
    Either: lambda kind: kind.name,
    container.PortReference: lambda kind: kind.name,
    parts.PatchText: lambda kind: kind.name,
}


def _words() -> str:
    """Return what each kind of text must look like."""
    found = {
        text.name: text.rule for kind in KINDS.values() for text in _texts(kind) if text.rule != text.name
    }
    return "## Kinds of text\n\n" + _table(("text", "form"), sorted(found.items())) + "\n"


def _texts(kind: Type) -> Iterator[Text]:
    if isinstance(kind, Text):
        yield kind
    for inner in _inner(kind):
        yield from _texts(inner)


def _inner(kind: Type) -> list[Type]:
    if isinstance(kind, Object):
        return [field.type for field in kind.fields.values()]
    if isinstance(kind, Either):
        return [kind.short, kind.long]
    if isinstance(kind, ListOf):
        return [kind.item]
    return [kind.key, kind.value] if isinstance(kind, MapOf) else []
