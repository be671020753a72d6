"""Specs as they are written for people: small files with the modeline that gives an editor its schema."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from krm_functions.names import API_VERSION
from krm_functions.scaffold import render

if TYPE_CHECKING:
    from krm_functions.spec.scalars import Written

SCHEMAS: Final = "https://tenantspec.dev/schemas/v1alpha1"
_MODELINE: Final = "# yaml-language-server: $schema="
_written_modeline = re.compile(rf"^{re.escape(_MODELINE)}(\S+)/platform\.schema\.json\s*$", re.MULTILINE)


def spec_text(file: str, document: Written, schemas: str = SCHEMAS) -> str:
    """Return a spec with its modeline, one line per field."""
    spec = [f"  {render.scalar(key)}: {render.flow(value)}" for key, value in document["spec"].items()]
    rows = [
        f"{_MODELINE}{schema(file, document['kind'], schemas)}",
        f"apiVersion: {API_VERSION}",
        f"kind: {document['kind']}",
        f"metadata: {render.flow(document['metadata'])}",
        *(["spec:", *spec] if spec else ["spec: {}"]),
    ]
    return "\n".join(rows) + "\n"


def schema(file: str, kind: str, schemas: str) -> str:
    """Return how a file names the schema of its kind; a folder of schemas is relative to the root."""
    name = f"{kind.lower()}.schema.json"
    if "://" in schemas:
        return f"{schemas}/{name}"
    return posixpath.relpath(f"{schemas}/{name}", posixpath.dirname(file) or ".")


def schemas_of(platform: str) -> str:
    """Return where an estate's schemas are, by the modeline of its platform.yaml."""
    found = _written_modeline.search(platform)
    return found[1] if found else SCHEMAS


def document(kind: str, metadata: dict[str, str], spec: Written) -> Written:
    """Return a document of a kind, without the fields that were left open."""
    written = {key: value for key, value in spec.items() if value or type(value) is int}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": written}


PLATFORM: Final = f"""\
{_MODELINE}{SCHEMAS}/platform.schema.json
apiVersion: {API_VERSION}
kind: Platform
metadata:
  name: estate
spec:
  domain: apps.example.com # hosts are {{host}}-{{stage}} below it; in production {{host}}
  repository:
    url: https://github.com/example/gitops.git
    revision: main
    path: . # the folder of this file in the repository
  stages: [dev, stg, prod] # promotion order; the last is production
  hubs: # one Argo CD each
    main: {{namespace: argocd}}
  environments: # a cluster belongs to exactly one of them
    dev: {{stage: dev, region: us-east-1, hub: main, cluster: dev, purpose: Development}}
    stg: {{stage: stg, region: us-east-1, hub: main, cluster: stg, purpose: Staging}}
    prod: {{stage: prod, region: us-east-1, hub: main, cluster: prod, purpose: Production}}
  # clusters: # facts; what is not said is not checked
  #   prod:
  #     server: https://prod.example.com:6443
  #     credentials: {{key: clusters/prod}} # in the secret store
  #     kubernetes: "1.34"
  #     jurisdiction: us
  #     capacity: {{cpu: "64", memory: 256Gi, pods: 1000}} # quotas may not add up to more
  #     capabilities: {{ingressClasses: [nginx], gatewayClasses: [], storageClasses: [gp3]}}
  naming:
    reservedHosts: [www, api, admin] # no tenant may claim them
    # namespace: "{{tenant}}-{{stage}}"
    # application: "{{tenant}}-{{app}}-{{environment}}"
    # host: "{{host}}-{{stage}}.{{domain}}"
    # productionHost: "{{host}}.{{domain}}"
  exposure: {{kind: ingress, class: nginx, namespace: ingress-nginx}} # or {{kind: gateway, gateway: infra/public}}
  tls: {{issuer: letsencrypt, mode: per-host, challenge: dns01}} # mode: per-host, wildcard, gateway or none
  dns: {{provider: external-dns, ttl: 300, routing: latency}} # routing of a host with several environments
  # secretStore: {{name: platform, kind: ClusterSecretStore, prefix: "{{tenant}}/{{stage}}/"}}
  # network: {{internet: true}} # false: no egress beyond private ranges
  # monitoring: {{namespace: monitoring, kind: ServiceMonitor}} # kind: ServiceMonitor, annotations or none
  quotas: # a tenant picks one by its name
    small: {{cpu: "8", memory: 16Gi, pods: 50, stages: {{prod: {{cpu: "16", memory: 32Gi}}}}}}
  sizes: # an app picks one by its name
    small: {{requests: {{cpu: 100m, memory: 128Mi}}, limits: {{memory: 256Mi}}}}
    medium: {{requests: {{cpu: 250m, memory: 512Mi}}, limits: {{memory: 1Gi}}}}
  guardrails: # lower layers can only tighten them
    podSecurity: restricted
    forbidLatest: true
    maxReplicas: 20
    # registries: [ghcr.io/example] # where images may come from
    # digestRequired: [prod] # stages where a version needs a digest
    # patches: {{maxPerApp: 5, forbidden: [/spec/template/spec/securityContext]}}
  argocd: {{version: v3.6.1, delivery: plugin, fanout: applications, deletionBudget: 1}}
  defaults: # any setting of an app, for all of them
    size: small
    replicas: 1
    stages:
      prod: {{replicas: 2}}
"""
"""A new estate's platform.yaml. A comment on a line of its own is a field that is turned on by uncommenting it."""

CERT_MANAGER: Final[Written] = {
    "apiVersion": API_VERSION,
    "kind": "Component",
    "metadata": {"name": "cert-manager"},
    "spec": {
        "chart": {"repository": "https://charts.jetstack.io", "name": "cert-manager", "version": "v1.19.1"},
        "namespace": "cert-manager",
        "wave": -30,
        "values": {"crds": {"enabled": True}},
    },
}
"""The component of a new estate: what issues the certificates of its hosts."""
