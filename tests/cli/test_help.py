"""Help teaches: every command says what it does in a line, and shows how it is called."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from krm_functions import __version__
from krm_functions.cli.layout import SECTIONS
from krm_functions.cli.main import cli
from krm_functions.codes import CODES
from tests.cli.command import OVERLAY, environment, tenantspec


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """Yield every command below a group by the words that call it."""
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


ALL = list(commands(cli))


def found(path: tuple[str, ...]) -> click.Command:
    """Return the command that words call."""
    command: click.Command = cli
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return command


def test_every_command_has_a_place_in_the_help() -> None:
    """The sections name each command once; one that is in none could not be found."""
    assert sorted(name for names in SECTIONS.values() for name in names) == sorted(cli.commands)


@pytest.mark.parametrize("width", ["60", "80"])
@pytest.mark.parametrize("path", [(), ("add",), ("plugins",)])
def test_no_summary_is_cut(path: tuple[str, ...], width: str, tmp_path: Path) -> None:
    """Lists of commands end no line with dots, in a narrow terminal either."""
    shown = tenantspec(*path, "--help", cwd=os.fspath(tmp_path), env=environment(COLUMNS=width)).fine()
    assert "..." not in shown.stdout.replace("[ARGS]...", "")


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_shows_an_example_of_itself(path: tuple[str, ...]) -> None:
    """Each help ends with lines that call the command with options and arguments that it takes."""
    command = found(path)
    lines = (command.epilog or "").split("Examples:\n")[1].splitlines()
    words = " ".join(("tenantspec", *path))
    assert any(words in line for line in lines)
    for line in lines:
        for called in re.findall(rf"{words}(?: |$)([^|)]*)", line):
            if not isinstance(command, click.Group):
                arguments = shlex.split(re.split(r"\s{3,}", called)[0])
                command.make_context(words, arguments)  # a UsageError if it takes something else


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_option_is_explained(path: tuple[str, ...]) -> None:
    """No option is a bare name."""
    options = [p for p in found(path).params if isinstance(p, click.Option)]
    assert all(option.help for option in options)


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_is_laid_out_by_what_one_does(flag: str, tmp_path: Path) -> None:
    """A person meets init first; the epilog leads through a first estate."""
    shown = tenantspec(flag, cwd=os.fspath(tmp_path)).fine().stdout
    listed = [name for name in re.findall(r"^  ([a-z-]+)  +\S", shown, re.MULTILINE) if name in cli.commands]
    told = (
        "init add sync vendor check render build post-render why explain"
        " plugins doctor cmp argocd schema completion version"
    )
    assert listed == told.split()
    assert OVERLAY in shown


def test_the_version(tmp_path: Path) -> None:
    """Both spellings print the same line."""
    for spelling in ("version", "--version"):
        assert tenantspec(spelling, cwd=os.fspath(tmp_path)).fine().stdout == f"tenantspec {__version__}\n"


def test_explain_knows_every_code(tmp_path: Path) -> None:
    """Without a code all are listed; with one, in either case, its meaning and the way out."""
    listed = tenantspec("explain", cwd=os.fspath(tmp_path)).fine().stdout.splitlines()
    assert [line[:5] for line in listed] == list(CODES)
    for spelling in ("TS401", "ts401"):
        shown = tenantspec("explain", spelling, cwd=os.fspath(tmp_path)).fine().stdout
        assert shown == f"TS401: {CODES['TS401']}\n"
