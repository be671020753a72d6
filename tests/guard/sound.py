"""Manifests that a person of tenant-a could write beside the overlay of app1 in dev, one of each kind."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from krm_functions.documents import yaml
from krm_functions.functions.render import estate_of
from krm_functions.functions.tenancy_guard import scope_of
from krm_functions.guard.judge import judge
from krm_functions.guard.scope import Scope
from tests import tools

if TYPE_CHECKING:
    from krm_functions.diagnostics import Diagnostic

GITOPS: Final = os.path.join(tools.ROOT, "gitops")
OVERLAY: Final = "tenants/tenant-a/apps/app1/overlays/dev"
LABELS: Final = "{app.kubernetes.io/name: helper, app.kubernetes.io/instance: tenant-a-app1}"
POD: Final = f"""
      metadata:
        labels: {LABELS}
      spec:
        serviceAccountName: app1
        automountServiceAccountToken: false
        securityContext: {{runAsNonRoot: true, seccompProfile: {{type: RuntimeDefault}}}}
        volumes:
        - {{name: tmp, emptyDir: {{}}}}
        - {{name: flags, configMap: {{name: app1-flags}}}}
        - {{name: keys, secret: {{secretName: app1-more}}}}
        - {{name: data, persistentVolumeClaim: {{claimName: app1-data}}}}
        containers:
        - name: helper
          image: ghcr.io/opsera/helper:1.0.0
          imagePullPolicy: Always
          env:
          - {{name: A, value: b}}
          - {{name: S, valueFrom: {{secretKeyRef: {{name: app1-more, key: S}}}}}}
          envFrom:
          - configMapRef: {{name: app1-flags}}
          ports: [{{name: http, containerPort: 8080}}]
          resources: {{requests: {{cpu: 10m}}, limits: {{memory: 64Mi}}}}
          volumeMounts: [{{name: tmp, mountPath: /tmp}}]
          readinessProbe: {{httpGet: {{path: /, port: http}}}}
          lifecycle: {{preStop: {{sleep: {{seconds: 5}}}}}}
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {{drop: [ALL]}}
"""
META: Final = "{name: app1-helper, namespace: tenant-a-dev}"
SOUND: Final = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: app1-helper, namespace: tenant-a-dev, labels: {{tier: back}}, annotations: {{description: ours}}}}
spec:
    replicas: 1
    selector: {{matchLabels: {LABELS}}}
    template:{POD}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {META}
spec:
    serviceName: app1-helper
    selector: {{matchLabels: {LABELS}}}
    volumeClaimTemplates:
    - metadata: {{name: more}}
      spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
    template:{POD}
---
apiVersion: batch/v1
kind: Job
metadata: {META}
spec:
    backoffLimit: 2
    template:{POD}
---
apiVersion: batch/v1
kind: CronJob
metadata: {META}
spec:
  schedule: "0 0 * * *"
  jobTemplate:
   spec:
    template:{POD}
---
apiVersion: v1
kind: Service
metadata: {{name: app1-helper, namespace: tenant-a-dev, labels: {LABELS}}}
spec:
  selector: {LABELS}
  ports: [{{name: http, port: 80, targetPort: http}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {META}
spec:
  ingressClassName: nginx
  rules:
  - host: appa1-dev.agent.opsera.io
    http:
      paths:
      - {{path: /helper, pathType: Prefix, backend: {{service: {{name: app1-helper, port: {{name: http}}}}}}}}
  tls:
  - {{hosts: [appa1-dev.agent.opsera.io], secretName: app1-helper-tls}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: app1-flags, namespace: tenant-a-dev}}
data: {{beta: "off"}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {META}
automountServiceAccountToken: false
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: app1-data, namespace: tenant-a-dev}}
spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {{name: app1-more, namespace: tenant-a-dev}}
spec:
  secretStoreRef: {{name: platform, kind: ClusterSecretStore}}
  target: {{name: app1-more}}
  data:
  - {{secretKey: S, remoteRef: {{key: tenant-a/dev/app1/s}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {META}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: app1-helper}}
  maxReplicas: 3
  metrics: [{{type: Resource, resource: {{name: cpu, target: {{type: Utilization, averageUtilization: 70}}}}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {META}
spec: {{maxUnavailable: 1, selector: {{matchLabels: {LABELS}}}}}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {META}
spec: {{selector: {{matchLabels: {LABELS}}}, endpoints: [{{port: http}}]}}
"""


def sound() -> list[dict[str, Any]]:
    """Return the sound manifests, fresh."""
    text = yaml.read(SOUND)
    assert not text.problems, text.problems
    return [document for document in text.documents if document]


def scope(overlay: str = OVERLAY, root: str = GITOPS) -> Scope:
    """Return what the overlay of an app may hold."""
    estate = estate_of(root)
    found = scope_of(estate, overlay.split("/"))
    assert not estate.out.failed
    assert isinstance(found, Scope)
    return found


def told(manifests: list[Any], held: Scope) -> list[str]:
    """Return the code and the text of each diagnostic."""
    found: list[Diagnostic] = judge(held, manifests)
    return [f"{diagnostic.code} {diagnostic.message}" for diagnostic in found]
