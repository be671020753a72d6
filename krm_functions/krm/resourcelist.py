"""ResourceList: what a KRM function reads from stdin and writes to stdout.

https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md:
versions v1, v1beta1 and v1alpha1 have the same form. What comes in is edited, not re-emitted: items that stay
are the text they were. In flow style, such as JSON, comments between items are lost.
"""

from __future__ import annotations

import yaml

from krm_functions.krm.emit import dump
from krm_functions.krm.items import Item, Scanner, WireError, decoded, fault
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from typing import Any, Final

    from krm_functions.krm.emit import Manifest

KIND: Final = "ResourceList"
VERSIONS: Final = tuple(f"config.kubernetes.io/{version}" for version in ("v1", "v1beta1", "v1alpha1"))


class _Entry(Record):
    """One key of the list: where the key starts, where its value starts and ends, and how it is written."""

    key: str
    start: int
    value: int
    end: int
    line_end: int
    flow: bool


class ResourceList(Record):
    """A list as it came; ``config`` is None where it has no functionConfig."""

    text: str
    flow: bool
    column: int
    entries: tuple[_Entry, ...]
    items: tuple[Item, ...]
    config: Item | None

    def entry(self, key: str) -> _Entry | None:
        """Return the entry of a key that the list has."""
        return next((entry for entry in self.entries if entry.key == key), None)


def read(wire: bytes) -> ResourceList:
    """Return the list that a function was called with.

    Raises:
        WireError: it is none.

    """
    reader = _Reader(decoded(wire))
    found = reader.read()
    said = (reader.scalars.get("apiVersion"), reader.scalars.get("kind"))
    if said[1] != KIND or said[0] not in VERSIONS:
        raise WireError(
            f"a {said[1] or 'document without a kind'} of {said[0] or 'no version'}, not a {KIND}"
        )
    return found


