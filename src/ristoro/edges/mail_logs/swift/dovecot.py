"""Dovecot's lines."""

from __future__ import annotations

from ristoro.edges.mail_logs.columns import Edge
from ristoro.edges.mail_logs.dovecot import EDGES
from ristoro.edges.mail_logs.events import Kind, Numbers, Octets
from ristoro.edges.mail_logs.swift.compiled import compiled
from ristoro.edges.mail_logs.swift.deposits import deposit
from ristoro.edges.mail_logs.swift.octets import (
    MANY,
    MISSED,
    SPACE,
    after,
    begins,
    digits,
    find,
    word,
)
from ristoro.edges.mail_logs.swift.sign_ins import sign_in
from ristoro.edges.mail_logs.swift.told import SILENT, UNREAD, columns, row_of

_DEPOSIT, _SIGN_IN, _EDGE = int(Kind.DEPOSIT), int(Kind.SIGN_IN), int(Kind.EDGE)
(_WHICH,) = columns(Kind.EDGE)
_STARTED, _STOPPED = EDGES.index(Edge.STARTED), EDGES.index(Edge.STOPPED)
_LOGIN = b"-login: "
_NEAR = 24
"""Octets within which a service is named that somebody signs in to."""


@compiled
def read_dovecot(octets: Octets, at: int, end: int, told: Numbers, places: Numbers) -> int:
    """The kind of what a line tells; its event is written to the kind's next row."""
    user = after(octets, at, b"lmtp(")
    if user == MISSED:
        user = after(octets, at, b"lda(")
    if user != MISSED:
        return deposit(octets, at, user, end, row_of(told, places, _DEPOSIT))
    if begins(octets, at, b"imap("):
        return SILENT
    if find(octets, at, min(at + _NEAR, end), _LOGIN) != MISSED:
        return sign_in(octets, at, end, row_of(told, places, _SIGN_IN))
    if begins(octets, at, b"master: "):
        return _master(octets, at, end, row_of(told, places, _EDGE))
    return SILENT if _is_silent(octets, at) else UNREAD


@compiled
def _master(octets: Octets, at: int, end: int, event: Numbers) -> int:
    """When the service started and stopped."""
    version_end = word(octets, after(octets, at, b"master: Dovecot v"), SPACE)
    starts = find(octets, after(octets, version_end, b" "), end, b"starting up for ")
    if starts != MISSED:
        event[_WHICH] = _STARTED
        return _EDGE
    signal = digits(octets, after(octets, at, b"master: Warning: Killed with signal "), MANY)
    if after(octets, signal, b" ") != MISSED:
        event[_WHICH] = _STOPPED
        return _EDGE
    if begins(octets, at, b"master: Warning:") or begins(octets, at, b"master: Error:"):
        return SILENT
    return UNREAD


@compiled
def _is_silent(octets: Octets, at: int) -> bool:
    """Whether it is told by who says nothing of mail."""
    return (
        begins(octets, at, b"auth")
        or begins(octets, at, b"pop3(")
        or begins(octets, at, b"anvil")
        or begins(octets, at, b"stats")
        or begins(octets, at, b"config")
        or begins(octets, at, b"log")
        or begins(octets, at, b"indexer")
        or begins(octets, at, b"replicator")
        or begins(octets, at, b"doveadm")
    )
