"""Watching a run: how far, how fast, how long yet, what went wrong, and who is at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ristoro.faces.console.runs.telling import Reason, reason
from ristoro.faces.console.runs.views import PAUSABLE, named
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.far import HowFar, shown_of
from ristoro.faces.said import ACTS, Lazy
from ristoro.kernel import clock
from ristoro.notices.genuine import masked
from ristoro.remedies import approving
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import snags
from ristoro.workers.rows import addresses
from ristoro.workers.watching import Alive, Pulse, Trouble, Watched
from ristoro.workers.watching import watch as watch_run

watching = csp_update({"script-src": ["'self'"], "connect-src": ["'self'"]})
"""For pages with the module that asks for what is new."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act as the page shows it."""

    far: HowFar
    pulse: Pulse

    @property
    def percent(self) -> int:
        """Whole percents, and a hundred only where all is done."""
        return 100 * self.far.ended // self.far.rows if self.far.rows else 100


@dataclass(frozen=True, slots=True)
class Wrong:
    """One kind of trouble as the page shows it, some of its mailboxes by less than their name."""

    kind: snags.Kind
    reason: Reason
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker at work: what it does, and how long nothing was heard of it."""

    one: Alive
    act: Lazy
    silent: timedelta | None


@require_safe
@watching
@held_by(*Role)
def watch(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The page; a module on it asks for ``now`` every two seconds."""
    return render(request, "console/runs/watch.html", _about(person, named(name)))


@require_safe
@held_by(*Role)
def now(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The part of the page that changes."""
    return render(request, "console/runs/now.html", _about(person, named(name)))


def _about(person: Person, run: Run) -> dict[str, Any]:
    at = clock.now()
    seen = watch_run(run, at)
    lines = [Line(shown_of(run, one.progress), one) for one in seen.pulses]
    return {
        "person": person,
        "run": run,
        "tab": "watch",
        "at": at,
        "lines": lines,
        "watched": seen,
        "workers": [_worker(one, seen) for one in seen.alive],
        "checkpoint_ago": None if seen.checkpoint is None else at - seen.checkpoint.at,
        "wrongs": [_wrong(one) for one in seen.troubles],
        "waits": approving.left(run, at),
        "acting": run.state == RunState.ACTING,
        "may_pause": run.state in PAUSABLE and is_of(person, Role.OPERATOR),
    }


def _worker(one: Alive, seen: Watched) -> Worker:
    silent = None if one.heard_at is None else seen.at - one.heard_at
    return Worker(one, ACTS.get(one.act, one.act.label), silent)


def _wrong(one: Trouble) -> Wrong:
    kind = one.kind
    found = addresses(kind.act, [sample.row_id for sample in one.samples])
    return Wrong(
        kind,
        reason(kind.act, kind.state, kind.code),
        tuple(masked(address) for address in found.values()),
    )
