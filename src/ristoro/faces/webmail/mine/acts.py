"""A holder's yes or no, and thinking again: each by POST, from the card of one grant."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from ristoro.faces.webmail.doors import Holder
from ristoro.faces.webmail.mine import cards, views
from ristoro.faces.webmail.posts import change, see
from ristoro.fulfilment import consent
from ristoro.fulfilment import holder as mine
from ristoro.fulfilment.consent import LONGEST_REASON, Said
from ristoro.fulfilment.held import GrantFacts
from ristoro.fulfilment.withdraw import withdraw_all
from ristoro.kernel import clock
from ristoro.kernel.errors import NotAllowed
from ristoro.notices.genuine import Finding
from ristoro.remedies.models import Run
from ristoro.workers import shift

ANSWERS = {"yes": True, "no": False}


def confirm(request: HttpRequest, **named: Any) -> HttpResponse:
    """The card by GET, which changes nothing; the answer by POST."""
    if request.method == "POST":
        return answer(request, **named)
    if request.method in ("GET", "HEAD"):
        return views.card(request, **named)
    return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})


@change
def answer(request: HttpRequest, held: Holder, grant_id: int) -> HttpResponse:
    """Record the answer to the card that was shown, and lead to its receipt.

    The card of a choice asks about all alternatives: a yes names the chosen one, a no is to each.
    What must be asked for is asked for by a yes, and takes no other answer.
    The same answer again leads to the same receipt. 409 where another stands or it is too late,
    422 where the card is another's, an old one, does not show all that is asked, or what it showed
    has changed.
    """
    found = mine.grant_facts(grant_id, held.address)
    if found is None:
        return views.nothing(request, held)
    run, grant = found
    yes = ANSWERS.get(request.POST.get("answer", ""))
    known = mine.alternatives(run, grant, held.address)
    shown = cards.shown_by(request.POST.get(cards.FIELD, ""), held, known)
    code = request.POST.get("code", "")
    chosen = _chosen(request, shown) if yes else grant
    if yes is None or grant not in shown or any(one.open and one not in shown for one in known):
        wrong = _("This card was not shown to you just now. Read it again, then answer.")
    elif code and not _is_code_of(held, code, run):
        wrong = _("The code is not of a letter about this. Type it again, or answer without it.")
    elif chosen is None:
        wrong = _("Say which one you want, then answer.")
    else:
        return _record(request, held, run, shown, chosen, yes)
    return views.card_page(request, held, run, grant, wrong, status=422)


def _chosen(request: HttpRequest, shown: tuple[GrantFacts, ...]) -> GrantFacts | None:
    """The one that a yes is to: of a single one it need not be said."""
    if len(shown) == 1:
        return shown[0]
    named = request.POST.get("chosen", "")
    return next((one for one in shown if str(one.id) == named), None)


def _record(
    request: HttpRequest,
    held: Holder,
    run: Run,
    shown: tuple[GrantFacts, ...],
    chosen: GrantFacts,
    yes: bool,
) -> HttpResponse:
    at = clock.now().astimezone(mine.zone_of(run))
    reason = "" if yes else " ".join(request.POST.get("reason", "").split())[:LONGEST_REASON]
    proof = cards.proof_of(held, request.POST.get("code", ""))
    said = Said(yes, "webmail", proof, None, at, reason)
    try:
        if yes or len(shown) == 1:
            consent.answer(run, chosen.id, said, chosen.silence, shift.keep, chosen.others)
        else:
            consent.decline(run, [one.id for one in shown], said, shift.keep)
    except NotAllowed as error:
        return _stood(request, held, run, chosen, error)
    return see(reverse("mine:receipt", args=[chosen.id]))


@change
def take_back(request: HttpRequest, held: Holder, grant_id: int) -> HttpResponse:
    """Take the answer back while nothing has been made of it, and show the card again.

    A no to the alternatives of a choice is taken back from all of them.
    """
    found = mine.grant_facts(grant_id, held.address)
    if found is None:
        return views.nothing(request, held)
    run, grant = found
    within = {grant.remedy, *grant.others}
    noes = [
        one.id
        for one in mine.alternatives(run, grant, held.address)
        if one.withdrawable and one.answer is not None and not one.answer.yes
    ]
    ids = noes if grant.id in noes else [grant.id]
    try:
        withdraw_all(run, ids, clock.now(), shift.free, shift.keep, within)
    except NotAllowed as error:
        return _stood(request, held, run, grant, error)
    return see(reverse("mine:confirm", args=[grant.id]))


def _is_code_of(held: Holder, code: str, run: Run) -> bool:
    found = views.verdict(held, code)
    return found.finding is Finding.GENUINE and found.run is not None and found.run.pk == run.pk


def _stood(
    request: HttpRequest, held: Holder, run: Run, grant: GrantFacts, error: NotAllowed
) -> HttpResponse:
    """The card as it stands now, with the reason in the holder's words."""
    reasons = {
        "answered-otherwise": _("Another answer was given before, and it stands."),
        "chose-other": _("Another of the alternatives is given: first take that answer back."),
        "answered-elsewhere": _("A person took this answer: ask where you gave it."),
        "too-late": _("The last day to answer has passed."),
        "too-late-to-withdraw": _("It is being done already, and cannot be taken back here."),
        "run-not-open": _("The programme takes no answers now."),
        "holder-asks": _("Whoever does not want it need do nothing."),
        "nothing-asked": _("Nothing is asked here any more: see how it stands."),
    }
    wrong = reasons.get(error.problems[0].code, _("This could not be done now."))
    now = mine.grant_facts(grant.id, held.address)
    return views.card_page(request, held, *(now or (run, grant)), wrong=wrong, status=409)
