"""The queues of a run: what did not go through, by reason, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_POST, require_safe

from ristoro.errands import mending as errand
from ristoro.faces import sheets
from ristoro.faces.console.runs.telling import Reason, reason
from ristoro.faces.console.runs.views import named
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.faces.said import ACTS, ROW_STATES, Lazy, in_own
from ristoro.faces.seeing import SeeOther
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.kernel.sheets import Cell
from ristoro.notices.facts import NoticeKind
from ristoro.remedies.models import Run
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import errands, mending, snags
from ristoro.workers.models import Act, Snag
from ristoro.workers.rows import Row, rows

READERS = (Role.OPERATOR, Role.APPROVER, Role.EXAMINER, Role.AUDITOR)
TAKERS = (Role.OPERATOR, Role.AUDITOR)
"""Who may take the list away, as a file with whole addresses."""

A_PAGE = 50
LONGEST_CODE = 40
LONGEST_KEY = 60


@dataclass(frozen=True, slots=True)
class Queue:
    """One kind of rows: what is known of it, and what may be done."""

    kind: snags.Kind
    reason: Reason
    query: str

    @property
    def act(self) -> Lazy:
        return ACTS[self.kind.act]

    @property
    def state(self) -> Lazy:
        return ROW_STATES[self.kind.act][self.kind.state]

    @property
    def may_retry(self) -> bool:
        return mending.may_retry(self.kind.act, self.kind.state, self.kind.code)

    @property
    def may_look(self) -> bool:
        return mending.may_look(self.kind.act, self.kind.state)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a queue."""

    snag: Snag
    row: Row | None
    about: str


