"""Lines of Dovecot, many at a time: deposits, sign-ins, and what says nothing of either."""

from __future__ import annotations

import numpy as np

from ristoro.edges.mail_logs.columns import SignIn
from ristoro.edges.mail_logs.dovecot import ENDED
from ristoro.edges.mail_logs.events import Kind, Lot, Numbers, Text
from ristoro.edges.mail_logs.swift.octets import (
    Block,
    Flags,
    ends_bracket,
    ends_session,
    ends_user,
    ends_word,
    no_digit,
    no_ip,
)


def read_dovecot(
    here: Block, rows: Numbers, text: Numbers, ends: Numbers, host: Numbers, done: Flags
) -> None:
    """Dovecot: what a session did, a delivery's connection, and a message saved into the inbox."""
    end = ends[rows]
    mine = here.begins(text, b"imap(") & (text + 5 <= end)
    auth = np.flatnonzero(here.begins(text, b"auth") & (text + 4 <= end))
    head = here.window(text[auth], 24)
    mine[auth] = ~((head[:, :-1] == 45) & (head[:, 1:] == 108)).any(axis=1)
    done[rows[mine]] = True
    for way in (b"imap", b"pop3"):
        some = np.flatnonzero(here.begins(text, way + b"-login: "))
        if len(some):
            _signed_in(here, rows[some], host[some], text[some], end[some], done)
    some = np.flatnonzero(here.begins(text, b"lmtp("))
    if not len(some):
        return
    rows, text, end, host = rows[some], text[some], end[some], host[some]
    user = text + 5
    size = here.until(user, ends_user, 96)
    place = user + size
    digits = here.until(user, no_digit, 12)
    talk = (digits == size) & (
        here.begins(place, b"): Conne") | here.begins(place, b"): Disco")
        | here.begins(place, b"): Error")
    )  # fmt: skip
    likely = np.flatnonzero(talk)
    short = place[likely]
    talk[likely] = (
        here.begins(short, b"): Connect from ") | here.begins(short, b"): Disconnect")
        | here.begins(short, b"): Error:")
    )  # fmt: skip
    tail = here.window(short, 224)
    inside = np.arange(223) < (end[likely] - short)[:, None]
    talk[likely] &= ~((tail[:, :-1] == 100) & (tail[:, 1:] == 61) & inside).any(axis=1)
    talk &= (end - place <= 223) & (place + 16 <= end)
    done[rows[talk]] = True
    saved = ~talk & (size > 0) & here.begins(place, b")<")
    saved &= here.begins(end - 21, b": saved mail to INBOX")
    some = np.flatnonzero(saved)
    if len(some):
        _saved(here, rows[some], host[some], Text(user[some], size[some]), end[some], done)


def _saved(
    here: Block, rows: Numbers, host: Numbers, user: Text, end: Numbers, done: Flags
) -> None:
    """``lmtp(USER)<PID><SESSION>: msgid=ID: saved mail to INBOX``."""
    place = user.starts + user.lengths + 2
    pid = here.until(place, no_digit, 12)
    fine = (pid > 0) & here.begins(place + pid, b"><")
    session = place + pid + 2
    size = here.until(session, ends_session, 64)
    place = session + size
    fine &= (size > 0) & here.begins(place, b">: msgid=")
    named = place + 9
    length = end - 21 - named
    fine &= (length >= 0) & (length <= 191)
    # What the sender wrote has nothing in it that could be taken for what the store says.
    octets = here.window(np.where(fine, named, 0), 192)
    pairs = (octets[:, :-1] == 58) & (octets[:, 1:] == 32) & (np.arange(191) < length[:, None])
    fine &= ~pairs.any(axis=1)
    done[rows[fine]] = True
    if not fine.any():
        return
    count = int(fine.sum())
    nothing = Text(named[fine], np.zeros(count, np.int64))
    here.lots.setdefault(Kind.DEPOSIT, []).append(
        Lot(
            {"row": rows[fine], "host": host[fine], "saved": np.ones(count, np.int64)},
            {
                "mailbox": Text(user.starts[fine], user.lengths[fine]),
                "session": Text(session[fine], size[fine]),
                "message_id": Text(named[fine], length[fine]),
                "folder": Text(end[fine] - 5, np.full(count, 5)),
                "reason": nothing,
            },
        )
    )


_GOOD = b"Login: user=<"
_REFUSED = b"Disconnected: Connection closed (auth failed, "


def _signed_in(
    here: Block, rows: Numbers, host: Numbers, text: Numbers, end: Numbers, done: Flags
) -> None:
    """``imap-login: Login: user=<ADDRESS>, method=WORD, rip=IP, .., session=<SESSION>``, and the
    same behind ``Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): ``."""
    good = here.begins(text + 12, _GOOD)
    refused = np.flatnonzero(here.begins(text + 12, _REFUSED))
    user, why = text + 25, text + 25
    why_size = np.zeros_like(text)
    fine = good.copy()
    if len(refused):
        # What stands in the brackets: digits and words.
        why = why.copy()
        why[refused] = text[refused] + 12 + len(_REFUSED) - 13
        octets = here.window(why[refused] + 13, 48)
        stop = (octets == 40) | (octets == 41)
        size = stop.argmax(axis=1)
        # Another cause than the password, as a failure, has one of these letters.
        other = ((octets == 102) | (octets == 119)) & (np.arange(48) < size[:, None])
        stop &= ~other.any(axis=1)[:, None]
        after = why[refused] + 13 + size
        fine[refused] = stop.any(axis=1) & here.begins(after, b"): user=<")
        why_size[refused] = 13 + size
        user[refused] = after + 9
    size = here.until(user, ends_session, 128)
    place = user + size
    fine &= here.begins(place, b">, method=")
    place += 10
    place += here.until(place, ends_word, 32)
    fine &= here.begins(place, b", rip=")
    remote = place + 6
    remote_size = here.until(remote, no_ip, 48)
    place = remote + remote_size
    fine &= (remote_size > 0) & here.begins(place, b", lip=")
    # Of what the patterns look for there must be one alone, to the line's end.
    rest = here.window(np.where(fine, place, 0), 160)
    inside = np.arange(159) < (end - place)[:, None]
    equals = (rest[:, 1:] == 61) & inside
    fine &= end - place <= 159
    fine &= ((rest[:, :-1] == 112) & equals).sum(axis=1) == 1
    named = (rest[:, :-1] == 110) & equals
    fine &= named.sum(axis=1) == 1
    session = place + named.argmax(axis=1) + 3
    fine &= here.begins(session - 11, b", session=<")
    session_size = here.until(session, ends_bracket, 64)
    fine &= (session_size > 0) & (session + session_size + 1 == end)
    fine &= here.octets[end - 1] == 62
    if not fine.any():
        return
    done[rows[fine]] = True
    ended = np.where(good[fine], _ENDED[SignIn.GOOD], _ENDED[SignIn.REFUSED])
    here.lots.setdefault(Kind.SIGN_IN, []).append(
        Lot(
            {"row": rows[fine], "host": host[fine], "ended": ended},
            {
                "way": Text(text[fine], np.full(len(ended), 4)),
                "mailbox": Text(user[fine], size[fine]),
                "reason": Text(why[fine], why_size[fine]),
                "remote": Text(remote[fine], remote_size[fine]),
                "session": Text(session[fine], session_size[fine]),
            },
        )
    )


_ENDED = {one: number for number, one in enumerate(ENDED)}
