"""Whether a function config stands in the folder that is its own: a copy left unedited deploys the wrong thing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.diagnostics import Collector, Place
    from krm_functions.spec.scalars import Written


def check_folder(config: Written, place: Place, out: Collector) -> None:
    """Keep a diagnostic for each part of the folder's path that the config contradicts."""
    parts = place.file.split("/")[:-1]
    if config["kind"] == "AppOverlay":
        _check_overlay(config, parts, place, out)
    elif config["kind"] == "ClusterOverlay":
        _check_cluster(config, parts, place, out)


def _check_overlay(config: Written, parts: list[str], place: Place, out: Collector) -> None:
    match parts:
        case ["tenants", tenant, "apps", app, "overlays", environment]:
            metadata, spec = config["metadata"], config["spec"]
            _agree(
                "metadata.namespace", metadata["namespace"], tenant, place.at("metadata", "namespace"), out
            )
            _agree("metadata.name", metadata["name"], app, place.at("metadata", "name"), out)
            _agree("spec.environment", spec["environment"], environment, place.at("spec", "environment"), out)


def _check_cluster(config: Written, parts: list[str], place: Place, out: Collector) -> None:
    spec = config["spec"]
    match parts:
        case ["clusters", _, environment, "dedicated", cluster]:
            _agree("spec.environment", spec["environment"], environment, place.at("spec", "environment"), out)
            _agree(
                "spec.cluster",
                spec.get("cluster", "the shared one"),
                cluster,
                place.at("spec", "cluster"),
                out,
            )
        case ["clusters", _, environment]:
            _agree("spec.environment", spec["environment"], environment, place.at("spec", "environment"), out)


def _agree(field: str, written: str, folder: str, place: Place, out: Collector) -> None:
    if written != folder:
        note = "run 'tenantspec sync', or write what the folder says"
        out.error("TS206", f"{field} is '{written}', but the folder is '{folder}'", place, note=note)
