"""Closing a run: what stands against it, the report that is kept, and the closing itself.

A run closes only when every row has ended, the world was read again and the books agree: each grant
that was made is there, or somebody has said why it stays otherwise. The report is drawn up from the
rows once, kept as canonical JSON, and named by its digest in the journal; pages, papers and tables
are made from what is kept, so that they cost the same at any size and say the same for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from ristoro.fulfilment import course as courses
from ristoro.fulfilment import mismatches, statement, wording
from ristoro.fulfilment.books import reconcile as books
from ristoro.fulfilment.books.positions import unit_of
from ristoro.fulfilment.books.reconcile import Standing as Booked
from ristoro.fulfilment.course import Course, Tell
from ristoro.fulfilment.mismatches import Kind
from ristoro.fulfilment.models import Grant, GrantState, Report
from ristoro.fulfilment.report import report as count
from ristoro.fulfilment.statement import Obstacle, Statement, as_data
from ristoro.fulfilment.states import MADE
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.kernel.keys import canonical_json
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import POLICY
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as it was drawn up ``statement.at``; ``texts`` is the statement by language.

    ``books`` is how each remedy stood in the books; nothing where the run is in none.
    """

    digest: str
    statement: Statement
    obstacles: tuple[Obstacle, ...]
    mismatches: tuple[Kind, ...]
    course: Course
    texts: Mapping[str, str]
    books: tuple[Booked, ...] = ()

    @property
    def at(self) -> datetime:
        return self.statement.at


def latest(run: Run) -> Kept | None:
    """The last report that was drawn up of the run; ``None`` before the first."""
    row = Report.objects.filter(run=run).order_by("-id").first()
    return None if row is None else _read(row)


def as_kept(run: Run, digest: str) -> str | None:
    """The very text of a report, of which ``digest`` is the SHA-256."""
    found = Report.objects.filter(run=run, digest=digest).values_list("body", flat=True)
    return found.first()


def draw_up(run: Run, actor: str, at: datetime, progress: Tell = lambda buckets: None) -> Kept:
    """Count the run as it stands now, and keep the report; ``progress`` as ``course`` tells it."""
    return _keep(run, count(run, at), actor, progress)


def close(run: Run, person: Person, at: datetime, progress: Tell = lambda buckets: None) -> Kept:
    """Close the run and keep its closing report, unless something stands against it.

    ``NotAllowed`` when the person is no operator, when the run does not act, or with
    ``not-ended`` and what is left.
    """
    people.require(person, Role.OPERATOR)
    found = count(run, at)
    left = obstacles(run, found)
    if left and run.state == RunState.ACTING:
        words = wording.OBSTACLES["en"]
        raise NotAllowed(
            Problem(
                "not-ended",
                f"the run {run.name} was not closed",
                "; ".join(f"{one.count} {words[one.code]}" for one in left),
                "see `ristoro report`; what waits for answers ends with `ristoro lapse`,"
                " and made remedies are read again by `ristoro report --read-back all`",
            )
        )
    with transaction.atomic():
        kept = _keep(run, replace(found, state="closed"), person.name, progress)
        runs.close(run, person, at, kept.digest)
    return kept


def obstacles(run: Run, found: Statement) -> tuple[Obstacle, ...]:
    """What stands against closing: of the statement's, and what a full reading has not settled."""
    counts = {one.code: one.count for one in found.obstacles}
    applied = counts.pop("not-verified", 0)
    made = sum(line.made.grants for line in found.lines)
    counts["not-verified"] = (
        applied - mismatches.handled_in(run, GrantState.APPLIED) if applied else 0
    )
    counts["not-reconciled"] = _unread(run, found, made)
    counts["mismatches"] = _open(run, found)
    counts["books"] = len(books.differences(run, _sums(found)))
    return tuple(Obstacle(code, count) for code, count in counts.items() if count > 0)


def _sums(found: Statement) -> books.Sums:
    """By remedy, unit and state: what the grants come to."""
    sums: dict[tuple[int, str, int], int] = {}
    for line in found.lines:
        for state, sum_ in line.by_state.items():
            key = line.remedy_no, unit_of(line.kind, line.currency), int(state)
            sums[key] = sums.get(key, 0) + sum_.amount
    return sums


def _unread(run: Run, found: Statement, made: int) -> int:
    """How many made grants no full reading has seen since they came to stand as they do."""
    read = found.read_back
    if read is None or read.read < read.made:
        return made
    since = Grant.objects.filter(run=run, state__in=list(MADE), since__gt=read.at).count()
    return max(made - read.read, since)


def _open(run: Run, found: Statement) -> int:
    """How many grants read back otherwise nobody has handled."""
    read = found.read_back
    if read is None:
        return 0
    if read.read < read.made:
        return sum(one.open for one in mismatches.kinds(run))
    return read.differed + read.unreadable - mismatches.handled(run)


def _keep(run: Run, found: Statement, actor: str, progress: Tell) -> Kept:
    policy = load_policy(Path(run.directory) / POLICY).policy
    left, kinds = obstacles(run, found), mismatches.kinds(run)
    told: dict[str, Any] = {
        "against": left,
        "handled": sum(one.count - one.open for one in kinds),
        "so_far": found.state != "closed",
    }
    body = canonical_json(
        {
            "run": run.name,
            "inputs": {
                "snapshot": run.snapshot_digest,
                "outage": run.outage_digest,
                "policy": run.policy_digest,
                "outcomes": run.outcomes_digest,
            },
            "statement": as_data(found),
            "obstacles": as_data(left),
            "mismatches": as_data(tuple(kinds)),
            "books": as_data(tuple(books.standings(run, _sums(found)))),
            "course": as_data(courses.course(run, policy.zone, progress)),
            "texts": {
                lang: wording.text(found, lang, policy, **told) for lang in wording.LANGUAGES
            },
        }
    )
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        row = Report.objects.create(run=run, at=found.at, digest=digest, body=body.decode())
        data = {"run": run.name, "report": digest, "obstacles": as_data(left)}
        append(actor, names.REPORT_DRAWN_UP, f"run {run.pk}", data, found.at)
    return _read(row)


def _read(row: Report) -> Kept:
    data: dict[str, Any] = json.loads(row.body)
    return Kept(
        digest=row.digest,
        statement=statement.read(data["statement"]),
        obstacles=_all(Obstacle, data["obstacles"]),
        mismatches=_all(Kind, data["mismatches"]),
        course=courses.read(data["course"]),
        texts=data["texts"],
        books=_all(Booked, data.get("books", [])),
    )


def _all(kind: Any, found: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple(kind(**{name: one[name] for name in kind.__slots__}) for one in found)
