"""Stamps merge over templates as kustomize merges patches: examples of each rule, and a law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st

from krm_functions.manifests.merge import merge
from tests.krm.builds import patched
from tests.manifests.merging import Object, check, container_of, deployment, with_container

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder to build in."""
    return tmp_path_factory.mktemp("merge")


ENV = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}, {"name": "C", "value": "3"}]


@pytest.mark.parametrize(
    ("template", "stamp", "merged"),
    [
        ({"args": ["a", "b"]}, {"args": ["c"]}, {"args": ["c"]}),
        ({"env": ENV}, {"env": []}, {"env": ENV}),
        ({"env": ENV}, {"env": [{"name": "B", "value": "9"}]}, {"env": [{"name": "B", "value": "9"}, ENV[0], ENV[2]]}),
        ({"env": ENV}, {"env": [{"name": "D"}, ENV[2]]}, {"env": [{"name": "D"}, ENV[2], *ENV[:2]]}),
        ({"env": ENV}, {"env": [{"name": "B", "$patch": "delete"}]}, {"env": [ENV[0], ENV[2]]}),
        ({"env": ENV[:1]}, {"env": [{"name": "A", "$patch": "delete"}]}, {"env": []}),
        ({"env": ENV}, {"env": [{"$patch": "replace"}, {"name": "D"}]}, {"env": [{"name": "D"}]}),
        ({"env": ENV}, {"env": [{"$patch": "delete"}]}, {}),
        ({"env": ENV}, {"env": None}, {}),
        ({"env": ENV[:1]}, {"env": [{"name": "A", "value": None, "x": 1}]}, {"env": [{"name": "A", "x": 1}]}),
        ({"image": "a", "x": None}, {"image": "b", "tty": True, "y": None}, {"image": "b", "x": None, "tty": True}),
        ({"resources": {"a": 1, "b": 2}}, {"resources": {"a": None}}, {"resources": {"b": 2}}),
        ({"resources": {"a": 1}}, {"resources": {"$patch": "replace", "b": 2}}, {"resources": {"b": 2}}),
        ({"resources": {"a": 1}}, {"resources": {"$patch": "delete"}}, {}),
        ({"resources": {"a": 1}}, {"resources": {}}, {"resources": {"a": 1}}),
        ({}, {"resources": {"a": None, "b": {"c": None}}, "args": []}, {"resources": {"b": {}}, "args": []}),
        ({"volumeMounts": [{"mountPath": "/a", "name": "x"}]}, {"volumeMounts": [{"mountPath": "/a", "name": "y"}]},
         {"volumeMounts": [{"mountPath": "/a", "name": "y"}]}),
        ({"envFrom": [{"prefix": "a"}]}, {"envFrom": [{"prefix": "b"}]}, {"envFrom": [{"prefix": "b"}]}),
    ],
)  # fmt: skip
def test_examples(folder: Path, template: Object, stamp: Object, merged: Object) -> None:
    """Each rule has an example, and kustomize agrees."""
    template, stamp = with_container(**template), with_container(**stamp)
    assert container_of(merge(template, stamp)) == {"name": "app", **merged}
    check(folder, [template], [stamp])


