"""The lawful moves of a notice, pair by pair."""

from __future__ import annotations

import itertools

import pytest

from ristoro.notices.models import NoticeState
from ristoro.notices.states import MOVES, SETTLED, lawful

TABLE = """
from      planned sending accepted verified deferred refused unknown withheld
planned      .       x       .        .        .        .       .        x
sending      .       .       x        .        x        x       x        .
accepted     .       .       .        x        .        x       .        .
verified     .       .       .        .        .        .       .        .
deferred     .       x       .        .        .        x       .        x
refused      x       .       .        .        .        .       .        .
unknown      .       .       x        x        x        .       .        .
withheld     x       .       .        .        .        .       .        .
"""

_HEAD, *_LINES = TABLE.strip().splitlines()
_ALLOWED = {
    (line.split()[0], after)
    for line in _LINES
    for after, mark in zip(_HEAD.split()[1:], line.split()[1:], strict=True)
    if mark == "x"
}


@pytest.mark.parametrize(
    ("before", "after"),
    list(itertools.product(NoticeState, repeat=2)),
    ids=lambda s: s.name.lower(),
)
def test_each_pair_is_lawful_or_not_as_the_table_says(
    before: NoticeState, after: NoticeState
) -> None:
    assert lawful(before, after) == ((before.name.lower(), after.name.lower()) in _ALLOWED)


def test_every_state_can_be_reached_from_planned() -> None:
    seen, edge = {NoticeState.PLANNED}, {NoticeState.PLANNED}
    while edge:
        edge = {after for before, after in MOVES if before in edge} - seen
        seen |= edge
    assert seen == set(NoticeState)


def test_nothing_unknown_is_sent_again_without_a_look() -> None:
    assert (NoticeState.UNKNOWN, NoticeState.SENDING) not in MOVES


def test_a_verified_notice_never_moves() -> None:
    assert not [pair for pair in MOVES if pair[0] is NoticeState.VERIFIED]
    assert NoticeState.VERIFIED in SETTLED
