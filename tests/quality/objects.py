"""The objects of one app, found by what they are, and a base of its own for an estate."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, Final

import yaml

from tests import tools
from tests.quality import shapes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.quality.shapes import Manifest, Spec

CLAIM: Final[Spec] = {"data": {"mount": "/data", "size": "1Gi"}}
SELECTOR: Final = {"app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "t-web"}
KINDS: Final[dict[str, Spec]] = {
    "Deployment": {},
    "StatefulSet": {"workload": "StatefulSet"},
    "CronJob": {"workload": "CronJob", "schedule": "0 3 * * *"},
    "Job": {"workload": "Job"},
}


class Objects:
    """The objects of the app `web`, by kind and name."""

    def __init__(self, manifests: list[Manifest]) -> None:
        self.found = {(found["kind"], found["metadata"]["name"]): found for found in manifests}

    def has(self, kind: str) -> bool:
        """Tell whether there is an object of a kind."""
        return any(found == kind for found, _ in self.found)

    def spec(self, kind: str, name: str = "web") -> Any:
        """Return the spec of an object."""
        return self.found[kind, name]["spec"]

    @property
    def workload(self) -> Manifest:
        """What runs the app."""
        return next(found for (kind, _), found in self.found.items() if kind in KINDS)

    @property
    def template(self) -> Manifest:
        """The pod template."""
        spec = self.workload["spec"]
        template: Manifest = (spec["jobTemplate"]["spec"] if "jobTemplate" in spec else spec)["template"]
        return template

    @property
    def pod(self) -> Manifest:
        """The pod's spec."""
        pod: Manifest = self.template["spec"]
        return pod

    @property
    def container(self) -> Manifest:
        """The app's container."""
        return next(found for found in self.pod["containers"] if found["name"] == "app")

    def other(self, name: str) -> Manifest:
        """Return an init container or sidecar."""
        return next(found for found in self.pod["initContainers"] if found["name"] == name)


def web(root: Path, spec: Spec, **estate: Spec) -> Objects:
    """Return what an app with a spec becomes."""
    apps = {"web": {"image": "ghcr.io/x/web:1.0.0", **spec}}
    return Objects(shapes.overlay(shapes.write(root, apps, **estate), "web"))


def house(root: Path, **changes: Any) -> None:
    """Give an estate a base of its own in which some fields of the Deployment are changed."""
    shutil.copytree(f"{tools.ROOT}/krm_functions/default_base", root / "base")
    file = root / "base/deployment/deployment.yaml"
    deployment = yaml.safe_load(file.read_text())
    pod = deployment["spec"]["template"]["spec"]
    for path, value in changes.items():
        target = {"app": pod["containers"][0], "pod": pod, "spec": deployment["spec"]}[path]
        target.update(value)
    file.write_text(yaml.safe_dump(deployment))
