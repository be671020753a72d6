"""What a trial found."""

from __future__ import annotations

from enum import StrEnum

from krm_functions.records import Record


class State(StrEnum):
    """Whether a way to call the functions is open here."""

    WORKS = "works"
    BROKEN = "broken"
    ABSENT = "absent"


class Finding(Record):
    """One way to call the functions: what was found of it, and the fix where it is not all well."""

    state: State
    detail: str
    fix: str = ""
