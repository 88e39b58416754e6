"""The life of each message in a queue, put together from what lines told, for all hosts at once.

A queue id is used again (a short one within the hour), so a life is an id and an arrival:

1. An arrival begins a life. So does a Message-ID, unless it directly follows the arrival (or is
   the first that is told of the id): a bounce, made by the host itself, begins so.
2. Whatever else is told of the id belongs to the life that has begun last, even if it has left the
   queue, for a line of another daemon may come late; but ``LINGER`` events after it has left, it
   is of a life whose arrival is not told.
3. A life is finished when it has left the queue that long ago, or its id has begun another.

Lives that are not finished wait, with their events, for what is read next; so memory holds what is
in the queue, and where the reading was cut makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ristoro.edges.mail_logs.events import NEVER, QUEUE, Kind, Mark, Numbers
from ristoro.edges.mail_logs.order import (
    LINGER,
    Flags,
    Order,
    first_of_each,
    in_order,
    last_of_each,
)
from ristoro.edges.mail_logs.pools import Lot, Lots, Pool, pooled
from ristoro.edges.mail_logs.texts import Text, octets_of

PATIENCE = 10_000_000
"""Microseconds for which a message may come in before it counts as never filled."""

_PLACES = ("row", "log", "clock")
"""What put the events in order, and is not asked for again."""


class _Fate:
    """Fates by number, as ``histories.FATES`` names them."""

    SENT, BOUNCED, EXPIRED, DELETED, HELD, DEFERRED, OPEN, UNFILLED, UNTOLD = range(9)


FATE = _Fate
_OF_STATUS = np.array([FATE.SENT, FATE.DEFERRED, FATE.BOUNCED, FATE.EXPIRED])
_OF_MARK = np.array([-1, FATE.EXPIRED, FATE.DELETED, FATE.HELD, -1, -1])


@dataclass(slots=True)
class Rows:
    """Finished histories: numbers and texts by the names of their columns, over one buffer."""

    pool: Pool
    numbers: dict[str, Numbers]
    texts: dict[str, Text]
    host: Numbers

    def __len__(self) -> int:
        return len(self.host)


class Lives:
    """The queues of every host of what is read."""

    def __init__(self) -> None:
        self._waiting: Pool | None = None
        self._seq = 0
        self.before = 0
        """Messages of which nothing is told but that they left: they came before the log."""

    @property
    def waiting(self) -> int:
        """Events of lives that are not finished."""
        return self._waiting.events() if self._waiting else 0

    def add(self, pool: Pool) -> Rows | None:
        """The lives that the next events finish; their order is that of ``row``."""
        pool = pool.of(QUEUE)
        self._number(pool.lots)
        return self._assemble(pool, None)

    def close(self, clock: int) -> Rows | None:
        """What is left is told as it stands; ``clock`` is the last instant of all."""
        return self._assemble(Pool(np.empty(0, np.uint8)), clock)

    def _number(self, lots: Lots) -> None:
        """Number the events in the order in which they were told."""
        if not lots:
            return
        rows = np.concatenate([lot.numbers["row"] for lot in lots.values()])
        seqs = np.empty(len(rows), np.int64)
        seqs[np.argsort(rows)] = np.arange(self._seq, self._seq + len(rows))
        at = 0
        for kind, lot in lots.items():
            numbers = {name: lot.numbers[name] for name in lot.numbers if name not in _PLACES}
            lots[kind] = Lot({**numbers, "seq": seqs[at : at + len(lot)]}, lot.texts)
            at += len(lot)
        self._seq += len(rows)

    def _assemble(self, fresh: Pool, end: int | None) -> Rows | None:
        if self._waiting is not None:
            fresh = pooled([self._waiting, fresh]) if fresh.lots else self._waiting
        if not fresh.events():
            return None
        order = in_order(fresh)
        count = int(order.life[-1]) + 1
        ends = np.zeros(count, np.bool_)
        ends[order.life[order.group_ends]] = True
        finished = np.ones(count, np.bool_)
        if end is None:
            finished = ~ends
            left_at = np.full(count, self._seq, np.int64)
            left_at[order.life[order.gone]] = order.seq[order.gone]
            finished |= self._seq - left_at > LINGER
        lives = _Lives(fresh, order, count)
        rows = lives.rows(finished, ends if end is not None else None, end or 0)
        self.before += lives.before
        keep = lives.kept(~finished)
        self._waiting = fresh.take(keep) if any(map(len, keep.values())) else None
        return rows


class _Lives:
    """Lives of events in order, and their attempts by recipient."""

    def __init__(self, pool: Pool, order: Order, count: int) -> None:
        self._pool, self._order, self._count = pool, order, count
        self.before = 0
        self._begin = np.flatnonzero(order.begins)
        self._heads = {
            kind: self._of(kind, first_of_each) for kind in (Kind.ARRIVED, Kind.NAMED, Kind.QUEUED)
        }
        self._attempts()

    def _of(self, kind: Kind, pick: Callable[[Numbers], Flags]) -> Numbers:
        """By life the first event of a kind, -1 where it has none."""
        found = np.full(self._count, -1)
        places = np.flatnonzero(self._order.kind == kind)
        if len(places):
            life = self._order.life[places]
            chosen = pick(life)
            found[life[chosen]] = self._order.event[places[chosen]]
        return found

    def _attempts(self) -> None:
        """Groups of attempts: one a life and recipient, in the order of their first."""
        order = self._order
        places = np.flatnonzero(order.kind == Kind.TRIED)
        empty = np.empty(0, np.int64)
        self._group_life = self._group_last = self._group_first = empty
        self._deferrals = self._first_deferred = self._group_at = empty
        if not len(places):
            return
        lot = self._pool.lots[Kind.TRIED]
        event, life = order.event[places], order.life[places]
        texts = lot.texts["recipient"]
        text = Text(texts.starts[event], texts.lengths[event])
        codes = octets_of(self._pool.buffer, text).dictionary_encode().indices.to_numpy()
        size = len(places)
        # The codes number recipients by their first appearance in this very order.
        bits = size.bit_length()
        group = (life << bits) | codes
        by_group = np.argsort(group, kind="stable")
        group, event = group[by_group], event[by_group]
        first = np.flatnonzero(first_of_each(group))
        deferrals = lot.numbers["deferrals"][event]
        self._group_life = life[by_group][first]
        self._group_first = event[first]
        self._group_last = event[np.append(first[1:], size) - 1]
        self._deferrals = np.add.reduceat(deferrals, first)
        placed = np.where(deferrals > 0, np.arange(size), size)
        least = np.minimum.reduceat(placed, first)
        self._first_deferred = np.where(least < size, event[np.minimum(least, size - 1)], -1)

    def rows(self, finished: Flags, open_ends: Flags | None, clock: int) -> Rows | None:
        """The histories of finished lives; of those where the log ends, until when it goes on."""
        order, count = self._order, self._count
        marks = self._marks()
        tried = np.zeros(count, np.bool_)
        tried[self._group_life] = True
        told = tried.copy()
        for kind in self._heads:
            told |= self._heads[kind] >= 0
        told |= marks.fate >= 0
        self.before = int((finished & ~told).sum())
        bare = np.flatnonzero(finished & told & ~tried)
        groups = np.flatnonzero(finished[self._group_life])
        life = np.concatenate([self._group_life[groups], bare])
        group = np.concatenate([groups, np.full(len(bare), -1)])
        if not len(life):
            return None
        by_begin = np.argsort(order.seq[self._begin[life]], kind="stable")
        life, group = life[by_begin], group[by_begin]
        patient = np.zeros(len(life), np.bool_)
        if open_ends is not None:
            arrived = _Where(self._pool, order, self._begin[life]).numbers["at"]
            patient = open_ends[life] & (clock - arrived <= PATIENCE)
        return self._written(life, group, marks, patient)

    def _marks(self) -> _Marks:
        """What was done to each life by name, and whether it has left."""
        order, count = self._order, self._count
        fate, ended = np.full(count, -1), np.full(count, -1)
        left = np.zeros(count, np.bool_)
        left[order.life[order.gone]] = True
        places = np.flatnonzero(order.kind == Kind.MARKED)
        if len(places):
            mark = self._pool.lots[Kind.MARKED].numbers["mark"][order.event[places]]
            named = mark != Mark.REMOVED
            places, mark = places[named], mark[named]
            life = order.life[places]
            last = last_of_each(life)
            fate[life[last]] = _OF_MARK[mark[last]]
            ended[life[last]] = order.event[places[last]]
        return _Marks(fate, ended, left)

    def _written(self, life: Numbers, group: Numbers, marks: _Marks, patient: Flags) -> Rows:
        lots = self._pool.lots
        begin = self._begin[life]
        out: dict[str, Numbers] = {}
        texts: dict[str, Text] = {}
        where = _Where(self._pool, self._order, begin)
        arrived, named, queued = (self._heads[kind][life] for kind in self._heads)
        came = arrived >= 0
        # What the host made itself, as a bounce, came when its Message-ID was told.
        made = ~came & (self._order.kind[begin] == Kind.NAMED)
        out["arrived_at"] = np.where(came | made, where.numbers["at"], NEVER)
        texts["client"] = self._text(Kind.ARRIVED, "client", arrived)
        texts["message_id"] = self._text(Kind.NAMED, "message_id", named)
        texts["sender"] = self._text(Kind.QUEUED, "sender", queued)
        out["size"] = self._number(Kind.QUEUED, "size", queued, -1)
        texts["queue_id"] = where.queue_id
        out["first_line"], out["file"] = where.numbers["line"], where.numbers["file"]
        last = _at(self._group_last, group)
        first = _at(self._group_first, group)
        deferred = _at(self._first_deferred, group)
        for name in ("recipient", "relay", "dsn", "reason"):
            texts[name] = self._text(Kind.TRIED, name, last)
        texts["original_recipient"] = self._text(Kind.TRIED, "original", first)
        texts["first_reason"] = self._text(Kind.TRIED, "first_reason", deferred)
        out["first_deferred_at"] = self._number(Kind.TRIED, "first_at", deferred, NEVER)
        out["deferrals"] = _at(self._deferrals, group, 0)
        out["delay_ms"] = self._number(Kind.TRIED, "delay_ms", last, -1)
        ended = self._number(Kind.TRIED, "at", last, NEVER)
        for name, source in (("last_line", "line"), ("last_file", "file")):
            here = out["first_line" if source == "line" else "file"]
            out[name] = np.where(last >= 0, self._number(Kind.TRIED, source, last, -1), here)
        status = self._number(Kind.TRIED, "status", last, 0)
        fate = np.where(last >= 0, _OF_STATUS[status], FATE.OPEN)
        waits = (fate == FATE.DEFERRED) | (fate == FATE.OPEN)
        named_fate = marks.fate[life]
        by_name = waits & (named_fate >= 0)
        fate = np.where(by_name, named_fate, fate)
        if Kind.MARKED in lots:
            which = np.where(by_name, marks.ended[life], -1)
            ended = np.where(by_name, self._number(Kind.MARKED, "at", which, NEVER), ended)
            for name, source in (("last_line", "line"), ("last_file", "file")):
                told = self._number(Kind.MARKED, source, which, -1)
                out[name] = np.where(by_name, told, out[name])
        waits &= ~by_name
        left = marks.left[life]
        unfilled = waits & came & (queued < 0) & (last < 0) & ~left & ~patient
        fate = np.where(unfilled, FATE.UNFILLED, np.where(waits & left, FATE.UNTOLD, fate))
        out["fate"], out["ended_at"] = fate, ended
        return Rows(self._pool, out, texts, where.numbers["host"])

    def _number(self, kind: Kind, name: str, which: Numbers, missing: int) -> Numbers:
        lot = self._pool.lots.get(kind)
        if lot is None or not len(lot):
            return np.full(len(which), missing)
        return np.where(which >= 0, lot.numbers[name][which], missing)

    def _text(self, kind: Kind, name: str, which: Numbers) -> Text:
        lot = self._pool.lots.get(kind)
        if lot is None or not len(lot):
            return Text(np.zeros(len(which), np.int64), np.full(len(which), -1))
        text = lot.texts[name]
        return Text(text.starts[which], np.where(which >= 0, text.lengths[which], -1))

    def kept(self, waits: Flags) -> dict[Kind, npt.NDArray[np.intp]]:
        """The events that lives which wait still need; attempts of one recipient become one."""
        order = self._order
        keep: dict[Kind, npt.NDArray[np.intp]] = {}
        waiting = waits[order.life]
        for kind in QUEUE:
            if kind is Kind.TRIED:
                continue
            places = np.flatnonzero(waiting & (order.kind == kind))
            if kind is Kind.QUEUED:
                places = places[first_of_each(order.life[places])]
            if len(places):
                keep[kind] = order.event[places]
        groups = np.flatnonzero(waits[self._group_life])
        if len(groups):
            keep[Kind.TRIED] = self._kept_attempts(groups)
        return keep

    def _kept_attempts(self, groups: Numbers) -> npt.NDArray[np.intp]:
        """One attempt for all of a recipient's so far: the last, that knows of the first.

        It takes the first one's place among the events, so that the order of recipients stays;
        the first stays too where the life begins with it.
        """
        lot = self._pool.lots[Kind.TRIED]
        last, first = self._group_last[groups], self._group_first[groups]
        deferred = self._first_deferred[groups]
        # Arrays may be shared with what was read; only copies are changed.
        for name in ("deferrals", "first_at", "seq"):
            lot.numbers[name] = lot.numbers[name].copy()
        lot.numbers["deferrals"][last] = self._deferrals[groups]
        first_at = np.where(deferred >= 0, lot.numbers["first_at"][deferred], NEVER)
        lot.numbers["first_at"][last] = first_at
        for name, source in (("original", first), ("first_reason", deferred)):
            text = lot.texts[name]
            starts, lengths = text.starts.copy(), text.lengths.copy()
            starts[last] = text.starts[source]
            lengths[last] = np.where(source >= 0, text.lengths[source], -1)
            lot.texts[name] = Text(starts, lengths)
        begins = np.zeros(len(lot), np.bool_)
        begin = self._order.begins & (self._order.kind == Kind.TRIED)
        begins[self._order.event[begin]] = True
        heads = begins[first] & (first != last)
        lot.numbers["seq"][last[~heads]] = lot.numbers["seq"][first[~heads]]
        lot.numbers["deferrals"][first[heads]] = 0
        return np.concatenate([last, first[heads]])


@dataclass(slots=True)
class _Marks:
    fate: Numbers
    ended: Numbers
    left: Flags


class _Where:
    """Where the events that begin lives were told."""

    def __init__(self, pool: Pool, order: Order, begin: Numbers) -> None:
        size = len(begin)
        names = ("at", "line", "file", "host")
        self.numbers = {name: np.empty(size, np.int64) for name in names}
        starts, lengths = np.empty(size, np.int64), np.empty(size, np.int64)
        kind, event = order.kind[begin], order.event[begin]
        for one in QUEUE:
            chosen = np.flatnonzero(kind == one)
            if len(chosen):
                lot = pool.lots[one]
                which = event[chosen]
                for name in names:
                    self.numbers[name][chosen] = lot.numbers[name][which]
                starts[chosen] = lot.texts["queue_id"].starts[which]
                lengths[chosen] = lot.texts["queue_id"].lengths[which]
        self.queue_id = Text(starts, lengths)


def _at(values: Numbers, which: Numbers, missing: int = -1) -> Numbers:
    """``values[which]``, where that is one."""
    if not len(values):
        return np.full(len(which), missing)
    return np.where(which >= 0, values[which], missing)
