"""`tenantspec build`: what kustomize would print, without kustomize where it is all ours."""

from __future__ import annotations

import os

from krm_functions.diagnostics import Diagnostic, Place, TenantspecError
from krm_functions.documents.tree import find_root
from krm_functions.functions import kustomize
from krm_functions.functions.kustomization import file_of, own_generators
from krm_functions.functions.printing import printed
from krm_functions.functions.run import check_identities, expand
from krm_functions.krm.order import kustomize_order
from krm_functions.spec.functions import FUNCTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
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
        return kustomize.build(folder), "", []
    return _in_process(folder, configs)


def _in_process(folder: str, configs: list[Written]) -> tuple[bytes, str, list[Diagnostic]]:
    manifests: list[Manifest] = []
    notes: list[Diagnostic] = []
    root = ""
    for config in configs:
        root = root_of(folder, config)
        file = os.path.relpath(os.path.join(os.path.realpath(folder), "kustomization.yaml"), root)
        place = Place(file.replace(os.sep, "/"))
        check_config(config, place)
        more, said = expand(root, config, place)
        manifests += more
        notes += said
    check_identities(manifests)
    return printed(kustomize_order(manifests)).encode(), root, notes


def root_of(folder: str, config: Written) -> str:
    """Return the root that a config names, else the nearest one above its folder."""
    named = (config.get("spec") or {}).get("root")
    return find_root(os.path.join(folder, named) if isinstance(named, str) else folder)


def check_config(config: Written, place: Place) -> None:
    """Refuse a function config that breaks its model."""
    from krm_functions.diagnostics import Collector  # noqa: PLC0415

    out = Collector()
    FUNCTIONS[config["kind"]].check(config, place, out)
    out.raise_if_failed()
