"""Lines of Dovecot, many at a time: deposits, sign-ins, and what says nothing of either."""

from __future__ import annotations

import numpy as np

from ristoro.edges.mail_logs.columns import SignIn
from ristoro.edges.mail_logs.dovecot import ENDED
from ristoro.edges.mail_logs.events import Kind, Lot, Numbers, Text
from ristoro.edges.mail_logs.swift.octets import (
    Block,
    Flags,
    closes,
    low,
    may_be_other,
    no_ip,
    quotes,
    word_of,
)
from ristoro.edges.mail_logs.swift.rows import Rows

_ENDED = {one: number for number, one in enumerate(ENDED)}


def read_dovecot(here: Block, rows: Rows, done: Flags) -> None:
    """Dovecot: what a session did, a delivery's connection, and a message saved into a folder."""
    if not len(rows):
        return
    word = here.words[rows.text]
    silent = (word & low(5)) == word_of(b"imap(")
    auth = np.flatnonzero((word & low(4)) == word_of(b"auth"))
    size = np.minimum(here.ends[rows.row[auth]] - rows.text[auth], 24)
    silent[auth] = here.lacks(rows.text[auth], size, b"-l", 24)
    done[rows.row[silent]] = True
    for way in (b"imap", b"pop3"):
        likely = np.flatnonzero(word == word_of(way + b"-log"))
        likely = likely[here.begins(rows.text[likely] + 8, b"in: ")]
        if len(likely):
            _signed_in(here, rows.take(likely), done)
    rows = rows.take(np.flatnonzero((word & low(5)) == word_of(b"lmtp(")))
    if not len(rows):
        return
    stop = here.places[rows.sign + 1]
    talk = np.flatnonzero((here.words[stop - 2] & low(3)) == word_of(b"): "))
    _talked(here, rows.take(talk), stop[talk] + 1, done)
    user = Text(rows.text + 5, stop - rows.text - 6)
    fine = (here.words[stop - 1] & low(2)) == word_of(b")<")
    fine &= here.only(user.starts, user.lengths, closes, 48) & (user.lengths > 0)
    told = np.flatnonzero(fine)
    if len(told):
        _deposited(here, rows.take(told), user.take(told), done)


def _talked(here: Block, rows: Rows, text: Numbers, done: Flags) -> None:
    """What is told of a connection, unless any of the line may be of a message."""
    fine = here.begins(text, b"Connect from ") | here.begins(text, b"Disconnect")
    fine |= here.begins(text, b"Error:")
    size = here.ends[rows.row] - rows.text
    fine &= size <= 512
    for least, width in ((0, 64), (64, 512)):
        some = np.flatnonzero(fine & (size > least) & (size <= width))
        fine[some] = here.lacks(rows.text[some], size[some], b"d=", width)
    done[rows.row[fine]] = True


def _deposited(here: Block, rows: Rows, user: Text, done: Flags) -> None:
    """``lmtp(USER)<PID><SESSION>: msgid=<ID>: saved mail to FOLDER``, and the like."""
    places, begins = here.places, here.begins
    sign = rows.sign + 1
    pid, between, session_end = places[sign], places[sign + 1], places[sign + 3]
    fine = here.number(between, between - pid - 1)[1] & begins(between, b"><")
    session = between + 2
    fine &= session_end > session
    wrong = np.flatnonzero(fine & begins(session_end, b">: Error:"))
    _talked(here, rows.take(wrong), session_end[wrong] + 3, done)
    sieve = begins(session_end, b">: sieve: msgid=")
    fine &= sieve | begins(session_end, b">: msgid=")
    sign += 5 + sieve
    # A Message-ID in brackets, and no other sign in it, so nothing that a store could have said.
    named = session_end + np.where(sieve, 16, 9)
    fine &= (places[sign] == named) & (here.octets[named] == 60)
    named_end = places[sign + 1] + 1
    some = np.flatnonzero(fine)
    told = Rows(rows.row[some], sign[some] + 2, named_end[some])
    texts = {
        "mailbox": user.take(some),
        "session": Text(session[some], (session_end - session)[some]),
        "message_id": Text(named[some], (named_end - named)[some]),
    }
    for verb, saved in (
        (b": saved mail to ", 1),
        (b": stored mail into mailbox ", 1),
        (b": save failed to ", 0),
    ):
        _told_of(here, told, texts, (verb, saved), done)


