"""The subscription ledger: the contract, its file under several processes, and what it keeps."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.billing.contract import NEW, PAID, PLUS, BillingContract, ask, credit

from ristoro.edges.billing.contract import ExtensionAsk
from ristoro.edges.billing.ledger import Ledger, open_from_snapshot
from ristoro.estate.sample import sample
from ristoro.kernel.errors import Missing

ROUNDS = 40


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    path = tmp_path / "snapshot.parquet"
    rows = {**PAID, "gratis@libero.it": None}
    table = pa.table(
        {
            "address": pa.array(list(rows), pa.string()),
            "paid_until": pa.array(list(rows.values()), pa.date32()),
            "before_paid_until": pa.array([None] * len(rows), pa.date32()),
        }
    )
    pq.write_table(table, path)
    return path


@pytest.fixture
def billing(tmp_path: Path, snapshot: Path) -> Iterator[Ledger]:
    ledger = open_from_snapshot(tmp_path / "ledger.sqlite", snapshot)
    yield ledger
    ledger.close()


class TestLedger(BillingContract):
    def test_only_paid_mailboxes_have_a_subscription(self, billing: Ledger) -> None:
        assert billing.read(["gratis@libero.it"])[0].result.code == "no-subscription"

    def test_taking_in_a_snapshot_again_undoes_no_extension(
        self, billing: Ledger, snapshot: Path
    ) -> None:
        billing.extend([ask("k1")], reason="run one")
        assert billing.take_in(snapshot) == 0
        assert billing.read([PLUS])[0].paid_until == NEW

    def test_the_old_day_is_kept_beside_the_new_with_the_reason(self, billing: Ledger) -> None:
        billing.extend([ask("k1")], reason="run one")
        [entry] = billing.entries(PLUS)
        assert (entry.old, entry.new) == (date(2023, 8, 31), date(2024, 2, 29))
        assert entry.reason == "run one"
        assert entry.at.endswith("Z")

    def test_a_reversal_is_a_second_entry(self, billing: Ledger) -> None:
        billing.extend([ask("k1")], reason="run one")
        billing.extend([ExtensionAsk("k1/back", PLUS, NEW, PAID[PLUS])], reason="in error")
        assert [(entry.key, entry.reason) for entry in billing.entries(PLUS)] == [
            ("k1", "run one"),
            ("k1/back", "in error"),
        ]

    @pytest.mark.parametrize("table", ["entry", "credit"])
    @pytest.mark.parametrize("statement", ["UPDATE {} SET reason = ''", "DELETE FROM {}"])
    def test_the_file_itself_refuses_to_edit_or_delete_an_entry(
        self, billing: Ledger, statement: str, table: str
    ) -> None:
        billing.extend([ask("k1")], reason="run one")
        billing.credit([credit("c1")], reason="run one")
        statement = statement.format(table)
        other = sqlite3.connect(billing.path)
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute(statement)
        other.close()

    def test_a_credit_is_kept_with_its_reason_and_its_instant(self, billing: Ledger) -> None:
        billing.credit([credit("c1")], reason="run one")
        [entry] = billing.credits_of(PLUS)
        assert (entry.credit, entry.reason) == (credit("c1"), "run one")
        assert entry.at.endswith("Z")

    def test_a_locked_file_defers_the_whole_batch(self, billing: Ledger) -> None:
        other = sqlite3.connect(billing.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        billing.wait_at_most(milliseconds=1)
        [result] = billing.extend([ask("k1")], reason="run one")
        [credited] = billing.credit([credit("c1")], reason="run one")
        other.execute("ROLLBACK")
        other.close()
        assert (result.ending.value, result.code) == ("deferred", "locked")
        assert (credited.ending.value, credited.code) == ("deferred", "locked")
        assert billing.credit([credit("c1")], reason="run one")[0].code == "done"
        assert billing.extend([ask("k1")], reason="run one")[0].code == "done"


def test_a_plan_that_lapsed_keeps_its_last_day_and_can_be_extended_from_it(
    tmp_path: Path,
) -> None:
    snapshot = tmp_path / "sample.parquet"
    sample(100, 2023, snapshot)
    ledger = open_from_snapshot(tmp_path / "ledger.sqlite", snapshot)
    lapsed = ["ends.25jan@libero.it", "lapsed.24jan@libero.it", "lapsed.25jan@virgilio.it"]
    readings = ledger.read([*lapsed, "free@libero.it"])
    days = [date(2023, 1, 25), date(2023, 1, 24), date(2023, 1, 25), None]
    assert [reading.paid_until for reading in readings] == days
    asks = [
        ExtensionAsk(address, address, day, date(2023, 7, 31))
        for address, day in zip(lapsed, days, strict=False)
        if day is not None
    ]
    assert [result.code for result in ledger.extend(asks, reason="run one")] == ["done"] * 3
    ledger.close()


def test_a_ledger_that_cannot_be_opened_says_where(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"ledger cannot be opened"):
        Ledger(tmp_path)


def test_two_processes_book_each_key_once(tmp_path: Path, snapshot: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    open_from_snapshot(path, snapshot).close()
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        codes = pool.map(_book_many, [path, path], chunksize=1)
    both = sorted(zip(*codes, strict=True))
    assert len(both) == ROUNDS
    assert all(sorted(pair) == ["already", "done"] for pair in both)
    ledger = Ledger(path)
    assert len(ledger.entries(PLUS)) == ROUNDS
    ledger.close()


def _book_many(path: Path) -> list[str]:
    ledger = Ledger(path)
    codes = []
    there, back = PAID[PLUS], NEW
    for number in range(ROUNDS):
        one = ExtensionAsk(f"k{number}", PLUS, there, back)
        result = ledger.extend([one], reason="race")[0]
        while result.code not in ("done", "already"):
            result = ledger.extend([one], reason="race")[0]
        codes.append(result.code)
        there, back = back, there
    ledger.close()
    return codes
