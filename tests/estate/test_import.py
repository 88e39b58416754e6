"""Importing: right rows become one snapshot, whole or not at all, once."""

import csv
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.estate.estates import AS_OF, NOW, ROW, row, take, write

from ristoro.edges.directories.opening import open_directory
from ristoro.estate import importing
from ristoro.estate.columns import SNAPSHOT, ways_mask
from ristoro.estate.importing import Imported
from ristoro.estate.sample import sample
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.kernel.keys import bucket_of, mailbox_id_of


def rows_of(imported: Imported) -> list[dict[str, object]]:
    return pq.read_table(imported.path).to_pylist()


def test_a_csv_becomes_a_snapshot_with_every_value_typed(tmp_path: Path) -> None:
    imported = take(write(tmp_path / "e.csv", row(77, before_plan="libero-free",
        before_price_minor="0", before_billing_months="0", before_storage_bytes="1073741824",
    )), tmp_path / "store")  # fmt: skip
    snapshot = open_snapshot(imported.path)
    snapshot.check()
    assert imported.path.name == f"{snapshot.digest}.parquet"
    assert (snapshot.rows, snapshot.as_of, imported.already) == (1, AS_OF, False)
    [found] = rows_of(imported)
    assert found["mailbox_id"] == 77
    assert found["bucket"] == bucket_of(77)
    assert found["created_at"] == datetime(2012, 3, 5, 8, 30)  # noqa: DTZ001
    assert found["paid_until"] == date(2023, 9, 30)
    assert found["price_minor"] == 1999
    assert found["ways"] == ways_mask(("webmail", "imap"))
    assert found["closed_at"] is None
    assert found["before_plan"] == "libero-free"
    assert found["seen_ios"] is None


def test_the_order_and_the_format_of_the_rows_make_no_other_snapshot(tmp_path: Path) -> None:
    sample(3000, 5, tmp_path / "estate.csv")
    sample(3000, 5, tmp_path / "estate.parquet")
    lines = (tmp_path / "estate.csv").read_text().splitlines(keepends=True)
    turned = "".join([lines[0], *reversed(lines[1:])]).replace(",", ";").replace("\n", "\r\n")
    (tmp_path / "turned.csv").write_text("\ufeff" + turned, encoding="utf-8", newline="")
    digests = {
        take(tmp_path / name, tmp_path / "store").digest
        for name in ("estate.csv", "estate.parquet", "turned.csv")
    }
    assert digests == {open_snapshot(tmp_path / "estate.parquet").digest}


def test_a_snapshot_is_sorted_by_bucket_and_mailbox(tmp_path: Path) -> None:
    sample(5000, 5, tmp_path / "estate.csv")
    table = pq.read_table(take(tmp_path / "estate.csv", tmp_path / "store").path)
    assert table.schema.equals(SNAPSHOT)
    keys = list(zip(table["bucket"].to_pylist(), table["mailbox_id"].to_pylist(), strict=True))
    assert keys == sorted(keys)
    assert all(bucket == bucket_of(number) for bucket, number in keys)


def test_without_ids_they_are_made_from_the_addresses(tmp_path: Path) -> None:
    rows = [row(1, address="Anna.Rossi@Libero.IT"), row(2)]
    for each in rows:
        del each["mailbox_id"]
    found = {r["address"]: r["mailbox_id"] for r in rows_of(
        take(write(tmp_path / "e.csv", *rows), tmp_path / "store"))}  # fmt: skip
    assert found == {
        "anna.rossi@libero.it": mailbox_id_of("anna.rossi@libero.it"),
        "box2@libero.it": mailbox_id_of("box2@libero.it"),
    }


def test_a_price_may_be_given_in_units_of_its_currency(tmp_path: Path) -> None:
    changed = {("price" if name == "price_minor" else name): text for name, text in row(1).items()}
    rows = [changed | {"price": "19.99"}, changed | {"price": "1999", "currency": "JPY"} | ID2]
    found = {r["currency"]: r["price_minor"] for r in rows_of(
        take(write(tmp_path / "e.csv", *rows), tmp_path / "store"))}  # fmt: skip
    assert found == {"EUR": 1999, "JPY": 1999}


