"""The page of a person's tokens, made and revoked, and of the webhooks, which fail or do not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from ristoro.faces.entrance import proof
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.entrance.factors import FRESH
from ristoro.faces.problems import shown
from ristoro.faces.said import Lazy
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff import tokens
from ristoro.staff.models import Role, Token
from ristoro.staff.people import Person
from ristoro.workers.hooks import register
from ristoro.workers.hooks.models import Webhook

READERS = (Role.OPERATOR, Role.AUDITOR)
"""Who may see the webhooks."""

LONGEST_NAME = 80
DAYS = 30
ROLES: dict[str, Lazy] = {
    Role.OPERATOR: _("operator"),
    Role.APPROVER: _("approver"),
    Role.AGENT: _("agent"),
    Role.EXAMINER: _("examiner"),
    Role.FINANCE: _("finance"),
    Role.AUDITOR: _("auditor"),
}


@require_safe
@held_by(*Role)
def programs(request: HttpRequest, person: Person) -> HttpResponse:
    """The person's own tokens; the webhooks for whoever answers for them."""
    return _page(request, person)


@require_POST
@held_by(*Role)
def make(request: HttpRequest, person: Person) -> HttpResponse:
    """Make a token, just after proving the second factor again; it is on this one page alone.

    It is not led on from: what is shown once is kept nowhere. Sent again, the form is refused by
    the token's name, which is taken then.
    """
    now = clock.now()
    if not proof.is_given(request, person, now, within=FRESH):
        return proof.ask(reverse("console:programs"))
    days = request.POST.get("days", "")
    chosen = [role for role in Role if role.value in request.POST.getlist("role")]
    try:
        made = tokens.make(
            person,
            request.POST.get("name", "")[: LONGEST_NAME + 1],
            chosen,
            int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
            now,
        )
    except RistoroError as error:
        return _page(request, person, error)
    return _page(request, person, made=made)


@require_POST
@held_by(*Role)
def revoke(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """End a token of one's own now."""
    try:
        tokens.revoke(person, number, clock.now())
    except RistoroError as error:
        return _page(request, person, error)
    return SeeOther(reverse("console:programs"))


@require_POST
@held_by(Role.OPERATOR)
def enable(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Try a webhook again at once, from the event that it did not take."""
    try:
        register.enable(number, person, clock.now())
    except RistoroError as error:
        return _page(request, person, error)
    return SeeOther(reverse("console:programs"))


def _page(
    request: HttpRequest,
    person: Person,
    error: RistoroError | None = None,
    made: tokens.Made | None = None,
) -> HttpResponse:
    wrong = None if error is None else shown(error)
    now = clock.now()
    about: dict[str, Any] = {
        "person": person,
        "wrong": wrong,
        "made": made,
        "held": [_line(one) for one in tokens.of(person) if _counts(one, now)],
        "choices": [(role.value, ROLES[role]) for role in Role if role in person.roles],
        "days": DAYS,
        "most": tokens.LONGEST_DAYS,
        "may_see": is_of(person, *READERS),
        "may_act": is_of(person, Role.OPERATOR),
    }
    if about["may_see"]:
        about["webhooks"] = list(Webhook.objects.order_by("pk"))
    status = 200 if wrong is None else wrong.status
    return render(request, "console/programs/programs.html", about, status=status)


def _counts(token: Token, now: datetime) -> bool:
    return token.revoked_at is None and token.ends_at > now


def _line(token: Token) -> dict[str, Any]:
    return {"token": token, "roles": [ROLES[Role(role)] for role in token.roles]}
