"""References, ids and versions: what leads to what, what is where, and what is read for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from krm_functions.diagnostics import Severity, TenantspecError
from krm_functions.estate.containers import image
from krm_functions.estate.model import Image, Peer
from krm_functions.names import AppName, TenantName
from tests.estate.built import PLATFORM, Spec, app, built, env, environment, tenant

if TYPE_CHECKING:
    from pathlib import Path

DIGEST: Final = "sha256:" + "0" * 64
CALLED: Final[dict[str, Spec]] = {
    "zeta/api": {"allows": ["acme"], "expose": {"host": "shop", "aliases": ["store"]}}
}


def test_a_url_is_the_name_of_a_service(tmp_path: Path) -> None:
    """An app of the tenant is called by its Service, in the namespace of the stage."""
    estate = built(tmp_path, {"acme/web": {"env": {"API": {"url": "api"}}}, "acme/api": {"port": 9090}})
    assert env(estate) == {"API": "http://api.acme-dev.svc.cluster.local:9090"}
    assert env(estate, where="eu") == {"API": "http://api.acme-prod.svc.cluster.local:9090"}


@pytest.mark.parametrize(
    ("ports", "port"),
    [
        ({"admin": 80, "http": {"port": 8000, "targetPort": 1}}, 8000),
        ({"b": 90, "a": 91}, 90),
        ({"grpc": 50051}, 50051),
    ],
)
def test_a_url_leads_to_the_main_port(tmp_path: Path, ports: Spec, port: int) -> None:
    """Of several ports the Service's one called http is meant, else the lowest."""
    api = {"port": None, "ports": ports}
    apps: dict[str, Spec] = {"acme/web": {"env": {"API": {"url": "api"}}}, "acme/api": api}
    assert env(built(tmp_path, apps)) == {"API": f"http://api.acme-dev.svc.cluster.local:{port}"}


def test_a_url_across_tenants_is_a_call(tmp_path: Path) -> None:
    """A reference to another tenant's app counts among what the app needs, once, from any of its containers."""
    call: Spec = {"env": {"API": {"url": "zeta/api"}}}
    other: dict[str, Spec] = {"zeta/other": {"allows": ["acme"]}, "zeta/third": {"allows": ["acme"]}}
    web = {
        **call,
        "needs": ["zeta/api", "zeta/other"],
        "sidecars": {"s": {"image": "r.example.com/s:1", **call}},
        "init": [{"name": "i", "image": "r.example.com/i:1", "env": {"B": {"url": "zeta/third"}}}],
    }
    estate = built(tmp_path, {"acme/web": web, **CALLED, **other})
    expected = [Peer(TenantName("zeta"), AppName(name)) for name in ("api", "other", "third")]
    assert list(app(estate).needs) == expected
    assert env(estate) == {"API": "http://api.zeta-dev.svc.cluster.local:8080"}


def test_a_url_within_a_tenant_is_no_call(tmp_path: Path) -> None:
    """A tenant's namespace is open, so only what `needs` says is documented."""
    estate = built(tmp_path, {"acme/web": {"env": {"API": {"url": "api"}}}, "acme/api": {}})
    assert app(estate).needs == ()


def test_a_host_is_the_public_one_here(tmp_path: Path) -> None:
    """A host reference follows the stage's pattern, needs nobody's permission and crosses clusters."""
    estate = built(
        tmp_path,
        {"acme/web": {"env": {"SHOP": {"host": "zeta/api"}}}, "zeta/api": {"expose": {"host": "shop"}}},
        {"zeta": {"placement": {"dev": "c-own"}}},
    )
    assert env(estate) == {"SHOP": "shop-dev.example.com"}
    assert env(estate, where="us") == {"SHOP": "shop.example.com"}


def test_tenants_on_one_dedicated_cluster_reach_each_other(tmp_path: Path) -> None:
    """What counts for a call is the cluster, not whether it is the shared one."""
    tenants: dict[str, Spec] = {name: {"placement": {"dev": "c-own"}} for name in ("acme", "zeta")}
    estate = built(tmp_path, {"acme/web": {"needs": ["zeta/api"]}, **CALLED}, tenants)
    assert app(estate).cluster == "c-own"
    with pytest.raises(TenantspecError, match="TS309"):
        app(
            built(
                tmp_path,
                {"acme/web": {"needs": ["zeta/api"]}, **CALLED},
                {"acme": {}, "zeta": tenants["zeta"]},
            )
        )


