"""Postfix's lines, each read whole or not at all.

Addresses, HELO names, Message-IDs and other hosts' answers are written by strangers, who may write
what looks like the rest of a line. An address is taken only as Postfix quotes one, so that nothing
in it ends it early; a line that can be read in two ways is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from ristoro.edges.mail_logs.events import NEVER, Kind, Mark, Status, Told

ADDRESS = rb'((?:"(?:[^"\\]|\\.)*"@)?[^">\s]*)'
QID = rb"([0-9A-Za-z]{5,20})"
_ATTEMPT = re.compile(
    rb"%(qid)s: to=<%(address)s>, (?:orig_to=<%(address)s>, )?relay=([^,\s]+), "
    rb"(?:conn_use=\d+, )?delay=(\d{1,12}(?:\.\d{1,9})?), delays=[\d./]+, dsn=(\d\.\d+\.\d+), "
    rb"status=(sent|deferred|bounced|expired) \((.*)\)" % {b"qid": QID, b"address": ADDRESS},
    re.DOTALL,
)
_QUEUED = re.compile(
    rb"%(qid)s: from=<%(address)s>, size=(\d{1,18}), nrcpt=\d+ \(queue active\)"
    % {b"qid": QID, b"address": ADDRESS}
)
_GIVEN_UP = re.compile(
    rb"%(qid)s: from=<%(address)s>, status=(?:force-)?expired, returned to sender"
    % {b"qid": QID, b"address": ADDRESS}
)
_REMOVED = re.compile(rb"%s: removed" % QID)
_CLIENT = re.compile(rb"%s: client=(\S+\[[0-9A-Fa-f.:]+\]|\S+\[unknown\])(?:, .*)?" % QID)
_NAMED = re.compile(rb"%s: (?:resent-)?message-id=(.*)" % QID, re.DOTALL)
_PICKED_UP = re.compile(rb"%s: uid=\d+ from=<%s>(?: orig_id=[0-9A-Za-z]+)?" % (QID, ADDRESS))
_BY_HAND = re.compile(rb"%s: (removed|placed on hold|released from hold|requeued)" % QID)
_DOOR = re.compile(
    rb"NOQUEUE: reject: [A-Z-]+ from (\S+\[[^\]\s]*\]): (\d{3}) (?:(\d\.\d+\.\d+) )?(.*); "
    rb"from=<%(address)s> to=<%(address)s> proto=\w+(?: helo=<(.*)>)?" % {b"address": ADDRESS},
    re.DOTALL,
)
_MARKS = {
    b"removed": Mark.DELETED,
    b"placed on hold": Mark.HELD,
    b"released from hold": Mark.RELEASED,
    b"requeued": Mark.REQUEUED,
}
_STATUS = {
    b"sent": Status.SENT,
    b"deferred": Status.DEFERRED,
    b"bounced": Status.BOUNCED,
    b"expired": Status.EXPIRED,
}

Reader = Callable[[bytes], Told | bool]
"""Reads a program's text: what it tells, ``True`` where nothing of a message, ``False`` where the
line is not known."""


@lru_cache(maxsize=65_536)
def millis(delay: bytes) -> int:
    """Milliseconds of a delay as Postfix writes it, in seconds: ``0.09``, ``8.8``, ``40``."""
    return int(Decimal(delay.decode("ascii")) * 1000)


def attempt(text: bytes) -> Told | bool:
    """smtp, lmtp, error, local, virtual, pipe, discard: one attempt at one recipient."""
    found = _ATTEMPT.fullmatch(text)
    if found is None:
        return text.startswith(b"connect to ") or _is_talk(text)
    queue_id, recipient, original, relay, delay, dsn, word, reason = found.groups()
    if b", status=" in reason:
        return False  # an address that was not quoted may have told of another end
    status = _STATUS[word]
    deferred = status is Status.DEFERRED
    # When it was first deferred is the line's own instant, which its reader does not know.
    return Told(
        Kind.TRIED,
        (status, millis(delay), int(deferred), NEVER),
        (queue_id, recipient, original, relay, dsn, reason, reason if deferred else None),
    )


def manager(text: bytes) -> Told | bool:
    """qmgr: what is in the queue, and what leaves it."""
    if found := _REMOVED.fullmatch(text):
        return Told(Kind.MARKED, (Mark.REMOVED,), (found[1],))
    if found := _QUEUED.fullmatch(text):
        return Told(Kind.QUEUED, (int(found[3]),), (found[1], found[2]))
    if found := _GIVEN_UP.fullmatch(text):
        return Told(Kind.MARKED, (Mark.EXPIRED,), (found[1],))
    return False


def cleanup(text: bytes) -> Told | bool:
    """cleanup: a message's Message-ID, which its sender wrote."""
    found = _NAMED.fullmatch(text)
    return found is not None and Told(Kind.NAMED, (), (found[1], found[2]))


def server(text: bytes) -> Told | bool:
    """smtpd: a message begins to come in. What comes and goes at the door says nothing more."""
    if text.startswith((b"connect from ", b"disconnect from ", b"lost connection after ")):
        return True
    if text.startswith(b"NOQUEUE: "):
        return _door(text)
    if found := _CLIENT.fullmatch(text):
        return Told(Kind.ARRIVED, (), (found[1], found[2]))
    return text.startswith((b"timeout after ", b"improper command ", b"too many errors "))


def _door(text: bytes) -> Told | bool:
    """A refusal at the door."""
    found = _DOOR.fullmatch(text)
    if found is None or text.count(b"; from=<") > 1:
        return False
    client, code, dsn, reason, sender, recipient, _ = found.groups()
    return Told(Kind.DOOR, (int(code),), (client, dsn, sender, recipient, reason))


def picked_up(text: bytes) -> Told | bool:
    """pickup: a message of this host's own."""
    found = _PICKED_UP.fullmatch(text)
    return found is not None and Told(Kind.ARRIVED, (), (found[1], b""))


def by_hand(text: bytes) -> Told | bool:
    """postsuper: what an administrator did to a message."""
    if found := _BY_HAND.fullmatch(text):
        return Told(Kind.MARKED, (_MARKS[found[2]],), (found[1],))
    return text.startswith((b"Deleted: ", b"Placed on hold: ", b"Released from hold: ",
                            b"Requeued: "))  # fmt: skip


def silent(text: bytes) -> Told | bool:
    """Programs whose lines say nothing of a message: bounce names what cleanup names too."""
    return not text.startswith((b"warning: ", b"fatal: ", b"error: ", b"panic: "))


def _is_talk(text: bytes) -> bool:
    """Of connections, and not of a message's end."""
    _, _, rest = text.partition(b": ")
    return b" status=" not in text and rest.startswith(
        (b"host ", b"enabling PIX", b"lost connection with", b"conversation with")
    )


READERS: dict[bytes, Reader] = {
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


def reader_of(program: bytes) -> Reader | None:
    """Who reads a program's lines: ``postfix/lmtp``, ``postfix-out/submission/smtpd`` and so on."""
    first, slash, _ = program.partition(b"/")
    if not slash or not first.startswith(b"postfix"):
        return None
    return READERS.get(program.rpartition(b"/")[2])
