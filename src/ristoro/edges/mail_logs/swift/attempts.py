"""Attempts at one recipient, as Postfix's delivery agents write them, many at a time."""

from __future__ import annotations

import numpy as np

from ristoro.edges.mail_logs.events import NEVER, Numbers, Status, Text
from ristoro.edges.mail_logs.swift.octets import Block, Flags, low, no_delay, none_of, word_of
from ristoro.edges.mail_logs.swift.rows import Rows

_STATUSES = (
    (Status.SENT, b"sent ("),
    (Status.DEFERRED, b"deferred ("),
    (Status.BOUNCED, b"bounced ("),
    (Status.EXPIRED, b"expired ("),
)
_DSN, _DSN_MASK = word_of(b"0.0.0"), low(5)
_IS_DSN, _HIGH = np.uint64(0x767F767F76), np.uint64(0x8080808080)


def read_attempts(
    here: Block, rows: Rows, name: Text
) -> tuple[Rows, dict[str, Numbers], dict[str, Text]]:
    """``to=<ADDRESS>, orig_to=<ADDRESS>, relay=NAME, conn_use=N, delay=N, delays=N/N/N/N,
    dsn=N.N.N, status=WORD (REASON)``, of which the second and the fourth may be missing."""
    places = here.places
    to = np.flatnonzero(here.begins(rows.text, b"to=<"))
    rows, name = rows.take(to), name.take(to)
    end = here.ends[rows.row]
    recipient, sign = rows.text + 4, rows.sign + 1
    stop = places[sign]
    original, sign = _original(here, stop, sign)
    relay = places[sign]
    fine = here.begins(relay, b">, relay=")
    relay += 9
    sign += 3
    relay_end = places[sign]
    fine &= relay_end > relay
    sign, before = _used_again(here, relay_end, sign, fine)
    delay_end, delays_end, dsn_end, word_end = (places[sign + ahead] for ahead in (2, 4, 6, 8))
    fine &= here.begins(before, b", delay=") & here.begins(delay_end, b", delays=")
    fine &= here.begins(delays_end, b", dsn=") & here.begins(dsn_end, b", status=")
    status, known = _status(here, dsn_end + 9)
    fine &= known & (here.octets[end - 1] == 41) & (end > word_end + 2)
    fine &= _one_end(here, sign + 9, rows.row)
    delay, parts, dsn = before + 8, delay_end + 9, delays_end + 6
    fine &= here.only(parts, delays_end - parts, no_delay, 40) & (delays_end > parts)
    fine &= _is_dsn(here, dsn, dsn_end - dsn)
    millis, is_delay = _millis(here, delay, delay_end - delay, fine)
    some = np.flatnonzero(fine & is_delay)
    status = status[some]
    deferred = status == Status.DEFERRED
    begin = word_end[some] + 2
    reason = Text(begin, end[some] - 1 - begin)

    def between(start: Numbers, end: Numbers) -> Text:
        return Text(start[some], (end - start)[some])

    numbers = {
        "status": status,
        "delay_ms": millis[some],
        "deferrals": deferred.astype(np.int64),
        "first_at": np.full(len(some), NEVER),
    }
    texts = {
        "queue_id": name.take(some),
        "recipient": between(recipient, stop),
        "original": original.take(some),
        "relay": between(relay, relay_end),
        "dsn": between(dsn, dsn_end),
        "reason": reason,
        "first_reason": Text(reason.starts, np.where(deferred, reason.lengths, -1)),
    }
    return rows.take(some), numbers, texts


def _original(here: Block, stop: Numbers, sign: Numbers) -> tuple[Text, Numbers]:
    """``>, orig_to=<ADDRESS``, where it stands: its address, and the sign behind it."""
    begin, length = np.zeros_like(stop), np.full_like(stop, -1)
    there = np.flatnonzero(here.begins(stop, b">, orig_to=<"))
    if len(there):
        begin[there] = stop[there] + 12
        sign[there] += 4
        length[there] = here.places[sign[there]] - begin[there]
    return Text(begin, length), sign


def _used_again(here: Block, end: Numbers, sign: Numbers, fine: Flags) -> tuple[Numbers, Numbers]:
    """The sign and the place behind ``, conn_use=N``, where it stands."""
    before = end
    again = np.flatnonzero(here.begins(end, b", conn_use="))
    if len(again):
        before = end.copy()
        sign[again] += 2
        before[again] = here.places[sign[again]]
        fine[again] &= here.number(before[again], before[again] - end[again] - 11)[1]
    return sign, before


def _status(here: Block, place: Numbers) -> tuple[Numbers, Flags]:
    """The word of each, and whether it is one that is known with a bracket behind it."""
    word = here.words[place]
    status, known = np.zeros_like(place), np.zeros(len(place), np.bool_)
    for one, text in _STATUSES:
        first = min(8, len(text))
        likely = np.flatnonzero((word & low(first)) == word_of(text[:first]))
        if len(text) > first:
            likely = likely[here.begins(place[likely] + first, text[first:])]
        status[likely] = int(one)
        known[likely] = True
    return status, known


def _one_end(here: Block, sign: Numbers, row: Numbers) -> Flags:
    """Whether no reason, whose bracket is so many signs on, may tell of another ``status=``.

    That is behind a comma, which few have; in these nothing may be like it.
    """
    signs = np.ndarray(len(here.signs) - 31, "V32", here.signs, strides=(1,))
    octets = signs[sign].view(np.uint8).reshape(-1, 32)
    fine = none_of(octets == 44, here.last[row] - sign)
    some = np.flatnonzero(~fine)
    begin = here.places[sign[some]]
    fine[some] = here.lacks(begin, here.ends[row[some]] - begin, b"s=", 512)
    return fine


def _is_dsn(here: Block, dsn: Numbers, size: Numbers) -> Flags:
    """Whether each is a code such as ``2.0.0``."""
    digits = (here.words[dsn] & _DSN_MASK) ^ _DSN
    found: Flags = (size == 5) & ((((digits + _IS_DSN) | digits) & _HIGH) == 0)
    other = np.flatnonzero(~found & (size > 5) & (size <= 12))
    if len(other):
        size = size[other]
        octets, inside = here.window(dsn[other], 12), np.arange(12) < size[:, None]
        dots = (octets == 46) & inside
        second = 11 - dots[:, ::-1].argmax(axis=1)
        right = ~((no_delay(octets) | (octets == 47)) & inside).any(axis=1)
        right &= dots[:, 1] & (dots.sum(axis=1) == 2) & (second >= 3) & (second <= size - 2)
        found[other] = right
    return found


def _millis(here: Block, delay: Numbers, size: Numbers, fine: Flags) -> tuple[Numbers, Flags]:
    """Milliseconds of delays in seconds, with a point or without, and whether each is one."""
    octets = here.window(delay, 12)
    right = (size > 0) & (size <= 12)
    value: Numbers = np.zeros(len(size), np.int64)
    after = np.full(len(size), -1)
    for place in range(int(size[fine & right].max(initial=0))):
        inside = place < size
        one = octets[:, place].astype(np.int64)
        point = inside & (one == 46)
        digit = inside & ~point
        right &= ~(digit & ((one < 48) | (one > 57)))
        right &= ~(point & ((after >= 0) | (place == 0) | (place == size - 1)))
        value = np.where(digit & (after < 3), value * 10 + one - 48, value)
        after += digit & (after >= 0)
        after[point] = 0
    scale = np.array([1000, 100, 10, 1])[np.clip(after, 0, 3)]
    return value * scale, right
