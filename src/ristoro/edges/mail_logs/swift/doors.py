"""Who stands at the door, and who is refused there."""

from __future__ import annotations

from ristoro.edges.mail_logs.events import Kind, Numbers, Octets
from ristoro.edges.mail_logs.swift.compiled import compiled
from ristoro.edges.mail_logs.swift.octets import (
    BRACKET,
    COLON,
    COMMA,
    END_BRACKET,
    GREATER,
    MISSED,
    SPACE,
    address,
    after,
    digits,
    dsn,
    find_only,
    is_all,
    is_digit,
    is_letter,
    is_of_ip,
    number,
    word,
)
from ristoro.edges.mail_logs.swift.told import columns, put

_CODE, _CLIENT, _DSN, _SENDER, _RECIPIENT, _REASON = columns(Kind.DOOR)
_UNKNOWN = b"[unknown]"
_DASH, _UNDERSCORE = b"-_"


@compiled
def client_end(octets: Octets, at: int, end: int) -> int:
    """Behind ``NAME[ADDRESS]``, whether the line ends there or a comma has more of it."""
    stop = word(octets, at, SPACE)
    if stop == MISSED:
        return MISSED
    if stop < end:
        stop -= 1
        if octets[stop] != COMMA or octets[stop + 1] != SPACE:
            return MISSED
    last = stop - 1
    if is_all(octets, stop - len(_UNKNOWN), stop, _UNKNOWN) and stop - len(_UNKNOWN) > at:
        return stop
    bracket = last - 1
    while is_of_ip(octets[bracket]):
        bracket -= 1
    fine = octets[last] == END_BRACKET and octets[bracket] == BRACKET
    return stop if fine and at < bracket < last - 1 else MISSED


@compiled
def refused_at_door(octets: Octets, at: int, end: int, event: Numbers) -> bool:
    """``NOQUEUE: reject: RCPT from NAME[ADDRESS]: CODE DSN REASON; from=<ADDRESS> to=<ADDRESS>
    proto=WORD helo=<NAME>``, of which the DSN and the last may be missing."""
    client = after(octets, _verb(octets, after(octets, at, b"NOQUEUE: reject: ")), b" from ")
    colon = _named(octets, client)
    code = after(octets, colon, b": ")
    reason = after(octets, digits(octets, code, 3), b" ")
    if reason == MISSED or reason - code != 4:
        return False
    put(event, _DSN, 0, MISSED)
    behind = after(octets, dsn(octets, reason), b" ")
    if behind != MISSED:
        put(event, _DSN, reason, behind - 1)
        reason = behind
    stop = find_only(octets, reason, end, b"; from=<")
    put(event, _REASON, reason, stop)
    sender = after(octets, stop, b"; from=<")
    stop = address(octets, sender)
    put(event, _SENDER, sender, stop)
    recipient = after(octets, stop, b"> to=<")
    stop = address(octets, recipient)
    put(event, _RECIPIENT, recipient, stop)
    stop = _protocol(octets, after(octets, stop, b"> proto="))
    if stop == MISSED:
        return False
    helo = after(octets, stop, b" helo=<")
    event[_CODE] = number(octets, code, code + 3)
    put(event, _CLIENT, client, colon)
    return stop == end or (helo != MISSED and helo < end and octets[end - 1] == GREATER)


@compiled
def _verb(octets: Octets, at: int) -> int:
    """Behind capital letters and dashes."""
    if at == MISSED:
        return MISSED
    stop = at
    while 65 <= octets[stop] <= 90 or octets[stop] == _DASH:
        stop += 1
    return stop if stop > at else MISSED


@compiled
def _named(octets: Octets, at: int) -> int:
    """The colon behind ``NAME[ADDRESS]``, whatever is in the brackets."""
    stop = word(octets, at, SPACE)
    if stop == MISSED or octets[stop - 1] != COLON or octets[stop - 2] != END_BRACKET:
        return MISSED
    bracket = stop - 3
    while bracket > at and octets[bracket] != BRACKET and octets[bracket] != END_BRACKET:
        bracket -= 1
    return stop - 1 if bracket > at and octets[bracket] == BRACKET else MISSED


@compiled
def _protocol(octets: Octets, at: int) -> int:
    """Behind ``ESMTP`` and the like."""
    if at == MISSED:
        return MISSED
    stop = at
    while is_letter(octets[stop]) or is_digit(octets[stop]) or octets[stop] == _UNDERSCORE:
        stop += 1
    return stop if stop > at else MISSED
