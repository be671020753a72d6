"""Pods: containers, resources, variables, volumes, files and secrets, and what pods are labelled and trusted with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.manifests.files import file_key
from krm_functions.manifests.metadata import label_value
from tests.quality import shapes
from tests.quality.objects import CLAIM, house, web
from tests.quality.shapes import DIGEST

if TYPE_CHECKING:
    from pathlib import Path

    from tests.quality.shapes import Spec

# --- containers


def test_sidecars_are_native_and_start_first(tmp_path: Path) -> None:
    """They run before the init containers and beside the app, and keep the house's conventions."""
    found = web(
        tmp_path,
        {
            "init": [
                {"name": "one", "image": "ghcr.io/x/one:1"},
                {"name": "two", "image": "ghcr.io/x/two:1"},
            ],
            "sidecars": {"proxy": {"image": "ghcr.io/x/proxy:1", "mounts": ["scratch"]}},
            "volumes": {"scratch": {"mount": "/scratch", "ephemeral": True}},
        },
    )
    assert [container["name"] for container in found.pod["initContainers"]] == ["proxy", "one", "two"]
    assert [container.get("restartPolicy") for container in found.pod["initContainers"]] == [
        "Always",
        None,
        None,
    ]
    for name in ("proxy", "one"):
        for key in ("securityContext", "resources", "imagePullPolicy", "terminationMessagePolicy"):
            assert found.other(name)[key] == found.container[key]
    assert found.other("proxy")["volumeMounts"] == [{"name": "scratch", "mountPath": "/scratch"}]
    assert "volumeMounts" not in found.other("one")


def test_security_may_be_changed_within_the_profile(tmp_path: Path) -> None:
    """A user holds for the pod and all its containers; a writable root only for the app's own."""
    security = {"runAsUser": 20000, "fsGroup": 30000, "readOnlyRootFilesystem": False}
    found = web(tmp_path, {"security": security, "sidecars": {"proxy": {"image": "ghcr.io/x/proxy:1"}}})
    contexts = [
        found.pod["securityContext"],
        found.container["securityContext"],
        found.other("proxy")["securityContext"],
    ]
    assert [context["runAsUser"] for context in contexts] == [20000] * 3
    assert all(context["runAsNonRoot"] for context in contexts)
    assert contexts[0]["fsGroup"] == 30000
    assert [context["readOnlyRootFilesystem"] for context in contexts[1:]] == [False, True]


@pytest.mark.parametrize(
    ("said", "requests", "limits"),
    [
        ({}, {"cpu": "50m", "memory": "64Mi"}, {"memory": "256Mi"}),
        ({"requests": {"cpu": "2", "memory": "128Mi"}}, {"cpu": "2", "memory": "128Mi"}, {"memory": "256Mi"}),
        ({"requests": {"memory": "1Gi"}}, {"cpu": "50m", "memory": "1Gi"}, {"memory": "1Gi"}),
        ({"limits": {"memory": "1Gi"}}, {"cpu": "50m", "memory": "1Gi"}, {"memory": "1Gi"}),
        (
            {"requests": {"nvidia.com/gpu": "1"}},
            {"cpu": "50m", "memory": "64Mi", "nvidia.com/gpu": "1"},
            {"memory": "256Mi", "nvidia.com/gpu": "1"},
        ),
    ],
)
def test_what_is_said_of_a_resource_wins(tmp_path: Path, said: Spec, requests: Spec, limits: Spec) -> None:
    """The house's requests and limits are for what is not said, and give way where the two do not go together."""
    scratch = ({"ephemeral-storage": "64Mi"}, {"ephemeral-storage": "1Gi"})
    found = web(tmp_path, {"resources": said}).container["resources"]
    assert found == {"requests": {**requests, **scratch[0]}, "limits": {**limits, **scratch[1]}}


