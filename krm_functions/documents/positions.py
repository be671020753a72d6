"""Line and column of a value, looked up in its file only once something is wrong with it."""

from __future__ import annotations

import functools
import os
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from krm_functions.diagnostics import Diagnostic, FieldPath, Place


class Mark(NamedTuple):
    """Line and column from 1, and how many columns the value takes on that line."""

    line: int
    column: int
    width: int


def locate(root: str, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics with the line and column of each place filled in."""
    return [
        d._replace(
            place=d.place and located(root, d.place),
            related=tuple(r._replace(place=located(root, r.place)) for r in d.related),
        )
        for d in diagnostics
    ]


def located(root: str, place: Place) -> Place:
    """Return a place with its line and column; line 1 where its file says nothing of it."""
    if place.line:
        return place
    found = mark(root, place)
    return place._replace(line=found.line, column=found.column)


def mark(root: str, place: Place) -> Mark:
    """Find a place's value (or key) in its file, or the nearest value around it that is written."""
    documents = _nodes(os.path.join(root, place.file))
    if place.document >= len(documents):
        return Mark(1, 1, 1)
    if place.path and _child(documents[place.document], place.path[0]) == (None, None):
        return _search(lines(root, place.file), str(place.path[-1]), on_key=place.on_key)
    return _descend(documents[place.document], place.path, on_key=place.on_key)


def lines(root: str, file: str) -> tuple[str, ...]:
    """Return a file's lines; none if it cannot be read."""
    path = os.path.realpath(os.path.join(root, file))
    inside = path.startswith(os.path.realpath(root) + os.sep)
    return (_HELD.get(path) or _lines(path)) if inside else ()


def hold(root: str, texts: Mapping[str, str]) -> None:
    """Let files below a root that is no folder have these texts: specs that came as items."""
    _HELD.update({os.path.join(root, file): tuple(text.splitlines()) for file, text in texts.items()})
    _nodes.cache_clear()


_HELD: Final[dict[str, tuple[str, ...]]] = {}
"""Lines of what stands in no file, by path."""


def _descend(node: Any, path: FieldPath, *, on_key: bool) -> Mark:
    shown = node
    for depth, step in enumerate(path):
        key, value = _child(node, step)
        if value is None:
            return _mark(shown)
        last = depth == len(path) - 1
        shown = (
            key
            if key is not None and ((on_key and last) or not isinstance(value, yaml.ScalarNode))
            else value
        )
        node = value
    return _mark(shown)


def _search(source: tuple[str, ...], key: str, *, on_key: bool) -> Mark:
    """Find a key in a document that stands as text inside another, as an inline function config does."""
    for number, line in enumerate(source, 1):
        found = re.search(rf"(?<![\w-])({re.escape(key)}):\s*(\S+?)?(?=[,}}\s]|$)", line)
        if found:
            shown = 1 if on_key or not found[2] else 2
            return Mark(number, found.start(shown) + 1, len(found[shown]))
    return Mark(1, 1, 1)


def _child(node: Any, step: str | int) -> tuple[Any, Any]:
    if isinstance(node, yaml.MappingNode):
        for key, value in reversed(node.value):
            if key.value == step:
                return key, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def _mark(node: Any) -> Mark:
    start, end = node.start_mark, node.end_mark
    width = end.column - start.column if end.line == start.line else 1
    return Mark(start.line + 1, start.column + 1, max(width, 1))


@functools.lru_cache(maxsize=4096)
def _lines(path: str) -> tuple[str, ...]:
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as stream:
            return tuple(stream.read().splitlines())
    except OSError:
        return ()


@functools.lru_cache(maxsize=4096)
def _nodes(path: str) -> tuple[Any, ...]:
    try:
        composed = yaml.compose_all("\n".join(_HELD.get(path) or _lines(path)), Loader=yaml.CSafeLoader)
        return tuple(
            n for n in composed if n is not None and getattr(n, "tag", "") != "tag:yaml.org,2002:null"
        )
    except yaml.YAMLError:
        return ()
