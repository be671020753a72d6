"""Names made from others within a namespace: claims, secrets and services of two apps must not meet."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic, Place, Related
from krm_functions.manifests.files import secret_files
from krm_functions.manifests.pod import claim_name, governing_service, secret_name
from krm_functions.spec.load import app_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App


def derived(estate: Estate, apps: tuple[App, ...]) -> Iterator[Diagnostic]:
    """Yield each object of an app that would be another app's too: kustomize sees one app at a time.

    Two apps of one id are told by the identities already.
    """
    del estate
    first: dict[tuple[str, ...], App] = {}
    for app in apps:
        for kind, name in _names(app):
            other = first.setdefault((kind, name, app.namespace, app.cluster), app)
            if other.id != app.id:
                message = f"{kind} {app.namespace}/{name} of {_owner(app)} is already {_owner(other)}'s"
                related = Related(_place(other), f"{_owner(other)} has it first")
                yield Diagnostic(
                    "TS410", message, _place(app), help="rename one of the two apps", related=(related,)
                )


def _names(app: App) -> Iterator[tuple[str, str]]:
    yield "Service", app.id
    if app.workload == "StatefulSet":
        yield "Service", governing_service(app)
    for volume in app.volumes:
        if not volume.ephemeral and app.workload != "StatefulSet":
            yield "PersistentVolumeClaim", claim_name(app, volume)
    for container in (app.main, *app.init, *app.sidecars):
        if container.secrets:
            yield "Secret", secret_name(app, container)
    if any(file.secret for file in app.files):
        yield "Secret", secret_files(app)


def _owner(app: App) -> str:
    return f"{app.tenant.name}/{app.name}"


def _place(app: App) -> Place:
    return Place(app_file(app.tenant.name, app.name), ("metadata", "name"))
