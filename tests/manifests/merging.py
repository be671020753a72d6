"""Objects to merge, and the check that kustomize merges them as we do."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from krm_functions.krm.emit import dump_all
from krm_functions.krm.order import kustomize_order
from krm_functions.manifests.merge import merge
from tests.krm.builds import patched

if TYPE_CHECKING:
    from pathlib import Path

Object = dict[str, Any]


def an(api_version: str, kind: str, number: int = 0, **fields: object) -> Object:
    """Return an object whose number is in its name; fields of its metadata join the name."""
    meta = {"name": f"object-{number:02d}", **fields.pop("metadata", {})}  # type: ignore[dict-item]
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, **fields}


def deployment(number: int = 0, **pod: object) -> Object:
    """Return a Deployment with a pod spec."""
    return an("apps/v1", "Deployment", number, spec={"template": {"spec": pod}})


def with_container(number: int = 0, **fields: object) -> Object:
    """Return a Deployment with one container."""
    return deployment(number, containers=[{"name": "app", **fields}])


def container_of(manifest: Object) -> Object:
    """Return the only container of a Deployment."""
    containers: list[Object] = manifest["spec"]["template"]["spec"]["containers"]
    assert len(containers) == 1
    return containers[0]


def check(folder: Path, templates: list[Object], stamps: list[Object]) -> None:
    """Hold the merge against kustomize, and see that it leaves its inputs alone."""
    before = copy.deepcopy((templates, stamps))
    ours = [merge(template, stamp) for template, stamp in zip(templates, stamps, strict=True)]
    build = patched(folder, templates, stamps)
    assert (build.output, build.error) == ("".join(dump_all(kustomize_order(ours))), "")
    assert (templates, stamps) == before
