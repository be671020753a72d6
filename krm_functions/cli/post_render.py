"""tenantspec post-render."""

from __future__ import annotations

import sys

import click

from krm_functions.cli import completing
from krm_functions.cli.layout import examples
from krm_functions.cli.output import root_of, root_option, told
from krm_functions.functions.render import estate_of


@click.command(
    "post-render",
    short_help="Label and judge what Helm has rendered.",
    epilog=examples(
        "helm template cart CHART | tenantspec post-render --tenant shop --app cart --environment dev",
        "tenantspec plugins helm --help    the same as Helm's own post-renderer",
    ),
)
@root_option
@click.option(
    "--tenant", required=True, metavar="NAME", shell_complete=completing.tenant, help="Whose it is."
)
@click.option("--app", required=True, metavar="NAME", shell_complete=completing.app, help="Which app it is.")
@click.option(
    "--environment",
    required=True,
    metavar="NAME",
    shell_complete=completing.environment,
    help="Where it is installed.",
)
def post_render(root: str | None, tenant: str, app: str, environment: str) -> None:
    """Read a release's manifests on stdin, and print them with the app's namespace and labels.

    TenancyGuard judges them first: if one object leaves its tenant, all that is wrong is said and nothing is
    printed. The release is called as the app. What Helm itself reads, hooks among it, stays as it is.
    """
    from krm_functions.functions import post_render as rendering  # noqa: PLC0415

    with told(lambda: root_of(root)):
        estate = estate_of(root_of(root))
        release = rendering.Release(tenant, app, environment)
        click.echo(rendering.post_render(estate, release, sys.stdin.buffer.read()), nl=False)
