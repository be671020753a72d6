"""GenerateManifest on a real repo-server, spoken in its own protocol."""

from __future__ import annotations

import base64
import functools
import json
import os
import tempfile
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import grpc
import grpc_tools
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from grpc_tools import protoc

from tests import tools

PROTOCOL: Final = (
    ("github.com/argoproj/argo-cd/v3", "v3.6.1"),
    ("k8s.io/api", "v0.37.0"),
    ("k8s.io/apimachinery", "v0.37.0"),
    ("k8s.io/apiextensions-apiserver", "v0.37.0"),
)
"""Modules whose .proto files describe a request: what Argo CD's own go.mod requires."""
FILE: Final = "github.com/argoproj/argo-cd/v3/reposerver/repository/repository.proto"
SERVICE: Final = "repository.RepoServerService"
ANNOTATION: Final = "argocd.argoproj.io/manifest-generate-paths"


class Generated(NamedTuple):
    """What came back, and how long it took."""

    manifests: list[dict[str, Any]]
    seconds: float


class RefusedError(Exception):
    """What the repo-server says instead of manifests."""


def generate(address: str, application: Mapping[str, Any], *, cached: bool) -> Generated:
    """Ask a repo-server for an Application's manifests, as the application controller would.

    Raises:
        RefusedError: the repo-server or the plugin refuses.

    """
    request, response = messages()
    call_name = f"/{SERVICE}/GenerateManifest"
    options = [("grpc.max_receive_message_length", 2**27)]
    with grpc.insecure_channel(address, options=options) as channel:
        call = channel.unary_unary(call_name, request.SerializeToString, response.FromString)
        asked = json_format.Parse(json.dumps(_asked(application, cached=cached)), request())
        before = time.monotonic()
        try:
            answer = call(asked, timeout=120)
        except grpc.RpcError as error:
            raise RefusedError(error.details()) from error
        seconds = time.monotonic() - before
    return Generated([json.loads(text) for text in answer.manifests], seconds)


def _asked(application: Mapping[str, Any], *, cached: bool) -> dict[str, Any]:
    meta, spec = application["metadata"], application["spec"]
    source = _wired(spec["source"])
    kind = "helm" if "chart" in source else "git"
    return {
        "repo": {"repo": source["repoURL"], "type": kind},
        "revision": source["targetRevision"],
        "appName": meta["name"],
        "namespace": spec["destination"]["namespace"],
        "noCache": not cached,
        "trackingMethod": "annotation",
        "projectName": spec["project"],
        "projectSourceRepos": [source["repoURL"]],
        "kubeVersion": "1.37.0",
        "annotationManifestGeneratePaths": meta["annotations"].get(ANNOTATION, ""),
        "applicationSource": source,
    }


def _wired(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return a source in the form of the protocol, in which free-form values are bytes."""
    helm = source.get("helm", {})
    if "valuesObject" not in helm:
        return dict(source)
    raw = base64.b64encode(json.dumps(helm["valuesObject"]).encode()).decode()
    return {**source, "helm": {**helm, "valuesObject": {"raw": raw}}}


@functools.cache
def messages() -> tuple[Any, Any]:
    """Return the classes of a request and an answer."""
    pool = descriptor_pool.DescriptorPool()
    for file in descriptors().file:  # with imports before what imports them
        pool.Add(file)
    method = pool.FindServiceByName(SERVICE).FindMethodByName("GenerateManifest")
    return tuple(map(message_factory.GetMessageClass, (method.input_type, method.output_type)))


def descriptors() -> descriptor_pb2.FileDescriptorSet:
    """Return the descriptors of the repo-server's protocol, compiled from the .proto files of Go modules."""
    with tempfile.TemporaryDirectory() as folder:
        for module, version in PROTOCOL:
            link = os.path.join(folder, module)
            os.makedirs(os.path.dirname(link), exist_ok=True)
            os.symlink(tools.installer.go_module(module, version)["Dir"], link)
        target = os.path.join(folder, "descriptors")
        own = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
        flags = [f"-I{folder}", f"-I{own}", "--include_imports", f"--descriptor_set_out={target}"]
        assert protoc.main(["protoc", *flags, FILE]) == 0
        with open(target, "rb") as file:
            return descriptor_pb2.FileDescriptorSet.FromString(file.read())
