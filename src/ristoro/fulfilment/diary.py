"""What a policy has for a day, done without anybody: reminders, and what silence means at the end.

Two people approved the run with its policy, and the policy names the days and the fallback. So a
timer may go through this page of the diary as often as it likes: whatever is done already is not
done again, and a day on which the timer did not run is made up the next time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ristoro.fulfilment import lapsing, reminders
from ristoro.fulfilment.alternatives import others_of
from ristoro.fulfilment.consent import Silence
from ristoro.fulfilment.moves import Keep, Post
from ristoro.fulfilment.reminders import Reminded
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.models import Run

TIMER = "timer"
"""Who did it, in the journal."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was done on a day: deadlines that passed first, then reminders."""

    met: Mapping[Silence, int]
    reminded: Reminded


def go_through(run: Run, policy: Policy, now: datetime, keep: Keep, post: Post) -> Page:
    """Do what the policy has for the day that it is ``now`` in its zone.

    ``NotAllowed`` for a run that takes no answers; stopped anywhere, it goes on the next time.
    """
    today = now.astimezone(policy.zone).date()
    schedules, others = reminders.schedules_of(policy), others_of(policy)
    planned = reminders.remind(run, today, schedules, TIMER, now, post, others)
    met = lapsing.lapse(run, today, lapsing.silences_of(policy), TIMER, now, keep, others)
    return Page(met, planned)
