"""Items of a stream or a list: where each stands in the text, and what it is called. Nothing is re-emitted.

One pass over libyaml's events finds positions and names, so that whatever an item holds (comments, unknown
fields, key order, line ends) can be handed on as the very text it came in.
"""

from __future__ import annotations

import re

import yaml
from yaml._yaml import CParser

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Final

MAX_BYTES: Final = 32 * 2**20
"""Largest input that is read: some 40,000 objects, more than kustomize builds in an hour."""
MAX_VALUES: Final = 2_000_000
"""Values of an input; read in some four seconds."""
MAX_EXPANDED: Final = 200_000
"""Values that aliases may add to one document: an alias bomb has millions."""
MAX_DEPTH: Final = 100

_BREAK = re.compile(r"\r\n?|\n")
_ALL: Final[Mapping[str, Any]] = {}
HEAD: Final[Mapping[str, Any]] = {
    "apiVersion": _ALL,
    "kind": _ALL,
    "metadata": {"name": _ALL, "namespace": _ALL, "labels": _ALL, "annotations": _ALL},
}
"""What is kept of an item while it is passed over; an empty mapping keeps all that lies below."""


TRACKING: Final = (
    "config.kubernetes.io/",
    "internal.config.kubernetes.io/",
    "config.k8s.io/",
    "kustomize.config.k8s.io/",
)
"""Annotations by which kustomize and kpt follow an item; they are not its own."""


class WireError(ValueError):
    """An input that is not what a function is called with; line and column count from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        self.line, self.column = line, column
        super().__init__(message)


class Item(Record):
    """One object as it came: its own text, where that stands in the whole, and how it is called.

    ``region`` is all that belongs to it, the comments above it included; ``flow`` says that it is written
    in braces. Names that are not text are the empty string.
    """

    text: str
    region: tuple[int, int]
    span: tuple[int, int]
    flow: bool
    api_version: str
    kind: str
    name: str
    namespace: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Group, kind, namespace and name."""
        group = self.api_version.rpartition("/")[0]
        return group, self.kind, self.namespace, self.name


