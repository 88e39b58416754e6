"""The pages that show: the outages, one of them, one version's text. None changes anything."""

from __future__ import annotations

from collections.abc import Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ristoro.errands.places import decisions
from ristoro.errands.places import outages as folder
from ristoro.faces.console.outages.drawing import Plot, Shown
from ristoro.faces.console.outages.showing import Look, drawing, remarks, table
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.journal import names
from ristoro.journal.models import Detail, Entry
from ristoro.kernel import clock
from ristoro.kernel.documents import read_raw
from ristoro.kernel.errors import BadInput, RistoroError
from ristoro.outages import picture, versions
from ristoro.outages.breaches.models import Kind, Record
from ristoro.outages.declaring import subject_of
from ristoro.outages.drafts.judge import Judged, judge
from ristoro.outages.outage import Outage
from ristoro.remedies.folder.run_folder import read_record
from ristoro.remedies.models import Run
from ristoro.staff.models import Role
from ristoro.staff.people import Person

PAGE = 20
MOST_USES = 50
LOOKERS = (Role.OPERATOR, Role.APPROVER, Role.AGENT, Role.EXAMINER, Role.FINANCE, Role.AUDITOR)
DECLARED = (names.OUTAGE_DECLARED, names.OUTAGE_CORRECTED)


@dataclass(frozen=True, slots=True)
class Listed:
    """An outage in the list; ``outage`` is its last version, ``None`` where it cannot be read."""

    name: str
    count: int
    outage: Outage | None

    @property
    def start(self) -> datetime | None:
        return None if self.outage is None else local(self.outage, self.outage.start)

    @property
    def end(self) -> datetime | None:
        if self.outage is None or self.outage.end is None:
            return None
        return local(self.outage, self.outage.end)

    @property
    def state(self) -> str:
        """``going``, ``over``, ``ahead`` or ``unreadable``."""
        if self.outage is None:
            return "unreadable"
        now = clock.micros(clock.now())
        if self.outage.start > now:
            return "ahead"
        return "going" if self.outage.end is None or self.outage.end > now else "over"

    @property
    def runs(self) -> int:
        """How many runs were decided on its last version."""
        digest = "" if self.outage is None else self.outage.digest
        return Run.objects.filter(outage_digest=digest).count()


@dataclass(frozen=True, slots=True)
class Use:
    """A run, or a decision that none was entered from: what was decided on a version."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version, who declared it as the journal has it, and what was decided on it."""

    number: int
    outage: Outage
    by: str
    at: datetime | None
    uses: tuple[Use, ...]


def local(outage: Outage, at: int) -> datetime:
    """An instant in the outage's zone."""
    return clock.instant(at).astimezone(outage.zone)


@require_safe
@held_by(*LOOKERS)
def outages(request: HttpRequest, person: Person) -> HttpResponse:
    """Every declared outage, the last declared first."""
    found = sorted(folder().glob("*/v1.yaml"), key=_declared_at, reverse=True)
    asked = request.GET.get("pagina", "")
    page = int(asked) if asked.isdecimal() and len(asked) < 6 else 1
    first = max(0, page - 1) * PAGE
    listed = [_listed(path.parent.name) for path in found[first : first + PAGE]]
    about = {
        "person": person,
        "outages": listed,
        "page": page,
        "earlier": page - 1 if page > 1 else None,
        "later": page + 1 if len(found) > first + PAGE else None,
        "may_declare": is_of(person, Role.OPERATOR),
    }
    return render(request, "console/outages/list.html", about)


