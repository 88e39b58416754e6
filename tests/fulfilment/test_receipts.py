"""Reference numbers: one a grant, said on the telephone, and wrong ones are found out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.fulfilment.receipts import DIGITS, grant_of, number_of

IDS = st.integers(0, 2**50 - 1)


@given(IDS)
def test_a_number_leads_back_to_its_grant(grant_id: int) -> None:
    number = number_of(grant_id)
    assert grant_of(number) == grant_id
    assert grant_of(f" {number.lower().replace('-', ' ')} ") == grant_id


@given(IDS, st.integers(0, 9), st.sampled_from(DIGITS))
def test_one_wrong_letter_is_found(grant_id: int, place: int, letter: str) -> None:
    word = number_of(grant_id).replace("-", "")
    wrong = word[:place] + letter + word[place + 1 :]
    assert grant_of(wrong) == (grant_id if wrong == word else None)


@pytest.mark.parametrize("typed", ["", "ABC", "00000-00000", "UUUUU-UUUUU-0", "00000-00000-1"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert grant_of(typed) is None


def test_letters_that_look_like_digits_are_read_as_them() -> None:
    number = number_of(1)
    assert grant_of(number.replace("0", "O").replace("1", "I")) in (1, None)
    assert grant_of("OOOOO-OOOOI-1") == 1


@pytest.mark.parametrize("outside", [-1, 2**50])
def test_what_is_no_grants_id_has_no_number(outside: int) -> None:
    with pytest.raises(ValueError, match="no grant's id"):
        number_of(outside)
