"""Precedence: one list of layers and one fold over what they say.

Maps merge by key (and come out in the order of their keys), scalars and lists replace, one-of values are
replaced whole, ``null`` removes what every lower layer said. Exclusive fields are an error within one layer
only: the higher layer's wins.
"""

from __future__ import annotations

from krm_functions.records import Record
from krm_functions.spec.composites import Either, ListOf, MapOf, Object
from krm_functions.spec.scalars import Anything

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from krm_functions.diagnostics import FieldPath, Place
    from krm_functions.spec.scalars import Type, Written


class Layer(Record):
    """What one layer says, and where: its name is what `why` shows."""

    name: str
    place: Place
    written: Written


def fold(model: Object, layers: Sequence[Layer]) -> Written:
    """Return what all layers say together; lowest layer first. No ``null`` is left."""
    result: Written = {}
    for layer in layers:
        result = _object(model, result, layer.written)
    return result


def origin(layers: Sequence[Layer], path: FieldPath) -> Place:
    """Return the place that decided a path: in the highest layer that says it, or the nearest above it.

    What a layer replaces or removes with more than a mapping hides all layers below it.
    """
    place, deepest = layers[-1].place, 0
    for layer in reversed(layers):
        depth, value = _reached(layer.written, path)
        if depth > deepest:
            place, deepest = layer.place.at(*path[:depth]), depth
        if not isinstance(value, dict):
            break
    return place


def _reached(written: Any, path: FieldPath) -> tuple[int, Any]:
    """Return how many steps of a path a layer says, and the value that stands there."""
    for depth, step in enumerate(path):
        if isinstance(written, list):
            known = isinstance(step, int) and step < len(written)
        else:
            known = isinstance(written, dict) and step in written
        if not known:
            return depth, written
        written = written[step]
    return len(path), written


def _merge(kind: Type, low: Any, high: Any) -> Any:
    if isinstance(kind, ListOf) and isinstance(high, list):
        return [_merge(kind.item, None, item) for item in high]
    if not isinstance(high, dict):
        return high
    if isinstance(kind, Either):
        return _merge(kind.long, {} if kind.whole or not isinstance(low, dict) else low, high)
    lower = {} if kind.whole or not isinstance(low, dict) else low
    if isinstance(kind, Object):
        return _object(kind, lower, high)
    if isinstance(kind, MapOf):
        return _map(kind.value, lower, high)
    return values(lower, high) if isinstance(kind, Anything) else high


def _object(model: Object, low: Written, high: Written) -> Written:
    said = {key for key, value in high.items() if value is not None}
    gone = {rival for key in said for rival in _rivals(model, key)} - said
    result = {key: value for key, value in low.items() if key not in gone}
    for key, value in high.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merge(model.fields[key].type, result.get(key), value)
    _apart(model, result, high)
    return result


def _rivals(model: Object, key: str) -> list[str]:
    groups = (*model.exclusive, model.unit)
    return [name for group in groups if key in group for name in group if name != key]


def _apart(model: Object, result: Written, high: Written) -> None:
    for left, right in model.disjoint:
        for mine, other in ((left, right), (right, left)):
            taken = [key for key, value in (high.get(mine) or {}).items() if value is not None]
            if taken and other in result:
                result[other] = {k: v for k, v in result[other].items() if k not in taken}


def _map(value_type: Type, low: Written, high: Written) -> Written:
    result = dict(low)
    for key, value in high.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merge(value_type, result.get(key), value)
    return dict(sorted(result.items()))


def alone(written: Any) -> Any:
    """Return what a document says that stands on no layer: a ``null`` there says nothing, so it goes."""
    if isinstance(written, dict):
        return {key: alone(value) for key, value in written.items() if value is not None}
    return [alone(item) for item in written] if isinstance(written, list) else written


def values(low: Any, high: Any) -> Any:
    """Merge free-form values (Helm's) as Helm does: maps by key, ``null`` removes, the rest replaces."""
    if not isinstance(high, dict):
        return high
    result = dict(low) if isinstance(low, dict) else {}
    for key, value in high.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = values(result.get(key), value)
    return result