def test_a_call_is_judged_by_each_environment(tmp_path: Path) -> None:
    """A callee that one environment lacks is an error there only, and an override is the way out."""
    api = {**CALLED["zeta/api"], "environments": {"eu": {"enabled": False}}}
    web: Spec = {"needs": ["zeta/api"]}
    estate = built(tmp_path, {"acme/web": web, "zeta/api": api})
    assert app(estate).needs
    with pytest.raises(TenantspecError, match="TS308"):
        app(estate, where="eu")
    web = {**web, "environments": {"eu": {"needs": []}}}
    assert app(built(tmp_path, {"acme/web": web, "zeta/api": api}), where="eu").needs == ()


def test_a_rename_moves_nothing(tmp_path: Path) -> None:
    """With ids kept, a renamed tenant and app come out as they were, and references use the new names."""
    before = built(tmp_path / "a", {"acme/web": {"expose": True, "needs": ["api"]}, "acme/api": {}})
    after = built(
        tmp_path / "b",
        {
            "renamed/site": {"id": "web", "expose": True, "needs": ["backend"]},
            "renamed/backend": {"id": "api"},
        },
        {"renamed": {"id": "acme"}},
    )
    old, new = app(before), app(after, "renamed/site")
    for name in ("id", "namespace", "cluster", "main", "route"):
        assert getattr(old, name) == getattr(new, name)
    assert new.tenant.id == old.tenant.id
    assert [peer.app for peer in new.needs] == ["backend"]


def test_a_reference_uses_the_name_and_gives_the_id(tmp_path: Path) -> None:
    """Specs speak of names; Services and hosts are called by ids."""
    apps: dict[str, Spec] = {
        "acme/web": {"env": {"U": {"url": "backend"}, "H": {"host": "backend"}}},
        "acme/backend": {"id": "api", "expose": True},
    }
    assert env(built(tmp_path, apps)) == {
        "U": "http://api.acme-dev.svc.cluster.local:8080",
        "H": "api-dev.example.com",
    }


@pytest.mark.parametrize(
    ("reference", "version", "parts"),
    [
        ("r/a", "1.2", ("r/a", "1.2", "")),
        ("r/a:1", "", ("r/a", "1", "")),
        ("r/a:1", "2", ("r/a", "2", "")),
        ("r:5000/a", "2", ("r:5000/a", "2", "")),
        ("r:5000/a/b:1", "", ("r:5000/a/b", "1", "")),
        (f"r/a:1@{DIGEST}", "", ("r/a", "1", DIGEST)),
        (f"r/a:1@{DIGEST}", "2", ("r/a", "2", "")),
        ("r/a:1", f"2@{DIGEST}", ("r/a", "2", DIGEST)),
        ("r/a:1", DIGEST, ("r/a", "", DIGEST)),
        ("r/a:1", f"@{DIGEST}", ("r/a", "", DIGEST)),
    ],
)
def test_a_version_replaces_tag_and_digest(reference: str, version: str, parts: tuple[str, str, str]) -> None:
    """A version is a tag, a digest or both, and nothing of the image's own is left beside it."""
    found = image(reference, version)
    assert found == Image(*parts)
    assert image(str(found)) == found


def test_versions_decide_where_an_app_is_deployed(tmp_path: Path) -> None:
    """An environment that versions.yaml leaves out, or gives null, has no app yet: a note, and no error."""
    estate = built(tmp_path, {"acme/web": {}}, versions={"acme/web": {"dev": "2.0.0", "eu": None}})
    assert str(app(estate).main.image) == "r.example.com/app:2.0.0"
    for name in ("eu", "us"):
        assert estate.app("acme", "web", environment(estate, name)) is None
    assert [(d.code, d.severity) for d in estate.out.diagnostics] == [("TS307", Severity.INFO)] * 2


