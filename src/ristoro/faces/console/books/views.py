"""The trial balance, the entries, one entry, and the files that accountants take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ristoro.errands import books as errands
from ristoro.errands.books import TAKERS
from ristoro.faces import sheets
from ristoro.faces.console.books import words
from ristoro.faces.console.books.words import READERS
from ristoro.faces.console.errands.views import seen_by
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.said import lang
from ristoro.faces.seeing import SeeOther
from ristoro.fulfilment.books import exporting, reading
from ristoro.fulfilment.books.accounts import Account, Nature, Side
from ristoro.fulfilment.books.exporting import Style
from ristoro.fulfilment.books.posting import NO_RUN
from ristoro.fulfilment.books.reading import Posted, Row, Wanted
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing
from ristoro.kernel.sheets import MEDIA_TYPE
from ristoro.remedies.models import Run
from ristoro.staff.people import Person

A_PAGE = 40
RUNS_OFFERED = 100
NONE = "-"
"""What stands in an address for entries of no run."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was filled in; what is in no list is left out."""

    run: Run | None
    no_run: bool
    account: Account | None
    nature: Nature | None

    @property
    def wanted(self) -> Wanted:
        run = NO_RUN if self.no_run else None if self.run is None else self.run.pk
        return Wanted(run_id=run, account=self.account, nature=self.nature)

    @property
    def run_name(self) -> str:
        return NONE if self.no_run else self.run.name if self.run else ""

    def query(self, **other: str) -> str:
        """The same as an address, with something else said."""
        fields = {
            "esecuzione": self.run_name,
            "conto": str(int(self.account)) if self.account else "",
            "natura": self.nature.word if self.nature else "",
            **other,
        }
        return urlencode({name: value for name, value in fields.items() if value})

    @property
    def is_anything(self) -> bool:
        return bool(self.query())


@require_safe
@held_by(*READERS)
def trial(request: HttpRequest, person: Person) -> HttpResponse:
    """Both sides of every account, of the whole books or of one run."""
    asked = _asked(request.GET)
    found = reading.rows(Wanted(run_id=asked.wanted.run_id))
    about = {
        "person": person,
        "asked": asked,
        "runs": _runs(),
        "tables": [_table(unit, found, asked) for unit in _units(found)],
        "may_take": is_of(person, *TAKERS),
        "key": uuid4().hex,
        "tab": "trial",
    }
    return render(request, "console/books/trial.html", about)


@require_safe
@held_by(*READERS)
def entries(request: HttpRequest, person: Person) -> HttpResponse:
    """Entries, the newest first, a page at a time."""
    asked = _asked(request.GET)
    below = _number(request.GET.get("prima", ""))
    found = reading.page(asked.wanted, below, A_PAGE + 1)
    listed = found[:A_PAGE]
    about = {
        "person": person,
        "asked": asked,
        "runs": _runs(),
        "accounts": [(int(one), words.account(one)) for one in Account],
        "natures": [(one.word, words.nature(one)) for one in Nature],
        "entries": _shown(listed),
        "newest": below is None,
        "older": asked.query(prima=str(listed[-1].id)) if len(found) > A_PAGE else "",
        "tab": "entries",
    }
    return render(request, "console/books/entries.html", about)


