"""Entries of the books before they are posted: what balances, and the ones that people mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ristoro.fulfilment.books.accounts import EXPENSE, IN_KIND, Account, Nature, Side
from ristoro.kernel.errors import Problem, RistoroError
from ristoro.kernel.money import MINOR_DIGITS

LONGEST_KEY = 100
LONGEST_ABOUT = 200
LONGEST_CODE = 20
LINES_AN_ENTRY = 64
"""A line's id is its entry's times this, and its place from 0."""
MOST = (1 << 63) - 1


class Unlawful(RistoroError):
    """An entry that cannot stand in the books; nothing was posted."""


@dataclass(frozen=True, slots=True)
class Line:
    """So much on one side of an account: minor units of a currency, or one of ``IN_KIND``."""

    account: Account
    nature: Nature
    side: Side
    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened ``at`` an instant, in lines that balance in each unit; ``key`` names it once.

    ``about`` says of what, as the journal does: ``grant 17``, ``claim R-2023-000123``. The mailbox
    and the run with its remedy are left out where the entry is of none; the bucket follows from the
    mailbox. ``code`` says in a word what happened. ``grant_id`` and ``through``, how it was given,
    are of the entries that moves of grants make (``books.deriving``), and of no others.
    """

    key: str
    at: datetime
    about: str
    lines: tuple[Line, ...]
    code: str = ""
    mailbox_id: int | None = None
    bucket: int | None = None
    run_id: int | None = None
    remedy: int | None = None
    grant_id: int | None = None
    through: Account | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount of one nature, that an entry moves from one account to another."""

    nature: Nature
    amount: int
    unit: str

    def moved(self, debit: Account, credit: Account) -> tuple[Line, Line]:
        """The two lines of an entry that debits one account and credits another."""
        return (
            Line(debit, self.nature, Side.DEBIT, self.amount, self.unit),
            Line(credit, self.nature, Side.CREDIT, self.amount, self.unit),
        )

    def owed(self) -> tuple[Line, Line]:
        """It becomes owed to a holder."""
        return self.moved(EXPENSE[self.nature], Account.PAYABLE)

    def given(self, through: Account) -> tuple[Line, Line]:
        """What was owed is given: on a bill, on an account, or by a transfer (``CLEARING``)."""
        return self.moved(Account.PAYABLE, through)

    def not_owed(self) -> tuple[Line, Line]:
        """What was owed, and was not given, is owed no longer."""
        return self.moved(Account.PAYABLE, EXPENSE[self.nature])

    def taken_back(self, through: Account) -> tuple[Line, Line]:
        """What was given is taken back, and is owed no longer."""
        return self.moved(through, EXPENSE[self.nature])

    def booked(self) -> tuple[Line, Line]:
        """The bank's statement shows a transfer."""
        return self.moved(Account.CLEARING, Account.BANK)

    def returned(self) -> tuple[Line, Line]:
        """The bank's statement shows that a transfer, booked before, has come back."""
        return self.moved(Account.BANK, Account.RETURNED)

    def booked_again(self) -> tuple[Line, Line]:
        """The bank's statement shows another transfer of what had come back."""
        return self.moved(Account.RETURNED, Account.BANK)


def check(entries: Iterable[Entry]) -> None:
    """``Unlawful`` for the first entry that has no key, no line, a wrong one, or no balance."""
    for entry in entries:
        why = _wrong(entry)
        if why:
            raise Unlawful(
                Problem(
                    "entry-unlawful",
                    f"the entry {entry.key!r} about {entry.about!r} cannot be posted",
                    why,
                    "nothing was posted; this is a fault in the program that made the entry",
                )
            )


def _wrong(entry: Entry) -> str:
    if not 0 < len(entry.key) <= LONGEST_KEY:
        return f"a key has 1 to {LONGEST_KEY} characters"
    if len(entry.about) > LONGEST_ABOUT:
        return f"what it is about is longer than {LONGEST_ABOUT} characters"
    if entry.at.tzinfo is None:
        return "its instant has no zone"
    if len(entry.code) > LONGEST_CODE:
        return f"its code is longer than {LONGEST_CODE} characters"
    if not 0 < len(entry.lines) <= LINES_AN_ENTRY:
        return f"an entry has 1 to {LINES_AN_ENTRY} lines"
    balance: dict[str, int] = defaultdict(int)
    for line in entry.lines:
        if not 0 < line.amount <= MOST:
            return f"a line has the amount {line.amount}; it must be above nought"
        if line.account.is_memorandum != (line.unit in IN_KIND):
            return f"{line.unit} does not belong on account {line.account:d}"
        if line.unit not in MINOR_DIGITS and line.unit not in IN_KIND:
            return f"{line.unit!r} is neither a currency known here nor a unit in kind"
        balance[line.unit] += line.amount if line.side is Side.DEBIT else -line.amount
    off = [f"{amount} {unit}" for unit, amount in sorted(balance.items()) if amount]
    return f"debits and credits differ by {', '.join(off)}" if off else ""
