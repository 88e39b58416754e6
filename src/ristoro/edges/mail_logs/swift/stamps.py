"""The stamps of a block's lines."""

from __future__ import annotations

import numpy as np

from ristoro.edges.mail_logs.events import NEVER, Numbers, Octets
from ristoro.edges.mail_logs.stamps import TRADITIONAL, Traditional
from ristoro.edges.mail_logs.swift.compiled import compiled, entry, pointer
from ristoro.edges.mail_logs.swift.octets import (
    COLON,
    DOT,
    MISSED,
    SPACE,
    digits,
    is_digit,
    number,
)

_DASH, _PLUS, _T, _Z = b"-+TZ"
_MONTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_FROM, _TO = 1970, 9999
"""Years before and behind are left to the calendar's own reader."""


@entry
def rfc3339_stamps(
    octets: Octets, starts: Numbers, ends: Numbers, at: Numbers, behind: Numbers
) -> None:
    """The instant of each line that begins with a stamp of RFC 3339, and the place behind its
    space; and that place alone where a stamp without a year may stand."""
    block = pointer(octets)
    for row in range(len(starts)):
        start = starts[row]
        space = start + TRADITIONAL
        if is_digit(block[start]):
            space = _behind(block, start)
            if space != MISSED:
                at[row] = _instant(block, start, space)
                if at[row] == NEVER:
                    space = MISSED
        elif not 65 <= block[start] <= 90 or space >= ends[row]:
            space = MISSED
        behind[row] = space + 1 if space != MISSED and block[space] == SPACE else MISSED


@compiled
def _behind(octets: Octets, at: int) -> int:
    """Behind ``2026-11-22T01:05:46.123456+00:00``, if each octet is of its kind."""
    for first, count, sign in (
        (0, 4, _DASH), (5, 2, _DASH), (8, 2, _T), (11, 2, COLON), (14, 2, COLON)
    ):  # fmt: skip
        if not _are_digits(octets, at + first, count) or octets[at + first + count] != sign:
            return MISSED
    if not _are_digits(octets, at + 17, 2):
        return MISSED
    stop = at + 19
    if octets[stop] == DOT:
        stop = digits(octets, stop + 1, 6)
        if stop == MISSED:
            return MISSED
    if octets[stop] == _Z:
        return stop + 1
    if octets[stop] != _PLUS and octets[stop] != _DASH:
        return MISSED
    fine = _are_digits(octets, stop + 1, 2) and octets[stop + 3] == COLON
    return stop + 6 if fine and _are_digits(octets, stop + 4, 2) else MISSED


@compiled
def _are_digits(octets: Octets, at: int, count: int) -> bool:
    stop = at + count
    while at < stop and is_digit(octets[at]):
        at += 1
    return at == stop


@compiled
def _instant(octets: Octets, at: int, stop: int) -> int:
    """Microseconds since 1970 of a stamp; ``NEVER`` for a 31 June, and outside of some years."""
    year, month = number(octets, at, at + 4), number(octets, at + 5, at + 7)
    day, hour = number(octets, at + 8, at + 10), number(octets, at + 11, at + 13)
    minute, second = number(octets, at + 14, at + 16), number(octets, at + 17, at + 19)
    if not _FROM < year < _TO or not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        return NEVER
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _MONTHS[month] + leap:
        return NEVER
    micros, zone = 0, stop - 1
    if octets[zone] != _Z:
        zone = stop - 6
        hours, minutes = number(octets, zone + 1, zone + 3), number(octets, zone + 4, stop)
        if hours > 23 or minutes > 59:
            return NEVER
        before = hours * 60 + minutes
        minute -= before if octets[zone] == _PLUS else -before
    if zone > at + 19:
        micros = number(octets, at + 20, zone)
        for _ in range(zone - at, 26):
            micros *= 10
    days = _days(year, month, day)
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + micros


@compiled
def _days(year: int, month: int, day: int) -> int:
    """Days since 1970, of years that are counted from March, so that the leap day is their last."""
    if month <= 2:
        year -= 1
        month += 12
    leap_days = year // 4 - year // 100 + year // 400
    return 365 * year + leap_days + (153 * month - 457) // 5 + day - 719_469


def traditional_stamps(
    octets: Octets, starts: Numbers, traditional: Traditional | None, at: Numbers, behind: Numbers
) -> None:
    """Stamps without a year, in the order of the log: each that differs from the one before."""
    rows = np.flatnonzero((at == NEVER) & (behind != MISSED))
    if traditional is None or not len(rows):
        behind[rows] = MISSED
        return
    begin = starts[rows]
    stamps = np.ndarray(len(octets) - 15, "V15", octets, strides=(1,))[begin]
    new = np.ones(len(rows), np.bool_)
    new[1:] = stamps[1:] != stamps[:-1]
    firsts = np.flatnonzero(new)
    lengths = np.diff(np.append(firsts, len(rows))).tolist()
    found = np.empty(len(firsts), np.int64)
    for which, (first, lines) in enumerate(zip(firsts.tolist(), lengths, strict=True)):
        before = traditional.repeated
        instant = traditional.micros(stamps[first].tobytes())
        if traditional.repeated != before:
            traditional.repeated += lines - 1
        found[which] = NEVER if instant is None else instant
    at[rows] = np.repeat(found, lengths)
    behind[rows[at[rows] == NEVER]] = MISSED
