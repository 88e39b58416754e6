"""The sentences of a claim: what it says, how it stands, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ristoro.claims import drafts, letters, settle, states
from ristoro.claims.models import (
    Claim,
    ClaimState,
    CostKind,
    Finding,
    Lost,
    Note,
    Offer,
    Settlement,
)
from ristoro.claims.offers import Gift
from ristoro.faces import said
from ristoro.faces.said import Lazy, lang
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.kernel.errors import BadInput
from ristoro.kernel.money import Money
from ristoro.remedies.folder.run_folder import open_run
from ristoro.remedies.models import Run

LOST: Mapping[int, Lazy] = {
    Lost.MAIL_NEVER_CAME: gettext_lazy("A message that never came"),
    Lost.MAIL_CAME_LATE: gettext_lazy("A message that came late"),
    Lost.COULD_NOT_SEND: gettext_lazy("I could not send"),
    Lost.COULD_NOT_SIGN_IN: gettext_lazy("I could not get into my mailbox"),
    Lost.OTHER: gettext_lazy("Something else"),
}
COSTS: Mapping[int, Lazy] = {
    CostKind.PAID: gettext_lazy("Money that I had to spend"),
    CostKind.LOST_EARNINGS: gettext_lazy("Earnings that I missed"),
    CostKind.OTHER: gettext_lazy("Some other harm"),
}
STATES: Mapping[int, Lazy] = {
    ClaimState.DRAFT: gettext_lazy("not sent yet"),
    ClaimState.FILED: gettext_lazy("received, to be examined"),
    ClaimState.EXAMINED: gettext_lazy("examined, waits for a second person"),
    ClaimState.SETTLED: gettext_lazy("accepted"),
    ClaimState.REFUSED: gettext_lazy("not accepted"),
    ClaimState.APPEALED: gettext_lazy("being looked at again"),
    ClaimState.WITHDRAWN: gettext_lazy("withdrawn by you"),
}
NOTES: Mapping[str, Lazy] = {
    "filed": gettext_lazy("You sent the claim."),
    "withdrawn": gettext_lazy("You withdrew the claim."),
    "appealed": gettext_lazy("You asked for another look."),
    "settled": gettext_lazy("The claim was accepted."),
    "refused": gettext_lazy("The claim was not accepted."),
    "offered": gettext_lazy("We offered you something that you may choose."),
    "chose-kind": gettext_lazy("You chose what we offered."),
    "chose-money": gettext_lazy("You chose the money."),
    "unheard": gettext_lazy("The last day to choose passed: you get the money."),
    "given-kind": gettext_lazy("We gave you what you chose."),
    "refused-kind": gettext_lazy("What you chose could not be given: no money is lost by it."),
    "paid": gettext_lazy("The bank has paid."),
    "stopped": gettext_lazy("The bank stopped the payment."),
}
PAYMENTS: Mapping[str, Lazy] = {
    "owed": gettext_lazy("on its way"),
    "paid": gettext_lazy("paid"),
    "stopped": gettext_lazy("stopped by the bank: a person looks at it"),
    "choice": gettext_lazy("waits for your choice"),
    "in-kind": gettext_lazy("you chose something else for it"),
}
CHOSEN: Mapping[int, Lazy] = {
    GrantState.DECLINED: gettext_lazy("You chose the money: it is paid."),
    GrantState.LAPSED: gettext_lazy("The last day to choose passed: the money is paid."),
    GrantState.APPLIED: gettext_lazy("You chose it, and it is done."),
    GrantState.VERIFIED: gettext_lazy("You chose it, and it is done."),
}
COMING: Lazy = gettext_lazy("You chose it: it is on its way, and this page shows when it is done.")
NOT_GIVEN: Mapping[bool, Lazy] = {
    True: gettext_lazy("You chose it, and it could not be given: we pay you the money."),
    False: gettext_lazy("You chose it, and it could not be given. A person looks at it."),
}
TROUBLES: Mapping[str, Lazy] = {
    "no-payee": gettext_lazy(
        "To be paid, give the account on the page “The account for transfers”."
    ),
    "account-refused": gettext_lazy(
        "The bank did not take the account that you gave, and nothing was paid. Give another IBAN"
        " on the page “The account for transfers”: we pay to it, and you lose nothing."
    ),
    "name-close": gettext_lazy(
        "The name that you gave is not quite that on the account. Look at it on the page “The"
        " account for transfers”."
    ),
}
"""What a payment waits for where its holder has to do something."""
STOPPED: Lazy = gettext_lazy(
    "The bank refused the payment or sent it back: it is still owed to you. A person looks at it"
    " and has it paid again. If the account has changed, give another IBAN on the page “The account"
    " for transfers”."
)
NOTHING: Lazy = gettext_lazy("not said")


@dataclass(frozen=True, slots=True)
class Summed:
    """A claim in a line: its number, what it is about, how it stands and until when."""

    claim: Claim
    title: str
    lost: Lazy
    amount: str
    state: Lazy
    tone: str
    due_on: date | None
    place: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim that was not sent yet."""

    claim: Claim
    title: str
    lost: Lazy
    expires: datetime
    place: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One field as it was filled in; ``field`` is its id in the form."""

    field: str
    question: Lazy
    answer: str


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of the claim's diary that the holder reads."""

    at: datetime
    what: Lazy
    text: str


