"""The words of the examiners' desk: codes of claims, evidence and findings as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ristoro.claims import letters, reasons
from ristoro.claims.bundle import words as papers
from ristoro.claims.models import ClaimState, CostKind, Lost, Offer
from ristoro.claims.offers import Gift
from ristoro.claims.queue import View
from ristoro.claims.reasons import Outcome
from ristoro.claims.twins import Sign
from ristoro.faces.said import ROW_STATES, Lazy, lang
from ristoro.fulfilment import wording
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.kernel.money import Money
from ristoro.workers.models import Act

register = template.Library()

STATES: Mapping[int, Lazy] = {
    ClaimState.FILED: _("to be examined"),
    ClaimState.EXAMINED: _("waits for a second person"),
    ClaimState.SETTLED: _("settled"),
    ClaimState.REFUSED: _("refused, with reasons"),
    ClaimState.APPEALED: _("appealed against"),
    ClaimState.WITHDRAWN: _("withdrawn by the holder"),
}
LOST: Mapping[int, Lazy] = {
    Lost.MAIL_NEVER_CAME: _("mail that never came"),
    Lost.MAIL_CAME_LATE: _("mail that came late"),
    Lost.COULD_NOT_SEND: _("could not send"),
    Lost.COULD_NOT_SIGN_IN: _("could not sign in"),
    Lost.OTHER: _("something else"),
}
COSTS: Mapping[int, Lazy] = {
    CostKind.PAID: _("money spent"),
    CostKind.LOST_EARNINGS: _("money that did not come"),
    CostKind.OTHER: _("something else"),
}
VIEWS: Mapping[View, Lazy] = {
    View.TO_EXAMINE: _("To examine"),
    View.MINE: _("Mine"),
    View.LATE: _("Late"),
    View.APPEALS: _("Appeals"),
    View.SECOND: _("For a second person"),
    View.DECIDED: _("Decided claims"),
}
SIGNS: Mapping[Sign, Lazy] = {
    Sign.MAILBOX: _("same mailbox"),
    Sign.DOCUMENT: _("same document, to the byte"),
    Sign.WORDS: _("nearly the same words"),
    Sign.HOLDER: _("same holder"),
    Sign.PAYEE: _("same account to pay to"),
    Sign.LOSS: _("same loss"),
}
CAME: Mapping[str, Lazy] = {
    "delivered": _("delivered in time"),
    "late": _("delivered late"),
    "bounced": _("returned to its sender"),
    "expired": _("given up after days of trying"),
    "deleted": _("deleted from the queue"),
    "held": _("held in the queue"),
    "waiting": _("deferred; its end is not shown"),
    "not-shown": _("its end is not shown"),
    "never-ours": _("never whole: its sender hung up"),
    "passed-on": _("passed on to another queue"),
}
CAUSES: Mapping[str, Lazy] = {
    "ours": _("our fault"),
    "mailbox-full": _("mailbox full"),
    "no-such-address": _("no such address"),
    "sender": _("its sender or a policy"),
    "unclear": _("cause not clear"),
}
HAPPENED: Mapping[str, Lazy] = {
    "filed": _("filed"),
    "evidence-unread": _("the evidence could not be read"),
    "withdrawn": _("withdrawn"),
    "found": _("a finding was written"),
    "agreed": _("a second person agreed"),
    "sent-back": _("a second person sent it back"),
    "settled": _("settled"),
    "refused": _("refused, with reasons"),
    "paid": _("paid"),
    "stopped": _("the payment was stopped"),
    "appealed": _("the holder appealed"),
    "offered": _("something in kind was offered"),
    "chose-kind": _("the holder chose what was offered in kind"),
    "chose-money": _("the holder chose the money"),
    "unheard": _("nobody chose: the money is paid"),
    "given-kind": _("given in kind"),
    "refused-kind": _("could not be given in kind: the money is paid"),
}
OFFERS: Mapping[int, Lazy] = {
    GrantState.WAITING: _("waits for the holder's choice"),
    GrantState.DECLINED: _("the holder chose the money"),
    GrantState.LAPSED: _("nobody chose: the money is paid"),
}
KEYS: Mapping[Outcome, str] = {
    Outcome.PROVED: "p",
    Outcome.PARTLY: "i",
    Outcome.NOT_PROVABLE: "d",
    Outcome.NOT_OURS: "o",
}
"""The key of each outcome, whatever the language of the page."""


@register.filter
def claim_state(value: int) -> Lazy:
    """Where a claim stands."""
    return STATES[value]


@register.filter
def offered(value: Offer) -> str:
    """What is offered in kind."""
    gift = Gift(GrantKind(value.kind), value.amount)
    return letters.gift_words(gift, lang())


@register.filter
def offer_state(value: int) -> Lazy:
    """How an offer stands."""
    return OFFERS.get(value) or ROW_STATES[Act.GRANTS][value]


@register.filter
def lost(value: int) -> Lazy:
    """What was lost."""
    return LOST.get(value, "–")


@register.filter
def cost_kind(value: int) -> Lazy:
    """What a cost is."""
    return COSTS.get(value, "–")


@register.filter
def sign(value: Sign) -> Lazy:
    """What two claims share."""
    return SIGNS[value]


@register.filter
def came(value: str) -> Lazy:
    """What became of a message."""
    return CAME.get(value, value)


@register.filter
def cause(value: str) -> Lazy:
    """Whose a failure was."""
    return CAUSES.get(value, value)


@register.filter
def happening(value: str) -> Lazy:
    """What a line of the diary tells of."""
    return HAPPENED.get(value, value)


@register.filter
def outcome(value: str) -> str:
    """What was found, in the reader's language."""
    return reasons.OUTCOMES[Outcome(value)][lang()]


@register.filter
def reason(value: str) -> str:
    """A reason of the closed list, in the reader's language."""
    return reasons.REASONS[value].words[lang()]


@register.filter
def limit(value: str) -> str:
    """What the evidence cannot show, in the reader's language."""
    said = papers.LIMITS.get(value)
    return said[lang()] if said else value


TOTALS: Mapping[str, Lazy] = {
    "late": _("Came late"),
    "bounced": _("Returned to their senders"),
    "expired": _("Given up"),
    "deleted": _("Deleted from the queue"),
    "waiting": _("End not shown"),
    "delivered": _("Came in time"),
    "refused_at_door": _("Refused at the door"),
    "sign_ins_ours": _("Sign-ins refused by us"),
    "sign_ins_refused": _("Sign-ins refused"),
    "sign_ins_good": _("Sign-ins"),
}


@register.filter
def total_name(value: str) -> Lazy:
    """What a total of the evidence counts."""
    return TOTALS[value]


@register.filter
def minor(value: int, currency: str) -> str:
    """``€ 1.234,56``."""
    return Money(value, currency).words(lang())


@register.filter
def here(value: datetime | None) -> str:
    """An instant in the holders' time; a dash where there is none."""
    if value is None:
        return "–"
    return wording.instant(timezone.localtime(value), lang())


@register.filter
def grant_state(value: int) -> Lazy:
    """How a grant stands."""
    return ROW_STATES[Act.GRANTS][value]
