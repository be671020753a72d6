#!/usr/bin/env python3
"""Builds the image from the Dockerfile without network: what it needs is fetched into the build context before.

`.ci/image.py` builds `tenantspec:VERSION` on the Dockerfile's own base, `.ci/image.py --base NAME` on another one;
`--base local` makes one from Debian's packages, for a machine that reaches no registry. It needs no package but the
standard library. Where no Docker engine answers and this is root, one runs for the time that it takes.
"""

from __future__ import annotations

import argparse
import configparser
import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import Final

import tools
from tools import ToolError, say

ROOT: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CONTEXT: Final = os.path.join(".tenantspec", "image")
"""Folder of the build context that holds wheels and programs, relative to the repository."""
PROGRAMS: Final = ("kustomize", "helm")
BUILD_NEEDS: Final = ("setuptools>=68", "wheel")
LOCAL: Final = "tenantspec-base:bookworm"
"""A base image of Debian packages alone."""
INCLUDE: Final = "python3,python3-pip"
PATIENCE: Final = 60
"""Seconds that a Docker engine may take to answer."""


def version() -> str:
    """Return the version that setup.cfg states."""
    settings = configparser.ConfigParser()
    settings.read(os.path.join(ROOT, "setup.cfg"))
    return settings["metadata"]["version"]


def program(name: str, package: str) -> str:
    """Return the path of a program, installed from Debian's package where it is missing and we may."""
    found = shutil.which(name)
    if found:
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise ToolError(f"{name} is not on PATH: install it (on Debian: apt-get install {package})")
    say(f"installing Debian's {package}, once")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    tools.run(["apt-get", "update", "-qq"], environment)
    tools.run(["apt-get", "install", "-qq", "--no-install-recommends", package], environment)
    return program_or_error(name, package)


def program_or_error(name: str, package: str) -> str:
    """Return the path of a program that was just installed."""
    found = shutil.which(name)
    if found is None:
        raise ToolError(f"{package} is installed and holds no {name}")
    return found


def docker(*arguments: str) -> str:
    """Run the Docker client and return its standard output."""
    return tools.run([program("docker", "docker.io"), *arguments], os.environ)


