"""Lives put together in columns are those that a plain reading of the rules gives, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ristoro.edges.mail_logs import lives, order
from ristoro.edges.mail_logs.columns import Fate
from ristoro.edges.mail_logs.events import (
    NEVER,
    Kind,
    Mark,
    Status,
    Told,
)
from ristoro.edges.mail_logs.lives import Lives, Rows
from ristoro.edges.mail_logs.pools import Sheet
from ristoro.edges.mail_logs.tables import FATES
from ristoro.edges.mail_logs.texts import texts_of

LINGER = 4
Event = tuple[int, Told]
"""A host's number, and what one of its lines told."""


@dataclass
class Tried:
    deferrals: int = 0
    first_at: int = NEVER
    status: Status = Status.SENT
    at: int = NEVER


@dataclass
class Life:
    """One message as a reader of the lines would note it down."""

    began: int
    queue_id: bytes
    arrived_at: int = NEVER
    arrived: bool = False
    message_id: bytes | None = None
    sender: bytes | None = None
    tried: dict[bytes, Tried] = field(default_factory=dict)
    mark: Mark | None = None
    marked_at: int = NEVER
    left: int | None = None
    told: bool = False
    follows: bool = False


def by_the_rules(events: Sequence[Event]) -> list[Life]:
    """Every life, by the rules that ``lives`` states."""
    open_: dict[tuple[int, bytes], Life] = {}
    found = []
    for seq, (host, told) in enumerate(events):
        queue_id = told.texts[0] or b""
        life = open_.get((host, queue_id))
        begins = life is None or told.kind is Kind.ARRIVED
        if life is not None and told.kind is Kind.NAMED:
            begins = life.follows is False
        elif life is not None and life.left is not None and seq - life.left > LINGER:
            begins = True
        if begins:
            if life is not None:
                life.told = True
            life = open_[host, queue_id] = Life(seq, queue_id, follows=True)
            found.append(life)
        assert life is not None
        _note(life, told, seq)
    return found


def _note(life: Life, told: Told, seq: int) -> None:
    kind = told.kind
    if kind is Kind.ARRIVED:
        life.arrived_at, life.arrived = seq, True
    elif kind is Kind.NAMED:
        if life.began == seq:
            life.arrived_at = seq
        life.message_id, life.follows = life.message_id or told.texts[1], False
    elif kind is Kind.QUEUED:
        life.sender = told.texts[1] if life.sender is None else life.sender
    elif kind is Kind.TRIED:
        tried = life.tried.setdefault(told.texts[1] or b"", Tried())
        tried.status, tried.at = Status(told.numbers[0]), seq
        if tried.status is Status.DEFERRED:
            tried.deferrals += 1
            tried.first_at = seq if tried.first_at == NEVER else tried.first_at
    else:
        mark = Mark(told.numbers[0])
        if mark in order.GONE:
            life.left, life.follows = seq, False
        if mark is not Mark.REMOVED:
            life.mark, life.marked_at = mark, seq


_BY_MARK = {Mark.EXPIRED: Fate.EXPIRED, Mark.DELETED: Fate.DELETED, Mark.HELD: Fate.HELD}
_BY_STATUS = {
    Status.SENT: Fate.SENT, Status.BOUNCED: Fate.BOUNCED, Status.EXPIRED: Fate.EXPIRED,
    Status.DEFERRED: Fate.DEFERRED,
}  # fmt: skip


def rows_of(life: Life) -> Iterator[tuple[Any, ...]]:
    known = life.arrived_at != NEVER or life.message_id is not None or life.sender is not None
    by_mark = _BY_MARK.get(life.mark) if life.mark is not None else None
    if not life.tried and (known or by_mark):
        yield _row(life, None, Tried(), Fate.OPEN, by_mark)
    for recipient, tried in life.tried.items():
        yield _row(life, recipient, tried, _BY_STATUS[tried.status], by_mark)


