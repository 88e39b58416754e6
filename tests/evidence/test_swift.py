"""Lines read many at a time tell what they tell when each is read alone."""

from __future__ import annotations

import lzma
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.evidence.shapes import LINE, spoilt

from ristoro.edges.mail_logs.events import NEVER, SHAPES, Kind, Told
from ristoro.edges.mail_logs.lines import LONGEST, Reader
from ristoro.edges.mail_logs.reading import AFTER
from ristoro.edges.mail_logs.stamps import Traditional, rfc3339
from ristoro.edges.mail_logs.swift import reading as swift
from ristoro.edges.mail_logs.texts import octets_of

LOG = Path(__file__).parent / "logs" / "mail-outage.iso.log.xz"


def _traditional() -> Traditional:
    return Traditional(2026, ZoneInfo("Europe/Rome"))


def reading_of(block: bytes, hosts: dict[bytes, int]) -> swift.Swift:
    octets = np.frombuffer(block + b"x" * AFTER, np.uint8).copy()
    return swift.read(octets, len(block), hosts, _traditional())


def swiftly(lines: list[bytes]) -> dict[int, tuple[int, bytes | None, Any]]:
    """By line that is read here: its instant, its host and what it tells."""
    hosts: dict[bytes, int] = {}
    found = reading_of(b"".join(line + b"\n" for line in lines), hosts)
    names = list(hosts)
    told: dict[int, tuple[int, bytes | None, Any]] = {
        int(row): (int(found.at[row]), None, True) for row in found.read.nonzero()[0]
    }
    for kind, lot in found.pool.lots.items():
        shape = SHAPES[kind]
        numbers = [lot.numbers[name].tolist() for name in shape.numbers]
        texts = [octets_of(found.pool.buffer, lot.texts[name]).to_pylist() for name in shape.texts]
        hosts_of = lot.numbers["host"].tolist()
        for at, row in enumerate(lot.numbers["row"].tolist()):
            one = Told(
                kind, tuple(column[at] for column in numbers), tuple(text[at] for text in texts)
            )
            told[row] = (told[row][0], names[hosts_of[at]], one)
    return told


def slowly(lines: list[bytes]) -> dict[int, tuple[int, bytes | None, Any]]:
    reader = Reader(_traditional())
    told = {}
    for row, line in enumerate(lines):
        found = reader.read(line) if line else None
        if found is not None and found[1] is not False:
            host = None if found[1] is True else found[0].host
            told[row] = (found[0].at, host, found[1])
    return told


def agree(lines: list[bytes]) -> int:
    fast, slow = swiftly(lines), slowly(lines)
    for row, told in fast.items():
        assert told == slow[row], lines[row]
    return len(fast)


def test_the_log_of_an_outage_is_read_alike_and_almost_all_of_it_swiftly() -> None:
    lines = lzma.decompress(LOG.read_bytes()).split(b"\n")[:-1]
    assert agree(lines) > 0.99 * len(lines)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE | spoilt(), min_size=1, max_size=25))
@example([b"Nov 22 01:05:46 mx1 postfix/qmgr[1]: 0CA9B2CE696: removed"])
@example([b"x"])
@example([b""])
def test_any_lines_are_read_alike(lines: list[bytes]) -> None:
    agree(lines)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=10), st.integers(0, 400))
def test_lines_cut_anywhere_are_read_alike(lines: list[bytes], length: int) -> None:
    agree([line[:length] for line in lines])


_DAY = datetime.fromisoformat
ZONES = ("Z", "+00:00", "-00:00", "+05:30", "-11:00", "-23:59")


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(_DAY("1960-01-01"), _DAY("2200-01-01")),
    st.sampled_from((*ZONES, "+24:00", "+01:60")),
    st.integers(0, 7),
)
@example(_DAY("2024-02-29"), "-23:59", 6)
@example(_DAY("2100-02-28"), "Z", 0)
@example(_DAY("2000-03-01"), "+05:30", 3)
def test_a_stamp_is_the_instant_that_the_calendar_says(
    at: datetime, zone: str, decimals: int
) -> None:
    stamp = at.isoformat(timespec="seconds")
    if decimals:
        stamp += f".{at.microsecond:06}0"[: decimals + 1]
    found = reading_of(f"{stamp}{zone} mx1 dovecot: imap(a): b\n".encode(), {}).at[0]
    if at.year > 1970 and decimals < 7 and zone in ZONES:
        assert found == rfc3339(f"{stamp}{zone}".encode()) != NEVER
    else:
        assert found in (NEVER, rfc3339(f"{stamp}{zone}".encode()))


def test_days_that_are_not_have_no_instant() -> None:
    for day in ("2023-02-29", "2100-02-29", "2023-04-31", "2023-13-01", "2023-00-01", "2023-01-00"):
        line = f"{day}T01:02:03Z mx1 dovecot: imap(a): b\n".encode()
        assert reading_of(line, {}).at.tolist() == [NEVER]


def test_a_line_that_is_too_long_is_not_read_swiftly() -> None:
    line = b"2026-11-22T01:05:04.106246+00:00 mx1 postfix/cleanup[1]: 0CA9B2CE696: message-id=<"
    assert swiftly([line + b"x" * LONGEST]) == {}
    assert len(swiftly([line + b"x" * 2000])) == 1


def test_a_stamp_that_is_not_known_is_never() -> None:
    found = reading_of(b"Foo 22 01:05:46 mx1 dovecot: imap(a): b\n", {})
    assert found.at.tolist() == [NEVER]
    assert Kind.DEPOSIT not in found.pool.lots
