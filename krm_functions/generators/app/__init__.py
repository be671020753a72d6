"""What one app in one environment becomes."""

from __future__ import annotations

from krm_functions.generators.app.accounts import accounts
from krm_functions.generators.app.claims import claims
from krm_functions.generators.app.disruption import disruption
from krm_functions.generators.app.exposure import exposure
from krm_functions.generators.app.files import files
from krm_functions.generators.app.metrics import metrics
from krm_functions.generators.app.scaling import scaling
from krm_functions.generators.app.secrets import secrets
from krm_functions.generators.app.services import services
from krm_functions.generators.app.workloads import workloads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Final

    from krm_functions.estate.model import App
    from krm_functions.manifests.base import Base, Manifest

    Generator = Callable[[App, Base], Iterable[Manifest]]

APP_GENERATORS: Final[Mapping[str, Generator]] = {
    "accounts": accounts,
    "claims": claims,
    "disruption": disruption,
    "exposure": exposure,
    "files": files,
    "metrics": metrics,
    "scaling": scaling,
    "secrets": secrets,
    "services": services,
    "workloads": workloads,
}
