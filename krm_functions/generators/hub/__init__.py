"""What one hub's Argo CD holds: a table per function kind."""

from __future__ import annotations

from krm_functions.generators.hub.applications import applications
from krm_functions.generators.hub.applicationsets import applicationsets
from krm_functions.generators.hub.clusters import clusters
from krm_functions.generators.hub.components import components
from krm_functions.generators.hub.installation import installation
from krm_functions.generators.hub.platform_project import platform_project
from krm_functions.generators.hub.plugin import plugin
from krm_functions.generators.hub.projects import projects
from krm_functions.generators.hub.registrations import registrations
from krm_functions.generators.hub.root import root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Final

    from krm_functions.estate.model import HubView
    from krm_functions.manifests.base import Manifest

    Generators = Mapping[str, Callable[[HubView], Iterable[Manifest]]]

TENANT_APPLICATIONS: Final[Generators] = {
    "applications": applications,
    "applicationsets": applicationsets,
    "projects": projects,
}
INFRA_APPLICATIONS: Final[Generators] = {
    "clusters": clusters,
    "components": components,
    "platform_project": platform_project,
}
ROOT_APPLICATION: Final[Generators] = {"root": root}
ARGO_INSTALLATION: Final[Generators] = {
    "installation": installation,
    "plugin": plugin,
    "registrations": registrations,
}
