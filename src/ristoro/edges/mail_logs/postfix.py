"""Postfix's lines, each read whole or not at all.

Addresses, HELO names, Message-IDs and other hosts' answers are written by strangers, who may write
what looks like the rest of a line. An address is taken only as Postfix quotes one, so that nothing
in it ends it early; a line that can be read in two ways is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ristoro.edges.mail_logs.columns import Fate
from ristoro.edges.mail_logs.lives import Queue

ADDRESS = rb'((?:"(?:[^"\\]|\\.)*"@)?[^">\s]*)'
_QID = rb"([0-9A-Za-z]{5,20})"
_ATTEMPT = re.compile(
    rb"%(qid)s: to=<%(address)s>, (?:orig_to=<%(address)s>, )?relay=([^,\s]+), "
    rb"(?:conn_use=\d+, )?delay=(\d+(?:\.\d+)?), delays=[\d./]+, dsn=(\d\.\d+\.\d+), "
    rb"status=(sent|deferred|bounced|expired) \((.*)\)" % {b"qid": _QID, b"address": ADDRESS},
    re.DOTALL,
)
_QUEUED = re.compile(
    rb"%(qid)s: from=<%(address)s>, size=(\d+), nrcpt=\d+ \(queue active\)"
    % {b"qid": _QID, b"address": ADDRESS}
)
_GIVEN_UP = re.compile(
    rb"%(qid)s: from=<%(address)s>, status=(?:force-)?expired, returned to sender"
    % {b"qid": _QID, b"address": ADDRESS}
)
_CLIENT = re.compile(rb"%s: client=(\S+\[[0-9A-Fa-f.:]+\]|\S+\[unknown\])(?:, .*)?" % _QID)
_NAMED = re.compile(rb"%s: (?:resent-)?message-id=(.*)" % _QID, re.DOTALL)
_PICKED_UP = re.compile(rb"%s: uid=\d+ from=<%s>" % (_QID, ADDRESS))
_DOOR = re.compile(
    rb"NOQUEUE: reject: [A-Z-]+ from (\S+\[[^\]\s]*\]): (\d{3}) (?:(\d\.\d+\.\d+) )?(.*); "
    rb"from=<%(address)s> to=<%(address)s> proto=\w+(?: helo=<(.*)>)?" % {b"address": ADDRESS},
    re.DOTALL,
)
_FATES = {b"removed": Fate.DELETED, b"placed on hold": Fate.HELD}

Door = tuple[bytes, bytes, bytes, bytes, bytes, bytes]
OnDoor = Callable[[Door], None]
Read = Callable[[Queue, bytes, bytes, int], bool]
"""A queue, the stamp, a program's text and the line's number; whether the line was understood."""


def attempt(queue: Queue, at: bytes, text: bytes, line: int) -> bool:
    """smtp, lmtp, error, local, virtual, pipe, discard: one attempt at one recipient."""
    found = _ATTEMPT.fullmatch(text)
    if found is not None:
        queue.attempted(found[1], at, found.groups()[1:], line)
        return True
    return text.startswith(b"connect to ") or _is_talk(text)


def manager(queue: Queue, at: bytes, text: bytes, line: int) -> bool:
    """qmgr: what is in the queue, and what leaves it."""
    qid, _, rest = text.partition(b": ")
    if rest == b"removed":
        queue.removed(qid, line)
        return True
    if rest.endswith(b" (queue active)"):
        if queue.knows(qid):
            return True
        found = _QUEUED.fullmatch(text)
        if found is not None:
            queue.queued(qid, found[2], int(found[3]), line)
            return True
        return False
    given_up = _GIVEN_UP.fullmatch(text)
    if given_up is not None:
        queue.marked(qid, at, Fate.EXPIRED, line)
        return True
    return False


def cleanup(queue: Queue, at: bytes, text: bytes, line: int) -> bool:
    """cleanup: a message's Message-ID, which its sender wrote."""
    found = _NAMED.fullmatch(text)
    if found is None:
        return False
    queue.named(found[1], at, found[2], line)
    return True


def server(queue: Queue, at: bytes, text: bytes, line: int) -> bool:
    """smtpd: a message begins to come in. What comes and goes at the door says nothing more."""
    if text.startswith((b"connect from ", b"disconnect from ", b"lost connection after ")):
        return True
    found = _CLIENT.fullmatch(text)
    if found is not None:
        queue.arrived(found[1], at, found[2], line)
        return True
    return text.startswith((b"timeout after ", b"improper command ", b"too many errors "))


def door(text: bytes) -> Door | None:
    """A refusal at the door: client, code, dsn, reason, sender, recipient."""
    found = _DOOR.fullmatch(text)
    if found is None or text.count(b"; from=<") > 1:
        return None
    client, code, dsn, reason, sender, recipient, _ = found.groups()
    return client, code, dsn or b"", reason, sender, recipient


def picked_up(queue: Queue, at: bytes, text: bytes, line: int) -> bool:
    """pickup: a message of this host's own."""
    found = _PICKED_UP.fullmatch(text)
    if found is None:
        return False
    queue.arrived(found[1], at, b"", line)
    return True


def by_hand(queue: Queue, at: bytes, text: bytes, line: int) -> bool:
    """postsuper: what an administrator did to a message."""
    qid, _, rest = text.partition(b": ")
    fate = _FATES.get(rest)
    if fate is not None and qid.isalnum():
        queue.marked(qid, at, fate, line)
        return True
    if rest == b"released from hold" and qid.isalnum():
        queue.released(qid)
        return True
    return qid in (b"Deleted", b"Placed on hold", b"Released from hold", b"Requeued") or (
        rest == b"requeued"
    )


def silent(queue: Queue, at: bytes, text: bytes, line: int) -> bool:
    """Programs whose lines say nothing of a message: bounce names what cleanup names too."""
    del queue, at, text, line
    return True


def _is_talk(text: bytes) -> bool:
    """Of connections, and not of a message's end."""
    _, _, rest = text.partition(b": ")
    return b" status=" not in text and rest.startswith(
        (b"host ", b"enabling PIX", b"lost connection with", b"conversation with")
    )


READS: dict[bytes, Read] = {
    b"smtpd": server,
    b"cleanup": cleanup,
    b"qmgr": manager,
    b"oqmgr": manager,
    b"pickup": picked_up,
    b"postsuper": by_hand,
    **dict.fromkeys((b"smtp", b"lmtp", b"error", b"local", b"virtual", b"pipe", b"discard",
                     b"retry"), attempt),
    **dict.fromkeys((b"bounce", b"scache", b"anvil", b"master", b"postfix-script", b"tlsmgr",
                     b"trivial-rewrite", b"verify", b"proxymap"), silent),
}  # fmt: skip
