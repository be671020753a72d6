"""Scalars as go-yaml v2.4.2 prints them: encode.go, resolve.go and emitterc.go of kustomize's printer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isinf, isnan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

WIDTH: Final = 80
"""The column past which a line folds."""
BREAKS: Final = "\u2028\u2029"
"""Line breaks that YAML 1.1 knows beside the newline; kustomize prints them as they are."""

# --- numbers, nulls and empty collections


def atom(value: object) -> str:
    """Return the text of what is neither a string nor a collection with something in it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    raise TypeError(f"a manifest holds no {type(value).__name__}: {value!r}")


def _integer(value: int) -> str:
    """Return an integer; beyond 64 bits kustomize reads a float."""
    return str(int(value)) if -(2**63) <= value < 2**64 else _float(float(value))


def _float(value: float) -> str:
    """Return a float as Go's FormatFloat(f, 'g', -1, 64) does; whole numbers become integers on the way."""
    if isnan(value) or isinf(value):
        raise ValueError(f"kustomize cannot print the number {value!r}")
    if value.is_integer() and -(2**63) <= _whole(value) < 2**64:
        return str(_whole(value))
    text = repr(value)
    if "e" in text or abs(value) < 1e6:
        return text
    whole, fraction = text.lstrip("-").split(".")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole[0]}.{whole[1:]}{fraction}e+{len(whole) - 1:02d}"


def _whole(value: float) -> int:
    """Return a whole number as Go's JSON writes it: its shortest digits, then zeros."""
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    return int(whole + fraction.ljust(int(exponent), "0")) if exponent else int(whole)


# --- strings on one line

_ODD: Final = "[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]"
"""Characters that go-yaml v2 escapes, all of them beyond U+FFFF included."""
_LOST: Final = "[\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
"""Characters that kustomize refuses in its own JSON, and U+0085, which it turns into a space."""
_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_DIGITS: Final = frozenset("0123456789")
_INNER: Final = _LETTERS | _DIGITS | frozenset("_./@=+,;()*-: ")
_FIRST: Final = _LETTERS | frozenset("_/")
_PAIRS: Final = (": ", " :", "::", "  ")
_UNITS: Final = _DIGITS | frozenset(".kKMGTPimn")
_NOT_PLAIN_ASCII: Final = r"\A(?:[#,\[\]{}&*!|>'\"%@` ]|[-?:](?: |\Z)|---|\.\.\.)|: |:\Z| #| \Z"
_NOT_PLAIN: Final = f"{_NOT_PLAIN_ASCII}|[{BREAKS}]"
_NOT_SINGLE: Final = rf"{_ODD}| [{BREAKS}]|[{BREAKS}] "
_NOT_LITERAL: Final = rf"{_ODD}| (?:[\n{BREAKS}]|\Z)"
_ESCAPES: Final = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e",
    '"': '"', "\\": "\\", "\xa0": "_", "\u2028": "L", "\u2029": "P",
}  # fmt: skip


def one_line(value: str) -> str:
    """Return a string plain, in single or in double quotes; nothing if it takes several lines.

    Raises ValueError for a character that does not survive kustomize.
    """
    ordinary = _ordinary(value)
    if ordinary:
        return ordinary
    if value.isascii() and value.isprintable():
        return _printable(value)
    _refuse_lost(value)
    if "\n" in value:
        return _double(value) if re.search(_NOT_LITERAL, value) else ""
    if _reads_as_other(value) or re.search(_NOT_SINGLE, value):
        return _double(value)
    if not re.search(_NOT_PLAIN, value):
        return value
    return "" if re.search(f"[{BREAKS}]", value) else _single(value)


def _printable(value: str) -> str:
    """Return a string of printable ASCII plain, in single or in double quotes."""
    if _reads_as_other(value):
        return '"{}"'.format(value.replace("\\", "\\\\").replace('"', '\\"'))
    return _single(value) if re.search(_NOT_PLAIN_ASCII, value) else value


def _ordinary(value: str) -> str:
    """Return the text of what most strings of a manifest are, found without regular expressions; else nothing.

    Words, names, paths and addresses stand plain; whole numbers are quoted; quantities and versions stand plain.
    """
    if not value or not _INNER.issuperset(value):
        return ""
    if value[0] in _FIRST:
        plain = value[-1] not in ": " and value not in _WORDS and not any(pair in value for pair in _PAIRS)
        return value if plain else ""
    if value[0] not in _DIGITS or not _UNITS.issuperset(value):
        return ""
    if _DIGITS.issuperset(value):
        return f'"{value}"'
    return value if value.count(".") > 1 or not _LETTERS.isdisjoint(value) else ""


def _refuse_lost(value: str) -> None:
    """Raise ValueError for the first lost character; the string itself may be secret and is not shown."""
    lost = re.search(_LOST, value)
    if lost:
        raise ValueError(f"kustomize cannot print the character U+{ord(lost[0]):04X}")


