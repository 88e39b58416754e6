"""The bank's files: sent, looked at before anything changes, then applied; each by an errand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ristoro.edges.billing.sepa.elements import MOST_BYTES
from ristoro.errands import bank_files as errands
from ristoro.faces.console.payments.views import LOOKERS, PAGE, number, shared, status
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.faces.seeing import SeeOther
from ristoro.fulfilment.payments import listing
from ristoro.fulfilment.payments import reading as work
from ristoro.fulfilment.payments.models import BankFile, Payment, Stray
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers.models import Errand

LONGEST_REASON = 500
ORDER = (
    *("booked", "accepted", "refused", "returned", "answered", "known"),
    *("foreign", "amount-differs", "contradicts", "booked-twice", "sum-differs", "unclear"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@held_by(*LOOKERS)
def bank_files(request: HttpRequest, person: Person) -> HttpResponse:
    """The bank's files, newest first; by POST, have another read. It is read whole or refused."""
    error: RistoroError | None = None
    sent = request.FILES.get("file")
    if request.method == "POST" and sent is not None:
        name = (sent.name or "bank.xml")[:100]
        try:
            return _to(errands.ask_read(sent.chunks(), name, person, _key(request), clock.now()))
        except RistoroError as refused:
            error = refused
    wrong = None if error is None else shown(error)
    about = {
        **shared(person, "bank", wrong),
        "files": listing.bank_files(PAGE),
        "strays": listing.strays(None, number(request.GET.get("dopo", "")), PAGE),
        "may_act": is_of(person, Role.FINANCE),
        "most": MOST_BYTES,
        "key": uuid4().hex,
    }
    return render(request, "console/payments/bank.html", about, status=status(wrong))


@require_safe
@held_by(*LOOKERS)
def bank_file(request: HttpRequest, person: Person, digest: str) -> HttpResponse:
    """One file: what it would change, or what it changed."""
    return file_page(request, person, digest)


@require_POST
@held_by(Role.FINANCE)
def apply(request: HttpRequest, person: Person, digest: str) -> HttpResponse:
    """Have what the file says made so. Applied again, it changes nothing."""
    return _asked(request, person, digest, errands.ask_apply)


@require_POST
@held_by(Role.FINANCE)
def look(request: HttpRequest, person: Person, digest: str) -> HttpResponse:
    """Have it seen once more what the file would change."""
    return _asked(request, person, digest, errands.ask_look)


@require_POST
@held_by(Role.FINANCE)
def handle(request: HttpRequest, person: Person, digest: str, pk: int) -> HttpResponse:
    """Say what became of a line that changed nothing."""
    found = get_object_or_404(Stray, pk=pk, file__digest=digest)
    reason = request.POST.get("reason", "")[:LONGEST_REASON]
    try:
        work.handle(found, reason, person, clock.now())
    except RistoroError as error:
        return file_page(request, person, digest, error)
    return SeeOther(reverse("console:bank-file", args=[digest]))


def file_page(
    request: HttpRequest, person: Person, digest: str, error: RistoroError | None = None
) -> HttpResponse:
    """The page of a file; with what stood against an act, if anything."""
    found = get_object_or_404(BankFile, digest=digest)
    begun = found.begun_at is not None
    counts = found.counts if begun else found.looked.get("counts", {})
    samples = {} if begun else _samples(found.looked.get("samples", {}))
    wrong = None if error is None else shown(error)
    after = number(request.GET.get("dopo", ""))
    strays = listing.strays(found, after, PAGE)
    about = {
        **shared(person, "bank", wrong),
        "file": found,
        "groups": [(code, counts[code], samples.get(code, [])) for code in ORDER if code in counts],
        "strays": strays,
        "next": strays[-1].pk if len(strays) == PAGE else 0,
        "handled": listing.strays(found, 0, PAGE, handled=True),
        "may_act": is_of(person, Role.FINANCE),
        "key": uuid4().hex,
    }
    return render(request, "console/payments/bank-file.html", about, status=status(wrong))


def _samples(kept: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """What was kept of each kind of line, with the payments that they are about."""
    wanted = {one["payment"] for some in kept.values() for one in some}
    rows = Payment.objects.in_bulk([one for one in wanted if one is not None])
    return {
        code: [{**one, "payment": rows.get(one["payment"])} for one in some]
        for code, some in kept.items()
    }


def _asked(
    request: HttpRequest,
    person: Person,
    digest: str,
    ask: Callable[[BankFile, Person, str, datetime], Errand],
) -> HttpResponse:
    found = get_object_or_404(BankFile, digest=digest)
    try:
        return _to(ask(found, person, _key(request), clock.now()))
    except RistoroError as error:
        return file_page(request, person, digest, error)


def _to(errand: Errand) -> HttpResponse:
    return SeeOther(reverse("console:errand", args=[errand.pk]))


def _key(request: HttpRequest) -> str:
    """The key of the form; one of our own where it has none, for it is only against a repeat."""
    given = "".join(one for one in request.POST.get("key", "") if one.isalnum())[:40]
    return f"bank file {given or uuid4().hex}"
