"""The text rules of the DSL as plain functions: the same as their patterns, without compiling one.

Compiling a regular expression costs more than checking every value of a spec by hand, and a function
process is too short to make up for it. A test holds each function against its pattern.
"""

from __future__ import annotations

from krm_functions.names import is_dns_label

_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")
_ALNUM = _LOWER | _DIGITS | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_PATH = _LOWER | _DIGITS | frozenset("._-")
_TAG = _ALNUM | frozenset("._-")
_VERSION = _TAG | frozenset("+")
_HEX = frozenset("0123456789abcdef")
_BLANK = frozenset(map(chr, (*range(0x21), *range(0x7F, 0xA1), 0xFEFF, 0x2028, 0x2029)))
_SCHEMES = ("https://", "http://", "ssh://", "oci://", "git://", "file://")


def service_name(text: str) -> bool:
    """RFC 1035 label."""
    return is_dns_label(text) and text[0] in _LOWER


def env_name(text: str) -> bool:
    """Environment variable's name."""
    return (
        bool(text)
        and (_ALNUM | frozenset("_.-")).issuperset(text)
        and text[0] not in _DIGITS | frozenset(".-")
    )


def absolute_path(text: str) -> bool:
    """Absolute path without NUL."""
    return text.startswith("/") and "\0" not in text


def image(text: str) -> bool:
    """Image reference with a registry and a path."""
    name, at, digest = text.partition("@")
    if at and not _digest(digest):
        return False
    above, slash, last = name.rpartition("/")
    last, colon, tag = last.partition(":")
    if colon and not _tag(tag):
        return False
    return bool(slash) and registry(f"{above}/{last}")


def registry(text: str) -> bool:
    """Registry host, perhaps with a port and a path."""
    host, *path = text.split("/")
    name, colon, port = host.partition(":")
    fits = bool(name) and (_LOWER | _DIGITS | frozenset(".-")).issuperset(name)
    numbered = not colon or (bool(port) and _DIGITS.issuperset(port))
    return fits and numbered and all(part and _PATH.issuperset(part) for part in path)


def version(text: str) -> bool:
    """Tag, tag@digest or digest."""
    if text.startswith(("sha256:", "@sha256:")):
        return _digest(text.removeprefix("@"))
    tag, at, digest = text.partition("@")
    return _tag(tag, _VERSION) and (not at or _digest(digest))


def url(text: str) -> bool:
    """URL of a known scheme, or git's short form for ssh."""
    if not text or not _BLANK.isdisjoint(text):
        return False
    if text.startswith(_SCHEMES) and len(text) > len(text[: text.index("://") + 3]):
        return True
    user, at, rest = text.partition("@")
    host, colon, path = rest.partition(":")
    return bool(user and at and host and colon and path)


def host_pattern(text: str) -> bool:
    """Host label, perhaps ending in a star."""
    label = text.removesuffix("*")
    if text == "*":
        return True
    return 0 < len(label) <= 63 and (_LOWER | _DIGITS | frozenset("-")).issuperset(label) and label[0] != "-"


def qualified_name(text: str) -> bool:
    """Name of a label or resource, perhaps behind a DNS name and a slash."""
    prefix, slash, name = text.rpartition("/")
    fits = 0 < len(name) <= 63 and _TAG.issuperset(name) and name[0] in _ALNUM and name[-1] in _ALNUM
    return fits and (not slash or all(map(is_dns_label, prefix.split("."))))


def app_reference(text: str) -> bool:
    """App, or tenant and app with a slash between."""
    parts = text.split("/")
    return len(parts) <= 2 and all(
        part and (_LOWER | _DIGITS | frozenset("-")).issuperset(part) for part in parts
    )


def relative_path(text: str) -> bool:
    """Relative path without blanks and without `..`."""
    return bool(text) and _BLANK.isdisjoint(text) and text[0] != "/" and ".." not in text.split("/")


def release(text: str) -> bool:
    """Version of three numbers behind a v."""
    parts = text[1:].split(".")
    return (
        text.startswith("v") and len(parts) == 3 and all(part and _DIGITS.issuperset(part) for part in parts)
    )


def json_pointer(text: str) -> bool:
    """JSON pointer with at least one part and no empty one."""
    return text.startswith("/") and all(text[1:].split("/"))


def _digest(text: str) -> bool:
    return text.startswith("sha256:") and len(text) == 71 and _HEX.issuperset(text[7:])


def _tag(text: str, letters: frozenset[str] = _TAG) -> bool:
    return 0 < len(text) <= 128 and letters.issuperset(text) and text[0] not in ".-+"
