"""The chart of accounts and the accounting natures: closed lists, with their names."""

from __future__ import annotations

import enum
from collections.abc import Mapping


class Side(enum.IntEnum):
    """The two sides of an entry."""

    DEBIT = 1
    CREDIT = 2

    @property
    def other(self) -> Side:
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class Nature(enum.IntEnum):
    """What a remedy is in the books, as its policy says. Numbers stay for ever, as accounts'."""

    PRICE_REDUCTION = 1
    SERVICE_CREDIT = 2
    INDEMNITY = 3
    GOODWILL = 4
    DAMAGES = 5

    @property
    def word(self) -> str:
        """As a policy's ``accounting`` and files have it: ``price-reduction``."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, word: str) -> Nature:
        """The nature that a policy's ``accounting`` names; ``KeyError`` for another word."""
        return cls[word.upper().replace("-", "_")]


class Group(enum.Enum):
    """What an account is; a memorandum account holds quantities, and no money."""

    ASSET = "asset"
    LIABILITY = "liability"
    EXPENSE = "expense"
    MEMORANDUM = "memorandum"


class Account(enum.IntEnum):
    """The accounts. Numbers stay for ever: entries of years ago carry them."""

    BANK = 110
    """What the bank's statement shows."""
    CLEARING = 120
    """Transfers made to holders, until the bank's statement shows them."""
    PAYABLE = 210
    """Owed to holders and not given yet."""
    BILL_CREDITS = 220
    """Given to holders on their next bill."""
    ACCOUNT_CREDITS = 230
    """Given to holders on their account."""
    RETURNED = 240
    """Transfers that came back: owed still, to be paid in another way."""
    SUSPENSE = 290
    """Given in a way that is not known here; reconciling names whatever stands in it."""
    PRICE_REDUCTIONS = 410
    SERVICE_CREDITS = 420
    INDEMNITIES = 430
    GOODWILL = 440
    DAMAGES = 450
    IN_KIND_PROMISED = 910
    """The counterpart of what is given in kind, in quantities."""
    IN_KIND_OWED = 920
    IN_KIND_GIVEN = 930

    @property
    def group(self) -> Group:
        return _GROUPS[self // 100]

    @property
    def is_memorandum(self) -> bool:
        return self.group is Group.MEMORANDUM


_GROUPS = {1: Group.ASSET, 2: Group.LIABILITY, 4: Group.EXPENSE, 9: Group.MEMORANDUM}

EXPENSE: Mapping[Nature, Account] = {
    Nature.PRICE_REDUCTION: Account.PRICE_REDUCTIONS,
    Nature.SERVICE_CREDIT: Account.SERVICE_CREDITS,
    Nature.INDEMNITY: Account.INDEMNITIES,
    Nature.GOODWILL: Account.GOODWILL,
    Nature.DAMAGES: Account.DAMAGES,
}
"""The account that bears a remedy of each nature."""

IN_KIND = ("bytes", "months", "days")
"""The units of memorandum accounts; every other unit is a currency, in minor units."""

ACCOUNTS_IN: Mapping[str, Mapping[Account, str]] = {
    "it": {
        Account.BANK: "Banca",
        Account.CLEARING: "Bonifici disposti",
        Account.PAYABLE: "Debiti verso i titolari",
        Account.BILL_CREDITS: "Accrediti in bolletta",
        Account.ACCOUNT_CREDITS: "Accrediti sul conto cliente",
        Account.RETURNED: "Bonifici tornati indietro",
        Account.SUSPENSE: "Partite da attribuire",
        Account.PRICE_REDUCTIONS: "Riduzioni di prezzo",
        Account.SERVICE_CREDITS: "Crediti di servizio",
        Account.INDEMNITIES: "Indennizzi",
        Account.GOODWILL: "Liberalità",
        Account.DAMAGES: "Risarcimenti",
        Account.IN_KIND_PROMISED: "In natura: impegni",
        Account.IN_KIND_OWED: "In natura: da dare",
        Account.IN_KIND_GIVEN: "In natura: dato",
    },
    "en": {
        Account.BANK: "Bank",
        Account.CLEARING: "Transfers made",
        Account.PAYABLE: "Payable to holders",
        Account.BILL_CREDITS: "Credits on bills",
        Account.ACCOUNT_CREDITS: "Credits on accounts",
        Account.RETURNED: "Transfers returned",
        Account.SUSPENSE: "To be assigned",
        Account.PRICE_REDUCTIONS: "Price reductions",
        Account.SERVICE_CREDITS: "Service credits",
        Account.INDEMNITIES: "Indemnities",
        Account.GOODWILL: "Goodwill",
        Account.DAMAGES: "Damages",
        Account.IN_KIND_PROMISED: "In kind: promised",
        Account.IN_KIND_OWED: "In kind: owed",
        Account.IN_KIND_GIVEN: "In kind: given",
    },
}

NATURES_IN: Mapping[str, Mapping[Nature, str]] = {
    "it": {
        Nature.PRICE_REDUCTION: "riduzione di prezzo",
        Nature.SERVICE_CREDIT: "credito di servizio",
        Nature.INDEMNITY: "indennizzo",
        Nature.GOODWILL: "liberalità",
        Nature.DAMAGES: "risarcimento",
    },
    "en": {
        Nature.PRICE_REDUCTION: "price reduction",
        Nature.SERVICE_CREDIT: "service credit",
        Nature.INDEMNITY: "indemnity",
        Nature.GOODWILL: "goodwill",
        Nature.DAMAGES: "damages",
    },
}
