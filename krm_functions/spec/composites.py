"""Values made of others: lists, mappings, the objects of the model, and short beside long forms."""

from __future__ import annotations

from krm_functions.names import did_you_mean
from krm_functions.records import Record
from krm_functions.spec.scalars import Text, Type, field_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from krm_functions.diagnostics import Collector, Place
    from krm_functions.spec.scalars import Written


class ListOf(Type):
    """A list; a higher layer replaces it whole. ``unique`` is for lists of scalars only."""

    def __init__(self, item: Type, name: str = "a list", fewest: int = 0, *, unique: bool = True) -> None:
        self.item = item
        self.name = name
        self.fewest = fewest
        self.unique = unique

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Check each item, and that none stands twice."""
        if not isinstance(value, list):
            self.wrong(value, place, out, "write it as a list: [...]" if not isinstance(value, dict) else "")
            return
        if len(value) < self.fewest:
            out.error("TS203", f"{field_name(place)} is empty", place, note=f"at least {self.fewest}")
        seen: set[object] = set()
        for index, item in enumerate(value):
            self.item.check(item, place.at(index), out)
            if self.unique and isinstance(item, (str, int)):
                if item in seen:
                    out.error("TS203", f"{field_name(place)}: '{item}' stands twice", place.at(index))
                seen.add(item)


class MapOf(Type):
    """A mapping with keys that people choose; layers merge by key."""

    whole = False

    def __init__(
        self, value: Type, key: Text | None = None, name: str = "a mapping", *, nullable: bool = False
    ) -> None:
        self.value = value
        self.key = key or Text("a name", longest=253)
        self.name = name
        self.nullable = nullable

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Check each key and each value."""
        if not isinstance(value, dict):
            self.wrong(value, place._replace(secret=place.secret or self.value.secret), out)
            return
        for key, item in value.items():
            below = place.at(key)
            self.key.check(key, below._replace(on_key=True), out)
            if item is not None or not self.nullable:
                self.value.check(item, below, out)


class Field(Record):
    """One row of the DSL: its name, what it holds, a sentence, its default in words, an example."""

    name: str
    type: Type
    doc: str
    default: str = ""
    required: bool = False
    example: object = None


class Object(Type):
    """A mapping with the fields of a model; layers merge field by field.

    ``exclusive``: at most one of each group within one layer; a higher layer's one replaces a lower
    layer's other. ``unit``: fields that a higher layer replaces together. ``disjoint``: pairs of map
    fields that share one set of keys. ``secret``: a person may write the secret itself where the
    reference to it belongs, so that nothing written there is shown.
    """

    whole = False
    name = "a mapping"

    def __init__(
        self,
        *fields: Field,
        exclusive: tuple[tuple[str, ...], ...] = (),
        unit: tuple[str, ...] = (),
        disjoint: tuple[tuple[str, str], ...] = (),
        whole: bool = False,
        secret: bool = False,
        name: str = "a mapping",
    ) -> None:
        self.fields: Mapping[str, Field] = {f.name: f for f in fields}
        self.exclusive = exclusive
        self.unit = unit
        self.disjoint = disjoint
        self.whole = whole
        self.secret = secret
        self.name = name

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Check for unknown, missing and exclusive fields, then each field."""
        if self.secret:
            place = place._replace(secret=True)
        if not isinstance(value, dict):
            self.wrong(value, place, out)
            return
        for key, item in value.items():
            if key not in self.fields:
                self._unknown(key, place, out)
            elif item is not None:
                self.fields[key].type.check(item, place.at(key), out)
        for name, field in self.fields.items():
            if field.required and value.get(name) is None:
                out.error(
                    "TS204",
                    f"{field_name(place)} lacks '{name}'",
                    place,
                    note=f"it needs '{name}': {field.doc}",
                )
        self._exclusions(value, place, out)

    def _unknown(self, key: str, place: Place, out: Collector) -> None:
        note = did_you_mean(key, self.fields) or "known here: " + ", ".join(self.fields)
        out.error("TS201", f"unknown field '{key}'", place.at(key)._replace(on_key=True), note=note)

    def _exclusions(self, value: Written, place: Place, out: Collector) -> None:
        for group in self.exclusive:
            present = [name for name in group if value.get(name) is not None]
            if len(present) > 1:
                message = f"'{present[0]}' and '{present[1]}' exclude each other"
                out.error(
                    "TS205", message, place.at(present[1])._replace(on_key=True), note="keep one of them"
                )
        for left, right in self.disjoint:
            for key in sorted(_keys(value.get(left)) & _keys(value.get(right))):
                message = f"'{key}' stands in both '{left}' and '{right}'"
                out.error(
                    "TS205", message, place.at(right, key)._replace(on_key=True), note="keep one of them"
                )


class Either(Type):
    """A short form and a long form (a mapping) of one field; layers merge only within one form.

    With ``whole`` the value is one-of: a higher layer always replaces it.
    """

    def __init__(self, short: Type, long: Object, name: str = "", *, whole: bool = False) -> None:
        self.short, self.long = short, long
        self.whole = whole
        self.name = name or f"{short.name}, or {long.name}"

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Check against the form that was written."""
        if isinstance(value, dict):
            self.long.check(value, place, out)
        elif isinstance(value, list) and not isinstance(self.short, ListOf):
            self.wrong(value, place, out)
        else:
            self.short.check(value, place, out)


class OneKey(Object):
    """A mapping with exactly one of its fields, which is not null; always replaced whole."""

    def __init__(self, *fields: Field, name: str = "a mapping with one key") -> None:
        super().__init__(*fields, whole=True, name=name)

    def check(self, value: object, place: Place, out: Collector) -> None:
        """Check the fields, then that there is one."""
        before = len(out.diagnostics)
        super().check(value, place, out)
        one = isinstance(value, dict) and len(value) == 1 and None not in value.values()
        if not one and len(out.diagnostics) == before:
            out.error("TS205", f"{field_name(place)} wants exactly one of {', '.join(self.fields)}", place)


def _keys(value: object) -> set[str]:
    return set(value) if isinstance(value, dict) else set()
