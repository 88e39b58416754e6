"""What is done to a claim: taken, decided, agreed to, sent back, taken away as a bundle."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from ristoro import env, wiring
from ristoro.claims import finding, letters, queue, terms
from ristoro.claims.bundle.gather import gather
from ristoro.claims.bundle.pack import digest, pack
from ristoro.claims.models import Claim, Finding
from ristoro.claims.moving import journal
from ristoro.claims.reasons import Outcome
from ristoro.faces.console.claims import telling, views
from ristoro.faces.console.claims.views import at_desk, claim_page, named, page
from ristoro.faces.entrance import browser, proof
from ristoro.faces.entrance.factors import FRESH
from ristoro.faces.seeing import SeeOther
from ristoro.journal import names
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person


@require_POST
@at_desk(Role.EXAMINER)
def go_on(request: HttpRequest, person: Person) -> HttpResponse:
    """Take the claim to go on with, and open it; the queue where there is none."""
    return onward(person)


@require_POST
@at_desk(*views.READERS)
def switch(request: HttpRequest, person: Person) -> HttpResponse:
    """Switch single keys on or off, for this session."""
    request.session[views.KEYS] = "on" in request.POST
    return SeeOther(reverse("console:claims-keys"))


@require_POST
@at_desk(Role.EXAMINER)
def take(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """Take a claim; over from somebody else where that is said."""
    found = named(number)
    try:
        queue.take(found, person, clock.now(), over="over" in request.POST)
    except RistoroError as error:
        return claim_page(request, person, found, error)
    return SeeOther(reverse("console:claim", args=[number]))


@require_POST
@at_desk(Role.EXAMINER)
def give_back(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """Give a claim back undecided."""
    queue.release(named(number), person, clock.now())
    return SeeOther(reverse("console:claims"))


@require_POST
@at_desk(Role.EXAMINER)
def decide(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """Show the decision with its letter; decide it once that was read, and go on.

    How many findings the page was made on is the form's key: sent twice, it is decided once.
    """
    found, house, now = named(number), terms.of_house(), clock.now()
    codes = {one.value: request.POST.getlist(f"reason-{one.value}") for one in Outcome}
    typed = telling.typed_of(request.POST, codes)
    if "edit" in request.POST:
        return claim_page(request, person, found, typed=typed)
    told = request.POST.get("seen", "")
    seen = int(told) if told.isdecimal() and len(told) < 6 else -1
    try:
        verdict = telling.verdict_of(found, typed)
        finding.check(found, verdict)
        finding.check_gift(found, verdict, house)
        if seen == finding.rounds(found):
            kept = telling.unsaved(found, verdict)
            letter = letters.preview(found, kept, house, now, wiring.writer(env.current()))
            if "confirmed" not in request.POST:
                about = {
                    "claim": found,
                    "typed": typed,
                    "verdict": verdict,
                    "seen": seen,
                    "letter": letter,
                    **telling.figures(found, verdict, house),
                }
                return page(request, person, "preview.html", about)
        finding.find(found, person, verdict, seen, house, now)
    except RistoroError as error:
        found.refresh_from_db()
        return claim_page(request, person, found, error, typed)
    return onward(person, found)


@require_POST
@at_desk(Role.EXAMINER, Role.APPROVER)
def agree(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """A second person agrees, with a fresh proof of who they are."""
    found = named(number)
    if not proof.is_given(request, person, clock.now(), within=FRESH):
        return proof.ask(reverse("console:claim", args=[number]))
    try:
        waiting = _finding(request, found)
        finding.agree(waiting, person, terms.of_house(), clock.now(), browser.of(request))
    except RistoroError as error:
        found.refresh_from_db()
        return claim_page(request, person, found, error)
    return SeeOther(f"{reverse('console:claims')}?vista={queue.View.SECOND}&decisa={number}")


@require_POST
@at_desk(Role.EXAMINER, Role.APPROVER)
def send_back(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """A second person does not agree, and says why."""
    found = named(number)
    try:
        why = request.POST.get("why", "").replace("\r\n", "\n")
        waiting = _finding(request, found)
        finding.send_back(waiting, person, why, clock.now(), browser.of(request))
    except RistoroError as error:
        found.refresh_from_db()
        return claim_page(request, person, found, error)
    return SeeOther(f"{reverse('console:claims')}?vista={queue.View.SECOND}")


@require_POST
@at_desk(Role.EXAMINER, Role.AUDITOR)
def bundle(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """Take the signed bundle of a claim away; its digest stands in the journal."""
    found, environment, now = named(number), env.current(), clock.now()
    try:
        contents = gather(found, environment.home, wiring.writer(environment))
        packed = pack(contents, now, wiring.facts_key(environment))
    except RistoroError as error:
        return claim_page(request, person, found, error)
    with transaction.atomic():
        journal(found, names.CLAIM_BUNDLED, person, {"sha256": digest(packed)}, now)
    answer = HttpResponse(packed, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.zip"'
    return answer


def onward(person: Person, after: Claim | None = None) -> HttpResponse:
    """To the next claim, taken; to the queue where there is none."""
    told = "" if after is None else f"?decisa={after.number}"
    now, house = clock.now(), terms.of_house()
    following = queue.following(person, house, now, after)
    if following is None:
        return SeeOther(reverse("console:claims") + told)
    with suppress(RistoroError):  # somebody took it at this moment; the page says who
        queue.take(following, person, now)
    return SeeOther(reverse("console:claim", args=[following.number]) + told)


def _finding(request: HttpRequest, found: Claim) -> Finding:
    round_ = request.POST.get("round", "")
    number = int(round_) if round_.isdecimal() and len(round_) < 6 else 0
    waiting = Finding.objects.filter(claim=found, round=number).first()
    return waiting or finding.latest(found) or Finding(claim=found)