@require_safe
@held_by(*READERS)
def queues(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Every kind of rows that did not go through."""
    run = named(name)
    found = [_queue(kind) for act in snags.STATES for kind in snags.kinds(run.pk, act)]
    about = {"person": person, "run": run, "tab": "queues", "queues": found}
    return render(request, "console/runs/queues.html", about)


@require_safe
@held_by(*READERS)
def queue(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The rows of one kind, some at a time."""
    return _page(request, person, named(name), request.GET)


@require_POST
@held_by(Role.OPERATOR)
def retry(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Have the chosen rows, or all of the kind, tried again."""
    return _do(request, person, named(name), mending.retry, errand.RETRY)


@require_POST
@held_by(Role.OPERATOR)
def look(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Have workers look at the chosen rows, or at all of the kind."""
    return _do(request, person, named(name), mending.look_again, errand.LOOK)


@require_POST
@held_by(Role.OPERATOR)
def handle(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Mark the chosen rows as handled, for a reason."""
    run = named(name)
    act, state, code = _kind(request.POST)
    because = request.POST.get("reason", "")
    try:
        mending.handle(run, act, _chosen(request), because, person, clock.now())
    except RistoroError as error:
        return _page(request, person, run, request.POST, error)
    return SeeOther(f"{reverse('console:queue', args=[name])}?{_query(act, state, code)}")


@require_POST
@held_by(*TAKERS)
def download(request: HttpRequest, person: Person, name: str) -> HttpResponseBase:
    """All rows of a kind as a file. Whole addresses leave here: by POST, for it is journaled."""
    run = named(name)
    act, state, code = _kind(request.POST)
    data = {"run": run.name, "person": person.id, "act": act.name.lower(), "state": state,
            "code": code}  # fmt: skip
    with transaction.atomic():
        append(person.name, names.ROWS_EXPORTED, f"run {run.pk}", data, clock.now())
    head = ("mailbox", "brand", "act", "about", "state", "reason", "since", "handled by",
            "handled at", "handled because")  # fmt: skip
    return sheets.sent(f"{run.name}-{code or 'rows'}.csv", head, _table(run, act, state, code))


def _table(run: Run, act: Act, state: int, code: str) -> Iterator[tuple[Cell, ...]]:
    for some in snags.each(run.pk, act, state, code):
        found = rows(act, [one.row_id for one in some])
        for snag in some:
            row = found.get(snag.row_id)
            yield (
                row.address if row else "",
                row.brand if row else "",
                act.name.lower(),
                _about(run, act, row, "en"),
                str(state),
                snag.code,
                snag.at,
                snag.handled_by,
                snag.handled_at,
                snag.handled_because,
            )


Doing = Callable[[Run, Act, list[int], Person, Any], int]


def _do(
    request: HttpRequest, person: Person, run: Run, doing: Doing, kind_of_errand: str
) -> HttpResponse:
    act, state, code = _kind(request.POST)
    try:
        if "all" in request.POST:
            key = request.POST.get("key", "")[:LONGEST_KEY] or get_random_string(20)
            params = {"run": run.name, "act": int(act), "state": state, "code": code}
            asked = errands.ask(kind_of_errand, params, person, key, clock.now())
            return SeeOther(reverse("console:errand", args=[asked.pk]))
        doing(run, act, _chosen(request), person, clock.now())
    except RistoroError as error:
        return _page(request, person, run, request.POST, error)
    return SeeOther(f"{reverse('console:queue', args=[run.name])}?{_query(act, state, code)}")


def _page(
    request: HttpRequest,
    person: Person,
    run: Run,
    asked: Any,
    error: RistoroError | None = None,
) -> HttpResponse:
    act, state, code = _kind(asked)
    after = asked.get("dopo", "")
    place = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else -1
    handled = asked.get("trattate") == "1"
    found = snags.page(run.pk, act, state, code, place, A_PAGE + 1, handled=handled)
    listed = found[:A_PAGE]
    kept = rows(act, [one.row_id for one in listed])
    wrong = None if error is None else shown(error)
    about = {
        "person": person,
        "run": run,
        "tab": "queues",
        "wrong": wrong,
        "queue": _queue(snags.counted(run.pk, act, state, code)),
        "kind": {"atto": int(act), "stato": state, "motivo": code},
        "lines": [_line(run, act, one, kept.get(one.row_id)) for one in listed],
        "handled": handled,
        "next": listed[-1].row_id if len(found) > A_PAGE else None,
        "first": place < 0,
        "key": get_random_string(20),
        "may_act": is_of(person, Role.OPERATOR),
        "may_take": is_of(person, *TAKERS),
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/runs/queue.html", about, status=status)


def _line(run: Run, act: Act, snag: Snag, row: Row | None) -> Line:
    return Line(snag, row, _about(run, act, row, None))


def _about(run: Run, act: Act, row: Row | None, lang: str | None) -> str:
    """The remedy's title of a grant, the kind of a letter."""
    if row is None:
        return ""
    if act is Act.NOTICES:
        return NoticeKind(row.about).folder
    remedies = run.totals.get("remedies", [])
    if row.about >= len(remedies):
        return str(row.about)
    title = remedies[row.about]["title"]
    return str(title[lang]) if lang else in_own(title)


def _queue(kind: snags.Kind) -> Queue:
    return Queue(
        kind, reason(kind.act, kind.state, kind.code), _query(kind.act, kind.state, kind.code)
    )


def _query(act: Act, state: int, code: str) -> str:
    return urlencode({"atto": int(act), "stato": state, "motivo": code})


def _kind(asked: Any) -> tuple[Act, int, str]:
    """Which rows are asked for; 404 for what cannot be."""
    act, state = asked.get("atto", ""), asked.get("stato", "")
    code = asked.get("motivo", "")[:LONGEST_CODE]
    for each, states in snags.STATES.items():
        if act == str(int(each)) and state in {str(int(one)) for one in states}:
            return each, int(state), code
    raise Http404


def _chosen(request: HttpRequest) -> list[int]:
    listed = request.POST.getlist("row")[: mending.AT_ONCE]
    return [int(one) for one in listed if one.isascii() and one.isdigit() and len(one) < 19]