ID2 = {"mailbox_id": "2", "address": "b@libero.it"}


def test_the_same_bytes_again_change_nothing(tmp_path: Path) -> None:
    source, store = write(tmp_path / "e.csv", row(1), row(2)), tmp_path / "store"
    first = take(source, store)
    seen = {path: path.stat().st_mtime_ns for path in store.rglob("*")}
    for as_of in (AS_OF, None):
        again = take(source, store, as_of=as_of)
        assert again.already
        assert (again.digest, again.rows, again.as_of) == (first.digest, 2, AS_OF)
    assert {path: path.stat().st_mtime_ns for path in store.rglob("*")} == seen | {
        store / ".lock": (store / ".lock").stat().st_mtime_ns
    }


def test_the_same_bytes_of_another_instant_are_another_snapshot(tmp_path: Path) -> None:
    source, store = write(tmp_path / "e.csv", row(1)), tmp_path / "store"
    first = take(source, store)
    second = take(source, store, as_of=NOW)
    assert first.digest != second.digest
    assert not second.already
    assert take(source, store, as_of=AS_OF).already


def test_a_parquet_says_itself_of_which_instant_it_is(tmp_path: Path) -> None:
    sample(50, 1, tmp_path / "e.parquet")
    assert take(tmp_path / "e.parquet", tmp_path / "store", as_of=None).as_of == AS_OF


def test_without_an_instant_the_rows_are_of_now(tmp_path: Path) -> None:
    assert take(write(tmp_path / "e.csv", row(1)), tmp_path / "store", as_of=None).as_of == NOW


def test_too_many_wrong_rows_refuse_the_whole_and_all_are_listed(tmp_path: Path) -> None:
    store = tmp_path / "store"
    source = write(
        tmp_path / "e.csv",
        row(1),
        row(2, standing="=cmd()", used_bytes="-1"),
        row(3, locale="fr"),
        row(4),
    )
    with pytest.raises(BadInput) as caught:
        take(source, store, allowed_bad=1)
    assert "2 of 4 rows are wrong, and 1 are allowed" in str(caught.value)
    assert "e.csv:3, field standing" in str(caught.value)
    assert list(store.glob("*.parquet")) == []
    with (store / "e.csv.bad.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    assert [(r["line"], r["field"], r["value"], r["code"]) for r in listed] == [
        ("3", "standing", "'=cmd()", "unknown-word"),
        ("3", "used_bytes", "'-1", "negative"),
        ("4", "locale", "fr", "unknown-word"),
    ]
    assert all(r["reason"] and r["todo"] for r in listed)


def test_allowed_wrong_rows_are_left_out_and_listed(tmp_path: Path) -> None:
    store = tmp_path / "store"
    source = write(tmp_path / "e.csv", row(1), row(2, locale="fr"), row(3))
    imported = take(source, store, allowed_bad=1)
    assert (imported.rows, imported.bad_rows) == (2, 1)
    assert imported.bad_file == store / "e.csv.bad.csv"
    assert imported.bad_file.exists()
    assert take(source, store, allowed_bad=1) == Imported(
        imported.path, imported.digest, AS_OF, 2, 1, imported.bad_file, already=True
    )
    with pytest.raises(BadInput):
        take(source, store, allowed_bad=0)


def test_rows_of_the_same_mailbox_are_all_wrong(tmp_path: Path) -> None:
    source = write(
        tmp_path / "e.csv",
        row(1), row(2, address="BOX1@libero.it"), row(3), row(3, address="c@libero.it"), row(4),
    )  # fmt: skip
    imported = take(source, tmp_path / "store", allowed_bad=4)
    assert [found["mailbox_id"] for found in rows_of(imported)] == [4]
    assert imported.bad_file
    listed = list(csv.reader(imported.bad_file.read_text(encoding="utf-8-sig").splitlines()))[1:]
    assert {(int(line), field, value, code) for line, field, value, code, *_ in listed} == {
        (2, "address", "box1@libero.it", "address-twice"),
        (3, "address", "box1@libero.it", "address-twice"),
        (4, "mailbox_id", "3", "mailbox-id-twice"),
        (5, "mailbox_id", "3", "mailbox-id-twice"),
    }


