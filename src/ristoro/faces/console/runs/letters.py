"""The letters of a run as their holders will read them, before any is delivered.

One of each kind, brand and language is shown, from the first notices of the run: as quick for nine
million as for nine. ``ristoro run`` lints every class of letters before its first one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ristoro import env, wiring
from ristoro.faces.console.runs.views import named
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.problems import shown
from ristoro.fulfilment.models import Consent, Grant, GrantKind, GrantState
from ristoro.kernel.errors import RistoroError
from ristoro.notices import showing
from ristoro.notices.facts import NoticeKind, Subject
from ristoro.notices.letters import Desk
from ristoro.notices.models import Notice
from ristoro.notices.plan import GrantRow, NoticeRow
from ristoro.notices.showing import Shown
from ristoro.remedies.models import Run
from ristoro.staff.models import Role
from ristoro.staff.people import Person

SAMPLE = 500

TO_BE_MADE = (GrantState.PLANNED, GrantState.SENDING, GrantState.DEFERRED, GrantState.UNKNOWN)
"""A letter speaks of these once they are made, so they are shown as made."""


@require_safe
@held_by(*Role)
def letters(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """One letter of each kind, with what the lint says of it."""
    run = named(name)
    about = {"person": person, "run": run, "tab": "letters"}
    kept = kept_of(run)
    try:
        found = kept.shown if kept is not None and kept.shown else tuple(_written(run))
    except RistoroError as error:
        wrong = shown(error)
        return render(request, "console/runs/letters.html", {**about, "wrong": wrong}, status=409)
    return render(request, "console/runs/letters.html", {**about, "letters": found})


def kept_of(run: Run) -> showing.Letters | None:
    """The letters that were written when the run was decided; ``None`` where none were kept."""
    return showing.read(Path(run.directory), run.outcomes_digest)


def _written(run: Run) -> Iterator[Shown]:
    """One letter of each kind, brand and language, written now from the run's first notices."""
    desk = wiring.desk(run, env.current())
    for one in desk.previews(_one_of_each(_subjects(run, desk))):
        brand, kind = one.subject.brand, one.subject.kind.folder
        yield Shown(
            brand.code, brand.name, kind, one.subject.locale, 1, one.line, one.plain, one.html,
            tuple(one.findings),
        )  # fmt: skip


def _one_of_each(subjects: Iterator[Subject]) -> list[Subject]:
    first: dict[tuple[str, str, NoticeKind], Subject] = {}
    for subject in subjects:
        first.setdefault((subject.brand.code, subject.locale, subject.kind), subject)
    return [first[key] for key in sorted(first)]


def _subjects(run: Run, desk: Desk) -> Iterator[Subject]:
    notices = list(Notice.objects.filter(run=run).order_by("id")[:SAMPLE])
    grants = _grants(run, [notice.mailbox_id for notice in notices])
    for notice in notices:
        row = NoticeRow(
            notice.pk, run.name, notice.address, notice.brand, notice.locale,
            NoticeKind(notice.kind),
        )  # fmt: skip
        brand = desk.brands.get(notice.brand)
        if brand is None:
            continue
        found = desk.subject(row, grants[notice.mailbox_id], brand)
        if isinstance(found, Subject):
            yield found


def _grants(run: Run, mailboxes: Sequence[int]) -> Mapping[int, list[GrantRow]]:
    found: dict[int, list[GrantRow]] = defaultdict(list)
    for grant in Grant.objects.filter(run=run, mailbox_id__in=mailboxes):
        state = GrantState.APPLIED if grant.state in TO_BE_MADE else GrantState(grant.state)
        found[grant.mailbox_id].append(
            GrantRow(
                remedy=grant.remedy,
                kind=GrantKind(grant.kind).name.lower().replace("_", "-"),
                amount=grant.amount,
                currency=grant.currency,
                base=grant.base,
                target=grant.target,
                base_until=grant.base_until,
                until=grant.until,
                consent=Consent(grant.consent).name.lower(),
                deadline=grant.deadline,
                state=state.name.lower(),
            )
        )
    return found
