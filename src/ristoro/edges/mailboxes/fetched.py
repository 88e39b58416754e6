"""What FETCH answers (RFC 9051, 7.5.2), as IMAPClient's own values, at a fraction of its time.

IMAPClient's parser takes one octet after another: 13 of the 27 ms of a page of fifty messages. Here
one expression takes a whole word at a time. The day in an ENVELOPE, which is only what a sender
wrote, stays unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from imapclient.datetime_util import parse_to_datetime
from imapclient.exceptions import ProtocolError
from imapclient.response_types import Address, BodyData, Envelope

Piece = bytes | tuple[bytes, bytes]
"""A line, or what is before a literal and the literal."""

Answers = dict[int, dict[bytes, Any]]

_WORD = re.compile(
    rb' *(?:(\()|(\))|"([^"\\]*(?:\\.[^"\\]*)*)"'
    rb'|((?:BODY|BINARY(?:\.SIZE)?)\[[^\]]*\](?:<\d+>)?|[^\s()"]+))',
    re.IGNORECASE,
)
_ESCAPED = re.compile(rb"\\(.)")
_LITERAL = re.compile(rb" *~?\{\d+\+?\}$")
_DEEPEST = 100
"""Lists in lists: a host that sends more is not to exhaust whoever walks them."""


def parse(pieces: Sequence[Piece | None], uid_is_key: bool) -> Answers:
    """Every message's items by its UID, or by its number; ``ProtocolError`` for what is no answer.

    A message that is told of twice has all that both tell.
    """
    found: Answers = {}
    for number, items in _messages(pieces):
        if not isinstance(number, int) or not isinstance(items, tuple) or len(items) % 2:
            raise ProtocolError(f"no answer to FETCH: {number!r} {items!r}"[:500])
        told = {key.upper(): value for key, value in zip(items[::2], items[1::2], strict=True)}
        data = {key: _converted(key, value) for key, value in told.items()}
        key = data.pop(b"UID", number) if uid_is_key else number
        found.setdefault(key, {}).update({b"SEQ": number, **data})
    return found


def _messages(pieces: Sequence[Piece | None]) -> Iterator[tuple[Any, Any]]:
    """Number and items of each message."""
    open_lists: list[list[Any]] = [[]]
    for piece in pieces:
        if piece is None:
            continue
        line, literal = piece if isinstance(piece, tuple) else (piece, None)
        if literal is not None:
            line = _LITERAL.sub(b"", line)
        _read(line, open_lists)
        if literal is not None:
            open_lists[-1].append(literal)
        if len(open_lists) == 1:
            values = open_lists[0]
            yield from zip(values[::2], values[1::2], strict=True)
            values.clear()
    if len(open_lists) > 1:
        raise ProtocolError("an answer to FETCH ends within a list")


def _read(line: bytes, open_lists: list[list[Any]]) -> None:
    """Put the words of a line into the lists that are open, opening and closing more."""
    at, end = 0, len(line.rstrip())
    while at < end:
        word = _WORD.match(line, at)
        if word is None:
            raise ProtocolError(f"no word of IMAP: {line[at : at + 80]!r}")
        at = word.end()
        which = word.lastindex
        if which == 1:
            if len(open_lists) > _DEEPEST:
                raise ProtocolError("an answer to FETCH has too many lists in lists")
            open_lists.append([])
        elif which == 2:
            if len(open_lists) == 1:
                raise ProtocolError("an answer to FETCH closes a list that is not open")
            closed = tuple(open_lists.pop())
            open_lists[-1].append(closed)
        elif which == 3:
            text = word[3]
            open_lists[-1].append(_ESCAPED.sub(rb"\1", text) if b"\\" in text else text)
        else:
            open_lists[-1].append(_atom(word[4]))


def _atom(word: bytes) -> Any:
    if word.isdigit():
        return int(word)
    return None if word.upper() == b"NIL" else word


def _converted(key: bytes, value: Any) -> Any:
    try:
        if key == b"INTERNALDATE":
            return parse_to_datetime(value, normalise=False)
        if key == b"ENVELOPE":
            return _envelope(*value)
        if key in (b"BODY", b"BODYSTRUCTURE") and value is not None:
            return BodyData.create(value)
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise ProtocolError(f"no {key.decode('ascii', 'replace')}: {value!r}"[:500]) from error
    return value


def _envelope(_day: Any, subject: Any, *others: Any) -> Envelope:
    from_, sender, reply_to, to, cc, bcc, in_reply_to, message_id = others
    return Envelope(
        None,
        subject,
        *(_people(each) for each in (from_, sender, reply_to, to, cc, bcc)),
        in_reply_to,
        message_id,
    )


def _people(listed: Any) -> tuple[Address, ...] | None:
    return tuple(Address(*each) for each in listed if each) if listed else None
