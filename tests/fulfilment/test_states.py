"""A grant's moves, pair by pair, and what each ending makes of it."""

from __future__ import annotations

from itertools import product

import pytest

from ristoro.fulfilment import states
from ristoro.fulfilment.models import GrantState as S
from ristoro.kernel.outcome import Ending, Result

LAWFUL = """
    WAITING   PLANNED DECLINED LAPSED
    PLANNED   SENDING WAITING
    SENDING   APPLIED DEFERRED REFUSED UNKNOWN PLANNED
    APPLIED   VERIFIED REVERSED
    VERIFIED  REVERSED
    DEFERRED  SENDING
    REFUSED   PLANNED
    UNKNOWN   APPLIED PLANNED REFUSED
    DECLINED  WAITING
    REVERSED
    LAPSED
"""
TABLE = {
    S[line.split()[0]]: {S[word] for word in line.split()[1:]}
    for line in LAWFUL.strip().splitlines()
}


@pytest.mark.parametrize(("before", "after"), list(product(S, S)), ids=lambda state: state.name)
def test_each_pair_of_states_is_a_move_or_is_not(before: S, after: S) -> None:
    assert ((before, after) in states.MOVES) == (after in TABLE[before])


def test_no_made_grant_is_made_again() -> None:
    for made in states.MADE:
        assert all(
            after in (S.VERIFIED, S.REVERSED) for before, after in states.MOVES if before is made
        )


def test_an_unknown_grant_never_goes_straight_to_a_second_attempt() -> None:
    assert (S.UNKNOWN, S.SENDING) not in states.MOVES


def test_every_state_is_pending_or_final_or_applied() -> None:
    parts = (states.PENDING, states.FINAL, {S.APPLIED})
    assert sum(len(part) for part in parts) == len(S)
    assert set().union(*parts) == set(S)


def test_final_states_are_left_only_by_a_person() -> None:
    left = {(before, after) for before, after in states.MOVES if before in states.FINAL}
    assert left == {(S.VERIFIED, S.REVERSED), (S.DECLINED, S.WAITING), (S.REFUSED, S.PLANNED)}


@pytest.mark.parametrize("ending", list(Ending))
def test_whatever_an_act_ends_in_is_a_lawful_move(ending: Ending) -> None:
    assert (S.SENDING, states.after_act(Result(ending, "x"))) in states.MOVES


@pytest.mark.parametrize("before", sorted(states.TO_SETTLE))
@pytest.mark.parametrize("ending", list(Ending))
@pytest.mark.parametrize("code", ["absent", "other"])
def test_whatever_a_look_says_is_a_lawful_move_or_stays(
    before: S, ending: Ending, code: str
) -> None:
    after = states.after_look(Result(ending, code))
    assert after is before or (before, after) in states.MOVES


def test_a_look_that_found_nothing_leads_back_to_planned() -> None:
    assert states.after_look(Result(Ending.REFUSED, "absent")) is S.PLANNED
    assert states.after_look(Result(Ending.REFUSED, "no-mailbox")) is S.REFUSED
    assert states.after_look(Result(Ending.DEFERRED, "imap-no")) is S.UNKNOWN


def test_what_was_not_seen_stays_applied() -> None:
    assert states.after_verify(Result(Ending.DONE, "seen")) is S.VERIFIED
    assert states.after_verify(Result(Ending.REFUSED, "not-as-given")) is S.APPLIED
