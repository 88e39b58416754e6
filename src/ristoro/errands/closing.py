"""A run is read back from the world, its report drawn up, and closed; the journal is walked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ristoro import wiring
from ristoro.fulfilment import closing
from ristoro.fulfilment.closing import Kept
from ristoro.fulfilment.models import Grant
from ristoro.fulfilment.reconcile import reconcile
from ristoro.fulfilment.states import MADE
from ristoro.journal import verify
from ristoro.journal.append import Head
from ristoro.kernel.keys import BUCKETS
from ristoro.remedies import runs
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import errands
from ristoro.workers.books import open_books
from ristoro.workers.errands import Teller
from ristoro.workers.models import Errand

RECONCILE, DRAW_UP, CLOSE, WALK = "reconcile", "draw-up", "close", "walk-journal"
ROLES: Mapping[str, tuple[Role, ...]] = {
    RECONCILE: (Role.OPERATOR, Role.FINANCE),
    DRAW_UP: (Role.OPERATOR, Role.FINANCE, Role.APPROVER),
    CLOSE: (Role.OPERATOR,),
    WALK: (Role.AUDITOR,),
}
"""Who may ask for each."""


def ask(kind: str, run: Run, person: Person, key: str, at: datetime) -> Errand:
    """Ask for a reading, a report or the closing of a run; ``NotAllowed`` without the role."""
    people.require(person, *ROLES[kind])
    return errands.ask(kind, {"run": run.name}, person, key, at)


def ask_walk(noted: Head | None, person: Person, key: str, at: datetime) -> Errand:
    """Ask that the journal be walked, past a head noted earlier where one is given."""
    people.require(person, *ROLES[WALK])
    params = {} if noted is None else {"number": noted.number, "hash": noted.hash}
    return errands.ask(WALK, params, person, key, at)


def do_reconcile(teller: Teller) -> dict[str, Any]:
    """``params``: ``run``. Every made grant is read back, then the report is drawn up.

    Asked for by an operator or finance. What differs is kept, to be handled.
    """
    run = _run(teller)
    teller.begin("read-back", Grant.objects.filter(run=run, state__in=list(MADE)).count())
    with wiring.doors(run) as doors:
        read = reconcile(
            run, doors, teller.clock(), actor=teller.errand.person, progress=teller.advance
        )
    told = {name: getattr(read, name) for name in ("made", "read", "agreed", "differed")}
    return {**_drawn_up(teller, run), **told, "unreadable": read.unreadable}


def do_draw_up(teller: Teller) -> dict[str, Any]:
    """``params``: ``run``. The report is counted anew and kept; the world is not read again."""
    return _drawn_up(teller, _run(teller))


def do_close(teller: Teller) -> dict[str, Any]:
    """``params``: ``run``. Closed by the operator who asked, unless something stands against it."""
    run = _run(teller)
    teller.begin("count", BUCKETS)
    open_books(run, teller.clock())
    kept = closing.close(run, people.find(teller.errand.person), teller.clock(), teller.advance)
    return _told(run, kept)


def do_walk(teller: Teller) -> dict[str, Any]:
    """``params``: ``number`` and ``hash`` of a head noted earlier, both or none.

    The whole chain is walked; the result says how far it is whole, and names its head.
    """
    people.require(people.find(teller.errand.person), *ROLES[WALK])
    params = teller.params
    noted = Head(int(params["number"]), str(params["hash"])) if params.get("hash") else None
    teller.begin("walk", verify.length())
    found = verify.verify(noted, teller.advance)
    return {
        "whole": found.whole,
        "entries": found.entries,
        "shredded": found.shredded,
        "number": found.head.number if found.head else 0,
        "hash": found.head.hash if found.head else "",
        "problem": "" if found.problem is None else str(found.problem),
    }


def _run(teller: Teller) -> Run:
    people.require(people.find(teller.errand.person), *ROLES[teller.errand.kind])
    return runs.named(str(teller.params["run"]))


def _drawn_up(teller: Teller, run: Run) -> dict[str, Any]:
    teller.begin("count", BUCKETS)
    kept = closing.draw_up(run, teller.errand.person, teller.clock(), teller.advance)
    return _told(run, kept)


def _told(run: Run, kept: Kept) -> dict[str, Any]:
    return {
        "run": run.name,
        "report": kept.digest,
        "obstacles": {one.code: one.count for one in kept.obstacles},
    }
