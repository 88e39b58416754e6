"""Many letters on few lines: what follows what, what a fault costs, and what is kept."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hosts.lmtp_peer import EVERYTHING, LmtpPeer, Script
from tests.mailhosts.lmtp.depositing import (
    AFTER,
    BEFORE,
    DONE,
    LOST_LATE,
    LOST_MAD,
    MAD,
    MODES,
    NOTICE,
    PATIENT,
    SHORT,
    deposit,
    letter,
    spoken,
)

from ristoro.edges.mailhosts.contract import Letter
from ristoro.edges.mailhosts.lmtp import Endpoint, LmtpClient, LmtpDepositor
from ristoro.kernel.outcome import Ending, Result

pytestmark = pytest.mark.wire

BARE = "deferred:refused-connection"


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def endings(results: list[list[Result]]) -> list[str]:
    return [spoken(mine) for mine in results]


async def cancelled(client: LmtpClient, letters: list[Letter], when: Callable[[], bool]) -> None:
    """Cancel a deposit at a moment of the peer's choosing, and see that nothing is left of it."""
    work = asyncio.ensure_future(client.deposit(letters))
    while not when():
        await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert asyncio.all_tasks() == {asyncio.current_task()}
    await client.close()


def test_every_letter_arrives_once_and_whole(mode: str) -> None:
    letters = [letter(f"box{n}", message=b"Subject: %d\r\n\r\n" % n + NOTICE) for n in range(40)]
    with LmtpPeer(Script(MODES[mode])) as peer:
        results = deposit(peer, *letters, connections=3)
    assert all(result.done for mine in results for result in mine)
    assert sorted(peer.deliveries) == sorted((x.recipients[0], x.message) for x in letters)
    assert peer.lines == 3


def test_a_long_message_is_written_in_pieces_and_arrives_whole(mode: str) -> None:
    lines = [b".%06d" % n + b"x" * 90 + b"\r\n" for n in range(6_000)]
    long = b"Subject: long\r\n\r\n" + b"".join(lines)
    with LmtpPeer(Script(MODES[mode])) as peer:
        results = deposit(peer, letter("a", "gone", message=long), letter("b"))
    assert endings(results) == [f"{DONE} refused:lmtp-550", DONE]
    assert peer.deliveries[0] == ("a@example.test", long)


def test_a_long_message_cut_on_its_way_is_not_unknown() -> None:
    long = b"Subject: long\r\n\r\n" + (b"x" * 98 + b"\r\n") * 300_000
    extensions = tuple(e for e in EVERYTHING if not e.startswith("SIZE"))
    with LmtpPeer(Script(extensions)) as peer:
        results = deposit(peer, letter("a", sender="cut-at-body", message=long))
    assert endings(results) == [BEFORE]
    assert peer.deliveries == []


def test_a_long_message_waits_for_its_envelope() -> None:
    long = NOTICE + b"x\r\n" * 50_000
    with LmtpPeer() as peer:
        results = deposit(peer, letter("cut-at-rcpt", message=long))
    assert endings(results) == [BEFORE]
    assert not any(command.startswith("BDAT") for command in peer.commands)


def test_more_than_a_hundred_recipients_go_in_several_transactions(mode: str) -> None:
    names = [f"box{n}" for n in range(230)]
    names[117] = "gone"
    with LmtpPeer(Script(MODES[mode])) as peer:
        (results,) = deposit(peer, letter(*names), connections=2)
    assert [n for n, result in enumerate(results) if not result.done] == [117]
    assert len(peer.deliveries) == 229
    assert sum(command.startswith("MAIL") for command in peer.commands) == 3


def test_a_refused_letter_harms_no_other(mode: str) -> None:
    letters = [letter("a"), letter("gone"), letter("b", sender="550-at-mail"), letter("c")]
    with LmtpPeer(Script(MODES[mode])) as peer:
        results = deposit(peer, *letters, letter("d", sender="451-at-data"), letter("quota", "e"))
    assert endings(results) == [
        DONE,
        "refused:lmtp-550",
        "refused:lmtp-550",
        DONE,
        "deferred:lmtp-451",
        f"refused:lmtp-552 {DONE}",
    ]
    assert peer.lines == 1


def test_a_cut_line_costs_only_what_was_on_it(mode: str) -> None:
    letters = [letter("a"), letter("b"), letter("cut-after-dot"), letter("c"), letter("d")]
    with LmtpPeer(Script(MODES[mode])) as peer:
        results = deposit(peer, *letters)
    follower = {"bdat": AFTER, "data": BEFORE}.get(mode, DONE)
    assert endings(results) == [DONE, DONE, AFTER, follower, DONE]
    assert [address for address, _ in peer.deliveries].count("c@example.test") <= 1
    assert peer.lines == 2


