"""Steps through a line's octets: each takes a place and gives the next, or ``MISSED``.

A step from ``MISSED`` is ``MISSED``, so that a shape is a row of steps and only the last is asked
about. None goes beyond the line's end, for a newline is in no text that is looked for.
"""

from __future__ import annotations

from ristoro.edges.mail_logs.events import Octets
from ristoro.edges.mail_logs.swift.compiled import compiled

MISSED = -1
MANY = 1 << 16
"""Digits as many as a line may have."""
NEWLINE, SPACE, QUOTE, APOSTROPHE, OPENS, CLOSES, COMMA, DOT, SLASH = b"\n \"'(),./"
COLON, LESS, GREATER, BRACKET, END_BRACKET = b":<>[]"


@compiled
def begins(octets: Octets, at: int, text: bytes) -> bool:
    """Whether a text stands at a place."""
    place = 0
    while place < len(text) and octets[at + place] == text[place]:
        place += 1
    return place == len(text)


@compiled
def after(octets: Octets, at: int, text: bytes) -> int:
    """The place behind a text that stands here."""
    if at != MISSED and begins(octets, at, text):
        return at + len(text)
    return MISSED


@compiled
def is_all(octets: Octets, at: int, end: int, text: bytes) -> bool:
    """Whether what is from a place to an end is a text."""
    return at != MISSED and end - at == len(text) and begins(octets, at, text)


@compiled
def until(octets: Octets, at: int, end: int, sign: int) -> int:
    """The place of the first sign from here on, and the end if there is none."""
    while at < end and octets[at] != sign:
        at += 1
    return at


@compiled
def find(octets: Octets, at: int, end: int, text: bytes) -> int:
    """Where a text first stands whole between a place and an end."""
    if at == MISSED:
        return MISSED
    first = text[0]
    for place in range(at, end - len(text) + 1):
        if octets[place] == first and begins(octets, place, text):
            return place
    return MISSED


@compiled
def find_only(octets: Octets, at: int, end: int, text: bytes) -> int:
    """Where a text stands whole that stands there once."""
    found = find(octets, at, end, text)
    if found == MISSED or find(octets, found + 1, end, text) != MISSED:
        return MISSED
    return found


@compiled
def address(octets: Octets, at: int) -> int:
    """The ``>`` behind an address that is not quoted."""
    if at == MISSED:
        return MISSED
    while octets[at] > SPACE and octets[at] != GREATER and octets[at] != QUOTE:
        at += 1
    return at if octets[at] == GREATER else MISSED


@compiled
def word(octets: Octets, at: int, sign: int) -> int:
    """Behind some octets that are neither a sign nor blank."""
    if at == MISSED:
        return MISSED
    stop = at
    while octets[stop] > SPACE and octets[stop] != sign:
        stop += 1
    return stop if stop > at else MISSED


@compiled
def is_digit(octet: int) -> bool:
    return 48 <= octet <= 57


@compiled
def is_letter(octet: int) -> bool:
    return 97 <= octet | 32 <= 122


@compiled
def digits(octets: Octets, at: int, most: int) -> int:
    """Behind one digit or more, that are at most so many."""
    if at == MISSED:
        return MISSED
    stop = at
    while is_digit(octets[stop]):
        stop += 1
    return stop if 0 < stop - at <= most else MISSED


@compiled
def number(octets: Octets, at: int, stop: int) -> int:
    """The number of the digits between two places."""
    value = 0
    for place in range(at, stop):
        value = value * 10 + octets[place] - 48
    return value


@compiled
def ip(octets: Octets, at: int) -> int:
    """Behind some octets as an IP address has them."""
    if at == MISSED:
        return MISSED
    stop = at
    while is_of_ip(octets[stop]):
        stop += 1
    return stop if stop > at else MISSED


@compiled
def is_of_ip(octet: int) -> bool:
    return is_digit(octet) or octet in (DOT, COLON) or 97 <= octet | 32 <= 102


@compiled
def dsn(octets: Octets, at: int) -> int:
    """Behind a code such as ``2.0.0``."""
    first = after(octets, digits(octets, at, 1), b".")
    second = after(octets, digits(octets, first, MANY), b".")
    return digits(octets, second, MANY)