def test_an_app_is_only_where_it_is_wanted(tmp_path: Path) -> None:
    """Neither a disabled app nor one of a tenant that is elsewhere is there, and nothing is wrong with that."""
    apps = {"acme/web": {"environments": {"eu": {"enabled": False}}}, "acme/api": {}}
    estate = built(tmp_path, apps, {"acme": {"environments": ["eu", "dev"]}})
    owner = tenant(estate)
    found = {e.name: [one.name for one in estate.apps(owner, e)] for e in estate.platform.environments}
    assert found == {"dev": ["api", "web"], "eu": ["api"], "us": []}
    assert [e.name for e in estate.environments(owner)] == ["dev", "eu"]
    assert not estate.out.diagnostics


def test_a_tenant_may_run_nowhere(tmp_path: Path) -> None:
    """An empty list of environments is none of them; only one that is not written means all."""
    estate = built(tmp_path, tenants={"acme": {"environments": []}, "zeta": {"environments": None}})
    assert estate.environments(tenant(estate)) == []
    assert len(estate.environments(tenant(estate, "zeta"))) == 3


def test_an_app_reads_only_what_it_needs(tmp_path: Path) -> None:
    """An overlay of one app touches neither its neighbours nor other tenants, but for those it refers to."""
    estate = built(
        tmp_path, {"acme/web": {"env": {"A": {"url": "api"}}}, "acme/api": {}, "acme/x": {}, "zeta/y": {}}
    )
    assert app(estate)
    assert estate.specs.tree.reads == {
        "platform.yaml",
        "tenants/acme/apps/api/app.yaml",
        "tenants/acme/apps/web/app.yaml",
        "tenants/acme/apps/web/versions.yaml",
        "tenants/acme/config/tenant.yaml",
    }


def test_environments_stand_in_promotion_order(tmp_path: Path) -> None:
    """Environments come by stage, then by name; the last stage is production."""
    stages = {"stages": ["prod", "dev"]}
    found = built(tmp_path, platform=stages).platform.environments
    assert [(e.name, e.production) for e in found] == [("eu", False), ("us", False), ("dev", True)]


def test_what_a_platform_does_not_say_has_a_default(tmp_path: Path) -> None:
    """The smallest platform is a whole one, and null says no more than nothing."""
    blocks = (
        "naming",
        "exposure",
        "tls",
        "dns",
        "secretStore",
        "network",
        "monitoring",
        "guardrails",
        "argocd",
    )
    nulls: Spec = {**dict.fromkeys(blocks), "hubs": {"main": {"namespace": None}}}
    nested: Spec = {
        "naming": {"namespace": None},
        "exposure": {"kind": None, "namespace": None},
        "tls": {"mode": None},
        "dns": {"ttl": None, "weights": None},
        "secretStore": {"prefix": None},
        "monitoring": {"kind": None},
        "guardrails": {"maxReplicas": None, "patches": None},
        "argocd": {"version": None},
        "repository": {**PLATFORM["repository"], "path": None, "revision": None},
    }
    plain, *others = (
        built(tmp_path / name, platform=said).platform
        for name, said in (("a", {}), ("b", nulls), ("c", nested))
    )
    assert others == [plain, plain]
    assert (plain.exposure.kind, plain.exposure.class_name, plain.tls.mode) == (
        "ingress",
        "nginx",
        "per-host",
    )
    assert (plain.repository.revision, plain.repository.path) == ("main", "")
    assert plain.guardrails.max_replicas is None


def test_a_gateway_owns_its_certificates(tmp_path: Path) -> None:
    """With a Gateway, certificates are its own and its traffic comes from its namespace, unless said."""
    gateway: Spec = {"kind": "gateway", "gateway": "infra/public"}
    plain = built(tmp_path / "a", platform={"exposure": gateway}).platform
    said = {"exposure": {**gateway, "namespace": "edge"}, "tls": {"mode": "none"}}
    other = built(tmp_path / "b", platform=said).platform
    assert (plain.tls.mode, plain.exposure.namespace, plain.exposure.gateway) == (
        "gateway",
        "infra",
        "public",
    )
    assert (other.tls.mode, other.exposure.namespace) == ("none", "edge")
