"""Leaks to plant: what a person might add to a folder of gitops/, and the one cell that it opens."""

from __future__ import annotations

from typing import Final, NamedTuple

DEV: Final = "clusters/us-west-2/dev"
HUB: Final = "clusters/us-west-2"
A_TO_B: Final = ("tenant-a", "tenant-b")


class Leak(NamedTuple):
    """Lines of a kustomization, a manifest beside it, and the cells and way that they open."""

    folder: str
    way: str
    cells: frozenset[tuple[str, str]]
    manifest: str = ""
    lines: str = "resources: [leak.yaml]\n"


def _leak(folder: str, way: str, *cells: tuple[str, str], manifest: str = "", patch: str = "") -> Leak:
    lines = patch or "resources: [leak.yaml]\n"
    return Leak(folder, way, frozenset(cells), manifest, lines)


def _patch(kind: str, name: str, step: str) -> str:
    return f"patches: [{{target: {{kind: {kind}, name: {name}}}, patch: '[{step}]'}}]\n"


def _external(api: str, kind: str, name: str, namespace: str, rest: str) -> str:
    return (
        f"{{apiVersion: {api}, kind: {kind}, metadata: {{name: {name}, namespace: {namespace}}}, {rest}}}\n"
    )


NETWORK: Final = _external(
    "networking.k8s.io/v1", "NetworkPolicy", "out", "tenant-a-dev",
    "spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: "
    "{tenantspec.dev/tenant: tenant-b}}}], ports: [{port: 8080}]}]}",
) + "---\n" + _external(
    "networking.k8s.io/v1", "NetworkPolicy", "in", "tenant-b-dev",
    "spec: {podSelector: {matchLabels: {app.kubernetes.io/name: app1}}, ingress: [{from: [{namespaceSelector: "
    "{matchLabels: {kubernetes.io/metadata.name: tenant-a-dev}}}], ports: [{port: http}]}]}",
)  # fmt: skip
BINDING: Final = (
    "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: tenant-viewers}, "
    "subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: GROUP}]"
)
RBAC: Final = "rbac.authorization.k8s.io/v1"
VOLUME: Final = "".join(
    _external(
        "v1", "PersistentVolumeClaim", "shared", f"{tenant}-dev",
        "spec: {accessModes: [ReadWriteMany], volumeName: shared, resources: {requests: {storage: 1Gi}}}",
    ) + "---\n"
    for tenant in A_TO_B
)  # fmt: skip

LEAKS: Final = {
    "a policy at each end": _leak(DEV, "network", A_TO_B, manifest=NETWORK),
    "a group of another tenant": _leak(
        DEV, "rbac", A_TO_B,
        manifest=_external(RBAC, "RoleBinding", "guests", "tenant-b-dev", BINDING.replace("GROUP", "tenant-a-admins")),
    ),
    "a service account of another tenant": _leak(
        DEV, "rbac", A_TO_B,
        manifest=_external(
            RBAC, "RoleBinding", "guests", "tenant-b-dev",
            BINDING.partition("subjects")[0] + "subjects: [{kind: ServiceAccount, name: app1, namespace: tenant-a-dev}]",
        ),
    ),
    "everybody who is logged in": _leak(
        DEV, "rbac", A_TO_B, ("tenant-c", "tenant-b"),
        manifest=_external(RBAC, "RoleBinding", "all", "tenant-b-dev", BINDING.replace("GROUP", "system:authenticated")),
    ),
    "a binding for the whole cluster": _leak(
        DEV, "rbac", A_TO_B, ("tenant-a", "tenant-c"),
        manifest=_external(
            RBAC, "ClusterRoleBinding", "wide", "x", BINDING.replace("GROUP", "tenant-a-admins")
        ).replace(", namespace: x", ""),
    ),
    "a destination of another tenant": _leak(
        HUB, "project", A_TO_B,
        patch=_patch(
            "AppProject", "tenant-a",
            '{"op": "add", "path": "/spec/destinations/-", "value": {"name": "opsera-mcp-dev", "namespace": "tenant-b-*"}}',
        ),
    ),
    "a group in another's project": _leak(
        HUB, "project", A_TO_B,
        patch=_patch(
            "AppProject", "tenant-b", '{"op": "add", "path": "/spec/roles/0/groups/-", "value": "tenant-a-admins"}'
        ),
    ),
    "an Application in another's project": _leak(
        HUB, "project", A_TO_B,
        patch=_patch(
            "Application", "tenant-a-app1-dev", '{"op": "replace", "path": "/spec/project", "value": "tenant-b"}'
        ),
    ),
    "a host of another tenant": _leak(
        DEV, "host", A_TO_B, ("tenant-b", "tenant-a"),
        manifest=_external(
            "networking.k8s.io/v1", "Ingress", "taken", "tenant-a-dev",
            "spec: {rules: [{host: appb1-dev.agent.opsera.io}]}",
        ),
    ),
    "a wildcard over another tenant": _leak(
        DEV, "host", A_TO_B,
        manifest=_external(
            "networking.k8s.io/v1", "Ingress", "taken", "tenant-a-dev", "spec: {rules: [{host: '*.b.example.com'}]}"
        ) + "---\n" + _external(
            "networking.k8s.io/v1", "Ingress", "own", "tenant-b-dev", "spec: {rules: [{host: shop.b.example.com}]}"
        ),
    ),
    "a name for another's Service": _leak(
        DEV, "host", A_TO_B,
        manifest=_external(
            "v1", "Service", "alias", "tenant-a-dev",
            "spec: {type: ExternalName, externalName: app1.tenant-b-dev.svc.cluster.local}",
        ),
    ),
    "a key of another tenant": _leak(
        DEV, "secret store", A_TO_B,
        manifest=_external(
            "external-secrets.io/v1", "ExternalSecret", "stolen", "tenant-a-dev",
            "spec: {secretStoreRef: {kind: ClusterSecretStore, name: platform}, data: [{secretKey: x, remoteRef: "
            "{key: tenant-b/dev/db}}]}",
        ),
    ),
    "a search of the whole store": _leak(
        DEV, "secret store", A_TO_B, ("tenant-a", "tenant-c"),
        manifest=_external(
            "external-secrets.io/v1", "ExternalSecret", "stolen", "tenant-a-dev",
            "spec: {secretStoreRef: {kind: ClusterSecretStore, name: platform}, dataFrom: [{find: {name: {regexp: .*}}}]}",
        ),
    ),
    "claims of one volume": _leak(DEV, "shared volume", A_TO_B, ("tenant-b", "tenant-a"), manifest=VOLUME),
    "a folder of the node": _leak(
        DEV, "shared volume", A_TO_B, ("tenant-a", "tenant-c"),
        manifest=_external(
            "v1", "Pod", "host", "tenant-a-dev",
            "spec: {containers: [{name: app, image: ghcr.io/opsera/x:1}], volumes: [{name: v, hostPath: {path: /var}}]}",
        ),
    ),
    "an image of another tenant": _leak(
        DEV, "registry", A_TO_B,
        manifest=_external(
            "v1", "Pod", "other", "tenant-a-dev",
            "spec: {containers: [{name: app, image: ghcr.io/opsera/tenant-b/agent:1}]}",
        ),
    ),
    "a namespace without pod security": _leak(
        DEV, "node", A_TO_B, ("tenant-a", "tenant-c"),
        patch=_patch(
            "Namespace", "tenant-a-dev",
            '{"op": "replace", "path": "/metadata/labels/pod-security.kubernetes.io~1enforce", "value": "privileged"}',
        ),
    ),
}  # fmt: skip
