"""YAML text to plain values, with the reading of kustomize and nothing silently dropped.

The scalar rules are those of go-yaml v3, kustomize's reader: booleans are YAML 1.2's, so ``on``, ``yes``
and ``22:22`` are strings; numbers may be decimal, ``0x``, ``0o``, ``0b`` or ``0777``; dates are strings.
"""

from __future__ import annotations

import math
import re

import yaml

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

try:
    from yaml._yaml import CParser
except ImportError as error:  # pragma: no cover  (PyYAML's wheels carry libyaml)
    raise ImportError("tenantspec needs PyYAML built with libyaml") from error

MAX_NODES = 200_000
"""Values in one file, aliases expanded: far above any spec, far below an alias bomb."""
MAX_DEPTH = 100

_INTEGER = r"[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)"
_OCTAL = r"[-+]?0[0-7]+"
_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
_NOT_JSON = frozenset(sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")) | {
    ".nan",
    ".NaN",
    ".NAN",
}
_LONGEST_INTEGER = 70
"""Sign, prefix and 64 binary digits; a longer number is beyond 64 bits."""
_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip
_NUMERIC_START = frozenset("0123456789+-.")


class Problem(Record):
    """A fault of the text itself; line and column count from 1."""

    code: str
    message: str
    line: int
    column: int
    note: str = ""


class Text(Record):
    """The documents of one text, and what is wrong with it."""

    documents: tuple[Any, ...]
    problems: tuple[Problem, ...]


def read(text: str, most: int = MAX_NODES) -> Text:
    """Read every document of a text as dict, list, str, int, float, bool and None; ``most`` bounds its values."""
    reader = _Reader(text, most)
    try:
        documents = tuple(reader.documents())
    except yaml.MarkedYAMLError as error:
        return Text((), (*reader.problems, _syntax(error)))
    except yaml.YAMLError as error:
        return Text((), (*reader.problems, Problem("TS101", f"not YAML: {_first_line(error)}", 1, 1)))
    except _Stop:
        return Text((), tuple(reader.problems))
    return Text(documents, tuple(reader.problems))


def scalar(text: str) -> str | float | bool | None:
    """Resolve a plain scalar as kustomize does: a whole number is an integer however it is written."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMERIC_START:
        number = _number(text.replace("_", ""))
        return text if number is None else number
    return text


def _number(plain: str) -> float | None:
    if plain.isascii() and plain.isdigit() and (plain[0] != "0" or plain == "0") and len(plain) < 19:
        return int(plain)  # what most numbers are, without a regular expression
    if re.fullmatch(_INTEGER, plain) and len(plain) <= _LONGEST_INTEGER:
        integer = int(plain, 8 if re.fullmatch(_OCTAL, plain) else 0)
        if _fits(integer):
            return integer
    if not re.fullmatch(_FLOAT, plain) or math.isinf(number := float(plain)):
        return None
    return int(number) if number.is_integer() and _fits(number) else number


def _fits(number: float) -> bool:
    return -(2**63) <= number < 2**64


class _Stop(Exception):  # noqa: N818
    """The text is not worth reading on."""


class _Reader:
    """One pass over libyaml's events; a parser object per text, so that nothing is shared."""

    def __init__(self, text: str, most: int) -> None:
        self._most = most
        self._next: Callable[[], Any] = CParser(text).get_event
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._count = 0
        self.problems: list[Problem] = []

    def documents(self) -> Iterator[Any]:
        """Yield the value of each document; an empty one is None."""
        while True:
            event = self._next()
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
                yield self._value(self._next(), 0)
            elif isinstance(event, yaml.StreamEndEvent):
                return

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        self._count += 1
        if kind is yaml.AliasEvent:
            return self._alias(event)
        before = self._count
        if event.tag is not None and not (kind is yaml.ScalarEvent and event.tag == "!"):
            self._problem(event, "TS103", f"the tag {event.tag} is not read", "remove the tag")
        if kind is yaml.ScalarEvent:
            value: Any = self._scalar(event)
        elif depth >= MAX_DEPTH:
            self._stop(event, f"nested deeper than {MAX_DEPTH} levels")
        elif kind is yaml.MappingStartEvent:
            value = self._mapping(depth + 1)
        else:
            value = self._sequence(depth + 1)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, self._count - before + 1)
        return value

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            self._problem(
                event, "TS101", f"not YAML: unknown alias '{event.anchor}'", "no anchor of this name before"
            )
            raise _Stop
        value, size = self._anchors[event.anchor]
        self._count += size
        if self._count > self._most:
            self._stop(event, f"more than {self._most} values once its aliases are expanded")
        return value

    def _scalar(self, event: Any) -> str | float | bool | None:
        if not event.implicit[0]:
            return str(event.value)
        if event.value in _NOT_JSON:
            self._problem(event, "TS111", f"the number {event.value} is not read", "quote it, if it is text")
        return scalar(event.value)

    def _mapping(self, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: list[dict[str, Any]] | None = None
        event = self._next()
        while not isinstance(event, yaml.MappingEndEvent):
            if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
                if merged is not None:
                    self._twice(event, "<<")
                merged = self._merged(event, depth)
            else:
                key = self._key(event, result, depth)
                value = self._value(self._next(), depth)
                if key is not None:
                    result[key] = value
            event = self._next()
        for lower in merged or ():
            result = {**lower, **result}
        return result

    def _merged(self, event: Any, depth: int) -> list[dict[str, Any]]:
        value = self._value(self._next(), depth)
        merged = value if isinstance(value, list) else [value]
        if not all(isinstance(lower, dict) for lower in merged):
            self._problem(
                event, "TS101", "not YAML: a merge of what is no mapping", "'<<' takes a mapping or several"
            )
        return [lower for lower in merged if isinstance(lower, dict)]

    def _key(self, event: Any, known: dict[str, Any], depth: int) -> str | None:
        key = self._value(event, depth)
        if not isinstance(key, str):
            self._problem(event, "TS104", "a key that is not a string", "quote it")
            return None
        if key in known:
            self._twice(event, key)
        return key

    def _twice(self, event: Any, key: str) -> None:
        self._problem(event, "TS102", f"the key '{key}' stands here twice", "only one of them can hold")

    def _sequence(self, depth: int) -> list[Any]:
        result = []
        event = self._next()
        while not isinstance(event, yaml.SequenceEndEvent):
            result.append(self._value(event, depth))
            event = self._next()
        return result

    def _problem(self, event: Any, code: str, message: str, note: str) -> None:
        mark = event.start_mark
        self.problems.append(Problem(code, message, mark.line + 1, mark.column + 1, note))

    def _stop(self, event: Any, message: str) -> None:
        self._problem(event, "TS105", message, "")
        raise _Stop


def _syntax(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if (
        error.problem and "maximum nesting depth" in error.problem
    ):  # libyaml 0.2.6 looks ahead and stops itself
        return Problem("TS105", f"nested deeper than {MAX_DEPTH} levels", line, column)
    message = " ".join(part for part in (error.context, error.problem) if part)
    return Problem("TS101", f"not YAML: {message}", line, column)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
