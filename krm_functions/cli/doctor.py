"""tenantspec doctor."""

from __future__ import annotations

import json
import shutil
import textwrap
from typing import TYPE_CHECKING, Any

import click

from krm_functions import __version__
from krm_functions.cli.layout import examples
from krm_functions.cli.output import Failed, root_of, root_option, tell, told
from krm_functions.diagnostics import Diagnostic, TenantspecError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.functions.doctor.finding import Finding

NARROWEST = 60
"""Columns below which the table is not folded any further."""


@click.command(
    short_help="Say how the functions can be called here, and why not.",
    epilog=examples("tenantspec doctor", "tenantspec doctor --format json | jq '.transports[]'"),
)
@root_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text is a table; json holds the same for a program.",
)
def doctor(root: str | None, form: str) -> None:
    """Say which ways to call the functions work on this machine, and how to mend those that do not.

    Each is tried with the real program, in a temporary folder: kustomize with the plugin home, kubectl, a KRM
    exec function with and without --enable-exec, Docker, Helm, Argo CD's plugin. Inside an estate it also finds
    the function configs that kustomize skips silently.

    Exit code 0 if the default works, which is kustomize with the plugin home; else 1. The other ways may be
    absent.
    """
    from krm_functions.functions.doctor import examine, fault  # noqa: PLC0415

    with told(lambda: root_of(root), "text"):
        place = _estate(root)
    findings = examine()
    broken = fault(findings)
    problems = _skipped(place) + ([_diagnostic(broken)] if broken else [])
    if form == "json":
        click.echo(json.dumps(_described(findings, place, problems), indent=2))
    else:
        click.echo("\n".join(_table(findings)))
        tell(place or ".", problems)
    if broken:
        raise Failed


def _estate(named: str | None) -> str | None:
    """Return the root of the estate; None outside of any, unless one was named."""
    try:
        return root_of(named)
    except TenantspecError:
        if named is not None:
            raise
        return None


def _skipped(root: str | None) -> list[Diagnostic]:
    from krm_functions.functions.doctor.skipped import skipped  # noqa: PLC0415

    return skipped(root) if root else []


def _diagnostic(broken: Finding) -> Diagnostic:
    return Diagnostic("TS926", f"kustomize cannot call the functions here: {broken.detail}", help=broken.fix)


def _described(findings: dict[str, Finding], root: str | None, problems: list[Diagnostic]) -> dict[str, Any]:
    from krm_functions.documents import report  # noqa: PLC0415

    return {
        "tenantspec": __version__,
        "transports": [{"name": name, **_fields(finding)} for name, finding in findings.items()],
        "diagnostics": report.records(root or ".", problems),
    }


def _fields(finding: Finding) -> dict[str, Any]:
    return dict(zip(finding._fields, finding, strict=True))


def _table(findings: dict[str, Finding]) -> Iterator[str]:
    """Yield the table's lines, folded to the terminal; a fix stands below what it mends."""
    width = max(map(len, findings))
    room = max(shutil.get_terminal_size().columns, NARROWEST)
    for name, finding in findings.items():
        first = f"{name:{width}}  {finding.state:6}  "
        for number, text in enumerate([finding.detail, *([f"fix: {finding.fix}"] if finding.fix else [])]):
            yield textwrap.fill(
                text,
                room,
                initial_indent=" " * len(first) if number else first,
                subsequent_indent=" " * len(first),
                break_long_words=False,
                break_on_hyphens=False,
            )
