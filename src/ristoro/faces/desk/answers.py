"""A caller's yes or no: read out exactly, recorded once, and taken back while it can be."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from ristoro.faces.desk import call as pages
from ristoro.faces.desk import doors, screen, telling
from ristoro.faces.desk.doors import in_call
from ristoro.faces.desk.requests import key_of
from ristoro.faces.problems import Shown, shown
from ristoro.faces.said import lang
from ristoro.fulfilment import holder
from ristoro.fulfilment.callers import calls, deeds
from ristoro.fulfilment.callers.deeds import Reply, Workers
from ristoro.fulfilment.callers.models import Call
from ristoro.fulfilment.consent import LONGEST_REASON
from ristoro.fulfilment.held import GrantFacts
from ristoro.kernel import clock
from ristoro.kernel.errors import NotAllowed, Problem, RistoroError
from ristoro.remedies.models import Run
from ristoro.staff.people import Person
from ristoro.workers import shift

ANSWERS = {"yes": True, "no": False}


@require_http_methods(["GET", "HEAD", "POST"])
@in_call
def answer(request: HttpRequest, person: Person, call: Call, grant_id: int) -> HttpResponse:
    """The page to read from by GET, which changes nothing but the journal; the answer by POST."""
    calls.require_verified(call, clock.now())
    found = holder.grant_facts(grant_id, call.address)
    if found is None:
        raise _not_theirs()
    run, grant = found
    if request.method != "POST":
        if not grant.asks:
            return pages.back(call)
        return _page(request, person, call, run, grant)
    asked = _asked(run, grant, call)
    try:
        reply = _reply(request, run, asked)
        key = key_of(request)
        deeds.record(call, person, reply, key, shift.keep)
    except RistoroError as error:
        now = holder.grant_facts(grant_id, call.address)
        if now is None or not now[1].asks:
            return pages.refused(request, person, call, error)
        return _page(request, person, call, *now, wrong=shown(error))
    return pages.back(call, call.deeds.filter(key=key).first())


@require_POST
@in_call
def take_back(request: HttpRequest, person: Person, call: Call, grant_id: int) -> HttpResponse:
    """Take the answer back, that to all alternatives where it was a no to all of them."""
    calls.require_verified(call, clock.now())
    found = holder.grant_facts(grant_id, call.address)
    if found is None:
        raise _not_theirs()
    run, grant = found
    beside = holder.alternatives(run, grant, call.address)
    noes = [one for one in beside if one.answer is not None and not one.answer.yes]
    grants = noes if grant in noes and grant.instead is None else [grant]
    key = key_of(request)
    try:
        workers = Workers(shift.free, shift.keep)
        deeds.take_back(call, person, run, grants, key, clock.now(), workers)
    except RistoroError as error:
        return pages.refused(request, person, call, error)
    return pages.back(call, call.deeds.filter(key=key).first())


def _asked(run: Run, grant: GrantFacts, call: Call) -> tuple[GrantFacts, ...]:
    """The grant and its alternatives, as far as an answer is awaited."""
    beside = holder.alternatives(run, grant, call.address)
    return tuple(one for one in beside if one.asks) or (grant,)


def _reply(request: HttpRequest, run: Run, asked: tuple[GrantFacts, ...]) -> Reply:
    yes = ANSWERS.get(request.POST.get("answer", ""))
    named = request.POST.get("chosen", "")
    chosen = asked[0] if len(asked) == 1 or not yes else None
    if chosen is None:
        chosen = next((one for one in asked if str(one.id) == named), None)
    if yes is None or chosen is None:
        raise NotAllowed(
            Problem(
                "answer-missing",
                "the answer does not say what it is to",
                "a yes is to one thing that was read out",
                "choose what the caller said",
            )
        )
    if request.POST.get("figures", "") != deeds.figures(asked):
        raise NotAllowed(
            Problem(
                "figures-changed",
                "what was read out is not what stands now",
                "the caller answers what was read to them",
                "read it again",
            )
        )
    at = clock.now().astimezone(holder.zone_of(run))
    reason = "" if yes else " ".join(request.POST.get("reason", "").split())[:LONGEST_REASON]
    return Reply(run, asked, chosen, yes, reason, at)


def _page(
    request: HttpRequest,
    person: Person,
    call: Call,
    run: Run,
    grant: GrantFacts,
    wrong: Shown | None = None,
) -> HttpResponse:
    calls.look(call, clock.now())
    asked = _asked(run, grant, call)
    about = {
        "wrong": wrong,
        **pages.bar(call, seen=True),
        "programme": holder.titles_of(run, grant.remedy, lang())[0],
        "asked": [(one, screen.title_of(run, one), screen.gift_of(one)) for one in asked],
        "grant": grant,
        "silence": screen.SILENCES[grant.silence],
        "read": telling.to_read(call, run, asked, clock.now().astimezone(doors.zone())),
        "figures": deeds.figures(asked),
        "key": secrets.token_urlsafe(12),
        "longest": LONGEST_REASON,
    }
    return doors.page(request, person, "desk/answer.html", about)


def _not_theirs() -> NotAllowed:
    return NotAllowed(
        Problem(
            "nothing-asked",
            "this mailbox has no such grant",
            "an answer is to what was decided for this very mailbox",
            "go back to the call",
        )
    )
