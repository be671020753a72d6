"""`tenantspec cmp`: the estate as Argo CD's plugin sidecar builds it, one Application per call.

The working directory is the Application's folder in a checked-out tree, which may hold no more than the
Application's manifest-generate-paths. See cmpserver/plugin and reposerver/repository of Argo CD 3.6.1:
what is printed is the result, stderr is shown in the Application's condition when the exit code is not 0,
an empty result makes Argo CD prune everything, and TERM is followed by KILL after five seconds.
"""

from __future__ import annotations

import contextlib
import os
import signal

from krm_functions import __version__
from krm_functions.diagnostics import Diagnostic, Place, Severity, TenantspecError
from krm_functions.documents.tree import Tree, find_root
from krm_functions.functions import kustomize
from krm_functions.functions.allowed import check_kustomization
from krm_functions.functions.build import build
from krm_functions.functions.hidden import hidden
from krm_functions.functions.items import items_of
from krm_functions.functions.kustomization import file_of, own_generators
from krm_functions.functions.run import expand
from krm_functions.functions.temporary import temporary_folder
from krm_functions.names import API_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Final

    from krm_functions.spec.scalars import Written

VERSION: Final = "ARGOCD_ENV_TENANTSPEC_VERSION"
DEADLINE: Final = "ARGOCD_ENV_TENANTSPEC_DEADLINE"
PARAMETERS: Final = "ARGOCD_APP_PARAMETERS"
SECONDS: Final = 50
"""Argo CD gives a request 60 s (controller.repo.server.timeout.seconds), the archive of the tree included."""
SOURCE_PATH: Final = "ARGOCD_APP_SOURCE_PATH"
"""The path of the Application, as Argo CD's build environment has it; the working directory has links followed."""
_MOST_SECONDS: Final = 3600
_NO_PARAMETERS: Final = ("", "null", "[]")
_MOST_NAMED: Final = 5
_HUB_KINDS: Final = ("ArgoInstallation", "InfraApplications", "RootApplication", "TenantApplications")


class _Expired(BaseException):
    """The deadline has passed; no `except Exception` and no TenantspecError on the way takes it for another."""


def generate(folder: str, environ: Mapping[str, str]) -> tuple[bytes, str, list[Diagnostic]]:
    """Return what an Application holds, the estate's root and notes: all of it or nothing.

    Raises:
        TenantspecError: it cannot be built, or is not what the hub's Application stands for.

    """
    _check_parameters(environ)
    seconds = _seconds(environ)
    try:
        with _deadline(seconds):
            root = _root(folder)
            inside = _inside(root, folder)
            _check_path(environ, inside)
            said = _check_version(environ, inside)
            check_kustomization(folder)
            output, _, notes = build(folder)
            _check_whole(root, folder, output)
    except _Expired as expired:
        raise _late(seconds) from expired
    except kustomize.KustomizeError as error:
        raise kustomize.KustomizeError("/".join(inside), hidden(error.text, folder, environ)) from error
    return output, root, [*said, *notes]


def parameters(folder: str) -> list[dict[str, Any]]:
    """Return what a folder builds, as announcements in the JSON form of Argo CD's ParameterAnnouncement.

    Argo CD asks with a handful of variables, when somebody opens an Application; none of them is needed.
    """
    try:
        inside = _inside(find_root(folder), folder)
    except TenantspecError:
        return []
    return [
        {"name": name, "title": f"tenantspec: {name}", "tooltip": _TOOLTIP, "string": value}
        for name, value in _subject(inside).items()
    ]


def check_here(folder: str, environ: Mapping[str, str]) -> list[str]:
    """Return lines on what generating needs and has here; in a kustomization's folder, on that too.

    Raises:
        TenantspecError: something is missing.

    """
    _check_parameters(environ)
    found = [f"tenantspec {__version__}, deadline {_seconds(environ)} s"]
    with temporary_folder() as temporary:
        found.append(f"temporary files in {os.path.dirname(temporary)}")
    found.append(f"kustomize {'.'.join(map(str, kustomize.version(kustomize.find())))}")
    if file_of(folder):
        root = _root(folder)
        check_kustomization(folder)
        found.append(f"kustomization {'/'.join(_inside(root, folder))}")
    return found


_TOOLTIP: Final = "What this folder builds; it is said by the folder's place and cannot be set."


def _subject(inside: list[str]) -> dict[str, str]:
    """Return what a folder is about, by its place below the root."""
    match inside:
        case ["tenants", tenant, "apps", app, "overlays", environment]:
            return {"environment": environment, "tenant": tenant, "app": app}
        case ["clusters", hub]:
            return {"hub": hub}
        case ["clusters", hub, environment]:
            return {"environment": environment, "hub": hub}
        case ["clusters", hub, environment, "dedicated", cluster]:
            return {"environment": environment, "hub": hub, "cluster": cluster}
    return {}


def _configs(inside: list[str]) -> list[Written]:
    """Return the configs of the functions whose objects a folder has to hold."""
    said = _subject(inside)
    if "app" in said:
        meta = {"namespace": said["tenant"], "name": said["app"]}
        return [_config("AppOverlay", meta, environment=said["environment"])]
    if "environment" in said:
        spec = {key: said[key] for key in ("environment", "cluster") if key in said}
        return [_config("ClusterOverlay", {"name": "cluster"}, **spec)]
    return [_config(kind, {"name": "hub"}, **said) for kind in _HUB_KINDS] if said else []