@contextlib.contextmanager
def engine() -> Iterator[None]:
    """Have a Docker engine answer at $DOCKER_HOST: the one that does already, else one of our own."""
    client = program("docker", "docker.io")
    if tools.attempt([client, "version", "--format", "{{.Server.Version}}"]):
        yield
        return
    if os.geteuid() != 0:
        raise ToolError("no Docker engine answers: start one, name one with DOCKER_HOST, or run this as root")
    with alone(), tempfile.TemporaryDirectory(prefix="docker-") as run, own_engine(run):
        yield


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of our engine's folder: two engines on one folder would destroy it."""
    os.makedirs(tools.cache(), exist_ok=True)
    with open(os.path.join(tools.cache(), "docker.lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def own_engine(run: str) -> Iterator[None]:
    """Run dockerd with its images in our cache and no network for containers; it ends with the block."""
    daemon, client = program("dockerd", "docker.io"), program("docker", "docker.io")
    host = f"unix://{run}/docker.sock"
    flags = ["--iptables=false", "--ip6tables=false", "--bridge=none", "--host", host]
    folders = ["--data-root", os.path.join(tools.cache(), "docker"), "--exec-root", f"{run}/exec"]
    before = os.environ.get("DOCKER_HOST")
    with open(os.path.join(run, "log"), "wb") as log:
        process = subprocess.Popen(  # noqa: S603
            [daemon, *flags, *folders, "--pidfile", f"{run}/pid"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            os.environ["DOCKER_HOST"] = host
            await_engine(process, os.path.join(run, "log"))
            yield
        finally:
            tools.attempt(
                [client, "image", "prune", "--force"]
            )  # what earlier builds left; the engine is ours
            process.terminate()
            process.wait()
            tools.attempt(["umount", f"{run}/exec/netns/default"])  # what `--network host` leaves mounted
            os.environ.pop("DOCKER_HOST")
            if before is not None:
                os.environ["DOCKER_HOST"] = before


def await_engine(process: subprocess.Popen[bytes], log: str) -> None:
    """Return once the engine answers; raises ToolError with its last words if it ends or takes too long."""
    end = time.monotonic() + PATIENCE
    while not tools.attempt([program("docker", "docker.io"), "version", "--format", "{{.Server.Version}}"]):
        if process.poll() is not None or time.monotonic() > end:
            with open(log, encoding="utf-8", errors="replace") as stream:
                said = "".join(stream.readlines()[-10:])
            raise ToolError(f"dockerd does not answer:\n{said}")
        time.sleep(0.2)


def local_base() -> str:
    """Return the name of an image of Debian's packages, made and kept in the cache where it is missing."""
    if tools.attempt([program("docker", "docker.io"), "image", "inspect", "--format", "{{.Id}}", LOCAL]):
        return LOCAL
    tarball = os.path.join(tools.cache(), "base-bookworm.tar")
    if not os.path.exists(tarball):
        say("making a base image from Debian's packages: about a minute, once")
        partial = f"{tarball}.partial"
        with contextlib.suppress(FileNotFoundError):
            os.remove(partial)
        command = [program("mmdebstrap", "mmdebstrap"), "--quiet", "--format=tar", "--variant=minbase"]
        tools.run([*command, f"--include={INCLUDE}", "bookworm", partial], dict(os.environ))
        os.replace(partial, tarball)
    docker("import", tarball, LOCAL)
    return LOCAL


def prepare(base: str) -> None:
    """Fetch what the build needs into the context: wheels for the base's Python, and the programs."""
    folder = os.path.join(ROOT, CONTEXT)
    shutil.rmtree(folder, ignore_errors=True)
    python, machine = asked(base)
    settings = configparser.ConfigParser()
    settings.read(os.path.join(ROOT, "setup.cfg"))
    needs = settings["options"]["install_requires"].split()
    only = ["--only-binary=:all:", "--python-version", python, "--implementation=cp"]
    platforms = [f"--platform=manylinux{tag}_{machine}" for tag in ("_2_28", "_2_17", "2014")]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    wheels = os.path.join(folder, "wheels")
    tools.run([*command, *only, *platforms, "--dest", wheels, *needs, *BUILD_NEEDS], dict(os.environ))
    for name in PROGRAMS:
        source = tools.install(name)
        target = os.path.join(
            folder, "bin", os.path.basename(os.path.dirname(tools.path_of(tools.TOOLS[name])))
        )
        os.makedirs(target)
        shutil.copy2(source, os.path.join(target, name))


def asked(base: str) -> Sequence[str]:
    """Return the version of a base image's Python and its machine, such as 3.13 and x86_64."""
    code = "import platform as p; print(*p.python_version_tuple()[:2], p.machine())"
    answer = docker("run", "--rm", "--network=none", "--entrypoint=python3", base, "-c", code)
    major, minor, machine = answer.split()
    return f"{major}.{minor}", machine


def default_base() -> str:
    """Return the base that the Dockerfile names."""
    with open(os.path.join(ROOT, "Dockerfile"), encoding="utf-8") as stream:
        (line,) = (line for line in stream if line.startswith("ARG BASE="))
    return line.strip().removeprefix("ARG BASE=")


def build(base: str) -> str:
    """Build the image on a base without network and return its name."""
    name = f"tenantspec:{version()}"
    arguments = {
        "BASE": base,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": f"/src/{CONTEXT}/wheels",
        "PROGRAMS": " ".join(PROGRAMS),
    }
    given = [f"--build-arg={key}={value}" for key, value in arguments.items()]
    docker("build", "--quiet", "--network=none", *given, "--tag", name, ROOT)
    return name


def size(image: str) -> int:
    """Return an image's size in bytes."""
    return int(docker("image", "inspect", "--format", "{{.Size}}", image))


def sizes(image: str, base: str) -> str:
    """Return a line that says what the image weighs, and what of it is its base."""
    whole, below = size(image) / 1e6, size(base) / 1e6
    return f"{image}: {whole:.0f} MB, of which {whole - below:.0f} MB are ours and {below:.0f} MB are {base}"


def main() -> int:
    """Build the image and print its name and size."""
    parser = argparse.ArgumentParser(description="build the image without network inside the build")
    parser.add_argument("--base", default="", help="base image; 'local' makes one from Debian's packages")
    chosen = parser.parse_args().base or default_base()
    try:
        with engine():
            base = local_base() if chosen == "local" else chosen
            prepare(base)
            sys.stdout.write(f"{sizes(build(base), base)}\n")
    except ToolError as error:
        say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
