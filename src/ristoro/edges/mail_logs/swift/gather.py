"""Texts copied out of a buffer, and looked into, many at a time."""

from __future__ import annotations

from ristoro.edges.mail_logs.events import Numbers, Octets
from ristoro.edges.mail_logs.swift.compiled import compiled, entry, pointer
from ristoro.edges.mail_logs.swift.octets import (
    DOT,
    GREATER,
    MISSED,
    SPACE,
    begins,
    is_all,
    is_digit,
    until,
)

_FRONT = len(b"250 2.0.0 <")
_SHORTEST = len(b"250 2.0.0 <> S Saved")


@entry
def lay_out(lengths: Numbers, offsets: Numbers, present: Octets) -> int:
    """Where each text begins when they stand one after another, and a bit for each that is there.

    ``offsets`` has one more, for the end of all. How many are missing is returned.
    """
    missing, end = 0, 0
    for one in range(len(lengths)):
        offsets[one] = end
        if lengths[one] < 0:
            missing += 1
        else:
            end += lengths[one]
            present[one >> 3] |= 1 << (one & 7)
    offsets[len(lengths)] = end
    return missing


@entry
def copy_texts(buffer: Octets, starts: Numbers, offsets: Numbers, octets: Octets) -> None:
    """Copy each text to where it was laid out."""
    source, target = pointer(buffer), pointer(octets)
    for one in range(len(starts)):
        start, begin = starts[one], offsets[one]
        for place in range(offsets[one + 1] - begin):
            target[begin + place] = source[start + place]


@entry
def find_sessions(
    buffer: Octets, starts: Numbers, lengths: Numbers, found: Numbers, sizes: Numbers
) -> None:
    """Write where the session lies in each answer of a store that has saved."""
    block = pointer(buffer)
    for one in range(len(starts)):
        end = starts[one] + lengths[one]
        start = _session(block, starts[one], end)
        if start != MISSED:
            found[one], sizes[one] = start, end - len(b" Saved") - start


@compiled
def _session(octets: Octets, at: int, end: int) -> int:
    """Behind ``250 2.N.N <...> ``, if but one word and `` Saved`` come after."""
    if end - at < _SHORTEST or not begins(octets, at, b"250 2."):
        return MISSED
    if not (is_digit(octets[at + 6]) and octets[at + 7] == DOT and is_digit(octets[at + 8])):
        return MISSED
    if not begins(octets, at + 9, b" <"):
        return MISSED
    start = until(octets, at + _FRONT, end, GREATER) + 2
    stop = end - len(b" Saved")
    if start >= stop or octets[start - 1] != SPACE or not is_all(octets, stop, end, b" Saved"):
        return MISSED
    return start if until(octets, start, stop, SPACE) == stop else MISSED
