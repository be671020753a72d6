"""tenantspec plugins."""

from __future__ import annotations

import os
import shlex

import click

from krm_functions.cli.layout import examples
from krm_functions.cli.output import say, told, writing
from krm_functions.functions import helm_plugin, home as plugin_home

_home_option = click.option(
    "--home",
    type=click.Path(file_okay=False),
    metavar="DIR",
    default=None,
    help="Plugin home; default: kustomize's own.",
)


@click.group(
    short_help="Install the functions where kustomize finds them.",
    epilog=examples("tenantspec plugins install", "tenantspec plugins list"),
)
def plugins() -> None:
    """Install the functions where kustomize finds them, and see what is installed.

    That is $KUSTOMIZE_PLUGIN_HOME, else $XDG_CONFIG_HOME/kustomize/plugin, else ~/.config/kustomize/plugin.
    """


@plugins.command(
    short_help="Write one launcher per function; again after an upgrade.",
    epilog=examples(
        "tenantspec plugins install",
        "tenantspec plugins install --home /opt/kustomize --with functions/own.py",
    ),
)
@_home_option
@click.option(
    "--with",
    "modules",
    type=click.Path(),
    metavar="FILE.py",
    multiple=True,
    help="Also install the function of a Python module of yours.",
)
@click.option(
    "--exec",
    "program",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Also write one program that answers every kind as a KRM exec function.",
)
def install(home: str | None, modules: tuple[str, ...], program: str | None) -> None:
    """Write one launcher per function; safe to repeat, and needed after an upgrade.

    A launcher starts the interpreter and the packages that install it, so no virtual environment needs to be
    active when kustomize calls it.
    """
    chosen = os.path.abspath(home or plugin_home.default_home())
    with told("."):
        written = plugin_home.install(chosen, modules)
        added = plugin_home.install_exec(program) if program else ""
    click.echo(f"{len(written)} functions installed in {chosen}")
    if added:
        click.echo(f"exec function written to {added}")
    if chosen != os.path.abspath(plugin_home.default_home()):
        say(f"next: export KUSTOMIZE_PLUGIN_HOME={shlex.quote(chosen)}")
    say("next: kustomize build --enable-alpha-plugins DIR")


@plugins.command(
    "list",
    short_help="List the launchers with their version and health.",
    epilog=examples("tenantspec plugins list"),
)
@_home_option
def list_(home: str | None) -> None:
    """List the functions with the version and health of their launchers; exit 1 if kustomize could not use one."""
    chosen = home or plugin_home.default_home()
    found = plugin_home.launchers(chosen)
    width = max(len(launcher.kind) for launcher in found)
    for launcher in found:
        click.echo(
            f"{launcher.kind:{width}}  {launcher.version or '-':8}  {launcher.health}  {launcher.path}"
        )
    with told("."):
        plugin_home.check(chosen, found)


@plugins.command(
    short_help="Remove the launchers.", epilog=examples("tenantspec plugins uninstall --home plugins")
)
@_home_option
def uninstall(home: str | None) -> None:
    """Remove the launchers, and the folders that this leaves empty."""
    chosen = home or plugin_home.default_home()
    with told("."):
        gone = plugin_home.uninstall(chosen)
    click.echo(f"{len(gone)} functions removed from {chosen}")


@plugins.command(
    "helm",
    short_help="Write the post-renderer plugin of Helm 4.",
    epilog=examples(
        "tenantspec plugins helm tenantspec-helm",
        "helm plugin install ./tenantspec-helm",
    ),
)
@click.argument("folder", type=click.Path(file_okay=False), metavar="DIR")
def helm_(folder: str) -> None:
    """Write the post-renderer plugin of Helm 4 into a folder of its own, for helm plugin install.

    Helm 3 needs none: its --post-renderer takes the program that is written beside it, DIR/post-render.
    """
    with told("."), writing(folder):
        written = helm_plugin.write(folder)
    for path in written:
        click.echo(path)
    say(f"next: helm plugin install {shlex.quote(os.path.abspath(folder))}")
