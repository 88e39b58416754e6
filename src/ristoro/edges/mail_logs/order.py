"""The events of the queues in one order, and which of them begin the life of a message."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ristoro.edges.mail_logs.events import QUEUE, Kind, Mark, Numbers
from ristoro.edges.mail_logs.pools import Pool
from ristoro.edges.mail_logs.texts import Text, octets_of

LINGER = 2_000
"""Events of the queues, of all hosts, within which a late line still finds a life that has left."""

Flags = npt.NDArray[np.bool_]

GONE = (Mark.REMOVED, Mark.DELETED, Mark.REQUEUED)


@dataclass(slots=True)
class Order:
    """All events of the queues in one order: by queue id and host, then as they were told."""

    kind: Numbers
    event: Numbers
    """The event's place in the lot of its kind."""
    seq: Numbers
    life: Numbers
    begins: Flags
    gone: Flags
    group_ends: Flags


def in_order(pool: Pool) -> Order:
    kinds = [kind for kind in QUEUE if kind in pool.lots and len(pool.lots[kind])]
    lots = [pool.lots[kind] for kind in kinds]
    sizes = [len(lot) for lot in lots]
    total = sum(sizes)
    kind = np.repeat(np.array(kinds, np.int64), sizes)
    event = np.concatenate([np.arange(size) for size in sizes])
    seq = np.concatenate([lot.numbers["seq"] for lot in lots])
    host = np.concatenate([lot.numbers["host"] for lot in lots])
    ids = [lot.texts["queue_id"] for lot in lots]
    name = Text(
        np.concatenate([text.starts for text in ids]),
        np.concatenate([text.lengths for text in ids]),
    )
    codes = octets_of(pool.buffer, name).dictionary_encode().indices.to_numpy()
    group = codes.astype(np.int64) * (int(host.max()) + 1) + host
    by_seq = np.argsort(seq)
    bits = int(total).bit_length()
    keys = (group[by_seq] << bits) | np.arange(total)
    keys.sort()
    chosen = by_seq[keys & ((1 << bits) - 1)]
    group = keys >> bits
    new_group = np.empty(total, np.bool_)
    new_group[0] = True
    np.not_equal(group[1:], group[:-1], out=new_group[1:])
    kind, event, seq = kind[chosen], event[chosen], seq[chosen]
    gone = np.zeros(total, np.bool_)
    marked = kind == Kind.MARKED
    if Kind.MARKED in pool.lots:
        gone[marked] = np.isin(pool.lots[Kind.MARKED].numbers["mark"][event[marked]], GONE)
    begins = _begins(kind, seq, gone, new_group)
    ends = np.empty(total, np.bool_)
    ends[-1] = True
    ends[:-1] = new_group[1:]
    return Order(kind, event, seq, np.cumsum(begins) - 1, begins, gone, ends)


def _begins(kind: Numbers, seq: Numbers, gone: Flags, new_group: Flags) -> Flags:
    """Which events begin a life, by the rules that ``lives`` states."""
    total = len(kind)
    place = np.arange(total)

    def before(flags: Flags) -> Numbers:
        """The last place before each where a flag stands; -1 is none."""
        found = np.full(total, -1)
        np.maximum.accumulate(np.where(flags, place, -1)[:-1], out=found[1:])
        return found

    named = kind == Kind.NAMED
    arrived = kind == Kind.ARRIVED
    part = np.maximum.accumulate(np.where(arrived | new_group, place, 0))
    left = before(gone)
    again = named & ((before(named) >= part) | (left >= part))
    begins = new_group | arrived | again
    begun = np.maximum.accumulate(np.where(begins, place, 0))
    late = ~begins & (left >= begun) & (seq - seq[left] > LINGER)
    late[1:] &= ~(late[:-1] & (left[1:] == left[:-1]))
    every: Flags = begins | late
    return every


def first_of_each(values: Numbers) -> Flags:
    """Where a value differs from the one before."""
    first = np.empty(len(values), np.bool_)
    first[:1] = True
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first


def last_of_each(values: Numbers) -> Flags:
    last = np.empty(len(values), np.bool_)
    last[-1:] = True
    np.not_equal(values[1:], values[:-1], out=last[:-1])
    return last
