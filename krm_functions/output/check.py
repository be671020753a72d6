"""Everything that goes to one cluster, held against each other; only what is needed for that is kept."""

from __future__ import annotations

from krm_functions.built.selectors import matches
from krm_functions.diagnostics import Diagnostic, Place, Severity
from krm_functions.names import did_you_mean
from krm_functions.output.makes import already_there, makes
from krm_functions.output.names import records
from krm_functions.output.selected import Labelled, has_port, labelled, selections, strangers
from krm_functions.output.wants import wants
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Final

    from krm_functions.built.objects import Built
    from krm_functions.output.selected import Selection
    from krm_functions.output.wants import Want

_OTHERS: Final = frozenset({"ConfigMap", "Secret"})
"""Kinds that programs on the cluster make too, so that one which nothing here makes is only a warning."""


class _Said(Record):
    """Who refers to something."""

    who: str
    file: str


class Cluster:
    """What one cluster or hub holds; objects come in any order, unit by unit."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._there: dict[tuple[str, str, str], _Said] = {}
        self._names: dict[tuple[str, str], list[str]] = {}
        self._labelled: dict[tuple[str, str], list[Labelled]] = {}
        self._services: dict[tuple[str, str], Labelled] = {}
        self._wants: list[tuple[_Said, Want]] = []
        self._selections: list[tuple[_Said, Selection]] = []
        self._found: list[Diagnostic] = []

    def add(self, objects: Iterable[Built]) -> None:
        """Take in the objects of one unit."""
        for built in objects:
            said = _Said(str(built), built.file)
            self._make(built, said)
            self._wants += [(said, want) for want in wants(built)]
            self._selections += [(said, selection) for selection in selections(built)]
            for found in labelled(built):
                self._labelled.setdefault((found.kind, found.namespace), []).append(found)
                if found.kind == "Service":
                    self._services[built.namespace, built.name] = found
            if strangers(built):
                message = f"{built}: its selector does not match the labels of its own pods"
                self._found.append(self._fault("TS651", message, said))

    def _make(self, built: Built, said: _Said) -> None:
        for key in makes(built):
            other = self._there.setdefault(key, said)
            if other.who == said.who and other is not said and other.file != said.file:
                message = f"{built} is also built by {other.file or 'another unit'}"
                self._found.append(self._fault("TS653", message, said))
            self._names.setdefault(key[:2], []).append(key[2])

    def diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what does not hold together, once everything is in."""
        yield from self._found
        for said, want in self._wants:
            yield from self._missing(said, want)
        for said, selection in self._selections:
            yield from self._unmatched(said, selection)

    def _missing(self, said: _Said, want: Want) -> Iterator[Diagnostic]:
        if (want.kind, want.namespace, want.name) not in self._there:
            if not already_there(want.kind, want.name):
                note = did_you_mean(want.name, self._names.get((want.kind, want.namespace), []))
                message = f"{said.who}: {want.field} names {want.kind} {want.name}, which nothing here makes"
                severity = Severity.WARNING if want.kind in _OTHERS else Severity.ERROR
                yield self._fault("TS650", message, said, note, severity)
        elif want.port is not None:
            service = self._services.get((want.namespace, want.name))
            if service and not has_port(service, want.port):
                message = f"{said.who}: {want.field} names port {want.port}, which Service {want.name} does not have"
                yield self._fault("TS652", message, said)

    def _unmatched(self, said: _Said, selection: Selection) -> Iterator[Diagnostic]:
        near = self._labelled.get((selection.kind, selection.namespace), [])
        found = [one for one in near if matches(selection.selector, one.labels)]
        if not found:
            yield self._fault("TS651", f"{said.who}: its selector matches no {selection.kind}", said)
        for port in selection.ports:
            if found and not any(has_port(one, port) for one in found):
                message = (
                    f"{said.who}: it leads to port {port}, which no {selection.kind} that it selects has"
                )
                yield self._fault("TS652", message, said)

    def _fault(
        self, code: str, message: str, said: _Said, note: str = "", severity: Severity = Severity.ERROR
    ) -> Diagnostic:
        place = Place(said.file, line=1, column=1) if said.file else None
        return Diagnostic(code, f"{message} (on {self._target})", place, help=note, severity=severity)


class Output:
    """What all clusters and hubs hold."""

    def __init__(self) -> None:
        self._clusters: dict[str, Cluster] = {}
        self._records: dict[tuple[str, str], tuple[str, str]] = {}
        self._found: list[Diagnostic] = []

    def add(self, objects: Iterable[Built]) -> None:
        """Take in the objects of one unit."""
        for built in objects:
            if built.target not in self._clusters:
                self._clusters[built.target] = Cluster(built.target)
            self._clusters[built.target].add([built])
            for record in records(built):
                here = (str(built), built.target)
                other = self._records.setdefault(record, here)
                if other != here and built.file:
                    self._found.append(_same_record(built, record, other))

    def diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what does not hold together on any of them, or between them."""
        yield from self._found
        for cluster in self._clusters.values():
            yield from cluster.diagnostics()


def _same_record(built: Built, record: tuple[str, str], other: tuple[str, str]) -> Diagnostic:
    host, identifier = record
    said = f"the set-identifier {identifier}" if identifier else "no set-identifier"
    message = f"{built} on {built.target} and {other[0]} on {other[1]} both give {host} a record with {said}"
    return Diagnostic("TS654", message, Place(built.file, line=1, column=1))