@dataclass(frozen=True, slots=True)
class Offered:
    """Something in kind that can be chosen, or was; ``instead`` is empty where it is besides all
    of the money, ``stands`` while the choice is open."""

    offer: Offer
    gift: str
    instead: str
    stands: Lazy


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: the reasons as they stand in the letter, the sums, how it is paid."""

    accepted: bool
    reasons: tuple[str, ...]
    amount: str
    set_off: str
    pays: str
    at: datetime
    payments: tuple[tuple[str, Lazy], ...]
    trouble: Lazy


def summed(claim: Claim) -> Summed:
    """A claim that was sent, in a line."""
    state = ClaimState(claim.state)
    return Summed(
        claim,
        title_of(claim),
        LOST.get(claim.lost, NOTHING),
        money(claim),
        STATES[state],
        {ClaimState.SETTLED: "good", ClaimState.REFUSED: "over", ClaimState.WITHDRAWN: "over"}.get(
            state, "open"
        ),
        claim.due_on if state in states.OPEN else None,
        place_of(claim),
    )


def draft(claim: Claim) -> Draft:
    """A draft, in a line."""
    lost = LOST.get(claim.lost, gettext_lazy("Nothing written yet"))
    return Draft(claim, title_of(claim), lost, drafts.expires_at(claim), place_of(claim))


def place_of(claim: Claim) -> str:
    """Where a claim is."""
    return reverse("claiming:claim", args=[claim.pk])


def title_of(claim: Claim) -> str:
    """The outage as its file calls it; its name where the run's folder cannot be read."""
    run = None if claim.run_id is None else Run.objects.filter(pk=claim.run_id).first()
    if run is None:
        return claim.outage
    try:
        return open_run(Path(run.directory)).bound.sight.outage.title[lang()]
    except BadInput:
        return claim.outage


def money(claim: Claim) -> str:
    """What it cost, as a person says it; empty where nothing is written."""
    if claim.cost_minor is None:
        return ""
    return said.amount(claim.cost_minor, "minor", claim.currency)


def fields_of(claim: Claim, typed: Mapping[str, str]) -> dict[str, str]:
    """The values of the form's fields: what could not be read stays as it was typed."""
    day = "" if claim.happened_on is None else claim.happened_on.isoformat()
    cost = ""
    if claim.cost_minor is not None:
        cost = Money(claim.cost_minor, claim.currency).plain()
        cost = cost.replace(".", ",") if lang() == "it" else cost
    return {
        "lost": str(claim.lost),
        "counterparty": claim.counterparty,
        "happened_on": day,
        "cost": cost,
        "cost_kind": str(claim.cost_kind),
        "how": claim.how,
        **typed,
    }


def answers(claim: Claim) -> Sequence[Answer]:
    """Every field with its answer, in the form's order."""
    day = str(NOTHING) if claim.happened_on is None else said.day(claim.happened_on)
    return (
        Answer("", _("Which outage"), title_of(claim)),
        Answer("lost", _("What was lost"), str(LOST.get(claim.lost, NOTHING))),
        Answer("counterparty", _("From or to whom"), claim.counterparty or str(NOTHING)),
        Answer("happened_on", _("Which day"), day),
        Answer("cost", _("What it cost"), money(claim) or str(NOTHING)),
        Answer("cost_kind", _("What the amount is"), str(COSTS.get(claim.cost_kind, NOTHING))),
        Answer("how", _("How it came about"), claim.how or str(NOTHING)),
    )


def noted(note: Note) -> Noted:
    """A line of the diary; what an answer says at length stands with the decision."""
    text = note.text if note.what == "appealed" else ""
    return Noted(note.at, NOTES.get(note.what, note.what), text)


def decision(claim: Claim) -> Decision | None:
    """The decision that stands, or that is appealed against; ``None`` while there is none."""
    found = Finding.objects.filter(claim=claim, mailbox_id=claim.mailbox_id, sent_back_at=None)
    if claim.state == ClaimState.APPEALED or (
        claim.state == ClaimState.EXAMINED and claim.appeal_of
    ):
        found = found.filter(pk=claim.appeal_of or 0)
    elif claim.state not in states.DECIDED:
        return None
    last = found.order_by("-round").first()
    if last is None:
        return None
    paid = [one for one in settle.of_claim(claim) if one.finding_id == last.pk]
    pays = last.amount_minor - last.set_off_minor
    return Decision(
        last.accepted,
        tuple(part for part in last.reasons.splitlines() if part.strip()),
        said.amount(last.amount_minor, "minor", last.currency),
        said.amount(last.set_off_minor, "minor", last.currency) if last.set_off_minor else "",
        said.amount(pays, "minor", last.currency),
        last.agreed_at or last.found_at,
        tuple((_sum(one), PAYMENTS.get(one.state, "")) for one in paid),
        next((told for one in paid if (told := trouble(one))), ""),
    )


def _sum(one: Settlement) -> str:
    return said.amount(one.amount, "minor", one.currency)


def trouble(one: Settlement) -> Lazy:
    """What the holder can do about a payment that the bank did not make; empty where it goes on."""
    if one.state == settle.OWED:
        return TROUBLES.get(one.result, "")
    return STOPPED if one.state == settle.STOPPED else ""


def offered(offer: Offer) -> Offered:
    """Something in kind, and how the choice stands."""
    gift = Gift(GrantKind(offer.kind), offer.amount)
    state = GrantState(offer.state)
    instead = offer.instead_minor
    stands = CHOSEN.get(state, COMING)
    if state is GrantState.WAITING:
        stands = ""
    elif state is GrantState.REFUSED:
        stands = NOT_GIVEN[bool(instead)]
    return Offered(
        offer,
        letters.gift_words(gift, lang()),
        said.amount(instead, "minor", offer.claim.currency) if instead else "",
        stands,
    )
