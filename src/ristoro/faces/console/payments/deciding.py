"""What finance does about one payment: the payee's verification, a decision, another attempt."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from ristoro.edges.billing.sepa.saying import PayeeAnswer
from ristoro.faces.console.payments.views import payment_page
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.seeing import SeeOther
from ristoro.fulfilment.payments import deciding
from ristoro.fulfilment.payments.models import Payment
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LONGEST_REASON = 500
LONGEST_NAME = 140
_ANSWERS = {str(one.value): one for one in PayeeAnswer}


@require_POST
@held_by(Role.FINANCE)
def answered(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Note what the bank answered about the payee."""
    given = _ANSWERS.get(request.POST.get("answer", ""))
    if given is None:
        return SeeOther(reverse("console:payment", args=[pk]))
    name = " ".join(request.POST.get("suggested", "")[:LONGEST_NAME].split())
    return _done(
        request, person, pk, lambda one: deciding.record(one, given, name, person, clock.now())
    )


@require_POST
@held_by(Role.FINANCE)
def let_go(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Have a held payment paid nevertheless, for a reason."""
    reason = request.POST.get("reason", "")[:LONGEST_REASON]
    return _done(
        request, person, pk, lambda one: deciding.pay_anyway(one, reason, person, clock.now())
    )


@require_POST
@held_by(Role.FINANCE)
def try_again(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Put what the bank refused or sent back on the list again, for a reason."""
    reason = request.POST.get("reason", "")[:LONGEST_REASON]
    return _done(
        request, person, pk, lambda one: deciding.try_again(one, reason, person, clock.now())
    )


def _done(
    request: HttpRequest, person: Person, pk: int, act: Callable[[Payment], None]
) -> HttpResponse:
    try:
        act(get_object_or_404(Payment, pk=pk))
    except RistoroError as error:
        return payment_page(request, person, pk, error)
    return SeeOther(reverse("console:payment", args=[pk]))
