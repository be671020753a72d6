"""Every kind of document, in the order in which a person meets them, and a sentence about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from krm_functions.spec.app import app, app_versions
from krm_functions.spec.component import component
from krm_functions.spec.functions import FUNCTIONS, TRANSFORMERS
from krm_functions.spec.platform import platform
from krm_functions.spec.tenant import tenant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from krm_functions.spec.composites import Object

KINDS: Final[Mapping[str, Object]] = {
    "Platform": platform,
    "Tenant": tenant,
    "App": app,
    "AppVersions": app_versions,
    "Component": component,
    **FUNCTIONS,
    **TRANSFORMERS,
}

ABOUT: Final[Mapping[str, str]] = {
    "Platform": "The estate: its environments, hubs and clusters, its conventions and its guardrails.",
    "Tenant": "One tenant: who owns it, where it runs, and what it may use and claim.",
    "App": "One app of a tenant: what runs, how it is reached, and what differs by stage or environment.",
    "AppVersions": "The version of one app in each environment: the only file that a machine edits.",
    "Component": "One platform component, such as an ingress controller, on the cluster of every environment.",
    "AppOverlay": "Generates the manifests of one app in one environment.",
    "ClusterOverlay": "Generates what the tenants of one cluster need: namespaces, quotas, network rules and roles.",
    "EnvironmentOverlay": "Generates what ClusterOverlay gives for a cluster, and every app that is placed there.",
    "TenantApplications": "Generates the AppProjects of a hub's tenants and the Applications of their apps.",
    "InfraApplications": "Generates a hub's Applications for the platform's components and the cluster overlays.",
    "RootApplication": "Generates the one Application from which a hub's Argo CD manages itself and all others.",
    "ArgoInstallation": "Generates the settings of a hub's Argo CD: the plugin, the health checks, access.",
    "TenancyGuard": "Checks the whole estate and passes its items through unchanged, or fails the build.",
}
"""What a document of each kind is for."""
