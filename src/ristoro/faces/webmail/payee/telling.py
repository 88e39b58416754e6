"""The sentences about a holder's account and the sums that are transferred to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ristoro.faces import said
from ristoro.faces.said import Lazy
from ristoro.faces.webmail.doors import Holder
from ristoro.faces.webmail.tags import zone
from ristoro.fulfilment.payees import known
from ristoro.fulfilment.payees.known import NONE, Stand, Standing
from ristoro.fulfilment.payees.models import Account
from ristoro.fulfilment.payees.sealing import opened
from ristoro.fulfilment.payees.wanted import Sum, of_mailbox
from ristoro.fulfilment.payments.models import PaymentState
from ristoro.kernel import clock
from ristoro.notices.singles.models import Single

S = PaymentState
WRONG: Mapping[str, Lazy] = {
    "iban-missing": gettext_lazy("Write the IBAN."),
    "iban-country": gettext_lazy("The IBAN begins with the two letters of its country, like IT."),
    "iban-length": gettext_lazy("The IBAN is too long or too short. An Italian one has 27 signs."),
    "iban-digits": gettext_lazy("One letter or digit of the IBAN is wrong. Compare it once more."),
    "iban-wrong": gettext_lazy("This is not written as an IBAN is. Compare it once more."),
    "iban-area": gettext_lazy(
        "This account is outside the euro payments area (SEPA): we cannot pay to it."
    ),
    "payee-name": gettext_lazy("Write the name of the account's holder, as the bank has it."),
    "payee-name-long": gettext_lazy("The name is longer than 70 letters: shorten the first names."),
    "payee-too-often": gettext_lazy(
        "The account was changed many times in a day. Try again tomorrow."
    ),
    "payee-nothing": gettext_lazy("There is nothing to undo any more. See below how it stands."),
    "payee-busy": gettext_lazy("It was just changed from elsewhere. See below how it stands."),
}
FIELDS = {code: "iban" if code.startswith("iban") else "name" for code in WRONG}
"""Which field of the form each is about."""
AGAIN: Mapping[str, Lazy] = {
    "refused": gettext_lazy("This is not the password of this mailbox. Nothing was changed."),
    "locked": gettext_lazy(
        "Too many wrong passwords. Nothing was changed: wait an hour, then try again."
    ),
    "unreachable": gettext_lazy(
        "The mail host does not answer, so we could not check the password. Nothing was changed."
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One sum, and how it stands."""

    amount: str
    about: str
    state: str
    good: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """How the holder's account stands, and what is transferred to it.

    ``owed`` is what waits to be transferred, in words; empty where nothing does. ``account`` is the
    row, ``masked`` its number as it may be shown.
    """

    standing: Standing
    account: Account | None
    masked: str
    owed: str
    lines: tuple[Line, ...]
    to_correct: bool

    @property
    def none(self) -> bool:
        return self.standing.stand is Stand.NONE

    @property
    def cools_off(self) -> bool:
        return self.standing.stand is Stand.COOLING_OFF

    @property
    def refused(self) -> bool:
        """Whether a bank did not take a transfer to the account."""
        return self.standing.stand is Stand.REFUSED

    @property
    def asks(self) -> bool:
        """Whether something waits for an account, or for another."""
        return bool(self.owed) and (self.none or self.refused)

    @property
    def may_give(self) -> bool:
        """An account is asked for only where something is owed, or one was given before."""
        return bool(self.owed) or not self.none

    @property
    def matters(self) -> bool:
        """Whether the holder's page speaks of it at all."""
        return bool(self.lines) or not self.none


def mailbox_id_of(held: Holder) -> int | None:
    """The provider's number of the mailbox, from the letters to it."""
    if held.mailbox_id is not None:
        return held.mailbox_id
    newest = Single.objects.filter(address=held.address).order_by("-id")
    return newest.values_list("mailbox_id", flat=True).first()


def shown_of(held: Holder) -> Shown:
    """What the pages say of the holder's account now."""
    mailbox_id = mailbox_id_of(held)
    if mailbox_id is None:
        return Shown(NONE, None, "", "", (), to_correct=False)
    account = known.present(mailbox_id)
    payee = opened(account) if account is not None else None
    if account is None or payee is None:
        account, standing, masked = None, NONE, ""
    else:
        standing, masked = known.standing_of(account, clock.now()), payee.masked
    sums = of_mailbox(mailbox_id)
    return Shown(
        standing,
        account,
        masked,
        _total([one for one in sums if one.waits]),
        tuple(_line(one, standing) for one in sums),
        any(one.state is S.HELD and one.why == "name-close" for one in sums),
    )


def _total(sums: Sequence[Sum]) -> str:
    by_currency: dict[str, int] = {}
    for one in sums:
        by_currency[one.currency] = by_currency.get(one.currency, 0) + one.amount
    said_ = (said.amount(value, "minor", currency) for currency, value in by_currency.items())
    return " + ".join(said_)


def _line(one: Sum, standing: Standing) -> Line:
    return Line(
        said.amount(one.amount, "minor", one.currency),
        one.about,
        _state(one, standing),
        one.state is S.BOOKED,
    )


def _state(one: Sum, standing: Standing) -> str:
    day = _day(one.since)
    if one.state is S.BOOKED:
        return _("paid on %(day)s") % {"day": day}
    if one.state in (S.SENT, S.ACCEPTED):
        return _("sent to the bank on %(day)s") % {"day": day}
    if one.state in _FAILED:
        sent_back = one.state is S.RETURNED
        if not one.of_account:
            return _FAILED[one.state] % {"day": day}
        if standing.stand in (Stand.NONE, Stand.REFUSED):
            return (
                _("sent back by the bank on %(day)s: waits for another account")
                if sent_back
                else _("refused by the bank on %(day)s: waits for another account")
            ) % {"day": day}
    if one.state is S.HELD:
        if one.why == "name-close":
            return _("waits: the bank knows the account's holder by a slightly different name")
        return _("waits: we are checking the account's holder with the bank")
    if standing.stand is Stand.NONE:
        return _("waits for your account")
    if standing.stand is Stand.COOLING_OFF:
        return _("waits until the account may be used")
    return _("to be paid")


_FAILED: Mapping[PaymentState, Lazy] = {
    S.RETURNED: gettext_lazy("sent back by the bank on %(day)s: we see to it, and pay it again"),
    S.REFUSED: gettext_lazy("refused by the bank on %(day)s: we see to it, and pay it again"),
}
"""For reasons that are not the account's: its holder can do nothing about those."""


def _day(at: datetime) -> str:
    return said.day(at.astimezone(zone()).date())
