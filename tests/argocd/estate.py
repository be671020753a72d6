"""A git repository of a test's own that holds a copy of gitops/, with its URLs on loopback."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import Any, Final

import yaml

from tests import tools
from tests.argocd.charts import CHARTS

GITOPS: Final = os.path.join(tools.ROOT, "gitops")
IDENTITY: Final = ("-c", "user.name=test", "-c", "user.email=test@example.com")
TENANTSPEC: Final = os.path.join(os.path.dirname(sys.executable), "tenantspec")
RENDERED: Final = "rendered"


class Estate:
    """The working tree that the tests edit and commit; Argo CD reads what is committed to `main`."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.url = f"file://{folder}"
        self.root = os.path.join(folder, "gitops")
        os.makedirs(folder)
        shutil.copytree(GITOPS, self.root)
        self.git("init", "--quiet", "--initial-branch=main")

    def local(self, charts: str) -> None:
        """Point every URL of the estate to loopback; nothing serves behind pods that run on no machine.

        So ingress-nginx goes without its webhook, which the API server would ask about every Ingress.
        """
        self.replace("platform.yaml", r"url: https://\S+", f"url: {self.url}")
        for chart in CHARTS:
            path = f"infra/{chart.name}/component.yaml"
            self.replace(path, r"repository: https://[^,]+", f"repository: {charts}/{chart.name}")
        webhook = "controller:\n      admissionWebhooks: {enabled: false}"
        self.replace("infra/ingress-nginx/component.yaml", "controller:", webhook)

    def read(self, path: str) -> str:
        """Return the text of a file of the estate."""
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read()

    def write(self, path: str, text: str) -> None:
        """Write a file of the estate."""
        whole = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(text)

    def replace(self, path: str, pattern: str, text: str) -> None:
        """Replace the first match of a pattern, which has to be there."""
        changed, count = re.subn(pattern, lambda _: text, self.read(path), count=1)
        assert count == 1, f"{path} has no {pattern}"
        self.write(path, changed)

    def commit(self, message: str = "change", *, rendered: bool = False) -> str:
        """Commit everything and return the revision; with what `tenantspec render -o` writes, where asked."""
        if rendered:
            self.tenantspec("render", "-o", os.path.join(self.root, RENDERED))
        self.git("add", "--all")
        self.git(*IDENTITY, "commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD").strip()

    def back_to(self, revision: str) -> str:
        """Commit the tree of an earlier revision."""
        self.git("read-tree", "-u", "--reset", revision)
        return self.commit(f"back to {revision}")

    def git(self, *arguments: str) -> str:
        """Run git in the working tree and return what it prints."""
        return run(["git", *arguments], self.folder)

    def tenantspec(self, *arguments: str) -> str:
        """Run the command in the estate and return what it prints."""
        return run([TENANTSPEC, *arguments], self.root)

    def manifests(self, *arguments: str) -> list[dict[str, Any]]:
        """Return what `tenantspec render` prints for a part of the estate."""
        text = self.tenantspec("render", *arguments)
        return [found for found in yaml.load_all(text, Loader=yaml.CSafeLoader) if found]

    def built(self, folder: str) -> list[dict[str, Any]]:
        """Return what a folder of the estate builds."""
        text = self.tenantspec("build", folder)
        return [found for found in yaml.load_all(text, Loader=yaml.CSafeLoader) if found]


def chart_versions() -> dict[str, str]:
    """Return the chart version that gitops/ pins for each component."""
    versions = {}
    for chart in CHARTS:
        with open(os.path.join(GITOPS, "infra", chart.name, "component.yaml"), "rb") as file:
            versions[chart.name] = str(yaml.safe_load(file)["spec"]["chart"]["version"])
    return versions


def run(command: list[str], folder: str) -> str:
    """Run a command that has to succeed and return what it prints."""
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stderr}"
    return done.stdout
