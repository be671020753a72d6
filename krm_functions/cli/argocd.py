"""tenantspec argocd."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import click

from krm_functions.cli import completing, rendered
from krm_functions.cli.layout import examples
from krm_functions.cli.output import root_of, root_option, told
from krm_functions.functions import argocd as hubs
from krm_functions.functions.render import estate_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from krm_functions.estate.estate import Estate

_VALUES: str = (
    "tenantspec argocd values main | helm upgrade --install argocd argo-cd "
    "--repo https://argoproj.github.io/argo-helm -n argocd --create-namespace -f -"
)
_BOOTSTRAP: str = "tenantspec argocd bootstrap main | kubectl apply --server-side -f -"


@click.group(short_help="Set up the Argo CD of a hub.", epilog=examples(_VALUES, _BOOTSTRAP))
def argocd() -> None:
    """Set up the Argo CD of a hub, which then builds itself from git; docs/argocd.md says how."""


@argocd.command(short_help="Print values of the official chart.", epilog=examples(_VALUES))
@click.argument("hub", shell_complete=completing.hub)
@root_option
def values(hub: str, root: str | None) -> None:
    """Print values of the chart argo-cd: the sidecar, and none of the settings that are ours."""
    _print(hubs.values, hub, root)


@argocd.command(short_help="Print what a hub is started with.", epilog=examples(_BOOTSTRAP))
@click.argument("hub", shell_complete=completing.hub)
@root_option
def bootstrap(hub: str, root: str | None) -> None:
    """Print a hub's settings, its projects of no tenant and its root Application, which brings the rest."""
    _print(hubs.bootstrap, hub, root)


def _print(make: Callable[[Estate, str], str], hub: str, root: str | None) -> None:
    with told(lambda: root_of(root)):
        rendered.copy_out(io.BytesIO(make(estate_of(root_of(root)), hub).encode()))
