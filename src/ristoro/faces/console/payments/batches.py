"""Batches: preparing one, releasing it as another person, taking its file to the bank."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ristoro.edges.billing.sepa.accounts import masked
from ristoro.errands import payments as places
from ristoro.faces.console.payments.views import (
    LOOKERS,
    PAGE,
    following,
    list_page,
    number,
    paying,
    shared,
    status,
)
from ristoro.faces.entrance import browser, proof
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.entrance.factors import FRESH
from ristoro.faces.problems import shown
from ristoro.faces.seeing import SeeOther
from ristoro.fulfilment.payments import batches as work
from ristoro.fulfilment.payments import listing
from ristoro.fulfilment.payments.models import Batch, BatchState
from ristoro.fulfilment.payments.steps import total_of
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LONGEST = 60
LONGEST_REASON = 500


@require_safe
@held_by(*LOOKERS)
def batches(request: HttpRequest, person: Person) -> HttpResponse:
    """The newest batches."""
    about = {**shared(person, "batches", None), "batches": listing.batches(PAGE)}
    return render(request, "console/payments/batches.html", about)


@require_POST
@held_by(Role.FINANCE)
def prepare(request: HttpRequest, person: Person) -> HttpResponse:
    """Put what can be paid into a batch. What is in one is not put into another: no key is needed.

    One payment alone has a box of its own to tick.
    """
    single = request.POST.get("single") == "yes"
    try:
        made = work.prepare(person, places.debtor(), clock.now(), single_known=single)
    except RistoroError as error:
        return list_page(request, person, error)
    return SeeOther(reverse("console:batch", args=[made.name]))


@require_http_methods(["GET", "HEAD", "POST"])
@held_by(*LOOKERS)
def batch(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """One batch; by POST, release it by retyping its total and its count.

    Whoever tries is told by the stage whether they may, so that the journal has every attempt.
    """
    found = get_object_or_404(Batch, name=name)
    if request.method != "POST":
        return batch_page(request, person, found)
    if is_of(person, Role.APPROVER) and not _is_fresh(request, person):
        return proof.ask(reverse("console:batch", args=[name]))
    try:
        work.release(
            found,
            person,
            request.POST.get("total", "")[:LONGEST],
            request.POST.get("count", "")[:LONGEST],
            places.debtor(),
            places.folder(),
            clock.now(),
            browser=browser.of(request),
        )
    except RistoroError as error:
        return batch_page(request, person, Batch.objects.get(pk=found.pk), error)
    return SeeOther(reverse("console:batch", args=[name]))


@require_POST
@held_by(Role.FINANCE, Role.APPROVER)
def drop(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Take a prepared batch apart."""
    found = get_object_or_404(Batch, name=name)
    try:
        work.drop(found, person, request.POST.get("reason", "")[:LONGEST_REASON], clock.now())
    except RistoroError as error:
        return batch_page(request, person, found, error)
    return SeeOther(reverse("console:batch", args=[name]))


@require_POST
@held_by(Role.FINANCE, Role.APPROVER)
def take_away(request: HttpRequest, person: Person, name: str) -> HttpResponseBase:
    """The file of a released batch; that it was taken away is in the journal."""
    found = get_object_or_404(Batch, name=name, state=BatchState.RELEASED)
    try:
        path = work.take_away(found, person, places.folder(), clock.now())
    except RistoroError as error:
        return batch_page(request, person, found, error)
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"{found.name}.xml",
        content_type="application/xml",
    )


def batch_page(
    request: HttpRequest, person: Person, found: Batch, error: RistoroError | None = None
) -> HttpResponse:
    """The page of a batch; with what stood against an act, if anything."""
    wrong = None if error is None else shown(error)
    who, missing = paying()
    lines = listing.of_batch(found, clock.now(), number(request.GET.get("dopo", "")), PAGE)
    refused = work.refusal(found, person, browser.of(request))
    progress = listing.progress_of(found)
    about = {
        **shared(person, "batches", wrong),
        "batch": found,
        "total": total_of(found),
        "lines": lines,
        "next": following(lines),
        "progress": list(progress.items()),
        "prepared": found.state == BatchState.PREPARED,
        "released": found.state == BatchState.RELEASED,
        "debtor": who,
        "debtor_iban": masked(who.iban) if who else "",
        "missing": missing,
        "refused": None if refused is None else shown(refused),
        "is_approver": is_of(person, Role.APPROVER),
        "fresh": _is_fresh(request, person),
        "may_drop": is_of(person, Role.FINANCE, Role.APPROVER),
        "may_take": is_of(person, Role.FINANCE, Role.APPROVER),
    }
    return render(request, "console/payments/batch.html", about, status=status(wrong))


def _is_fresh(request: HttpRequest, person: Person) -> bool:
    return proof.is_given(request, person, clock.now(), within=FRESH)
