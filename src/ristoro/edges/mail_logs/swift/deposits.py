"""What Dovecot's delivery says: a message saved into a folder, or why not."""

from __future__ import annotations

from ristoro.edges.mail_logs.events import Kind, Numbers, Octets
from ristoro.edges.mail_logs.swift.compiled import compiled
from ristoro.edges.mail_logs.swift.octets import (
    APOSTROPHE,
    CLOSES,
    COLON,
    GREATER,
    MANY,
    MISSED,
    OPENS,
    SPACE,
    after,
    begins,
    digits,
    find,
    word,
)
from ristoro.edges.mail_logs.swift.told import SILENT, UNREAD, columns, put

_DEPOSIT = int(Kind.DEPOSIT)
_SAVED, _MAILBOX, _SESSION, _MESSAGE_ID, _FOLDER, _REASON = columns(Kind.DEPOSIT)
_SAVES, _STORES, _FAILS = b": saved mail to ", b": stored mail into mailbox ", b": save failed to "


@compiled
def deposit(octets: Octets, text: int, at: int, end: int, event: Numbers) -> int:
    """``lmtp(USER)<PID><SESSION>: msgid=<ID>: saved mail to FOLDER``, and the like.

    ``at`` is the user's first octet.
    """
    stop = _user(octets, at)
    put(event, _MAILBOX, at, stop)
    session = after(octets, _process(octets, after(octets, stop, b")")), b"<")
    stop = word(octets, session, GREATER)
    put(event, _SESSION, session, stop)
    named = after(octets, stop, b">: msgid=")
    if named == MISSED:
        named = after(octets, stop, b">: sieve: msgid=")
    if named == MISSED:
        return _talk(octets, text, end)
    stop = _only_verb(octets, named, end)
    put(event, _MESSAGE_ID, named, stop)
    folder = _verb(octets, stop)
    if folder == MISSED:
        return UNREAD
    event[_SAVED] = not begins(octets, stop, _FAILS)
    return _DEPOSIT if _into(octets, folder, end, event) else UNREAD


@compiled
def _user(octets: Octets, at: int) -> int:
    """The bracket behind a user's name, in which there is neither a bracket nor a blank."""
    stop = at
    while octets[stop] > SPACE and octets[stop] != OPENS and octets[stop] != CLOSES:
        stop += 1
    return stop if stop > at else MISSED


@compiled
def _process(octets: Octets, at: int) -> int:
    """Behind ``<PID>``, where another such follows."""
    stop = digits(octets, after(octets, at, b"<"), MANY)
    return stop + 1 if stop != MISSED and begins(octets, stop, b"><") else at


@compiled
def _talk(octets: Octets, at: int, end: int) -> int:
    """What is told of a connection, unless any of the line may be of a message."""
    rest = after(octets, find(octets, at, end, b": "), b": ")
    if rest == MISSED or find(octets, at, end, b"msgid=") != MISSED:
        return UNREAD
    if (
        begins(octets, rest, b"Disconnect")
        or begins(octets, rest, b"Connect from")
        or begins(octets, rest, b"Error:")
        or begins(octets, rest, b"Warning:")
        or begins(octets, rest, b"Logged out")
        or begins(octets, rest, b"Killed with")
    ):
        return SILENT
    return UNREAD


@compiled
def _verb(octets: Octets, at: int) -> int:
    """Behind what was done with a message."""
    behind = after(octets, at, _SAVES)
    if behind == MISSED:
        behind = after(octets, at, _STORES)
    if behind == MISSED:
        behind = after(octets, at, _FAILS)
    return behind


@compiled
def _only_verb(octets: Octets, at: int, end: int) -> int:
    """Where it is told what was done, if that is told once: a Message-ID may tell it too."""
    found = MISSED
    place = find(octets, at, end, b": s")
    while place != MISSED:
        if _verb(octets, place) != MISSED:
            if found != MISSED:
                return MISSED
            found = place
        place = find(octets, place + 1, end, b": s")
    return found


@compiled
def _into(octets: Octets, at: int, end: int, event: Numbers) -> bool:
    """``FOLDER``, in apostrophes or not, and behind a failure ``: REASON``."""
    if octets[at] == APOSTROPHE:
        at += 1
    stop = at
    while stop < end and octets[stop] != APOSTROPHE and octets[stop] != COLON:
        stop += 1
    put(event, _FOLDER, at, stop)
    if octets[stop] == APOSTROPHE:
        stop += 1
    put(event, _REASON, end, end)
    if stop < end:
        reason = after(octets, stop, b": ")
        put(event, _REASON, reason, end)
        return reason != MISSED
    return True
