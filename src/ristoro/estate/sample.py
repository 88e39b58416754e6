"""A sample estate: Libero and Virgilio as they may have been in January 2023, for any seed.

Every value is a draw (``draws``), so a sample is the same rows on any machine, chunk by chunk.
Shares of plans and habits are assumptions: the provider published none (nine million mailboxes,
the plans, prices and quotas are public).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ristoro.estate.cast import DOMAINS, FIELDS, GIB, PLANS, cast, rome
from ristoro.estate.columns import LOCALES, STANDINGS, WAYS, ways_mask
from ristoro.estate.draws import Draws, Numbers, Truths, second
from ristoro.estate.freeze import (
    LINE,
    NUMBERED,
    ROWS_A_CHUNK,
    Spill,
    buckets_of,
    write_snapshot,
)
from ristoro.estate.write_csv import write_csv
from ristoro.kernel.errors import Place, bad_input
from ristoro.kernel.keys import digest_of

AS_OF = datetime(2023, 2, 9, 11, tzinfo=UTC)
"""9 February 2023, noon in Rome: the day before the notices."""

EARLIEST = datetime(2023, 2, 7, tzinfo=UTC)
FIRST_ID = 1_000_001

_DAY = 86_400
_NEVER = np.iinfo(np.int64).min


def sample(
    mailboxes: int,
    seed: int,
    out: Path,
    *,
    as_of: datetime = AS_OF,
    progress: Callable[[int], None] = lambda rows: None,
) -> None:
    """Write a sample estate as CSV or as a Parquet snapshot, by the suffix of ``out``.

    The same arguments give the same bytes. The first rows are ``cast.cast``. ``out`` appears
    whole or not at all. ``BadInput`` for a suffix, number or instant that it cannot be made for.
    """
    _check(mailboxes, out, as_of)
    batches = _batches(mailboxes, seed, as_of)
    if out.suffix == ".csv":
        write_csv(batches, out, progress)
        return
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        spill = Spill(folder)
        for batch in batches:
            spill.add(batch)
            progress(batch.num_rows)
        recipe = {"mailboxes": mailboxes, "sample": 1, "seed": seed}
        write_snapshot(spill.parts(), out, as_of=as_of, source_digest=digest_of(recipe))
    finally:
        shutil.rmtree(folder)


def _check(mailboxes: int, out: Path, as_of: datetime) -> None:
    if mailboxes < 1:
        raise bad_input(
            "wrong-value", f"{mailboxes} mailboxes", "wants at least 1", "ask for 200, say"
        )
    if as_of < EARLIEST:
        raise bad_input(
            "wrong-value",
            f"the sample cannot be seen as of {as_of.isoformat()}",
            "it holds what happened until 6 February 2023",
            "choose 2023-02-07 or later",
        )
    if out.suffix not in (".csv", ".parquet"):
        raise bad_input(
            "unknown-format",
            f"a sample is not written as {out.suffix or 'a file without a suffix'!r}",
            "the suffix chooses the format",
            "name it .csv or .parquet",
            Place(str(out)),
        )
    if not out.parent.is_dir():
        raise bad_input(
            "unreadable", "there is no such folder", f"{out.parent}", "make it", Place(str(out))
        )


# Rows

_NAMES = (
    "anna marco giulia luca sara paolo elena andrea chiara matteo laura davide marta simone "
    "francesca stefano valentina roberto silvia giorgio alessia nicola ilaria pietro"
)
_SURNAMES = (
    "rossi bianchi ferrari russo esposito romano colombo ricci marino greco bruno gallo conti "
    "deluca mancini costa giordano rizzo lombardi moretti barbieri fontana santoro mariani"
)
_STORES = [f"lib-{n:02}" for n in range(1, 49)] + [f"vir-{n:02}" for n in range(1, 17)]

_WAYS_FREE = tuple(
    (ways_mask(tuple(ways.split("+"))), weight)
    for ways, weight in (
        ("webmail", 45), ("webmail+android", 22), ("webmail+ios", 12), ("webmail+ios+android", 3),
        ("ios", 4), ("android", 6), ("webmail+imap+submission", 4), ("imap+submission", 2),
        ("pop3+submission", 2),
    )
)  # fmt: skip
_WAYS_PAID = tuple(
    (ways_mask(tuple(ways.split("+"))), weight)
    for ways, weight in (
        ("webmail+imap+submission", 35), ("imap+submission", 25), ("webmail+android", 5),
        ("webmail+imap+submission+ios", 15), ("imap+submission+ios", 6), ("ios", 2),
        ("pop3+submission", 7), ("webmail+pop3+submission", 5),
    )
)  # fmt: skip

_FREE = {"libero": 0, "virgilio": 1}
_PLAN_PRICES = np.array([plan.price_minor for plan in PLANS])
_PLAN_MONTHS = np.array([plan.billing_months for plan in PLANS])
_PLAN_BYTES = np.array([plan.storage_bytes for plan in PLANS])


@dataclass(slots=True)
class _Rows:
    """Columns under construction: plans as positions in ``PLANS``, instants in seconds, days."""

    virgilio: Truths
    plan: Numbers
    before: Numbers  # -1 for none
    since: Numbers
    paid_until: Numbers  # days since 1970, meaningless for a plan without a price
    before_paid_until: Numbers
    created: Numbers
    closed: Numbers  # _NEVER for none


def _batches(mailboxes: int, seed: int, as_of: datetime) -> Iterator[pa.RecordBatch]:
    for first in range(0, mailboxes, ROWS_A_CHUNK):
        draws = Draws(seed, first, min(ROWS_A_CHUNK, mailboxes - first))
        batch = _batch(draws, as_of)
        if first == 0:
            named = _cast_batch(as_of, draws.rows)
            rest = batch.slice(named.num_rows)
            batch = pa.concat_batches([named, rest])
        yield batch


def _cast_batch(as_of: datetime, most: int) -> pa.RecordBatch:
    members = cast(as_of)[:most]
    count = len(members)
    columns: dict[str, object] = dict(_keys(np.arange(count, dtype=np.int64)))
    columns |= {name: [getattr(member, name) for member in members] for name in FIELDS}
    return pa.RecordBatch.from_arrays(
        [pa.array(columns[field.name], field.type) for field in NUMBERED], schema=NUMBERED
    )


def _keys(ordinals: Numbers) -> dict[str, npt.NDArray[np.signedinteger]]:
    ids = ordinals + FIRST_ID
    return {"mailbox_id": ids, "bucket": buckets_of(ids), LINE: ordinals + 1}


def _batch(draws: Draws, as_of: datetime) -> pa.RecordBatch:
    rows = _plans(draws, as_of)
    _change_plans(draws, rows, as_of)
    _lifetimes(draws, rows, as_of)
    ordinals = np.arange(draws.first, draws.first + draws.rows, dtype=np.int64)
    paid = _PLAN_PRICES[rows.plan] > 0
    was = rows.before >= 0
    was_paid = was & (_PLAN_PRICES[rows.before] > 0)
    columns: dict[str, pa.Array] = {
        name: pa.array(values) for name, values in _keys(ordinals).items()
    }
    columns |= {
        "address": _addresses(draws, rows, ordinals),
        "brand": _words(list(DOMAINS), rows.virgilio.astype(np.int64)),
        "store": _words(
            _STORES, np.where(rows.virgilio, 48 + draws.below("vir", 16), draws.below("lib", 48))
        ),
        "holder_id": _holders(draws, rows, ordinals),
        "locale": _words(list(LOCALES), draws.chance("english", 40_000).astype(np.int64)),
        "standing": _words(list(STANDINGS), _standings(draws, paid)),
        "created_at": _instants(rows.created),
        "closed_at": _instants(rows.closed, rows.closed != _NEVER),
        "plan": _words([plan.name for plan in PLANS], rows.plan),
        "plan_since": _instants(rows.since),
        "price_minor": pa.array(_PLAN_PRICES[rows.plan]),
        "currency": _words(["EUR"], np.zeros(draws.rows, dtype=np.int64)),
        "billing_months": pa.array(_PLAN_MONTHS[rows.plan]),
        "paid_until": _days(rows.paid_until, paid),
        "storage_bytes": pa.array(_PLAN_BYTES[rows.plan]),
        "used_bytes": pa.array(_used(draws, rows)),
        "before_plan": _words([plan.name for plan in PLANS], rows.before, was),
        "before_price_minor": pa.array(_PLAN_PRICES[rows.before], mask=~was),
        "before_billing_months": pa.array(_PLAN_MONTHS[rows.before], mask=~was),
        "before_paid_until": _days(rows.before_paid_until, was_paid),
        "before_storage_bytes": pa.array(_PLAN_BYTES[rows.before], mask=~was),
        **_ways(draws, rows, paid, as_of),
    }
    return pa.RecordBatch.from_arrays(
        [columns[field.name].cast(field.type) for field in NUMBERED], schema=NUMBERED
    )


def _plans(draws: Draws, as_of: datetime) -> _Rows:
    """Brand, present plan, and a plan's year ending on some day of the next twelve months."""
    virgilio = draws.chance("brand", 280_000)
    # in a group of five rows that belongs to one holder, the second is a Virgilio box
    virgilio = np.where(_shared(draws) & (_place_in_group(draws) == 1), True, virgilio)
    libero_plan = np.array([0, 2, 3])[draws.choice("libero", (930, 55, 15))]
    virgilio_plan = np.array([1, 4])[draws.choice("virgilio", (970, 30))]
    plan = np.where(virgilio, virgilio_plan, libero_plan)
    age = draws.below("age", 20 * 365 * _DAY)
    created = second(as_of) - 60 * _DAY - age
    paid = _PLAN_PRICES[plan] > 0
    # a paid plan began later than its mailbox, in the last four years
    later = np.maximum(created, second(as_of) - 40 * _DAY - draws.below("since", 4 * 365 * _DAY))
    none = np.full(draws.rows, -1, dtype=np.int64)
    return _Rows(
        virgilio=np.asarray(virgilio, dtype=np.bool_),
        plan=plan,
        before=none,
        since=np.where(paid, later, created),
        paid_until=second(as_of) // _DAY + 1 + draws.below("until", 365),
        before_paid_until=none.copy(),
        created=created,
        closed=np.full(draws.rows, _NEVER, dtype=np.int64),
    )


