"""The function configs: what a kustomization lists under generators or transformers."""

from __future__ import annotations

from krm_functions.spec.common import cluster_metadata, dns_label, dns_name, document, string, tenant_metadata
from krm_functions.spec.composites import Field, Object
from krm_functions.spec.scalars import Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

ROOT = Field(
    "root",
    Text("a path", r"[^\x00]+", 4096),
    "Folder with platform.yaml, from the kustomization.",
    default="the nearest one above",
    example="../..",
)
"""Where the estate is; every function takes it."""
_hub = Field("hub", dns_label, "One of the platform's hubs.", required=True, example="us-west-2")
_environment = Field(
    "environment", dns_label, "One of the platform's environments.", required=True, example="dev"
)
_cluster = Field(
    "cluster",
    dns_name,
    "A dedicated cluster.",
    default="the environment's shared one",
    example="k8s-a-prod-eu-1",
)
ANY_NAME = cluster_metadata(string, "Any name.")
"""The metadata of a config that is found by its place, not by its name."""

FUNCTIONS: Final[Mapping[str, Object]] = {
    "AppOverlay": document("AppOverlay", tenant_metadata("The app's name."), Object(_environment, ROOT)),
    "ClusterOverlay": document("ClusterOverlay", ANY_NAME, Object(_environment, _cluster, ROOT)),
    "EnvironmentOverlay": document("EnvironmentOverlay", ANY_NAME, Object(_environment, _cluster, ROOT)),
    "TenantApplications": document("TenantApplications", ANY_NAME, Object(_hub, ROOT)),
    "InfraApplications": document("InfraApplications", ANY_NAME, Object(_hub, ROOT)),
    "RootApplication": document("RootApplication", ANY_NAME, Object(_hub, ROOT)),
    "ArgoInstallation": document("ArgoInstallation", ANY_NAME, Object(_hub, ROOT)),
}
"""What stands under generators."""

TRANSFORMERS: Final[Mapping[str, Object]] = {
    "TenancyGuard": document("TenancyGuard", ANY_NAME, Object(ROOT), spec_required=False),
}
"""What stands under transformers, last."""
