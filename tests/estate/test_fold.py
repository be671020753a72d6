"""Precedence: which layer wins, for each way in which values come together."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings as limits, strategies as st

from krm_functions.diagnostics import Collector, Place
from krm_functions.estate.fold import Layer, alone, fold
from krm_functions.spec.app import settings as model
from tests.estate.layers import LAYERS, folded, resolved, where
from tests.estate.table import BOTH, DECIDED
from tests.spec.model import values

if TYPE_CHECKING:
    from krm_functions.spec.scalars import Written


@pytest.mark.parametrize("title", BOTH)
@pytest.mark.parametrize(
    ("lower", "higher"),
    [("platform", "app"), ("platform", "platform stage"), ("app stage", "app environment")],
)
def test_two_layers(title: str, lower: str, higher: str) -> None:
    """One row of the table: the same holds whichever two layers speak."""
    low, high, together = BOTH[title]
    for layer in (low, high):
        check(layer)
    assert folded({lower: low, higher: high}) == together


def check(layer: Written) -> None:
    """See that a layer is one that the decoder accepts, but for images, which are short here."""
    out = Collector()
    model.check(layer, Place("layer"), out)
    assert [d.message for d in out.diagnostics if "is not an image reference" not in d.message] == []


@pytest.mark.parametrize("highest", range(len(LAYERS)))
def test_nine_layers(highest: int) -> None:
    """Each layer wins over all below it, and is seen where none above it speaks."""
    said = {
        layer: {"replicas": number, "args": [layer], "env": {"A": layer, f"L{number}": layer}}
        for number, layer in enumerate(LAYERS[: highest + 1])
    }
    assert folded(said) == {
        "replicas": highest,
        "args": [LAYERS[highest]],
        "env": {"A": LAYERS[highest], **{f"L{number}": LAYERS[number] for number in range(highest + 1)}},
    }


@pytest.mark.parametrize("removing", range(len(LAYERS)))
def test_null_in_each_of_nine_layers(removing: int) -> None:
    """A null removes what all lower layers say, and nothing that a higher one says."""
    said: dict[str, Written] = {layer: {"size": layer, "env": {"A": layer}} for layer in LAYERS[:removing]}
    said[LAYERS[removing]] = {"size": None, "env": {"A": None}}
    assert folded(said) == {"env": {}}
    if removing + 1 < len(LAYERS):
        said[LAYERS[removing + 1]] = {"size": "again"}
        assert folded(said) == {"env": {}, "size": "again"}


def test_the_order_of_layers_is_not_that_of_their_words() -> None:
    """A stage of the app wins over an environment of the tenant, though environments are narrower."""
    assert folded({"tenant environment": {"size": "low"}, "app stage": {"size": "high"}}) == {"size": "high"}
    assert folded({"platform environment": {"size": "low"}, "tenant": {"size": "high"}}) == {"size": "high"}


def test_what_is_no_setting_is_no_layer() -> None:
    """An app's id and the overrides of other stages and environments never reach its settings."""
    assert folded({}) == {}


@pytest.mark.parametrize("title", DECIDED)
def test_the_layer_to_blame(title: str) -> None:
    """A problem is shown where a person has to mend it: in the layer that decided."""
    said, path, place = DECIDED[title]
    assert where(said, *path) == place


def test_layers_say_their_names() -> None:
    """Each layer that is written has a name for people, lowest first."""
    names = [layer.name for layer in resolved({layer: {"size": "s"} for layer in LAYERS}).layers]
    assert names == [
        "platform defaults",
        "platform defaults, stage stage",
        "platform defaults, environment here",
        "tenant tenant",
        "tenant tenant, stage stage",
        "tenant tenant, environment here",
        "app app",
        "app app, stage stage",
        "app app, environment here",
    ]


def test_a_document_on_no_layer_says_nothing_by_null() -> None:
    """What a platform or a tenant says of itself is the same with nulls and without."""
    assert alone({"a": None, "b": {"c": None, "d": [{"e": None, "f": 0}]}}) == {"b": {"d": [{"f": 0}]}}


SAID = st.lists(values(model).filter(lambda layer: not wrong(layer)), min_size=1, max_size=3)


def wrong(layer: Written) -> bool:
    """Whether the decoder refuses a layer."""
    out = Collector()
    model.check(layer, Place("layer"), out)
    return out.failed


def as_layers(said: list[Written]) -> list[Layer]:
    """Return layers that say this, lowest first."""
    return [Layer(f"layer {number}", Place("layer"), written) for number, written in enumerate(said)]


@limits(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(SAID)
def test_laws_of_the_fold(said: list[Written]) -> None:
    """No null is left, nothing written is changed, the top layer's values hold, and once is enough."""
    before = copy.deepcopy(said)
    together = fold(model, as_layers(said))
    assert said == before
    assert not has_null({key: value for key, value in together.items() if key not in ("patches", "chart")})
    assert together == fold(model, as_layers([together]))
    assert together == fold(model, as_layers([*said, {}]))
    for key, value in fold(model, as_layers(said[-1:])).items():
        if not isinstance(value, dict):
            assert together[key] == value


def has_null(value: Any) -> bool:
    """Whether there is a null anywhere in a value."""
    if isinstance(value, dict):
        return any(map(has_null, value.values()))
    return any(map(has_null, value)) if isinstance(value, list) else value is None
