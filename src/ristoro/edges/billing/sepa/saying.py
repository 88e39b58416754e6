"""What a bank's file says of a payment, whatever its format."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date


class Said(enum.Enum):
    """What the bank says happened to one payment."""

    RECEIVED = "received"
    """It came in, or waits for an authorisation at the bank."""
    ACCEPTED = "accepted"
    """The bank will make it."""
    SETTLED = "settled"
    """The money has gone between banks, and the statement does not show it yet."""
    REFUSED = "refused"
    BOOKED = "booked"
    RETURNED = "returned"
    """It was booked, and came back."""
    VERIFIED = "verified"
    """The payee's bank was asked whether name and account belong together; see ``answer``."""
    CREDITED = "credited"
    """Money came in under its reference, and nothing says that it is a return."""
    UNCLEAR = "unclear"
    """What no rule here knows, or what contradicts itself: a person looks, and nothing is done."""


class PayeeAnswer(enum.IntEnum):
    """The four answers to whether name and account belong together (EPC VoP scheme rulebook)."""

    MATCH = 1
    CLOSE = 2
    """Nearly: the payee's bank suggests the name that it knows."""
    NO_MATCH = 3
    NOT_POSSIBLE = 4


@dataclass(frozen=True, slots=True)
class Word:
    """What one place of a file says, of one payment or, with ``whole``, of all in a message.

    ``line`` counts from 1. ``amount`` is in minor units, ``None`` where the file has none.
    ``code`` is the reason (ISO 20022 external codes) and ``text`` the bank's words; ``booking`` is
    the bank's own reference of a booking. ``name`` is the one that the payee's bank suggests.
    """

    line: int
    said: Said
    end_to_end: str = ""
    whole: str = ""
    amount: int | None = None
    currency: str = ""
    code: str = ""
    text: str = ""
    booking: str = ""
    on: date | None = None
    answer: PayeeAnswer | None = None
    name: str = ""
    place: int = 0
    """How many things the file says before this."""
    count: int | None = None
    """With ``whole``: of how many payments the amount is the sum, where the file says so."""
    again: bool = False
    """Whether the same file has said the same of the same payment before, in another place."""
