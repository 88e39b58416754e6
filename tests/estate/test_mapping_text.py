"""A mapping written from choices is read back as those choices, whatever the columns are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.estate.mapping import TARGETS, by_name, mapping_of
from ristoro.estate.mapping_text import (
    ASKED,
    NEEDED,
    Choice,
    choices_of,
    guessed,
    has_more,
    text_of,
)
from ristoro.kernel.errors import BadInput

WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=12
).filter(lambda word: word not in ("~", "null") and word.strip() == word)


def test_every_field_of_a_mailbox_is_asked_for() -> None:
    assert sorted(ASKED) == sorted(TARGETS)
    assert set(NEEDED) < set(ASKED)


@given(st.lists(WORDS, min_size=len(NEEDED), max_size=len(NEEDED), unique=True), WORDS, WORDS)
def test_choices_are_read_back(columns: list[str], same: str, missing: str) -> None:
    choices = {name: Choice(column) for name, column in zip(NEEDED, columns, strict=True)}
    choices["locale"] = Choice(constant=same)
    choices["store"] = Choice(columns[0], missing=missing)
    mapping = mapping_of(text_of(choices, "Europe/Rome").encode(), "form")
    assert choices_of(mapping) == choices
    assert mapping.zone is not None
    assert mapping.zone.key == "Europe/Rome"
    assert not has_more(mapping)


def test_a_choice_too_few_is_refused_by_name() -> None:
    choices = {name: Choice(name) for name in NEEDED if name != "brand"}
    with pytest.raises(BadInput, match="brand"):
        mapping_of(text_of(choices, "").encode(), "form")


def test_columns_are_guessed_by_their_names_alone() -> None:
    assert guessed(("Address", "used-bytes", "Price", "whatever")) == {
        "address": Choice("Address"),
        "used_bytes": Choice("used-bytes"),
        "price": Choice("Price"),
    }
    own = by_name(TARGETS[:1] + NEEDED, "own")
    assert choices_of(own) == {name: Choice(name) for name in (*TARGETS[:1], *NEEDED)}
