"""The lawful moves of a payment, and what an answer about its payee lets happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ristoro.edges.billing.sepa.saying import PayeeAnswer, Said
from ristoro.fulfilment.payments.models import BatchState, PaymentState

S = PaymentState

MOVES: frozenset[tuple[PaymentState, PaymentState]] = frozenset(
    {
        # an answer about the payee, the holder's correction, a person's decision
        (S.LISTED, S.HELD),
        (S.HELD, S.LISTED),
        (S.LISTED, S.WITHDRAWN),
        (S.HELD, S.WITHDRAWN),
        # a batch is prepared; it is taken apart; it is released, and only then is there a file
        (S.LISTED, S.BATCHED),
        (S.BATCHED, S.LISTED),
        (S.BATCHED, S.SENT),
        # by the bank's files alone
        (S.SENT, S.ACCEPTED),
        (S.SENT, S.BOOKED),
        (S.SENT, S.REFUSED),
        (S.SENT, S.RETURNED),
        (S.ACCEPTED, S.BOOKED),
        (S.ACCEPTED, S.REFUSED),
        (S.ACCEPTED, S.RETURNED),
        (S.BOOKED, S.RETURNED),
        # a person has it tried once more, under a reference of its own
        (S.REFUSED, S.LISTED),
        (S.RETURNED, S.LISTED),
    }
)

BATCH_MOVES: frozenset[tuple[BatchState, BatchState]] = frozenset(
    {
        (BatchState.PREPARED, BatchState.RELEASED),
        (BatchState.PREPARED, BatchState.DROPPED),
    }
)

OPEN = frozenset({S.SENT, S.ACCEPTED})
"""Out of our hands: whether the money left is not known until the bank's files say so."""

ENDED = frozenset({S.BOOKED, S.REFUSED, S.RETURNED, S.WITHDRAWN})
TO_TRY_AGAIN = frozenset({S.REFUSED, S.RETURNED})

ANSWERED_WITHIN = timedelta(days=5)
"""A transfer is in the payee's account on the next working day (directive 2015/2366, article 83),
and in the statement the day after; what the bank has not settled by then, weekends and holidays
counted in, is unknown."""


def after(state: PaymentState, said: Said) -> PaymentState | None:
    """The state that what the bank says leads to: the same where it says what is known already.

    ``None`` where the two contradict each other: a person looks, and nothing is changed.
    """
    if said is Said.VERIFIED:
        return state
    return _AFTER.get((state, said))


_AFTER: Mapping[tuple[PaymentState, Said], PaymentState] = {
    (S.SENT, Said.RECEIVED): S.SENT,
    (S.SENT, Said.ACCEPTED): S.ACCEPTED,
    (S.SENT, Said.SETTLED): S.ACCEPTED,
    (S.SENT, Said.REFUSED): S.REFUSED,
    (S.SENT, Said.BOOKED): S.BOOKED,
    (S.SENT, Said.RETURNED): S.RETURNED,
    (S.ACCEPTED, Said.RECEIVED): S.ACCEPTED,
    (S.ACCEPTED, Said.ACCEPTED): S.ACCEPTED,
    (S.ACCEPTED, Said.SETTLED): S.ACCEPTED,
    (S.ACCEPTED, Said.REFUSED): S.REFUSED,
    (S.ACCEPTED, Said.BOOKED): S.BOOKED,
    (S.ACCEPTED, Said.RETURNED): S.RETURNED,
    (S.BOOKED, Said.RECEIVED): S.BOOKED,
    (S.BOOKED, Said.ACCEPTED): S.BOOKED,
    (S.BOOKED, Said.SETTLED): S.BOOKED,
    (S.BOOKED, Said.BOOKED): S.BOOKED,
    (S.BOOKED, Said.RETURNED): S.RETURNED,
    # A status report may come after the statement, and files are read in any order: what was taken
    # may be refused later. What was settled is not: that contradicts a refusal.
    (S.REFUSED, Said.RECEIVED): S.REFUSED,
    (S.REFUSED, Said.ACCEPTED): S.REFUSED,
    (S.REFUSED, Said.REFUSED): S.REFUSED,
    (S.RETURNED, Said.RECEIVED): S.RETURNED,
    (S.RETURNED, Said.ACCEPTED): S.RETURNED,
    (S.RETURNED, Said.SETTLED): S.RETURNED,
    (S.RETURNED, Said.REFUSED): S.RETURNED,
    (S.RETURNED, Said.BOOKED): S.RETURNED,
    (S.RETURNED, Said.RETURNED): S.RETURNED,
}


@dataclass(frozen=True, slots=True)
class Follow:
    """What follows from an answer about the payee.

    ``held`` is the code under which the payment waits, empty where it is paid. ``asks_holder`` is
    whether the holder is asked, in the webmail, to correct the name; ``by_reason`` whether a person
    may have it paid nevertheless, for a reason that is recorded.
    """

    held: str
    asks_holder: bool
    by_reason: bool


FOLLOWS: Mapping[PayeeAnswer, Follow] = {
    PayeeAnswer.MATCH: Follow(held="", asks_holder=False, by_reason=False),
    PayeeAnswer.CLOSE: Follow(held="name-close", asks_holder=True, by_reason=True),
    PayeeAnswer.NO_MATCH: Follow(held="name-differs", asks_holder=False, by_reason=True),
    PayeeAnswer.NOT_POSSIBLE: Follow(held="name-unchecked", asks_holder=False, by_reason=True),
}
"""One line for each of the four answers."""
