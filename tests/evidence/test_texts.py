"""Texts that lie in a buffer come out whole, and what is looked for in them is found as written."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from ristoro.edges.mail_logs.events import Octets, readable
from ristoro.edges.mail_logs.reading import AFTER
from ristoro.edges.mail_logs.swift import reading
from ristoro.edges.mail_logs.texts import Text, octets_of, packed, sessions_of, texts_of

SAVED = re.compile(rb"250 2\.[0-9]\.[0-9] <[^>]*> ([^ ]+) Saved")
ANSWER = st.builds(
    lambda front, address, middle, session, end: front + b"<" + address + middle + session + end,
    st.sampled_from((b"250 2.0.0 ", b"250 2.1.5 ", b"250 2.0.00 ", b"250 2.a.0 ", b"250 ", b"")),
    st.sampled_from((b"a@b.it", b"", b"a > b", b"a@b.it> x")),
    st.sampled_from((b"> ", b">", b">  ", b" ")),
    st.sampled_from((b"kMzS+A:1", b"", b"two words", "è".encode(), b"\xff")),
    st.sampled_from((b" Saved", b" Saved ", b"Saved", b" saved", b"")),
)


def laid(texts: list[bytes | None]) -> tuple[Octets, Text]:
    """A buffer with each text between others, and where they lie in it."""
    octets, starts = b"<", []
    for text in texts:
        starts.append(len(octets))
        octets += (text or b"") + b" Saved\n"
    lengths = [-1 if text is None else len(text) for text in texts]
    return (
        np.frombuffer(bytearray(octets), np.uint8),
        Text(np.array(starts, np.int64), np.array(lengths, np.int64)),
    )


@given(st.lists(st.none() | st.binary(max_size=20), max_size=20))
def test_texts_come_out_as_they_lie_and_none_as_none(texts: list[bytes | None]) -> None:
    buffer, places = laid(texts)
    array = octets_of(buffer, places)
    array.validate(full=True)
    assert array.to_pylist() == texts
    whole, starts = packed(buffer, places)
    bounds = pairwise([*starts.tolist(), len(whole)])
    parts = [whole[start:end].tobytes() for start, end in bounds]
    assert parts == [text or b"" for text in texts]
    shown = [None if text is None else readable(text) for text in texts]
    assert texts_of(buffer, places).to_pylist() == shown


@given(st.lists(st.none() | ANSWER, max_size=20))
@example([b"250 2.0.0 <a@b.it> kMzS Saved", b"250 2.0.0 <> S Saved", None])
@example([b"250 2.0.0 <a@b.it> Saved", b"250 2.0.0 <a@b.it>", b"250 2.0.0 <a@b.it> S"])
def test_a_session_is_where_a_store_has_saved(answers: list[bytes | None]) -> None:
    buffer, places = laid(answers)
    wanted = [None if one is None else SAVED.fullmatch(one) for one in answers]
    found = octets_of(buffer, sessions_of(buffer, places)).to_pylist()
    assert found == [one[1] if one else None for one in wanted]


@given(st.binary(max_size=60) | st.lists(st.sampled_from((9, 10, 11)), max_size=60).map(bytes))
@example(b"\n\x0b\n\x0b\x0b\x0b\x0b\x0b")
def test_a_line_ends_at_each_newline(block: bytes) -> None:
    block += b"\n"
    octets = np.frombuffer(bytearray(block + b"\n" * AFTER), np.uint8)
    found = reading.read(octets, len(block), {}, None)
    ends = [place for place, octet in enumerate(block) if octet == 10]
    assert found.ends.tolist() == ends
    assert found.starts.tolist() == [0, *(end + 1 for end in ends[:-1])]
