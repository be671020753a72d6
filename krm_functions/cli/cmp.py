"""tenantspec cmp."""

from __future__ import annotations

import io
import json
import os

import click

from krm_functions.cli import rendered
from krm_functions.cli.layout import examples
from krm_functions.cli.output import root_of, tell, told
from krm_functions.functions import cmp as plugin


@click.group(
    "cmp",
    short_help="Answer Argo CD as its config management plugin.",
    epilog=examples("cd tenants/shop/apps/cart/overlays/dev && tenantspec cmp generate"),
)
def cmp() -> None:
    """Answer Argo CD as its config management plugin, in the folder of an Application.

    The plugin's sidecar calls these; a person may, to see what Argo CD sees. docs/argocd.md says how the
    sidecar is installed.
    """


@cmp.command(
    short_help="Print the Application's manifests.",
    epilog=examples("cd tenants/shop/apps/cart/overlays/dev && tenantspec cmp generate"),
)
def generate() -> None:
    """Print what the folder builds, or nothing and the reason.

    An empty result, and one that lacks an object that the specs call for, is refused: Argo CD would prune.
    Refused too, before anything runs, is a kustomization that reaches beyond its own folder; and, before
    anything is printed, an object that leaves its tenant.

    ARGOCD_ENV_TENANTSPEC_VERSION, if set, is the version that has to answer.
    ARGOCD_ENV_TENANTSPEC_DEADLINE is how many seconds it may take; default: 50.
    """
    with told(lambda: root_of(None)):
        output, root, notes = plugin.generate(os.getcwd(), os.environ)
        rendered.copy_out(io.BytesIO(output))
        tell(root, notes)


@cmp.command(
    short_help="Print what the folder is about, as JSON.",
    epilog=examples("cd tenants/shop/apps/cart/overlays/dev && tenantspec cmp parameters | jq '.[].string'"),
)
def parameters() -> None:
    """Print environment, tenant and app as Argo CD announces them: a JSON list, empty where there are none."""
    click.echo(json.dumps(plugin.parameters(os.getcwd())))


@cmp.command(
    short_help="Check that what generating needs is here.",
    epilog=examples("tenantspec cmp init"),
)
def init() -> None:
    """Check that kustomize and a folder for temporary files are here; in an estate, the folder too."""
    with told(lambda: root_of(None)):
        for line in plugin.check_here(os.getcwd(), os.environ):
            click.echo(line)
