"""The stamps of a block's lines, all at once."""

from __future__ import annotations

import numpy as np

from ristoro.edges.mail_logs.events import NEVER, Numbers
from ristoro.edges.mail_logs.stamps import SECOND, TRADITIONAL, Traditional, rfc3339
from ristoro.edges.mail_logs.swift.octets import HIGH, Block, Flags, low, word_of

STAMP = 32
"""Octets of ``2026-11-22T01:05:46.123456+00:00``."""
_STAMP_SECONDS = word_of(b":00.0000")
_STAMP_MICROS = word_of(b"00\0\0\0\0\0\0")
_IS_SECONDS = np.uint64(0x767676767F76767F)
_IS_MICROS = np.uint64(0x7676)
_FIRST_16 = np.uint64(16)


def rfc3339_stamps(
    here: Block, starts: Numbers, ends: Numbers, fits: Flags, at: Numbers, body: Numbers
) -> None:
    """Stamps of RFC 3339 with microseconds, as rsyslog writes them."""
    octets = here.octets
    stamps = here.window(starts, STAMP).view("<u8")
    seconds = stamps[:, 2] ^ _STAMP_SECONDS
    last = stamps[:, 3].copy()
    micros = (last ^ _STAMP_MICROS) & low(2)
    fine = (((seconds + _IS_SECONDS) | seconds) & HIGH) == 0
    fine &= (((micros + _IS_MICROS) | micros) & HIGH) == 0
    fine &= ((seconds >> np.uint64(8)) & np.uint64(255)) < 6
    fine &= fits & (ends - starts > STAMP) & (octets[starts + STAMP] == 32)
    rows = np.flatnonzero(fine)
    if not len(rows):
        return
    begin = starts[rows]
    date, minute, zone = stamps[rows, 0], stamps[rows, 1], last[rows] >> _FIRST_16
    new = np.ones(len(rows), np.bool_)
    new[1:] = (date[1:] != date[:-1]) | (minute[1:] != minute[:-1]) | (zone[1:] != zone[:-1])
    firsts = np.flatnonzero(new)
    known: dict[bytes, int] = {}
    bases = np.empty(len(firsts), np.int64)
    for number, first in enumerate(begin[firsts].tolist()):
        stamp = octets[first : first + STAMP].tobytes()
        key = stamp[:16] + stamp[26:]
        if key not in known:
            found = rfc3339(stamp[:16] + b":00.000000" + stamp[26:])
            known[key] = NEVER if found is None else found
        bases[number] = known[key]
    base = bases[np.cumsum(new) - 1]
    digits = seconds[rows]
    value = np.zeros(len(rows), np.int64)
    for shift, worth in (
        (8, 10 * SECOND), (16, SECOND), (32, 100_000), (40, 10_000), (48, 1_000), (56, 100)
    ):  # fmt: skip
        value += ((digits >> np.uint64(shift)) & np.uint64(255)).astype(np.int64) * worth
    tail = micros[rows]
    value += (tail & np.uint64(255)).astype(np.int64) * 10 + (tail >> np.uint64(8)).astype(np.int64)
    good = base != NEVER
    rows = rows[good]
    at[rows] = (base + value)[good]
    body[rows] = starts[rows] + STAMP + 1


def traditional_stamps(
    here: Block, starts: Numbers, ends: Numbers, left: Flags, traditional: Traditional,
    at: Numbers, body: Numbers,
) -> None:  # fmt: skip
    """Stamps without a year, in the order of the log: each that differs from the one before."""
    words, octets = here.words, here.octets
    letters = octets[starts]
    rows = np.flatnonzero(left & (letters >= 65) & (letters <= 90) & (ends - starts > TRADITIONAL)
                          & (octets[starts + TRADITIONAL] == 32))  # fmt: skip
    if not len(rows):
        return
    begin = starts[rows]
    first, second = words[begin], words[begin + 8]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    firsts = np.flatnonzero(new)
    lengths = np.diff(np.append(firsts, len(rows))).tolist()
    found = np.empty(len(firsts), np.int64)
    for number, (place, lines) in enumerate(zip(begin[firsts].tolist(), lengths, strict=True)):
        before = traditional.repeated
        instant = traditional.micros(octets[place : place + TRADITIONAL].tobytes())
        if traditional.repeated != before:
            traditional.repeated += lines - 1
        found[number] = NEVER if instant is None else instant
    value = found[np.cumsum(new) - 1]
    good = value != NEVER
    rows = rows[good]
    at[rows] = value[good]
    body[rows] = starts[rows] + TRADITIONAL + 1
