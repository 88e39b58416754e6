"""What a holder is owed and was given, to look at. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from ristoro import env
from ristoro.edges.mailboxes.contract import Space, Unreachable
from ristoro.faces.said import lang
from ristoro.faces.webmail import origins
from ristoro.faces.webmail.calling.views import asking
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.mine import telling
from ristoro.faces.webmail.mine.telling import Choice, Shown
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.payee.telling import shown_of as transfers_of
from ristoro.faces.webmail.posts import see
from ristoro.faces.webmail.tags import zone
from ristoro.fulfilment import holder as mine
from ristoro.fulfilment.held import GrantFacts, Programme
from ristoro.fulfilment.models import GrantKind
from ristoro.kernel import clock
from ristoro.notices import genuine
from ristoro.notices.genuine import Finding, Verdict
from ristoro.remedies.models import Run

PART = {"part": "mine"}
CODE_SECRET = "RISTORO_NOTICE_SECRET"  # noqa: S105 - the secret's name, not the secret


@require_safe
@holder
def home(request: HttpRequest, held: Holder) -> HttpResponse:
    """All that this mailbox has; of the holder's other mailboxes, that there are such."""
    programmes = mine.of_mailbox(held.address, lang())
    parts = [telling.part_of(held, programme, today()) for programme in programmes]
    about = {
        "parts": parts,
        "summary": telling.summed_up(parts),
        "now": space_now(held, programmes),
        "asking": asking(held),
        "transfers": transfers_of(held),
    }
    return page(request, held, "mine/home.html", {**PART, **about})


def space_now(held: Holder, programmes: Sequence[Programme]) -> Space | None:
    """How full the mailbox is as the mail host says now, where space is given; else nothing."""
    grants = (grant for programme in programmes for grant in programme.grants)
    if not any(grant.kind is GrantKind.STORAGE for grant in grants):
        return None
    try:
        return held.mailbox.space()
    except Unreachable:
        return None


def today() -> date:
    """The day that it is for holders."""
    return clock.now().astimezone(zone()).date()


@holder
def card(request: HttpRequest, held: Holder, grant_id: int) -> HttpResponse:
    """What is asked or can be asked for, on one page: exactly what is given, and what to say."""
    found = mine.grant_facts(grant_id, held.address)
    if found is None:
        return nothing(request, held)
    return card_page(request, held, *found)


def card_page(
    request: HttpRequest,
    held: Holder,
    run: Run,
    grant: GrantFacts,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    """The card, with what stood against an answer where one was tried."""
    programme, title = mine.titles_of(run, grant.remedy, lang())
    shown = telling.shown_of(held, grant, title, today())
    among = _among(held, run, grant) if grant.open else []
    asked = telling.asked_of(held, among, today()) if among else []
    about = {**PART, "programme": programme, "shown": shown, "asked": asked, "wrong": wrong}
    return page(request, held, "mine/confirm.html", about, status=status)


def _among(held: Holder, run: Run, grant: GrantFacts) -> list[tuple[GrantFacts, str]]:
    """The grant and the alternatives to it, with their titles."""
    found = mine.alternatives(run, grant, held.address)
    return [(one, mine.titles_of(run, one.remedy, lang())[1]) for one in found]


@require_safe
@holder
def receipt(request: HttpRequest, held: Holder, grant_id: int) -> HttpResponse:
    """What was answered and what came of it, to keep or to print."""
    found = mine.grant_facts(grant_id, held.address)
    if found is None:
        return nothing(request, held)
    run, grant = found
    if grant.open:
        return see("/ristoro/")
    programme, title = mine.titles_of(run, grant.remedy, lang())
    shown = telling.shown_of(held, grant, title, today())
    beside = [
        telling.shown_of(held, one, name, today())
        for one, name in _among(held, run, grant)
        if one.id != grant.id
    ]
    about = {**PART, "programme": programme, "shown": shown, "beside": beside}
    return page(request, held, "mine/receipt.html", about)


@require_http_methods(["GET", "HEAD", "POST"])
@holder
def check(request: HttpRequest, held: Holder) -> HttpResponse:
    """Whether a code that was read elsewhere is of a letter to this mailbox.

    Asked by POST, so that no log keeps it; it changes nothing. What the letter asks can be
    answered from there.
    """
    if request.method != "POST":
        return page(request, held, "mine/check.html", {**PART})
    if not origins.is_own(request):
        return render(request, "403_csrf.html", status=403)
    found = verdict(held, request.POST.get("code", ""))
    about = {**PART, "found": found, "open": _open(held, found)}
    return page(request, held, "mine/check.html", about)


def verdict(held: Holder, typed: str) -> Verdict:
    """What is known of a code in the mailbox that is signed in."""
    secret = env.current().secret(CODE_SECRET).encode()
    return genuine.verdict(secret, typed[: genuine.LONGEST], held.address)


def nothing(request: HttpRequest, held: Holder) -> HttpResponse:
    """The same page for what is not there and for what is another mailbox's."""
    return page(request, held, "mine/nothing.html", {**PART}, status=404)


def _open(held: Holder, found: Verdict) -> list[Shown | Choice]:
    """The cards of what the letter's run still asks, ready to be answered with the code."""
    if found.finding is not Finding.GENUINE or found.run is None:
        return []
    programme = mine.of_run(found.run, held.address, lang())
    if programme is None:
        return []
    grants = [(owed.grant, owed.title) for owed in programme.owed if owed.grant is not None]
    return telling.asked_of(held, grants, today(), found.code)