@require_safe
@held_by(*READERS)
def entry(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One entry, with the others of the same mailbox."""
    found = reading.one(number)
    if found is None:
        raise Http404
    beside: list[Posted] = []
    if found.mailbox_id is not None:
        beside = reading.about_mailbox(found.mailbox_id, A_PAGE)
    about = {
        "person": person,
        "entry": _shown([found])[0],
        "beside": _shown([one for one in beside if one.id != number]),
        "tab": "entries",
    }
    return render(request, "console/books/entry.html", about)


@require_POST
@held_by(*TAKERS)
def export(request: HttpRequest, person: Person) -> HttpResponseBase:
    """The balance at once; the archive, or all entries, by an errand that writes them."""
    asked = _asked(request.POST)
    style = Style("." if request.POST.get("decimali") == "punto" else ",", lang())
    table = request.POST.get("forma", "")
    at, wanted = clock.now(), Wanted(run_id=asked.wanted.run_id)
    if table == "saldi":
        with transaction.atomic():
            data = {"person": person.id, "run": asked.run_name, "form": table}
            append(person.name, names.BOOKS_EXPORTED, "books", data, at)
        head = exporting.HEADS[exporting.BALANCE]
        rows = exporting.trial_balance(reading.rows(wanted), style)
        return sheets.sent(exporting.BALANCE, head, rows)
    form = errands.JOURNAL if table == "giornale" else errands.ARCHIVE
    given = "".join(one for one in request.POST.get("key", "") if one.isalnum())[:40]
    key = f"books {form} {given or uuid4().hex} {style.mark}{style.lang} {asked.run_name[:30]}"
    errand = errands.ask(asked.run_name, form, style, person, key, at)
    return SeeOther(reverse("console:errand", args=[errand.pk]))


@require_safe
@held_by(*TAKERS)
def take(request: HttpRequest, person: Person, errand: int) -> HttpResponseBase:
    """The file that an errand wrote, for whoever asked for it; that it was taken is journaled."""
    found = seen_by(person, errand)
    try:
        path = errands.take(found, person, clock.now())
    except Missing as gone:
        raise Http404 from gone
    archive = path.suffix == f".{errands.ARCHIVE}"
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"ristoro-books-{found.asked_at:%Y-%m-%d}{path.suffix}",
        content_type="application/zip" if archive else MEDIA_TYPE,
    )


def _asked(fields: Mapping[str, str]) -> Asked:
    named = fields.get("esecuzione", "")[:40]
    accounts = {str(int(one)): one for one in Account}
    natures = {one.word: one for one in Nature}
    return Asked(
        run=Run.objects.filter(name=named).first() if named and named != NONE else None,
        no_run=named == NONE,
        account=accounts.get(fields.get("conto", "")),
        nature=natures.get(fields.get("natura", "")),
    )


def _runs() -> list[str]:
    """The newest runs that can be in the books."""
    begun = Run.objects.order_by("-pk").values_list("name", flat=True)
    return list(begun[:RUNS_OFFERED])


def _units(found: Sequence[Row]) -> list[str]:
    """The units in the order of the accounts: money first."""
    return list(dict.fromkeys(row.unit for row in sorted(found, key=lambda one: one.account)))


def _table(unit: str, found: Sequence[Row], asked: Asked) -> dict[str, Any]:
    """One unit's accounts with both sides, and the sums, which must be equal."""
    these = [row for row in reading.summed(found) if row.unit == unit]
    debit, credit = sum(row.debit for row in these), sum(row.credit for row in these)
    return {
        "unit": unit,
        "in_kind": these[0].account.is_memorandum,
        "rows": [_row(row, asked) for row in these],
        "debit": words.worth(debit, unit),
        "credit": words.worth(credit, unit),
        "equal": debit == credit,
    }


def _row(row: Row, asked: Asked) -> dict[str, Any]:
    return {
        "number": int(row.account),
        "name": words.account(row.account),
        "group": words.GROUPS[row.account.group],
        "debit": words.worth(row.debit, row.unit),
        "credit": words.worth(row.credit, row.unit),
        "over": words.worth(max(row.balance, 0), row.unit),
        "under": words.worth(max(-row.balance, 0), row.unit),
        "query": asked.query(conto=str(int(row.account))),
        "amiss": row.account is Account.SUSPENSE and row.balance != 0,
    }


def _shown(found: Sequence[Posted]) -> list[dict[str, Any]]:
    """Entries as pages have them; a run is called by its name."""
    wanted = {one.run_id for one in found if one.run_id is not None}
    runs = dict(Run.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return [
        {
            "posted": one,
            "what": words.code(one.code),
            "about": words.about(one.about),
            "run": runs.get(one.run_id or NO_RUN, ""),
            "lines": [
                {
                    "account": int(line.account),
                    "name": words.account(line.account),
                    "nature": words.nature(line.nature),
                    "debit": _side(line.side, Side.DEBIT, line.amount, line.unit),
                    "credit": _side(line.side, Side.CREDIT, line.amount, line.unit),
                }
                for line in one.lines
            ],
        }
        for one in found
    ]


def _side(of: Side, side: Side, amount: int, unit: str) -> str:
    return words.worth(amount, unit) if of is side else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
