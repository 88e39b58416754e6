"""A file that Dovecot writes itself names no host and no zone: both are stated, never guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.evidence.test_import import imported, rows, written

from ristoro.edges.mail_logs.scanned import Stated
from ristoro.kernel.errors import BadInput

ROME = ZoneInfo("Europe/Rome")
# Of Dovecot 2.3.19.1 (Debian 12), with `log_path` alone, and with `log_timestamp` of a date.
LINES = """\
master: Info: Dovecot v2.3.19.1 (9b53102964) starting up for imap, lmtp (core dumps disabled)
imap-login: Info: Login: user=<anna@libero.it>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, \
mpid=6442, secured, session=<uFB1AuNgWqp/AAAB>
imap(anna@libero.it)<6442><uFB1AuNgWqp/AAAB>: Info: Disconnected: Logged out in=12 out=477 \
deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=0 body_bytes=0
imap-login: Info: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): \
user=<anna@libero.it>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, secured, \
session=<lVx2AuNgXqp/AAAB>
lmtp(6444): Info: Connect from 127.0.0.1
lmtp(anna@libero.it)<6444><WY8MJTlLA2ssGQAAg+zDdQ>: Info: msgid=<1@x.example>: saved mail to INBOX
lmtp(6444): Info: Disconnect from 127.0.0.1: Logged out (state=READY)
master: Warning: Killed with signal 15 (by pid=6455 uid=0 code=kill)
""".splitlines()
STAMPS = ("Nov 22 20:06:12", "2026-11-22 20:06:12")


def written_by_dovecot(folder: Path, stamp: str) -> Path:
    return written(folder / "dovecot.log", [f"{stamp} {line}" for line in LINES])


@pytest.mark.parametrize(
    ("stamp", "year"), [(STAMPS[0], 2026), (STAMPS[1], None), (STAMPS[1], 2026)]
)
def test_its_lines_are_of_the_host_that_is_stated(
    tmp_path: Path, stamp: str, year: int | None
) -> None:
    stated = Stated(year, ROME, "mx1")
    folder = imported(tmp_path, written_by_dovecot(tmp_path, stamp), stated=stated).folder
    assert rows(folder, "unknown") == []
    assert [(one["ended"], one["mailbox"]) for one in rows(folder, "sign_ins")] == [
        ("good", "anna@libero.it"),
        ("refused", "anna@libero.it"),
    ]
    [deposit] = rows(folder, "deposits")
    assert (deposit["host"], deposit["folder"], deposit["saved"]) == ("mx1", "INBOX", True)
    assert deposit["at"] == datetime(2026, 11, 22, 19, 6, 12, tzinfo=UTC)
    assert [one["edge"] for one in rows(folder, "edges")] == ["started", "stopped"]
    assert (folder.year, folder.zone, folder.host) == (year, "Europe/Rome", "mx1")


@pytest.mark.parametrize(
    ("stamp", "stated", "refusal"),
    [
        (STAMPS[0], None, "no-year"),
        (STAMPS[0], Stated(zone=ROME, host="mx1"), "no-year"),
        (STAMPS[0], Stated(2026, ROME), "no-host"),
        (STAMPS[1], Stated(zone=ROME), "no-host"),
        (STAMPS[1], Stated(host="mx1"), "no-zone"),
        (STAMPS[1], None, "no-zone"),
    ],
)
def test_what_is_not_stated_is_asked_for(
    tmp_path: Path, stamp: str, stated: Stated | None, refusal: str
) -> None:
    with pytest.raises(BadInput, match=rf"dovecot\.log:1: .*{refusal}"):
        imported(tmp_path, written_by_dovecot(tmp_path, stamp), stated=stated)


def test_an_hour_that_the_clocks_repeat_is_two_with_a_date_too(tmp_path: Path) -> None:
    times = ("02:10:05", "02:59:59", "02:00:01", "03:00:00")
    lines = [f"2026-10-25 {time} {LINES[-1]}" for time in times]
    log = written(tmp_path / "dovecot.log", lines)
    folder = imported(tmp_path, log, stated=Stated(None, ROME, "mx1")).folder
    assert [f"{one['at']:%H:%M:%S}" for one in rows(folder, "edges")] == [
        "00:10:05", "00:59:59", "01:00:01", "02:00:00",
    ]  # fmt: skip
    assert folder.counts["repeated_stamps"] == 3


def test_lines_of_other_forms_are_counted_with_a_sample(tmp_path: Path) -> None:
    known = [f"{STAMPS[1]} {LINES[-1]}", f"{STAMPS[1]} imap-login: Error: no socket"]
    odd = [
        f"20:06:12 {LINES[0]}",
        f"2026-02-30 20:06:12 {LINES[0]}",
        f"{STAMPS[1]} imap-login: Notice: {LINES[0]}",
        f"{STAMPS[1]} quota: Info: whatever",
    ]
    log = written(tmp_path / "dovecot.log", known + odd)
    folder = imported(tmp_path, log, stated=Stated(2026, ROME, "mx1")).folder
    assert (folder.counts["understood"], folder.counts["unknown"]) == (2, 4)
    assert [(one["why"], one["lines"], one["sample"]) for one in rows(folder, "unknown")] == [
        ("no stamp", 3, odd[0]),
        ("shape", 1, odd[3]),
    ]