def _change_plans(draws: Draws, rows: _Rows, as_of: datetime) -> None:
    """What happened to plans around the outage: lapses, purchases, upgrades, prepaid years."""
    paid = _PLAN_PRICES[rows.plan] > 0
    kind = np.where(paid, draws.below("change", 1000), 1000)
    # unpaid since a day in the last weeks, and Plus still, or until the notice
    ends = kind < 30
    rows.paid_until[ends] = (_day(date(2023, 1, 22)) + draws.below("ends", 20))[ends]
    prepaid = (kind >= 30) & (kind < 80)
    rows.paid_until[prepaid] += 365
    free = rows.virgilio.astype(np.int64)
    lapsed = (kind >= 80) & (kind < 120)
    day = _day(date(2023, 1, 16)) + draws.below("lapsed", 21)
    rows.before[lapsed] = rows.plan[lapsed]
    rows.before_paid_until[lapsed] = day[lapsed]
    rows.plan[lapsed] = free[lapsed]
    rows.since[lapsed] = ((day + 1) * _DAY)[lapsed]
    bought = (kind >= 120) & (kind < 135)
    during = draws.between("bought", rome("2023-01-22T22:00"), rome("2023-01-28T20:00"))
    upgraded = (kind >= 135) & (kind < 155)
    last = min(rome("2023-02-11T00:00"), as_of.astimezone(UTC).replace(tzinfo=None))
    after = draws.between("upgraded", rome("2023-01-29T00:00"), last)
    for which, when in ((bought, during), (upgraded, after)):
        rows.before[which] = free[which]
        rows.since[which] = when[which]
        rows.paid_until[which] = (when // _DAY + 365)[which]


def _lifetimes(draws: Draws, rows: _Rows, as_of: datetime) -> None:
    """Mailboxes created or closed before, during and after the outage."""
    kind = draws.below("life", 10_000)
    free = (_PLAN_PRICES[rows.plan] == 0) & (rows.before < 0)
    last = min(rome("2023-02-09T00:00"), as_of.astimezone(UTC).replace(tzinfo=None))
    for low, high, start, end in (
        (0, 5, rome("2023-01-22T22:00"), rome("2023-01-28T20:00")),
        (5, 15, rome("2023-01-28T20:00"), last),
    ):
        new = free & (kind >= low) & (kind < high)
        when = draws.between(f"new{low}", start, end)
        rows.created[new] = when[new]
        rows.since[new] = when[new]
    for low, high, start, end in (
        (15, 25, rome("2022-12-20T00:00"), rome("2023-01-22T22:00")),
        (25, 30, rome("2023-01-22T22:00"), rome("2023-01-28T20:00")),
        (30, 35, rome("2023-01-28T20:00"), last),
    ):
        when = draws.between(f"end{low}", start, end)
        gone = (kind >= low) & (kind < high) & (when > rows.since)
        rows.closed[gone] = when[gone]


def _standings(draws: Draws, paid: Truths) -> Numbers:
    kind = draws.below("standing", 1000)
    arrears = paid & (kind < 20)
    return np.select([arrears, kind >= 997, kind >= 992], [1, 3, 2], 0)


def _used(draws: Draws, rows: _Rows) -> Numbers:
    """Most hold little, one in twelve is full; a lapsed plan may have left too much behind."""
    quota = _PLAN_BYTES[rows.plan]
    thousandth = draws.below("used", 1000)
    share = thousandth * thousandth // 1000  # 0 to 998 of a thousand, most of them low
    # nobody fills a terabyte: the free quota's habits, times eight
    base = np.where(quota >= 100 * GIB, 8 * GIB, quota)
    used = base // 1000 * share + draws.below("odd", 1_000_000)
    full = draws.chance("full", 80_000) & (quota <= 5 * GIB)
    short = np.where(draws.chance("exact", 300_000), 0, draws.below("short", 4_000_000))
    used = np.where(full, quota - short, used)
    lapsed = (rows.before >= 2) & (rows.plan < 2) & draws.chance("over", 400_000)
    return np.where(lapsed, quota * 2 + draws.below("odd", 1_000_000), used)


def _shared(draws: Draws) -> Truths:
    """Whether the row is one of the first three of a group of five that has one holder."""
    group = (np.arange(draws.first, draws.first + draws.rows, dtype=np.uint64)) // np.uint64(5)
    one_holder = draws.bits("holder", group) % np.uint64(100) < np.uint64(15)
    return np.asarray(one_holder & (_place_in_group(draws) < 3), dtype=np.bool_)


def _place_in_group(draws: Draws) -> Numbers:
    return np.arange(draws.first, draws.first + draws.rows, dtype=np.int64) % 5


# Columns


def _addresses(draws: Draws, rows: _Rows, ordinals: Numbers) -> pa.Array:
    names = _NAMES.split()
    surnames = [f".{name}" for name in _SURNAMES.split()]
    # the ordinal keeps any two apart
    return pc.binary_join_element_wise(
        _words(names, draws.below("name", len(names))).cast(pa.string()),
        _words(surnames, draws.below("surname", len(surnames))).cast(pa.string()),
        pa.array(ordinals).cast(pa.string()),
        _words([f"@{domain}" for domain in DOMAINS.values()], rows.virgilio.astype(np.int64)).cast(
            pa.string()
        ),
        "",
    )


def _holders(draws: Draws, rows: _Rows, ordinals: Numbers) -> pa.Array:
    holder = np.where(_shared(draws), ordinals - _place_in_group(draws), ordinals)
    known = ~draws.chance("nobody", 5_000)
    numbers = pa.array(holder, mask=~known).cast(pa.string())
    return pc.binary_join_element_wise("h", numbers, "")


def _ways(draws: Draws, rows: _Rows, paid: Truths, as_of: datetime) -> dict[str, pa.Array]:
    free_mask = np.array([mask for mask, _ in _WAYS_FREE])[
        draws.choice("freeways", tuple(weight for _, weight in _WAYS_FREE))
    ]
    paid_mask = np.array([mask for mask, _ in _WAYS_PAID])[
        draws.choice("paidways", tuple(weight for _, weight in _WAYS_PAID))
    ]
    mask = np.where(paid, paid_mask, free_mask)
    # one in seven dormant for 90 days and more, some never seen at all
    habit = draws.below("habit", 1000)
    dormant = habit < 140
    last = np.where(rows.closed == _NEVER, second(as_of), rows.closed)
    columns = {"ways": pa.array(mask)}
    for bit, way in enumerate(WAYS):
        ago = np.where(
            dormant,
            90 * _DAY + draws.below(f"long{way}", 1000 * _DAY),
            draws.below(f"ago{way}", 10) * draws.below(f"seen{way}", 6 * _DAY) // 9,
        )
        moment = last - 1 - ago
        known = (mask >> bit & 1 == 1) & (moment >= rows.created) & (habit < 980)
        columns[f"seen_{way}"] = _instants(moment, known)
    return columns


def _words(words: list[str], positions: Numbers, known: Truths | None = None) -> pa.Array:
    indices = pa.array(positions.astype(np.int8), mask=None if known is None else ~known)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words))


def _instants(seconds: Numbers, known: Truths | None = None) -> pa.Array:
    kept = seconds if known is None else np.where(known, seconds, 0)
    return pa.array(kept * 1_000_000, mask=None if known is None else ~known).cast(
        pa.timestamp("us")
    )


def _days(days: Numbers, known: Truths) -> pa.Array:
    return pa.array(days.astype(np.int32), mask=~known).cast(pa.date32())


def _day(day: date) -> int:
    return (day - date(1970, 1, 1)).days
