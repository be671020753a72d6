"""The command `tenantspec` and its exit codes: 0 fine, 1 diagnostics, 2 usage, 3 a bug of ours.

As of any program: 130 where it was interrupted, 141 where nobody reads its output any more.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback

import click

from krm_functions import __version__
from krm_functions.cli.add import add
from krm_functions.cli.argocd import argocd
from krm_functions.cli.check import check
from krm_functions.cli.cmp import cmp
from krm_functions.cli.doctor import doctor
from krm_functions.cli.explain import explain
from krm_functions.cli.init import init
from krm_functions.cli.layout import ReaderLeft, Sections, examples
from krm_functions.cli.output import Failed
from krm_functions.cli.plugins import plugins
from krm_functions.cli.post_render import post_render
from krm_functions.cli.render import build, render
from krm_functions.cli.schema import schema
from krm_functions.cli.sync import sync
from krm_functions.cli.vendor import vendor
from krm_functions.cli.why import why

_EPILOG = """\b
A first estate:
  tenantspec init estate && cd estate   platform.yaml, one tenant with one app, base/
  tenantspec plugins install            once, so that kustomize finds the functions
  kustomize build --enable-alpha-plugins tenants/team-a/apps/web/overlays/dev

\b
Every day:
  tenantspec add app TENANT APP --image REGISTRY/PATH:TAG --port 8080
  tenantspec sync                       after an edit: the folders that the specs call for
  tenantspec check                      everything, across all tenants
"""


@click.group(
    cls=Sections,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="tenantspec", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn compact tenant specs into a whole multi-tenant GitOps estate, inside kustomize build.

    Run it anywhere inside an estate: the nearest folder above with a platform.yaml is its root.

    Exit codes: 0 fine, 1 diagnostics, 2 usage, 3 a bug in tenantspec.
    """


@cli.command(short_help="Print the version.", epilog=examples("tenantspec version"))
def version() -> None:
    """Print the version."""
    click.echo(f"tenantspec {__version__}")


@cli.command(
    short_help="Print a shell's completion script.",
    epilog=examples(
        'eval "$(tenantspec completion bash)"    in ~/.bashrc',
        'eval "$(tenantspec completion zsh)"     in ~/.zshrc',
        "tenantspec completion fish | source     in ~/.config/fish/config.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell: commands, options, and the estate's own names."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415

    found = get_completion_class(shell)
    if found is not None:
        click.echo(found(cli, {}, "tenantspec", "_TENANTSPEC_COMPLETE").source())


_COMMANDS = (
    add,
    argocd,
    build,
    check,
    cmp,
    doctor,
    explain,
    init,
    plugins,
    post_render,
    render,
    schema,
    sync,
    vendor,
    why,
)

for command in _COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command; the one place where any exception becomes an exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended or interrupted: clean up all the same
    try:
        cli(prog_name="tenantspec", standalone_mode=False)
    except Failed as failure:
        sys.exit(failure.code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except ReaderLeft:
        nowhere = os.open(os.devnull, os.O_WRONLY)  # takes what is still buffered
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        sys.exit(141)
    except Exception:  # noqa: BLE001
        traceback.print_exc()
        sys.stderr.write(
            f"\ntenantspec {__version__}: this is a bug in tenantspec; please report it with the lines above\n"
        )
        sys.exit(3)
