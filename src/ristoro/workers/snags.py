"""The rows that did not go through, by what stood against them: kept, counted, paged through.

Every question is bounded. Nine million rows may be deferred at once, when a host is down, and a
page that counts them all would be as slow as the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from ristoro.fulfilment.models import GrantState
from ristoro.notices.models import NoticeState
from ristoro.workers.leases import Lease
from ristoro.workers.models import Act, Snag

STATES: Mapping[Act, tuple[int, ...]] = {
    Act.GRANTS: (GrantState.DEFERRED, GrantState.REFUSED, GrantState.UNKNOWN),
    Act.NOTICES: (NoticeState.DEFERRED, NoticeState.REFUSED, NoticeState.UNKNOWN),
}
"""Where a row stands that did not go through."""

MOST_COUNTED = 10_000
MOST_KINDS = 100
TABLES = {Act.GRANTS: "fulfilment_grant", Act.NOTICES: "notices_notice"}

_NOTE = """
    INSERT INTO workers_snag (run_id, act, state, code, row_id, at) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (act, row_id) DO UPDATE
    SET state = excluded.state, code = excluded.code, at = excluded.at,
        handled_by = '', handled_at = NULL, handled_because = ''
"""

Moved = Mapping[tuple[int, int, str], Sequence[int] | str]
"""What ``tallies.record`` was told to move, and has moved."""


@dataclass(frozen=True, slots=True)
class Kind:
    """So many rows of an act stand in one state for one reason; ``more`` where not all are counted.

    ``open`` are those that nobody has marked as handled; at least so many where there are more.
    """

    act: Act
    state: int
    code: str
    rows: int
    open: int
    more: bool


def note(held: Lease, act: Act, moved: Moved, at: datetime) -> None:
    """Keep the snags true to a recording, in its transaction; nothing where all went well."""
    for (before, after, _), ids in moved.items():
        if before in STATES[act] and after not in STATES[act]:
            _drop(held, act, before, ids)
    for (_, after, code), ids in moved.items():
        if after in STATES[act]:
            rows = _all(held, act, after, code) if isinstance(ids, str) else ids
            _keep(held.run_id, act, after, code, rows, at)


def kinds(run_id: int, act: Act) -> list[Kind]:
    """Every state and reason that any row of the act stands in, in the order of the states."""
    return [
        kind
        for state in STATES[act]
        for code in _codes(run_id, act, state)
        if (kind := counted(run_id, act, state, code)).rows
    ]


def counted(run_id: int, act: Act, state: int, code: str) -> Kind:
    """One kind with its rows, counted up to ``MOST_COUNTED``."""
    found = _of(run_id, act, state, code)
    rows = found.values("pk")[: MOST_COUNTED + 1].count()
    handled = found.filter(handled_at__isnull=False).values("pk")[: MOST_COUNTED + 1].count()
    more, rows = rows > MOST_COUNTED, min(rows, MOST_COUNTED)
    return Kind(act, state, code, rows, max(0, rows - handled), more)


def page(
    run_id: int, act: Act, state: int, code: str, after: int, size: int, handled: bool | None = None
) -> list[Snag]:
    """Up to ``size`` snags of a kind whose rows come after row ``after``, in order of the rows."""
    found = _of(run_id, act, state, code).filter(row_id__gt=after)
    if handled is not None:
        found = found.filter(handled_at__isnull=not handled)
    return list(found.order_by("row_id")[:size])


def each(run_id: int, act: Act, state: int, code: str, size: int = 500) -> Iterator[list[Snag]]:
    """All snags of a kind, some at a time, in order of their rows."""
    after = -1
    while found := page(run_id, act, state, code, after, size):
        yield found
        after = found[-1].row_id


def drop(act: Act, ids: Sequence[int]) -> None:
    """These rows went on, in the caller's transaction."""
    Snag.objects.filter(act=act, row_id__in=list(ids)).delete()


def _of(run_id: int, act: Act, state: int, code: str) -> QuerySet[Snag]:
    return Snag.objects.filter(run_id=run_id, act=act, state=state, code=code)


def _codes(run_id: int, act: Act, state: int) -> list[str]:
    """The distinct reasons, each found by one step along the index."""
    codes: list[str] = []
    found = Snag.objects.filter(run_id=run_id, act=act, state=state).order_by("code")
    while len(codes) < MOST_KINDS:
        later = found.filter(code__gt=codes[-1]) if codes else found
        code = later.values_list("code", flat=True).first()
        if code is None:
            break
        codes.append(code)
    return codes


def _keep(run_id: int, act: Act, state: int, code: str, ids: Sequence[int], at: datetime) -> None:
    if not ids:
        return
    when = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.executemany(
            _NOTE, [(run_id, int(act), int(state), code, int(each), when) for each in ids]
        )


def _drop(held: Lease, act: Act, before: int, ids: Sequence[int] | str) -> None:
    if isinstance(ids, str):
        of_chunk = Snag.objects.filter(act=act, row_id__gte=held.lo, row_id__lt=held.hi)
        of_chunk.filter(state=before).delete()
    else:
        drop(act, ids)


def _all(held: Lease, act: Act, state: int, code: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {TABLES[act]} "  # noqa: S608 - a name of this module
            "WHERE id >= %s AND id < %s AND run_id = %s AND state = %s AND result = %s",
            [held.lo, held.hi, held.run_id, int(state), code],
        )
        return [row[0] for row in cursor.fetchall()]
