"""The text rules as functions say the same as their patterns, which is what editors check by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from krm_functions import names
from krm_functions.spec import accept
from tests.spec.model import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from krm_functions.spec.scalars import Text

RULES: Final[Mapping[str, Text]] = {
    f"{rule.accepts.__name__} {rule.name}": rule for rule in texts() if rule.accepts is not None
}
"""Every text of the model that has both a function and a pattern."""
NAMES: Final[Mapping[str, tuple[Callable[[str], bool], str, int]]] = {
    "is_dns_label": (names.is_dns_label, names.DNS_LABEL, 63),
    "is_dns_name": (names.is_dns_name, names.DNS_NAME, 253),
    "is_quantity": (names.is_quantity, names.QUANTITY, 0),
}
BORDERS: Final = (
    *("", "-", "a", "-a", "a-", "a" * 63, "a" * 64, "A", "1", "1a", "a.b", "a..b", ".a", "a.", "a_b", "é", "٣", "a\n"),
    *("_", "A.B-c", "A=B", ".A", "/", "/a", "//", "/\0", "/a\n", "a/b", "a//b", "a/b/", "r:5000/a", "r:/a", "r:x/a"),
    *("a/b:1", "a/b:", "a/b:.1", f"a/b:{'1' * 128}", f"a/b:{'1' * 129}", f"a/b@sha256:{'0' * 64}", "a/b@sha256:0"),
    *(f"a/b:1@sha256:{'f' * 64}", f"a/b@sha256:{'F' * 64}", f"sha256:{'0' * 64}", f"@sha256:{'0' * 64}", "@1", "1@", "1+2"),
    *("https://", "https://a", "https://a b", "ssh://git@h:22/x", "git@h:x", "git@h", "@h:x", "git@:x", "git@h:", "a@b@c:d"),
    *("ftp://a", "https:// ", "https://a\u00a0", "https://a\u2028", "https://a\ufeff", "https://ü", "HTTPS://a", "file:///x"),
    *("*", "**", "a*", "a*b", "-*", "a" * 63 + "*", "0", "0.5", ".5", "5.", "1.5.2", "1Ki", "1ki", "1KiB", "1e3", "-1", "+1", "1m"),
)  # fmt: skip
"""Texts at the border of one rule or another."""


@pytest.mark.parametrize("name", RULES)
def test_a_function_and_its_pattern_agree_at_the_borders(name: str) -> None:
    """What is just in, and what is just out, is so for both."""
    assert [text for text in BORDERS if disagree(RULES[name], text)] == []


@pytest.mark.parametrize("name", RULES)
def test_a_function_and_its_pattern_agree(name: str) -> None:
    """What the pattern makes, what is nearly that, and any other text are judged alike."""
    rule = RULES[name]

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(near(rule.pattern))
    def agree(text: str) -> None:
        assert not disagree(rule, text)

    agree()


@pytest.mark.parametrize("name", NAMES)
def test_names_agree_with_their_patterns(name: str) -> None:
    """The same of the names that other rooms check, within the length that Kubernetes allows."""
    accepts, pattern, longest = NAMES[name]

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(near(pattern))
    @example("a" * 253)
    @example(".".join(["a" * 63] * 4))
    def agree(text: str) -> None:
        fits = not longest or len(text) <= longest
        assert accepts(text) == (fits and bool(re.fullmatch(pattern, text)))

    agree()
    for text in BORDERS:
        assert accepts(text) == bool(re.fullmatch(pattern, text)), text


def test_every_function_is_held_against_a_pattern() -> None:
    """A rule that no field uses would be one that nobody checks."""
    used = {rule.accepts for rule in RULES.values()}
    public = {value for name, value in vars(accept).items() if callable(value) and not name.startswith("_")}
    assert public - used == set()
    assert {accepts for accepts, _, _ in NAMES.values()} <= used


@given(st.from_regex(names.QUANTITY, fullmatch=True))
def test_a_quantity_is_a_number(text: str) -> None:
    """Whatever is accepted as a quantity has a value, and its unit is a factor."""
    digits = text.rstrip("mkKMGTPEi")
    factor = names.quantity("1" + text[len(digits) :])
    assert names.quantity(text) == float(digits) * factor


def test_quantities_compare_across_units() -> None:
    """A thousandth and 1024 are what Kubernetes takes them for."""
    pairs = {"1000m": 1, "1k": 1000, "1Ki": 1024, "1.5Gi": 3 * 2**29, "0": 0, "2": 2}
    assert {text: names.quantity(text) for text in pairs} == pytest.approx(pairs)
    with pytest.raises(ValueError, match="1 Gi"):
        names.quantity("1 Gi")


def disagree(rule: Text, text: str) -> bool:
    """Whether a rule's function and its pattern judge a text differently; its length is checked apart."""
    assert rule.accepts
    fits = not rule.longest or len(text) <= rule.longest
    return fits and rule.accepts(text) != bool(re.fullmatch(rule.pattern, text))


@st.composite
def near(draw: st.DrawFn, pattern: str) -> str:
    """Return a text of a pattern, one that has been tampered with, or any text."""
    if not draw(st.integers(0, 5)):
        return draw(st.text(max_size=20))
    text: str = draw(st.from_regex(pattern, fullmatch=True))
    for _ in range(draw(st.integers(0, 2))):
        text = draw(tampered(text))
    return text


@st.composite
def tampered(draw: st.DrawFn, text: str) -> str:
    """Return a text with something put in, left out, repeated or cut off."""
    at = draw(st.integers(0, len(text)))
    to = draw(st.integers(at, len(text)))
    odd = draw(st.sampled_from([*"-._/:@*+~ \n\0aA0é٣", "\u2028", "\ufeff", "sha256:", "://", ""]))
    put_in, left_out, repeated, cut_off = (
        text[:at] + odd + text[at:],
        text[:at] + text[to:],
        text + text[at:to],
        text[:at] + odd,
    )
    made: str = draw(st.sampled_from([put_in, left_out, repeated, cut_off]))
    return made
