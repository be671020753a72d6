"""tenantspec explain."""

from __future__ import annotations

import click

from krm_functions.cli import completing
from krm_functions.cli.layout import examples
from krm_functions.codes import CODES
from krm_functions.names import did_you_mean


@click.command(
    short_help="Say what a diagnostic's code means.",
    epilog=examples("tenantspec explain TS401", "tenantspec explain"),
)
@click.argument("code", required=False, shell_complete=completing.code)
def explain(code: str | None) -> None:
    """Say what a diagnostic's code means, and the way out; without a code, list them all."""
    if code is None:
        for known, meaning in CODES.items():
            click.echo(f"{known}  {meaning.splitlines()[0]}")
        return
    meaning = CODES.get(code.upper(), "")
    if not meaning:
        near = did_you_mean(code.upper(), CODES) or "'tenantspec explain' lists them all"
        raise click.UsageError(f"no code '{code}'; {near}")
    click.echo(f"{code.upper()}: {meaning}")
