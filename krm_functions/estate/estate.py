"""The estate: platform, tenants and apps, each resolved once and only when asked for.

An overlay asks for one app and reads a handful of files; the fleet asks for everything.
"""

from __future__ import annotations

from functools import cached_property

from krm_functions.diagnostics import Diagnostic, Place, Severity, TenantspecError
from krm_functions.estate import references
from krm_functions.estate.app import resolve_app
from krm_functions.estate.known import check_layers, check_names
from krm_functions.estate.platform import resolve_platform
from krm_functions.estate.settings import Settings, settings
from krm_functions.estate.tenant import resolve_tenant
from krm_functions.spec.load import versions_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.diagnostics import Collector
    from krm_functions.estate.model import App, Environment, Platform, Tenant
    from krm_functions.spec.load import Source, Specs

_NOWHERE = Place("kustomization.yaml")


class Estate:
    """A lazy view of all specs below one root; what is broken is None, with its diagnostics in ``out``.

    ``config_place`` is where a function's config stands, for what is wrong with the config itself.
    """

    def __init__(self, specs: Specs, config_place: Place = _NOWHERE) -> None:
        self.specs = specs
        self.config_place = config_place
        self.out: Collector = specs.out
        self._tenants: dict[str, Tenant | None] = {}
        self._settings: dict[tuple[str, str, str], Settings | None] = {}
        self._apps: dict[tuple[str, str, str], App | None] = {}
        self._checked: set[str] = set()

    @cached_property
    def platform_source(self) -> Source:
        """The Platform as written.

        Raises:
            TenantspecError: there is none, or it is broken; nothing can be said without it.

        """
        source = self.specs.platform()
        if source is None:
            raise TenantspecError(self.out.diagnostics)
        return source

    @cached_property
    def platform(self) -> Platform:
        """The Platform, resolved.

        Raises:
            TenantspecError: it contradicts itself.

        """
        platform = resolve_platform(self.platform_source, self.out)
        if any(d.place and d.place.file == self.platform_source.file for d in self.out.diagnostics):
            raise TenantspecError(self.out.diagnostics)
        return platform

    def tenant(self, name: str) -> Tenant | None:
        """Return a tenant by its name."""
        if name not in self._tenants:
            source = self.specs.tenant(name)
            self._tenants[name] = self._tenant(source) if source else None
        return self._tenants[name]

    def _tenant(self, source: Source) -> Tenant:
        return resolve_tenant(source, self.platform_source, self.platform, self.out)

    def tenants(self) -> list[Tenant]:
        """Return all tenants, by name."""
        return [tenant for name in self.specs.tenant_names() if (tenant := self.tenant(name))]

    def environments(self, tenant: Tenant) -> list[Environment]:
        """Return the environments a tenant runs in, in the platform's order."""
        return [
            environment
            for environment in self.platform.environments
            if environment.name in tenant.environments
        ]

    def settings(self, tenant: str, app: str, environment: Environment) -> Settings | None:
        """Return an app's folded settings, or None if it, its tenant or its tenant's spec is broken."""
        key = (tenant, app, environment.name)
        if key not in self._settings:
            owner, source = self.specs.tenant(tenant), self.specs.app(tenant, app)
            if source and source.file not in self._checked:
                self._checked.add(source.file)
                check_layers(source, (), self.platform, self.out)
            self._settings[key] = (
                settings(self.platform_source, owner, source, environment) if owner and source else None
            )
        return self._settings[key]

    def enabled(self, tenant: str, app: str, environment: Environment) -> bool:
        """Whether an app is wanted in an environment: its tenant runs there and nobody disabled it."""
        owner = self.tenant(tenant)
        said = self.settings(tenant, app, environment)
        return bool(
            owner
            and said
            and environment.name in owner.environments
            and said.written.get("enabled") is not False
        )

    def app(self, tenant: str, app: str, environment: Environment) -> App | None:
        """Return an app in an environment; None if it is broken, disabled, or has no version there yet."""
        key = (tenant, app, environment.name)
        if key not in self._apps:
            self._apps[key] = self._resolve(tenant, app, environment)
        return self._apps[key]

    def apps(self, tenant: Tenant, environment: Environment) -> list[App]:
        """Return a tenant's apps in an environment, by name."""
        names = self.specs.app_names(tenant.name)
        return [app for name in names if (app := self.app(tenant.name, name, environment))]

    def version(self, tenant: str, app: str, environment: Environment) -> str | None:
        """Return the version that AppVersions gives, the empty string without such a file, else None."""
        versions = self.specs.versions(tenant, app)
        if versions is None:
            return ""
        if versions.file not in self._checked:
            self._checked.add(versions.file)
            known = [e.name for e in self.platform.environments]
            for name in versions.spec:
                check_names("environment", [name], known, versions.place(name), self.out, on_key=True)
        return versions.spec.get(environment.name)

    def _resolve(self, tenant_name: str, name: str, environment: Environment) -> App | None:
        tenant = self.tenant(tenant_name)
        said = self.settings(tenant_name, name, environment)
        version = self.version(tenant_name, name, environment)
        if tenant is None or said is None or not self.enabled(tenant_name, name, environment):
            return None
        if version == "" and self.specs.tree.exists(versions_file(tenant_name, name)):
            return None  # the file is broken, and its problems are told
        if version is None:
            self.out.add(self._waiting(tenant_name, name, environment))
            return None
        before = len(self.out.diagnostics)
        app = resolve_app(
            self.platform,
            self.platform_source.spec.get("sizes") or {},
            tenant,
            environment,
            (name, self.app_id(tenant_name, name)),
            said,
            version,
            references.needs(self, tenant_name, name, environment, said),
            references.resolver(self, tenant_name, environment),
            self.out,
        )
        if app.chart and not app.chart.version:
            note = "add a version to the chart, or a versions.yaml beside the app"
            self.out.error(
                "TS306", f"no version of {tenant_name}/{name} from anywhere", said.place("chart"), note=note
            )
        if (
            not app.chart
            and app.main.image.repository
            and not app.main.image.tag
            and not app.main.image.digest
        ):
            note = "add a tag to the image, or a versions.yaml beside the app"
            self.out.error(
                "TS306", f"no version of {tenant_name}/{name} from anywhere", said.place("image"), note=note
            )
        broken = any(d.severity is Severity.ERROR for d in self.out.diagnostics[before:])
        return None if broken else app

    def app_id(self, tenant: str, app: str) -> str:
        """Return the stable name of an app in what is emitted."""
        source = self.specs.app(tenant, app)
        return str(source.spec.get("id") or app) if source else app

    def _waiting(self, tenant: str, app: str, environment: Environment) -> Diagnostic:
        versions = self.specs.versions(tenant, app)
        return Diagnostic(
            "TS307",
            f"{tenant}/{app} is not deployed in {environment.name}: it has no version there yet",
            versions.place() if versions else None,
            severity=Severity.INFO,
        )
