"""Adds to an estate: a tenant, an app, an environment, a cluster's facts. The caller runs sync afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krm_functions.diagnostics import Place, TenantspecError
from krm_functions.documents import yaml
from krm_functions.documents.tree import PLATFORM_FILE, Tree
from krm_functions.estate.containers import image as parsed_image
from krm_functions.estate.estate import Estate
from krm_functions.estate.known import check_names
from krm_functions.estate.platform import resolve_platform
from krm_functions.estate.tenant import resolve_tenant
from krm_functions.scaffold.draft import Draft
from krm_functions.scaffold.texts import document, schemas_of, spec_text
from krm_functions.scaffold.write import write
from krm_functions.spec import app as app_model, platform as platform_model, tenant as tenant_model
from krm_functions.spec.load import Source, Specs, app_file, tenant_file, versions_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from krm_functions.spec.composites import Object
    from krm_functions.spec.scalars import Written


class _Addition:
    """One addition to an estate: checked as a whole, written as a whole."""

    def __init__(self, root: str) -> None:
        self.estate = Estate(Specs(Tree(root)))
        self.out = self.estate.out
        self.draft = Draft(self.estate.specs.tree)
        self.platform = self.estate.platform

    def new(self, file: str, title: str, written: Written, model: Object) -> None:
        """Decide on a new file that a model accepts."""
        if self.draft.text_exists(file):
            self.exists(title, Place(file))
        model.check(written, Place(file), self.out)
        self.out.raise_if_failed()
        schemas = schemas_of(self.draft.text(PLATFORM_FILE) or "")
        self.draft.write(file, spec_text(file, written, schemas), "is new")

    def exists(self, title: str, place: Place) -> None:
        """End with the diagnostic of a name that is taken."""
        self.out.error("TS208", f"{title} exists already", place, help="choose another name, or edit it")
        raise TenantspecError(self.out.diagnostics)

    def finish(self) -> list[str]:
        """Write what was decided, unless anything is wrong with it."""
        self.draft.check_writable()
        self.out.raise_if_failed()
        return write(self.draft.tree.root, self.draft.changes())


def add_tenant(
    root: str,
    name: str,
    *,
    display_name: str = "",
    owners: Sequence[str] = (),
    quota: str = "",
    environments: Sequence[str] = (),
) -> list[str]:
    """Write a tenant's spec; ``owners`` are groups. Return the files written.

    Raises:
        TenantspecError: the name is taken (TS208), or the spec would not be valid.

    """
    addition = _Addition(root)
    spec = {
        "displayName": display_name,
        "owners": {"groups": list(owners)} if owners else {},
        "quota": quota,
        "environments": list(environments),
    }
    file, written = tenant_file(name), document("Tenant", {"name": name}, spec)
    addition.new(file, f"the tenant '{name}'", written, tenant_model.tenant)
    estate = addition.estate
    resolve_tenant(Source(file, written), estate.platform_source, addition.platform, addition.out)
    return addition.finish()


def add_app(
    root: str,
    tenant: str,
    name: str,
    *,
    image: str,
    port: int | None = None,
    health: str = "",
    expose: bool | str = False,
) -> list[str]:
    """Write an app's spec and versions: an image's version starts in the first stage; return the files.

    ``expose`` is the host label, or True for the app's name.

    Raises:
        TenantspecError: the name is taken (TS208), the tenant is unknown, or the spec would not be valid.

    """
    addition = _Addition(root)
    _check_tenant(addition, tenant)
    metadata = {"name": name, "namespace": tenant}
    repository, version = _versioned(image)
    host = {"host": expose} if isinstance(expose, str) and expose else expose
    spec = {"image": repository, "port": port, "health": health, "expose": host}
    title = f"the app '{tenant}/{name}'"
    addition.new(app_file(tenant, name), title, document("App", metadata, spec), app_model.app)
    versions = document("AppVersions", metadata, _first_stage(addition, tenant, version))
    addition.new(versions_file(tenant, name), title, versions, app_model.app_versions)
    return addition.finish()


def add_environment(
    root: str, name: str, *, stage: str, region: str, hub: str, cluster: str, purpose: str = ""
) -> list[str]:
    """Add an environment to platform.yaml, all other bytes kept; return the files written.

    Raises:
        TenantspecError: the name is taken (TS208), or the platform would not be valid.

    """
    facts = {"stage": stage, "region": region, "hub": hub, "cluster": cluster}
    return _extend(root, "environments", name, facts | ({"purpose": purpose} if purpose else {}))


def add_cluster(root: str, name: str, facts: Mapping[str, object]) -> list[str]:
    """Add facts about a cluster to platform.yaml, all other bytes kept; return the files written.

    Raises:
        TenantspecError: the name is taken (TS208), or the platform would not be valid.

    """
    return _extend(root, "clusters", name, dict(facts))


def _extend(root: str, field: str, name: str, facts: Written) -> list[str]:
    addition = _Addition(root)
    path = ("spec", field, name)
    if name in (addition.estate.platform_source.spec.get(field) or {}):
        addition.exists(f"the {field.removesuffix('s')} '{name}'", Place(PLATFORM_FILE, path, on_key=True))
    reason = f"cannot take the {field.removesuffix('s')} '{name}'"
    addition.draft.edit(PLATFORM_FILE, path, facts, reason, after="environments")
    addition.out.raise_if_failed()
    written = yaml.read(addition.draft.text(PLATFORM_FILE) or "").documents[0]
    platform_model.platform.check(written, Place(PLATFORM_FILE), addition.out)
    addition.out.raise_if_failed()
    resolve_platform(Source(PLATFORM_FILE, written), addition.out)
    return addition.finish()


def _check_tenant(addition: _Addition, tenant: str) -> None:
    specs = addition.estate.specs
    known = [name for name in specs.tenant_names() if specs.has_tenant(name)]
    check_names("tenant", [tenant], known, Place(tenant_file(tenant)), addition.out)
    addition.out.raise_if_failed()


def _versioned(reference: str) -> tuple[str, str]:
    """Split an image reference into its repository and a version as AppVersions writes it."""
    image = parsed_image(reference)
    version = f"{image.tag}@{image.digest}" if image.tag and image.digest else image.tag or image.digest
    return image.repository, version


def _first_stage(addition: _Addition, tenant: str, version: str) -> Written:
    owner = addition.estate.tenant(tenant)
    addition.out.raise_if_failed()
    environments = addition.estate.environments(owner) if owner else []
    first = [e for e in environments if e.stage == environments[0].stage]
    return {environment.name: version for environment in first}