def test_one_answer_too_many_is_seen_before_it_is_read_for_another_letter(mode: str) -> None:
    letters = [letter("a"), letter("twice-at-end"), letter("b"), letter("c")]
    with LmtpPeer(Script(MODES[mode])) as peer:
        results = deposit(peer, *letters)
    follower = {"bdat": LOST_MAD, "data": MAD}.get(mode, DONE)
    assert endings(results) == [DONE, DONE, follower, DONE]
    assert peer.lines == 2


def test_one_answer_too_few_is_not_made_up_from_the_next_letter() -> None:
    letters = [letter("a"), letter("b", "silent-at-end"), letter("c"), letter("d")]
    with LmtpPeer() as peer:
        results = deposit(peer, *letters)
    assert endings(results) == [DONE, f"{DONE} {LOST_MAD}", LOST_MAD, DONE]


def test_a_host_of_one_word_gets_one_transaction_at_a_time() -> None:
    names = ["a", "silent-at-end", "b"]
    with LmtpPeer(Script(one_text=True)) as peer:
        results = deposit(peer, *map(letter, names), timeouts=SHORT)
    # The host fell ill: the last letter was not tried on another line.
    assert endings(results) == [DONE, LOST_LATE, "deferred:timeout"]


def test_an_answer_too_many_within_a_transaction_is_seen() -> None:
    with LmtpPeer() as peer:
        results = deposit(peer, letter("a"), letter("twice-at-rcpt"), letter("b"))
    assert endings(results)[:2] == [DONE, LOST_MAD]


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with LmtpDepositor(Endpoint("127.0.0.1", port), timeouts=PATIENT) as depositor:
        results = depositor.deposit([letter("a", "b"), letter("c")])
    assert endings(results) == [f"{BARE} {BARE}", BARE]


def test_nobody_listens_at_a_unix_socket(tmp_path: Path) -> None:
    with LmtpDepositor(Endpoint(path=tmp_path / "lmtp"), timeouts=PATIENT) as depositor:
        assert endings(depositor.deposit([letter("a")])) == ["deferred:no-connection"]


def test_a_host_that_cuts_every_line_is_not_called_for_ever() -> None:
    letters = [letter(f"box{n}") for n in range(50)]
    with LmtpPeer(Script(MODES["data"], instead={"MAIL": "cut"})) as peer:
        results = deposit(peer, *letters)
    assert set(endings(results)) == {BEFORE}
    assert peer.lines == 3


def test_a_line_that_fails_leaves_its_letters_to_another() -> None:
    script = Script(instead={"GREETING": "cut"}, only_line=0)
    with LmtpPeer(script) as peer:
        results = deposit(peer, *(letter(f"box{n}") for n in range(9)), connections=2)
    assert set(endings(results)) == {DONE}


def test_lines_are_kept_from_one_batch_to_the_next() -> None:
    with (
        LmtpPeer() as peer,
        LmtpDepositor(Endpoint("127.0.0.1", peer.port), connections=2) as depositor,
    ):
        for batch in range(3):
            results = depositor.deposit([letter(f"box{batch}-{n}") for n in range(6)])
            assert set(endings(results)) == {DONE}
        assert peer.lines == 2
    assert peer.commands.count("QUIT") == 2


@pytest.mark.parametrize("words", [b"", b"421 4.3.2 restarting\r\n", b"?\r\n"])
def test_a_kept_line_that_was_closed_is_opened_anew_and_no_letter_lost(words: bytes) -> None:
    with (
        LmtpPeer() as peer,
        LmtpDepositor(Endpoint("127.0.0.1", peer.port), connections=1) as depositor,
    ):
        assert endings(depositor.deposit([letter("a")])) == [DONE]
        peer.hang_up(words)
        assert endings(depositor.deposit([letter("b")])) == [DONE]
        assert peer.lines == 2


def test_a_depositor_may_be_used_after_it_was_closed() -> None:
    with LmtpPeer() as peer:
        depositor = LmtpDepositor(Endpoint("127.0.0.1", peer.port), connections=1)
        for name in ("a", "b"):
            assert endings(depositor.deposit([letter(name)])) == [DONE]
            depositor.close()


def test_no_letters_need_no_line() -> None:
    with LmtpPeer() as peer:
        assert deposit(peer) == []
        assert deposit(peer, Letter(NOTICE, ())) == [[]]
    assert peer.deliveries == []


