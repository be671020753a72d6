"""What a shell offers for a name: the tenants, apps, environments and hubs that the estate has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krm_functions.cli.output import root_of
from krm_functions.codes import CODES
from krm_functions.diagnostics import TenantspecError
from krm_functions.functions.render import estate_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click

    from krm_functions.estate.estate import Estate

    Names = Callable[[Estate, dict[str, object]], Iterable[str]]
    Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def _from(names: Names) -> Completer:
    """Return a completer; a broken estate offers nothing, since completing is no place for errors."""

    def complete(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
        try:
            found = names(estate_of(root_of(context.params.get("root"))), context.params)
            return [name for name in found if name.startswith(incomplete)]
        except TenantspecError:
            return []

    return complete


def _apps(estate: Estate, said: dict[str, object]) -> list[str]:
    tenants = [tenant for tenant in estate.specs.tenant_names() if said.get("tenant") in (None, "", tenant)]
    return sorted({name for tenant in tenants for name in estate.specs.app_names(tenant)})


def code(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Complete a diagnostic's code."""
    return [known for known in CODES if known.startswith(incomplete.upper())]


tenant = _from(lambda estate, _: estate.specs.tenant_names())
app = _from(_apps)
environment = _from(lambda estate, _: [found.name for found in estate.platform.environments])
stage = _from(lambda estate, _: estate.platform.stages)
hub = _from(lambda estate, _: [found.name for found in estate.platform.hubs])
