"""The plain values that a field can hold: each checks a value as written and describes itself.

A check keeps every problem it finds and changes nothing: what was written stays what is folded, so short
and long forms, ``null`` and "not written" stay apart until all layers are known.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from krm_functions.names import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from typing import Any

    from krm_functions.diagnostics import Collector, Place

Written = dict[str, "Any"]
"""A mapping as a person wrote it and a model accepted it."""


class Type(ABC):
    """A kind of value; ``whole`` says that a higher layer replaces it rather than merges into it."""

    whole = True
    secret = False
    name = "a value"

    @abstractmethod
    def check(self, value: object, place: Place, out: Collector) -> None:
        """Keep a diagnostic for everything wrong with a value."""

    def wrong(self, value: object, place: Place, out: Collector, note: str = "") -> None:
        """Keep the diagnostic of a value of another type."""
        found = "this" if place.secret else describe(value)
        out.error("TS202", f"{field_name(place)} wants {self.name}, not {found}", place, note=note)


class Anything(Type):
    """Any YAML value, handed on as it is (Helm values)."""

    whole = False
    name = "any value"

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Accept everything."""


class Text(Type):
    """A string, perhaps of a pattern; a bare number is an error that says to quote it.

    ``accepts`` says the same as ``pattern`` without a regular expression: compiling one costs more than
    all the values of a spec. The pattern is what editors check by; a test holds the two together.
    """

    def __init__(
        self,
        name: str = "text",
        pattern: str = "",
        longest: int = 0,
        rule: str = "",
        accepts: Callable[[str], bool] | None = None,
    ) -> None:
        self.name = name
        self.pattern = pattern
        self.longest = longest
        self.rule = rule or name
        self.accepts = accepts
        self._compiled: re.Pattern[str] | None = None

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Check the type, then the pattern, then the length."""
        if not isinstance(value, str):
            quote = isinstance(value, (bool, int, float))
            self.wrong(value, place, out, "quote it" if quote else "")
        elif not self._matches(value):
            shown = f": '{value if len(value) <= 80 else value[:77] + '...'}'" if not place.secret else ""
            out.error("TS203", f"{field_name(place)}{shown} is not {self.name}", place, note=self.rule)
        elif self.longest and len(value) > self.longest:
            note = f"at most {self.longest} characters"
            out.error("TS203", f"{field_name(place)} has {len(value)} characters", place, note=note)

    def _matches(self, value: str) -> bool:
        if self.accepts is not None:
            return self.accepts(value)
        if not self.pattern:
            return True
        if self._compiled is None:
            import re  # noqa: PLC0415

            self._compiled = re.compile(self.pattern)
        return bool(self._compiled.fullmatch(value))


class Quantity(Text):
    """A Kubernetes quantity; a bare whole number (int64, as in Kubernetes) is one too."""

    highest = 2**63 - 1

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Accept a whole number as Kubernetes does."""
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= self.highest:
            super().check(value, place, out)


class Integer(Type):
    """A whole number within bounds."""

    def __init__(self, low: int, high: int, name: str = "a whole number") -> None:
        self.name = name
        self.low, self.high = low, high

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Check the type, then the bounds."""
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(
                value, place, out, "remove the quotes" if isinstance(value, str) and value.isdigit() else ""
            )
        elif not self.low <= value <= self.high:
            out.error(
                "TS203",
                f"{field_name(place)}: {value} is out of range",
                place,
                note=f"{self.low} to {self.high}",
            )


class Boolean(Type):
    """true or false; nothing else is one."""

    name = "true or false"

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Check the type."""
        if not isinstance(value, bool):
            note = (
                "write true or false"
                if str(value).lower() in {"yes", "no", "on", "off", "true", "false"}
                else ""
            )
            self.wrong(value, place, out, note)


class Choice(Type):
    """One word out of a few."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.name = "one of " + ", ".join(words)

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Check the word."""
        if not isinstance(value, str):
            self.wrong(value, place, out)
        elif value not in self.words:
            note = did_you_mean(value, self.words) or self.name
            out.error("TS203", f"{field_name(place)}: '{value}' is not {self.name}", place, note=note)


def describe(value: object) -> str:
    """Return what a value is, in words."""
    words: tuple[tuple[Callable[[object], bool], str], ...] = (
        (lambda v: v is None, "null"),
        (lambda v: isinstance(v, bool), "true" if value else "false"),
        (lambda v: isinstance(v, (int, float)), f"the number {value}"),
        (lambda v: isinstance(v, str), "text"),
        (lambda v: isinstance(v, list), "a list"),
    )
    return next((word for matches, word in words if matches(value)), "a mapping")


def field_name(place: Place) -> str:
    """Return the last key of a place, with its index if it is a list's."""
    if not place.path:
        return "the document"
    last = place.path[-1]
    return f"item {last + 1} of '{place.path[-2]}'" if isinstance(last, int) else f"'{last}'"
