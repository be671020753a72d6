"""Where the nodes of a YAML text begin and end, in characters, as an edit needs it.

libyaml ends a block collection at the next token, past comments and empty lines, and gives an alias the
place of its anchor; here a collection ends with its last value and an alias stands where it is written.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

_ALIAS = re.compile(r"\*[^\s,\[\]{}]+")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")


class Child(NamedTuple):
    """A value, the key or index it has, and the position that it cannot stand before."""

    step: str | int | None
    node: yaml.Node
    floor: int

    @property
    def aliased(self) -> bool:
        """Whether an alias stands here, and the node is its anchor's."""
        return int(self.node.start_mark.index) < self.floor


def children(text: str, node: yaml.Node) -> list[Child]:
    """Return the values of a mapping by key, or of a list by index; a scalar has none."""
    if isinstance(node, yaml.MappingNode):
        return [Child(key.value, value, key.end_mark.index) for key, value in node.value]
    found: list[Child] = []
    if isinstance(node, yaml.SequenceNode):
        floor = node.start_mark.index
        for index, value in enumerate(node.value):
            found.append(Child(index, value, floor))
            floor = span(text, found[-1])[1]
    return found


def span(text: str, child: Child) -> tuple[int, int]:
    """Return the first position of a value and the one behind it, without what follows on its line."""
    if child.aliased:
        alias = _ALIAS.search(text, child.floor)
        return alias.span() if alias else (child.floor, child.floor)
    return child.node.start_mark.index, _end(text, child.node)


def _end(text: str, node: yaml.Node) -> int:
    start, end = node.start_mark.index, node.end_mark.index
    if is_block(node):
        return span(text, children(text, node)[-1])[1]
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        keeps = "+" in text[start:end].partition("\n")[0]
        return int(end) if keeps else line_after(text, len(text[:end].rstrip()))
    return int(end)


def is_block(node: yaml.Node) -> bool:
    """Whether a node is a mapping or list in block style."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def line_after(text: str, at: int) -> int:
    """Return where the next line begins; a position at the start of a line is one already."""
    if at and text[at - 1] == "\n":
        return at
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def first_column(node: yaml.Node) -> int:
    """Return the column in which the entries of a collection begin."""
    if isinstance(node, yaml.MappingNode):
        return int(node.value[0][0].start_mark.column)
    if is_block(node):
        return int(node.start_mark.column)
    return int(node.value[0].start_mark.column)


def own_lines(text: str, node: yaml.Node) -> bool:
    """Whether a flow collection has each entry on a line of its own."""
    first = node.value[0][0] if isinstance(node, yaml.MappingNode) else node.value[0]
    last = node.value[-1][0] if isinstance(node, yaml.MappingNode) else node.value[-1]
    same = len({node.start_mark.line, first.start_mark.line, node.end_mark.line}) < 3
    return not same and not text[: last.start_mark.index].rpartition("\n")[2].strip()


def properties(text: str, start: int, end: int) -> int:
    """Return how many characters of a value are its anchor and tag."""
    found = _PROPERTIES.match(text, start, end)
    return len(found[0]) if found else 0


def newline(text: str) -> str:
    """Return the line end that a text uses."""
    return "\r\n" if "\r\n" in text else "\n"
