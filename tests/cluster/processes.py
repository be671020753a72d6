"""etcd and kube-apiserver as processes on free loopback ports, stopped with the block that started them."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tests import tools

READY_SECONDS: Final = 120
OFF: Final = (
    "ServiceAccount",  # no controller makes the default ServiceAccount that it asks for
    "ResourceQuota",  # no controller fills in the quota's status that it counts against
)


@dataclass(frozen=True)
class Endpoint:
    """Where a server listens and what a client needs to be its administrator."""

    url: str
    token: str
    tls: ssl.SSLContext


@dataclass(frozen=True)
class Process:
    """A running program and the file that it logs to."""

    name: str
    popen: subprocess.Popen[bytes]
    log: str

    def check(self) -> None:
        """Raise RuntimeError with the end of the log if the program has stopped."""
        if self.popen.poll() is not None:
            raise RuntimeError(f"{self.name} exited with {self.popen.returncode}:\n{tail(self.log)}")


@contextlib.contextmanager
def cluster() -> Iterator[Endpoint]:
    """Run etcd and kube-apiserver in a temporary folder and yield where to reach them, ready."""
    etcd_port, peer_port, api_port = free_ports(3)
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="api", ignore_cleanup_errors=True) as folder:
        write(os.path.join(folder, "tokens.csv"), f"{token},admin,admin,system:masters\n")
        storage = started("etcd", etcd_command(etcd_port, peer_port, folder), folder)
        server = started("kube-apiserver", apiserver_command(api_port, etcd_port, folder), folder)
        with storage as etcd, server as apiserver:
            yield wait_until_ready(f"https://127.0.0.1:{api_port}", token, folder, [etcd, apiserver])


@contextlib.contextmanager
def started(
    name: str, command: list[str], folder: str, environment: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """Run a command with its output in a log, and kill it at the end: nothing of it is kept."""
    log = os.path.join(folder, f"{name}.log")
    with open(log, "wb") as output:
        popen = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
    try:
        yield Process(name, popen, log)
    finally:
        popen.kill()
        popen.wait()


def etcd_command(client: int, peer: int, folder: str) -> list[str]:
    """Return how to run one etcd that never waits for the disk."""
    clients, peers = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
    return [
        tools.etcd(),
        f"--data-dir={os.path.join(folder, 'etcd')}",
        "--unsafe-no-fsync",
        f"--listen-client-urls={clients}",
        f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
    ]


def apiserver_command(
    port: int, etcd: int, folder: str, prefix: str = "/registry", off: Iterable[str] = OFF
) -> list[str]:
    """Return how to run kube-apiserver; the key of its own certificate also signs service accounts.

    API servers with prefixes of their own share one etcd. ``off`` names admission plugins that do not run.
    """
    certificates = os.path.join(folder, "tls")
    key = os.path.join(certificates, "apiserver.key")
    return [
        tools.kube_apiserver(),
        f"--etcd-servers=http://127.0.0.1:{etcd}",
        f"--etcd-prefix={prefix}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        f"--cert-dir={certificates}",
        "--service-cluster-ip-range=10.0.0.0/16",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        f"--token-auth-file={os.path.join(folder, 'tokens.csv')}",
        "--authorization-mode=RBAC",
        "--allow-privileged",  # else validation refuses such a pod before pod security sees it
        f"--disable-admission-plugins={','.join(off)}",
    ]


def wait_until_ready(url: str, token: str, folder: str, processes: list[Process]) -> Endpoint:
    """Return the endpoint once /readyz says ok; raises RuntimeError if a process stops, or TimeoutError."""
    certificate = os.path.join(folder, "tls", "apiserver.crt")
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for process in processes:
            process.check()
        if os.path.exists(certificate):
            endpoint = Endpoint(url, token, ssl.create_default_context(cafile=certificate))
            if is_ready(endpoint):
                return endpoint
        time.sleep(0.1)
    raise TimeoutError(f"not ready after {READY_SECONDS} s:\n{tail(processes[-1].log)}")


def is_ready(endpoint: Endpoint) -> bool:
    """Tell whether the server answers that it is ready."""
    request = urllib.request.Request(  # noqa: S310  # a loopback address
        f"{endpoint.url}/readyz", headers={"Authorization": f"Bearer {endpoint.token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5, context=endpoint.tls) as answer:  # noqa: S310
            return bool(answer.read() == b"ok")
    except OSError:
        return False


def free_ports(count: int) -> list[int]:
    """Return loopback ports that nothing listens on; all are held until the last is known.

    They lie below those that Linux gives outgoing connections, so that no connection takes one before a server does.
    """
    with contextlib.ExitStack() as stack:
        found: list[int] = []
        while len(found) < count:
            held = stack.enter_context(socket.socket())
            port = random.randrange(20_000, 32_000)  # noqa: S311  (nothing secret)
            with contextlib.suppress(OSError):
                held.bind(("127.0.0.1", port))
                found.append(port)
        return found


def write(path: str, text: str) -> None:
    """Write a file that only its owner reads."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def tail(log: str) -> str:
    """Return the last lines of a log."""
    with open(log, encoding="utf-8", errors="replace") as file:
        return "".join(file.readlines()[-10:])
