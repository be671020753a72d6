"""Diagnostics out: text for people, JSON for programs, on the right stream, with the right exit code.

stdout carries what a command makes; whatever is said about it goes to stderr.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

import click

from krm_functions.diagnostics import Diagnostic, Severity, TenantspecError, unique
from krm_functions.documents import report
from krm_functions.documents.tree import PLATFORM_FILE, find_root
from krm_functions.functions.kustomize import KustomizeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    Item = TypeVar("Item")

MOST_NOTES: Final = 12
"""Notes that are shown to a person; a new environment brings one for every app."""

root_option = click.option(
    "--root",
    type=click.Path(file_okay=False),
    metavar="DIR",
    default=None,
    help="Folder with platform.yaml; default: the nearest above.",
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How diagnostics are printed: text on stderr, the others on stdout.",
)


class Failed(Exception):  # noqa: N818
    """The run has told its diagnostics; only the exit code is left."""

    def __init__(self, code: int = 1) -> None:
        self.code = code
        super().__init__(code)


def root_of(named: str | None) -> str:
    """Return the estate's root: the one named, else the nearest folder above.

    Raises:
        TenantspecError: there is none (TS901).

    """
    if named is None:
        return find_root(os.getcwd())
    if os.path.isfile(os.path.join(named, PLATFORM_FILE)):
        return os.path.realpath(named)
    raise TenantspecError([_no_estate(named)])


def _no_estate(named: str) -> Diagnostic:
    if not os.path.isdir(named):
        help_ = "name the folder that holds platform.yaml"
        return Diagnostic("TS901", f"no folder {named}", help=help_)
    try:
        help_ = f"it lies in the estate {find_root(named)}: name that folder"
    except TenantspecError:
        help_ = f"name another folder, or start an estate in this one with 'tenantspec init {named}'"
    return Diagnostic("TS901", f"no {PLATFORM_FILE} in {named}", help=help_)


@contextlib.contextmanager
def told(root: Callable[[], str] | str, form: str = "text") -> Iterator[None]:
    """Turn a TenantspecError into its diagnostics on stderr (text) or stdout (the rest), and exit code 1."""
    try:
        yield
    except TenantspecError as error:
        if isinstance(error, KustomizeError) and error.text.strip():
            say(error.text.rstrip("\n") + "\n")
        tell(_safe(root), error.diagnostics, form)
        raise Failed from error


def tell(
    root: str,
    diagnostics: Iterable[Diagnostic],
    form: str = "text",
    more: Mapping[str, object] = MappingProxyType({}),
) -> bool:
    """Print diagnostics and return whether there is an error among them; JSON holds ``more`` beside them."""
    found = list(diagnostics)
    if form == "json":
        click.echo(json.dumps({"diagnostics": report.records(root, found), **more}, indent=2))
    elif form in {"sarif", "github"}:
        from krm_functions.cli import formats  # noqa: PLC0415

        click.echo((formats.sarif if form == "sarif" else formats.github)(root, found), nl=False)
    else:
        problems = [d for d in found if d.severity is not Severity.INFO]
        click.echo(report.text(root, problems, colour=_colour()), err=True, nl=False)
        click.echo("".join(_brief([d for d in found if d.severity is Severity.INFO])), err=True, nl=False)
    return any(d.severity is Severity.ERROR for d in found)


def _brief(notes: list[Diagnostic]) -> Iterator[str]:
    """Yield a line for each note: nothing is wrong there, so no file needs to be looked at."""
    ordered = unique(notes)
    yield from (f"{d.severity}[{d.code}]: {d.message}\n" for d in ordered[:MOST_NOTES])
    if len(ordered) > MOST_NOTES:
        yield f"and {len(ordered) - MOST_NOTES} more like these; 'tenantspec check --format json' lists all\n"


def say(text: str) -> None:
    """Print what a person may want to know, beside what a program reads."""
    click.echo(text, err=True)


def progress(items: Sequence[Item], label: str) -> AbstractContextManager[Iterable[Item]]:
    """Return items behind a progress bar on a terminal's stderr; elsewhere nothing is printed."""
    if not sys.stderr.isatty():
        return contextlib.nullcontext(items)
    return click.progressbar(items, label=label, file=sys.stderr)


@contextlib.contextmanager
def writing(what: str) -> Iterator[None]:
    """Turn a file system's refusal into a diagnostic (TS608); a reader that left is left to the caller."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TenantspecError([Diagnostic("TS608", f"cannot write {what}: {reason}")]) from error


def _colour() -> bool:
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ


def _safe(root: Callable[[], str] | str) -> str:
    try:
        return root() if callable(root) else root
    except TenantspecError:
        return os.getcwd()
