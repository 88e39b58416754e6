"""The bytes of LMTP: read the same however they are split, written so that nothing can be added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.edges.mailhosts.contract import Letter
from ristoro.edges.mailhosts.lmtp import codec
from ristoro.edges.mailhosts.lmtp.codec import MAX_LINE, MAX_LINES, Garbage, Offer, Reply
from ristoro.edges.mailhosts.lmtp.transaction import Broken, Fence, Transaction, lost
from ristoro.kernel.outcome import Ending

ADDRESSES = ("a@example.test", "b@example.test", "c@example.test")
OFFERS = [
    Offer(pipelining=pipelining, chunking=chunking, eight_bit=True)
    for pipelining in (True, False)
    for chunking in (True, False)
]


def read(*pieces: bytes) -> list[Reply | Garbage]:
    reader = codec.ReplyReader()
    return [event for piece in pieces for event in reader.feed(piece)]


line_ends = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b""])
lines = st.builds(
    lambda code, mark, text, end: code + mark + text + end,
    st.sampled_from([b"250", b"354", b"421", b"550", b"999", b"25"]),
    st.sampled_from([b" ", b"-", b"-", b""]),
    st.one_of(st.binary(max_size=12), st.just(b"x" * (MAX_LINE - 4)), st.just(b"x" * MAX_LINE)),
    line_ends,
)


@given(st.lists(lines, max_size=8).map(b"".join), st.data())
def test_replies_are_the_same_however_the_bytes_are_split(
    stream: bytes, data: st.DataObject
) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=12).map(sorted))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert read(*pieces) == read(stream)


@given(st.lists(lines, max_size=4).map(b"".join))
def test_replies_are_the_same_byte_by_byte(stream: bytes) -> None:
    assert read(*(stream[n : n + 1] for n in range(len(stream)))) == read(stream)


def test_a_reply_may_have_several_lines_and_no_words() -> None:
    assert read(b"250-one\r\n250-two\r\n250 three\r\n220\r\n") == [
        Reply(250, "one\ntwo\nthree"),
        Reply(220, ""),
    ]


@pytest.mark.parametrize(
    "stream",
    [
        b"25 short\r\n",
        b"2500 long\r\n",
        b"250_x\r\n",
        b"199 early\r\n",
        b"600 late\r\n",
        b"260 second digit\r\n",
        b"\r\n",
        b"250 bare\n",
        b"250 two\r returns\r\n",
        b"250 nul\0\r\n",
        b"250-one\r\n251 two\r\n",
        b"250 " + b"x" * MAX_LINE,
        b"250-x\r\n" * MAX_LINES,
        "２５０ wide digits\r\n".encode(),
    ],
)
def test_what_is_no_reply_ends_all_reading(stream: bytes) -> None:
    reader = codec.ReplyReader()
    (event,) = reader.feed(stream)
    assert isinstance(event, Garbage)
    assert reader.feed(b"250 trust me\r\n") == []


text_lines = st.lists(
    st.one_of(st.sampled_from([b"", b".", b"..", b".x"]), st.binary(max_size=20)), min_size=1
)


@given(text_lines.map(lambda ls: b"".join(x.translate(None, b"\r\n") + b"\r\n" for x in ls)))
def test_dots_are_stuffed_and_unstuffed(message: bytes) -> None:
    body = codec.stuffed(message)
    assert codec.unstuffed(body) == message
    assert (b"\r\n" + body).index(b"\r\n.\r\n") == len(body) - 3


def test_a_body_without_its_final_dot_is_no_body() -> None:
    with pytest.raises(ValueError, match="final dot"):
        codec.unstuffed(b"x\r\n")


@given(st.text(st.sampled_from('a1.@<>\r\n\0 "\\:;,[]-é'), max_size=30))
def test_no_path_can_end_its_command(address: str) -> None:
    if codec.is_path(address):
        command = codec.rcpt(address)
        assert command.count(b"\r\n") == 1
        assert command.count(b">") == command.count(b"<") == 1
        assert command[:-2].isascii()
        assert b" " not in command[8:]
    else:
        with pytest.raises(ValueError, match="not an address"):
            codec.rcpt(address)


def test_what_we_say_of_ourselves_cannot_end_its_command() -> None:
    assert codec.lhlo("mx.example.test") == b"LHLO mx.example.test\r\n"
    with pytest.raises(ValueError, match="not a host name"):
        codec.lhlo("x\r\nDATA")
    with pytest.raises(ValueError, match="not an address"):
        codec.mail("a@b> SIZE=1")


@pytest.mark.parametrize(
    ("line", "size"), [("SIZE", 0), ("SIZE 0", 0), ("size 500", 500), ("SIZE -1", 0), ("SIZE x", 0)]
)
def test_an_offered_size_is_read_or_taken_for_no_limit(line: str, size: int) -> None:
    offer = codec.offer_of(Reply(250, f"peer\n{line}\nPipelining"))
    assert (offer.sized, offer.size, offer.pipelining) == (True, size, True)


def test_an_offer_is_not_read_from_the_hosts_name() -> None:
    assert codec.offer_of(Reply(250, "PIPELINING")) == Offer()


@given(st.one_of(st.binary(), st.text()))
def test_shown_words_are_printable_and_short(words: bytes | str) -> None:
    shown = codec.printable(words)
    assert len(shown) <= codec.SHOWN
    assert shown.isascii()
    assert not shown or shown.isprintable()


pieces_of_messages = st.sampled_from(
    [b"\r\n", b"\r\n", b"\r\n", b"\r", b"\n", b"\0", b"x", b"x" * 500, b"x" * 998, b"x" * 999]
)


@given(st.lists(pieces_of_messages, max_size=9).map(b"".join))
def test_a_message_is_fit_only_when_it_is_whole_lines_of_bounded_length(message: bytes) -> None:
    *whole, rest = message.split(b"\r\n")
    fit = whole and not rest and all(len(line) <= codec.MAX_TEXT_LINE for line in whole)
    clean = not any(octet in line for line in whole for octet in (b"\r", b"\n", b"\0"))
    assert (codec.fault_of(message) is None) == bool(fit and clean)


def test_a_messages_fault_is_named() -> None:
    longest = b"x" * codec.MAX_TEXT_LINE
    faults = {
        b"no end": "the message does not end with CRLF",
        b"a\nb\r\n": "the message has a bare CR or LF",
        b"a\rb\nc\r\n": "the message has a bare CR or LF",
        b"a\0b\r\n": "the message has a NUL octet",
        b"a\r\n" + longest + b"x\r\n": "the message has a line longer than 998 octets",
        b"a\r\n" + longest + b"\r\n": None,
    }
    assert {message: codec.fault_of(message) for message in faults} == faults


replies = st.lists(
    st.sampled_from([250, 250, 250, 250, 354, 421, 451, 550, 502]).map(
        lambda code: Reply(code, f"words of {code}")
    ),
    max_size=9,
)


@given(st.sampled_from(OFFERS), replies, st.booleans())
def test_nothing_is_done_unsaid_and_nothing_written_is_deferred_unsaid(
    offer: Offer, said: list[Reply], distinct: bool
) -> None:
    machine = Transaction(
        Letter(b"x\r\n", ADDRESSES), offer, Fence("words of 250", distinct=distinct)
    )
    writing = machine.begin()
    machine.end_written |= writing.ends
    yes_after_end = 0
    try:
        for reply in said:
            if machine.over:
                break
            yes_after_end += machine.awaits_delivery and reply.kind == 2
            writing = machine.take(reply)
            machine.end_written |= writing.ends
    except Broken as error:
        machine.fail(error.failure)
    machine.fail(lost("cut"))
    endings = [result.ending if result else None for result in machine.results]
    assert None not in endings
    assert endings.count(Ending.DONE) <= yes_after_end
    told = {f"lmtp-{reply.code}" for reply in said}
    for result in machine.results:
        assert result is not None
        if result.ending is Ending.UNKNOWN:
            assert machine.end_written
        if result.ending is Ending.DEFERRED and machine.end_written:
            assert result.code in told
        if result.ending is Ending.REFUSED:
            assert result.code in told
