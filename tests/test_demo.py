"""The demo tells the estate from what kustomize printed, and from nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.tools import kustomize, script

if TYPE_CHECKING:
    from pathlib import Path

demo = script("demo")

Manifest = dict[str, Any]

DEPLOYMENT: tuple[str, Manifest] = ("Deployment", {})
INGRESS = ("Ingress", {"rules": [{"host": "a1.example.com"}, {"host": "a.example.com"}]})
ROUTE = ("HTTPRoute", {"hostnames": ["r.example.com"]})
APPLICATION = ("Application", {"destination": {"name": "east"}})


def labelled(kind: str, spec: Manifest, environment: str = "dev", app: str | None = "app1") -> Manifest:
    """Return a manifest with the coordinates of an app."""
    labels = {"tenantspec.dev/tenant": "tenant-a", "tenantspec.dev/environment": environment}
    versioned = {"tenantspec.dev/app": app, "app.kubernetes.io/version": "1.5.0"} if app else {}
    return {"kind": kind, "metadata": {"name": "app1", "labels": {**labels, **versioned}}, "spec": spec}


def test_a_row_joins_what_several_builds_printed() -> None:
    """Version, hosts and cluster of one app come from its workload, its routes and its Application."""
    manifests = [labelled(kind, spec) for kind, spec in (APPLICATION, ROUTE, DEPLOYMENT, INGRESS)]
    hosts = "a.example.com, a1.example.com, r.example.com"
    assert demo.rows(manifests) == [("tenant-a", "app1", "dev", "east", hosts, "1.5.0")]


def test_what_is_no_single_apps_is_no_row() -> None:
    """A namespace, or what has no labels at all, adds no row."""
    unlabelled = {"kind": "Deployment", "metadata": {"name": "app"}}
    assert demo.rows([labelled("Namespace", {}, app=None), unlabelled]) == []


def test_an_internal_app_without_application_has_dashes() -> None:
    """A cell that no manifest fills is a dash, not a guess."""
    assert demo.rows([labelled(*DEPLOYMENT)]) == [("tenant-a", "app1", "dev", "-", "-", "1.5.0")]


def test_production_stands_last() -> None:
    """Rows of one app end with production."""
    manifests = [labelled(*DEPLOYMENT, environment=name) for name in ("stg", "prod-ue", "dev", "prod-eu")]
    assert [row[2] for row in demo.rows(manifests)] == ["dev", "stg", "prod-eu", "prod-ue"]


def test_every_kustomization_is_built(tmp_path: Path) -> None:
    """Each folder with a kustomization is one build, and its objects are counted by room."""
    for folder in ("base", "tenants/a"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "kustomization.yaml").write_text("configMapGenerator: [{name: made}]\n")
    estate = os.fspath(tmp_path)
    builds = demo.build_all(kustomize(), demo.kustomizations(estate))
    lines = list(demo.summary("kustomize", estate, builds, 0.25))
    assert [line.split() for line in lines[2:]] == [
        ["base", "1", "kustomizations", "1", "objects"],
        ["tenants", "1", "kustomizations", "1", "objects"],
    ]


def test_a_failing_build_fails_the_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A kustomization that does not build is exit 1, with kustomize's own words."""
    (tmp_path / "kustomization.yaml").write_text("resources: [missing.yaml]\n")
    assert demo.main([os.fspath(tmp_path)]) == 1
    assert "missing.yaml" in capsys.readouterr().err


def test_an_estate_without_kustomizations_fails_the_demo(tmp_path: Path) -> None:
    """Nothing built is a failure, never an empty success."""
    assert demo.main([os.fspath(tmp_path)]) == 1


@pytest.mark.parametrize(
    ("printed", "accepted"),
    [
        ("v5.8.1", True),
        ("{Version:kustomize/v5.4.0 GitCommit:x}", True),
        ("v5.3.0", False),
        ("v4.5.7", False),
        ("v6.0.0", False),
        ("(devel)", False),
    ],
)
def test_a_kustomize_on_path_is_used_where_its_version_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str, *, accepted: bool
) -> None:
    """Versions 5.4 to 5.x run the functions; any other is passed over."""
    program = tmp_path / "kustomize"
    program.write_text(f"#!/bin/sh\necho '{printed}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert demo.kustomize_on_path() == (os.fspath(program) if accepted else None)