def test_an_address_twice_is_seen_where_ids_are_made_from_addresses(tmp_path: Path) -> None:
    rows = [row(1), row(2), row(1)]
    for each in rows:
        del each["mailbox_id"]
    imported = take(write(tmp_path / "e.csv", *rows), tmp_path / "store", allowed_bad=2)
    assert [found["address"] for found in rows_of(imported)] == ["box2@libero.it"]


def test_two_addresses_with_one_made_id_are_both_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "ristoro.estate.reading.derived_ids", lambda column: pa.array([7] * len(column))
    )
    rows = [row(1), row(2)]
    for each in rows:
        del each["mailbox_id"]
    with pytest.raises(BadInput) as caught:
        take(write(tmp_path / "e.csv", *rows), tmp_path / "store")
    assert [problem.code for problem in caught.value.problems] == [
        "bad-rows",
        "id-collision",
        "id-collision",
    ]


def test_a_failure_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **named: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(importing, "write_in_place", fail)
    with pytest.raises(OSError, match="disk full"):
        take(write(tmp_path / "e.csv", row(1)), tmp_path / "store")
    assert [path.name for path in (tmp_path / "store").iterdir()] == [".lock"]


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.estate.estates import take

def kill(step, count):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

import ristoro.estate.importing as importing
from tests.estate.estates import AS_OF, NOW
from ristoro.edges.directories.opening import open_directory
importing.import_estate(
    open_directory(sys.argv[1]), Path(sys.argv[2]), now=NOW, as_of=AS_OF, progress=kill
)
"""


@pytest.mark.parametrize("step", ["read", "write"])
def test_an_import_killed_midway_leaves_no_snapshot_and_the_next_one_cleans_up(
    tmp_path: Path, step: str
) -> None:
    sample(2000, 1, tmp_path / "e.csv")
    store = tmp_path / "store"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "e.csv"), str(store), step],
        env=environment,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    assert list(store.glob("*.parquet")) == []
    assert not (store / "imports").exists()
    assert len(list(store.glob(".import-*"))) == 1
    imported = take(tmp_path / "e.csv", store)
    assert not imported.already
    open_snapshot(imported.path).check()
    assert list(store.glob(".import-*")) == []


def test_one_import_at_a_time(tmp_path: Path) -> None:
    store = tmp_path / "store"
    source = write(tmp_path / "e.csv", row(1))

    def second(step: str, count: int) -> None:
        with pytest.raises(NotAllowed) as caught:
            take(source, store)
        assert caught.value.problems[0].code == "import-running"

    imported = importing.import_estate(
        open_directory(str(source)), store, now=NOW, as_of=AS_OF, progress=second
    )
    assert imported.rows == 1


def test_parquet_keeps_types_and_refuses_what_they_cannot_mean(tmp_path: Path) -> None:
    rows = {name: [text or None] for name, text in ROW.items()}
    rows |= {
        "price_minor": [1999],
        "created_at": [datetime(2012, 3, 5, 8, 30, tzinfo=UTC)],
        "plan_since": [datetime(2021, 5, 20, 16)],  # noqa: DTZ001
        "paid_until": [date(2023, 9, 30)],
        "ways": [3],
    }
    pq.write_table(pa.table(rows), tmp_path / "e.parquet")
    [found] = rows_of(take(tmp_path / "e.parquet", tmp_path / "store"))
    assert found["created_at"] == datetime(2012, 3, 5, 8, 30)  # noqa: DTZ001
    assert (found["ways"], found["price_minor"]) == (3, 1999)
    wrong = rows | {"price_minor": [19.99], "storage_bytes": [-5], "ways": [64]}
    pq.write_table(pa.table(wrong), tmp_path / "wrong.parquet")
    with pytest.raises(BadInput) as caught:
        take(tmp_path / "wrong.parquet", tmp_path / "store")
    assert {(p.code, p.place.field) for p in caught.value.problems[1:] if p.place} == {
        ("not-a-number", "price_minor"),
        ("negative", "storage_bytes"),
        ("unknown-way", "ways"),
    }
