"""Posting entries: each once, all or none, with the balances, in the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection, transaction

from ristoro.fulfilment.books.entries import LINES_AN_ENTRY, Entry, Line, Unlawful, check
from ristoro.fulfilment.books.models import BookEntry, BookLine
from ristoro.kernel.errors import Problem
from ristoro.kernel.keys import bucket_of

ROWS_AT_ONCE = 500
FEW = 7
"""So many entries have fewer lines than are inserted at once."""
NO_RUN, NO_REMEDY = 0, -1

_ENTRY = (
    *("key", "at", "about", "code", "mailbox_id", "bucket"),
    *("run_id", "remedy", "grant_id", "through"),
)
_LINE = ("id", "run_id", "account", "nature", "side", "amount", "unit")
_BALANCE = (
    *("run_id", "bucket", "remedy", "account", "nature", "unit"),
    *("debit", "credit", "lines"),
)
_ADD = """ON CONFLICT (run_id, bucket, remedy, account, nature, unit) DO UPDATE SET
    debit = books_balance.debit + excluded.debit,
    credit = books_balance.credit + excluded.credit,
    lines = books_balance.lines + excluded.lines"""

BalanceKey = tuple[int, int, int, int, int, str]


def post(entries: Sequence[Entry]) -> int:
    """Post what is not in the books yet; how many entries that was.

    An entry whose key is there already, with the same lines, is left as it is, so that posting
    twice is posting once. ``Unlawful``, and nothing posted, where one does not balance in each of
    its units or where its key stands for other lines. Joins the caller's transaction.
    """
    check(entries)
    by_key: dict[str, Entry] = {}
    for entry in entries:
        if by_key.setdefault(entry.key, entry).lines != entry.lines:
            raise _other(entry)
    with transaction.atomic():
        posted = write(list(by_key.values()))
        known = [entry for key, entry in by_key.items() if key not in posted]
        if known:
            _must_be_same(known)
    return len(posted)


def write(entries: Sequence[Entry]) -> set[str]:
    """Insert checked entries with their lines and balances; the keys that were not there before.

    On PostgreSQL many are one statement, which costs a third of three; few cost more to plan so.
    An entry's lines are never parted either way, which is what its database looks at.
    """
    if connection.vendor == "postgresql" and len(entries) > FEW:
        return {key for some in _slices(entries) for key in _write_at_once(some)}
    ids: dict[str, int] = {}
    for some in _slices(entries):
        rows = _insert(
            "books_entry",
            _ENTRY,
            [_row(entry) for entry in some],
            "ON CONFLICT (key) DO NOTHING RETURNING key, id",
        )
        ids.update(rows)
    new = [entry for entry in entries if entry.key in ids]
    lines = [
        (ids[entry.key] * LINES_AN_ENTRY + place, entry.run_id, *_values(line))
        for entry in new
        for place, line in enumerate(entry.lines)
    ]
    for rows in _slices(lines):
        _insert("books_line", _LINE, rows)
    add(_sums(new))
    return set(ids)


_AT_ONCE = f"""
WITH fresh AS (
  INSERT INTO books_entry ({", ".join(_ENTRY)})
  SELECT * FROM unnest(%s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::bigint[],
                       %s::smallint[], %s::integer[], %s::smallint[], %s::bigint[], %s::smallint[])
  ON CONFLICT (key) DO NOTHING RETURNING id, key, run_id, bucket, remedy
),
told AS MATERIALIZED (
  SELECT fresh.*, line.* FROM fresh JOIN unnest(
    %s::text[], %s::smallint[], %s::smallint[], %s::smallint[], %s::smallint[], %s::bigint[],
    %s::text[]
  ) AS line (of_key, place, account, nature, side, amount, unit) ON line.of_key = fresh.key
),
lines AS (
  INSERT INTO books_line ({", ".join(_LINE)})
  SELECT id * {LINES_AN_ENTRY} + place, run_id, account, nature, side, amount, unit FROM told
  ORDER BY 1
),
balances AS (
  INSERT INTO books_balance ({", ".join(_BALANCE)})
  SELECT coalesce(run_id, {NO_RUN}), bucket, coalesce(remedy, {NO_REMEDY}), account, nature, unit,
         coalesce(sum(amount) FILTER (WHERE side = 1), 0),
         coalesce(sum(amount) FILTER (WHERE side = 2), 0), count(*)
  FROM told GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
  {_ADD}
)
SELECT key FROM fresh
"""  # noqa: S608 - names and numbers of this module


def _write_at_once(entries: Sequence[Entry]) -> set[str]:
    rows = [_row(entry) for entry in entries]
    lines = [
        (entry.key, place, *_values(line))
        for entry in entries
        for place, line in enumerate(entry.lines)
    ]
    columns = [list(column) for column in (*zip(*rows, strict=True), *zip(*lines, strict=True))]
    with connection.cursor() as cursor:
        cursor.execute(_AT_ONCE, columns)
        return {key for (key,) in cursor.fetchall()}


def add(sums: Mapping[BalanceKey, Sequence[int]]) -> None:
    """Add debits, credits and numbers of lines to the balances, in one order for everybody."""
    for rows in _slices([(*key, *values) for key, values in sorted(sums.items())]):
        _insert("books_balance", _BALANCE, rows, _ADD)


def bucket_for(entry: Entry) -> int:
    """The bucket that an entry is kept in."""
    if entry.bucket is not None:
        return entry.bucket
    return 0 if entry.mailbox_id is None else bucket_of(entry.mailbox_id)


def _sums(entries: Sequence[Entry]) -> dict[BalanceKey, list[int]]:
    sums: dict[BalanceKey, list[int]] = defaultdict(lambda: [0, 0, 0])
    for entry in entries:
        run = NO_RUN if entry.run_id is None else entry.run_id
        remedy = NO_REMEDY if entry.remedy is None else entry.remedy
        bucket = bucket_for(entry)
        for line in entry.lines:
            account, nature = int(line.account), int(line.nature)
            sum_ = sums[run, bucket, remedy, account, nature, line.unit]
            sum_[line.side - 1] += line.amount
            sum_[2] += 1
    return sums


def _row(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.key,
        connection.ops.adapt_datetimefield_value(entry.at),
        entry.about,
        entry.code,
        entry.mailbox_id,
        bucket_for(entry),
        entry.run_id,
        entry.remedy,
        entry.grant_id,
        entry.through and int(entry.through),
    )


def _values(line: Line) -> tuple[Any, ...]:
    return int(line.account), int(line.nature), int(line.side), line.amount, line.unit


def _slices(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """The rows, so few at once that SQLite can bind all their values."""
    going = iter(rows)
    while some := list(islice(going, ROWS_AT_ONCE)):
        yield some


def _insert(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], then: str = ""
) -> list[tuple[Any, ...]]:
    marks = ", ".join(["%s"] * len(columns))
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - names of this module
        f"VALUES {', '.join([f'({marks})'] * len(rows))} {then}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in row])
        return cursor.fetchall() if "RETURNING" in then else []


def _must_be_same(entries: Sequence[Entry]) -> None:
    """``Unlawful`` where a key stands for other lines than these."""
    for some in _slices(entries):
        ids = dict(
            BookEntry.objects.filter(key__in=[one.key for one in some]).values_list("key", "id")
        )
        for entry in some:
            first = ids[entry.key] * LINES_AN_ENTRY
            found = BookLine.objects.filter(id__gte=first, id__lt=first + LINES_AN_ENTRY)
            lines = found.order_by("id").values_list("account", "nature", "side", "amount", "unit")
            if list(lines) != [_values(line) for line in entry.lines]:
                raise _other(entry)


def _other(entry: Entry) -> Unlawful:
    return Unlawful(
        Problem(
            "entry-differs",
            f"the key {entry.key!r} stands in the books for other lines",
            f"the entry is about {entry.about!r}; a key names one entry, and entries never change",
            "nothing was posted; what is to be corrected is posted under a key of its own",
        )
    )