def test_a_pod_may_fill_its_ephemeral_volumes(tmp_path: Path) -> None:
    """Their sizes come on top of the house's limit, past which the kubelet evicts the pod; a limit that is said stays."""
    volumes = {
        "cache": {"mount": "/cache", "ephemeral": True, "size": "10G"},
        "scratch": {"mount": "/scratch", "ephemeral": True},
    }
    found = web(tmp_path, {"volumes": volumes})
    assert found.pod["volumes"] == [
        {"name": "cache", "emptyDir": {"sizeLimit": "10G"}},
        {"name": "scratch", "emptyDir": {}},
    ]
    assert found.container["resources"]["limits"]["ephemeral-storage"] == "10561Mi"
    said = {"resources": {"limits": {"ephemeral-storage": "2Gi"}}, "volumes": volumes}
    assert web(tmp_path, said).container["resources"]["limits"]["ephemeral-storage"] == "2Gi"


def test_two_ports_may_lead_to_one_of_the_container(tmp_path: Path) -> None:
    """The container names it once, and both find it by that name."""
    ports = {
        "http": {"port": 80, "targetPort": 8080},
        "alt": {"port": 81, "targetPort": 8080},
        "dns": {"port": 80, "protocol": "UDP"},
    }
    found = web(tmp_path, {"ports": ports})
    assert found.container["ports"] == [
        {"name": "http", "containerPort": 8080, "protocol": "TCP"},
        {"name": "dns", "containerPort": 80, "protocol": "UDP"},
    ]
    targets = {port["name"]: port["targetPort"] for port in found.spec("Service")["ports"]}
    assert targets == {"http": "http", "alt": "http", "dns": "dns"}


def test_a_variable_stands_behind_those_it_expands(tmp_path: Path) -> None:
    """Kubernetes expands `$(NAME)` only of variables before it; the rest is in the order of the alphabet."""
    env = {"A_URL": "http://$(HOST)/$(B)", "B": "$(PASSWORD)", "HOST": "h", "Z": "$(Y)", "Y": "$(Z)"}
    found = web(tmp_path, {"env": env, "secrets": {"PASSWORD": {"key": "db"}}})
    assert [variable["name"] for variable in found.container["env"]] == [
        "HOST",
        "PASSWORD",
        "B",
        "A_URL",
        "Y",
        "Z",
    ]


