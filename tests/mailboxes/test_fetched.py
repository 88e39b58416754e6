"""Answers to FETCH are read as IMAPClient reads them, and refused where they are none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_fetch_response

from ristoro.edges.mailboxes import fetched
from ristoro.edges.mailboxes.fetched import Piece

WORDS = st.text(st.sampled_from('abZ09 ()"\\{}[]<>=?é'), max_size=12).map(str.encode)
ADDRESS = st.tuples(*[st.none() | WORDS] * 4)
PEOPLE = st.none() | st.lists(ADDRESS, min_size=1, max_size=3)
ENVELOPE = st.tuples(
    st.just(b"Mon, 16 Jan 2023 10:00:00 +0100"), st.none() | WORDS, *[PEOPLE] * 6,
    st.none() | WORDS, st.none() | WORDS,
)  # fmt: skip
LEAF = st.tuples(
    st.just(b"text"), st.just(b"plain"), st.none() | st.lists(WORDS, min_size=2, max_size=2),
    st.none(), st.none(), st.just(b"7bit"), st.integers(0, 9_999_999_999),
)  # fmt: skip


def several(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(parts, min_size=1, max_size=3)
    return lists.map(lambda found: (*found, b"mixed"))


BODY = st.recursive(LEAF, several, max_leaves=6)
MESSAGE = st.tuples(ENVELOPE, BODY, st.lists(st.sampled_from([b"\\Seen", b"$Forwarded"])))


class Spoken:
    """A server that writes values as lines and literals, as it likes."""

    def __init__(self, literal: bool) -> None:
        self._literal = literal
        self._pieces: list[Piece] = []
        self._line = b""

    def answer(self, number: int, uid: int, message: tuple[Any, Any, Sequence[bytes]]) -> None:
        envelope, body, flags = message
        self._line = f"{number} (UID {uid} FLAGS ({b' '.join(flags).decode()}) ".encode()
        self._line += b'INTERNALDATE "16-Jan-2023 10:00:00 +0100" ENVELOPE '
        self._say(envelope)
        self._line += b" BODYSTRUCTURE "
        self._say(body)
        self._pieces.append(self._line + b")")

    def pieces(self) -> list[Piece | None]:
        return list(self._pieces)

    def _say(self, value: Any) -> None:
        if value is None:
            self._line += b"NIL"
        elif isinstance(value, int):
            self._line += b"%d" % value
        elif isinstance(value, bytes) and self._literal:
            self._pieces.append((self._line + b"{%d}" % len(value), value))
            self._line = b""
        elif isinstance(value, bytes):
            quoted = value.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            self._line += b'"' + quoted + b'"'
        else:
            self._line += b"("
            for place, each in enumerate(value):
                self._line += b" " if place else b""
                self._say(each)
            self._line += b")"


@given(st.lists(MESSAGE, max_size=3), st.booleans(), st.booleans())
def test_it_reads_what_the_library_reads(
    messages: list[Any], literal: bool, uid_is_key: bool
) -> None:
    server = Spoken(literal)
    for number, message in enumerate(messages, 1):
        server.answer(number, 70 + number, message)
    pieces = server.pieces() or [None]  # as imaplib tells of no answer
    theirs = parse_fetch_response(pieces, False, uid_is_key)
    for data in theirs.values():
        data[b"ENVELOPE"].date = None  # what the sender wrote; ours leaves it unread
    assert fetched.parse(pieces, uid_is_key) == dict(theirs)


def test_a_section_keeps_its_name_and_its_octets() -> None:
    body = b'anything ) at all "\r\n'
    pieces: list[Piece] = [
        (b"3 (UID 8 BODY[HEADER.FIELDS (TO CC)]<0> {%d}" % len(body), body), b" FLAGS ())",
        b"3 (FLAGS (\\Seen))",
    ]  # fmt: skip
    [found] = fetched.parse(pieces, uid_is_key=False).values()
    assert found[b"BODY[HEADER.FIELDS (TO CC)]<0>"] == body
    assert found[b"FLAGS"] == (b"\\Seen",)


def test_the_day_of_arrival_is_an_instant() -> None:
    [found] = fetched.parse([b'1 (INTERNALDATE "16-Jan-2023 10:00:00 +0100")'], True).values()
    assert found[b"INTERNALDATE"] == datetime(2023, 1, 16, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        b"1 (UID 2",
        b"1 (UID 2))",
        b"1 (UID)",
        b'1 (SUBJECT "open)',
        b"one (UID 2)",
        b"1 (ENVELOPE (NIL NIL))",
        b'1 (ENVELOPE (NIL NIL (("a" "b")) NIL NIL NIL NIL NIL NIL NIL))',
        b'1 (INTERNALDATE "some day")',
        b"1 (BODYSTRUCTURE 7)",
        b"1 (FLAGS " + b"(" * 5000,
    ],
)
def test_what_is_no_answer_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        fetched.parse([line], uid_is_key=True)
