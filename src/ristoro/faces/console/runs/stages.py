"""Where a run stands on its way, as steps, and what is to be done next by whoever looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy
from ristoro.journal import names
from ristoro.journal.models import Entry
from ristoro.remedies import approving, hands
from ristoro.remedies.models import Part, Run, RunState

DONE, NOW, AHEAD, ENDED = "done", "now", "ahead", "ended"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, whether it is behind or ahead, and by whom and when it was."""

    name: Lazy
    mark: str
    by: str = ""
    at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A run's way: its steps, how long its approval still waits, and what comes next."""

    steps: tuple[Step, ...]
    waits: timedelta
    next: Lazy

    @property
    def waiting(self) -> bool:
        return self.waits > timedelta()


def way(run: Run, at: datetime) -> Way:
    """The way of a run as it stands at an instant."""
    waits = approving.left(run, at)
    return Way(tuple(_marked(run, _steps(run), waits)), waits, _next(run, waits))


def next_of(run: Run, at: datetime) -> Lazy:
    """What comes next for a run."""
    return _next(run, approving.left(run, at))


def _steps(run: Run) -> list[Step]:
    state = RunState(run.state)
    decided = ", ".join(h.person for h in hands.of(run) if h.run_id == run.pk and h.part == DECIDER)
    begun = _at(run, names.RUN_BEGUN) if state in (RunState.ACTING, RunState.CLOSED) else None
    steps = [
        Step(_("Decided"), DONE, decided),
        Step(_("Entered"), AHEAD if state == RunState.LOADING else DONE, run.entered_by,
             run.entered_at),
        Step(_("Approved"), DONE if run.approved_at else AHEAD, run.approved_by, run.approved_at),
        Step(_("Made public"), DONE if run.published_at else AHEAD, run.published_by,
             run.published_at),
    ]  # fmt: skip
    if run.acts_from is not None:
        over = run.state in (RunState.ACTING, RunState.CLOSED)
        steps.append(Step(_("Waiting"), DONE if over else AHEAD, until=run.acts_from))
    steps += [
        Step(_("Acting"), DONE if state == RunState.CLOSED else AHEAD, "", begun),
        Step(_("Closed"), DONE if state == RunState.CLOSED else AHEAD, "", run.closed_at),
    ]
    return steps


DECIDER = Part.DECIDED.value


def _marked(run: Run, steps: Sequence[Step], waits: timedelta) -> list[Step]:
    """The steps with the first one that is ahead marked as the present one."""
    if run.state == RunState.CANCELLED:
        last = Step(_("Cancelled"), ENDED, "", _at(run, names.RUN_CANCELLED))
        return [*(one for one in steps if one.mark == DONE), last]
    marked, found = [], False
    for one in steps:
        is_now = one.mark == AHEAD and not found
        if is_now and one.until is not None and not waits:
            marked.append(Step(one.name, DONE, until=one.until))
            continue
        found = found or is_now
        marked.append(Step(one.name, NOW, one.by, one.at, one.until) if is_now else one)
    return marked


def _at(run: Run, name: str) -> datetime | None:
    entry = Entry.objects.filter(subject=f"run {run.pk}", name=name).order_by("number")
    return entry.values_list("at", flat=True).first()


def _next(run: Run, waits: timedelta) -> Lazy:
    state = RunState(run.state)
    if state == RunState.APPROVED:
        if run.published_at is None:
            return _("Its page of facts is made public. No letter goes out before.")
        if waits:
            return _("It waits, so that two people can think again. Then workers begin.")
        return _("Workers begin as soon as one of them is there.")
    if state == RunState.ACTING and run.paused:
        return _("It is paused: nothing begins before somebody resumes it.")
    return _NEXT[state]


_NEXT = {
    RunState.LOADING: _("Its rows are being loaded."),
    RunState.LOADED: _("A person who had no hand in it reads what it gives, and approves it."),
    RunState.ACTING: _("Workers make what it gives, and write to the holders."),
    RunState.CLOSED: _("Nothing is left to do."),
    RunState.CANCELLED: _("It was cancelled: it has given nothing, and gives nothing."),
}