@pytest.mark.parametrize(
    "address",
    [
        "a@example.test>\r\nRCPT TO:<b@example.test",
        "a@example.test\r\nDATA",
        "a@example.test\n",
        "a\0@example.test",
        "<a@example.test>",
        "a@example.test> SIZE=1",
        "a b@example.test",
        '"a b"@example.test',
        "@relay.test:a@example.test",
        "a@b@example.test",
        "casella@però.test",
        "nessuno",
        "@example.test",
        "a@",
        "a" * 65 + "@example.test",
        "a@" + "x" * 260,
        "",
    ],
)
def test_an_address_that_could_say_more_than_itself_is_never_written(
    address: str, mode: str
) -> None:
    with LmtpPeer(Script(MODES[mode])) as peer:
        asked = Letter(NOTICE, (address, "b@example.test"))
        from_it = Letter(NOTICE, ("c@example.test",), address or " ")
        results = deposit(peer, asked, from_it)
    assert endings(results) == [f"refused:bad-address {DONE}", "refused:bad-address"]
    assert [to for to, _ in peer.deliveries] == ["b@example.test"]
    assert sum(command.startswith("RCPT") for command in peer.commands) == 1


@pytest.mark.parametrize(
    "message",
    [
        b"Subject: x\n\nbare line feeds\n",
        b"Subject: x\r\n\r\n\n.\n\r\n",
        b"Subject: x\r\n\r\nbare\rreturn\r\n",
        b"Subject: x\r\n\r\nsmuggled\r\n.\rMAIL FROM:<>\r\n",
        b"Subject: x\r\n\r\nno end",
        b"Subject: x\r\n\r\nnul \0\r\n",
        b"Subject: x\r\n\r\n" + b"x" * 999 + b"\r\n",
        b"",
    ],
)
def test_a_message_that_hosts_would_read_differently_is_never_written(
    message: bytes, mode: str
) -> None:
    with LmtpPeer(Script(MODES[mode])) as peer:
        results = deposit(peer, letter("a", "b", message=message), letter("c"))
    assert endings(results) == ["refused:bad-message refused:bad-message", DONE]


def test_a_message_larger_than_the_host_takes_is_not_written() -> None:
    extensions = (*MODES["data"][:-1], f"SIZE {len(NOTICE)}")
    with LmtpPeer(Script(extensions)) as peer:
        results = deposit(peer, letter("a", message=b"X: y\r\n" + NOTICE), letter("b"))
    assert endings(results) == ["refused:too-large", DONE]
    assert [c for c in peer.commands if c.startswith("MAIL")] == [
        f"MAIL FROM:<> SIZE={len(NOTICE)}"
    ]


def test_eight_bits_are_declared_where_the_host_takes_them() -> None:
    message = "Subject: x\r\n\r\nperò\r\n".encode()
    with LmtpPeer(Script(("8BITMIME",))) as peer:
        assert endings(deposit(peer, letter("a", message=message))) == [DONE]
    assert "MAIL FROM:<> BODY=8BITMIME" in peer.commands
    with LmtpPeer(Script(("PIPELINING",))) as peer:
        results = deposit(peer, letter("a", message=message), letter("b"))
    assert endings(results) == ["refused:no-8bitmime", DONE]


def test_the_peers_words_are_kept_short_and_printable() -> None:
    words = b"550 5.1.1 \x1b[31mred\x07 " + b"x" * 900 + b"\r\n"
    with LmtpPeer(Script(MODES["data"], instead={"RCPT": words})) as peer:
        ((result,),) = deposit(peer, letter("a"))
    assert result.ending is Ending.REFUSED
    assert re.fullmatch(r"5\.1\.1 \?\[31mred\? x+", result.text)
    assert len(result.text) == 200


def test_a_cancelled_deposit_leaves_no_task_and_no_line() -> None:
    with LmtpPeer() as peer:
        client = LmtpClient(Endpoint("127.0.0.1", peer.port), connections=3)
        letters = [letter("hang-at-end") for _ in range(9)]
        asyncio.run(cancelled(client, letters, lambda: len(peer.deliveries) == 3), debug=True)


@pytest.mark.parametrize("verb", ["GREETING", "LHLO", "RSET"])
def test_a_deposit_cancelled_while_the_line_opens_leaves_nothing(verb: str) -> None:
    with LmtpPeer(Script(instead={verb: "hang"})) as peer:
        client = LmtpClient(Endpoint("127.0.0.1", peer.port), connections=1)

        def opening() -> bool:
            return peer.lines == 1 and (verb == "GREETING" or bool(peer.commands))

        asyncio.run(cancelled(client, [letter("a")], opening), debug=True)
