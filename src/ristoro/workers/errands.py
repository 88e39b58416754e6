"""Errands: long works that people ask for on a page, done by another process, with progress.

An errand is done once or not at all, as what it does is: an import or a decision that was cut off
leaves nothing half-done, and is begun again by whoever leases it next. An errand that ended its
worker three times is given up. Time is the caller's, of one clock or of clocks that agree within
the lease.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import Missing, NotAllowed, Problem, RistoroError
from ristoro.staff.people import Person
from ristoro.workers.models import Errand, ErrandState

LEASE = timedelta(seconds=60)
TOLD_EVERY = 1.0
"""Seconds between two writings of how far an errand is."""

MOST_TRIES = 3
Doing = Callable[["Teller"], Mapping[str, Any]]


class Cancelled(RistoroError):
    """The errand was cancelled, or another process has it: what was begun is dropped."""


class Stopped(RistoroError):
    """This process is to end: the errand waits for another."""


def ask(kind: str, params: Mapping[str, Any], person: Person, key: str, at: datetime) -> Errand:
    """Ask for an errand; with a key that was used, the errand that was asked for with it.

    ``NotAllowed`` where the same key was used for something else, or by somebody else.
    """
    errand, made = Errand.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "params": dict(params),
            "person": person.name,
            "person_id": person.id,
            "asked_at": at,
        },
    )
    asked = (kind, dict(params), person.id)
    if not made and (errand.kind, errand.params, errand.person_id) != asked:
        raise NotAllowed(
            Problem(
                "key-used",
                "this key was used to ask for something else",
                "a key stands for one errand, so that asking twice is asking once",
                "ask with a new key",
            )
        )
    return errand


def lease(owner: str, at: datetime) -> Errand | None:
    """Take the oldest errand that waits, or whose worker has gone silent; ``None`` without one."""
    silent = Q(state=ErrandState.GOING, lease_until__lt=at)
    free = Errand.objects.filter(Q(state=ErrandState.WAITING) | silent).order_by("id")
    for found in free[:20]:
        if found.tries >= MOST_TRIES:
            _give_up(found, at)
            continue
        same = Errand.objects.filter(pk=found.pk, state=found.state, tries=found.tries)
        taken = same.update(
            state=ErrandState.GOING,
            owner=owner,
            lease_until=at + LEASE,
            tries=F("tries") + 1,
            begun_at=at,
            told_at=at,
            step="",
            step_at=None,
            done=0,
            total=None,
        )
        if taken:
            found.refresh_from_db()
            return found
    return None


def cancel(errand_id: int, person: Person, at: datetime) -> Errand:
    """Have an errand that has not ended dropped, by whoever asked for it."""
    with transaction.atomic():
        errand = Errand.objects.select_for_update().filter(pk=errand_id).first()
        if errand is None or errand.person_id != person.id:
            raise Missing(
                Problem(
                    "no-errand",
                    f"you have no errand {errand_id}",
                    "an errand is cancelled by whoever asked for it",
                    "look at the list",
                )
            )
        if errand.state in (ErrandState.WAITING, ErrandState.GOING):
            errand.state, errand.ended_at = ErrandState.CANCELLED, at
            errand.save(update_fields=["state", "ended_at"])
            _journal(errand, ErrandState.CANCELLED, at)
    return errand


@dataclass
class Teller:
    """What an errand's doing is given: what to do, and where to say how far it is."""

    errand: Errand
    clock: Callable[[], datetime]
    seconds: Callable[[], float]
    stop: Event
    _last: float = field(default=float("-inf"), init=False)

    @property
    def params(self) -> Mapping[str, Any]:
        params: Mapping[str, Any] = self.errand.params
        return params

    def begin(self, step: str, total: int | None) -> None:
        """Begin a step of so much work; ``None`` where that is not known."""
        self.errand.step, self.errand.total, self.errand.done = step, total, 0
        self.errand.step_at = self.clock()
        self._write()

    def advance(self, done: int) -> None:
        """So much more is done. ``Cancelled`` or ``Stopped`` where it is not wanted any more."""
        self.errand.done += done
        if self.seconds() - self._last >= TOLD_EVERY:
            self._write()

    def _write(self) -> None:
        if self.stop.is_set():
            raise Stopped
        self._last = self.seconds()
        at = self.clock()
        kept = _held(self.errand).update(
            step=self.errand.step,
            step_at=self.errand.step_at,
            done=self.errand.done,
            total=self.errand.total,
            told_at=at,
            lease_until=at + LEASE,
        )
        if not kept:
            raise Cancelled


