"""Specs of an estate, each read and checked once, found by the folders that DESIGN and kustomize share."""

from __future__ import annotations

from krm_functions.diagnostics import Place
from krm_functions.records import Record
from krm_functions.spec import app, component, platform, tenant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.diagnostics import Collector
    from krm_functions.documents.tree import Tree
    from krm_functions.spec.composites import Object
    from krm_functions.spec.scalars import Written

PLATFORM = "platform.yaml"


class Source(Record):
    """One accepted document and where it stands."""

    file: str
    document: Written

    @property
    def spec(self) -> Written:
        """The document's spec; empty if it says ``null``."""
        return self.document.get("spec") or {}

    @property
    def name(self) -> str:
        """The document's metadata.name."""
        return str(self.document["metadata"]["name"])

    def place(self, *path: str | int) -> Place:
        """Return the place of a value below the spec."""
        return Place(self.file, ("spec", *path))


def tenant_file(name: str) -> str:
    """Return where a tenant's spec stands."""
    return f"tenants/{name}/config/tenant.yaml"


def app_file(tenant_name: str, name: str) -> str:
    """Return where an app's spec stands."""
    return f"tenants/{tenant_name}/apps/{name}/app.yaml"


def versions_file(tenant_name: str, name: str) -> str:
    """Return where an app's versions stand."""
    return f"tenants/{tenant_name}/apps/{name}/versions.yaml"


def component_file(name: str) -> str:
    """Return where a component's spec stands."""
    return f"infra/{name}/component.yaml"


class Specs:
    """The specs below a tree's root; a broken one is None, with its diagnostics in ``out``."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.out: Collector = tree.collector
        self._loaded: dict[str, Source | None] = {}

    def platform(self) -> Source | None:
        """Return the estate's Platform."""
        return self._load(PLATFORM, platform.platform, None, None)

    def tenant_names(self) -> list[str]:
        """Return the names of the tenants' folders."""
        return self.tree.folders("tenants")

    def tenant(self, name: str) -> Source | None:
        """Return a tenant; None without a diagnostic of its own if another document names it."""
        return self._load(tenant_file(name), tenant.tenant, name, None)

    def has_tenant(self, name: str) -> bool:
        """Whether a tenant has a spec."""
        return self.tree.exists(tenant_file(name))

    def app_names(self, tenant_name: str) -> list[str]:
        """Return the names of a tenant's app folders."""
        return self.tree.folders(f"tenants/{tenant_name}/apps")

    def app(self, tenant_name: str, name: str) -> Source | None:
        """Return an app."""
        return self._load(app_file(tenant_name, name), app.app, name, tenant_name)

    def has_app(self, tenant_name: str, name: str) -> bool:
        """Whether an app has a spec."""
        return self.tree.exists(app_file(tenant_name, name))

    def versions(self, tenant_name: str, name: str) -> Source | None:
        """Return an app's versions, or None if it has no such file."""
        file = versions_file(tenant_name, name)
        return self._load(file, app.app_versions, name, tenant_name) if self.tree.exists(file) else None

    def component_names(self) -> list[str]:
        """Return the names of the components' folders."""
        return self.tree.folders("infra")

    def component(self, name: str) -> Source | None:
        """Return a component."""
        return self._load(component_file(name), component.component, name, None)

    def _load(self, file: str, model: Object, name: str | None, namespace: str | None) -> Source | None:
        if file not in self._loaded:
            self._loaded[file] = self._decode(file, model, name, namespace)
        return self._loaded[file]

    def _decode(self, file: str, model: Object, name: str | None, namespace: str | None) -> Source | None:
        before = len(self.out.diagnostics)
        document = self.tree.document(file)
        if document is None:
            return None
        model.check(document, Place(file), self.out)
        if len(self.out.diagnostics) == before:
            self._names(file, document, "name", name)
            self._names(file, document, "namespace", namespace)
        return Source(file, document) if len(self.out.diagnostics) == before else None

    def _names(self, file: str, document: Written, key: str, folder: str | None) -> None:
        written = document["metadata"].get(key)
        if folder is not None and written != folder:
            message = f"metadata.{key} is '{written}', but the folder is '{folder}'"
            note = f"write '{folder}', or rename the folder; `id` keeps what is emitted"
            self.out.error("TS206", message, Place(file, ("metadata", key)), note=note)
