"""A vendored chart → the app's manifests, by `helm template` without network, cluster or plugins."""

from __future__ import annotations

import os

from krm_functions.charts import helm
from krm_functions.charts.faults import ChartError
from krm_functions.charts.lock import folder_of, verified
from krm_functions.charts.stamp import phase, stamped
from krm_functions.documents import yaml
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from krm_functions.documents.tree import Tree
    from krm_functions.estate.model import App, Chart
    from krm_functions.manifests.base import Manifest

MOST: Final = 2**20
"""Values that a chart may print."""
_API_VERSIONS: Final = (
    "external-secrets.io/v1",
    "gateway.networking.k8s.io/v1",
    "monitoring.coreos.com/v1",
)
"""APIs beyond Kubernetes' own that a tenant may hold objects of: charts ask before they use one."""


class Charted(Record):
    """What a chart became, and what of it was left out, a sentence each."""

    manifests: tuple[Manifest, ...]
    left_out: tuple[str, ...]


def charted(tree: Tree, app: App, chart: Chart) -> Charted:
    """Return the manifests of a chart as the app's own.

    Raises:
        ChartError: it is not vendored as locked, cannot be used, or helm refuses it.
        TenantspecError: charts/lock.yaml is broken.

    """
    path = verified(tree, chart)
    usable(path, folder_of(chart))
    documents = list(_objects(helm.template(_arguments(app, path), _values(chart)), chart))
    kept, left_out = [], list(_crds(path, chart))
    for document in documents:
        if phase(document) is None:
            left_out.append(f"the chart {folder_of(chart)} has a hook that no sync runs: {_called(document)}")
        else:
            kept.append(stamped(app, document))
    return Charted(tuple(kept), tuple(left_out))


def usable(path: str, name: str) -> None:
    """Refuse a folder that is no chart, or one that cannot be installed.

    Raises:
        ChartError: it has no readable Chart.yaml, is a library, or lacks a dependency (TS632).

    """
    about = _about(path, name)
    if about.get("type") == "library":
        raise ChartError("TS632", f"{name} is a library chart", "name the chart that uses it")
    needed = about.get("dependencies") or []
    for dependency in needed if isinstance(needed, list) else []:
        wanted = dependency.get("name") if isinstance(dependency, dict) else None
        below = os.path.join(path, "charts")
        there = os.listdir(below) if os.path.isdir(below) else []
        if wanted and not any(entry == wanted or entry.startswith(f"{wanted}-") for entry in there):
            message = f"{name} lacks the chart that it depends on: {wanted}"
            raise ChartError("TS632", message, "take a packaged chart: its dependencies are inside")


def _about(path: str, name: str) -> dict[str, Any]:
    try:
        with open(os.path.join(path, "Chart.yaml"), encoding="utf-8") as stream:
            read = yaml.read(stream.read())
    except (OSError, UnicodeDecodeError) as error:
        raise ChartError(
            "TS632", f"{name} has no Chart.yaml that can be read", "run 'tenantspec vendor'"
        ) from error
    document = read.documents[0] if len(read.documents) == 1 and not read.problems else None
    if not isinstance(document, dict):
        raise ChartError(
            "TS632", f"Chart.yaml of {name} is not one mapping", "take another version of the chart"
        )
    return document


def _arguments(app: App, path: str) -> list[str]:
    facts = app.platform.cluster(app.cluster)
    version = ["--kube-version", facts.kubernetes] if facts and facts.kubernetes else []
    apis = [f"--api-versions={version}" for version in _API_VERSIONS]
    return [app.id, path, "--namespace", app.namespace, "--skip-tests", *version, *apis]


def _values(chart: Chart) -> str:
    import json  # noqa: PLC0415  (JSON is YAML; only an app with a chart pays for the import)

    return json.dumps(chart.values)


def _objects(printed: str, chart: Chart) -> Iterator[Any]:
    read = yaml.read(printed, MOST)
    if read.problems:
        said = "; ".join(problem.message for problem in read.problems[:3])
        help_ = "what the chart prints is not YAML as kustomize reads it: take another version"
        raise ChartError("TS320", f"the chart {folder_of(chart)} prints what cannot be read: {said}", help_)
    for document in read.documents:
        if document is None:
            continue
        named = isinstance(document, dict) and isinstance(document.get("metadata"), dict)
        if not named or not all(isinstance(document.get(key), str) for key in ("apiVersion", "kind")):
            help_ = "each document has apiVersion, kind and metadata: take another version"
            raise ChartError(
                "TS320", f"the chart {folder_of(chart)} prints what is no object of Kubernetes'", help_
            )
        yield document


def _crds(path: str, chart: Chart) -> Iterator[str]:
    if os.path.isdir(os.path.join(path, "crds")):
        yield f"the chart {folder_of(chart)} brings CustomResourceDefinitions, which a tenant may not install"


def _called(document: Manifest) -> str:
    return f"{document['kind']} {document['metadata'].get('name', '')}".rstrip()
