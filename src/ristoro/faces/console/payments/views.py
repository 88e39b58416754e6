"""Looking: what is to be paid and what stands against it, batches, what the bank has not said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ristoro.edges.billing.sepa.accounts import Debtor, masked
from ristoro.edges.billing.sepa.saying import PayeeAnswer
from ristoro.errands import payments as places
from ristoro.faces.console.payments import words
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import Shown, shown
from ristoro.fulfilment.payments import listing
from ristoro.fulfilment.payments.listing import Line
from ristoro.fulfilment.payments.models import Attempt, Payment, PaymentState
from ristoro.fulfilment.payments.payee_marks import opened
from ristoro.fulfilment.payments.states import OPEN, TO_TRY_AGAIN
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LOOKERS = (Role.FINANCE, Role.APPROVER, Role.AUDITOR)
PAGE = 50
LONGEST_NUMBER = 18
TABS: Mapping[str, PaymentState] = {
    "registrati": PaymentState.BOOKED,
    "rifiutati": PaymentState.REFUSED,
    "tornati": PaymentState.RETURNED,
}
"""What the bank has settled, by the word in the address."""


@require_safe
@held_by(*LOOKERS)
def to_pay(request: HttpRequest, person: Person) -> HttpResponse:
    """What is on the list, with what stands against each."""
    return list_page(request, person)


def list_page(
    request: HttpRequest, person: Person, error: RistoroError | None = None
) -> HttpResponse:
    """The list; with what stood against preparing a batch, if anything."""
    now = clock.now()
    wrong = None if error is None else shown(error)
    who, missing = paying()
    ready, total = listing.payable(now, who.most) if who else (0, 0)
    about = {
        **shared(person, "to-pay", wrong),
        "lines": listing.to_pay(now, number(request.GET.get("dopo", "")), PAGE),
        "ready": ready,
        "ready_total": total,
        "debtor": who,
        "debtor_iban": masked(who.iban) if who else "",
        "missing": missing,
        "may_act": is_of(person, Role.FINANCE),
    }
    about["next"] = following(about["lines"])
    return render(request, "console/payments/to-pay.html", about, status=status(wrong))


@require_safe
@held_by(*LOOKERS)
def waiting(request: HttpRequest, person: Person) -> HttpResponse:
    """What was sent and is not settled, oldest first, with its age."""
    now = clock.now()
    lines = listing.waiting(now, number(request.GET.get("dopo", "")), PAGE)
    about = {
        **shared(person, "waiting", None),
        "lines": [(line, (now - line.payment.since).days) for line in lines],
        "next": following(lines),
        "overdue": listing.overdue(now),
    }
    return render(request, "console/payments/waiting.html", about)


@require_safe
@held_by(*LOOKERS)
def ended(request: HttpRequest, person: Person, which: str) -> HttpResponse:
    """What the bank has booked, refused or sent back, newest first."""
    if which not in TABS:
        raise Http404
    after = number(request.GET.get("dopo", ""))
    lines = listing.ended(clock.now(), after, PAGE, TABS[which])
    about = {
        **shared(person, which, None),
        "lines": lines,
        "which": which,
        "state": TABS[which],
        "next": following(lines),
    }
    return render(request, "console/payments/ended.html", about)


@require_safe
@held_by(*LOOKERS)
def payment(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """One payment, with its payee's verification and what can be done about it."""
    return payment_page(request, person, pk)


def payment_page(
    request: HttpRequest, person: Person, pk: int, error: RistoroError | None = None
) -> HttpResponse:
    """The page of one payment; with what stood against an act, if anything."""
    found = get_object_or_404(Payment, pk=pk)
    wrong = None if error is None else shown(error)
    state = PaymentState(found.state)
    may_act = is_of(person, Role.FINANCE)
    on_list = state in listing.ON_LIST
    about = {
        **shared(person, "", wrong),
        "line": listing.lines([found], clock.now())[0],
        "one": found,
        "attempts": list(Attempt.objects.filter(payment=found).order_by("number")),
        "answers": [(one.value, words.ANSWERS[one], words.FOLLOWS[one]) for one in PayeeAnswer],
        "suggested": opened(found.suggested) if may_act else "",
        "may_answer": may_act and (on_list or state in OPEN),
        "may_let_go": may_act and state is PaymentState.HELD,
        "may_try_again": may_act and state in TO_TRY_AGAIN,
    }
    return render(request, "console/payments/payment.html", about, status=status(wrong))


def shared(person: Person, tab: str, wrong: Shown | None) -> dict[str, Any]:
    """What the head of each of these pages shows."""
    tallies = listing.tallies()
    return {
        "person": person,
        "tab": tab,
        "wrong": wrong,
        "on_list": sum(tallies[state].count for state in listing.ON_LIST),
        "open_count": sum(tallies[state].count for state in OPEN),
        "tallies": {state.name.lower(): tally for state, tally in tallies.items()},
        "open_strays": listing.open_strays(),
    }


def paying() -> tuple[Debtor | None, Shown | None]:
    """The account that pays, or why it is not known."""
    try:
        return places.debtor(), None
    except RistoroError as error:
        return None, shown(error)


def status(wrong: Shown | None) -> int:
    return 200 if wrong is None else wrong.status


def following(lines: Sequence[Line]) -> int:
    """Where the next page begins; nought where this one is the last."""
    return lines[-1].payment.pk if len(lines) == PAGE else 0


def number(text: str) -> int:
    """A number from an address; nought where it is none."""
    good = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if good else 0
