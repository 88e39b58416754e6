"""Where a grant stands in the books by its state: nowhere, owed, or given."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from ristoro.fulfilment.books.accounts import Account
from ristoro.fulfilment.books.entries import Line, Sum
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.fulfilment.statement import UNITS
from ristoro.fulfilment.states import MADE

MONEY = frozenset({GrantKind.CREDIT, GrantKind.REFUND, GrantKind.INDEMNITY})


def unit_of(kind: int, currency: str) -> str:
    """The unit of a grant's amount: its currency where it is money."""
    return UNITS.get(GrantKind(kind), currency)


class Position(enum.IntEnum):
    """What a grant of a run that has begun is in the books."""

    NONE = 0
    OWED = 1
    GIVEN = 2


_NOT_OWED = frozenset(
    {GrantState.WAITING, GrantState.DECLINED, GrantState.LAPSED, GrantState.REVERSED}
)


def position(state: int) -> Position:
    """A refused grant stays owed: that it could not be given does not end what is due."""
    if state in MADE:
        return Position.GIVEN
    return Position.NONE if state in _NOT_OWED else Position.OWED


CODES: Mapping[tuple[Position, Position], str] = {
    (Position.NONE, Position.OWED): "owed",
    (Position.OWED, Position.GIVEN): "given",
    (Position.OWED, Position.NONE): "not-owed",
    (Position.GIVEN, Position.NONE): "taken-back",
    (Position.GIVEN, Position.OWED): "owed-again",
}
"""What an entry between two positions is called; from none to given there are two entries."""

AFTER = {code: after for (_, after), code in CODES.items()}

GIVEN_BY: Mapping[str, Account] = {
    "bill": Account.BILL_CREDITS,
    "credit": Account.ACCOUNT_CREDITS,
    "transfer": Account.CLEARING,
}
"""The account through which a grant's way (``fulfilment.models.Route``) gives money."""


def steps(before: Position, after: Position) -> list[tuple[Position, Position]]:
    """The steps from one position to another, each of one entry."""
    if before == after:
        return []
    if (before, after) == (Position.NONE, Position.GIVEN):
        return [(Position.NONE, Position.OWED), (Position.OWED, Position.GIVEN)]
    return [(before, after)]


def money_lines(
    sum_: Sum, before: Position, after: Position, through: Account
) -> tuple[Line, Line]:
    """The lines of one step of money that is, or was, given through an account."""
    if after is Position.GIVEN:
        return sum_.given(through)
    if before is Position.NONE:
        return sum_.owed()
    if before is Position.OWED:
        return sum_.not_owed()
    if after is Position.OWED:
        return sum_.moved(through, Account.PAYABLE)
    return sum_.taken_back(through)


_IN_KIND = {
    Position.NONE: Account.IN_KIND_PROMISED,
    Position.OWED: Account.IN_KIND_OWED,
    Position.GIVEN: Account.IN_KIND_GIVEN,
}


def in_kind_lines(sum_: Sum, before: Position, after: Position) -> tuple[Line, Line]:
    """The lines of a quantity that goes from one position to another."""
    return sum_.moved(_IN_KIND[before], _IN_KIND[after])
