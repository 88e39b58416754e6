"""What the imports show of one mailbox, and what they say they cannot show."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.evidence.folders import ANNA, at, edge, import_of, late, message, sign_in, window

from ristoro.claims.evidence.found import Came, Cause, Limit
from ristoro.claims.evidence.questions import of_mailbox
from ristoro.kernel.errors import BadInput
from ristoro.kernel.keys import canonical_json
from ristoro.kernel.spans import Spans

DAY = window(0, 300)


def test_messages_are_told_by_what_became_of_them(tmp_path: Path) -> None:
    gone = {"session": None, "first_reason": "", "reason": "said no"}
    folder = import_of(
        tmp_path,
        histories=[
            message("A1", 10),
            late("A2", 20, 60),
            late("A3", 30, 90, fate="expired", dsn="4.4.1"),
            message("A4", 40, fate="bounced", dsn="5.2.2", **gone),
            late("A5", 50, 95, fate="deleted", dsn="4.4.1"),
            late("A6", 55, 70, fate="deferred", dsn="4.4.1"),
            message("A7", 56, recipient="bruno@libero.it"),
            message("A8", 400),
            message("A9", 57, fate="untold", dsn=None),
        ],
        deposits=[
            {"host": "st1", "at": at(60),
             "mailbox": ANNA, "session": "sA2", "message_id": "<A2@shop.example>",
             "folder": "INBOX", "saved": True, "reason": "", "line": 9, "file": "mail.log"},
        ],
    )  # fmt: skip
    found = of_mailbox([folder], "Anna@Libero.it", DAY)

    assert [(m.queue_id, m.came, m.cause) for m in found.messages] == [
        ("A1", Came.DELIVERED, None),
        ("A2", Came.LATE, Cause.OURS),
        ("A3", Came.EXPIRED, Cause.OURS),
        ("A4", Came.BOUNCED, Cause.MAILBOX_FULL),
        ("A5", Came.DELETED, Cause.OURS),
        ("A6", Came.WAITING, Cause.OURS),
        ("A9", Came.NOT_SHOWN, None),
    ]
    assert found.messages[1].waited_us == 40 * 60_000_000
    assert found.messages[1].folder == "INBOX"
    assert found.deposits == ()
    assert found.totals.messages == 7
    assert found.totals.longest_wait_us == 40 * 60_000_000
    assert found.messages[2].last.sha256 == folder.sources[0].sha256
    assert found.messages[2].last.evidence == folder.digest
    assert Limit.STILL_WAITING in {one.limit for one in found.limits}


def test_no_line_is_not_provable_and_never_lost(tmp_path: Path) -> None:
    folder = import_of(tmp_path, histories=[message("A1", 10)])

    found = of_mailbox([folder], "nobody@libero.it", DAY)

    assert found.messages == ()
    limits = {one.limit for one in found.limits}
    assert {Limit.NO_LINE, Limit.BEFORE_OUR_DOOR} <= limits


def test_the_time_that_no_file_tells_of_is_said(tmp_path: Path) -> None:
    folder = import_of(tmp_path, (60, 120), histories=[message("A1", 70)])

    found = of_mailbox([folder], ANNA, DAY)

    spans = [one.span for one in found.limits if one.limit is Limit.NOT_COVERED]
    assert [(s.start, s.end) for s in spans if s] == [
        (DAY.start, window(60, 0).start),
        (window(120, 0).start + 1, DAY.end),
    ]
    assert [one.limit for one in of_mailbox([], ANNA, DAY).limits] == [
        Limit.NO_EVIDENCE,
        Limit.BEFORE_OUR_DOOR,
    ]


def test_a_stopped_service_and_sign_ins_of_nobody_limit_what_can_be_said(tmp_path: Path) -> None:
    folder = import_of(
        tmp_path,
        edges=[edge(-30, "stopped"), edge(45, "started", line=8), edge(250, "stopped", line=11)],
        sign_ins=[
            sign_in(50),
            sign_in(51, "refused"),
            sign_in(52, "ours"),
            sign_in(53, "cut"),
            sign_in(54, "ours", mailbox=""),
        ],
    )
    found = of_mailbox([folder], ANNA, DAY)

    assert (found.totals.sign_ins_good, found.totals.sign_ins_refused) == (1, 1)
    assert found.totals.sign_ins_ours == 2
    stops = [one.span for one in found.limits if one.limit is Limit.SERVICE_STOPPED]
    assert stops == list(Spans.of([window(0, 45), window(250, 300)]))
    unnamed = [one.number for one in found.limits if one.limit is Limit.UNNAMED_SIGN_INS]
    assert unnamed == [1]
    assert [one.at for one in found.edges] == [window(45, 0).start, window(250, 0).start]


def test_a_message_that_two_imports_tell_parts_of_is_one(tmp_path: Path) -> None:
    first = import_of(
        tmp_path, (0, 60), "mail.log.1",
        histories=[
            late("A1", 20, 55, fate="deferred", dsn="4.4.1", session=None,
                 file="mail.log.1", last_file="mail.log.1"),
            message("A2", 30, file="mail.log.1", last_file="mail.log.1"),
        ],
    )  # fmt: skip
    second = import_of(
        tmp_path, (0, 200), "mail.log",
        histories=[
            late("A1", 20, 130, arrived_at=None, sender=None, message_id=None),
            message("A2", 30),
        ],
        sign_ins=[sign_in(70)],
    )  # fmt: skip
    again = import_of(tmp_path, (0, 200), "copy.log", sign_ins=[sign_in(70, file="copy.log")])

    found = of_mailbox([first, second, again], ANNA, DAY)

    assert [(m.queue_id, m.came) for m in found.messages] == [
        ("A1", Came.LATE), ("A2", Came.DELIVERED),
    ]  # fmt: skip
    whole = found.messages[0]
    assert whole.waited_us == 110 * 60_000_000
    assert (whole.first.file, whole.last.file) == ("mail.log.1", "mail.log")
    assert whole.deferrals == 6
    assert found.totals.sign_ins_good == 1


def test_a_long_list_is_cut_and_says_so_but_keeps_what_did_not_arrive(tmp_path: Path) -> None:
    rows = [message(f"B{n}", n) for n in range(20)]
    rows[17] |= {"fate": "expired", "dsn": "4.4.1"}
    rows[3] = late("B3", 3, 30)
    found = of_mailbox([import_of(tmp_path, histories=rows)], ANNA, DAY, most=3)

    assert [one.queue_id for one in found.messages] == ["B0", "B3", "B17"]
    assert found.totals.messages == 20
    assert found.limits[-1].limit is Limit.CUT


def test_the_same_evidence_is_the_same_text(tmp_path: Path) -> None:
    folder = import_of(tmp_path, histories=[late("A2", 20, 60)], sign_ins=[sign_in(30, "ours")])

    one, two = (of_mailbox([folder], ANNA, DAY) for _ in range(2))

    assert one.digest == two.digest
    text = canonical_json(one.as_json())
    assert b'"arrived_at":"2023-01-23T12:20:00.000000Z"' in text
    assert b'"window":{"from":"2023-01-23T12:00:00.000000Z"' in text


def test_tables_that_were_changed_are_not_read(tmp_path: Path) -> None:
    folder = import_of(tmp_path, histories=[message("A1", 10)])
    folder.table("histories").write_bytes(b"PAR1")

    with pytest.raises(BadInput, match="evidence-changed"):
        of_mailbox([folder], ANNA, DAY)
