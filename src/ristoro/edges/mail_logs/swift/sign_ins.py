"""Sign-ins, as Dovecot tells of them."""

from __future__ import annotations

from ristoro.edges.mail_logs.columns import SignIn
from ristoro.edges.mail_logs.dovecot import ENDED
from ristoro.edges.mail_logs.events import Kind, Numbers, Octets
from ristoro.edges.mail_logs.swift.compiled import compiled
from ristoro.edges.mail_logs.swift.octets import (
    GREATER,
    LESS,
    MISSED,
    SPACE,
    after,
    begins,
    find,
    find_only,
    ip,
    is_letter,
)
from ristoro.edges.mail_logs.swift.told import SILENT, UNREAD, columns, put

_SIGN_IN = int(Kind.SIGN_IN)
_ENDED, _WAY, _MAILBOX, _REASON, _REMOTE, _SESSION = columns(Kind.SIGN_IN)
_GOOD, _REFUSED = ENDED.index(SignIn.GOOD), ENDED.index(SignIn.REFUSED)
_OURS, _CUT = ENDED.index(SignIn.OURS), ENDED.index(SignIn.CUT)


@compiled
def sign_in(octets: Octets, at: int, end: int, event: Numbers) -> int:
    """``imap-login: Login: user=<ADDRESS>, .., rip=IP, .., session=<SESSION>``, and the same
    behind ``Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): ``."""
    text = _way(octets, at)
    if text == MISSED:
        return UNREAD
    if begins(octets, text, b"Warning:") or begins(octets, text, b"Error:"):
        return SILENT
    put(event, _WAY, at, text - len(b"-login: "))
    user = after(octets, text, b"Login: user=<")
    if user != MISSED:
        event[_ENDED] = _GOOD
        put(event, _REASON, at, at)
        stop = find(octets, user, end, b">")
    else:
        bracket = _refused(octets, text, end, event)
        if bracket == MISSED:
            return UNREAD
        if event[_ENDED] == MISSED:
            return SILENT  # somebody came and went without trying
        user = after(octets, bracket, b"): user=<")
        stop = find(octets, user, end, b">, method=")
    put(event, _MAILBOX, user, stop)
    return _SIGN_IN if stop != MISSED and _from(octets, stop, end, event) else UNREAD


@compiled
def _way(octets: Octets, at: int) -> int:
    """Behind the way by which somebody signs in."""
    behind = after(octets, at, b"imap-login: ")
    if behind == MISSED:
        behind = after(octets, at, b"pop3-login: ")
    if behind == MISSED:
        behind = after(octets, at, b"submission-login: ")
    if behind == MISSED:
        behind = after(octets, at, b"managesieve-login: ")
    return behind


@compiled
def _refused(octets: Octets, at: int, end: int, event: Numbers) -> int:
    """The bracket behind the reason in ``Disconnected: Connection closed (REASON)``; how the
    sign-in ended by it is written, ``MISSED`` if none was tried."""
    word = after(octets, at, b"Disconnected")
    if word == MISSED:
        word = after(octets, at, b"Aborted login")
    reason = after(octets, _because(octets, word), b" (")
    stop = find(octets, reason, end, b")")
    if stop == MISSED or find(octets, reason, stop, b"(") != MISSED:
        return MISSED
    put(event, _REASON, reason, stop)
    event[_ENDED] = _ended(octets, reason, stop)
    return stop


@compiled
def _because(octets: Octets, at: int) -> int:
    """Behind ``: Connection closed``, where something like it stands."""
    text = after(octets, at, b": ")
    if text == MISSED:
        return at
    stop = text
    while is_letter(octets[stop]) or octets[stop] == SPACE:
        stop += 1
    # The last space is the bracket's.
    return stop - 1 if stop - 1 > text else MISSED


@compiled
def _ended(octets: Octets, at: int, end: int) -> int:
    """How a sign-in ended, by the reason; ``MISSED`` if none was tried."""
    if (
        find(octets, at, end, b"temporary failure") != MISSED
        or find(octets, at, end, b"communication failure") != MISSED
    ):
        return _OURS
    if find(octets, at, end, b"while authenticating") != MISSED:
        return _CUT
    if (
        find(octets, at, end, b"auth failed") != MISSED
        or find(octets, at, end, b"tried to use disallowed") != MISSED
    ):
        return _REFUSED
    return MISSED


@compiled
def _from(octets: Octets, at: int, end: int, event: Numbers) -> bool:
    """``rip=IP, .., session=<SESSION>``, each of which may stand there once."""
    remote = after(octets, find_only(octets, at, end, b"rip="), b"rip=")
    stop = ip(octets, remote)
    put(event, _REMOTE, remote, stop)
    if after(octets, stop, b", ") == MISSED:
        return False
    session = after(octets, find_only(octets, stop, end, b"session=<"), b"session=<")
    if session == MISSED:
        return False
    stop = session
    while octets[stop] > SPACE and octets[stop] != LESS and octets[stop] != GREATER:
        stop += 1
    put(event, _SESSION, session, stop)
    return octets[stop] == GREATER and stop > session
