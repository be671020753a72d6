"""What people write in specs, and what they are told: the rules of the DSL by example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from krm_functions.diagnostics import Collector, Diagnostic, Place
from krm_functions.documents.yaml import read
from krm_functions.spec import app, common, container
from krm_functions.spec.composites import MapOf
from tests.spec import model

if TYPE_CHECKING:
    from krm_functions.spec.scalars import Text


def of_app(text: str) -> list[tuple[str, str, str]]:
    """Return code, path and note of everything wrong with an App of a spec in YAML."""
    spec = read(text).documents[0]
    document = {
        "apiVersion": "tenantspec.dev/v1alpha1",
        "kind": "App",
        "metadata": {"name": "app1", "namespace": "tenant-a"},
        "spec": spec,
    }
    return [(d.code, ".".join(map(str, d.place.path[1:])), d.note) for d in said_at_top(document) if d.place]


def said_at_top(document: object) -> list[Diagnostic]:
    """Return what the kind App says of a document."""
    out = Collector()
    app.app.check(document, Place("app.yaml"), out)
    return out.diagnostics


def test_all_problems_are_told_at_once() -> None:
    """One mistake does not hide another, in a field, beside it or below it."""
    found = of_app("{prot: 1, port: 0, replicas: 2, autoscale: {min: x, max: 5}, args: a, expose: {hots: a}}")
    assert found == [
        ("TS201", "prot", "did you mean 'port'?"),
        ("TS203", "port", "1 to 65535"),
        ("TS202", "autoscale.min", ""),
        ("TS202", "args", "write it as a list: [...]"),
        ("TS201", "expose.hots", "did you mean 'host'?"),
        ("TS205", "autoscale", "keep one of them"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "path", "note"),
    [
        (
            "{chart: {repository: https://a.example, name: a, version: 1.10}}",
            "TS202",
            "chart.version",
            "quote it",
        ),
        ("{env: {TAG: 1.10}}", "TS202", "env.TAG", "quote it"),
        ("{env: {FLAG: true}}", "TS202", "env.FLAG", "quote it"),
        ("{labels: {cost: 42}}", "TS202", "labels.cost", "quote it"),
        ("{enabled: yes}", "TS202", "enabled", "write true or false"),
        ("{enabled: no}", "TS202", "enabled", "write true or false"),
        ("{port: '8080'}", "TS202", "port", "remove the quotes"),
        ("{secrets: {TOKEN: hunter2}}", "TS202", "secrets.TOKEN", ""),
        ("{secrets: {TOKEN: {key: ../other}}}", "TS203", "secrets.TOKEN.key", "a relative path without '..'"),
        ("{secrets: {TOKEN: {key: /abs}}}", "TS203", "secrets.TOKEN.key", "a relative path without '..'"),
        ("{labels: {app.kubernetes.io/name: x}}", "TS203", "labels.app.kubernetes.io/name", "reserved"),
        ("{annotations: {a.tenantspec.dev/x: x}}", "TS203", "annotations.a.tenantspec.dev/x", "reserved"),
        ("{env: {1A: x}}", "TS203", "env.1A", "no digit first"),
        ("{env: {A: {url: a, host: b}}}", "TS205", "env.A", ""),
        ("{image: agent}", "TS203", "image", "registry/path"),
        ("{port: 80, ports: {http: 80}}", "TS205", "ports", "keep one of them"),
        ("{size: small, resources: {}}", "TS205", "resources", "keep one of them"),
        ("{needs: [app2, app2]}", "TS203", "needs.1", ""),
        ("{stages: {prod: {id: x}}}", "TS201", "stages.prod.id", ""),
        ("{stages: {prod: {stages: {}}}}", "TS201", "stages.prod.stages", ""),
        ("{stages: {prod: null}}", "TS202", "stages.prod", ""),
        (
            "{health: {readiness: {path: /a, command: [a]}}}",
            "TS205",
            "health.readiness.command",
            "keep one of them",
        ),
    ],
)
def test_mistakes_people_make(text: str, code: str, path: str, note: str) -> None:
    """A spec's own mistakes come with the way out."""
    (found,) = of_app(text)
    assert found[:2] == (code, path)
    assert note in found[2]


