"""Lines of Postfix's programs."""

from __future__ import annotations

from ristoro.edges.mail_logs.events import Kind, Mark, Numbers, Octets
from ristoro.edges.mail_logs.swift.attempts import attempt, is_talk
from ristoro.edges.mail_logs.swift.compiled import compiled
from ristoro.edges.mail_logs.swift.doors import client_end, refused_at_door
from ristoro.edges.mail_logs.swift.octets import (
    BRACKET,
    COLON,
    END_BRACKET,
    MANY,
    MISSED,
    SLASH,
    SPACE,
    address,
    after,
    begins,
    digits,
    is_all,
    is_digit,
    is_letter,
    number,
    until,
)
from ristoro.edges.mail_logs.swift.told import SILENT, UNREAD, columns, put, row_of

_ARRIVED, _NAMED, _QUEUED = int(Kind.ARRIVED), int(Kind.NAMED), int(Kind.QUEUED)
_TRIED, _MARKED, _DOOR = int(Kind.TRIED), int(Kind.MARKED), int(Kind.DOOR)
_ARRIVED_ID, _CLIENT = columns(Kind.ARRIVED)
_NAMED_ID, _MESSAGE_ID = columns(Kind.NAMED)
_SIZE, _QUEUED_ID, _SENDER = columns(Kind.QUEUED)
_MARK, _MARKED_ID = columns(Kind.MARKED)
_REMOVED, _EXPIRED, _DELETED = int(Mark.REMOVED), int(Mark.EXPIRED), int(Mark.DELETED)
_HELD, _RELEASED, _REQUEUED = int(Mark.HELD), int(Mark.RELEASED), int(Mark.REQUEUED)


@compiled
def read_postfix(octets: Octets, at: int, end: int, told: Numbers, places: Numbers) -> int:
    """The kind of what ``postfix/smtpd[123]: TEXT`` tells; its event is written to the kind's
    next row."""
    space = until(octets, at, end, SPACE)
    bracket = until(octets, at, space, BRACKET)
    if space == end or bracket == space or not begins(octets, at, b"postfix"):
        return UNREAD
    if octets[space - 1] != COLON or octets[space - 2] != END_BRACKET:
        return UNREAD
    name = bracket
    while name > at and octets[name - 1] != SLASH:
        name -= 1
    if name == at:
        return UNREAD
    text = space + 1
    if _delivers(octets, name, bracket):
        return _attempt(octets, text, end, told, places)
    if is_all(octets, name, bracket, b"qmgr") or is_all(octets, name, bracket, b"oqmgr"):
        return _manager(octets, text, end, told, places)
    if is_all(octets, name, bracket, b"cleanup"):
        return _cleanup(octets, text, end, row_of(told, places, _NAMED))
    if is_all(octets, name, bracket, b"smtpd"):
        return _server(octets, text, end, told, places)
    if is_all(octets, name, bracket, b"pickup"):
        return _picked_up(octets, text, end, row_of(told, places, _ARRIVED))
    if is_all(octets, name, bracket, b"postsuper"):
        return _by_hand(octets, text, end, row_of(told, places, _MARKED))
    if _is_silent(octets, name, bracket) and not _warns(octets, text):
        return SILENT
    return UNREAD


@compiled
def _delivers(octets: Octets, at: int, end: int) -> bool:
    return (
        is_all(octets, at, end, b"lmtp")
        or is_all(octets, at, end, b"smtp")
        or is_all(octets, at, end, b"error")
        or is_all(octets, at, end, b"local")
        or is_all(octets, at, end, b"virtual")
        or is_all(octets, at, end, b"pipe")
        or is_all(octets, at, end, b"discard")
        or is_all(octets, at, end, b"retry")
    )


@compiled
def _is_silent(octets: Octets, at: int, end: int) -> bool:
    """Whether a program's lines say nothing of a message, but for warnings."""
    return (
        is_all(octets, at, end, b"bounce")
        or is_all(octets, at, end, b"anvil")
        or is_all(octets, at, end, b"scache")
        or is_all(octets, at, end, b"master")
        or is_all(octets, at, end, b"postfix-script")
        or is_all(octets, at, end, b"tlsmgr")
        or is_all(octets, at, end, b"trivial-rewrite")
        or is_all(octets, at, end, b"verify")
        or is_all(octets, at, end, b"proxymap")
    )


@compiled
def _warns(octets: Octets, at: int) -> bool:
    return (
        begins(octets, at, b"warning: ")
        or begins(octets, at, b"fatal: ")
        or begins(octets, at, b"error: ")
        or begins(octets, at, b"panic: ")
    )


@compiled
def _queue_id(octets: Octets, at: int) -> int:
    """The colon behind a queue id."""
    stop = at
    while is_digit(octets[stop]) or is_letter(octets[stop]):
        stop += 1
    return stop if 5 <= stop - at <= 20 and octets[stop] == COLON else MISSED


