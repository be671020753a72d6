"""RoleBindings: each tenant's people, in its own namespaces, to the ClusterRoles of base/namespace."""

from __future__ import annotations

from krm_functions.manifests.metadata import manifest
from krm_functions.manifests.tenancy import tenant_metadata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from krm_functions.estate.model import ClusterView, Members
    from krm_functions.manifests.base import Base, Manifest

_RBAC = "rbac.authorization.k8s.io"


def access(view: ClusterView, base: Base) -> Iterator[Manifest]:
    """Yield one binding per role that anybody has."""
    del base
    for share in view.tenants:
        tenant = share.tenant
        for role, members in (
            ("tenant-editors", tenant.editors),
            ("tenant-owners", tenant.owners),
            ("tenant-viewers", tenant.viewers),
        ):
            subjects = _subjects(members)
            if subjects:
                meta = tenant_metadata(share, view.environment, role)
                reference = {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role}
                yield manifest(f"{_RBAC}/v1", "RoleBinding", meta, roleRef=reference, subjects=subjects)


def _subjects(members: Members) -> list[dict[str, Any]]:
    named = [("Group", name) for name in members.groups] + [("User", name) for name in members.users]
    return [{"apiGroup": _RBAC, "kind": kind, "name": name} for kind, name in sorted(set(named))]
