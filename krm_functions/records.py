"""Leaf: frozen records that cost next to nothing to define.

A function process lives for milliseconds: importing `dataclasses` or `typing` and building forty classes
with them would cost it more than its work. For the same reason modules on the function path say
``TYPE_CHECKING = False`` themselves, which type checkers understand, and keep `typing` out.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Self, dataclass_transform
else:

    def dataclass_transform(**_: object) -> object:
        """Stand in for typing's decorator, which only type checkers read."""
        return lambda cls: cls


@dataclass_transform(frozen_default=True)
class Record:
    """A frozen value with the annotated fields of its class; defaults stand in the class body."""

    _fields: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        """Collect the fields of a new record class."""
        cls._fields = tuple(cls.__dict__.get("__annotations__", ()))

    def __init__(self, *values: Any, **named: Any) -> None:
        """Take the fields in order or by name; raise TypeError for a missing or unknown one."""
        named.update(zip(self._fields, values, strict=False))
        if len(named) != len(self._fields) or len(values) > len(self._fields):
            self._complain(len(values), named)
        self.__dict__.update(named)

    def _complain(self, count: int, named: dict[str, Any]) -> None:
        cls = type(self)
        missing = [name for name in self._fields if name not in named and not hasattr(cls, name)]
        unknown = [name for name in named if name not in self._fields]
        if missing or unknown or count > len(self._fields):
            raise TypeError(
                f"{cls.__name__}: missing {missing}, unknown {unknown}, {count} positional values"
            )

    def _replace(self, **changes: Any) -> Self:
        """Return the record with some fields changed."""
        return type(self)(**{**self.__dict__, **changes})

    def astuple(self) -> tuple[Any, ...]:
        """Return the values of all fields, in order."""
        return tuple(getattr(self, name) for name in self._fields)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.astuple())

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name}")

    __delattr__ = __setattr__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.astuple() == other.astuple()

    def __hash__(self) -> int:
        return hash(self.astuple())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({shown})"
