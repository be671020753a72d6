"""Manifests to YAML, byte for byte as ``kustomize build`` 5.8.1 prints them.

kustomize turns a manifest into JSON and lets go-yaml v2.4.2 print that (resource.AsYAML of its api module,
JSONToYAML of sigs.k8s.io/yaml): keys in natural order, sequences at the indentation of their key, no aliases.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cmp_to_key

from krm_functions.krm.scalars import BREAKS, WIDTH, atom, one_line, several_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Final

    _Put = Callable[[str], None]

Manifest = Mapping[str, object]
"""One Kubernetes object: strings, numbers, booleans and nulls in mappings and lists; nobody edits it."""

_Entries = tuple[tuple[str, str], ...]


def dump(manifest: Manifest) -> str:
    """Print one manifest as kustomize does.

    Raises ValueError for what kustomize cannot print (control characters from U+007F to U+009F, lone
    surrogates, infinities) and TypeError for what no manifest holds (a key that is no string, a date).
    """
    lines: list[str] = []
    _mapping(manifest, "", "", lines.append)
    return "".join(lines) or "{}\n"


def dump_all(manifests: Iterable[Manifest]) -> Iterator[str]:
    """Print manifests in the order given, one chunk each, with kustomize's ``---`` between them."""
    separator = ""
    for manifest in manifests:
        yield separator + dump(manifest)
        separator = "---\n"


# --- blocks; ``pad`` is the indentation of the block, ``lead`` what stands before its first line


def _mapping(mapping: Mapping[str, object], pad: str, lead: str, put: _Put) -> None:
    """Put the entries of a mapping."""
    for key, head in _HEADS[tuple(mapping)]:
        value = mapping[key]
        if not head:
            put(_line(f"{lead}?", key, pad))
            _item(f"{pad}:", value, pad, put)
        elif type(value) is str:
            put(_line(lead + head, value, pad))
        else:
            _entry(lead + head, value, pad, put)
        lead = pad


def _entry(start: str, value: object, pad: str, put: _Put) -> None:
    """Put a value behind its key."""
    if isinstance(value, (dict, Mapping)) and value:
        put(f"{start}\n")
        _mapping(value, f"{pad}  ", f"{pad}  ", put)
    elif isinstance(value, (list, tuple)) and value:
        put(f"{start}\n")
        _sequence(value, pad, pad, put)
    else:
        put(_line(start, str(value), pad) if isinstance(value, str) else f"{start} {atom(value)}\n")


def _sequence(items: Iterable[object], pad: str, lead: str, put: _Put) -> None:
    """Put the items of a sequence."""
    for item in items:
        _item(f"{lead}-", item, pad, put)
        lead = pad


def _item(start: str, value: object, pad: str, put: _Put) -> None:
    """Put a value whose first line is that of its dash, or of the colon of a key too long for one line."""
    if isinstance(value, str):
        put(_line(start, str(value), pad))
    elif isinstance(value, (dict, Mapping)) and value:
        _mapping(value, f"{pad}  ", f"{start} ", put)
    elif isinstance(value, (list, tuple)) and value:
        _sequence(value, f"{pad}  ", f"{start} ", put)
    else:
        put(f"{start} {atom(value)}\n")


def _line(start: str, value: str, pad: str) -> str:
    """Return ``start`` and a string, on as many lines as it needs."""
    text = _TEXTS[value]
    line = f"{start} {text}\n"
    if text and len(line) <= WIDTH + 1:
        return line
    return f"{start} {several_lines(value, text, len(start) + 1, f'{pad}  ')}"


# --- keys

_ORDINARY: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz./-")
"""Characters of keys whose natural order is that of their characters."""
_BREAKING: Final = frozenset(f"\r\n{BREAKS}")
"""Characters that make a key take several lines."""


def _head(key: object) -> str:
    """Return a key and its colon; nothing for a key that takes a question mark, being long or of many lines."""
    if not isinstance(key, str):
        raise TypeError(f"a key is no string: {key!r}")
    text = _TEXTS[key]
    return "" if not _BREAKING.isdisjoint(key) or len(key.encode()) > 128 else f"{text}:"


def _ordered(keys: tuple[str, ...]) -> list[str]:
    """Return keys in the natural order of go-yaml v2 (sorter.go)."""
    if _ORDINARY.issuperset("".join(map(str, keys))):
        return sorted(keys)
    return sorted(keys, key=cmp_to_key(_compared))


def _compared(one: str, other: str) -> int:
    """Compare two keys: letters come after everything else, runs of digits count as numbers."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            if a.isalpha() and b.isalpha():
                return -1 if a < b else 1
            if a.isalpha() or b.isalpha():
                return -1 if b.isalpha() else 1
            return -1 if _rank(one, at, a, b) < _rank(other, at, a, b) else 1
    return len(one) - len(other)


def _rank(key: str, at: int, a: str, b: str) -> tuple[int, int, str]:
    """Rank a key by the number that starts where it first differs, a wrapping int64, then by its length."""
    import re  # noqa: PLC0415  (few keys carry numbers)

    within_number = "0" in (a, b) and re.search(r"[^\D0]\d*\Z", key[:at])
    number = 1 if within_number else 0
    digits = re.compile(r"\d*").match(key, at)
    run = digits[0] if digits else ""
    for digit in run:
        number = (number * 10 + ord(digit) - ord("0") + 2**63) % 2**64 - 2**63
    return number, len(run), key[at]


# --- what was met before: estates repeat their keys and most of their strings

_ENTRIES: Final = 50_000
"""Entries a cache holds before it starts over: some 10 MB."""
_LENGTH: Final = 256
"""Longest string that is kept."""
_KEYS: Final = 32
"""Largest mapping whose order is kept."""


class _Texts(dict[str, str]):
    """The text of each string on one line."""

    def __missing__(self, value: str) -> str:
        text = one_line(value)
        if len(value) <= _LENGTH:
            if len(self) >= _ENTRIES:
                self.clear()
            self[value] = text
        return text


class _Heads(dict[tuple[str, ...], _Entries]):
    """Per tuple of keys, the keys in kustomize's order, each with its text and colon."""

    def __missing__(self, keys: tuple[str, ...]) -> _Entries:
        entries = tuple((key, _head(key)) for key in _ordered(keys))
        if len(keys) <= _KEYS:
            if len(self) >= _ENTRIES:
                self.clear()
            self[keys] = entries
        return entries


_TEXTS: Final = _Texts()
_HEADS: Final = _Heads()
