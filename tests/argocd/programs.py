"""Argo CD's programs as processes, with the settings that the product's ConfigMaps give them."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeVar

import yaml

from tests import tools
from tests.argocd.wire import Wire
from tests.cluster.processes import Process, free_ports, started, write

MODULE: Final = ("github.com/argoproj/argo-cd/v3", "v3.6.1")
PLUGIN: Final = "tenantspec-v1"
READY_SECONDS: Final = 60
DEPLOYMENTS: Final = {
    "argocd-repo-server": "repo-server/argocd-repo-server-deployment.yaml",
    "argocd-application-controller": "application-controller/argocd-application-controller-statefulset.yaml",
    "argocd-applicationset-controller": "applicationset-controller/argocd-applicationset-controller-deployment.yaml",
}
"""Where Argo CD's own manifests say which key of which ConfigMap becomes which variable."""
Settings = Mapping[str, Mapping[str, str]]
"""The data of ConfigMaps by their name."""
Found = TypeVar("Found")


class Plugin(NamedTuple):
    """The wire to the plugin's server, and the server's process id."""

    wire: Wire
    pid: int


class RepoServer:
    """Where the repo-server answers, and the plugin behind it where there is one."""

    def __init__(self, port: int, redis: int, plugin: Plugin | None) -> None:
        self.address = f"127.0.0.1:{port}"
        self.redis = f"127.0.0.1:{redis}"
        self._plugin = plugin

    @property
    def plugin(self) -> Plugin:
        """The plugin's server, which has to be there."""
        assert self._plugin
        return self._plugin


