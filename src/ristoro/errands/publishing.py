"""The letters of a run are drawn up as its page of facts shows them, before it is published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from ristoro import env, wiring
from ristoro.fulfilment.reminders import schedules_of
from ristoro.kernel.keys import BUCKETS
from ristoro.notices import specimens
from ristoro.notices.models import Wording
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import POLICY
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.models import Run
from ristoro.workers.errands import Teller

LETTERS = "letters"


def do_letters(teller: Teller) -> dict[str, Any]:
    """``params``: ``run``, by name."""
    run = runs.named(str(teller.params["run"]))
    teller.begin("specimens", BUCKETS)
    wording = draw_up(run, teller.clock(), teller.advance)
    return {"run": run.name, "letters": len(wording.letters)}


def draw_up(run: Run, at: datetime, progress: Callable[[int], None]) -> Wording:
    """The wording of a run's letters, drawn up from what was decided and kept.

    ``progress`` is told the buckets that were read.
    """
    folder = Path(run.directory)
    policy = load_policy(folder / POLICY).policy
    drawn = specimens.draw_up(
        runs.read_decided(folder),
        wiring.desk(run, env.current()),
        any(schedules_of(policy).values()),
        progress,
    )
    return specimens.keep(run, drawn, at)
