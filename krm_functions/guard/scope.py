"""What one app may hold in one environment, and what a cluster or a hub must keep: the frozen facts of a judgement."""

from __future__ import annotations

from krm_functions.estate.app import namespace, store_prefix
from krm_functions.guard.house import house
from krm_functions.manifests.dns import dns_annotations
from krm_functions.manifests.files import config_map_name, secret_files
from krm_functions.manifests.metadata import KEEP, SYNC_OPTIONS
from krm_functions.manifests.pod import UNMONITORED, claim_name, governing_service, secret_name
from krm_functions.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from krm_functions.estate.model import (
        App,
        Environment,
        Exposure,
        Guardrails,
        Platform,
        SecretStore,
        Tenant,
    )
    from krm_functions.manifests.base import Base, Manifest
    from krm_functions.names import Pairs


class Granted(Record):
    """What the spec says in the open, field by field: exactly this is granted beside what is always allowed."""

    labels: frozenset[tuple[str, str]] = frozenset()
    pod_labels: frozenset[tuple[str, str]] = frozenset()
    annotations: frozenset[tuple[str, str]] = frozenset()
    pod_annotations: frozenset[tuple[str, str]] = frozenset()
    account_annotations: frozenset[tuple[str, str]] = frozenset()
    node_selector: frozenset[tuple[str, str]] = frozenset()
    tolerations: tuple[dict[str, Any], ...] = ()
    resources: frozenset[str] = frozenset()
    storage_classes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    token: bool = False


class Scope(Record):
    """One app of a tenant in one environment; ``house`` is base/ by kind, without what is stamped onto it."""

    tenant: str
    app: str
    others: tuple[str, ...]
    """Ids of the tenant's other apps, whose names are theirs."""
    environment: str
    stage: str
    namespace: str
    registries: tuple[str, ...]
    guardrails: Guardrails
    exposure: Exposure
    issuer: str
    store: SecretStore
    prefix: str
    monitored: bool
    pull_secret: bool
    charted: bool
    granted: Granted
    house: Mapping[str, Manifest]

    @property
    def instance(self) -> str:
        """The label by which the app's pods are selected."""
        return f"{self.tenant}-{self.app}"


class PlatformScope(Record):
    """A room of the platform's: who owns which namespace, and what the functions give there."""

    owners: Pairs
    given: tuple[Manifest, ...]


def app_scope(
    platform: Platform,
    tenant: Tenant,
    environment: Environment,
    ids: tuple[str, Iterable[str]],
    app: App | None,
    base: Base,
) -> Scope:
    """Return what an app may hold; ``ids`` are its own and those of the tenant's other apps.

    An app that is not deployed here is None: then nothing beyond the always allowed is granted.
    """
    own, others = ids
    per_host = platform.tls.mode == "per-host"
    return Scope(
        tenant=tenant.id,
        app=own,
        others=tuple(others),
        environment=environment.name,
        stage=environment.stage,
        namespace=namespace(platform, tenant, environment),
        registries=tenant.registries,
        guardrails=tenant.guardrails,
        exposure=platform.exposure,
        issuer=platform.tls.issuer if per_host else "",
        store=platform.secret_store,
        prefix=store_prefix(platform, tenant, environment),
        monitored=platform.monitoring.kind == "ServiceMonitor",
        pull_secret=bool(tenant.pull_secret),
        charted=bool(app and app.chart),
        granted=_granted(platform, tenant, environment, app),
        house=house(base),
    )


def _granted(platform: Platform, tenant: Tenant, environment: Environment, app: App | None) -> Granted:
    labels, annotations = [*tenant.labels, UNMONITORED], [*tenant.annotations]
    if app is None:
        return Granted(labels=frozenset(labels), annotations=frozenset(annotations))
    dns = dns_annotations(platform, environment).items() if app.route else ()
    containers = (app.main, *app.init, *app.sidecars)
    cluster = platform.cluster(app.cluster)
    said = {volume.class_name for volume in app.volumes if volume.class_name}
    known = cluster.storage_classes if cluster else None
    return Granted(
        labels=frozenset([*labels, *app.labels]),
        pod_labels=frozenset(app.pod_labels),
        annotations=frozenset([*annotations, *app.annotations, *dns]),
        pod_annotations=frozenset(app.pod_annotations),
        account_annotations=frozenset(app.service_account_annotations),
        node_selector=frozenset(app.node_selector),
        tolerations=app.tolerations,
        resources=frozenset(
            name for c in containers for name, _ in (*c.resources.requests, *c.resources.limits)
        ),
        storage_classes=frozenset(said if known is None else known),
        names=frozenset(_names(app)),
        hosts=frozenset(host.name for host in app.route.hosts) if app.route else frozenset(),
        token=app.service_account_token,
    )


def _names(app: App) -> Iterable[str]:
    """Yield the names of the app's objects, which are its own even where another app's id begins alike."""
    yield from (app.id, governing_service(app), secret_files(app), config_map_name(app), f"{app.id}-tls")
    yield from (claim_name(app, volume) for volume in app.volumes)
    yield from (secret_name(app, container) for container in (app.main, *app.init, *app.sidecars))


PERMITTED_SYNC_OPTIONS = {
    "PersistentVolumeClaim": (SYNC_OPTIONS, KEEP),
    "Job": (SYNC_OPTIONS, "Replace=true,Force=true"),
}
"""The one annotation of Argo CD's that an object of a kind may carry: a claim is kept, a Job is replaced."""
