"""What one cluster needs before any app arrives: namespaces and the guardrails around them."""

from __future__ import annotations

from krm_functions.generators.cluster.access import access
from krm_functions.generators.cluster.conventions import conventions
from krm_functions.generators.cluster.namespaces import namespaces
from krm_functions.generators.cluster.networks import networks
from krm_functions.generators.cluster.pullsecrets import pullsecrets
from krm_functions.generators.cluster.quotas import quotas

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Final

    from krm_functions.estate.model import ClusterView
    from krm_functions.manifests.base import Base, Manifest

    Generator = Callable[[ClusterView, Base], Iterable[Manifest]]

CLUSTER_GENERATORS: Final[Mapping[str, Generator]] = {
    "access": access,
    "conventions": conventions,
    "namespaces": namespaces,
    "networks": networks,
    "pullsecrets": pullsecrets,
    "quotas": quotas,
}
