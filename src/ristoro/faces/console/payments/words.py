"""What stands against a payment, what the bank answered and why it refused, in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ristoro.edges.billing.sepa.saying import PayeeAnswer
from ristoro.faces.said import Lazy, lang
from ristoro.fulfilment.payments.models import Batch, BatchState, Payment, PaymentState, Stray
from ristoro.kernel.money import Money
from ristoro.kernel.outcome import Ending, Result

register = template.Library()

STATES: Mapping[int, Lazy] = {
    PaymentState.LISTED: _("to pay"),
    PaymentState.HELD: _("held"),
    PaymentState.BATCHED: _("in a prepared batch"),
    PaymentState.SENT: _("sent to the bank"),
    PaymentState.ACCEPTED: _("taken by the bank"),
    PaymentState.BOOKED: _("booked by the bank"),
    PaymentState.REFUSED: _("refused by the bank"),
    PaymentState.RETURNED: _("sent back"),
    PaymentState.WITHDRAWN: _("no longer owed"),
}
BATCH_STATES: Mapping[int, Lazy] = {
    BatchState.PREPARED: _("prepared, waits for a second person"),
    BatchState.RELEASED: _("released"),
    BatchState.DROPPED: _("dropped"),
}
STANDS: Mapping[str, Lazy] = {
    "no-payee": _("The holder has not given an account yet."),
    "cooling-off": _("The account was given lately: it can still be undone."),
    "to-be-batched": _("Ready for the next batch."),
    "sent": _("The bank has it, and has not booked it yet."),
    "no-answer": _("The bank ought to have said by now. It is never paid again on a guess."),
    "name-close": _("The bank knows a similar name: the holder is asked to correct it."),
    "name-differs": _("The account is in another name: a person decides."),
    "name-unchecked": _("The bank could not check the name: a person writes why it is paid."),
    "account-refused": _("The bank did not take the account: the holder is asked for another."),
    "bank-contradicts": _("The bank says two things of it: ask it, and say what became of that."),
    "withdrawn": _("It is no longer owed."),
    "transfer": _("The bank's statement shows it."),
}
ANSWERS: Mapping[int, Lazy] = {
    PayeeAnswer.MATCH: _("name and account belong together"),
    PayeeAnswer.CLOSE: _("nearly: a similar name"),
    PayeeAnswer.NO_MATCH: _("another name"),
    PayeeAnswer.NOT_POSSIBLE: _("could not be checked"),
}
FOLLOWS: Mapping[int, Lazy] = {
    PayeeAnswer.MATCH: _("It is paid."),
    PayeeAnswer.CLOSE: _("It is held. The holder is asked in the webmail to correct the name."),
    PayeeAnswer.NO_MATCH: _("It is held. A person decides, and writes why."),
    PayeeAnswer.NOT_POSSIBLE: _("It is held until a person writes why it is paid."),
}
EFFECTS: Mapping[str, Lazy] = {
    "booked": _("Booked: paid"),
    "accepted": _("Taken by the bank, not booked yet"),
    "refused": _("Refused by the bank"),
    "returned": _("Sent back after booking"),
    "answered": _("Answers about the name"),
    "known": _("Known already: changes nothing"),
    "foreign": _("Not ours"),
    "amount-differs": _("Another amount than ours"),
    "contradicts": _("Contradicts what is known"),
    "booked-twice": _("Booked a second time"),
    "sum-differs": _("A sum that is not the batch's"),
    "unclear": _("Not known here, or contradicting itself"),
}
STRAYS: Mapping[str, Lazy] = {
    "foreign": _("The reference is of no payment of ours."),
    "amount-differs": _("The amount is not that of the payment. Nothing was changed."),
    "contradicts": _("It does not fit where the payment stands. Nothing was changed."),
    "booked-twice": _("The bank booked this payment once more. Speak with the bank."),
    "sum-differs": _(
        "The sum is not what is open of that batch. Ask the bank for the single ones."
    ),
    "unclear": _("What the bank says is not known here. Ask it; nothing was changed."),
}
REASONS: Mapping[str, Lazy] = {
    "AC01": _("The account number is wrong."),
    "AC03": _("The payee's account number is wrong."),
    "AC04": _("The account is closed."),
    "AC06": _("The account is blocked."),
    "AG01": _("The account takes no transfers."),
    "AG02": _("The bank does not take this kind of order."),
    "AM02": _("The amount is over a limit."),
    "AM04": _("There was not enough money on our account."),
    "AM05": _("The bank takes it for a payment that it had already."),
    "ARDT": _("It had been sent back already."),
    "BE01": _("The name does not belong to the account."),
    "BE04": _("The payee's address is missing."),
    "BE06": _("The payee is not known at that bank."),
    "CNOR": _("The payee's bank does not take part."),
    "CURR": _("The currency is wrong."),
    "CUST": _("The payee did not want it."),
    "DT01": _("The day is not one on which it can be made."),
    "DUPL": _("It was found to be double."),
    "ED05": _("The settlement between the banks failed."),
    "FF01": _("The file was not as the bank wants it."),
    "FOCR": _("It was called back."),
    "FRAD": _("Fraud was suspected."),
    "MD07": _("The payee has died."),
    "MS02": _("The payee refused it, without saying why."),
    "MS03": _("The bank refused it, without saying why."),
    "NARR": _("The bank says why in its own words."),
    "RC01": _("The bank's code is wrong."),
    "RR04": _("A rule of the authorities stands against it."),
    "TECH": _("There was a technical fault at the bank."),
    "TM01": _("It came after the bank's last hour."),
}
"""ISO 20022's external reason codes, as far as credit transfers in euro have them."""


@register.filter
def payment_state(one: Payment) -> Lazy:
    """Where a payment stands."""
    return STATES[one.state]


@register.filter
def state_words(state: int) -> Lazy:
    """A state of payments."""
    return STATES[state]


@register.filter
def batch_state(one: Batch) -> Lazy:
    """Where a batch stands."""
    return BATCH_STATES[one.state]


@register.filter
def stand(result: Result) -> str:
    """What stands against a payment, or that nothing does."""
    code = result.code.removeprefix("returned-")
    if code in STANDS:
        return str(STANDS[code])
    if result.ending is Ending.REFUSED:
        return f"{reason(code)}"
    return code


@register.filter
def reason(code: str) -> str:
    """Why the bank refused it or sent it back."""
    if code in REASONS:
        return str(REASONS[code])
    return gettext("The bank gave no reason that is known here.")


@register.filter
def answer(value: int | None) -> Lazy:
    """What was answered about name and account."""
    return _("not asked") if value is None else ANSWERS[value]


@register.filter
def effect(code: str) -> Lazy:
    """What a line of the bank's does."""
    return EFFECTS.get(code, code)


@register.filter
def stray(one: Stray) -> Lazy:
    """Why a line changed nothing."""
    return STRAYS.get(one.code, one.code)


@register.filter
def euros(minor: int) -> str:
    """An amount in euro."""
    return Money(minor, "EUR").words(lang())
