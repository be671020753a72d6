"""tenantspec sync."""

from __future__ import annotations

import click

from krm_functions.cli.layout import examples
from krm_functions.cli.output import Failed, format_option, root_of, root_option, say, tell, told
from krm_functions.functions.render import estate_of


@click.command(
    short_help="Write the overlay, cluster and argocd folders.",
    epilog=examples("tenantspec sync", "tenantspec sync --check    in a pull request"),
)
@root_option
@format_option
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if something would change.")
def sync(root: str | None, form: str, *, only_check: bool) -> None:
    """Write the overlay, cluster and argocd folders that the specs call for.

    Lines of your own in them are kept: extra patches and resources, comments, order and style. A folder
    that is no longer wanted is removed if it holds nothing of yours.
    """
    import krm_functions.scaffold.sync as syncing  # noqa: PLC0415

    with told(lambda: root_of(root), form):
        found = root_of(root)
        plan = syncing.plan(estate_of(found))
        if only_check and tell(found, syncing.drift(plan), form):
            raise Failed
        if not only_check:
            changed = syncing.apply(plan)
            tell(found, plan.kept, form)
    if only_check:
        return
    if form == "text":
        for file in changed:
            click.echo(file)
    say(f"{_files(changed)} changed; next: tenantspec check" if changed else "nothing to change")


def _files(changed: list[str]) -> str:
    return f"{len(changed)} file{'s' if len(changed) != 1 else ''}"