@pytest.mark.parametrize(
    ("template", "stamp", "message"),
    [
        ({"env": [ENV[0]]}, {"env": [{"value": "1"}]}, r"env: an element has no name"),
        ({"env": [{"value": "1"}]}, {"env": [ENV[0]]}, r"env: an element has no name"),
        ({"env": []}, {"env": ["A"]}, r"env: an element has no name"),
        ({"env": []}, {"env": [ENV[0], ENV[0]]}, r"env: two elements with name A"),
        ({"env": [ENV[0], ENV[0]]}, {"env": [ENV[1]]}, r"env: two elements with name A"),
        ({"env": ENV}, {"env": [{"name": "A", "$patch": "replace"}]}, r"env\[A\]: an element is not replaced"),
        ({"env": ENV}, {"env": [{"name": "A", "$patch": "drop"}]}, r"env\[A\]: \$patch is delete, replace or merge"),
        ({"x": {}}, {"x": {"$patch": 1}}, r"x: \$patch is delete, replace or merge, not 1"),
        ({"x": {"a": 1}}, {"x": 1}, r"x: the template has a mapping, the stamp a scalar"),
        ({"x": [1]}, {"x": {"a": 1}}, r"x: the template has a list, the stamp a mapping"),
        ({"x": 1}, {"x": [1]}, r"x: the template has a scalar, the stamp a list"),
        ({}, {"$setElementOrder/env": [{"name": "A"}]}, r"\$setElementOrder/env: this directive is not supported"),
        ({}, {"x": {"y": {"$retainKeys": ["a"]}}}, r"x.y.\$retainKeys: this directive is not supported"),
        ({}, {"$deleteFromPrimitiveList/args": ["a"]}, r"\$deleteFromPrimitiveList/args: this directive is not"),
        ({"x": [{"a": 1}]}, {"x": [{"a": 1, "$patch": "delete"}]}, r"x: the list has no merge key"),
    ],
)  # fmt: skip
def test_what_cannot_be_placed_is_refused(template: Object, stamp: Object, message: str) -> None:
    """The error begins with the path of the field and says what is wrong there."""
    with pytest.raises(ValueError, match=rf"^spec\.template\.spec\.containers.*{message}"):
        merge(with_container(**template), with_container(**stamp))


@pytest.mark.parametrize("how", ["delete", "replace", "merge"])
def test_a_stamp_cannot_remove_its_template(how: str) -> None:
    """A directive at the root would leave nothing to stamp."""
    with pytest.raises(ValueError, match=r"^\$patch: a stamp cannot delete or replace its whole template"):
        merge(with_container(), {"$patch": how})


TCP, UDP, BARE = ({"containerPort": 53, **rest} for rest in ({"protocol": "TCP"}, {"protocol": "UDP"}, {}))
DNS, OLD = {"name": "dns"}, {"name": "old"}


@pytest.mark.parametrize(
    ("template", "stamp", "merged"),
    [
        ([{**BARE, **OLD}], [{**BARE, **DNS}], [{**BARE, **DNS}]),
        ([{**TCP, **OLD}], [{**UDP, **DNS}], [{**UDP, **DNS}, {**TCP, **OLD}]),
        ([TCP, UDP], [{**UDP, **DNS}], [TCP, {**UDP, **DNS}]),
    ],
)
def test_ports_merge_by_number_and_protocol(
    folder: Path, template: list[Object], stamp: list[Object], merged: list[Object]
) -> None:
    """Where elements spell the protocol, those of the template keep their places."""
    pair = with_container(ports=template), with_container(ports=stamp)
    assert container_of(merge(*pair))["ports"] == merged
    check(folder, [pair[0]], [pair[1]])


@pytest.mark.parametrize(
    ("template", "stamp", "merged"),
    [
        ([{**TCP, **OLD}], [{**BARE, **DNS}], [{**TCP, **DNS}]),
        ([{**BARE, **OLD}], [{**TCP, **DNS}], [{**TCP, **DNS}]),
        ([UDP, TCP], [{**BARE, **DNS}], [UDP, {**TCP, **DNS}]),
    ],
)
def test_a_port_without_protocol_is_the_tcp_port(
    folder: Path, template: list[Object], stamp: list[Object], merged: list[Object]
) -> None:
    """Kustomize loses the patch here (its issue 3620); if it ever does not, this test says so."""
    pair = with_container(ports=template), with_container(ports=stamp)
    assert container_of(merge(*pair))["ports"] == merged
    assert "dns" not in patched(folder, [pair[0]], [pair[1]]).output


def test_the_result_shares_what_it_did_not_change() -> None:
    """A template of many objects is not copied for each."""
    template = deployment(volumes=[{"name": "v"}], containers=[{"name": "app"}])
    merged = merge(template, {"spec": {"replicas": 2}})
    assert merged["spec"]["template"] is template["spec"]["template"]
    assert merged["spec"] == {**template["spec"], "replicas": 2}


# --- any template and any stamp

names = st.sampled_from(["a", "b", "c", "d"])
scalars = st.sampled_from(["x", "y", ""])
numbers = st.sampled_from([1, 2, 0.5, True, False])


