"""What a function outside of this package may build on; all else may change with any version.

A function takes the estate, in which everything is decided, and its own checked config, and yields
manifests. What it finds wrong it adds to `estate.out`; an error there fails the build.
"""

from krm_functions.diagnostics import Diagnostic, Place, Severity, TenantspecError
from krm_functions.estate.estate import Estate
from krm_functions.estate.model import App, Environment, Platform, Tenant
from krm_functions.functions.own import ENVIRONMENT, Own, environment
from krm_functions.manifests.base import Manifest
from krm_functions.manifests.metadata import app_labels, manifest, metadata, selector
from krm_functions.spec.common import boolean, dns_label, dns_name, string
from krm_functions.spec.composites import Field, ListOf, MapOf, Object
from krm_functions.spec.scalars import Choice, Integer, Text

__all__ = [
    "ENVIRONMENT",
    "App",
    "Choice",
    "Diagnostic",
    "Environment",
    "Estate",
    "Field",
    "Integer",
    "ListOf",
    "Manifest",
    "MapOf",
    "Object",
    "Own",
    "Place",
    "Platform",
    "Severity",
    "Tenant",
    "TenantspecError",
    "Text",
    "app_labels",
    "boolean",
    "dns_label",
    "dns_name",
    "environment",
    "manifest",
    "metadata",
    "selector",
    "string",
]
