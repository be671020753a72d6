"""Leaf: what went wrong, where, and the way out, as values; and the few exceptions."""

from __future__ import annotations

from enum import StrEnum

from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

FieldPath = tuple[str | int, ...]
"""Keys and list indices from the top of a document down to one value."""


class Severity(StrEnum):
    """How much a diagnostic weighs: only an error fails the run."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Place(Record):
    """One value (or its key) in one document of a file.

    ``file`` is relative to the estate's root, with forward slashes; ``line`` and ``column`` count from 1
    and are 0 until somebody has looked them up: they are needed only once something is wrong.
    ``secret`` says that what is written there may be one, and is never shown.
    """

    file: str
    path: FieldPath = ()
    document: int = 0
    on_key: bool = False
    line: int = 0
    column: int = 0
    secret: bool = False

    def at(self, *keys: str | int) -> Place:
        """Return the place of a value below this one."""
        return self._replace(path=(*self.path, *keys))


class Related(Record):
    """A second place that a diagnostic speaks of, such as the other claimant of a host."""

    place: Place
    message: str


class Diagnostic(Record):
    """One problem: a stable code, a sentence, a place, a note under the caret and a way out."""

    code: str
    message: str
    place: Place | None = None
    note: str = ""
    help: str = ""
    severity: Severity = Severity.ERROR
    related: tuple[Related, ...] = ()


class TenantspecError(Exception):
    """Any failure that a person can mend; carries all the problems of a run."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(f"{d.code} {d.message}" for d in self.diagnostics))


class Collector:
    """Collects the diagnostics of a run, so that all of them are reported at once."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep one diagnostic."""
        self.diagnostics.append(diagnostic)

    def error(
        self,
        code: str,
        message: str,
        place: Place | None = None,
        *,
        note: str = "",
        help: str = "",  # noqa: A002
    ) -> None:
        """Keep an error at a place."""
        self.add(Diagnostic(code, message, place, note, help))

    @property
    def failed(self) -> bool:
        """Whether any error was kept."""
        return any(d.severity is Severity.ERROR for d in self.diagnostics)

    def raise_if_failed(self) -> None:
        """End the stage with everything found so far.

        Raises:
            TenantspecError: at least one error was kept.

        """
        if self.failed:
            raise TenantspecError(self.diagnostics)


def unique(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return each diagnostic once, ordered by file, line, column and code."""
    return sorted(dict.fromkeys(diagnostics), key=_order)


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    place = diagnostic.place or Place("")
    return (place.file, place.line, place.column, diagnostic.code, diagnostic.message)
