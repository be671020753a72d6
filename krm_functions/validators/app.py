"""What is checked of one app in one environment, wherever it is rendered."""

from __future__ import annotations

from krm_functions.validators.capabilities import capabilities
from krm_functions.validators.claims import claims
from krm_functions.validators.idle import idle
from krm_functions.validators.images import images
from krm_functions.validators.patches import patches
from krm_functions.validators.replicas import replicas
from krm_functions.validators.residency import residency

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Final

    from krm_functions.diagnostics import Diagnostic
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App
    from krm_functions.estate.settings import Settings

    Validator = Callable[[Estate, App, Settings], Iterable[Diagnostic]]

APP_VALIDATORS: Final[Mapping[str, Validator]] = {
    "capabilities": capabilities,
    "claims": claims,
    "idle": idle,
    "images": images,
    "patches": patches,
    "replicas": replicas,
    "residency": residency,
}


def check_app(estate: Estate, app: App) -> None:
    """Keep the diagnostics of every validator for one app."""
    said = estate.settings(app.tenant.name, app.name, app.environment)
    if said is None:
        return
    for validate in APP_VALIDATORS.values():
        estate.out.diagnostics.extend(validate(estate, app, said))