def settings(manifests: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the data of each ConfigMap among manifests."""
    return {found["metadata"]["name"]: found["data"] for found in manifests if found["kind"] == "ConfigMap"}


def plugin_text(found: Settings) -> str:
    """Return the plugin.yaml that the product's installation holds."""
    (text,) = [data["plugin.yaml"] for data in found.values() if "plugin.yaml" in data]
    return text


def variables(program: str, found: Settings) -> dict[str, str]:
    """Return the variables that Argo CD's own manifests make of settings for one of its programs."""
    base = os.path.join(tools.installer.go_module(*MODULE)["Dir"], "manifests", "base")
    with open(os.path.join(base, DEPLOYMENTS[program]), "rb") as file:
        (container, *_) = yaml.safe_load(file)["spec"]["template"]["spec"]["containers"]
    named = {}
    for variable in container["env"]:
        key = variable.get("valueFrom", {}).get("configMapKeyRef")
        if key and key["key"] in found.get(key["name"], {}):
            named[variable["name"]] = found[key["name"]][key["key"]]
    return named


@contextlib.contextmanager
def repo_server(folder: str, found: Settings) -> Iterator[RepoServer]:
    """Run redis, the plugin's server where the settings have a plugin, and the repo-server."""
    redis_port, port, metrics = free_ports(3)
    for name in ("sockets", "plugin", "tls", "ssh", "gpg/keys", "gpg/source", "repo", "work", "home"):
        os.makedirs(os.path.join(folder, name), mode=0o700)
    write(os.path.join(folder, "ssh", "ssh_known_hosts"), "")
    with contextlib.ExitStack() as stack:
        stack.enter_context(started("redis", redis_command(redis_port, folder), folder))
        plugin = stack.enter_context(plugin_server(folder, found)) if has_plugin(found) else None
        environment = {
            **surroundings(folder, "argocd-repo-server", found),
            "ARGOCD_PLUGINSOCKFILEPATH": os.path.join(folder, "sockets"),
            "ARGOCD_ASK_PASS_SOCK": os.path.join(folder, "ask-pass.sock"),
            "ARGOCD_GNUPGHOME": os.path.join(folder, "gpg", "keys"),
            "ARGOCD_GPG_DATA_PATH": os.path.join(folder, "gpg", "source"),
            "ARGOCD_GPG_ENABLED": "false",
            "ARGOCD_PAUSE_GEN_AFTER_FAILED_ATTEMPTS": "0",
            "TMPDIR": os.path.join(folder, "repo"),
        }
        command = [
            *(tools.installed("argocd"), "--address", "127.0.0.1", "--port", str(port)),
            *("--metrics-address", "127.0.0.1", "--metrics-port", str(metrics)),
            *("--redis", f"127.0.0.1:{redis_port}", "--disable-tls", "--client-ca-path", ""),
            *("--revision-cache-expiration", "1s", "--logformat", "text"),
        ]
        server = stack.enter_context(started("argocd-repo-server", command, folder, environment))
        until(lambda: listens(port), "the repo-server listens", server)
        yield RepoServer(port, redis_port, plugin)


def has_plugin(found: Settings) -> bool:
    """Tell whether the settings install the plugin."""
    return any("plugin.yaml" in data for data in found.values())


@contextlib.contextmanager
def plugin_server(folder: str, found: Settings) -> Iterator[Plugin]:
    """Run the plugin's server as the sidecar does, and the wire that the repo-server reaches it by."""
    write(os.path.join(folder, "plugin", "plugin.yaml"), plugin_text(found))
    behind = os.path.join(folder, "behind")
    os.makedirs(behind)
    environment = {
        **surroundings(folder, "argocd-cmp-server", {}),
        "ARGOCD_PLUGINSOCKFILEPATH": behind,
        "ARGOCD_CMP_WORKDIR": os.path.join(folder, "work"),
    }
    command = [tools.installed("argocd"), "--config-dir-path", os.path.join(folder, "plugin")]
    with started("argocd-cmp-server", [*command, "--logformat", "text"], folder, environment) as server:
        inner = os.path.join(behind, f"{PLUGIN}.sock")
        until(lambda: os.path.exists(inner), "the plugin's server listens", server)
        with Wire(os.path.join(folder, "sockets", f"{PLUGIN}.sock"), inner) as wire:
            yield Plugin(wire, server.popen.pid)


@contextlib.contextmanager
def controllers(folder: str, kubeconfig: str, served: RepoServer, found: Settings) -> Iterator[list[Process]]:
    """Run the application controller and the ApplicationSet controller on a hub's own cluster."""
    metrics, set_metrics, probe, webhook = free_ports(4)
    application = [
        *(tools.installed("argocd"), "--namespace", "argocd", "--redis", served.redis),
        *("--repo-server", served.address, "--repo-server-plaintext", "--metrics-port", str(metrics)),
        *("--app-resync", "15", "--app-resync-jitter", "0", "--logformat", "text"),
    ]
    sets = [
        *(tools.installed("argocd"), "--namespace", "argocd"),
        *("--argocd-repo-server", served.address, "--repo-server-plaintext"),
        *("--metrics-addr", f"127.0.0.1:{set_metrics}", "--probe-addr", f"127.0.0.1:{probe}"),
        *("--webhook-addr", f"127.0.0.1:{webhook}", "--logformat", "text"),
    ]
    near = {"KUBECONFIG": kubeconfig, "ARGOCD_FAKE_IN_CLUSTER": "true", "NAMESPACE": "argocd"}
    commands = {"argocd-application-controller": application, "argocd-applicationset-controller": sets}
    with contextlib.ExitStack() as stack:
        running = []
        for program, command in commands.items():
            environment = {**surroundings(folder, program, found), **near, "HOSTNAME": f"{program}-0"}
            running.append(stack.enter_context(started(program, command, folder, environment)))
        yield running


def surroundings(folder: str, program: str, found: Settings) -> dict[str, str]:
    """Return the environment of one of Argo CD's programs, which its one executable takes for its name."""
    argocd = os.path.dirname(tools.installed("argocd"))
    path = [helm_folder(folder), os.path.dirname(tools.kustomize()), argocd, os.path.dirname(sys.executable)]
    said = variables(program, found) if program in DEPLOYMENTS else {}
    return {
        "PATH": os.pathsep.join([*path, os.defpath, "/usr/local/bin"]),
        "HOME": os.path.join(folder, "home"),
        "LANG": "C.UTF-8",
        "ARGOCD_BINARY_NAME": program,
        "ARGOCD_TLS_DATA_PATH": os.path.join(folder, "tls"),
        "ARGOCD_SSH_DATA_PATH": os.path.join(folder, "ssh"),
        **said,
    }


def helm_folder(folder: str) -> str:
    """Return a folder in which the pinned helm has the name that Argo CD calls it by."""
    where = os.path.join(folder, "bin")
    if not os.path.exists(where):
        os.makedirs(where)
        os.symlink(tools.installed("helm3"), os.path.join(where, "helm"))
    return where


def redis_command(port: int, folder: str) -> list[str]:
    """Return how to run redis, which keeps nothing."""
    return [
        *(redis(), "--bind", "127.0.0.1", "--port", str(port)),
        *("--save", "", "--appendonly", "no", "--dir", folder),
    ]


def redis() -> str:
    """Return the path of redis-server, installed with apt-get where it is missing and may be installed.

    It is the one program here that is written in C: no Go module has it.
    """
    if not shutil.which("redis-server"):
        apt = shutil.which("apt-get")
        if not apt or os.geteuid() != 0:
            needs = "redis-server is not on PATH, and only root on Debian can install it from here"
            raise tools.installer.ToolError(f"{needs}: install the package that holds it")
        tools.installer.say("installing redis-server: apt-get install redis-server, half a minute, once")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([apt, "update", "-qq"], check=True, env=quiet)
        subprocess.run([apt, "install", "-y", "-qq", "redis-server"], check=True, env=quiet)
    return shutil.which("redis-server") or "redis-server"


def until(ask: Callable[[], Found], what: str, *processes: Process, seconds: float = READY_SECONDS) -> Found:
    """Ask until the answer is true and return it; raises TimeoutError that says what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        for process in processes:
            process.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"not after {seconds:g} s: {what}")
        time.sleep(0.5)  # an answer is a list of large objects, and the machine has other work


def listens(port: int) -> bool:
    """Tell whether something accepts connections on a loopback port."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
