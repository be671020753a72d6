"""A real API server to apply manifests to: every schema, admission rule and CRD is the real one."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from tests.cluster.crds import definitions
from tests.cluster.processes import Endpoint, cluster

Manifest = Mapping[str, Any]

APPLY: Final = "application/apply-patch+yaml"
STRICT: Final = {"fieldManager": "tests", "force": "true", "fieldValidation": "Strict"}
RESTRICTED: Final = {"pod-security.kubernetes.io/enforce": "restricted"}
SERVED_SECONDS: Final = 120


@dataclass(frozen=True)
class Result:
    """What the server answered: the HTTP status and the object, or a Status with the reason."""

    status: int
    body: dict[str, Any]

    @property
    def accepted(self) -> bool:
        """Tell whether the server took the object."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """Return why the server refused the object, or nothing where it took it."""
        return "" if self.accepted else str(self.body.get("message", self.body))


class ApiServer:
    """A context manager around one API server with the CustomResourceDefinitions installed."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._resources: dict[tuple[str, str], dict[str, Any]] = {}
        self._namespaces = {"default"}
        self._endpoint: Endpoint

    def __enter__(self) -> Self:
        """Start the processes and wait until every definition is served."""
        self._endpoint = self._stack.enter_context(cluster())
        try:
            self.install(definitions())
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the processes."""
        self._stack.__exit__(kind, error, trace)

    def apply(self, manifest: Manifest) -> Result:
        """Apply a manifest as its owner would, with server-side apply and strict fields."""
        return self._apply(manifest)

    def dry_run(self, manifest: Manifest) -> Result:
        """Ask what `apply` would answer; only a missing namespace is really created."""
        return self._apply(manifest, dryRun="All")

    def check_pod_security(self, pod_template: Manifest, namespace: str) -> str | None:
        """Return why a namespace with the `restricted` profile refuses the template's Pod, or None."""
        label = namespace_manifest(namespace, RESTRICTED)
        self._patch(f"/api/v1/namespaces/{namespace}", label, fieldManager="pod-security")
        metadata = {**pod_template.get("metadata", {}), "name": "pod-security-check", "namespace": namespace}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod_template["spec"]}
        return self.request("POST", f"/api/v1/namespaces/{namespace}/pods?dryRun=All", pod).message or None

    def install(self, crds: Iterable[Manifest]) -> None:
        """Apply CustomResourceDefinitions and wait until their kinds are served; raises RuntimeError."""
        installed = list(crds)
        for crd in installed:
            answer = self.apply(crd)
            if not answer.accepted:
                raise RuntimeError(f"{crd['metadata']['name']}: {answer.message}")
        for crd in installed:
            self._wait_until_served(crd)

    def request(
        self, method: str, path: str, body: Manifest | None = None, content_type: str = "application/json"
    ) -> Result:
        """Send one request as the cluster's administrator and return the answer, refused or not."""
        request = urllib.request.Request(  # noqa: S310  # a loopback address
            f"{self._endpoint.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._endpoint.token}", "Content-Type": content_type},
        )
        try:
            with urllib.request.urlopen(request, timeout=60, context=self._endpoint.tls) as answer:  # noqa: S310
                return Result(answer.status, json.loads(answer.read()))
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Result(refusal.code, reason(refusal.read()))

    def _apply(self, manifest: Manifest, **options: str) -> Result:
        resource = self._resource(manifest)
        if resource is None:
            kind = f"{manifest['kind']} in {manifest['apiVersion']}"
            return Result(404, {"message": f"the server does not know {kind}"})
        return self._patch(self._path(manifest, resource), manifest, **options)

    def _patch(self, path: str, manifest: Manifest, **options: str) -> Result:
        query = urllib.parse.urlencode({**STRICT, **options})
        return self.request("PATCH", f"{path}?{query}", manifest, APPLY)

    def _path(self, manifest: Manifest, resource: Mapping[str, Any]) -> str:
        metadata = manifest["metadata"]
        folder = group_path(manifest["apiVersion"])
        if resource["namespaced"]:
            namespace = metadata.get("namespace", "default")
            self._require_namespace(namespace)
            folder = f"{folder}/namespaces/{namespace}"
        return f"{folder}/{resource['name']}/{metadata['name']}"

    def _require_namespace(self, name: str) -> None:
        if name not in self._namespaces:
            self.request("POST", "/api/v1/namespaces", namespace_manifest(name, {}))
            self._namespaces.add(name)

    def _resource(self, manifest: Manifest) -> dict[str, Any] | None:
        """Return what discovery says of a kind; only what was found is remembered."""
        version = manifest["apiVersion"]
        if (version, manifest["kind"]) not in self._resources:
            listed = self.request("GET", group_path(version)).body.get("resources", [])
            served = {(version, found["kind"]): found for found in listed if "/" not in found["name"]}
            self._resources.update(served)
        return self._resources.get((version, manifest["kind"]))

    def _wait_until_served(self, crd: Manifest) -> None:
        spec = crd["spec"]
        version = next(version["name"] for version in spec["versions"] if version["served"])
        wanted = {"apiVersion": f"{spec['group']}/{version}", "kind": spec["names"]["kind"]}
        deadline = time.monotonic() + SERVED_SECONDS
        while self._resource(wanted) is None:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{crd['metadata']['name']} is not served after {SERVED_SECONDS} s")
            time.sleep(0.1)


def group_path(version: str) -> str:
    """Return where the API of a group and version lies: `v1` is the core group."""
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def reason(content: bytes) -> dict[str, Any]:
    """Return the Status of a refusal; an API group that nothing serves is refused in plain text."""
    try:
        status: dict[str, Any] = json.loads(content)
    except ValueError:
        return {"message": content.decode(errors="replace").strip()}
    return status


def namespace_manifest(name: str, labels: Mapping[str, str]) -> Manifest:
    """Return a Namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}}
