"""Everything that can go wrong with a deposit, one line each, on a real socket."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.hosts.lmtp_peer import LmtpPeer, Script
from tests.mailhosts.lmtp.depositing import (
    AFTER,
    BEFORE,
    DONE,
    LATE,
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

pytestmark = pytest.mark.wire


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@dataclass(frozen=True, slots=True)
class Case:
    """What the recipients (and the sender) ask of the peer, and how the deposit must end.

    ``eager`` is the ending where the whole transaction was one write, so that the end of the
    message was out before the fault was seen.
    """

    name: str
    to: tuple[str, ...]
    ends: tuple[str, ...]
    sender: str = ""
    eager: tuple[str, ...] = ()
    hangs: bool = False


CASES = [
    Case("one recipient", ("a",), (DONE,)),
    Case("three recipients", ("a", "b", "c"), (DONE, DONE, DONE)),
    Case("the same recipient twice", ("a", "a"), (DONE, DONE)),
    # MAIL
    Case("MAIL 451", ("a", "b"), ("deferred:lmtp-451",) * 2, "451-at-mail"),
    Case("MAIL 452, storage", ("a",), ("deferred:lmtp-452",), "452-at-mail"),
    Case("MAIL 550", ("a", "b"), ("refused:lmtp-550",) * 2, "550-at-mail"),
    Case("MAIL 552, too large", ("a",), ("refused:lmtp-552",), "552-at-mail"),
    Case("MAIL 421", ("a",), ("deferred:lmtp-421",), "421-at-mail"),
    Case("MAIL cut", ("a",), (BEFORE,), "cut-at-mail", (AFTER,)),
    Case("MAIL never answered", ("a",), (LATE,), "hang-at-mail", (LOST_LATE,), hangs=True),
    Case("MAIL garbage", ("a",), (MAD,), "garbage-at-mail", (LOST_MAD,)),
    Case("MAIL 354", ("a",), (MAD,), "354-at-mail", (LOST_MAD,)),
    Case("MAIL in three lines", ("a",), (DONE,), "multi-at-mail"),
    # RCPT
    Case("RCPT 451", ("later",), ("deferred:lmtp-451",)),
    Case("RCPT 550", ("gone",), ("refused:lmtp-550",)),
    Case("RCPT 452, quota", ("full",), ("deferred:lmtp-452",)),
    Case("RCPT 552, quota", ("552-at-rcpt",), ("refused:lmtp-552",)),
    Case("a recipient accepted and forgotten", ("a", "250-at-rcpt"), (DONE, LOST_LATE), hangs=True),
    Case(
        "RCPT yes, later, gone, yes",
        ("a", "later", "gone", "b"),
        (DONE, "deferred:lmtp-451", "refused:lmtp-550", DONE),
    ),
    Case("RCPT none accepted", ("later", "gone"), ("deferred:lmtp-451", "refused:lmtp-550")),
    Case(
        "RCPT 421 after an accepted one",
        ("a", "421-at-rcpt", "b"),
        ("deferred:lmtp-421",) * 3,
        eager=("unknown:lmtp-421", "deferred:lmtp-421", "unknown:lmtp-421"),
    ),
    Case("RCPT cut", ("a", "cut-at-rcpt"), (BEFORE,) * 2, eager=(AFTER,) * 2),
    Case(
        "RCPT cut after a refused one",
        ("gone", "cut-at-rcpt"),
        ("refused:lmtp-550", BEFORE),
        eager=("refused:lmtp-550", AFTER),
    ),
    Case("RCPT never answered", ("hang-at-rcpt",), (LATE,), eager=(LOST_LATE,), hangs=True),
    Case("RCPT garbage", ("garbage-at-rcpt",), (MAD,), eager=(LOST_MAD,)),
    Case("RCPT a line without end", ("long-at-rcpt",), (MAD,), eager=(LOST_MAD,)),
    Case("RCPT lines without end", ("endless-at-rcpt",), (MAD,), eager=(LOST_MAD,)),
    Case("RCPT in three lines", ("multi-at-rcpt",), (DONE,)),
    Case("RCPT 354", ("354-at-rcpt",), (MAD,), eager=(LOST_MAD,)),
    # DATA or BDAT as a command
    Case("DATA 451", ("a", "later"), ("deferred:lmtp-451",) * 2, "451-at-data"),
    Case("DATA 554", ("a",), ("refused:lmtp-554",), "554-at-data"),
    Case("DATA 502 for all at once", ("a", "b"), ("refused:lmtp-502",) * 2, "502-at-data"),
    Case("DATA 421", ("a",), ("deferred:lmtp-421",), "421-at-data"),
    Case("DATA cut", ("a",), (BEFORE,), "cut-at-data"),
    Case("DATA never answered", ("a",), (LATE,), "hang-at-data", hangs=True),
    Case("DATA garbage", ("a",), (MAD,), "garbage-at-data"),
    Case("the line cut where the message begins", ("a",), (AFTER,), "cut-at-body"),
    # After the end of the message
    Case("552 after the end, quota", ("quota",), ("refused:lmtp-552",)),
    Case("451 after the end", ("451-at-end",), ("deferred:lmtp-451",)),
    Case(
        "a mixture after the end",
        ("a", "quota", "451-at-end", "b"),
        (DONE, "refused:lmtp-552", "deferred:lmtp-451", DONE),
    ),
    Case(
        "a mixture at RCPT and after the end",
        ("gone", "quota", "a", "later", "b"),
        ("refused:lmtp-550", "refused:lmtp-552", DONE, "deferred:lmtp-451", DONE),
    ),
    Case("cut after the end", ("cut-after-dot",), (AFTER,)),
    Case("cut between two answers", ("a", "cut-at-end", "b"), (DONE, AFTER, AFTER)),
    Case(
        "cut after a refusal",
        ("gone", "quota", "cut-at-end"),
        ("refused:lmtp-550", "refused:lmtp-552", AFTER),
    ),
    Case("never answered after the end", ("hang-at-end",), (LOST_LATE,), hangs=True),
    Case("silent between two answers", ("a", "hang-at-end"), (DONE, LOST_LATE), hangs=True),
    Case("garbage after the end", ("a", "garbage-at-end"), (DONE, LOST_MAD)),
    Case("a line without end after the end", ("long-at-end",), (LOST_MAD,)),
    Case("lines without end after the end", ("endless-at-end",), (LOST_MAD,)),
    Case("354 after the end", ("354-at-end",), (LOST_MAD,)),
    Case("421 after the end", ("a", "421-at-end"), (DONE, "unknown:lmtp-421")),
    Case("three lines after the end", ("a", "multi-at-end"), (DONE, DONE)),
    Case("one answer too few", ("a", "silent-at-end"), (DONE, LOST_LATE), hangs=True),
    Case("one answer too many", ("a", "twice-at-end"), (DONE, DONE)),
]

SAID_AT_DATA_IS_FINAL_IN_BDAT = {
    "DATA 421": ("unknown:lmtp-421",),
    "DATA cut": (AFTER,),
    "DATA never answered": (LOST_LATE,),
    "DATA garbage": (LOST_MAD,),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_ends_each_recipient_as_what_is_known_of_it(case: Case, mode: str) -> None:
    expected = case.ends
    if mode == "bdat" and case.eager:
        expected = case.eager
    if mode.startswith("bdat"):
        expected = SAID_AT_DATA_IS_FINAL_IN_BDAT.get(case.name, expected)
    with LmtpPeer(Script(extensions=MODES[mode])) as peer:
        asked = letter(*case.to, sender=case.sender)
        results = deposit(peer, asked, timeouts=SHORT if case.hangs else PATIENT)
    assert spoken(results[0]) == " ".join(expected)
    done = [
        (address, NOTICE)
        for address, result in zip(asked.recipients, results[0], strict=True)
        if result.done
    ]
    assert [delivery for delivery in done if delivery not in peer.deliveries] == []


TOLD_IN_WORDS = [
    case
    for case in CASES
    if not (case.hangs or case.eager) and not case.to[0].startswith(("endless", "long"))
]


@pytest.mark.parametrize("case", TOLD_IN_WORDS, ids=lambda case: case.name)
def test_replies_byte_by_byte_change_nothing(case: Case) -> None:
    with LmtpPeer(Script(byte_by_byte=True, extensions=MODES["data"])) as peer:
        results = deposit(peer, letter(*case.to, sender=case.sender))
    assert spoken(results[0]) == " ".join(case.ends)


@dataclass(frozen=True, slots=True)
class Opening:
    """What the host says instead of a reply before any letter, and how all letters end."""

    name: str
    verb: str
    instead: str | bytes
    ends: str
    hangs: bool = False


OPENINGS = [
    Opening("greeting 421", "GREETING", "421", "deferred:lmtp-421"),
    Opening("greeting 450", "GREETING", "450", "deferred:lmtp-450"),
    Opening("greeting 554", "GREETING", "554", "deferred:lmtp-554"),
    Opening("greeting garbage", "GREETING", b"HTTP/1.1 400 Bad Request\r\n", MAD),
    Opening("greeting 354", "GREETING", "354", MAD),
    Opening("greeting with bare line feeds", "GREETING", b"220 peer\n", MAD),
    Opening("greeting never", "GREETING", "hang", LATE, hangs=True),
    Opening("greeting cut", "GREETING", "cut", BEFORE),
    Opening("greeting without end", "GREETING", "long", MAD),
    Opening("greeting in lines without end", "GREETING", b"220-x\r\n" * 200, MAD),
    Opening("greeting of two codes", "GREETING", b"220-x\r\n250 y\r\n", MAD),
    Opening("two greetings", "GREETING", "twice", MAD),
    Opening("greeting in three lines", "GREETING", "multi", DONE),
    Opening("LHLO 451", "LHLO", "451", "deferred:lmtp-451"),
    Opening("LHLO 500, an SMTP host", "LHLO", "500", "deferred:lmtp-500"),
    Opening("LHLO 421", "LHLO", "421", "deferred:lmtp-421"),
    Opening("LHLO cut", "LHLO", "cut", BEFORE),
    Opening("LHLO never answered", "LHLO", "hang", LATE, hangs=True),
    Opening("LHLO garbage", "LHLO", "garbage", MAD),
    Opening("RSET 502", "RSET", "502", "deferred:lmtp-502"),
    Opening("RSET cut", "RSET", "cut", BEFORE),
    Opening("RSET never answered", "RSET", "hang", LATE, hangs=True),
    Opening("RSET answered twice", "RSET", "twice", MAD),
]


@pytest.mark.parametrize("opening", OPENINGS, ids=lambda opening: opening.name)
def test_a_host_that_does_not_open_defers_every_letter(opening: Opening) -> None:
    with LmtpPeer(Script(instead={opening.verb: opening.instead})) as peer:
        results = deposit(
            peer, letter("a", "b"), letter("c"), timeouts=SHORT if opening.hangs else PATIENT
        )
    ends = opening.ends
    assert [spoken(mine) for mine in results] == [f"{ends} {ends}", ends]