class _Reader(Scanner):
    """Reads the top of a list; values are passed over by the scanner."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.scalars: dict[str, str] = {}
        self._items: list[Item] = []
        self._config: Item | None = None

    def read(self) -> ResourceList:
        """Return the list, whatever its version and kind."""
        self.next()
        if isinstance(self.next(), yaml.StreamEndEvent):
            raise WireError("empty input")
        top = self.next()
        if not isinstance(top, yaml.MappingStartEvent):
            raise fault(top, "not a mapping")
        entries: list[_Entry] = []
        event = self.next()
        while not isinstance(event, yaml.MappingEndEvent):
            entries.append(self._entry(event, entries))
            event = self.next()
        self.closed(top, event)
        self.next()
        after = self.next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise fault(after, "more than one document")
        mark: Any = top.start_mark
        return ResourceList(
            self.text, bool(top.flow_style), mark.column, tuple(entries), tuple(self._items), self._config
        )

    def _entry(self, event: Any, before: Sequence[_Entry]) -> _Entry:
        key = event.value if isinstance(event, yaml.ScalarEvent) else ""
        if not key or any(entry.key == key for entry in before):
            raise fault(event, f"the key '{key}' stands here twice" if key else "a key that is not a string")
        value = self.next()
        if key == "items":
            self._read_items(value)
        elif key == "functionConfig":
            self._config = self.item(value, event.start_mark.index)
        else:
            said = self.value(value, {}, 1)
            if isinstance(said, str):
                self.scalars[key] = said
        flow = bool(getattr(value, "flow_style", True))
        start = value.start_mark.index
        return _Entry(key, event.start_mark.index, start, self.end, self.line_end(), flow)

    def _read_items(self, start: Any) -> None:
        if isinstance(start, yaml.ScalarEvent) and start.value in ("", "null", "~"):
            self.value(start)
            return
        if not isinstance(start, yaml.SequenceStartEvent):
            raise fault(start, "items is not a list")
        line = self.line_start(start)
        event = self.next()
        while not isinstance(event, yaml.SequenceEndEvent):
            begin = event.start_mark.index if start.flow_style else line
            self._items.append(self.item(event, begin))
            if not start.flow_style:
                line = self.line_end()
                self._items[-1] = self._items[-1]._replace(region=(begin, line))
            event = self.next()
        self.closed(start, event)


def write(
    listed: ResourceList,
    dropped: Collection[int] = (),
    added: Sequence[tuple[Manifest, str]] = (),
    results: Sequence[Mapping[str, object]] = (),
) -> bytes:
    """Return a list of the same version, without some items and with others behind them, and results.

    ``added`` are manifests, each with its text in block style. Results that came in are replaced.
    """
    if not (dropped or added or results or listed.entry("results")):
        return listed.text.encode()
    if listed.flow:
        return _flow(listed, dropped, added, results).encode()
    edits = _items(listed, dropped, added)
    said = listed.entry("results")
    if said:
        edits.append((said.start - listed.column, said.line_end, ""))
    if results:
        end = max(entry.line_end for entry in listed.entries)
        edits.append((end, end, _block(listed, "results", [dump(result) for result in results], end)))
    return _edited(listed.text, edits).encode()


def _items(
    listed: ResourceList, dropped: Collection[int], added: Sequence[tuple[Manifest, str]]
) -> list[tuple[int, int, str]]:
    """Return the edits of the items: start, end and what stands there instead."""
    entry = listed.entry("items")
    texts = [text for _, text in added]
    if entry is None:
        end = max(one.line_end for one in listed.entries)
        return [(end, end, _block(listed, "items", texts, end))] if added else []
    if listed.items and not entry.flow:
        return _block_items(listed, entry, dropped, texts)
    if not listed.items and added:
        start = len(listed.text[: entry.value].rstrip(" \t"))
        behind = listed.text[entry.end : entry.line_end].rstrip("\r\n")
        block = _block(listed, "", texts, entry.line_end, lead=behind + _break(listed.text))
        return [(start, entry.line_end, block)]
    if not listed.items or not (added or dropped):
        return []
    return [(entry.value, entry.end, _bracket(listed, dropped, added))]


def _block_items(
    listed: ResourceList, entry: _Entry, dropped: Collection[int], texts: Sequence[str]
) -> list[tuple[int, int, str]]:
    edits = [(*listed.items[number].region, "") for number in dropped]
    if len(dropped) == len(listed.items) and not texts:
        colon = listed.text.index(":", entry.start) + 1
        return [*edits, (colon, colon, " []")]
    if texts:
        end = listed.items[-1].region[1]
        first = listed.text[: entry.value]
        pad = len(first) - max(first.rfind("\n"), first.rfind("\r")) - 1
        edits.append((end, end, _separated(listed.text, end) + _sequence(texts, pad, _break(listed.text))))
    return edits


def _block(listed: ResourceList, key: str, texts: Sequence[str], at: int, lead: str = "") -> str:
    """Return a key with a sequence, to stand at an index of the text."""
    newline = _break(listed.text)
    head = lead or _separated(listed.text, at) + " " * listed.column + f"{key}:{newline}"
    return head + _sequence(texts, listed.column, newline)


def _sequence(texts: Iterable[str], pad: int, newline: str) -> str:
    """Return texts in block style as items at an indentation."""
    lines = []
    for text in texts:
        lead = f"{' ' * pad}- "
        for line in text.split("\n")[:-1]:
            lines.append(lead + line if line else line)
            lead = " " * (pad + 2)
    return "".join(line + newline for line in lines)


def _edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    parts, done = [], 0
    for start, end, instead in sorted(edits, key=lambda edit: edit[:2]):
        parts += [text[done:start], instead]
        done = end
    return "".join([*parts, text[done:]])


def _separated(text: str, at: int) -> str:
    """Return the line end that is missing before an index, if one is."""
    return _break(text) if at and text[at - 1] not in "\r\n" else ""


def _break(text: str) -> str:
    """Return the line end of a text: that of its first line."""
    return "\r\n" if text[text.find("\n") - 1 : text.find("\n")] == "\r" else "\n"


def _bracket(listed: ResourceList, dropped: Collection[int], added: Iterable[tuple[Manifest, str]]) -> str:
    """Return items in flow style: the texts of those that stay, and the new ones as JSON."""
    kept = [
        listed.text[item.span[0] : item.span[1]]
        for number, item in enumerate(listed.items)
        if number not in dropped
    ]
    return f"[{', '.join([*kept, *(_json(manifest) for manifest, _ in added)])}]"


def _flow(
    listed: ResourceList,
    dropped: Collection[int],
    added: Sequence[tuple[Manifest, str]],
    results: Sequence[Mapping[str, object]],
) -> str:
    """Return a list that is itself in braces, entry by entry."""
    fields = {
        listed.text[entry.start : entry.value].rstrip(": \t\r\n").strip(): listed.text[
            entry.value : entry.end
        ]
        for entry in listed.entries
        if entry.key not in ("items", "results")
    }
    quote = '"' if any(name.startswith('"') for name in fields) else ""
    fields[f"{quote}items{quote}"] = _bracket(listed, dropped, added)
    if results:
        fields[f"{quote}results{quote}"] = f"[{', '.join(map(_json, results))}]"
    return "{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}\n"


def _json(manifest: Mapping[str, object]) -> str:
    import json  # noqa: PLC0415  (kustomize and kpt write block style)

    return json.dumps(manifest)
