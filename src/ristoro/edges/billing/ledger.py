"""A subscription ledger in one SQLite file, safe with several processes; nothing is ever deleted.

Three tables: until when each subscription is paid now, every change ever made to that, and every
credit ever booked; the file itself keeps the last two from being edited. It serves a provider
without a billing interface, the demo, and as the measure of what another implementation must do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ristoro.edges.billing.contract import (
    CreditAsk,
    CreditReading,
    ExtensionAsk,
    SubscriptionReading,
    Where,
)
from ristoro.kernel.errors import Missing, Place, Problem
from ristoro.kernel.frames import ROWS_A_BATCH
from ristoro.kernel.outcome import DONE, Ending, Result

BUSY_MS = 30_000

_DAYS = ("address", "paid_until", "before_paid_until")

SCHEMA = """
CREATE TABLE IF NOT EXISTS subscription (
    address TEXT PRIMARY KEY,
    paid_until TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
CREATE INDEX IF NOT EXISTS entry_address ON entry (address, number);
CREATE TRIGGER IF NOT EXISTS entry_is_never_edited BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TABLE IF NOT EXISTS credit (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    place TEXT NOT NULL CHECK (place IN ('bill', 'account')),
    reason TEXT NOT NULL,
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
CREATE INDEX IF NOT EXISTS credit_address ON credit (address, number);
CREATE TRIGGER IF NOT EXISTS credit_is_never_edited BEFORE UPDATE ON credit
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS credit_is_never_deleted BEFORE DELETE ON credit
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One change of one subscription, as it was booked; ``at`` is the file's own UTC instant."""

    key: str
    address: str
    old: date
    new: date
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class CreditEntry:
    """One credit as it was booked; ``at`` is the file's own UTC instant."""

    credit: CreditAsk
    reason: str
    at: str


class Ledger:
    """``edges.billing.contract.Billing`` on one file. One instance serves one thread."""

    def __init__(self, path: Path) -> None:
        """Open the ledger, or begin it where there is none; ``Missing`` where it cannot be."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._con = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
            self._con.execute("PRAGMA journal_mode=WAL")
            # FULL: a booking that was reported survives a power cut
            self._con.execute("PRAGMA synchronous=FULL")
            self._con.executescript(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise Missing(
                Problem(
                    "ledger",
                    "the subscription ledger cannot be opened",
                    str(error),
                    "name a file in a folder that you may write to",
                    Place(str(path)),
                )
            ) from error

    def extend(self, asks: Sequence[ExtensionAsk], *, reason: str) -> list[Result]:
        """Book the asks in one transaction; see the contract.

        Beyond it, refused with ``key-reused`` where the key was booked for another move. Where
        the file stays locked, nothing of the batch was booked: deferred with ``locked``.
        """
        try:
            with self._writing():
                return [self._book(ask, reason) for ask in asks]
        except sqlite3.OperationalError as error:
            return [Result(Ending.DEFERRED, "locked", str(error)) for _ in asks]

    def credit(self, asks: Sequence[CreditAsk], *, reason: str) -> list[Result]:
        """Book the credits in one transaction; see the contract, and ``extend`` for ``locked``."""
        try:
            with self._writing():
                return [self._book_credit(ask, reason) for ask in asks]
        except sqlite3.OperationalError as error:
            return [Result(Ending.DEFERRED, "locked", str(error)) for _ in asks]

    def look(self, keys: Sequence[str]) -> list[Result]:
        """Whether each key was booked."""
        found = "SELECT 1 FROM entry WHERE key = ?1 UNION ALL SELECT 1 FROM credit WHERE key = ?1"
        return [
            Result(Ending.DONE, "booked")
            if self._con.execute(found, (key,)).fetchone()
            else Result(Ending.REFUSED, "absent")
            for key in keys
        ]

    def read_credits(self, keys: Sequence[str]) -> list[CreditReading]:
        """The credit booked under each key; refused with ``absent``."""
        readings = []
        for key in keys:
            booked = self._credit(key)
            result = Result(Ending.REFUSED, "absent") if booked is None else DONE
            readings.append(CreditReading(result, booked))
        return readings

    def read(self, addresses: Sequence[str]) -> list[SubscriptionReading]:
        """Until when each subscription is paid now; refused with ``no-subscription``."""
        readings = []
        for address in addresses:
            day = self._paid_until(address)
            if day is None:
                readings.append(SubscriptionReading(Result(Ending.REFUSED, "no-subscription")))
            else:
                readings.append(SubscriptionReading(DONE, day))
        return readings

    def close(self) -> None:
        """Release the file."""
        self._con.close()

    # Beyond the contract

    def take_in(self, snapshot: Path) -> int:
        """Open an account for each mailbox of the snapshot that is or was paid; how many are new.

        One that has lapsed is kept with the last day it was paid until: it too may be owed time,
        counted from that day. In one transaction. A subscription that is here already keeps its
        day, so that taking in the same or a later snapshot undoes no extension.
        """
        before = self._con.total_changes
        with self._writing(), pq.ParquetFile(snapshot) as file:
            for batch in file.iter_batches(ROWS_A_BATCH, columns=list(_DAYS)):
                self._con.executemany(
                    "INSERT INTO subscription VALUES (?, ?) ON CONFLICT (address) DO NOTHING",
                    (
                        (address, day.isoformat())
                        for address, day in zip(
                            batch["address"].to_pylist(), _last_days(batch), strict=True
                        )
                        if day is not None
                    ),
                )
        return self._con.total_changes - before

    def wait_at_most(self, milliseconds: int) -> None:
        """How long to wait for another process's booking before deferring; 30 seconds at first."""
        self._con.execute(f"PRAGMA busy_timeout={int(milliseconds)}")

    def entries(self, address: str) -> list[LedgerEntry]:
        """Everything that was ever booked for one address, oldest first."""
        rows = self._con.execute(
            "SELECT key, address, old, new, reason, at FROM entry"
            " WHERE address = ? ORDER BY number",
            (address,),
        )
        return [
            LedgerEntry(key, owner, date.fromisoformat(old), date.fromisoformat(new), reason, at)
            for key, owner, old, new, reason, at in rows
        ]

    def credits_of(self, address: str) -> list[CreditEntry]:
        """Every credit that was ever booked for one address, oldest first."""
        rows = self._con.execute(
            "SELECT key, address, amount, currency, place, reason, at FROM credit"
            " WHERE address = ? ORDER BY number",
            (address,),
        )
        return [CreditEntry(_credit_of(row[:5]), *row[5:]) for row in rows]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._con.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._con.execute("ROLLBACK")
            raise
        self._con.execute("COMMIT")

    def _book(self, ask: ExtensionAsk, reason: str) -> Result:
        wanted = (ask.address, ask.base_until.isoformat(), ask.until.isoformat())
        booked = self._con.execute(
            "SELECT address, old, new FROM entry WHERE key = ?", (ask.key,)
        ).fetchone()
        if booked is not None:
            if booked == wanted:
                return Result(Ending.DONE, "already")
            return Result(Ending.REFUSED, "key-reused", f"booked as {' '.join(booked)}")
        if self._credit(ask.key) is not None:
            return Result(Ending.REFUSED, "key-reused", "booked as a credit")
        now = self._paid_until(ask.address)
        if now is None:
            return Result(Ending.REFUSED, "no-subscription")
        if now != ask.base_until:
            return Result(Ending.REFUSED, "base-changed", f"paid until {now.isoformat()}")
        self._con.execute(
            "INSERT INTO entry (key, address, old, new, reason) VALUES (?, ?, ?, ?, ?)",
            (ask.key, *wanted, reason),
        )
        self._con.execute(
            "UPDATE subscription SET paid_until = ? WHERE address = ?", (wanted[2], ask.address)
        )
        return DONE

    def _book_credit(self, ask: CreditAsk, reason: str) -> Result:
        booked = self._credit(ask.key)
        if booked is not None:
            if booked == ask:
                return Result(Ending.DONE, "already")
            told = f"booked as {booked.amount} {booked.currency} for {booked.address}"
            return Result(Ending.REFUSED, "key-reused", told)
        if self._con.execute("SELECT 1 FROM entry WHERE key = ?", (ask.key,)).fetchone():
            return Result(Ending.REFUSED, "key-reused", "booked as a move of a day")
        if self._paid_until(ask.address) is None:
            return Result(Ending.REFUSED, "no-subscription")
        self._con.execute(
            "INSERT INTO credit (key, address, amount, currency, place, reason)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (ask.key, ask.address, ask.amount, ask.currency, ask.where.value, reason),
        )
        return DONE

    def _credit(self, key: str) -> CreditAsk | None:
        row = self._con.execute(
            "SELECT key, address, amount, currency, place FROM credit WHERE key = ?", (key,)
        ).fetchone()
        return None if row is None else _credit_of(row)

    def _paid_until(self, address: str) -> date | None:
        row = self._con.execute(
            "SELECT paid_until FROM subscription WHERE address = ?", (address,)
        ).fetchone()
        return None if row is None else date.fromisoformat(row[0])


def _credit_of(row: tuple[str, str, int, str, str]) -> CreditAsk:
    key, address, amount, currency, place = row
    return CreditAsk(key, address, amount, currency, Where(place))


def _last_days(batch: pa.RecordBatch) -> list[date | None]:
    """For each mailbox the day it is paid until, or was before it lapsed."""
    days: list[date | None] = pc.coalesce(
        batch["paid_until"], batch["before_paid_until"]
    ).to_pylist()
    return days


def open_from_snapshot(path: Path, snapshot: Path) -> Ledger:
    """The ledger at ``path``, holding at least the snapshot's subscriptions."""
    ledger = Ledger(path)
    ledger.take_in(snapshot)
    return ledger