def _config(kind: str, meta: dict[str, str], **spec: str) -> Written:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": meta, "spec": spec}


def _check_version(environ: Mapping[str, str], inside: list[str]) -> list[Diagnostic]:
    """Refuse an Application of another version; a hub's own is built all the same, for it gives the others theirs.

    The root Application is built from what it holds: refusing it would keep it at the old version for good.
    """
    wanted = environ.get(VERSION, __version__)
    if wanted == __version__:
        return []
    message = f"the Application is for tenantspec {wanted}, the sidecar runs {__version__}"
    help_ = (
        "wait until the hub's root Application has synced: it gives every Application the sidecar's version"
    )
    found = Diagnostic("TS930", message, help=help_)
    if _subject(inside).keys() == {"hub"}:
        return [found._replace(severity=Severity.WARNING)]
    raise TenantspecError([found])


def _check_path(environ: Mapping[str, str], inside: list[str]) -> None:
    """Refuse a folder that is not the Application's path: a link has led here, and it is judged as another's."""
    named = os.path.normpath(environ.get(SOURCE_PATH) or "/".join(inside))
    if inside != ["."] and named.split("/")[-len(inside) :] != inside:
        help_ = "write a folder at the Application's path: a link is judged as what it leads to"
        message = f"the Application's path {named} leads to {'/'.join(inside)}"
        raise TenantspecError([Diagnostic("TS541", message, help=help_)])


def _check_parameters(environ: Mapping[str, str]) -> None:
    """Refuse parameters, which nothing would read."""
    if environ.get(PARAMETERS, "") not in _NO_PARAMETERS:
        help_ = "remove source.plugin.parameters from the Application; what an app is stands in its spec"
        raise TenantspecError([Diagnostic("TS935", "the Application sets parameters", help=help_)])


def _seconds(environ: Mapping[str, str]) -> int:
    written = environ.get(DEADLINE, str(SECONDS))
    seconds = int(written) if written.isascii() and written.isdecimal() and len(written) <= 4 else 0
    if not 1 <= seconds <= _MOST_SECONDS:
        help_ = f"write whole seconds, 1 to {_MOST_SECONDS}, below the time that Argo CD gives a request"
        raise TenantspecError([Diagnostic("TS934", f"{DEADLINE} is no number of seconds", help=help_)])
    return seconds


@contextlib.contextmanager
def _deadline(seconds: int) -> Iterator[None]:
    def expire(*_: object) -> None:
        raise _Expired

    before = signal.signal(signal.SIGALRM, expire)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _late(seconds: int) -> TenantspecError:
    message = f"not built within {seconds} s, so everything that was started for it is stopped"
    help_ = (
        "an overlay with few additions takes less than a second: look at the sidecar's CPU limit; "
        f"more time is {DEADLINE.removeprefix('ARGOCD_ENV_')} in source.plugin.env and longer timeouts of Argo CD"
    )
    return TenantspecError([Diagnostic("TS933", message, help=help_)])


def _root(folder: str) -> str:
    """Return the estate's root above a kustomization's folder.

    Raises:
        TenantspecError: there is none in what Argo CD has sent (TS901), or no kustomization (TS909).

    """
    root = find_root(folder)
    if file_of(folder) is None:
        help_ = "the Application's path names a folder that 'tenantspec sync' writes"
        raise TenantspecError(
            [Diagnostic("TS909", f"no kustomization in {'/'.join(_inside(root, folder))}", help=help_)]
        )
    return root


def _inside(root: str, folder: str) -> list[str]:
    return os.path.relpath(os.path.realpath(folder), root).split(os.sep)


def _check_whole(root: str, folder: str, output: bytes) -> None:
    """Refuse an empty result, and one without an object that the specs call for: Argo CD would prune it."""
    place = Place("/".join([*_inside(root, folder), "kustomization.yaml"]))
    if not output.strip():
        help_ = "an app that is not deployed here has no Application: sync the hub's root Application first"
        raise TenantspecError([Diagnostic("TS931", "the build is empty", place, help=help_)])
    configs = _configs(_inside(root, folder))
    kinds = [config["kind"] for config in own_generators(folder) or ()]
    if sorted(kinds) == [config["kind"] for config in configs]:
        return  # built in this process, by these very functions
    built = {_identity(item) for item in items_of(output, place)}
    wanted = [_identity(item) for config in configs for item in expand(Tree(root), config, place)[0]]
    missing = [identity for identity in wanted if identity not in built]
    if missing:
        names = ", ".join("/".join(part for part in one if part) for one in missing[:_MOST_NAMED])
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        help_ = "generate everything that the specs call for; a patch with $patch: delete removes an object"
        message = f"the build lacks {names}{more}, so Argo CD would prune it"
        raise TenantspecError([Diagnostic("TS932", message, place, help=help_)])


def _identity(item: Any) -> tuple[str, str, str, str]:
    """Return the group, kind, namespace and name of a manifest, which kustomize has printed."""
    meta = item["metadata"]
    group = item["apiVersion"].rpartition("/")[0]
    return (group, item["kind"], meta.get("namespace", ""), meta["name"])
