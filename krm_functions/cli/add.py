"""tenantspec add."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from krm_functions.cli import completing
from krm_functions.cli.layout import examples
from krm_functions.cli.output import Failed, root_of, root_option, say, told
from krm_functions.diagnostics import Place
from krm_functions.documents.tree import PLATFORM_FILE
from krm_functions.functions.render import estate_of
from krm_functions.spec.load import versions_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Addition = Callable[[str], list[str]]


@click.group(
    short_help="Add a tenant, app, environment or cluster.",
    epilog=examples(
        "tenantspec add tenant shop --owner shop-admins",
        "tenantspec add app shop cart --image ghcr.io/example/cart:1.0.0 --port 8080 --expose",
    ),
)
def add() -> None:
    """Add a tenant, an app, an environment or facts about a cluster, then sync the folders.

    Everything is written or nothing. What is there already is edited by hand: `tenantspec check` and an
    editor with the schemas say what can be said.
    """


@add.command(
    short_help="Add a tenant: tenants/NAME/config/tenant.yaml.",
    epilog=examples(
        "tenantspec add tenant shop --owner shop-admins",
        "tenantspec add tenant shop --display-name 'The shop' --owner shop-admins --quota small "
        "--environment dev",
    ),
)
@click.argument("name")
@click.option("--display-name", default="", metavar="TEXT", help="For people.")
@click.option("--owner", "owners", multiple=True, metavar="GROUP", help="Who owns it; may be repeated.")
@click.option("--quota", default="", metavar="NAME", help="One of the platform's quotas.")
@click.option(
    "--environment",
    "environments",
    multiple=True,
    metavar="NAME",
    shell_complete=completing.environment,
    help="Where it runs; may be repeated; default: everywhere.",
)
@root_option
def tenant(
    name: str,
    display_name: str,
    owners: tuple[str, ...],
    quota: str,
    environments: tuple[str, ...],
    root: str | None,
) -> None:
    """Add a tenant: tenants/NAME/config/tenant.yaml."""
    from krm_functions.scaffold.add import add_tenant  # noqa: PLC0415

    said = {"display_name": display_name, "quota": quota}
    _add(root, lambda found: add_tenant(found, name, owners=owners, environments=environments, **said))
    say(f"next: tenantspec add app {name} APP --image REGISTRY/PATH:TAG --port PORT")


@add.command(
    short_help="Add an app: tenants/TENANT/apps/NAME/app.yaml.",
    epilog=examples(
        "tenantspec add app shop cart --image ghcr.io/example/cart:1.0.0 --port 8080 --health /healthz",
        "tenantspec add app shop front --image ghcr.io/example/front:2.1.0 --port 8080 --host shop",
    ),
)
@click.argument("tenant", shell_complete=completing.tenant)
@click.argument("name")
@click.option(
    "--image", required=True, metavar="REGISTRY/PATH:TAG", help="Its tag is deployed in the first stage."
)
@click.option("--port", type=int, default=None, help="The port it serves; none: no Service.")
@click.option("--health", default="", metavar="PATH", help="Path of its health check.")
@click.option("--expose", is_flag=True, help="Give it a public host, labelled as the app.")
@click.option("--host", default="", metavar="LABEL", help="Give it a public host with this label.")
@root_option
def app(  # noqa: PLR0913  (one for each option)
    tenant: str,
    name: str,
    *,
    image: str,
    port: int | None,
    health: str,
    expose: bool,
    host: str,
    root: str | None,
) -> None:
    """Add an app: tenants/TENANT/apps/NAME/app.yaml and versions.yaml."""
    from krm_functions.scaffold.add import add_app  # noqa: PLC0415

    exposure = host or expose
    written = _add(
        root,
        lambda found: add_app(found, tenant, name, image=image, port=port, health=health, expose=exposure),
    )
    if not image.rpartition("/")[2].partition(":")[2]:
        say(f"next: write the versions to deploy into {versions_file(tenant, name)}")
        return
    overlay = next((os.path.dirname(file) for file in written if "/overlays/" in file), "FOLDER")
    say(f"next: tenantspec check, then kustomize build --enable-alpha-plugins {overlay}")


@add.command(
    short_help="Add an environment to platform.yaml.",
    epilog=examples("tenantspec add environment qa --stage stg --region us-east-1 --hub main --cluster qa-1"),
)
@click.argument("name")
@click.option(
    "--stage",
    required=True,
    metavar="NAME",
    shell_complete=completing.stage,
    help="One of the platform's stages.",
)
@click.option("--region", required=True, metavar="NAME", help="Where its cluster runs.")
@click.option(
    "--hub",
    required=True,
    metavar="NAME",
    shell_complete=completing.hub,
    help="The Argo CD that manages it.",
)
@click.option("--cluster", required=True, metavar="NAME", help="Its shared cluster, as Argo CD names it.")
@click.option("--purpose", default="", metavar="TEXT", help="For people.")
@root_option
def environment(
    name: str, stage: str, region: str, hub: str, cluster: str, purpose: str, root: str | None
) -> None:
    """Add an environment to platform.yaml; every other line of it stays as it is."""
    from krm_functions.scaffold.add import add_environment  # noqa: PLC0415

    facts = {"stage": stage, "region": region, "hub": hub, "cluster": cluster, "purpose": purpose}
    _add(root, lambda found: add_environment(found, name, **facts))
    say(f"next: give apps a version for {name} in their versions.yaml, then tenantspec check")


@add.command(
    short_help="Add facts about a cluster to platform.yaml.",
    epilog=examples(
        "tenantspec add cluster qa-1 --server https://qa-1.example.com:6443 --kubernetes 1.34",
    ),
)
@click.argument("name")
@click.option("--server", default="", metavar="URL", help="Address of its API server.")
@click.option(
    "--credentials", default="", metavar="KEY", help="Key in the secret store that Argo CD logs in with."
)
@click.option("--kubernetes", default="", metavar="VERSION", help="Its Kubernetes version, such as 1.34.")
@click.option("--jurisdiction", default="", metavar="NAME", help="Legal area it stands in.")
@root_option
def cluster(
    name: str, server: str, credentials: str, kubernetes: str, jurisdiction: str, root: str | None
) -> None:
    """Add facts about a cluster to platform.yaml; every other line of it stays as it is."""
    from krm_functions.scaffold.add import add_cluster  # noqa: PLC0415

    said = {"server": server, "kubernetes": kubernetes, "jurisdiction": jurisdiction}
    facts: dict[str, object] = {key: value for key, value in said.items() if value}
    if credentials:
        facts["credentials"] = {"key": credentials}
    _add(root, lambda found: add_cluster(found, name, facts))
    say("next: tenantspec check")


def _add(root: str | None, addition: Addition) -> list[str]:
    """Make an addition and sync the folders, or leave everything as it was; print and return the files."""
    from krm_functions.scaffold.sync import apply, plan  # noqa: PLC0415

    added: list[str] = []
    with told(lambda: root_of(root)):
        found = root_of(root)
        platform = _text(found)
        added = addition(found)
    try:
        with told(found):
            synced = apply(plan(estate_of(found)))
    except Failed:
        _undo(found, added, platform)
        say("nothing was added: mend this first")
        raise
    for file in added + synced:
        click.echo(file)
    return added + synced


def _text(root: str) -> str:
    with open(os.path.join(root, PLATFORM_FILE), encoding="utf-8", newline="", errors="replace") as stream:
        return stream.read()


def _undo(root: str, added: Sequence[str], platform: str) -> None:
    from krm_functions.scaffold.draft import Change  # noqa: PLC0415
    from krm_functions.scaffold.write import write  # noqa: PLC0415

    before = {PLATFORM_FILE: platform}
    write(root, [Change(file, None, before.get(file), "", Place(file)) for file in added])
