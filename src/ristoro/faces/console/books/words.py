"""What the books call things, in the words of their pages."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy, amount, lang
from ristoro.fulfilment.books.accounts import (
    ACCOUNTS_IN,
    IN_KIND,
    NATURES_IN,
    Account,
    Group,
    Nature,
)
from ristoro.staff.models import Role

READERS = (Role.FINANCE, Role.APPROVER, Role.AUDITOR)
CODES: Mapping[str, Lazy] = {
    "owed": _("Became owed"),
    "given": _("Given"),
    "not-owed": _("Owed no longer"),
    "taken-back": _("Taken back"),
    "owed-again": _("Owed again"),
    "booked": _("Booked by the bank"),
    "booked-again": _("Paid again, and booked by the bank"),
    "returned": _("Sent back by the bank"),
    "crossed": _("Paid and sent back by the bank"),
}
"""What an entry says happened, by its code."""

ABOUT: Mapping[str, Lazy] = {
    "run": _("run {name}"),
    "grant": _("grant {name}"),
    "claim": _("claim {name}"),
    "payment": _("payment {name}"),
}
"""What an entry is about, by the first word that the books keep of it."""

GROUPS: Mapping[Group, Lazy] = {
    Group.ASSET: _("Assets"),
    Group.LIABILITY: _("Liabilities"),
    Group.EXPENSE: _("Expenses"),
    Group.MEMORANDUM: _("Memorandum"),
}

DIFFERENCES: Mapping[str, Lazy] = {
    "owed": _("Owed, by the grants and in the books"),
    "given": _("Given, by the grants and in the books"),
    "decided": _("Decided, and the sum of the grants"),
    "suspense": _("Given in a way that is not known"),
    "not-open": _("Owed, and in no books"),
}


def account(of: Account) -> str:
    """An account's name in the reader's language."""
    return ACCOUNTS_IN[lang()][of]


def nature(of: Nature) -> str:
    """A nature's name in the reader's language."""
    return NATURES_IN[lang()][of]


def code(of: str) -> Lazy | str:
    """What an entry's code says; the code itself where it is of a part that is not here."""
    return CODES.get(of, of)


def about(of: str) -> str:
    """What an entry is about; as it was kept where it is of a part that is not here."""
    what, _space, name = of.partition(" ")
    return str(ABOUT[what]).format(name=name) if what in ABOUT else of


def worth(value: int, unit: str) -> str:
    """An amount of a line; nothing for nought."""
    if not value:
        return ""
    return amount(value, unit) if unit in IN_KIND else amount(value, "minor", unit)
