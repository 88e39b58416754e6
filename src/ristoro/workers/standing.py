"""What of a run has not ended well yet, counted in the tallies and listed by mailbox.

The tallies say which buckets have such rows, and only those are read: cheap while few are left,
whatever the size of the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from ristoro.fulfilment.models import Grant, GrantState
from ristoro.fulfilment.statement import NOTICES_PENDING
from ristoro.fulfilment.states import TO_SETTLE
from ristoro.kernel.keys import BUCKET_SHIFT, row_bounds
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.models import Run
from ristoro.workers.models import Act, Tally


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one act in some states."""

    act: Act
    states: frozenset[int]


PARTS: Mapping[str, Part] = {
    "waiting-for-yes": Part(Act.GRANTS, frozenset({GrantState.WAITING})),
    "to-make": Part(Act.GRANTS, frozenset({GrantState.PLANNED})),
    "deferred": Part(Act.GRANTS, frozenset({GrantState.DEFERRED})),
    "unknown": Part(Act.GRANTS, TO_SETTLE),
    "not-verified": Part(Act.GRANTS, frozenset({GrantState.APPLIED})),
    "notices-pending": Part(Act.NOTICES, NOTICES_PENDING),
    "refused": Part(Act.GRANTS, frozenset({GrantState.REFUSED})),
    "notices-refused": Part(Act.NOTICES, frozenset({NoticeState.REFUSED})),
}
"""The refused have ended: they are listed, and keep no run open."""


_TABLES: Mapping[Act, tuple[Any, str]] = {
    Act.GRANTS: (Grant, "remedy"),
    Act.NOTICES: (Notice, "about"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One grant or letter; ``result`` is the code of what came of it last, ``about`` its remedy."""

    id: int
    mailbox_id: int
    address: str
    about: int
    state: int
    result: str
    since: datetime | None


def state_name(part: str, state: int) -> str:
    """The name of a state of the part's rows, as files have it."""
    states = GrantState if PARTS[part].act == Act.GRANTS else NoticeState
    return states(state).name.lower()


def counts(run: Run) -> dict[str, int]:
    """How many rows each part has, by its name."""
    tallied = (
        Tally.objects.filter(run=run).values_list("act", "state").annotate(Sum("rows")).order_by()
    )
    rows = {(act, state): count for act, state, count in tallied}
    return {
        name: sum(rows.get((part.act, state), 0) for state in part.states)
        for name, part in PARTS.items()
    }


def listed(run: Run, name: str, after: int, most: int) -> list[Row]:
    """At most so many rows of a part, in order of id, with an id above ``after``."""
    found: list[Row] = []
    for bucket in _buckets(run, PARTS[name], after >> BUCKET_SHIFT):
        found += _of_bucket(run, PARTS[name], bucket, after, most - len(found))
        if len(found) >= most:
            break
    return found


def walk(run: Run, name: str, at_once: int = 1000) -> Iterator[Row]:
    """Every row of a part."""
    last = 0
    while batch := listed(run, name, last, at_once):
        yield from batch
        last = batch[-1].id


def _buckets(run: Run, part: Part, first: int) -> list[int]:
    tallied = Tally.objects.filter(
        run=run, act=part.act, state__in=part.states, bucket__gte=first, rows__gt=0
    )
    return sorted(set(tallied.values_list("bucket", flat=True)))


def _of_bucket(run: Run, part: Part, bucket: int, after: int, most: int) -> list[Row]:
    lo, hi = row_bounds(bucket, run.pk)
    table, about = _TABLES[part.act]
    these = table.objects.filter(
        id__gte=max(lo, after + 1), id__lt=hi, run=run, state__in=list(part.states)
    )
    fields = ("id", "mailbox_id", "address", about, "state", "result", "since")
    return [Row(*values) for values in these.order_by("id").values_list(*fields)[:most]]
