"""How far a run is, read from the tallies alone: cheap at any size."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from ristoro.fulfilment.models import GrantState
from ristoro.notices.models import NoticeState
from ristoro.workers.models import Act, Tally

ENDED: dict[Act, set[int]] = {
    Act.GRANTS: {
        GrantState.APPLIED,
        GrantState.VERIFIED,
        GrantState.REFUSED,
        GrantState.DECLINED,
        GrantState.REVERSED,
        GrantState.LAPSED,
    },
    Act.NOTICES: {
        NoticeState.ACCEPTED,
        NoticeState.VERIFIED,
        NoticeState.REFUSED,
        NoticeState.WITHHELD,
    },
}
WAITING: dict[Act, set[int]] = {Act.GRANTS: {GrantState.WAITING}, Act.NOTICES: set()}
"""Rows that no worker can do anything for: they wait for a person's answer."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows of one act: all that workers can do, how many of them have ended, and how many wait."""

    act: Act
    rows: int
    ended: int
    waiting: int
    by_state: dict[int, int]


def progress(run_id: int) -> list[Progress]:
    """One line for grants and one for notices."""
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    tallied = Tally.objects.filter(run_id=run_id).values_list("act", "state")
    for act, state, rows in tallied.annotate(Sum("rows")).order_by():
        counts[act][state] = int(rows)
    lines = []
    for act in (Act.GRANTS, Act.NOTICES):
        states = dict(counts[act])
        waiting = sum(rows for state, rows in states.items() if state in WAITING[act])
        ended = sum(rows for state, rows in states.items() if state in ENDED[act])
        lines.append(Progress(act, sum(states.values()) - waiting, ended, waiting, states))
    return lines
