"""Which function answers which kind; a function is imported only when its kind is asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from krm_functions.estate.estate import Estate
    from krm_functions.manifests.base import Manifest
    from krm_functions.spec.scalars import Written

    Function = Callable[[Estate, Written], Iterable[Manifest]]
    Transformer = Callable[[Estate, Written, Sequence[Any]], None]
    """It looks at items and keeps what is wrong with them in the estate's ``out``; the items stay as they are."""

KINDS = (
    "AppOverlay",
    "ArgoInstallation",
    "ClusterOverlay",
    "EnvironmentOverlay",
    "InfraApplications",
    "RootApplication",
    "TenantApplications",
)
TRANSFORMERS = ("TenancyGuard",)


def function(kind: str) -> Function:
    """Return the function of a kind in ``KINDS``."""
    if kind == "AppOverlay":
        from krm_functions.functions.app_overlay import app_overlay  # noqa: PLC0415

        return app_overlay
    if kind == "ClusterOverlay":
        from krm_functions.functions.cluster_overlay import cluster_overlay  # noqa: PLC0415

        return cluster_overlay
    if kind == "EnvironmentOverlay":
        from krm_functions.functions.environment_overlay import environment_overlay  # noqa: PLC0415

        return environment_overlay
    from krm_functions.functions.hub import HUB_FUNCTIONS  # noqa: PLC0415

    return HUB_FUNCTIONS[kind]


def transformer(kind: str) -> Transformer:
    """Return the function of a kind in ``TRANSFORMERS``."""
    del kind  # there is one
    from krm_functions.functions.tenancy_guard import tenancy_guard  # noqa: PLC0415

    return tenancy_guard
