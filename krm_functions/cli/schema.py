"""tenantspec schema."""

from __future__ import annotations

import json

import click

from krm_functions.cli.layout import examples
from krm_functions.cli.output import told, writing
from krm_functions.spec.json_schema import schema as json_schema, write
from krm_functions.spec.kinds import KINDS


@click.command(
    short_help="Print the JSON Schema of a kind, for editors.",
    epilog=examples(
        "tenantspec schema                  the kinds",
        "tenantspec schema App",
        "tenantspec schema -o schemas",
    ),
)
@click.argument(
    "kind", metavar="[KIND]", type=click.Choice(list(KINDS), case_sensitive=False), required=False
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Write every kind's schema into this folder.",
)
def schema(kind: str | None, output: str | None) -> None:
    """Print the JSON Schema (2020-12) of a kind, write those of all kinds, or list the kinds.

    In an editor with a YAML language server, the first line of a spec names its schema:

    \b
    # yaml-language-server: $schema=../schemas/platform.schema.json
    """  # noqa: D301  (click's marker for text that keeps its lines)
    if output and kind:
        raise click.UsageError("-o writes every kind: leave out KIND")
    if output:
        with told("."), writing(f"schemas to {output}"):
            written = write(output)
        click.echo("\n".join(written))
    elif kind:
        click.echo(json.dumps(json_schema(kind), indent=2))
    else:
        click.echo("\n".join(KINDS))
