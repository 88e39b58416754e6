"""The stamps of a block's lines, all at once."""

from __future__ import annotations

import numpy as np

from ristoro.edges.mail_logs.events import NEVER, Numbers
from ristoro.edges.mail_logs.stamps import TRADITIONAL, Traditional, rfc3339
from ristoro.edges.mail_logs.swift.octets import Block, Flags, low, number_of, word_of

STAMP = 32
"""Octets of ``2026-11-22T01:05:46.123456+00:00``."""
_STAMP_SECONDS = word_of(b":00.0000")
_STAMP_MICROS = word_of(b"00\0\0\0\0\0\0")
_IS_SECONDS = np.uint64(0x767676767F76767F)
_IS_MICROS = np.uint64(0x7676)
_HIGH = np.uint64(0x8080808080808080)
_8, _16, _32, _48 = (np.uint64(one) for one in (8, 16, 32, 48))


def rfc3339_stamps(
    here: Block, starts: Numbers, first: Numbers, fits: Flags, at: Numbers, behind: Numbers
) -> None:
    """Stamps of RFC 3339 with microseconds, as rsyslog writes them."""
    stamps = here.window(starts, STAMP).view("<u8")
    seconds = stamps[:, 2] ^ _STAMP_SECONDS
    last = stamps[:, 3]
    micros = (last ^ _STAMP_MICROS) & low(2)
    wrong = ((seconds + _IS_SECONDS) | seconds | (micros + _IS_MICROS) | micros) & _HIGH
    fine = wrong == 0
    fine &= ((seconds >> _8) & np.uint64(255)) < 6
    # A stamp has no sign in it, so the line's first must be the space behind it.
    fine &= fits & (here.places[first] - starts == STAMP) & (here.signs[first] == 32)
    rows = np.flatnonzero(fine)
    if not len(rows):
        return
    if len(rows) < len(fine):
        stamps, seconds, micros = stamps[rows], seconds[rows], micros[rows]
        starts, first = starts[rows], first[rows]
    date, minute, zone = stamps[:, 0], stamps[:, 1], stamps[:, 3] >> _16
    new = np.ones(len(rows), np.bool_)
    new[1:] = (date[1:] != date[:-1]) | (minute[1:] != minute[:-1]) | (zone[1:] != zone[:-1])
    firsts = np.flatnonzero(new)
    known: dict[bytes, int] = {}
    bases = np.empty(len(firsts), np.int64)
    for number, place in enumerate(starts[firsts].tolist()):
        stamp = here.octets[place : place + STAMP].tobytes()
        key = stamp[:16] + stamp[26:]
        if key not in known:
            found = rfc3339(stamp[:16] + b":00.000000" + stamp[26:])
            known[key] = NEVER if found is None else found
        bases[number] = known[key]
    base = np.repeat(bases, np.diff(np.append(firsts, len(rows))))
    digits = ((seconds >> _8) & low(2)) | (seconds >> _32 << _16) | (micros << _48)
    value = base + number_of(digits)
    if NEVER in known.values():
        good = base != NEVER
        rows, value, first = rows[good], value[good], first[good]
    at[rows] = value
    behind[rows] = first


def traditional_stamps(
    here: Block, starts: Numbers, first: Numbers, left: Flags, traditional: Traditional,
    at: Numbers, behind: Numbers,
) -> None:  # fmt: skip
    """Stamps without a year, in the order of the log: each that differs from the one before."""
    words, octets = here.words, here.octets
    letters = octets[starts]
    left = left & (letters >= 65) & (letters <= 90) & (here.ends - starts > TRADITIONAL)
    rows = np.flatnonzero(left & (octets[starts + TRADITIONAL] == 32))
    if not len(rows):
        return
    begin = starts[rows]
    day, time = words[begin], words[begin + 8]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (day[1:] != day[:-1]) | (time[1:] != time[:-1])
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
    rows, begin = rows[good], begin[good]
    at[rows] = value[good]
    # Two spaces are in a stamp, and a third before a day of one digit.
    second = first[rows] + 2
    behind[rows] = second + (here.places[second] != begin + TRADITIONAL)
