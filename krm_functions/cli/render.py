"""tenantspec render and tenantspec build."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import click

from krm_functions.cli import completing, rendered
from krm_functions.cli.layout import examples
from krm_functions.cli.output import progress, root_of, root_option, say, tell, told
from krm_functions.diagnostics import Diagnostic, Severity, TenantspecError
from krm_functions.functions import build as builder
from krm_functions.functions.committed import stamp
from krm_functions.functions.kustomization import own_generators
from krm_functions.functions.render import Selection, Unit, estate_of, render_units, units
from krm_functions.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from krm_functions.estate.estate import Estate


@click.command(
    short_help="Print the manifests of the estate, or of a part of it.",
    epilog=examples(
        "tenantspec render --tenant shop --environment prod",
        "tenantspec render | kubectl diff -f -",
        "tenantspec render -o rendered",
    ),
)
@root_option
@click.option(
    "--tenant",
    default="",
    metavar="NAME",
    shell_complete=completing.tenant,
    help="Only this tenant's apps.",
)
@click.option(
    "--app", default="", metavar="NAME", shell_complete=completing.app, help="Only apps of this name."
)
@click.option(
    "--environment",
    default="",
    metavar="NAME",
    shell_complete=completing.environment,
    help="Only this environment.",
)
@click.option(
    "--hub", default="", metavar="NAME", shell_complete=completing.hub, help="Only what this hub manages."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Write one manifests.yaml per kustomization below this folder.",
)
def render(root: str | None, tenant: str, app: str, environment: str, hub: str, output: str | None) -> None:
    """Print the whole estate, or a part of it, as kustomize would, in one process.

    The whole estate is checked first, and nothing is printed or written unless all of it can be. With -o,
    the folder is render's own: where the whole estate is rendered, the manifests.yaml of what is gone are removed.
    """
    with told(lambda: root_of(root)):
        found = root_of(root)
        if output:
            _check_output(found, output)
        estate = estate_of(found)
        selection = Selection(tenant, app, environment, hub)
        _check_names(estate, selection)
        wanted = units(estate, selection)
        estate.out.raise_if_failed()
        with progress(wanted, "rendering") as each:
            texts = _rendered(estate, each)
            if output:
                whole = (lambda: stamp(estate.specs.tree)) if selection == Selection() else None
                _report(rendered.write(texts, output, whole), output)
            else:
                rendered.print_all(texts)
        tell(found, [d for d in estate.out.diagnostics if d.severity is Severity.WARNING])
    if not wanted:
        say("nothing to render: no app is deployed there; tenantspec check says which are not yet")


@click.command(
    short_help="Build one kustomization as kustomize would.",
    epilog=examples(
        "tenantspec build tenants/shop/apps/cart/overlays/dev",
        "tenantspec build clusters/main | kubectl apply --server-side -f -",
    ),
)
@click.argument("folder", type=click.Path(file_okay=False), default=".")
def build(folder: str) -> None:
    """Print what `kustomize build --enable-alpha-plugins FOLDER` prints, byte for byte.

    A kustomization that holds only tenantspec's generators is built in this process, faster and without
    kustomize; any other is handed to kustomize, with the functions found for it. KUSTOMIZE=PATH names
    another kustomize than the one on PATH.
    """
    with told(lambda: _root_of_build(folder)):
        output, root, notes = builder.build(folder)
        rendered.copy_out(io.BytesIO(output))
        tell(root, notes)


def _root_of_build(folder: str) -> str:
    config = (own_generators(folder) or [{}])[0]
    return builder.root_of(folder, config)


def _rendered(estate: Estate, wanted: Iterable[Unit]) -> Iterator[tuple[str, str]]:
    for unit in wanted:
        yield from render_units(estate, [unit])


def _check_output(root: str, output: str) -> None:
    """Refuse to write manifests among the specs.

    Raises:
        click.UsageError: the folder is an estate, or one of its rooms.

    """
    room = os.path.relpath(os.path.realpath(output), root).split(os.sep)[0]
    if room in rendered.ROOMS or os.path.lexists(os.path.join(output, "platform.yaml")):
        raise click.UsageError(
            f"-o {output} lies among the specs: name a folder of its own, such as rendered"
        )


def _check_names(estate: Estate, selection: Selection) -> None:
    """Refuse a name that the estate does not have, with the nearest one that it has."""
    tenants = estate.specs.tenant_names()
    owners = [selection.tenant] if selection.tenant in tenants else tenants
    known: dict[str, Collection[str]] = {
        "tenant": tenants,
        "app": {name for owner in owners for name in estate.specs.app_names(owner)},
        "environment": [e.name for e in estate.platform.environments],
        "hub": [h.name for h in estate.platform.hubs],
    }
    wrong = [
        (what, name) for what, name in zip(known, selection, strict=True) if name and name not in known[what]
    ]
    if wrong:
        raise TenantspecError([_unknown(what, name, known[what]) for what, name in wrong])


def _unknown(what: str, name: str, known: Collection[str]) -> Diagnostic:
    help_ = did_you_mean(name, known) or f"known: {', '.join(sorted(known)[:12]) or 'none'}"
    return Diagnostic("TS301", f"unknown {what} '{name}'", help=help_)


def _report(outcome: rendered.Outcome, output: str) -> None:
    removed = f", {outcome.removed} of what is gone removed" if outcome.removed else ""
    say(f"{outcome.written} manifests.yaml written to {output}{removed}")