def optional(strategy: st.SearchStrategy[Any], *, stamp: bool) -> st.SearchStrategy[Any]:
    """Return a strategy that in a stamp also gives what removes a field."""
    return strategy | st.none() if stamp else strategy


def free(*, stamp: bool) -> st.SearchStrategy[Any]:
    """Return mappings with lists and scalars at fixed fields, so that a template and a stamp fit."""
    inner: st.SearchStrategy[Any] = st.dictionaries(names, optional(scalars, stamp=stamp), max_size=3)
    directive = st.sampled_from(["delete", "replace", "merge"])
    for _ in range(2):
        fields = {
            "s": scalars,
            "t": numbers,
            "list": st.lists(st.none() | scalars, max_size=2),
            "m": inner,
            "n": inner,
        }
        chosen = {field: optional(strategy, stamp=stamp) for field, strategy in fields.items()}
        inner = st.fixed_dictionaries({}, optional={**chosen, **({"$patch": directive} if stamp else {})})
    return inner


def keyed(
    fields: dict[str, st.SearchStrategy[Any]],
    optional_fields: dict[str, st.SearchStrategy[Any]],
    *,
    stamp: bool,
) -> st.SearchStrategy[list[Any]]:
    """Return lists of elements with merge keys; in a stamp also those that delete."""
    kept = st.fixed_dictionaries(
        fields, optional={k: optional(v, stamp=stamp) for k, v in optional_fields.items()}
    )
    gone = st.fixed_dictionaries({**fields, "$patch": st.just("delete")})
    elements = st.one_of(kept, kept, gone) if stamp else kept
    return st.lists(elements, max_size=4, unique_by=lambda element: tuple(map(element.get, fields)))


def pods(*, stamp: bool) -> st.SearchStrategy[Object]:
    """Return pod specs with every sort of list."""
    protocol = {"protocol": st.sampled_from(["TCP", "UDP"])}
    container: dict[str, st.SearchStrategy[Any]] = {
        "image": scalars,
        "args": st.lists(scalars, max_size=2),
        "env": keyed({"name": names}, {"value": scalars}, stamp=stamp),
        "ports": keyed({"containerPort": st.integers(1, 4)}, {"name": names}, stamp=stamp),
        "volumeMounts": keyed({"mountPath": names}, {"name": names}, stamp=stamp),
        "resources": free(stamp=stamp),
    }
    spec: dict[str, st.SearchStrategy[Any]] = {
        "containers": keyed({"name": names}, container, stamp=stamp),
        "initContainers": keyed(
            {"name": names},
            {"ports": keyed({"containerPort": st.integers(1, 2), **protocol}, {"name": names}, stamp=stamp)},
            stamp=stamp,
        ),
        "volumes": keyed({"name": names}, {"emptyDir": free(stamp=stamp)}, stamp=stamp),
        "tolerations": st.lists(
            st.fixed_dictionaries({"key": names}, optional={"v": st.none() | scalars}), max_size=2
        ),
        "securityContext": free(stamp=stamp),
    }
    return st.fixed_dictionaries({}, optional={k: optional(v, stamp=stamp) for k, v in spec.items()})


pairs = st.tuples(pods(stamp=False), pods(stamp=True))


@settings(max_examples=25, deadline=None)
@given(cases=st.lists(pairs, min_size=1, max_size=15))
def test_any_stamp_merges_as_kustomize_merges_it(folder: Path, cases: list[tuple[Object, Object]]) -> None:
    """The law: where kustomize loses nothing, its result is ours, byte for byte."""
    templates = [deployment(number, **template) for number, (template, _) in enumerate(cases)]
    stamps = [deployment(number, **stamp) for number, (_, stamp) in enumerate(cases)]
    check(folder, templates, stamps)


@settings(max_examples=200, deadline=None)
@given(case=pairs)
def test_merging_twice_is_merging_once(case: tuple[Object, Object]) -> None:
    """A stamp is what the fields shall be, so doing it again changes nothing but the places in a list."""
    template, stamp = deployment(**case[0]), deployment(**case[1])
    once = merge(template, stamp)
    assert merge(once, stamp) == once
    assert merge({}, template) == template
    assert merge(template, {}) == template
