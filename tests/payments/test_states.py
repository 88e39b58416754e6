"""The lawful moves of payments, pair by pair, and whatever the bank says in whatever order."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.edges.billing.sepa.saying import PayeeAnswer, Said
from ristoro.fulfilment.payments.models import PaymentState
from ristoro.fulfilment.payments.states import ENDED, FOLLOWS, MOVES, OPEN, TO_TRY_AGAIN, after

S = PaymentState


@pytest.mark.parametrize(("state", "said"), list(product(PaymentState, Said)))
def test_what_the_bank_says_moves_lawfully_or_not_at_all(state: S, said: Said) -> None:
    later = after(state, said)
    assert later is None or later is state or (state, later) in MOVES


def test_nothing_is_sent_but_from_a_prepared_batch() -> None:
    assert {before for before, later in MOVES if later is S.SENT} == {S.BATCHED}
    assert {before for before, later in MOVES if later is S.BATCHED} == {S.LISTED}


def test_what_is_unknown_never_goes_back_on_the_list() -> None:
    assert {before for before, later in MOVES if later is S.LISTED} == {
        S.HELD,
        S.BATCHED,
        *TO_TRY_AGAIN,
    }
    assert not OPEN & TO_TRY_AGAIN
    assert all(before not in OPEN or later in ENDED | OPEN for before, later in MOVES)


def test_before_it_was_sent_the_bank_has_nothing_to_say() -> None:
    for state, said in product((S.LISTED, S.HELD, S.BATCHED, S.WITHDRAWN), Said):
        assert said is Said.VERIFIED or after(state, said) is None


@given(st.lists(st.sampled_from(list(Said)), max_size=12))
def test_files_in_any_order_end_in_one_state_and_stay_there(said: list[Said]) -> None:
    state, booked = S.SENT, 0
    for one in said:
        later = after(state, one)
        if later is not None and later is not state:
            assert state not in (S.REFUSED, S.RETURNED), "nothing follows what is settled so"
            booked += later is S.BOOKED
            state = later
    assert booked <= 1
    again = state
    for one in said:
        later = after(again, one)
        assert later is None or later is again or later in (S.REFUSED, S.RETURNED)
        again = again if later is None else later


def test_each_of_the_four_answers_has_its_consequence() -> None:
    assert set(FOLLOWS) == set(PayeeAnswer)
    assert FOLLOWS[PayeeAnswer.MATCH].held == ""
    assert [one for one in PayeeAnswer if FOLLOWS[one].asks_holder] == [PayeeAnswer.CLOSE]
    assert all(follow.by_reason == bool(follow.held) for follow in FOLLOWS.values())
