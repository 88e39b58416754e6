"""A holder's claims for damages, to look at. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ristoro import env
from ristoro.claims import appeal, documents, drafts, filing, offers, states, terms, touched
from ristoro.claims.models import Claim, ClaimState, CostKind, Evidence, Lost, Note
from ristoro.claims.touched import Touched
from ristoro.edges.scanners.opening import scanner_of
from ristoro.faces.said import lang
from ristoro.faces.webmail.claiming import own, posted, telling
from ristoro.faces.webmail.claiming.posted import Fault
from ristoro.faces.webmail.claiming.shown import Shown, shown
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import see
from ristoro.kernel import clock

PART = {"part": "mine"}


@require_safe
@holder
def home(request: HttpRequest, held: Holder) -> HttpResponse:
    """What was claimed, what is being written, and the way to a new claim."""
    about = {
        "claims": [telling.summed(one) for one in own.filed(held)],
        "drafts": [telling.draft(one) for one in own.drafts(held)],
        "thrown": "eliminata" in request.GET,
    }
    return page(request, held, "claiming/home.html", {**PART, **about})


def begin_page(
    request: HttpRequest, held: Holder, wrong: str = "", status: int = 200
) -> HttpResponse:
    """What a claim is, and about which outage it can be made."""
    outages = touched.touched(held.address, lang())
    today = clock.now().date()
    about = {
        "outages": [one for one in outages if one.open_on(today)],
        "over": [one for one in outages if not one.open_on(today)],
        "wrong": wrong,
    }
    return page(request, held, "claiming/new.html", {**PART, **about}, status=status)


def form_page(
    request: HttpRequest,
    held: Holder,
    claim: Claim,
    faults: Sequence[Fault] = (),
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form of a draft, with what stands against it where something was sent."""
    by_field: dict[str, list[str]] = {}
    for fault in faults:
        by_field.setdefault(fault.field, []).append(fault.sentence)
    about = {
        "claim": claim,
        "title": telling.title_of(claim),
        "fields": telling.fields_of(claim, typed or {}),
        "losts": [(one.value, telling.LOST[one]) for one in Lost if one],
        "kinds": [(one.value, telling.COSTS[one]) for one in CostKind if one],
        "seen": posted.seen_of(claim),
        "files": documents.of_claim(claim),
        "scans": scanner_of(env.current()) is not None,
        "most": documents.MOST_BYTES,
        "all": documents.ALL_BYTES,
        "most_files": documents.MOST,
        "longest": drafts.LONGEST_HOW,
        "accept": ".pdf,.png,.jpg,.jpeg,.txt,.eml",
        "expires": drafts.expires_at(claim),
        "saved": "salvata" in request.GET,
        "faults": faults,
        "by_field": by_field,
    }
    return page(request, held, "claiming/form.html", {**PART, **about}, status=status)


@require_safe
@holder
def review(request: HttpRequest, held: Holder, claim_id: int) -> HttpResponse:
    """The answers once more before they are sent, and what is still lacking."""
    claim = own.claim_of(held, claim_id)
    if claim.state != ClaimState.DRAFT:
        return see(telling.place_of(claim))
    return review_page(request, held, claim)


def review_page(
    request: HttpRequest, held: Holder, claim: Claim, wrong: str = "", status: int = 200
) -> HttpResponse:
    """The page on which a claim is sent."""
    outage = outage_of(claim)
    faults: list[Fault] = []
    if outage is None:
        wrong = wrong or posted.stood("")
    else:
        faults = posted.lacks(tuple(filing.lacking(claim, outage, today(outage))))
    about = {
        "claim": claim,
        "answers": telling.answers(claim),
        "files": documents.of_claim(claim),
        "faults": faults,
        "wrong": wrong,
        "seen": posted.seen_of(claim),
    }
    return page(request, held, "claiming/review.html", {**PART, **about}, status=status)


def claim_page(
    request: HttpRequest,
    held: Holder,
    claim: Claim,
    wrong: str = "",
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    """A claim that was sent: how it stands, what was written, and what our records show."""
    notes = Note.objects.filter(claim=claim, mailbox_id=claim.mailbox_id, shown=True)
    about: dict[str, Any] = {
        "claim": claim,
        "summed": telling.summed(claim),
        "answers": telling.answers(claim),
        "files": documents.of_claim(claim),
        "evidence": evidence_of(claim),
        "notes": [telling.noted(one) for one in notes.order_by("at", "id")],
        "decision": telling.decision(claim),
        "offered": [telling.offered(one) for one in offers.of_claim(claim)],
        "withdrawable": states.may(ClaimState(claim.state), ClaimState.WITHDRAWN),
        "appealable": appeal.until_open(claim, terms.of_house(), clock.now()),
        "appeal_until": terms.of_house().appeal_until(claim.since),
        "longest_appeal": appeal.LONGEST,
        "why": why,
        "done": request.GET.get("fatto", ""),
        "wrong": wrong,
    }
    return page(request, held, "claiming/claim.html", {**PART, **about}, status=status)


def evidence_of(claim: Claim) -> Shown | None:
    """What was frozen with the claim, in sentences; ``None`` where no record could be read."""
    found = Evidence.objects.filter(
        claim=claim, mailbox_id=claim.mailbox_id, digest=claim.evidence_digest
    ).first()
    return None if found is None else shown(found, claim)


def outage_of(claim: Claim) -> Touched | None:
    """The outage that a claim is about, as its run has it now."""
    if claim.run_id is None:
        return None
    return touched.of_run(claim.run_id, claim.address, lang())


def today(outage: Touched) -> date:
    """The day that it is where the outage's days are counted."""
    return clock.now().astimezone(outage.zone).date()