@compiled
def _marked(event: Numbers, mark: int, at: int, colon: int) -> int:
    event[_MARK] = mark
    put(event, _MARKED_ID, at, colon)
    return _MARKED


@compiled
def _attempt(octets: Octets, at: int, end: int, told: Numbers, places: Numbers) -> int:
    colon = _queue_id(octets, at)
    if colon != MISSED and attempt(octets, at, colon, end, row_of(told, places, _TRIED)):
        return _TRIED
    return SILENT if is_talk(octets, at, end) else UNREAD


@compiled
def _manager(octets: Octets, at: int, end: int, told: Numbers, places: Numbers) -> int:
    """``removed``, ``from=<ADDRESS>, size=N, nrcpt=N (queue active)``, or that it was given up."""
    colon = _queue_id(octets, at)
    if is_all(octets, colon, end, b": removed"):
        return _marked(row_of(told, places, _MARKED), _REMOVED, at, colon)
    sender = after(octets, colon, b": from=<")
    stop = address(octets, sender)
    if stop == MISSED:
        return UNREAD
    if is_all(octets, stop, end, b">, status=expired, returned to sender") or is_all(
        octets, stop, end, b">, status=force-expired, returned to sender"
    ):
        return _marked(row_of(told, places, _MARKED), _EXPIRED, at, colon)
    size = after(octets, stop, b">, size=")
    size_end = digits(octets, size, 18)
    count_end = digits(octets, after(octets, size_end, b", nrcpt="), MANY)
    if not is_all(octets, count_end, end, b" (queue active)"):
        return UNREAD
    event = row_of(told, places, _QUEUED)
    event[_SIZE] = number(octets, size, size_end)
    put(event, _QUEUED_ID, at, colon)
    put(event, _SENDER, sender, stop)
    return _QUEUED


@compiled
def _cleanup(octets: Octets, at: int, end: int, event: Numbers) -> int:
    """``message-id=`` and whatever its sender wrote."""
    colon = _queue_id(octets, at)
    named = after(octets, colon, b": message-id=")
    if named == MISSED:
        named = after(octets, colon, b": resent-message-id=")
    if named == MISSED:
        return UNREAD
    put(event, _NAMED_ID, at, colon)
    put(event, _MESSAGE_ID, named, end)
    return _NAMED


@compiled
def _server(octets: Octets, at: int, end: int, told: Numbers, places: Numbers) -> int:
    """What comes and goes at the door, and a message that begins to come in."""
    if _comes_or_goes(octets, at):
        return SILENT
    if begins(octets, at, b"NOQUEUE: "):
        return _DOOR if refused_at_door(octets, at, end, row_of(told, places, _DOOR)) else UNREAD
    colon = _queue_id(octets, at)
    client = after(octets, colon, b": client=")
    stop = client_end(octets, client, end)
    if stop == MISSED:
        return UNREAD
    event = row_of(told, places, _ARRIVED)
    put(event, _ARRIVED_ID, at, colon)
    put(event, _CLIENT, client, stop)
    return _ARRIVED


@compiled
def _comes_or_goes(octets: Octets, at: int) -> bool:
    return (
        begins(octets, at, b"connect from ")
        or begins(octets, at, b"disconnect from ")
        or begins(octets, at, b"lost connection after ")
        or begins(octets, at, b"timeout after ")
        or begins(octets, at, b"improper command ")
        or begins(octets, at, b"too many errors ")
    )


@compiled
def _picked_up(octets: Octets, at: int, end: int, event: Numbers) -> int:
    """``uid=N from=<ADDRESS>``: a message of this host's own."""
    colon = _queue_id(octets, at)
    stop = digits(octets, after(octets, colon, b": uid="), MANY)
    stop = address(octets, after(octets, stop, b" from=<"))
    if not is_all(octets, stop, end, b">"):
        return UNREAD
    put(event, _ARRIVED_ID, at, colon)
    put(event, _CLIENT, at, at)
    return _ARRIVED


@compiled
def _by_hand(octets: Octets, at: int, end: int, event: Numbers) -> int:
    """What an administrator did to a message."""
    colon = _queue_id(octets, at)
    if is_all(octets, colon, end, b": removed"):
        return _marked(event, _DELETED, at, colon)
    if is_all(octets, colon, end, b": placed on hold"):
        return _marked(event, _HELD, at, colon)
    if is_all(octets, colon, end, b": released from hold"):
        return _marked(event, _RELEASED, at, colon)
    if is_all(octets, colon, end, b": requeued"):
        return _marked(event, _REQUEUED, at, colon)
    if (
        begins(octets, at, b"Deleted: ")
        or begins(octets, at, b"Placed on hold: ")
        or begins(octets, at, b"Released from hold: ")
        or begins(octets, at, b"Requeued: ")
    ):
        return SILENT
    return UNREAD