def _row(
    life: Life, recipient: bytes | None, tried: Tried, fate: Fate, by_mark: Fate | None
) -> tuple[Any, ...]:
    ended = tried.at
    if fate in (Fate.DEFERRED, Fate.OPEN):
        if by_mark:
            fate, ended = by_mark, life.marked_at
        elif life.left is not None:
            fate = Fate.UNTOLD
        elif life.arrived and life.sender is None and recipient is None:
            fate = Fate.UNFILLED
    return (
        life.queue_id, life.arrived_at, life.message_id, life.sender, recipient, fate,
        tried.deferrals, tried.first_at, ended,
    )  # fmt: skip


def put_together(events: Sequence[Event], cuts: Sequence[int]) -> list[tuple[Any, ...]]:
    """The same by ``Lives``, which reads the events in parts."""
    whole, found = Lives(), []
    bounds = [0, *sorted(cuts), len(events)]
    for start, end in pairwise(bounds):
        sheet = Sheet()
        for row in range(start, end):
            sheet.add(row, *events[row])
        pool = sheet.pool()
        for lot in pool.lots.values():
            rows = lot.numbers["row"]
            for name in ("at", "clock", "line"):
                lot.numbers[name] = rows.copy()
            lot.numbers["log"] = lot.numbers["file"] = np.zeros(len(rows), np.int64)
            if "first_at" in lot.numbers:
                late = lot.numbers["deferrals"] > 0
                lot.numbers["first_at"] = np.where(late, rows, NEVER)
        found += _read(whole.add(pool))
    return found + _read(whole.close(1 << 40))


def _read(rows: Rows | None) -> list[tuple[Any, ...]]:
    if rows is None:
        return []
    texts = {
        name: [None if one is None else one.encode() for one in _texts(rows, name)]
        for name in ("queue_id", "message_id", "sender", "recipient")
    }
    return list(
        zip(
            texts["queue_id"], rows.numbers["arrived_at"].tolist(), texts["message_id"],
            texts["sender"], texts["recipient"],
            [FATES[one] for one in rows.numbers["fate"].tolist()],
            rows.numbers["deferrals"].tolist(), rows.numbers["first_deferred_at"].tolist(),
            rows.numbers["ended_at"].tolist(), strict=True,
        )
    )  # fmt: skip


def _texts(rows: Rows, name: str) -> list[str | None]:
    found: list[str | None] = texts_of(rows.pool.buffer, rows.texts[name]).to_pylist()
    return found


IDS = st.sampled_from((b"AAAAA", b"BBBBB"))
TOLD = st.one_of(
    st.builds(lambda one: Told(Kind.ARRIVED, (), (one, b"c")), IDS),
    st.builds(lambda one, m: Told(Kind.NAMED, (), (one, m)), IDS, st.sampled_from((b"m1", b"m2"))),
    st.builds(lambda one: Told(Kind.QUEUED, (7,), (one, b"s@x")), IDS),
    st.builds(lambda one, mark: Told(Kind.MARKED, (mark,), (one,)), IDS, st.sampled_from(Mark)),
    st.builds(
        lambda one, who, status: Told(
            Kind.TRIED,
            (status, 5, int(status is Status.DEFERRED), NEVER),
            (one, who, None, b"r", b"2.0.0", b"why", b"why" if status == 1 else None),
        ),
        IDS,
        st.sampled_from((b"a@x", b"b@x")),
        st.sampled_from(Status),
    ),
)


@pytest.fixture(autouse=True, scope="module")
def _short_lingering() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (lives, order):
            patch.setattr(module, "LINGER", LINGER)
        yield


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), TOLD), min_size=1, max_size=40),
    st.lists(st.integers(0, 40), max_size=3),
)
def test_lives_are_those_of_the_rules_however_the_reading_is_cut(
    events: list[Event], cuts: list[int]
) -> None:
    wanted = [row for life in by_the_rules(events) for row in rows_of(life)]
    cuts = [min(cut, len(events)) for cut in cuts]
    key = repr
    assert sorted(put_together(events, cuts), key=key) == sorted(wanted, key=key)