def _declared_at(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.parent.name


def _listed(name: str) -> Listed:
    count = versions.count(folder(), name)
    try:
        return Listed(name, count, versions.kept(folder(), name, count))
    except RistoroError:
        return Listed(name, count, None)


@require_safe
@held_by(*LOOKERS)
def outage(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """One outage: its picture, its versions, and how long what was down."""
    try:
        found = all_versions(name)
    except RistoroError as error:
        about = {"person": person, "name": name, "wrong": shown(error)}
        return render(request, "console/outages/unreadable.html", about, status=409)
    asked = request.GET.get("versione", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else len(found)
    if not 1 <= number <= len(found):
        raise Http404
    chosen = found[number - 1].outage
    judged = judged_version(name, number)
    return render(
        request,
        "console/outages/outage.html",
        {
            "person": person,
            "outage": chosen,
            "listed": Listed(name, len(found), chosen),
            "versions": found[::-1],
            "latest": len(found),
            "older": [use for one in found[:-1] for use in one.uses],
            "record": Record.objects.filter(outage=name).first(),
            "numbers": _numbers(name),
            "may_correct": is_of(person, Role.OPERATOR),
            **_seen(request, judged, number == len(found)),
        },
    )


def _seen(request: HttpRequest, judged: Judged, is_last: bool) -> dict[str, Any]:
    """The picture of a version, and what stands beside it."""
    assert judged.outage is not None
    until = clock.micros(clock.now())
    in_utc = request.GET.get("ora") == "utc"
    rows = picture.rows(judged.stores, judged.written, until)
    plot = Plot(picture.view(judged.written, until), judged.outage.zone, in_utc)
    query = "&".join([f"versione={judged.outage.version}"] * (not is_last) + ["ora=utc"] * in_utc)
    opened = frozenset(request.GET.getlist("apri")[: len(rows)])
    look = Look(plot, Shown(open_rows=opened), until, query=query)
    lines, more = table(rows, plot.told, until if judged.outage.end is None else None)
    sentences, more_remarks = remarks(rows, plot.span, plot.told)
    return {
        "pic": drawing(judged, rows, look),
        "in_utc": in_utc,
        "table": lines,
        "table_more": more,
        "remarks": sentences,
        "more_remarks": more_remarks,
        "until": clock.instant(until).astimezone(plot.told),
    }


@require_safe
@held_by(*LOOKERS)
def text(request: HttpRequest, person: Person, name: str, number: int) -> HttpResponse:
    """A version's text as it was declared, to keep or to read."""
    del person
    if not 1 <= number <= versions.count(folder(), name):
        raise Http404
    raw = read_raw(versions.path_of(folder(), name, number))
    answer = HttpResponse(raw, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-v{number}.yaml"'
    return answer


def judged_version(name: str, number: int) -> Judged:
    """A declared version with its windows as they were written."""
    raw = read_raw(versions.path_of(folder(), name, number))
    return judge(raw.decode("utf-8-sig"))


def all_versions(name: str) -> list[Version]:
    """The versions, the first first; 404 where there is none."""
    outages = versions.versions(folder(), name)
    if not outages:
        raise Http404
    told: dict[str, Entry] = {}
    entries = list(Entry.objects.filter(subject=subject_of(name), name__in=DECLARED))
    details = Detail.objects.in_bulk([entry.number for entry in entries])
    for entry in entries:
        detail = details.get(entry.number)
        if detail is not None and detail.data:
            told[str(detail.data.get("digest"))] = entry
    uses = _uses({one.digest for one in outages})
    found = []
    for one in outages:
        by = told.get(one.digest)
        who, at = (by.actor, by.at) if by else ("", None)
        found.append(Version(one.version, one, who, at, tuple(uses.get(one.digest, ()))))
    return found


def _uses(digests: Set[str]) -> dict[str, list[Use]]:
    """By an outage's digest: the last runs of it, then the last decisions not entered."""
    uses: dict[str, list[Use]] = {}
    entered = set()
    for run in Run.objects.filter(outage_digest__in=digests).order_by("-pk")[:MOST_USES]:
        use = Use(run.name, reverse("console:run", args=[run.name]))
        uses.setdefault(run.outage_digest, []).append(use)
        entered.add(run.outcomes_digest)
    folders = [one for one in decisions().glob("[!.]*") if one.is_dir()]
    folders.sort(key=lambda one: one.stat().st_mtime_ns, reverse=True)
    for place in folders[:MOST_USES]:
        with suppress(BadInput):
            record = read_record(place)
            if record["outage_digest"] in digests and record["outcomes_digest"] not in entered:
                use = Use(place.name[:12], reverse("console:decision", args=[place.name]))
                uses.setdefault(str(record["outage_digest"]), []).append(use)
    return uses


def _numbers(name: str) -> dict[str, Any] | None:
    """What the register last counted, from an estate."""
    record = Record.objects.filter(outage=name).first()
    entry = None if record is None else record.entries.filter(kind=Kind.NUMBERS).last()
    return None if entry is None else {"at": entry.at, **entry.data}
