"""Inputs for specs: documents that follow the grammar and break it a little, and bytes that follow nothing."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any, Final

import yaml
from hypothesis import strategies as st

from krm_functions.spec.composites import Either, ListOf, MapOf, Object
from krm_functions.spec.kinds import KINDS
from tests import tools

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = os.path.join(tools.ROOT, "examples", "all-fields", "estate")
FILES: Final = (
    "platform.yaml",
    "infra/traefik/component.yaml",
    "tenants/tenant-a/config/tenant.yaml",
    "tenants/tenant-a/apps/shop/app.yaml",
    "tenants/tenant-a/apps/shop/versions.yaml",
    "tenants/tenant-a/apps/store/app.yaml",
    "tenants/tenant-b/apps/ledger/app.yaml",
)
ODD: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 3.5, 10**30, "", " ", "a", "a" * 64, "a" * 300, "*", "-", "..", "../..", "/", "{tenant}",
    "{", "${HOME}", "1.10", "yes", "\u2028", "\x7f", "\u00e4", "a\nb", "0 0 31 2 *", "10.0.0.0/8", "::/0", "100m", "1e3", "9Ei",
    "sha256:" + "0" * 64, "latest", "tenant-b/ledger", [], [[]], {}, {"a": {}}, [None], {"key": "../x"}, ["dev", "dev"],
)  # fmt: skip
"""Values that stand at the edges of some rule."""

words = st.sampled_from(ODD) | st.text(max_size=20) | st.integers()


def names(model: Any, depth: int = 6) -> Iterator[str]:
    """Yield every key of a model."""
    if depth and isinstance(model, Object):
        for name, field in model.fields.items():
            yield name
            yield from names(field.type, depth - 1)
    elif depth and isinstance(model, (ListOf, MapOf, Either)):
        for part in ("item", "value", "long"):
            yield from names(getattr(model, part, None), depth - 1)


KEYS: Final = sorted({name for kind in ("App", "Tenant", "Platform") for name in names(KINDS[kind])})


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value of a document."""
    if path:
        yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield from paths(child, (*path, key))


def document(file: str) -> Any:
    """Return a document of the estate."""
    with open(os.path.join(ROOT, file), encoding="utf-8") as stream:
        return yaml.load(stream, Loader=yaml.CSafeLoader)


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, bytes]:
    """Return a file of the estate with one to three values replaced, removed, moved or added."""
    file = draw(st.sampled_from(FILES))
    value = copy.deepcopy(document(file))
    for _ in range(draw(st.integers(1, 3))):
        found = list(paths(value))
        if found:
            change(draw, value, draw(st.sampled_from(found)))
    return file, yaml.safe_dump(value, allow_unicode=draw(st.booleans()), sort_keys=False).encode()


def change(draw: st.DrawFn, value: Any, path: tuple[Any, ...]) -> None:
    """Change one place of a document."""
    for key in path[:-1]:
        value = value[key]
    deed = draw(st.sampled_from(("replace", "remove", "add")))
    if deed == "remove":
        del value[path[-1]]
    elif deed == "add" and isinstance(value, dict):
        value[draw(st.sampled_from(KEYS))] = draw(words)
    else:
        value[path[-1]] = draw(words)


@st.composite
def garbled(draw: st.DrawFn) -> tuple[str, bytes]:
    """Return a file of the estate with some bytes replaced by others, or nothing but such bytes."""
    file = draw(st.sampled_from(FILES))
    with open(os.path.join(ROOT, file), "rb") as stream:
        content = stream.read()
    noise = draw(
        st.binary(max_size=12)
        | st.sampled_from((b"\t", b"&a", b"*a", b"!!x", b"---\n", b"{", b"\x00", b"\xff", b"<<: "))
    )
    start = draw(st.integers(0, len(content)))
    end = draw(st.integers(start, min(len(content), start + 20)))
    return file, draw(st.sampled_from((content[:start] + noise + content[end:], noise)))
