"""Values as YAML text for people: block style outside, one line of flow style where its neighbours are so."""

from __future__ import annotations

import json
import re

from krm_functions.krm.scalars import atom, one_line

_NOT_PLAIN_IN_FLOW = re.compile(r"^[-:?]|[,\[\]{}]")


def flow(value: object) -> str:
    """Return a value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    text = scalar(value)
    plain = text[:1] not in {'"', "'"}
    return (
        quoted(str(value)) if plain and isinstance(value, str) and _NOT_PLAIN_IN_FLOW.search(text) else text
    )


def scalar(value: object) -> str:
    """Return a text, number, boolean, null or empty collection on one line, quoted only where it must be."""
    if not isinstance(value, str):
        return atom(value)
    return one_line(value) or quoted(value)


def quoted(text: str) -> str:
    """Return a text in double quotes: JSON's strings are YAML's."""
    return json.dumps(text, ensure_ascii=False)


def lines(value: object) -> list[str]:
    """Return a value in block style, line by line, its first line not indented."""
    if isinstance(value, dict) and value:
        return [line for key, item in value.items() for line in entry(key, item)]
    if isinstance(value, list) and value:
        return [line for each in value for line in item_lines(each)]
    if isinstance(value, str) and _stands_literally(value):
        return ["|" if value.endswith("\n") else "|-", *indented(value.splitlines())]
    return [scalar(value)]


def _stands_literally(text: str) -> bool:
    """Whether a text of several lines can stand in a block with neither indicator nor escape."""
    rim = text[:1] in {" ", "\n"} or text.endswith("\n\n")
    return "\n" in text and not rim and not one_line(text)


def entry(key: str, value: object) -> list[str]:
    """Return one entry of a mapping in block style."""
    first, *rest = lines(value)
    if isinstance(value, (dict, list)) and value:
        return [f"{scalar(key)}:", *indented([first, *rest])]
    return [f"{scalar(key)}: {first}", *rest]


def item_lines(value: object) -> list[str]:
    """Return one item of a list in block style."""
    first, *rest = lines(value)
    return [f"- {first}", *(rest if isinstance(value, str) else indented(rest))]


def indented(rows: list[str], pad: str = "  ") -> list[str]:
    """Return lines one level deeper; an empty line stays empty."""
    return [pad + row if row else "" for row in rows]


def document(value: dict[str, object]) -> str:
    """Return a whole document in block style."""
    return "\n".join(lines(value)) + "\n"
