"""`tenantspec build`: what kustomize would print, without kustomize where it is all ours."""

from __future__ import annotations

import os

from krm_functions.diagnostics import Diagnostic, Place, TenantspecError
from krm_functions.documents.tree import Tree, find_root
from krm_functions.functions import kustomize
from krm_functions.functions.items import items_of
from krm_functions.functions.kustomization import file_of, own_generators, own_transformers
from krm_functions.functions.printing import printed
from krm_functions.functions.render import estate_of
from krm_functions.functions.run import check_identities, expand
from krm_functions.functions.tenancy_guard import guard
from krm_functions.krm.order import kustomize_order
from krm_functions.spec.functions import FUNCTIONS, TRANSFORMERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from krm_functions.manifests.base import Manifest
    from krm_functions.spec.scalars import Written


def build(folder: str) -> tuple[bytes, str, list[Diagnostic]]:
    """Return the bytes of a kustomization, the estate's root ("" if kustomize built it), and notes.

    Raises:
        TenantspecError: something is wrong with it.

    """
    if file_of(folder) is None:
        help_ = "name a folder with a kustomization.yaml"
        raise TenantspecError([Diagnostic("TS909", f"no kustomization in {folder}", help=help_)])
    configs = own_generators(folder)
    if configs is None:
        output = kustomize.build(folder)
        _judge(folder, items_of(output))
        return output, "", []
    return _in_process(folder, configs)


def _judge(folder: str, manifests: Sequence[Any]) -> None:
    """Refuse what leaves its tenant, whether or not the kustomization lists TenancyGuard.

    Raises:
        TenantspecError: something does; nothing is judged outside of an estate.

    """
    try:
        root = find_root(folder)
    except TenantspecError:
        return
    estate = estate_of(root)
    inside = os.path.relpath(os.path.realpath(folder), root).split(os.sep)
    guard(estate, inside, manifests)
    estate.out.raise_if_failed()


def _in_process(folder: str, configs: list[Written]) -> tuple[bytes, str, list[Diagnostic]]:
    manifests: list[Manifest] = []
    notes: list[Diagnostic] = []
    root = ""
    for config in configs:
        root = root_of(folder, config)
        place = place_of(folder, root)
        check_config(config, place)
        more, said = expand(Tree(root), config, place)
        manifests += more
        notes += said
    for config in own_transformers(folder):
        check_config(config, place_of(folder, root_of(folder, config)))
    check_identities(manifests)
    _judge(folder, manifests)
    return printed(kustomize_order(manifests)).encode(), root, notes


def place_of(folder: str, root: str) -> Place:
    """Return the place of a folder's kustomization."""
    file = os.path.relpath(os.path.join(os.path.realpath(folder), "kustomization.yaml"), root)
    return Place(file.replace(os.sep, "/"))


def root_of(folder: str, config: Written) -> str:
    """Return the root that a config names, else the nearest one above its folder."""
    named = (config.get("spec") or {}).get("root")
    return find_root(os.path.join(folder, named) if isinstance(named, str) else folder)


def check_config(config: Written, place: Place) -> None:
    """Refuse a function config that breaks its model."""
    from krm_functions.diagnostics import Collector  # noqa: PLC0415

    out = Collector()
    {**FUNCTIONS, **TRANSFORMERS}[config["kind"]].check(config, place, out)
    out.raise_if_failed()
