"""Precedence as a table: what two layers say and what holds, and which layer is to blame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from krm_functions.spec.scalars import Written

BOTH: Final[dict[str, tuple[Written, Written, Written]]] = {
    "a scalar replaces": ({"replicas": 1}, {"replicas": 2}, {"replicas": 2}),
    "false replaces true": ({"expose": True}, {"expose": False}, {"expose": False}),
    "zero replaces": ({"replicas": 3}, {"replicas": 0}, {"replicas": 0}),
    "what only one layer says stays": ({"replicas": 3}, {"size": "s"}, {"replicas": 3, "size": "s"}),
    "a list replaces": ({"args": ["a", "b"]}, {"args": ["c"]}, {"args": ["c"]}),
    "an empty list replaces": ({"needs": ["a"]}, {"needs": []}, {"needs": []}),
    "a list of objects replaces": (
        {"init": [{"name": "a", "image": "r/a:1"}, {"name": "b", "image": "r/b:1"}]},
        {"init": [{"name": "a", "image": "r/c:1"}]},
        {"init": [{"name": "a", "image": "r/c:1"}]},
    ),
    "a map merges by key, and comes out by key": (
        {"env": {"C": "low", "A": "low"}},
        {"env": {"B": "high", "A": "high"}},
        {"env": {"A": "high", "B": "high", "C": "low"}},
    ),
    "an empty map removes nothing": ({"env": {"A": "low"}}, {"env": {}}, {"env": {"A": "low"}}),
    "an object merges field by field": (
        {"security": {"runAsUser": 1, "fsGroup": 1}},
        {"security": {"fsGroup": 2}},
        {"security": {"runAsUser": 1, "fsGroup": 2}},
    ),
    "an object in a map merges": (
        {"sidecars": {"s": {"image": "r/s:1", "env": {"A": "low"}}}},
        {"sidecars": {"s": {"image": "r/s:2", "env": {"B": "high"}}}},
        {"sidecars": {"s": {"image": "r/s:2", "env": {"A": "low", "B": "high"}}}},
    ),
    "resources merge down to each quantity": (
        {"resources": {"requests": {"cpu": 1, "memory": "1Gi"}}},
        {"resources": {"requests": {"cpu": 2}, "limits": {"memory": "2Gi"}}},
        {"resources": {"requests": {"cpu": 2, "memory": "1Gi"}, "limits": {"memory": "2Gi"}}},
    ),
    "an env value is one of: a reference replaces a text": (
        {"env": {"A": "text"}},
        {"env": {"A": {"url": "app"}}},
        {"env": {"A": {"url": "app"}}},
    ),
    "an env value is one of: a reference replaces another": (
        {"env": {"A": {"url": "app"}}},
        {"env": {"A": {"host": "app"}}},
        {"env": {"A": {"host": "app"}}},
    ),
    "a file is one of": (
        {"files": {"/a": {"secret": {"key": "a", "property": "p"}}, "/b": "low"}},
        {"files": {"/a": {"secret": {"key": "b"}}}},
        {"files": {"/a": {"secret": {"key": "b"}}, "/b": "low"}},
    ),
    "a volume is replaced whole": (
        {"volumes": {"v": {"mount": "/v", "size": "1Gi", "class": "gp3"}}},
        {"volumes": {"v": {"mount": "/v", "ephemeral": True}}},
        {"volumes": {"v": {"mount": "/v", "ephemeral": True}}},
    ),
    "secret references merge field by field": (
        {"secrets": {"A": {"key": "a", "property": "p"}}},
        {"secrets": {"A": {"key": "b"}}},
        {"secrets": {"A": {"key": "b", "property": "p"}}},
    ),
    "the long form replaces the short one": (
        {"health": "/low"},
        {"health": {"startup": {"path": "/high"}}},
        {"health": {"startup": {"path": "/high"}}},
    ),
    "the short form replaces the long one": (
        {"health": {"startup": {"path": "/low"}}},
        {"health": "/high"},
        {"health": "/high"},
    ),
    "long forms merge": (
        {"health": {"readiness": {"path": "/low"}}},
        {"health": {"liveness": {"path": "/high"}}},
        {"health": {"readiness": {"path": "/low"}, "liveness": {"path": "/high"}}},
    ),
    "true replaces the long form": ({"expose": {"host": "a"}}, {"expose": True}, {"expose": True}),
    "the long form replaces true": ({"expose": True}, {"expose": {"path": "/"}}, {"expose": {"path": "/"}}),
    "a port's long form replaces its number": (
        {"ports": {"http": 80}},
        {"ports": {"http": {"port": 8080}}},
        {"ports": {"http": {"port": 8080}}},
    ),
    "a command before SIGTERM replaces seconds": (
        {"preStop": 5},
        {"preStop": {"command": ["drain"]}},
        {"preStop": {"command": ["drain"]}},
    ),
    "a probe's action is replaced whole, its timing is not": (
        {"health": {"readiness": {"path": "/", "port": "http", "period": 5}}},
        {"health": {"readiness": {"command": ["ok"], "failures": 2}}},
        {"health": {"readiness": {"command": ["ok"], "period": 5, "failures": 2}}},
    ),
    "a probe's port alone is another action": (
        {"health": {"readiness": {"path": "/", "period": 5}}},
        {"health": {"readiness": {"port": 9000}}},
        {"health": {"readiness": {"port": 9000, "period": 5}}},
    ),
    "resources replace a size": (
        {"size": "small"},
        {"resources": {"limits": {"memory": "1Gi"}}},
        {"resources": {"limits": {"memory": "1Gi"}}},
    ),
    "a size replaces resources": ({"resources": {"limits": {}}}, {"size": "small"}, {"size": "small"}),
    "autoscale replaces replicas": ({"replicas": 3}, {"autoscale": {"max": 5}}, {"autoscale": {"max": 5}}),
    "replicas replace autoscale": ({"autoscale": {"max": 5}}, {"replicas": 3}, {"replicas": 3}),
    "ports replace a port": ({"port": 80}, {"ports": {"web": 80}}, {"ports": {"web": 80}}),
    "a port replaces ports": ({"ports": {"web": 80}}, {"port": 80}, {"port": 80}),
    "an image replaces a chart": (
        {"chart": {"repository": "oci://r", "name": "c"}},
        {"image": "r/a:1"},
        {"image": "r/a:1"},
    ),
    "exclusive fields of a sidecar": (
        {"sidecars": {"s": {"image": "r/s:1", "size": "small"}}},
        {"sidecars": {"s": {"image": "r/s:1", "resources": {"limits": {}}}}},
        {"sidecars": {"s": {"image": "r/s:1", "resources": {"limits": {}}}}},
    ),
    "an env value takes the place of a secret": (
        {"secrets": {"A": {"key": "a"}, "B": {"key": "b"}}},
        {"env": {"A": "text"}},
        {"env": {"A": "text"}, "secrets": {"B": {"key": "b"}}},
    ),
    "a secret takes the place of an env value": (
        {"env": {"A": "text", "B": "text"}},
        {"secrets": {"A": {"key": "a"}}},
        {"env": {"B": "text"}, "secrets": {"A": {"key": "a"}}},
    ),
    "chart values merge as Helm merges them": (
        {"chart": {"repository": "oci://r", "name": "c", "values": {"a": {"b": 1, "c": 1}, "d": [1]}}},
        {"chart": {"repository": "oci://r", "name": "c", "values": {"a": {"b": None, "e": 2}, "d": [2]}}},
        {"chart": {"repository": "oci://r", "name": "c", "values": {"a": {"c": 1, "e": 2}, "d": [2]}}},
    ),
    "null removes a scalar": ({"size": "small"}, {"size": None}, {}),
    "null removes a map": ({"env": {"A": "low"}}, {"env": None}, {}),
    "null removes one key": ({"env": {"A": "low", "B": "low"}}, {"env": {"A": None}}, {"env": {"B": "low"}}),
    "null removes one field": (
        {"security": {"runAsUser": 1, "fsGroup": 1}},
        {"security": {"fsGroup": None}},
        {"security": {"runAsUser": 1}},
    ),
    "null removes a volume, a sidecar, a probe": (
        {"volumes": {"v": {"mount": "/v"}}, "sidecars": {"s": {"image": "r/s:1"}}, "health": {"startup": {}}},
        {"volumes": {"v": None}, "sidecars": {"s": None}, "health": {"startup": None}},
        {"volumes": {}, "sidecars": {}, "health": {}},
    ),
    "null removes nothing of a rival": ({"autoscale": {"max": 5}}, {"replicas": None}, {"autoscale": {"max": 5}}),
    "null of an env value leaves the secret": (
        {"secrets": {"A": {"key": "a"}}},
        {"env": {"A": None}},
        {"secrets": {"A": {"key": "a"}}, "env": {}},
    ),
    "null where nothing is says nothing": ({}, {"env": {"A": None}, "size": None}, {"env": {}}),
    "null within a list says nothing": (
        {},
        {"init": [{"name": "i", "image": "r/i:1", "port": None, "env": {"A": None, "B": "b"}}]},
        {"init": [{"name": "i", "image": "r/i:1", "env": {"B": "b"}}]},
    ),
    "null within a patch is the patch's own": (
        {},
        {"patches": [{"target": {"kind": "Deployment", "name": None}, "patch": {"spec": {"replicas": None}}}]},
        {"patches": [{"target": {"kind": "Deployment"}, "patch": {"spec": {"replicas": None}}}]},
    ),
}  # fmt: skip
"""What a lower layer says, what a higher one says, and what holds."""

DECIDED: Final[dict[str, tuple[dict[str, Written], tuple[str | int, ...], str]]] = {
    "the only layer that speaks": ({"tenant": {"replicas": 3}}, ("replicas",), "tenant replicas"),
    "the highest of several": (
        {"platform": {"replicas": 3}, "app stage": {"replicas": 3}, "app": {"replicas": 1}},
        ("replicas",),
        "app stage replicas",
    ),
    "the layer of one key": (
        {"platform": {"env": {"A": "a"}}, "app": {"env": {"B": "b"}}},
        ("env", "A"),
        "platform env.A",
    ),
    "the layer of one field of a merged object": (
        {"platform": {"autoscale": {"max": 3}}, "app": {"autoscale": {"min": 1}}},
        ("autoscale", "max"),
        "platform autoscale.max",
    ),
    "the nearest value above, where nobody says the rest": (
        {"platform": {"autoscale": {"min": 3}}, "app": {"autoscale": {"cpu": 50}}},
        ("autoscale", "max"),
        "app autoscale",
    ),
    "an item of the list that holds": (
        {"platform": {"needs": ["a", "b"]}, "app environment": {"needs": ["c", "d"]}},
        ("needs", 1),
        "app environment needs.1",
    ),
    "the short form that replaced a long one": (
        {"platform": {"health": {"readiness": {"path": "/"}}}, "tenant": {"health": "/"}},
        ("health", "readiness", "port"),
        "tenant health",
    ),
    "the null that removed it": (
        {"platform": {"autoscale": {"max": 3}}, "app": {"autoscale": {"max": None}}},
        ("autoscale", "max"),
        "app autoscale.max",
    ),
    "the app, for what nobody says": ({"platform": {"size": "s"}}, ("preStop",), "app"),
}
"""What layers say, a path, and the place to blame for it."""
