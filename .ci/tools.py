#!/usr/bin/env python3
"""Installs the real programs that the demo and the tests run: pinned, built once, outside the tree.

`.ci/tools.py NAME...` installs those named and prints their paths. It needs no package but the standard
library, so it runs before any virtual environment exists. A program of the pinned version lies at
`$TENANTSPEC_CACHE/bin/NAME-VERSION/NAME` (default cache: ~/.cache/tenantspec-tests); it is put there last
and in one step, so what is there is complete and never touched again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import venv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

GO_TOOLCHAIN: Final = "go1.27.4"  # what the module's wrapper builds use; Go fetches it by itself
ARGOCD: Final = "github.com/argoproj/argo-cd/v3"
ARGOCD_VERSION: Final = "v3.6.1"
KUBERNETES: Final = "k8s.io/kubernetes/cmd"
KUSTOMIZE_RELEASES: Final = "https://github.com/kubernetes-sigs/kustomize/releases/download/kustomize%2F"
KUSTOMIZE_SHA256: Final[Mapping[str, str]] = {
    "linux_amd64": "029a7f0f4e1932c52a0476cf02a0fd855c0bb85694b82c338fc648dcb53a819d",
    "linux_arm64": "0953ea3e476f66d6ddfcd911d750f5167b9365aa9491b2326398e289fef2c142",
    "darwin_amd64": "ee7cf0c1e3592aa7bb66ba82b359933a95e7f2e0b36e5f53ed0a4535b017f2f8",
    "darwin_arm64": "8886f8a78474e608cc81234f729fda188a9767da23e28925802f00ece2bab288",
}


class ToolError(Exception):
    """A program that cannot be had, with the reason and what a person can do."""


@dataclass(frozen=True)
class Tool:
    """One pinned program: its source, how it is made, how long that takes, and when PATH's own will do."""

    name: str
    version: str
    source: str
    make: Callable[[Tool, str], None]
    wait: str
    on_path: Callable[[], str | None] = lambda: None


def cache() -> str:
    """Return the folder outside the tree that keeps what was built."""
    return os.environ.get("TENANTSPEC_CACHE") or os.path.expanduser("~/.cache/tenantspec-tests")


def path_of(tool: Tool) -> str:
    """Return where the tool of this version lies, there or not."""
    return os.path.join(cache(), "bin", f"{tool.name}-{tool.version}", tool.name)


