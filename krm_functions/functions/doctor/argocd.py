"""Argo CD's plugin: what a sidecar of its repo-server is made of."""

from __future__ import annotations

import os

from krm_functions.functions.doctor.finding import Finding, State

SERVER = "/var/run/argocd/argocd-cmp-server"
CONFIG = "/home/argocd/cmp-server/config/plugin.yaml"
"""Where Argo CD's documentation of config management plugins mounts the two."""


def argocd_plugin() -> Finding:
    """Return whether this is a sidecar of Argo CD's repo-server with all that it needs."""
    missing = [path for path in (SERVER, CONFIG) if not os.path.isfile(path)]
    if len(missing) == 2:
        fix = "look inside the sidecar: kubectl exec deploy/argocd-repo-server -c NAME -- tenantspec doctor"
        return Finding(State.ABSENT, "this is no sidecar of a repo-server", fix)
    if missing:
        return Finding(State.BROKEN, f"no file {missing[0]}", "mount it into the sidecar")
    return Finding(State.WORKS, f"{SERVER} and {CONFIG} are here")
