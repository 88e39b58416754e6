"""The bank's files: sent, looked at before anything changes, then applied."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ristoro.edges.billing.sepa.elements import MOST_BYTES
from ristoro.errands import payments as places
from ristoro.faces.console.payments.views import LOOKERS, PAGE, number, shared, status
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.faces.seeing import SeeOther
from ristoro.fulfilment.payments import listing
from ristoro.fulfilment.payments import reading as work
from ristoro.fulfilment.payments.models import BankFile, Stray
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import bookings

LONGEST_REASON = 500
SHOWN = 10
ORDER = (
    *("booked", "accepted", "refused", "returned", "answered", "known"),
    *("foreign", "amount-differs", "contradicts", "booked-twice", "sum-differs"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@held_by(*LOOKERS)
def bank_files(request: HttpRequest, person: Person) -> HttpResponse:
    """The bank's files, newest first; by POST, take another. It is read whole or refused whole."""
    error: RistoroError | None = None
    sent = request.FILES.get("file")
    if request.method == "POST" and sent is not None:
        name = (sent.name or "bank.xml")[:100]
        try:
            kept = work.receive(sent.chunks(), name, places.folder(), person, clock.now())
            return SeeOther(reverse("console:bank-file", args=[kept.digest]))
        except RistoroError as refused:
            error = refused
    wrong = None if error is None else shown(error)
    about = {
        **shared(person, "bank", wrong),
        "files": listing.bank_files(PAGE),
        "strays": listing.strays(None, number(request.GET.get("dopo", "")), PAGE),
        "may_act": is_of(person, Role.FINANCE),
        "most": MOST_BYTES,
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
    """Make what the file says so. Applied again, it changes nothing."""
    found = get_object_or_404(BankFile, digest=digest)
    try:
        at = clock.now()
        work.apply(found, places.folder(), person, at)
        bookings.look_after(at)
    except RistoroError as error:
        return file_page(request, person, digest, error)
    return SeeOther(reverse("console:bank-file", args=[digest]))


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
    counts, samples = dict(found.counts), {}
    if found.applied_at is None:
        try:
            told = work.preview(found, places.folder(), SHOWN)
            counts, samples = dict(told.counts), dict(told.samples)
        except RistoroError as unreadable:
            error = error or unreadable
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
    }
    return render(request, "console/payments/bank-file.html", about, status=status(wrong))
