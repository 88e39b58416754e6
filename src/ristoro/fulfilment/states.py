"""The lawful moves of a grant, the sets of states that people ask for, and what an ending means."""

from __future__ import annotations

from collections.abc import Mapping

from ristoro.fulfilment.models import GrantState
from ristoro.kernel.outcome import Ending, Result

S = GrantState

MOVES: frozenset[tuple[GrantState, GrantState]] = frozenset(
    {
        # a yes, a no, and the policy's fallback at the deadline
        (S.WAITING, S.PLANNED),
        (S.WAITING, S.DECLINED),
        (S.WAITING, S.LAPSED),
        # the holder thinks again, before anything was made
        (S.PLANNED, S.WAITING),
        (S.DECLINED, S.WAITING),
        # the act; SENDING is written before it begins
        (S.PLANNED, S.SENDING),
        (S.DEFERRED, S.SENDING),
        (S.SENDING, S.APPLIED),
        (S.SENDING, S.DEFERRED),
        (S.SENDING, S.REFUSED),
        (S.SENDING, S.UNKNOWN),
        # by looking only: it is there, it is not, or the mailbox is neither as before nor as after
        (S.SENDING, S.PLANNED),
        (S.UNKNOWN, S.APPLIED),
        (S.UNKNOWN, S.PLANNED),
        (S.UNKNOWN, S.REFUSED),
        (S.REFUSED, S.PLANNED),  # a person removed the cause; the act compares before it sets
        # seen in a fresh session; taken back by two people
        (S.APPLIED, S.VERIFIED),
        (S.APPLIED, S.REVERSED),
        (S.VERIFIED, S.REVERSED),
    }
)

TO_ACT = frozenset({S.PLANNED, S.DEFERRED})
"""A worker may make these."""

TO_SETTLE = frozenset({S.SENDING, S.UNKNOWN})
"""A worker that takes these over looks first."""

MADE = frozenset({S.APPLIED, S.VERIFIED})
PENDING = frozenset({S.WAITING, S.PLANNED, S.SENDING, S.DEFERRED, S.UNKNOWN})
"""Not final: the mailbox is on the hold list (promise 8), and the run cannot be closed."""

FINAL = frozenset(GrantState) - PENDING - {S.APPLIED}

ABSENT = "absent"
"""The code of a look that found the state before the act."""

_AFTER_ACT: Mapping[Ending, GrantState] = {
    Ending.DONE: S.APPLIED,
    Ending.DEFERRED: S.DEFERRED,
    Ending.REFUSED: S.REFUSED,
    Ending.UNKNOWN: S.UNKNOWN,
}


def after_act(result: Result) -> GrantState:
    """The state of a ``SENDING`` grant once the act has ended so."""
    return _AFTER_ACT[result.ending]


def after_look(result: Result) -> GrantState:
    """The state of a ``SENDING`` or ``UNKNOWN`` grant after a look (``act.settle``) said so.

    A look that could not see settles nothing: the grant is ``UNKNOWN`` until one can.
    """
    if result.done:
        return S.APPLIED
    if result.ending is Ending.REFUSED:
        return S.PLANNED if result.code == ABSENT else S.REFUSED
    return S.UNKNOWN


def after_verify(result: Result) -> GrantState:
    """The state of an ``APPLIED`` grant after ``act.verify``: what was not seen stays applied."""
    return S.VERIFIED if result.done else S.APPLIED