@pytest.mark.parametrize("text", ["{}", "{port: null, ports: {http: 80}}", "{size: null, resources: {}}"])
def test_null_is_not_written(text: str) -> None:
    """Null stands for every field that is not required, and does not exclude another."""
    assert of_app(text) == []


@pytest.mark.parametrize(
    ("document", "code", "message"),
    [
        ([], "TS202", "the document wants an App, not a list"),
        ({"apiVersion": "v1"}, "TS203", "'apiVersion': 'v1' is not one of tenantspec.dev/v1alpha1"),
        ({"kind": "Tenant"}, "TS203", "'kind': 'Tenant' is not one of App"),
        ({}, "TS204", "the document lacks 'spec'"),
        ({"metadata": {"name": "app1"}}, "TS204", "'metadata' lacks 'namespace'"),
        ({"status": {}}, "TS201", "unknown field 'status'"),
    ],
)
def test_the_envelope(document: object, code: str, message: str) -> None:
    """A document has an apiVersion, a kind, metadata and a spec, and nothing else."""
    assert (code, message) in [(d.code, d.message) for d in said_at_top(document)]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (common.dns_label, ["a", "a-b", "0"], ["", "-a", "a-", "A", "a.b", "a" * 64]),
        (common.dns_name, ["a.b", "a"], ["a..b", ".a", "a_b", ".".join(["a" * 63] * 4)]),
        (common.quantity, ["100m", "1.5", "128Mi"], ["1,5", "128MB", "-1", "1e3"]),
        (
            common.cron,
            ["0 3 * * *", "@daily", "*/5 0-6 1,15 * MON", "59 23 31 12 6", "0 0 ? jan-MAR sun/2"],
            [
                "0 3 * *",
                "@never",
                "daily",
                "60 * * * *",
                "0 24 * * *",
                "0 0 0 * *",
                "0 0 1 13 *",
                "0 0 1 1 7",
            ],
        ),
        (common.cron_fields, ["0 16 * * 5"], ["@daily", "0 16 * * 8"]),
        (
            common.time_zone,
            ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+3"],
            ["Berlin time", "europe/berlin", "../etc", "CEST+2"],
        ),
        (
            common.cidr,
            ["10.0.0.0/8", "::/0", "fd00::/8"],
            ["10.0.0.0", "10.0.0.256/8", "10.0.0.0/33", "::/129"],
        ),
        (common.duration, ["60h", "1h30m"], ["60", "1d", "h"]),
        (
            common.url,
            ["https://a.b/c", "git@github.com:a/b.git", "oci://a/b", "ssh://git@a/b"],
            ["a.b/c", "https://", "https://a b", "ftp://a", "https://a\n"],
        ),
        (
            container.image,
            ["ghcr.io/a/b", "ghcr.io/a/b:1.0", "localhost:5000/a@sha256:" + "a" * 64],
            ["a", "ghcr.io/A", "ghcr.io/a:", "ghcr.io/a@sha256:1", "ghcr.io/a/b:1.0 "],
        ),
        (container.port_name, ["http", "h2-c"], ["8080", "-a", "a--b", "a" * 16, "Http"]),
        (
            app.version,
            ["1.5.0", "v1", "1.0+build", "1.0@sha256:" + "a" * 64, "sha256:" + "b" * 64],
            ["", ".1", "1 0", "sha256:abc", "1@2"],
        ),
    ],
)
def test_the_texts_of_the_dsl(kind: Text, good: list[str], bad: list[str]) -> None:
    """The rules of Kubernetes and its neighbours, by example."""
    assert [text for text in good if model.problems(kind, text)] == []
    assert [text for text in bad if not model.problems(kind, text)] == []


def test_a_secret_value_is_not_repeated() -> None:
    """A literal where a reference is wanted is refused without printing it."""
    diagnostics = model.problems(MapOf(container.secret), {"TOKEN": "hunter2"})
    assert "a secret's value never stands in a spec" in diagnostics[0].message
    assert "hunter2" not in repr(diagnostics)
