"""How `--help` is laid out: commands by what one does with them, each with an example."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECTIONS: Final[Mapping[str, Sequence[str]]] = {
    "Write an estate": ("init", "add", "sync", "vendor"),
    "Look at it": ("check", "render", "build", "post-render", "why", "explain"),
    "Set up the tools around it": ("plugins", "doctor", "cmp", "argocd", "schema", "completion", "version"),
}
"""The commands, in the order in which a person meets them."""


class ReaderLeft(Exception):  # noqa: N818
    """Whoever read the output has closed it: `tenantspec render | head`."""


class Sections(click.Group):
    """A group whose commands stand in sections."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command to its last byte; click itself would report a reader that left as exit code 1.

        Raises:
            ReaderLeft: nobody reads the output any more.

        """
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise ReaderLeft from error
        return result

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands' names in the order of the sections."""
        return [name for names in SECTIONS.values() for name in names]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section after the other, their columns in line."""
        width = max(map(len, self.list_commands(ctx)))
        for title, names in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), self._summary(ctx, name)) for name in names])

    def _summary(self, ctx: click.Context, name: str) -> str:
        command = self.get_command(ctx, name)
        return command.get_short_help_str() if command else ""


def examples(*lines: str) -> str:
    """Return lines of a shell as the end of a help text, kept as they are."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