def _single(value: str) -> str:
    """Return a string in single quotes."""
    return "'{}'".format(value.replace("'", "''"))


def _double(value: str) -> str:
    """Return a string in double quotes; behind a leading U+FEFF go-yaml v2 escapes everything."""
    escaped = r"(?s)." if value.startswith("\ufeff") else rf'{_ODD}|["\\\n{BREAKS}]'
    return f'"{re.sub(escaped, _escape, value)}"'


def _escape(match: re.Match[str]) -> str:
    """Return one character as an escape of a double-quoted scalar."""
    char, code = match[0], ord(match[0])
    if char in _ESCAPES:
        return f"\\{_ESCAPES[char]}"
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


# --- strings on several lines


def several_lines(value: str, text: str, column: int, pad: str) -> str:
    """Return a string that begins at ``column``, its line end included; further lines begin with ``pad``.

    ``text`` is what ``one_line`` gave for it.
    """
    if text or "\n" not in value:
        return f"{_folded(text or _single(value), column, pad)}\n"
    return _literal(value, pad)


def _literal(value: str, pad: str) -> str:
    """Return a literal block; its header carries an indicator only where it is needed."""
    breaks = f"\n{BREAKS}"
    hint = "2" if value[0] in breaks or value[0] == " " else ""
    ended = value[-1] in breaks
    chomp = "-" if not ended else "+" if len(value) == 1 or value[-2] in breaks else ""
    body = "".join(line if line[0] in breaks else pad + line for line in value.splitlines(keepends=True))
    return f"|{hint}{chomp}\n{body}" + ("" if ended else "\n")


def _folded(text: str, column: int, pad: str) -> str:
    """Fold a text on one line at the first space past the width, as often as there is one."""
    parts, begin = [], 0
    for match in re.finditer(f" |[{BREAKS}]+", text):
        at, end = match.span()
        if match[0] != " ":
            inner = pad if end < len(text) - 1 else ""
            parts.append(text[begin:end] + inner)
            begin, column = end, len(inner)
        elif column + at - begin > WIDTH and _may_fold(text, at):
            escape = "\\" if text[end] == " " else ""
            parts.append(f"{text[begin:at]}\n{pad}{escape}")
            begin, column = end, len(pad) + len(escape)
    return "".join(parts) + text[begin:]


def _may_fold(text: str, at: int) -> bool:
    """Whether a line may end at this space: the first of its run, and not at the rim of quotes."""
    quote = text[0] if text[0] in "'\"" else ""
    if text[at - 1] == " " or (quote and not 1 < at < len(text) - 2):
        return False
    return quote == '"' or text[at + 1] != " "


# --- strings that a YAML 1.1 reader takes for something else

_WORDS: Final = frozenset((
    "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON",
    "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF",
    "", "~", "null", "Null", "NULL", ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF",
    "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
))  # fmt: skip
_NUMBER: Final = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
_BASED: Final = r"[-+]?0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)"
_DOTTED: Final = r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?"
_BASE_60: Final = r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
_CLOCK: Final = r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?"
_ZONE: Final = r"(?:Z|[-+]([0-9]{2}):([0-9]{2}))"
_TIME: Final = rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}})(?:[Tt]{_CLOCK}{_ZONE}| {_CLOCK})?"
_LIMITS: Final = (23, 59, 59, 24, 60, 23, 59, 59)
"""Of the clock, its zone and the clock without a zone; Go takes offsets of 24 hours and 60 minutes."""


def _reads_as_other(value: str) -> bool:
    """Whether the plain string is a boolean, a null, a number or a time."""
    if value in _WORDS:
        return True
    if value[0] == ".":
        return bool(re.fullmatch(_DOTTED, value)) and not isinf(float(value))
    if value[0] not in "0123456789+-":
        return False
    return _is_number(value.replace("_", "")) or bool(re.fullmatch(_BASE_60, value)) or _is_time(value)


def _is_number(value: str) -> bool:
    """Whether Go's ParseInt, ParseUint or ParseFloat reads a string without its underscores."""
    if re.fullmatch(_NUMBER, value):
        return not isinf(float(value))
    if not re.fullmatch(_BASED, value):
        return False
    limit = 2**63 if value[0] == "+" else 2**64
    return -(2**63) <= int(value, 0) < limit


def _is_time(value: str) -> bool:
    """Whether Go's time.Parse reads a string in one of resolve.go's four layouts."""
    match = re.fullmatch(_TIME, value)
    if not match:
        return False
    year, month, day, *clock = (int(part or 0) for part in match.groups())
    in_day = all(part <= limit for part, limit in zip(clock, _LIMITS, strict=True))
    return in_day and 1 <= month <= 12 and 1 <= day <= _days(year, month)


def _days(year: int, month: int) -> int:
    """Return the days of a month in the Gregorian calendar, the year 0 included."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
