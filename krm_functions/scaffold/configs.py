"""The function configs that the estate's folders hold, as they are written afresh, and what is wrong with others."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from krm_functions.diagnostics import Collector, FieldPath, Place
from krm_functions.names import API_VERSION, Pairs
from krm_functions.scaffold import render
from krm_functions.spec.functions import FUNCTIONS

if TYPE_CHECKING:
    from krm_functions.spec.scalars import Written

_FREE = ("root", "hub")
"""Spec fields that a person may add: where the estate is, and what a patch puts in."""


class Config(NamedTuple):
    """One function config; ``implied`` is what it may say besides without meaning anything else."""

    kind: str
    name: str
    namespace: str = ""
    spec: Pairs = ()
    implied: Pairs = ()

    @property
    def document(self) -> Written:
        """The config as a document."""
        metadata = {"name": self.name} | ({"namespace": self.namespace} if self.namespace else {})
        return {"apiVersion": API_VERSION, "kind": self.kind, "metadata": metadata, "spec": dict(self.spec)}

    @property
    def text(self) -> str:
        """The config as it is written afresh."""
        return render.document(self.document)

    @property
    def title(self) -> str:
        """The config in words."""
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {name}"

    def leaves(self) -> dict[FieldPath, str]:
        """Return the values that must be so; only an app's config is bound to its name."""
        bound: dict[FieldPath, str] = {("apiVersion",): API_VERSION, ("kind",): self.kind}
        if self.namespace:
            bound |= {("metadata", "name"): self.name, ("metadata", "namespace"): self.namespace}
        return bound | {("spec", key): value for key, value in self.spec}

    def faults(self, document: Written, folder: str) -> list[str]:
        """Return what is wrong with a config that stands in a folder; nothing if it means this one."""
        out = Collector()
        wrong = [
            f"{'.'.join(map(str, path))} is {_shown(document, path)}, not '{value}'"
            for path, value in self.leaves().items()
            if value_at(document, path) != value
        ]
        if not wrong:
            FUNCTIONS[self.kind].check(document, Place(""), out)
        return wrong or [d.message for d in out.diagnostics] or self._surplus(document["spec"], folder)

    def _surplus(self, spec: Written, folder: str) -> list[str]:
        meant = {key for key, _ in self.spec} | {key for key, value in self.implied if spec.get(key) == value}
        wrong = [f"spec.{key} is '{value}'" for key, value in spec.items() if key not in meant | {*_FREE}]
        root = posixpath.normpath(posixpath.join(folder, spec.get("root") or "."))
        return wrong + [f"spec.root leads to '{root}'"] * ("root" in spec and root != ".")


def value_at(document: object, path: FieldPath) -> object:
    """Return a value below a document, or None."""
    for step in path:
        document = document.get(str(step)) if isinstance(document, dict) else None
    return document


def _shown(document: Written, path: FieldPath) -> str:
    found = value_at(document, path)
    return "missing" if found is None else f"'{found}'"


def app_overlay(tenant: str, app: str, environment: str) -> Config:
    """Return the config of an app's overlay."""
    return Config("AppOverlay", app, tenant, (("environment", environment),))


def cluster_overlay(environment: str, shared: str = "") -> Config:
    """Return the config of an environment's cluster."""
    return Config("ClusterOverlay", environment, "", (("environment", environment),), (("cluster", shared),))


def dedicated_overlay(environment: str, cluster: str) -> Config:
    """Return the config of a tenant's own cluster."""
    return Config("ClusterOverlay", environment, "", (("environment", environment), ("cluster", cluster)))
