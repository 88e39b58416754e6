"""One step of a run: a compare-and-set on its state, and what the journal says of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.remedies.models import MOVES, Run, RunState
from ristoro.staff.people import Person

WRONG_STATE = "wrong-state"
"""The code of a step that is not lawful from where the run stands."""


def move(run: Run, to: RunState, **also: Any) -> Run:
    """Compare-and-set; the run as it is afterwards, its row locked until the transaction ends."""
    sources = [before for before, after in MOVES if after is to]
    changed = Run.objects.filter(pk=run.pk, state__in=sources).update(state=to, **also)
    found = Run.objects.get(pk=run.pk)
    if changed != 1:
        raise NotAllowed(
            Problem(
                WRONG_STATE,
                f"the run {found.name} is {RunState(found.state).label.lower()}",
                f"only a run that is {' or '.join(s.label.lower() for s in sorted(sources))}"
                f" can become {to.label.lower()}",
                "see where it stands with `ristoro report`",
            )
        )
    return found


def journal(run: Run, name: str, person: Person | None, data: dict[str, Any], at: datetime) -> None:
    """An entry about the run, in the caller's transaction."""
    actor = person.name if person else "command"
    who = {"person": person.id if person else None}
    append(actor, name, f"run {run.pk}", {"run": run.name, **who, **data}, at)
