"""tenantspec vendor."""

from __future__ import annotations

import click

from krm_functions.cli.layout import examples
from krm_functions.cli.output import Failed, format_option, root_of, root_option, say, tell, told
from krm_functions.functions.render import estate_of


@click.command(
    short_help="Fetch the Helm charts that apps name, and lock them.",
    epilog=examples("tenantspec vendor", "tenantspec vendor --check    in a pull request"),
)
@root_option
@format_option
@click.option("--check", "only_check", is_flag=True, help="Fetch nothing; exit 1 unless charts/ is complete.")
def vendor(root: str | None, form: str, *, only_check: bool) -> None:
    """Fetch the Helm charts that apps name into charts/, and lock them by digest in charts/lock.yaml.

    Commit what it writes: builds read nothing else, so a chart changes only where a reviewer sees it. Charts that no
    app needs any more are removed. helm fetches them ($HELM, else the one on PATH), logged in as you are.
    """
    from krm_functions.functions import vendor as vendoring  # noqa: PLC0415

    changed: list[str] = []
    with told(lambda: root_of(root), form):
        found = root_of(root)
        estate = estate_of(found)
        if only_check:
            vendoring.check(estate)
        else:
            changed = vendoring.vendor(estate)
    if only_check:
        if tell(found, [d for d in estate.out.diagnostics if d.code.startswith("TS63")], form):
            raise Failed
        return
    if form == "text":
        for path in changed:
            click.echo(path)
    say("commit these; next: tenantspec check" if changed else "nothing to change")