def do(teller: Teller, doing: Doing) -> ErrandState:
    """Do a leased errand and write how it ended; the state in which it stands then."""
    errand = teller.errand
    try:
        result = doing(teller)
    except Stopped:
        _held(errand).update(
            state=ErrandState.WAITING, owner="", lease_until=None, tries=F("tries") - 1
        )
    except Cancelled:
        pass
    except RistoroError as error:
        problems = [as_data(problem) for problem in error.problems]
        _end(errand, ErrandState.FAILED, teller.clock(), problems=problems)
    else:
        _end(errand, ErrandState.DONE, teller.clock(), result=dict(result))
    errand.refresh_from_db()
    return ErrandState(errand.state)


def as_data(problem: Problem) -> dict[str, Any]:
    """A problem for machines, and to keep."""
    place = problem.place
    return {
        "code": problem.code,
        "what": problem.what,
        "why": problem.why,
        "todo": problem.todo,
        "place": None if place is None else str(place),
        "file": None if place is None else place.file,
        "line": None if place is None else place.line,
        "column": None if place is None else place.column,
        "field": None if place is None else place.field,
    }


@dataclass(frozen=True, slots=True)
class Far:
    """How far an errand is in its step: all ``None`` where its end is not known."""

    percent: int | None = None
    a_second: int | None = None
    """Units of the step done in a second, on the average of the step."""
    left: timedelta | None = None
    """How long the step takes still, if it goes on as it went."""


def far(errand: Errand) -> Far:
    """How far an errand was when it last told."""
    if errand.state != ErrandState.GOING or errand.step_at is None or errand.told_at is None:
        return Far()
    total, done = errand.total, errand.done
    percent = min(100, done * 100 // total) if total else None
    taken = (errand.told_at - errand.step_at) // timedelta(milliseconds=1)
    if taken < 1 or done < 1:
        return Far(percent)
    left = timedelta(milliseconds=(total - done) * taken // done) if total else None
    return Far(percent, done * 1000 // taken, None if left is None else max(left, timedelta()))


def before(errand: Errand) -> int:
    """How many errands are done before one that waits."""
    ahead = Q(state__in=(ErrandState.WAITING, ErrandState.GOING))
    return Errand.objects.filter(ahead, pk__lt=errand.pk).count()


def is_silent(errand: Errand, at: datetime) -> bool:
    """Whether nobody works on an errand that has not ended, so that something is amiss.

    One that waits, with none before it, is begun within seconds; one that goes on tells of itself
    within its lease.
    """
    if errand.state == ErrandState.WAITING:
        return at - errand.asked_at > LEASE / 4 and not before(errand)
    if errand.state == ErrandState.GOING:
        return errand.lease_until is not None and at > errand.lease_until
    return False


def _held(errand: Errand) -> Any:
    """The errand's row, while this lease of it lasts."""
    return Errand.objects.filter(
        pk=errand.pk, state=ErrandState.GOING, owner=errand.owner, tries=errand.tries
    )


def _end(errand: Errand, state: ErrandState, at: datetime, **more: Any) -> None:
    with transaction.atomic():
        if _held(errand).update(state=state, ended_at=at, lease_until=None, **more):
            _journal(errand, state, at)


def _give_up(errand: Errand, at: datetime) -> None:
    problem = Problem(
        "errand-given-up",
        f"the work ended its process {MOST_TRIES} times",
        "it would do so again: memory or disk may be too small, or there is a fault in Ristoro",
        "look into the log of `ristoro errands`",
    )
    same = Errand.objects.filter(pk=errand.pk, state=errand.state, tries=errand.tries)
    with transaction.atomic():
        if same.update(state=ErrandState.FAILED, ended_at=at, problems=[as_data(problem)]):
            _journal(errand, ErrandState.FAILED, at)


def _journal(errand: Errand, state: ErrandState, at: datetime) -> None:
    """That it ended, and how; what it was about stays in its row."""
    data = {"errand": errand.pk, "kind": errand.kind, "state": state.name.lower()}
    append(errand.person[:80], names.ERRAND_ENDED, f"errand {errand.pk}", data, at)
