"""Estates of any size, for the benchmark and for tests of growth."""

from __future__ import annotations

import os
import shutil
from typing import Final

from tests import tools

GITOPS: Final = os.path.join(tools.ROOT, "gitops")

TENANT = """\
apiVersion: tenantspec.dev/v1alpha1
kind: Tenant
metadata: {{name: {tenant}}}
spec:
  owners: {{groups: [{tenant}-admins]}}
  quota: small
  hosts: ['{tenant}*']
"""
APP = """\
apiVersion: tenantspec.dev/v1alpha1
kind: App
metadata: {{name: {app}, namespace: {tenant}}}
spec:
  image: ghcr.io/opsera/{tenant}-{app}
  port: 8080
  health: /healthz
  expose: {{host: {tenant}{app}}}
  env: {{LOG_LEVEL: info}}
  environments:
    prod-eu: {{replicas: 3}}
"""
VERSIONS = """\
apiVersion: tenantspec.dev/v1alpha1
kind: AppVersions
metadata: {{name: {app}, namespace: {tenant}}}
spec: {{dev: 1.5.0, stg: 1.4.2, prod-ue: 1.4.1, prod-eu: 1.4.1}}
"""


def estate(folder: str, tenants: int, apps: int = 3) -> str:
    """Write an estate with the platform, base and components of gitops/ and return its root."""
    root = os.path.join(folder, "gitops")
    os.makedirs(root)
    shutil.copy(os.path.join(GITOPS, "platform.yaml"), root)
    for part in ("base", "infra"):
        shutil.copytree(os.path.join(GITOPS, part), os.path.join(root, part))
    for number in range(1, tenants + 1):
        _tenant(root, f"t{number}", apps)
    return root


def _tenant(root: str, tenant: str, apps: int) -> None:
    _write(os.path.join(root, "tenants", tenant, "config", "tenant.yaml"), TENANT.format(tenant=tenant))
    for number in range(1, apps + 1):
        app = f"app{number}"
        folder = os.path.join(root, "tenants", tenant, "apps", app)
        _write(os.path.join(folder, "app.yaml"), APP.format(tenant=tenant, app=app))
        _write(os.path.join(folder, "versions.yaml"), VERSIONS.format(tenant=tenant, app=app))


def _write(file: str, text: str) -> None:
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "w", encoding="utf-8") as stream:
        stream.write(text)
