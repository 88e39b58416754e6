"""How the holder's account stands, and the form for another; nothing here stores anything."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from ristoro.faces.said import Lazy
from ristoro.faces.webmail import origins
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.payee import draft, telling
from ristoro.faces.webmail.payee.draft import Draft
from ristoro.fulfilment.payees.checking import LONGEST_NAME, checked
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput

PART = {"part": "mine"}
PLACE = "/ristoro/conto/"
DONE = ("dato", "annullato", "tolto")
LONGEST_IBAN = 60


@require_safe
@holder
def home(request: HttpRequest, held: Holder) -> HttpResponse:
    """What is transferred, where to, and what can be done about it."""
    done = request.GET.get("fatto", "")
    return stand(request, held, done=done if done in DONE else "")


def stand(
    request: HttpRequest, held: Holder, wrong: Lazy = "", done: str = "", status: int = 200
) -> HttpResponse:
    """The page, with what stood against a change where one was tried."""
    about = {"shown": telling.shown_of(held), "wrong": wrong, "done": done}
    return page(request, held, "payee/home.html", {**PART, **about}, status)


@sensitive_post_parameters("iban", "name")
@require_http_methods(["GET", "HEAD", "POST"])
@holder
def give(request: HttpRequest, held: Holder) -> HttpResponse:
    """The form by GET; by POST the page on which what was typed is looked at and confirmed."""
    if request.method == "POST" and not origins.is_own(request):
        return render(request, "403_csrf.html", status=403)
    if not telling.shown_of(held).may_give:
        return stand(request, held, status=200 if request.method != "POST" else 409)
    if request.method != "POST":
        return form(request, held)
    typed = request.POST.get("name", "")
    try:
        account = checked(request.POST.get("iban", ""), typed)
    except BadInput as error:
        codes = [one.code for one in error.problems]
        return form(request, held, [(telling.FIELDS[one], telling.WRONG[one]) for one in codes])
    changed = account.name != " ".join(typed.split())
    return check(request, held, draft.sealed(held, account, changed, clock.now()))


def form(
    request: HttpRequest, held: Holder, wrong: list[tuple[str, Lazy]] | None = None
) -> HttpResponse:
    """The form; with what is wrong of what was typed, which stands in it still."""
    about = {
        "shown": telling.shown_of(held),
        "wrong": wrong or [],
        "fields": dict(reversed(wrong or [])),
        "iban": request.POST.get("iban", "")[:LONGEST_IBAN],
        "name": request.POST.get("name", "")[: 2 * LONGEST_NAME],
        "longest": LONGEST_NAME,
    }
    return page(request, held, "payee/give.html", {**PART, **about}, 422 if wrong else 200)


def check(
    request: HttpRequest, held: Holder, one: Draft, wrong: Lazy = "", status: int = 200
) -> HttpResponse:
    """What was typed, as the bank will read it, to be confirmed with the password."""
    about = {
        "draft": one,
        "wrong": wrong,
        "shown": telling.shown_of(held),
        "hours": settings.PAYEE_WAIT // timedelta(hours=1),
    }
    return page(request, held, "payee/check.html", {**PART, **about}, status)
