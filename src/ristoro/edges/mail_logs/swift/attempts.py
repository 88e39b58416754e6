"""Attempts at one recipient, as Postfix's delivery agents write them."""

from __future__ import annotations

from ristoro.edges.mail_logs.events import NEVER, Kind, Numbers, Octets, Status
from ristoro.edges.mail_logs.swift.compiled import compiled
from ristoro.edges.mail_logs.swift.octets import (
    CLOSES,
    COMMA,
    DOT,
    MANY,
    MISSED,
    SLASH,
    address,
    after,
    begins,
    digits,
    dsn,
    find,
    is_digit,
    number,
    word,
)
from ristoro.edges.mail_logs.swift.told import columns, put

(_STATUS, _DELAY, _DEFERRALS, _FIRST_AT,
 _QUEUE_ID, _RECIPIENT, _ORIGINAL, _RELAY, _DSN, _REASON, _FIRST_REASON) = columns(
    Kind.TRIED
)  # fmt: skip
_SENT, _DEFERRED = int(Status.SENT), int(Status.DEFERRED)
_BOUNCED, _EXPIRED = int(Status.BOUNCED), int(Status.EXPIRED)


@compiled
def attempt(octets: Octets, at: int, colon: int, end: int, event: Numbers) -> bool:
    """``to=<ADDRESS>, orig_to=<ADDRESS>, relay=NAME, conn_use=N, delay=N, delays=N/N/N/N,
    dsn=N.N.N, status=WORD (REASON)``, of which the second and the fourth may be missing."""
    recipient = after(octets, colon, b": to=<")
    stop = address(octets, recipient)
    put(event, _RECIPIENT, recipient, stop)
    put(event, _ORIGINAL, 0, MISSED)
    original = after(octets, stop, b">, orig_to=<")
    if original != MISSED:
        stop = address(octets, original)
        put(event, _ORIGINAL, original, stop)
    relay = after(octets, stop, b">, relay=")
    stop = word(octets, relay, COMMA)
    put(event, _RELAY, relay, stop)
    again = after(octets, stop, b", conn_use=")
    if again != MISSED:
        stop = digits(octets, again, MANY)
    delay = after(octets, stop, b", delay=")
    stop = _seconds(octets, delay, event)
    stop = _delays(octets, after(octets, stop, b", delays="))
    code = after(octets, stop, b", dsn=")
    stop = dsn(octets, code)
    put(event, _DSN, code, stop)
    reason = _status(octets, after(octets, stop, b", status="), event)
    last = end - 1
    if reason == MISSED or reason > last or octets[last] != CLOSES:
        return False
    # An address that was not quoted may have told of another end.
    if find(octets, reason, last, b", status=") != MISSED:
        return False
    deferred = event[_STATUS] == _DEFERRED
    event[_DEFERRALS], event[_FIRST_AT] = deferred, NEVER
    put(event, _QUEUE_ID, at, colon)
    put(event, _REASON, reason, last)
    put(event, _FIRST_REASON, reason, last if deferred else reason + MISSED)
    return True


@compiled
def _seconds(octets: Octets, at: int, event: Numbers) -> int:
    """Behind seconds such as ``0.09``, ``8.8`` and ``40``, which are told in milliseconds."""
    stop = digits(octets, at, 12)
    if stop == MISSED:
        return MISSED
    value, scale = number(octets, at, stop), 1000
    if octets[stop] == DOT:
        at, stop = stop + 1, digits(octets, stop + 1, 9)
        for place in range(at, min(stop, at + 3)):
            value, scale = value * 10 + octets[place] - 48, scale // 10
    event[_DELAY] = value * scale
    return stop


@compiled
def _delays(octets: Octets, at: int) -> int:
    """Behind ``0/0.01/0.03/0.04``."""
    if at == MISSED:
        return MISSED
    stop = at
    while is_digit(octets[stop]) or octets[stop] == DOT or octets[stop] == SLASH:
        stop += 1
    return stop if stop > at else MISSED


@compiled
def _status(octets: Octets, at: int, event: Numbers) -> int:
    """Behind ``sent (`` and the like."""
    if at == MISSED:
        return MISSED
    if begins(octets, at, b"sent ("):
        event[_STATUS] = _SENT
        return at + 6
    if begins(octets, at, b"deferred ("):
        event[_STATUS] = _DEFERRED
        return at + 10
    if begins(octets, at, b"bounced ("):
        event[_STATUS] = _BOUNCED
        return at + 9
    if begins(octets, at, b"expired ("):
        event[_STATUS] = _EXPIRED
        return at + 9
    return MISSED


@compiled
def is_talk(octets: Octets, at: int, end: int) -> bool:
    """Of connections, and not of a message's end."""
    if begins(octets, at, b"connect to "):
        return True
    rest = after(octets, find(octets, at, end, b": "), b": ")
    if rest == MISSED or find(octets, at, end, b" status=") != MISSED:
        return False
    return (
        begins(octets, rest, b"host ")
        or begins(octets, rest, b"enabling PIX")
        or begins(octets, rest, b"lost connection with")
        or begins(octets, rest, b"conversation with")
    )
