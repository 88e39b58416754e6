"""One claim as its page shows it: what was claimed, is known, was given, and was found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ristoro.claims import (
    appeal,
    clocks,
    documents,
    finding,
    letters,
    offers,
    queue,
    setting_off,
    settle,
    twins,
)
from ristoro.claims.finding import Verdict
from ristoro.claims.models import (
    Claim,
    ClaimState,
    Document,
    Evidence,
    Finding,
    Note,
    Offer,
    Settlement,
)
from ristoro.claims.offers import Gift
from ristoro.claims.queue import Row
from ristoro.claims.reasons import Outcome, Reason, fitting
from ristoro.claims.terms import Terms
from ristoro.claims.twins import Alike
from ristoro.faces.console.claims.words import KEYS
from ristoro.faces.said import lang
from ristoro.fulfilment import holder
from ristoro.fulfilment.held import Owed, Programme
from ristoro.fulfilment.models import GrantKind
from ristoro.kernel.clock import parse_instant
from ristoro.kernel.errors import Place, bad_input
from ristoro.kernel.money import Money
from ristoro.staff.people import Person

MOST_LINES = 50
GIB = 1 << 30
GIFTS: Mapping[str, GrantKind] = {"months": GrantKind.EXTENSION, "space": GrantKind.STORAGE}
"""What can be offered in kind, by the form's word for it: whole months, whole gigabytes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An outcome to choose: its key, and its reasons with theirs, from 1."""

    outcome: Outcome
    key: str
    chosen: bool
    reasons: tuple[tuple[int, Reason, bool], ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form of a decision says, as it was typed; empty at first."""

    outcome: str = ""
    codes: tuple[str, ...] = ()
    amount: str = ""
    words: str = ""
    kind: str = ""
    quantity: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """The evidence of a claim as the desk shows it: bounded, and never mail."""

    start: datetime | None
    end: datetime | None
    totals: tuple[tuple[str, int], ...]
    messages: tuple[Mapping[str, Any], ...]
    refused: tuple[Mapping[str, Any], ...]
    limits: tuple[str, ...]
    sources: tuple[Mapping[str, Any], ...]
    more: int


@dataclass(frozen=True, slots=True)
class Case:
    """Everything about one claim, for one person who looks at it."""

    claim: Claim
    row: Row
    regulator_by: date | None
    appeal_until: date | None
    documents: tuple[Document, ...]
    shown: Shown | None
    alike: tuple[Alike, ...]
    programmes: tuple[Programme, ...]
    given: tuple[setting_off.Given, ...]
    given_known: bool
    findings: tuple[Finding, ...]
    settlements: tuple[Settlement, ...]
    offers: tuple[Offer, ...]
    notes: tuple[Note, ...]
    barred: bool
    """Whether the person had a part in the decision that is appealed against."""

    @property
    def waiting(self) -> Finding | None:
        """The finding that waits for a second person."""
        return self.row.finding if self.claim.state == ClaimState.EXAMINED else None

    @property
    def to_examine(self) -> bool:
        return self.claim.state in (ClaimState.FILED, ClaimState.APPEALED)

    @property
    def owed(self) -> tuple[tuple[Programme, Owed], ...]:
        """What every programme gives or gave this mailbox, of all lanes."""
        return tuple((one, owed) for one in self.programmes for owed in one.owed)


def case(claim: Claim, person: Person, terms: Terms, at: datetime) -> Case:
    """Read everything about a claim."""
    [row] = queue.rows([claim], terms, at)
    given, known = setting_off.readable(claim)
    findings = Finding.objects.filter(claim=claim, mailbox_id=claim.mailbox_id).order_by("round")
    decided = claim.state in (ClaimState.SETTLED, ClaimState.REFUSED)
    filed = None if claim.filed_at is None else terms.day(claim.filed_at)
    return Case(
        claim=claim,
        row=row,
        regulator_by=None
        if filed is None
        else clocks.last_day(clocks.COMPLAINT, filed, terms.province),
        appeal_until=terms.appeal_until(claim.since) if decided else None,
        documents=tuple(documents.of_claim(claim)),
        shown=shown(claim),
        alike=tuple(twins.alike(claim, at)),
        programmes=holder.of_mailbox(claim.address, lang()),
        given=given,
        given_known=known,
        findings=tuple(findings),
        settlements=tuple(settle.of_claim(claim)),
        offers=tuple(offers.of_claim(claim)),
        notes=tuple(
            Note.objects.filter(claim=claim, mailbox_id=claim.mailbox_id).order_by("-at", "-id")
        ),
        barred=appeal.bars(claim, person),
    )


def shown(claim: Claim) -> Shown | None:
    """The evidence that was frozen with a claim; ``None`` where none could be read."""
    found = Evidence.objects.filter(
        claim=claim, mailbox_id=claim.mailbox_id, digest=claim.evidence_digest
    ).first()
    if found is None:
        return None
    body = json.loads(found.body)
    window = body.get("window") or {}
    messages = [_dated(one, "arrived_at", "ended_at") for one in body.get("messages", ())]
    messages.sort(key=lambda one: one.get("came") == "delivered")
    refused = [_dated(one, "at") for one in body.get("refusals", ())]
    refused += [_dated(one, "at") for one in body.get("sign_ins", ()) if one.get("ours")]
    return Shown(
        start=_instant(window.get("from")),
        end=_instant(window.get("to")),
        totals=tuple((name, int(body.get("totals", {}).get(name, 0))) for name in TOTALS),
        messages=tuple(messages[:MOST_LINES]),
        refused=tuple(refused[:MOST_LINES]),
        limits=tuple(dict.fromkeys(one["limit"] for one in body.get("limits", ()))),
        sources=tuple(body.get("sources", ())),
        more=max(0, len(messages) - MOST_LINES) + max(0, len(refused) - MOST_LINES),
    )


TOTALS = (
    *("late", "bounced", "expired", "deleted", "waiting", "delivered"),
    *("refused_at_door", "sign_ins_ours", "sign_ins_refused", "sign_ins_good"),
)


def choices(typed: Typed) -> list[Choice]:
    """The outcomes with their reasons and keys, and what is chosen of them."""
    return [
        Choice(
            outcome=one,
            key=KEYS[one],
            chosen=typed.outcome == one.value,
            reasons=tuple(
                (number, reason, typed.outcome == one.value and reason.code in typed.codes)
                for number, reason in enumerate(fitting(one), start=1)
            ),
        )
        for one in Outcome
    ]


def typed_of(data: Mapping[str, Any], codes: Mapping[str, list[str]]) -> Typed:
    """What a form says; of the reasons those that stand under the chosen outcome."""
    outcome = str(data.get("outcome", ""))
    words = str(data.get("words", "")).replace("\r\n", "\n").strip()
    chosen = tuple(dict.fromkeys(codes.get(outcome, [])))
    amount, kind, quantity, instead = (
        str(data.get(name, "")).strip() for name in ("amount", "kind", "quantity", "instead")
    )
    return Typed(outcome, chosen, amount, words, kind, quantity, instead)


def verdict_of(claim: Claim, typed: Typed) -> Verdict:
    """The verdict that was typed; ``BadInput`` for no outcome, and for no amount.

    A loss that is proved is all that was asked for: no amount is typed then.
    """
    if typed.outcome not in set(Outcome):
        raise bad_input(
            "claim-outcome",
            "no outcome is chosen",
            "a decision is one of four",
            "choose one",
            Place("form", field="outcome"),
        )
    outcome = Outcome(typed.outcome)
    amount = 0
    if outcome is Outcome.PROVED:
        amount = claim.cost_minor or 0
    elif outcome.accepted:
        amount = minor_of(typed.amount, claim.currency)
    gift = gift_of(claim, typed) if typed.kind and outcome.accepted else None
    return Verdict(outcome, typed.codes, typed.words, amount, gift)


def gift_of(claim: Claim, typed: Typed) -> Gift:
    """What is typed to be offered in kind; ``BadInput`` for no kind, or what is no quantity."""
    kind = GIFTS.get(typed.kind)
    digits = typed.quantity if typed.quantity.isascii() and typed.quantity.isdecimal() else ""
    if kind is None or not digits or len(digits) > 6:
        raise bad_input(
            "claim-in-kind",
            f"{typed.quantity!r} is no number of months or gigabytes",
            "what is offered in kind is offered exactly",
            "write a whole number",
            Place("form", field="quantity"),
        )
    instead = minor_of(typed.instead, claim.currency, "instead") if typed.instead else 0
    each = GIB if kind is GrantKind.STORAGE else 1
    return Gift(kind, int(digits) * each, instead)


def minor_of(text: str, currency: str, field: str = "amount") -> int:
    """``1.234,56`` or ``1234.56`` in minor units."""
    plain = text.strip().removeprefix("€").strip().replace(" ", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        return Money.parse(plain, currency).minor
    except ValueError as error:
        raise bad_input(
            "claim-amount",
            f"{text!r} is no sum",
            str(error),
            "write it as 123,45",
            Place("form", field=field),
        ) from None


def figures(claim: Claim, verdict: Verdict, terms: Terms) -> dict[str, Any]:
    """What a verdict comes to, for the page before it is decided."""
    worth = finding.sums(claim, verdict)
    return {
        "amount": worth.amount,
        "given": worth.given,
        "set_off": worth.set_off,
        "pays": worth.pays,
        "second": finding.needs_second(worth.pays, terms, verdict.gift),
        "offered": "" if verdict.gift is None else letters.gift_words(verdict.gift, lang()),
    }


def unsaved(claim: Claim, verdict: Verdict) -> Finding:
    """The finding that a verdict would become, to write its letter from."""
    worth = finding.sums(claim, verdict)
    return Finding(
        claim=claim,
        round=finding.rounds(claim) + 1,
        accepted=verdict.outcome.accepted,
        amount_minor=worth.amount,
        set_off_minor=worth.set_off,
        currency=claim.currency,
        reasons=finding.reasons_in(verdict, claim.locale),
        outcome=verdict.outcome.value,
        codes=list(verdict.codes),
        words=verdict.words,
        in_kind={} if verdict.gift is None else verdict.gift.as_data(),
    )


def _dated(one: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**one, **{name: _instant(one.get(name)) for name in names}}


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None
