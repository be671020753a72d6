"""tenantspec check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from krm_functions.cli.layout import examples
from krm_functions.cli.output import Failed, format_option, progress, root_of, root_option, say, tell, told
from krm_functions.diagnostics import TenantspecError
from krm_functions.functions.committed import Committed
from krm_functions.functions.judged import isolation as isolation_of, judges
from krm_functions.functions.kustomize import KustomizeError
from krm_functions.functions.render import Selection, Unit, estate_of, render_unit, units
from krm_functions.isolation.report import record
from krm_functions.isolation.text import text
from krm_functions.manifests.base import app_base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.functions.judged import Judges
    from krm_functions.manifests.base import Base
    from krm_functions.validators.deletions import Deletable


@click.command(
    short_help="Check the whole estate, every tenant against every other.",
    epilog=examples(
        "tenantspec check",
        "tenantspec check --against origin/main",
        "tenantspec check --isolation",
        "tenantspec check --root gitops --format json | jq '.diagnostics[].message'",
    ),
)
@root_option
@click.option(
    "--against",
    metavar="REVISION",
    help="Also hold what the change since this git revision deletes against argocd.deletionBudget.",
)
@click.option("--isolation", is_flag=True, help="Also print who can reach whom, with what forbids the rest.")
@format_option
def check(root: str | None, against: str | None, form: str, *, isolation: bool) -> None:
    """Check the whole estate: every spec, every reference, every tenant against every other.

    All problems are reported at once, with file, line and a way out; nothing is written. Also says
    where the overlay and cluster folders have drifted from the specs.

    --against renders both revisions and counts the Applications, projects, namespaces, claims and
    StatefulSets that Argo CD would prune. More than argocd.deletionBudget is an error, unless
    argocd.deletions permits them.

    --isolation judges everything as built, hand-written manifests included: network, RBAC, projects,
    hosts, secret store, volumes, registries and nodes. A way from tenant to tenant that no `needs`
    and `allows` grant is an error.
    """
    with told(lambda: root_of(root), form):
        found = root_of(root)
        estate = estate_of(found)
        judged = judges(estate, isolated=isolation)
        wanted = _checked(estate, judged)
        ways = isolation_of(estate, judged.objects) if wanted and judged.objects is not None else None
        gone = _deleted(estate, against) if against is not None and not estate.out.failed else []
    if ways and form == "text":
        click.echo(text(ways), nl=False)
    if tell(found, estate.out.diagnostics, form, {"isolation": record(ways)} if ways else {}):
        raise Failed
    if form == "text":
        say("\n".join([*_patched(estate), *_gone(gone, against), _counted(estate, wanted)]))


def _checked(estate: Estate, judged: Judges) -> list[Unit]:
    """Return the kustomizations that were built in memory; what is wrong is in the estate's ``out``."""
    from krm_functions.scaffold.sync import drift, plan  # noqa: PLC0415

    out = estate.out
    try:
        wanted = units(estate, Selection())
        out.raise_if_failed()
        base, committed = app_base(estate.specs.tree), Committed(estate)
        with progress(wanted, "checking") as each:
            for unit in each:
                _build(estate, unit, base, judged, committed)
        out.raise_if_failed()
        out.diagnostics.extend([*judged.diagnostics(), *committed.diagnostics(), *drift(plan(estate))])
    except TenantspecError as error:
        out.diagnostics.extend(error.diagnostics)
        return []
    return wanted


def _deleted(estate: Estate, revision: str) -> list[Deletable]:
    """Return what the change since a revision deletes; what is wrong with that is in the estate's ``out``."""
    from krm_functions.functions.change import changes  # noqa: PLC0415

    gone, problems = changes(estate, revision)
    estate.out.diagnostics.extend(problems)
    return gone


def _gone(gone: list[Deletable], revision: str | None) -> Iterator[str]:
    """Yield a line for each object that the change deletes, or one that says there is none."""
    yield from (f"deleted since {revision}: {thing}" for thing in gone)
    if revision is not None and not gone:
        yield f"nothing is deleted since {revision}"


def _build(estate: Estate, unit: Unit, base: Base, judged: Judges, committed: Committed) -> None:
    try:
        rendered = render_unit(estate, unit, base)
        judged.take(unit, rendered.manifests)
        committed.compare(unit.folder, rendered.text)
    except KustomizeError as error:
        said = " ".join(error.text.split())
        estate.out.diagnostics.extend(d._replace(help=said[:2000]) for d in error.diagnostics)
    except TenantspecError as error:
        estate.out.diagnostics.extend(error.diagnostics)


def _counted(estate: Estate, wanted: list[Unit]) -> str:
    tenants = estate.specs.tenant_names()
    counts = {
        "tenant": len(tenants),
        "app": sum(len(estate.specs.app_names(tenant)) for tenant in tenants),
        "environment": len(estate.platform.environments),
        "kustomization": len(wanted),
    }
    *few, last = [f"{number} {what}{'s' if number != 1 else ''}" for what, number in counts.items()]
    return f"checked {', '.join(few)}: {last}, all fine"


def _patched(estate: Estate) -> Iterator[str]:
    """Yield a line for each app that carries patches, which nobody else sees at a glance."""
    for tenant in estate.tenants():
        for name in estate.specs.app_names(tenant.name):
            apps = [estate.app(tenant.name, name, e) for e in estate.environments(tenant)]
            counts = [f"{len(app.patches)} in {app.environment.name}" for app in apps if app and app.patches]
            if counts:
                yield f"patches of {tenant.name}/{name}: {', '.join(counts)}"
