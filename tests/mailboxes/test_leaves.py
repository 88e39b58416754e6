"""Messages too large to read at once: their parts as the host tells them, and in pieces."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ristoro.edges.mailboxes.contract import Gone
from ristoro.edges.mailboxes.imap import ImapMailbox
from ristoro.edges.mailboxes.leaves import taken_off
from ristoro.edges.mailboxes.message import open_message

CONTENT = bytes(range(256)) * 12_000
"""About three megabytes."""


def stored() -> bytes:
    encoded = base64.encodebytes(CONTENT).replace(b"\n", b"\r\n")
    return (
        b'From: a@b.it\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nCiao\r\n"
        b"--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename*=UTF-8''perch%C3%A9.pdf\r\n\r\n"
        + encoded
        + b'\r\n--b\r\nContent-Type: text/csv; name="a.csv"\r\n\r\n1;2\r\n--b--\r\n'
    )


@pytest.mark.host
def test_the_beginning_of_a_large_message_tells_of_all_its_files(box: ImapMailbox) -> None:
    box.append("INBOX", stored())
    validity, (uid,) = box.uids("INBOX")
    _, head, leaves = box.beginning("INBOX", validity, uid, 4000)
    assert head == stored()[:4000]
    opened = open_message(head, leaves)
    assert opened.plain == "Ciao"
    assert not opened.cut
    large, small = opened.files
    assert (large.number, large.name.text, large.whole) == ("2", "perché.pdf", False)
    assert 0 <= large.size - len(CONTENT) < 4
    assert large.content().startswith(CONTENT[:1000])
    assert (small.number, small.name.text, small.size) == ("3", "a.csv", 3)


@pytest.mark.host
def test_a_part_and_the_whole_come_in_pieces(box: ImapMailbox) -> None:
    box.append("INBOX", stored())
    validity, (uid,) = box.uids("INBOX")
    pieces = list(box.section("INBOX", validity, uid, "2"))
    assert len(pieces) > 3
    assert b"".join(taken_off(pieces, "base64")) == CONTENT
    assert b"".join(box.section("INBOX", validity, uid)) == stored()
    assert b"".join(box.section("INBOX", validity, uid, "9")) == b""
    with pytest.raises(Gone):
        list(box.section("INBOX", validity, uid + 1))


@pytest.mark.host
def test_a_small_message_is_read_whole_by_its_beginning(box: ImapMailbox) -> None:
    box.append("INBOX", b"Subject: a\r\n\r\nCiao\r\n")
    validity, (uid,) = box.uids("INBOX")
    assert box.beginning("INBOX", validity, uid, 1 << 20)[1] == box.read("INBOX", validity, uid)[1]


def cut(text: bytes, size: int) -> Iterator[bytes]:
    return (text[at : at + size] for at in range(0, len(text), size))


@given(st.binary(max_size=400), st.integers(1, 90))
@settings(max_examples=100, deadline=None)
def test_an_encoding_is_taken_off_wherever_the_pieces_are_cut(content: bytes, size: int) -> None:
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    assert b"".join(taken_off(cut(encoded, size), "base64")) == content
    printable = quopri.encodestring(content, quotetabs=True)
    assert b"".join(taken_off(cut(printable, size), "quoted-printable")) == content
    assert b"".join(taken_off(cut(content, size), "8bit")) == content


@given(st.lists(st.binary(max_size=60), max_size=5))
@settings(max_examples=100, deadline=None)
def test_whatever_the_pieces_are_there_is_no_error(pieces: list[bytes]) -> None:
    for encoding in ("base64", "quoted-printable", "7bit", "x-unknown"):
        list(taken_off(pieces, encoding))
