"""The hold list: mailboxes that must not be downgraded, purged or emptied, and until when.

A remedy that waits while its mailbox is emptied is no remedy (promise 8). A mailbox is held while
any grant of the run is pending: one that waits for a yes until its deadline and some days more,
any other until it has been seen to be made. The list is written a few buckets at a time.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from ristoro.fulfilment.models import Grant, GrantState
from ristoro.fulfilment.states import PENDING
from ristoro.kernel.errors import BadInput, Place, Problem, bad_input
from ristoro.kernel.keys import BUCKETS, row_bounds

GRACE_DAYS = 30
"""Held so long after a deadline: a yes by letter, and the lapse itself, arrive later than it."""

HELD = frozenset({*PENDING, GrantState.APPLIED})
"""Applied ones too: they are held until they have been seen."""

FIELDS = ("address", "mailbox_id", "brand", "hold_until", "because", "grants")
ACTIONS = ("downgrade", "purge", "empty", "close")
MOST_PROBLEMS = 50
BUCKETS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Hold:
    """One mailbox; ``until`` is the last day of the hold, ``None`` for *until it is verified*.

    ``because`` is the name of the state that holds longest, ``grants`` how many are pending.
    """

    address: str
    mailbox_id: int
    brand: str
    until: date | None
    because: str
    grants: int

    def covers(self, day: date) -> bool:
        """Whether something planned for ``day`` would break the hold."""
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Planned:
    """What a provider means to do to a mailbox, from line ``line`` of its list."""

    line: int
    address: str
    action: str
    on: date


@dataclass(frozen=True, slots=True)
class Break:
    """A planned act that falls inside a hold."""

    planned: Planned
    hold: Hold


def holds(run_id: int, today: date, grace_days: int = GRACE_DAYS) -> Iterator[Hold]:
    """Every mailbox held by the run, once each, a few buckets at a time.

    A grant that still waits when deadline and grace are over is with a person: held until
    verified, for nothing has been decided about it.
    """
    grace = timedelta(days=grace_days)
    for first in range(0, BUCKETS, BUCKETS_AT_ONCE):
        lo, hi = row_bounds(first, run_id)[0], row_bounds(first + BUCKETS_AT_ONCE - 1, run_id)[1]
        rows = (
            Grant.objects.filter(id__gte=lo, id__lt=hi, run_id=run_id, state__in=list(HELD))
            .order_by("bucket", "mailbox_id", "remedy")
            .values_list("mailbox_id", "address", "brand", "state", "deadline")
            .iterator()
        )
        hold: Hold | None = None
        for mailbox_id, address, brand, state, deadline in rows:
            until = None
            if state == GrantState.WAITING and deadline is not None and deadline + grace >= today:
                until = deadline + grace
            one = Hold(address, mailbox_id, brand, until, GrantState(state).name.lower(), 1)
            if hold is not None and hold.mailbox_id != mailbox_id:
                yield hold
                hold = None
            hold = one if hold is None else _longer(hold, one)
        if hold is not None:
            yield hold


def write_csv(listed: Iterator[Hold], out: IO[str]) -> int:
    """Write the list as CSV (RFC 4180) with a header; how many mailboxes.

    ``out`` is opened with ``newline=""``. ``hold_until`` is a day, or ``verified``.
    """
    lines = csv.writer(out)
    lines.writerow(FIELDS)
    count = 0
    for hold in listed:
        lines.writerow(
            [
                hold.address,
                hold.mailbox_id,
                hold.brand,
                until_words(hold),
                hold.because,
                hold.grants,
            ]
        )
        count += 1
    return count


def write_json(listed: Iterator[Hold], out: IO[str]) -> int:
    """Write the list as one JSON array, a mailbox a line; how many mailboxes."""
    count = 0
    out.write("[")
    for hold in listed:
        values = (
            hold.address,
            hold.mailbox_id,
            hold.brand,
            until_words(hold),
            hold.because,
            hold.grants,
        )
        line = json.dumps(dict(zip(FIELDS, values, strict=True)), ensure_ascii=False)
        out.write(f"{',' if count else ''}\n{line}")
        count += 1
    out.write("\n]\n")
    return count


def until_words(hold: Hold) -> str:
    """The last day as ``2023-05-30``, or ``verified``."""
    return "verified" if hold.until is None else hold.until.isoformat()


def read_planned(path: Path) -> dict[str, list[Planned]]:
    """A provider's list of planned acts, by address: CSV with ``address``, ``action`` and ``on``.

    Refused whole, with every faulty line up to 50, where a column is missing, a day is no day or
    an action is none of ``ACTIONS``: a line that is not understood could be the one that matters.
    """
    planned: dict[str, list[Planned]] = {}
    problems: list[Problem] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = csv.DictReader(file, strict=True)
            _check_header(path, lines.fieldnames or ())
            for row in lines:
                one = _planned(path, lines.line_num, row)
                if isinstance(one, Problem):
                    problems.append(one)
                    if len(problems) == MOST_PROBLEMS:
                        break
                else:
                    planned.setdefault(one.address, []).append(one)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise bad_input(
            "unreadable",
            f"the list {path} cannot be read",
            str(error),
            "give a CSV file in UTF-8 with the columns address, action and on",
            Place(str(path)),
        ) from error
    if problems:
        raise BadInput(*problems)
    return planned


def check(listed: Iterator[Hold], planned: dict[str, list[Planned]]) -> list[Break]:
    """The planned acts that fall inside a hold, in the order of the provider's list."""
    broken = [
        Break(one, hold)
        for hold in listed
        for one in planned.get(hold.address.casefold(), ())
        if hold.covers(one.on)
    ]
    return sorted(broken, key=lambda each: each.planned.line)


def _longer(hold: Hold, other: Hold) -> Hold:
    grants = hold.grants + other.grants
    holds_longer = hold.until is not None and (other.until is None or other.until > hold.until)
    kept = other if holds_longer else hold
    return Hold(kept.address, kept.mailbox_id, kept.brand, kept.until, kept.because, grants)


def _check_header(path: Path, header: object) -> None:
    names = list(header) if isinstance(header, (list, tuple)) else []
    missing = [name for name in ("address", "action", "on") if name not in names]
    if missing:
        raise bad_input(
            "missing-field",
            f"the list has no column {' and no column '.join(missing)}",
            f"its header is {', '.join(names) or 'empty'}",
            "name the columns address, action and on in the first line",
            Place(str(path), 1),
        )


def _planned(path: Path, line: int, row: dict[str, str | None]) -> Planned | Problem:
    address = (row["address"] or "").strip().casefold()
    action = (row["action"] or "").strip()
    if "@" not in address:
        return _wrong(path, line, "address", f"{address!r} is not an address", "write one")
    if action not in ACTIONS:
        return _wrong(
            path,
            line,
            "action",
            f"{action!r} is not an act known here",
            f"write one of {', '.join(ACTIONS)}",
        )
    try:
        on = date.fromisoformat((row["on"] or "").strip())
    except ValueError:
        return _wrong(path, line, "on", f"{row['on']!r} is not a day", "write it as 2023-05-31")
    return Planned(line, address, action, on)


def _wrong(path: Path, line: int, field: str, what: str, todo: str) -> Problem:
    why = "a line that is not understood could break a hold unseen"
    return Problem("wrong-value", what, why, todo, Place(str(path), line, None, field))