def test_an_app_may_say_what_the_house_says(tmp_path: Path) -> None:
    """A variable, volume or hook of the app replaces the house's of that name, of whatever kind that was."""
    node = {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
    house(
        tmp_path,
        app={
            "env": [node, {"name": "ZONE", "value": "z"}],
            "lifecycle": {"preStop": {"exec": {"command": ["x"]}}},
        },
        pod={"volumes": [{"name": "data", "emptyDir": {}}]},
    )
    found = web(tmp_path, {"port": 80, "env": {"NODE": "mine", "A": "$(ZONE)"}, "volumes": CLAIM})
    assert found.container["env"] == [
        {"name": "NODE", "value": "mine"},
        {"name": "ZONE", "value": "z"},
        {"name": "A", "value": "$(ZONE)"},
    ]
    assert found.container["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
    assert found.pod["volumes"] == [{"name": "data", "persistentVolumeClaim": {"claimName": "web-data"}}]


# --- files and secrets


def test_files_are_mounted_one_by_one(tmp_path: Path) -> None:
    """A literal file comes from an immutable ConfigMap, a secret one from the store; neither hides its folder."""
    files = {"/etc/web/web.toml": "level = 1", "/etc/tls/key": {"secret": {"key": "tls", "property": "key"}}}
    found = web(tmp_path, {"files": files})
    mounts = {
        mount["mountPath"]: (mount["name"], mount["subPath"]) for mount in found.container["volumeMounts"]
    }
    assert mounts == {
        "/etc/web/web.toml": ("app-files", "etc_web_web.toml"),
        "/etc/tls/key": ("app-secret-files", "etc_tls_key"),
    }
    volumes = {volume["name"]: volume for volume in found.pod["volumes"]}
    config = found.found["ConfigMap", volumes["app-files"]["configMap"]["name"]]
    assert (config["immutable"], config["data"]) == (True, {"etc_web_web.toml": "level = 1"})
    (value,) = found.spec("ExternalSecret", volumes["app-secret-files"]["secret"]["secretName"])["data"]
    assert (value["secretKey"], value["remoteRef"]["key"], value["remoteRef"]["property"]) == (
        "etc_tls_key",
        "t/dev/tls",
        "key",
    )


def test_a_new_content_is_a_new_config_map(tmp_path: Path) -> None:
    """Pods roll when a file changes, and only then: the order of files is nothing."""
    names = [
        next(name for kind, name in web(tmp_path, {"files": files}).found if kind == "ConfigMap")
        for files in ({"/a": "1", "/b": "2"}, {"/b": "2", "/a": "1"}, {"/a": "2", "/b": "1"})
    ]
    assert names[0] == names[1] != names[2]


LONG: Final = "/" + "long/" * 100
PATHS: Final = (
    "/.env",
    "/env",
    "/..data",
    "/data",
    "/a_b",
    "/a/b",
    "/a.b",
    "/a/ü",
    "/a/-",
    f"{LONG}a",
    f"{LONG}long/a",
)


def test_keys_of_files_are_valid_and_distinct() -> None:
    """A path that cannot be read back from its key has a hash in it."""
    keys = [file_key(path) for path in PATHS]
    assert len(set(keys)) == len(PATHS)
    assert {len(key) <= 253 and not key.startswith("..") for key in keys} == {True}
    assert set("".join(keys)) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert [file_key("/etc/web/web.toml"), file_key("/a/b")] == ["etc_web_web.toml", "a_b"]


def test_each_container_sees_only_its_own_secrets(tmp_path: Path) -> None:
    """A container has a Secret of its own, named in its environment."""
    init = [{"name": "migrate", "image": "ghcr.io/x/migrate:1", "secrets": {"ADMIN": {"key": "admin"}}}]
    found = web(tmp_path, {"secrets": {"PASSWORD": {"key": "db"}}, "init": init})
    reference = {"name": "web-migrate-secrets", "key": "ADMIN"}
    assert found.other("migrate")["env"] == [{"name": "ADMIN", "valueFrom": {"secretKeyRef": reference}}]
    assert [value["secretKey"] for value in found.spec("ExternalSecret", "web-migrate-secrets")["data"]] == [
        "ADMIN"
    ]
    assert [value["secretKey"] for value in found.spec("ExternalSecret", "web-secrets")["data"]] == [
        "PASSWORD"
    ]


# --- identity


def test_a_token_is_mounted_only_where_it_is_asked_for(tmp_path: Path) -> None:
    """Account and pod agree, so that neither alone decides."""
    for token in (False, True):
        found = web(tmp_path, {"serviceAccount": {"token": token}})
        account = found.found["ServiceAccount", "web"]
        assert (account["automountServiceAccountToken"], found.pod["automountServiceAccountToken"]) == (
            token,
            token,
        )


def test_images_are_pulled_with_the_tenants_secret(tmp_path: Path) -> None:
    """The pull secret of the tenant is named in every pod, and images are always asked for."""
    found = web(tmp_path, {}, tenant={**shapes.TENANT, "pullSecret": {"key": "registry"}})
    assert found.pod["imagePullSecrets"] == [{"name": "pull-secret"}]
    assert found.container["imagePullPolicy"] == "Always"
    assert "imagePullSecrets" not in web(tmp_path, {}).pod


@pytest.mark.parametrize(
    ("version", "label"),
    [
        ("1.0.0", "1.0.0"),
        (f"1.0.0@{DIGEST}", "1.0.0"),
        (DIGEST, DIGEST[7:19]),
        ("1.0.0_rc.1-", "1.0.0_rc.1"),
        ("v" + "1" * 127, "v" + "1" * 62),
        ("a" * 62 + "..b", "a" * 62),
        ("_", ""),
    ],
)
def test_the_version_label_is_valid_for_any_tag(tmp_path: Path, version: str, label: str) -> None:
    """The tag, or the start of the digest; 63 characters at most, letters or digits at its ends."""
    shapes.put(
        tmp_path / "tenants/t/apps/web/versions.yaml",
        "AppVersions",
        {"name": "web", "namespace": "t"},
        {"dev": version},
    )
    found = web(tmp_path, {})
    assert found.workload["metadata"]["labels"]["app.kubernetes.io/version"] == label
    assert found.container["image"].startswith("ghcr.io/x/web")
    assert found.container["image"].endswith(version)


def test_a_chart_version_with_a_build_is_a_valid_label() -> None:
    """Build metadata of a semantic version has a plus, which no label may have."""
    assert label_value("1.0.0+build.7") == "1.0.0-build.7"