def _told_of(
    here: Block, rows: Rows, texts: dict[str, Text], told: tuple[bytes, int], done: Flags
) -> None:
    """``VERB FOLDER``, the folder in quotes or not, and behind a failure ``: REASON``."""
    verb, saved = told
    fine = here.begins(rows.text - 1, b">" + verb)
    some = np.flatnonzero(fine)
    if not len(some):
        return
    rows = rows.take(some)
    end, folder = here.ends[rows.row], rows.text + len(verb)
    if saved:
        stop, reason = end, Text(end, np.zeros(len(some), np.int64))
        fine = here.places[rows.sign + verb.count(b" ")] == end
    else:
        stop = here.places[rows.sign + verb.count(b" ")] - 1
        begin = stop + 2
        reason = Text(begin, end - begin)
        fine = ((here.words[stop] & low(2)) == word_of(b": ")) & (stop < end)
        fine &= here.lacks(begin, reason.lengths, b": ", 128)
    quoted = (here.octets[folder] == 39) & (here.octets[stop - 1] == 39) & (stop - folder > 2)
    folder, stop = folder + quoted, stop - quoted
    fine &= here.only(folder, stop - folder, quotes, 24) & (stop > folder)
    right = np.flatnonzero(fine)
    rows, some = rows.take(right), some[right]
    done[rows.row] = True
    here.lots.setdefault(Kind.DEPOSIT, []).append(
        Lot(
            {"row": rows.row, "host": here.hosts[rows.row], "saved": np.full(len(rows), saved)},
            {
                **{name: text.take(some) for name, text in texts.items()},
                "folder": Text(folder[right], (stop - folder)[right]),
                "reason": reason.take(right),
            },
        )
    )


_GOOD = b"Login: user=<"
_REFUSED = b"Disconnected: Connection closed (auth "
_FAILED = b"failed, "
_OURS = (b"service reported temporary failure", b"process communication failure")


def _signed_in(here: Block, rows: Rows, done: Flags) -> None:
    """``imap-login: Login: user=<ADDRESS>, method=WORD, rip=IP, .., session=<SESSION>``, and the
    same behind ``Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): ``."""
    begins, places = here.begins, here.places
    text = rows.text + 12
    warns = begins(text, b"Warning:") | begins(text, b"Error:")
    done[rows.row[warns]] = True
    good, refused = begins(text, _GOOD), np.flatnonzero(begins(text, _REFUSED))
    ended = np.full(len(rows), _ENDED[SignIn.GOOD])
    why, fine = Text(text.copy(), np.zeros_like(text)), good
    user = text + len(_GOOD)
    if len(refused):
        fine = fine.copy()
        _why(here, rows, refused, why, ended)
        after = why.starts[refused] + why.lengths[refused]
        fine[refused] = (why.lengths[refused] > 0) & begins(after, b"): user=<")
        user[refused] = after + 9
    # Behind the address ``>, method=WORD, rip=IP, lip=``.
    sign = np.searchsorted(places, user) - 1
    stop, method, remote = places[sign + 1], places[sign + 4], places[sign + 6]
    fine = fine & begins(stop, b">, method=") & begins(method, b", rip=")
    fine &= begins(remote, b", lip=") & (places[sign] == user - 1)
    at, size = method + 6, remote - method - 6
    fine &= here.only(at, size, no_ip, 40) & (size > 0)
    # Of what the patterns look for there must be no other, to the line's end.
    end = here.ends[rows.row]
    last = np.searchsorted(places, end)
    session, session_end = places[last - 2] + 1, places[last - 1]
    fine &= (session_end + 1 == end) & (here.octets[session_end] == 62)
    fine &= begins(session - 11, b", session=<") & (session_end > session)
    lip = remote + 6
    for pair in (b"p=", b"n="):
        fine &= here.lacks(lip, session - 9 - lip, pair, 64)
    some = np.flatnonzero(fine)
    if not len(some):
        return
    done[rows.row[some]] = True
    here.lots.setdefault(Kind.SIGN_IN, []).append(
        Lot(
            {"row": rows.row[some], "host": here.hosts[rows.row][some], "ended": ended[some]},
            {
                "way": Text(rows.text[some], np.full(len(some), 4)),
                "mailbox": Text(user[some], (stop - user)[some]),
                "reason": why.take(some),
                "remote": Text(at[some], size[some]),
                "session": Text(session[some], (session_end - session)[some]),
            },
        )
    )


def _why(here: Block, rows: Rows, refused: Numbers, why: Text, ended: Numbers) -> None:
    """What stands in the brackets, if it is known; its length is nothing else."""
    begin = rows.text[refused] + 12 + len(_REFUSED) - 5
    why.starts[refused] = begin
    size = here.until(begin, closes, 64)
    # The letters with which another cause than the password would be told.
    failed = here.begins(begin + 5, _FAILED) & here.only(begin + 13, size - 13, may_be_other, 48)
    ours = np.zeros(len(begin), np.bool_)
    for text in _OURS:
        ours |= here.begins(begin + 5, text) & (size == 5 + len(text))
    for known, one in ((failed, SignIn.REFUSED), (ours, SignIn.OURS)):
        ended[refused[known]] = _ENDED[one]
        why.lengths[refused[known]] = size[known]