class Scanner:
    """Walks the events of one text; ``end`` is the index behind the last content that was seen."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = 0
        self._get = CParser(text).get_event
        self._values = 0
        self._expanded = 0
        self._anchors: dict[str, int] = {}

    def next(self) -> Any:
        """Return the next event.

        Raises:
            WireError: the text is not YAML.

        """
        try:
            event: Any = self._get()
        except yaml.MarkedYAMLError as error:
            where = error.problem_mark or error.context_mark
            said = " ".join(part for part in (error.context, error.problem) if part)
            raise WireError(
                f"not YAML: {said}", *((where.line + 1, where.column + 1) if where else ())
            ) from error
        except yaml.YAMLError as error:
            raise WireError(f"not YAML: {str(error).splitlines()[0]}") from error
        end = event.end_mark.index
        if isinstance(event, yaml.ScalarEvent):
            self.end = end
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()
            self._expanded = 0
        return event

    def value(self, event: Any, wanted: Mapping[str, Any] | None = None, depth: int = 0) -> Any:
        """Pass over the value that starts with an event and return what is wanted of it, scalars as text."""
        self._values += 1
        before = self._values
        if self._values > MAX_VALUES:
            raise fault(event, f"more than {MAX_VALUES} values")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        found: Any = None
        if isinstance(event, yaml.ScalarEvent):
            found = event.value if wanted is not None else None
        elif depth >= MAX_DEPTH:
            raise fault(event, f"nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.MappingStartEvent):
            found = self._mapping(event, wanted, depth + 1)
        else:
            self._sequence(event, depth + 1)
        if event.anchor is not None:
            self._anchors[event.anchor] = self._values - before + 1
        return found

    def _mapping(self, start: Any, wanted: Mapping[str, Any] | None, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        keys: set[str] = set()
        event = self.next()
        while not isinstance(event, yaml.MappingEndEvent):
            key = self.value(event, _ALL, depth)
            if not isinstance(event, yaml.ScalarEvent):
                key = None
            elif key in keys:
                raise fault(event, f"the key '{key}' stands here twice")
            keys.add(key)
            below = None if wanted is None or key is None else wanted.get(key) if wanted else _ALL
            value = self.value(self.next(), below, depth)
            if below is not None:
                found[key] = value
            event = self.next()
        self.closed(start, event)
        return found

    def _sequence(self, start: Any, depth: int) -> None:
        event = self.next()
        while not isinstance(event, yaml.SequenceEndEvent):
            self.value(event, None, depth)
            event = self.next()
        self.closed(start, event)

    def closed(self, start: Any, event: Any) -> None:
        """Take note of the bracket that ends a value in flow style; a block ends with its last content."""
        if start.flow_style:
            self.end = event.end_mark.index

    def _alias(self, event: Any) -> None:
        self.end = event.end_mark.index
        if event.anchor not in self._anchors:
            raise fault(event, f"the alias '{event.anchor}' has no anchor in its own object")
        self._expanded += self._anchors[event.anchor]
        self._values += self._anchors[event.anchor]
        if self._expanded > MAX_EXPANDED:
            raise fault(event, f"more than {MAX_EXPANDED} values once aliases are expanded")

    def item(self, event: Any, start: int) -> Item:
        """Pass over one object and return it; ``start`` is where its region begins.

        Raises:
            WireError: it is no mapping.

        """
        if not isinstance(event, yaml.MappingStartEvent):
            raise fault(event, "an item is not a mapping")
        self._anchors.clear()
        self._expanded = 0
        mark: Any = event.start_mark
        head = self.value(event, HEAD, 1)
        flow = bool(event.flow_style)
        end = self.end if flow else self.line_end()
        text = self.text[mark.index : end]
        return Item(
            text if flow else " " * mark.column + text,
            (start, end),
            (mark.index, self.end if flow else end),
            flow,
            _text(head.get("apiVersion")),
            _text(head.get("kind")),
            *_metadata(head.get("metadata")),
        )

    def line_start(self, event: Any) -> int:
        """Return the index of the line on which an event starts."""
        return int(event.start_mark.index - event.start_mark.column)

    def line_end(self) -> int:
        """Return the index behind the line on which the last content stands."""
        if self.end and self.text[self.end - 1] in "\r\n":
            return self.end
        found = _BREAK.search(self.text, self.end)
        return found.end() if found else len(self.text)


def fault(event: Any, message: str) -> WireError:
    """Return an error that names where an event stands."""
    return WireError(message, event.start_mark.line + 1, event.start_mark.column + 1)


def decoded(wire: bytes) -> str:
    """Return an input as text.

    Raises:
        WireError: it is too large, or not UTF-8.

    """
    if len(wire) > MAX_BYTES:
        raise WireError(f"larger than {MAX_BYTES // 2**20} MiB")
    try:
        return wire.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = wire[: error.start].count(b"\n") + 1
        raise WireError(f"not UTF-8: byte 0x{wire[error.start]:02x}", line) from error


def stream(wire: bytes) -> list[Item]:
    """Return the documents of a stream, as kustomize gives them to a transformer of its plugin home.

    Raises:
        WireError: it is no stream of objects.

    """
    scanner = Scanner(decoded(wire))
    found: list[Item] = []
    event = scanner.next()
    while not isinstance(event, yaml.StreamEndEvent):
        if isinstance(event, yaml.DocumentStartEvent):
            event = scanner.next()
            if isinstance(event, yaml.ScalarEvent) and not event.value:
                scanner.value(event)
            else:
                found.append(scanner.item(event, scanner.line_start(event)))
        event = scanner.next()
    return found


def _metadata(written: Any) -> tuple[str, str, dict[str, str], dict[str, str]]:
    metadata = written if isinstance(written, dict) else {}
    return (
        _text(metadata.get("name")),
        _text(metadata.get("namespace")),
        _texts(metadata.get("labels")),
        _texts(metadata.get("annotations")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> dict[str, str]:
    return (
        {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}
    )
