"""Edits of YAML text that keep every byte they are not about, guided by the positions of its nodes.

One verb: ``put`` is ``document[path] = value`` for text. What it returns is read again and compared with
that, so an edit either means what was asked for or raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from krm_functions.documents import yaml as reader
from krm_functions.scaffold import render
from krm_functions.scaffold.nodes import (
    Child,
    children,
    first_column,
    is_block,
    line_after,
    newline,
    own_lines,
    properties,
    span,
)

if TYPE_CHECKING:
    from krm_functions.diagnostics import FieldPath


class CannotEditError(ValueError):
    """The text is written in a way that no local edit can serve."""


def put(text: str, path: FieldPath, value: object, document: int = 0, after: str = "") -> str:
    """Return the text with a value set, or added with all that is missing on the way to it.

    A list index equal to the list's length appends. ``after`` names the key that a new key follows.

    Raises:
        CannotEditError: no local edit says it, as in a list that is no list or behind an alias.

    """
    try:
        expected = _assigned(text, path, value, document)
        nodes = list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
        edited = _put(text, Child(None, nodes[document], 0), path, value, after)
        read = reader.read(edited)
    except (yaml.YAMLError, ValueError, IndexError) as error:
        raise CannotEditError(str(error)) from error
    if read.problems or list(read.documents) != expected:
        raise CannotEditError("/".join(map(str, path)))
    return edited


def source(text: str, path: FieldPath) -> str:
    """Return the text of a value as it is written, moved to the margin; nothing if no key leads to it."""
    child = Child(None, next(yaml.compose_all(text, Loader=yaml.CSafeLoader)), 0)
    for step in path:
        known = {c.step: c for c in children(text, child.node)}
        if step not in known:
            return ""
        child = known[step]
    start, end = span(text, child)
    pad = " " * child.node.start_mark.column
    rows = text[start : _to_line_end(text, child, end)].splitlines()
    return "\n".join(row.removeprefix(pad) for row in rows)


def _assigned(text: str, path: FieldPath, value: object, document: int) -> list[Any]:
    documents = [_unshared(each) for each in reader.read(text).documents]
    top: Any = {"": documents[document]} if document < len(documents) else {"": None}
    holder, key = top, ""
    for step in path:
        if holder[key] is None:
            holder[key] = [] if isinstance(step, int) else {}
        holder = holder[key]
        key = step  # type: ignore[assignment]
        _make_room(holder, step)
    holder[key] = value
    return [*documents[:document], top[""], *documents[document + 1 :]]


def _unshared(value: Any) -> Any:
    """Return a copy in which what an alias repeats is no longer one object with its anchor's."""
    if isinstance(value, dict):
        return {key: _unshared(item) for key, item in value.items()}
    return [_unshared(item) for item in value] if isinstance(value, list) else value


def _make_room(holder: Any, step: str | int) -> None:
    if isinstance(holder, list) and isinstance(step, int):
        holder.extend([None] * (step == len(holder)))
    elif isinstance(holder, dict) and isinstance(step, str):
        holder.setdefault(step, None)
    else:
        raise CannotEditError(f"'{step}' has no place in a {type(holder).__name__}")


def _put(text: str, child: Child, path: FieldPath, value: object, after: str) -> str:
    for depth, step in enumerate(path):
        if _is_null(child.node):
            return _replace(text, child, _nested(path[depth:], value))
        known = {c.step: c for c in children(text, child.node)}
        if step not in known:
            return _add(text, child, step, _nested(path[depth + 1 :], value), known.get(after))
        child = known[step]
        if child.aliased and depth < len(path) - 1:
            raise CannotEditError("behind an alias")
    return _replace(text, child, value)


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _nested(path: FieldPath, value: object) -> object:
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def _add(text: str, child: Child, step: str | int, value: object, after: Child | None) -> str:
    node = child.node
    below = children(text, node)
    previous = after or (below[-1] if below else None)
    if not is_block(node):
        return _add_flow(
            text, child, render.flow({step: value})[1:-1] if isinstance(step, str) else render.flow(value)
        )
    if previous is None:
        raise CannotEditError("an empty block")
    if isinstance(step, int):
        rows = render.item_lines(value)
    elif isinstance(value, dict) and isinstance(previous.node, yaml.MappingNode) and previous.node.flow_style:
        rows = [f"{render.scalar(step)}: {render.flow(value)}"]
    else:
        rows = render.entry(step, value)
    at = line_after(text, span(text, previous)[1])
    return _insert(text, at, render.indented(rows, " " * first_column(node)))


def _insert(text: str, at: int, rows: list[str]) -> str:
    end = newline(text)
    gap = "" if not at or text[at - 1] == "\n" else end
    return text[:at] + gap + "".join(row + end for row in rows) + text[at:]


def _add_flow(text: str, child: Child, item: str) -> str:
    below = children(text, child.node)
    end = span(text, child)[1]
    if not below:
        return f"{text[: end - 1].rstrip()}{item}{text[end - 1 :]}"
    last = span(text, below[-1])[1]
    comma = text[last : end - 1].lstrip().startswith(",")
    if own_lines(text, child.node):
        pad = " " * first_column(child.node)
        if not comma:
            text, last = f"{text[:last]},{text[last:]}", last + 1
        return _insert(text, line_after(text, last), [f"{pad}{item}" + "," * comma])
    if comma:
        last = text.index(",", last) + 1
        return f"{text[:last]} {item},{text[last:]}"
    return f"{text[:last]}, {item}{text[last:]}"


def _replace(text: str, child: Child, value: object) -> str:
    start, end = span(text, child)
    node = child.node
    if not child.aliased:
        start += properties(text, start, end)
    if isinstance(value, str) and isinstance(node, yaml.ScalarNode) and node.style == "|":
        return text[:start] + _literal(text[start:end], value) + text[end:]
    if is_block(node) and isinstance(value, str) and "\n" in value:
        pad = " " * max(node.start_mark.column - 2, 0)
        first, *rest = render.lines(value)
        end = _to_line_end(text, child, end)
        return text[:start] + newline(text).join([first, *render.indented(rest, pad)]) + text[end:]
    if isinstance(node, yaml.ScalarNode) and node.style == ">":
        end = len(text[:end].rstrip())
    gap = " " if text[start - 1 : start] in (":", "-") else ""
    return text[:start] + gap + _like(node, value) + text[end:]


def _to_line_end(text: str, child: Child, end: int) -> int:
    if not is_block(child.node) or text[end - 1] == "\n":
        return end
    return end + len(text[end:].partition("\n")[0].removesuffix("\r"))


def _like(node: yaml.Node, value: object) -> str:
    style = node.style if isinstance(node, yaml.ScalarNode) else None
    if isinstance(value, str) and "\n" not in value and style == "'":
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, str) and (style == '"' or "\n" in value):
        return render.quoted(value)
    return render.flow(value)


def _literal(written: str, value: str) -> str:
    head, _, body = written.partition("\n")
    pad = next((row[: len(row) - len(row.lstrip(" "))] for row in body.splitlines() if row.strip()), "  ")
    rows = render.indented(value.rstrip("\n").split("\n"), pad)
    return head + "\n" + newline(written).join(rows) + body[len(body.rstrip()) :]
