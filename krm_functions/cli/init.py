"""tenantspec init."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

import click

from krm_functions.cli.layout import examples
from krm_functions.cli.output import say, told

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(
    short_help="Start a new estate that builds at once.",
    epilog=examples(
        "tenantspec init estate",
        "tenantspec init . --domain apps.acme.com --repository https://github.com/acme/gitops.git",
        "tenantspec init gitops --path gitops    where the estate is a folder of its repository",
    ),
)
@click.argument("folder", type=click.Path(file_okay=False), default=".")
@click.option("--name", default="", metavar="NAME", help="The estate's name; default: as the folder.")
@click.option(
    "--domain",
    default="apps.example.com",
    metavar="DOMAIN",
    show_default=True,
    help="Parent domain of all hosts.",
)
@click.option(
    "--repository",
    default="https://github.com/example/estate.git",
    metavar="URL",
    show_default=True,
    help="Where Argo CD will read it.",
)
@click.option(
    "--revision", default="main", metavar="BRANCH", show_default=True, help="Branch or tag to read."
)
@click.option(
    "--path", default=".", metavar="PATH", show_default=True, help="The estate's folder in that repository."
)
def init(folder: str, name: str, domain: str, repository: str, revision: str, path: str) -> None:
    """Start a new estate that builds at once: a platform, one tenant with one app, base/ and overlays."""
    from krm_functions.scaffold.init import init as start  # noqa: PLC0415

    with told(folder):
        named = name or _name(folder)
        written = start(
            folder, name=named, domain=domain, repository=repository, revision=revision, path=path
        )
    click.echo(f"{len(written)} files written to {folder}")
    say(_next(folder, written))


def _name(folder: str) -> str:
    """Return a folder's name as a DNS label: my_Estate becomes my-estate."""
    words = re.findall("[a-z0-9]+", os.path.basename(os.path.realpath(folder)).lower())
    return "-".join(words)[:63].strip("-") or "estate"


def _next(folder: str, written: Sequence[str]) -> str:
    overlay = next(os.path.dirname(file) for file in written if "/overlays/" in file)
    entered = [] if os.path.realpath(folder) == os.getcwd() else [f"cd {shlex.quote(folder)}"]
    steps = [
        *entered,
        "tenantspec plugins install    # once, so that kustomize finds the functions",
        f"kustomize build --enable-alpha-plugins {overlay}",
        "tenantspec add tenant NAME --owner GROUP",
    ]
    return "\n  ".join(["next:", *steps])