def install(name: str) -> str:
    """Return the path of the named program, made first where it is missing; raises ToolError."""
    tool = TOOLS[name]
    path = tool.on_path() or path_of(tool)
    if os.path.exists(path):
        return path
    with one_at_a_time():
        if not os.path.exists(path):
            say(f"installing {tool.name} {tool.version}: about {tool.wait}, once")
            os.makedirs(os.path.dirname(path), exist_ok=True)
            partial = f"{path}.partial"
            with contextlib.suppress(FileNotFoundError):
                os.remove(partial)
            tool.make(tool, partial)
            os.replace(partial, path)
    return path


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the cache's lock, so that parallel test workers never build the same program twice."""
    os.makedirs(cache(), exist_ok=True)
    with open(os.path.join(cache(), "lock"), "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another installation to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def go_install(tool: Tool, target: str) -> None:
    """Build a command whose module stands alone with `go install`."""
    with tempfile.TemporaryDirectory() as folder:
        environment = go_environment("auto", GOBIN=folder, GOFLAGS="")
        run(["go", "install", f"{tool.source}@{tool.version}"], environment)
        (program,) = os.listdir(folder)
        shutil.move(os.path.join(folder, program), target)


def go_build(tool: Tool, target: str) -> None:
    """Build a command whose module replaces others, which `go install` refuses, in a module around it."""
    build_around(tool.source.partition("/cmd/")[0], tool.version, tool, target)


def go_build_beside_argocd(tool: Tool, target: str) -> None:
    """Build a command in the module around Argo CD, which requires it: both compile what they share once."""
    build_around(ARGOCD, ARGOCD_VERSION, tool, target)


def make_argocd(tool: Tool, target: str) -> None:
    """Build Argo CD's one program, with the scripts that its repo-server looks for on PATH beside it."""
    scripts = os.path.join(go_module(ARGOCD, tool.version)["Dir"], "hack")
    for name in ("git-verify-wrapper.sh", "gpg-wrapper.sh", "git-ask-pass.sh"):
        if os.path.exists(os.path.join(scripts, name)):
            with open(os.path.join(scripts, name), "rb") as file:
                write_program(os.path.join(os.path.dirname(target), name), file.read())
    go_build_beside_argocd(tool, target)


def build_around(module: str, version: str, tool: Tool, target: str) -> None:
    """Build a command in a module that requires another as that one is released."""
    with tempfile.TemporaryDirectory() as folder:
        write_wrapper(module, version, folder)
        flags = ["-ldflags", linker_flags(tool)]
        run(["go", "build", *flags, "-o", target, tool.source], go_environment(GO_TOOLCHAIN), folder)


def write_wrapper(module: str, version: str, folder: str) -> None:
    """Write a go.mod that requires the module with its own replacements, and its go.sum."""
    upstream = go_module(module, version)
    described = json.loads(go("mod", "edit", "-json", upstream["GoMod"]))
    replaced = [line for entry in described.get("Replace") or () for line in replacement(entry, version)]
    header = ["module tools", f"go {GO_TOOLCHAIN.removeprefix('go')}", f"require {module} {version}"]
    with open(os.path.join(folder, "go.mod"), "w", encoding="utf-8") as file:
        file.write("\n\n".join([*header, *replaced]) + "\n")
    sums = os.path.join(upstream["Dir"], "go.sum")
    if os.path.exists(sums):
        shutil.copyfile(sums, os.path.join(folder, "go.sum"))


def replacement(entry: Mapping[str, Mapping[str, str]], version: str) -> Iterator[str]:
    """Yield upstream's `replace` as it holds outside its own tree; one to a local folder is dropped.

    Kubernetes publishes each `./staging` module of v1.N.P as v0.N.P (kubernetes/publishing-bot).
    """
    old, new = entry["Old"]["Path"], entry["New"]
    if "Version" in new:
        yield f"replace {old} => {new['Path']} {new['Version']}"
    elif new["Path"].startswith("./staging/"):
        yield f"replace {old} => {old} {version.replace('v1.', 'v0.', 1)}"


def linker_flags(tool: Tool) -> str:
    """Return linker flags that leave out debug tables and stamp the version where the program keeps it."""
    stamp = "-X k8s.io/component-base/version"
    major, minor = tool.version.removeprefix("v").split(".")[:2]
    if tool.source.startswith(ARGOCD):
        return f"-s -w -X {ARGOCD}/common.version={tool.version.removeprefix('v')}"
    stamps = f"{stamp}.gitVersion={tool.version} {stamp}.gitMajor={major} {stamp}.gitMinor={minor}"
    return f"-s -w {stamps}" if tool.source.startswith("k8s.io/") else "-s -w"


def go_module(module: str, version: str) -> dict[str, Any]:
    """Return what `go mod download` says of a module: Dir, Zip, GoMod; it is fetched where missing."""
    answer: dict[str, Any] = json.loads(go("mod", "download", "-json", f"{module}@{version}"))
    return answer


def go(*arguments: str) -> str:
    """Run a go command outside any module and return what it prints."""
    return run(["go", *arguments], go_environment(GO_TOOLCHAIN), tempfile.gettempdir())


def go_environment(toolchain: str, **more: str) -> dict[str, str]:
    """Return the environment for one go command; the caller's toolchain and flags must not leak in."""
    flags = {"GOFLAGS": "-mod=mod -trimpath -buildvcs=false", "CGO_ENABLED": "0", "GOWORK": "off"}
    return {**os.environ, **flags, "GOTOOLCHAIN": toolchain, **more}


def make_kustomize(tool: Tool, target: str) -> None:
    """Build kustomize with Go, or take the official release where there is no Go."""
    if shutil.which("go"):
        go_install(tool, target)
    else:
        download_kustomize(tool, target)


def download_kustomize(tool: Tool, target: str) -> None:
    """Download the official release for this machine and refuse it unless its SHA-256 is the pinned one."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    system = f"{platform.system().lower()}_{machine}"
    if system not in KUSTOMIZE_SHA256:
        raise ToolError(f"no kustomize release is pinned for {system}: install Go or kustomize first")
    archive = download(f"{KUSTOMIZE_RELEASES}{tool.version}/kustomize_{tool.version}_{system}.tar.gz")
    found = hashlib.sha256(archive).hexdigest()
    if found != KUSTOMIZE_SHA256[system]:
        raise ToolError(f"the kustomize release has SHA-256 {found}, not {KUSTOMIZE_SHA256[system]}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        member = tar.extractfile("kustomize")
        assert member is not None  # noqa: S101  # the pinned archive holds it
        write_program(target, member.read())


def download(url: str) -> bytes:
    """Return what lies at the URL; raises ToolError with what to do instead."""
    try:
        with urllib.request.urlopen(url, timeout=120) as answer:  # noqa: S310  # the literal address above
            content: bytes = answer.read()
    except OSError as error:
        raise ToolError(f"cannot download {url}: {error}; install Go or kustomize first") from error
    return content


def write_program(path: str, content: bytes) -> None:
    """Write an executable file."""
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, 0o755)  # noqa: S103  # what a program on PATH has


def kubectl_on_path() -> str | None:
    """Return the kubectl on PATH if it can run kustomize plugins: any version will do."""
    found = shutil.which("kubectl")
    return found if found and "--enable-alpha-plugins" in attempt([found, "kustomize", "--help"]) else None


def pip_install(tool: Tool, target: str) -> None:
    """Install a PyPI project into a virtual environment of its own beside the program's name."""
    folder = os.path.join(os.path.dirname(target), "venv")
    venv.create(folder, clear=True, with_pip=True)
    python = os.path.join(folder, "bin", "python")
    run([python, "-m", "pip", "install", "--quiet", f"{tool.source}=={tool.version}"], dict(os.environ))
    os.symlink(os.path.join(folder, "bin", tool.name), target)


def run(command: list[str], environment: Mapping[str, str], folder: str | None = None) -> str:
    """Run a command and return its standard output; raises ToolError with the end of what it said."""
    try:
        done = subprocess.run(  # noqa: S603  # commands are this file's own
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError as error:
        raise ToolError(f"{command[0]} is not on PATH: it is needed for {' '.join(command)}") from error
    except subprocess.CalledProcessError as error:
        said = "\n".join((error.stdout + error.stderr).splitlines()[-20:])
        raise ToolError(f"{' '.join(command)} failed:\n{said}") from error
    return done.stdout


def attempt(command: list[str]) -> str:
    """Return a command's standard output, or nothing where it fails."""
    try:
        return run(command, os.environ)
    except ToolError:
        return ""


def say(line: str) -> None:
    """Tell a person what is waited for; standard output is for paths alone."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


TOOLS: Final[Mapping[str, Tool]] = {
    tool.name: tool
    for tool in (
        Tool("kustomize", "v5.8.1", "sigs.k8s.io/kustomize/kustomize/v5", make_kustomize, "half a minute"),
        Tool("kustomize-oldest", "v5.4.2", "sigs.k8s.io/kustomize/kustomize/v5", go_install, "half a minute"),
        Tool("kustomize-newest", "v5.8.2", "sigs.k8s.io/kustomize/kustomize/v5", go_install, "half a minute"),
        Tool("helm", "v4.2.4", "helm.sh/helm/v4/cmd/helm", go_install, "2 minutes"),
        Tool("helm3", "v3.21.4", "helm.sh/helm/v3/cmd/helm", go_install, "2 minutes"),
        Tool("kube-score", "v1.20.0", "github.com/zegl/kube-score/cmd/kube-score", go_install, "a minute"),
        Tool("etcd", "v3.7.3", "go.etcd.io/etcd/server/v3", go_build, "a minute"),
        Tool("argocd", ARGOCD_VERSION, f"{ARGOCD}/cmd", make_argocd, "10 minutes"),
        Tool(
            "kube-apiserver", "v1.37.0", f"{KUBERNETES}/kube-apiserver", go_build_beside_argocd, "5 minutes"
        ),
        Tool(
            "kube-controller-manager",
            "v1.37.0",
            f"{KUBERNETES}/kube-controller-manager",
            go_build_beside_argocd,
            "3 minutes",
        ),
        Tool(
            "kubectl",
            "v1.37.0",
            f"{KUBERNETES}/kubectl",
            go_build_beside_argocd,
            "2 minutes",
            kubectl_on_path,
        ),
        Tool("kwok", "v0.8.0", "sigs.k8s.io/kwok/cmd/kwok", go_install, "2 minutes"),
        Tool("checkov", "3.3.30", "checkov", pip_install, "a minute"),
    )
}


def main(names: list[str]) -> int:
    """Install the named programs and print one path a line."""
    unknown = [name for name in names if name not in TOOLS]
    if unknown or not names:
        say(f"usage: .ci/tools.py NAME...   names: {', '.join(TOOLS)}")
        return 2
    try:
        for name in names:
            sys.stdout.write(f"{install(name)}\n")
    except ToolError as error:
        say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
