"""Starts an estate that builds at once: a platform, one tenant with one app, the base, one component."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from krm_functions.diagnostics import Collector, Diagnostic, Place, TenantspecError
from krm_functions.documents import yaml
from krm_functions.documents.tree import PLATFORM_FILE, Tree
from krm_functions.estate.estate import Estate
from krm_functions.manifests.base import packaged
from krm_functions.scaffold import sync
from krm_functions.scaffold.draft import Change
from krm_functions.scaffold.edit import CannotEditError, put
from krm_functions.scaffold.texts import CERT_MANAGER, PLATFORM, SCHEMAS, document, spec_text
from krm_functions.scaffold.write import write
from krm_functions.spec import platform
from krm_functions.spec.json_schema import files
from krm_functions.spec.load import Specs, app_file, component_file, tenant_file, versions_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from krm_functions.diagnostics import FieldPath

LOCAL = "schemas"
"""Folder of the estate's own copy of the schemas, so that an editor needs no network; renewed by `schema -o`."""
TENANT, APP = "team-a", "web"
IMAGE, VERSION, PORT = "ghcr.io/stefanprodan/podinfo", "6.9.1", 9898


def init(
    folder: str,
    *,
    name: str = "",
    domain: str = "",
    repository: str = "",
    revision: str = "",
    path: str = "",
) -> list[str]:
    """Write a new estate into a folder, made if it is missing; return its files.

    Options that are left empty keep the example's value; the name is then the folder's. ``path`` is the
    folder's place in its repository.

    Raises:
        TenantspecError: an option is no valid value, or a file is there already (TS208).

    """
    root = os.path.realpath(folder)
    spec = {("domain",): domain, ("repository", "url"): repository}
    spec |= {("repository", "revision"): revision, ("repository", "path"): path}
    texts = dict(_texts(name or os.path.basename(root), spec))
    _check(texts[PLATFORM_FILE])
    _check_free(root, texts)
    written = write(root, (Change(file, None, text, "", Place(file)) for file, text in texts.items()))
    return sorted(written + sync.apply(sync.plan(Estate(Specs(Tree(root))))))


def _texts(name: str, spec: dict[tuple[str, ...], str]) -> Iterator[tuple[str, str]]:
    yield PLATFORM_FILE, _platform(name, spec)
    tenant = {"displayName": "Team A", "owners": {"groups": [f"{TENANT}-admins"]}, "quota": "small"}
    yield _spec(tenant_file(TENANT), "Tenant", {"name": TENANT}, tenant)
    metadata = {"name": APP, "namespace": TENANT}
    app = {"image": IMAGE, "port": PORT, "health": "/healthz", "expose": {"host": APP}}
    yield _spec(app_file(TENANT, APP), "App", metadata, app)
    versions = dict.fromkeys(("dev", "stg", "prod"), VERSION)
    yield _spec(versions_file(TENANT, APP), "AppVersions", metadata, versions)
    component = component_file(CERT_MANAGER["metadata"]["name"])
    yield component, spec_text(component, CERT_MANAGER, LOCAL)
    yield from ((f"{LOCAL}/{file}", text) for file, text in files().items())
    yield from _base()


def _spec(file: str, kind: str, metadata: dict[str, str], spec: Mapping[str, object]) -> tuple[str, str]:
    return file, spec_text(file, document(kind, metadata, dict(spec)), LOCAL)


def _platform(name: str, spec: dict[tuple[str, ...], str]) -> str:
    values: dict[FieldPath, str] = {("metadata", "name"): name}
    values |= {("spec", *path): value for path, value in spec.items() if value}
    text = PLATFORM.replace(SCHEMAS, LOCAL, 1)
    for path, value in values.items():
        try:
            text = put(text, path, value)
        except CannotEditError as error:
            message = f"{'.'.join(map(str, path))} cannot be written as one line of YAML"
            raise TenantspecError([Diagnostic("TS203", message)]) from error
    return text


def _base() -> Iterator[tuple[str, str]]:
    top = packaged()
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as stream:
                yield f"base/{os.path.relpath(path, top).replace(os.sep, '/')}", stream.read()


def _check(text: str) -> None:
    out = Collector()
    platform.platform.check(yaml.read(text).documents[0], Place(PLATFORM_FILE), out)
    out.raise_if_failed()


def _check_free(root: str, texts: dict[str, str]) -> None:
    out = Collector()
    if os.path.lexists(root) and not os.path.isdir(root):
        out.error("TS208", f"{os.path.basename(root)} exists already, and is a file")
    for file in [PLATFORM_FILE] if os.path.lexists(os.path.join(root, PLATFORM_FILE)) else texts:
        if os.path.lexists(os.path.join(root, file)):
            help_ = "choose another folder, or add to the estate with 'tenantspec add'"
            out.error("TS208", f"{file} exists already in {os.path.basename(root)}", Place(file), help=help_)
    out.raise_if_failed()
