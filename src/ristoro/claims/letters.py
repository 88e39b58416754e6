"""The letter of a decision: what, how much, why, on what evidence, and how to appeal by when.

It is written in the holder's language, signed and linted like every notice, and deposited in the
mailbox. Its preview is the letter itself, before anything is decided.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

from django.db.models import Q

from ristoro.claims import offers
from ristoro.claims.filing import RECEIPT
from ristoro.claims.models import Claim, Evidence, Finding
from ristoro.claims.reasons import Outcome
from ristoro.claims.terms import Terms
from ristoro.fulfilment.models import GrantKind
from ristoro.kernel.errors import BadInput, Place
from ristoro.notices import words as said
from ristoro.notices.models import NoticeState
from ristoro.notices.singles.models import Single
from ristoro.notices.singles.posting import To
from ristoro.notices.singles.posting import post as post_single
from ristoro.notices.singles.sums import said_sum
from ristoro.notices.singles.writing import Writer

SETTLED, REFUSED = "claim-settled", "claim-refused"
"""The folders of the two letters' templates."""

SHOWN: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "it": (
        ("late", "un messaggio è arrivato in ritardo", "{} messaggi sono arrivati in ritardo"),
        ("lost", "un messaggio non è stato consegnato", "{} messaggi non sono stati consegnati"),
        ("open", "di un messaggio non si vede la fine", "di {} messaggi non si vede la fine"),
        ("delivered", "un messaggio è arrivato in tempo", "{} messaggi sono arrivati in tempo"),
        (
            "sign_ins_ours",
            "un accesso è stato rifiutato per colpa nostra",
            "{} accessi sono stati rifiutati per colpa nostra",
        ),
    ),
    "en": (
        ("late", "one message came late", "{} messages came late"),
        ("lost", "one message was not delivered", "{} messages were not delivered"),
        ("open", "the end of one message is not shown", "the end of {} messages is not shown"),
        ("delivered", "one message came in time", "{} messages came in time"),
        (
            "sign_ins_ours",
            "one sign-in was refused by our fault",
            "{} sign-ins were refused by our fault",
        ),
    ),
}
MORE_TIME = {"it": "{} di abbonamento in più", "en": "{} more of your subscription"}
MORE_SPACE = {"it": "{} di spazio in più", "en": "{} more space"}
WORDS = Place("form", field="words")
NOTHING = {
    "it": "niente che riguardi questa casella in quei giorni: non vuol dire che non sia successo",
    "en": "nothing about this mailbox in those days, which does not mean that nothing happened",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """The letter as its holder will read it: its subject line and its plain text."""

    line: str
    plain: str


def post(claim: Claim, finding: Finding, terms: Terms, at: datetime) -> Single:
    """Have the letter of a finding delivered, in the caller's transaction; once for each."""
    kind, words = words_of(claim, finding, terms, at)
    return post_single(key_of(claim, finding.round), _to(claim), kind, words, at)


def key_of(claim: Claim, round_: int) -> str:
    """What the letter of a finding is known by."""
    return f"claim {claim.number} decision {round_}"


def of_claim(claim: Claim) -> list[Single]:
    """The letters about a claim, the one that confirms it first."""
    wanted = Q(key__startswith=f"claim {claim.number} decision ")
    wanted |= Q(key=f"{RECEIPT}-{claim.number}")
    return list(Single.objects.filter(wanted).order_by("id"))


def preview(claim: Claim, finding: Finding, terms: Terms, at: datetime, writer: Writer) -> Preview:
    """The letter of a finding that may not be kept yet; ``BadInput`` where the lint refuses it."""
    kind, words = words_of(claim, finding, terms, at)
    to = _to(claim)
    letter = Single(
        pk=0,
        key="preview",
        mailbox_id=to.mailbox_id,
        bucket=claim.bucket,
        address=to.address,
        brand=to.brand,
        locale=to.locale,
        kind=kind,
        words=words,
        at=at,
        state=NoticeState.PLANNED,
        next_at=at,
    )
    try:
        message = writer.write(letter).letter.message
    except BadInput as refused:
        raise BadInput(
            *(replace(one, code="letter-linked", place=WORDS) for one in refused.problems)
        ) from refused
    parsed = message_from_bytes(message, policy=policy.default)
    part = parsed.get_body(("plain",))
    return Preview(str(parsed["Subject"]), "" if part is None else str(part.get_content()))


def stored(letter: Single, writer: Writer) -> bytes:
    """The letter's own bytes: the same as were deposited."""
    return writer.write(letter).letter.message


def words_of(
    claim: Claim, finding: Finding, terms: Terms, at: datetime
) -> tuple[str, dict[str, str]]:
    """The kind of letter, and every word and figure of it that its template names."""
    lang = claim.locale
    outcome = Outcome(finding.outcome)
    pays = finding.amount_minor - finding.set_off_minor
    words = {
        "outcome": outcome.value,
        "asked": said_sum(claim.cost_minor or 0, claim.currency, lang),
        "amount": said_sum(finding.amount_minor, finding.currency, lang),
        "set_off": said_sum(finding.set_off_minor, finding.currency, lang)
        if finding.set_off_minor
        else "",
        "pays": said_sum(pays, finding.currency, lang) if pays else "",
        "reasons": "\n\n".join(finding.reasons.splitlines()),
        "evidence": shown_in(claim, lang),
        "appeal_until": said.up_to(terms.appeal_until(at), lang, 0),
        **_offered(finding, terms, at, lang),
    }
    return (SETTLED if finding.accepted else REFUSED), words


def gift_words(gift: offers.Gift, lang: str) -> str:
    """``6 mesi di abbonamento in più``, ``10 GB di spazio in più``."""
    if gift.kind is GrantKind.EXTENSION:
        return MORE_TIME[lang].format(said.count(gift.amount, "months", lang))
    return MORE_SPACE[lang].format(said.size(gift.amount, lang))


def _offered(finding: Finding, terms: Terms, at: datetime, lang: str) -> dict[str, str]:
    gift = offers.gift_of(finding)
    if gift is None or not finding.accepted:
        return {"offer": "", "instead": "", "choose_until": ""}
    instead = gift.instead_minor
    return {
        "offer": gift_words(gift, lang),
        "instead": said_sum(instead, finding.currency, lang) if instead else "",
        "choose_until": said.up_to(offers.answer_by(terms, at), lang, 0),
    }


def shown_in(claim: Claim, lang: str) -> str:
    """What the evidence shows, in half a sentence; that it shows nothing, where it does."""
    totals = _totals(claim)
    counted = {
        **totals,
        "lost": sum(int(totals.get(name, 0)) for name in ("bounced", "expired", "deleted")),
        "open": sum(int(totals.get(name, 0)) for name in ("held", "waiting", "not_shown")),
    }
    told = []
    for name, one, many in SHOWN[lang]:
        number = int(counted.get(name, 0))
        if number:
            told.append(one if number == 1 else many.format(number))
    return ", ".join(told) or NOTHING[lang]


def _totals(claim: Claim) -> Mapping[str, Any]:
    found = Evidence.objects.filter(
        claim=claim, mailbox_id=claim.mailbox_id, digest=claim.evidence_digest
    ).first()
    if found is None:
        return {}
    totals = json.loads(found.body).get("totals", {})
    return totals if isinstance(totals, dict) else {}


def _to(claim: Claim) -> To:
    return To(claim.mailbox_id, claim.address, claim.brand, claim.locale)
