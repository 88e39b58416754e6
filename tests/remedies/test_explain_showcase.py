# ruff: noqa: DTZ001 - snapshots hold instants in UTC without a zone
"""Clocks, cycles, days, gaps, allowances, persons, deductions and channels are all told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ristoro.estate.columns import SNAPSHOT, WAYS, ways_mask
from ristoro.estate.freeze import write_snapshot
from ristoro.kernel.keys import bucket_of
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.explaining.explain import explain
from ristoro.remedies.explaining.what_if import what_if

HERE = Path(__file__).parent
OUTAGE, POLICY = HERE / "showcase-outage.yaml", HERE / "showcase.yaml"
ANNA, BRUNO, LONE = "anna@libero.it", "bruno@libero.it", "lone@libero.it"


def mailbox(number: int, address: str, holder: str | None, **fields: Any) -> dict[str, Any]:
    """A snapshot row of a mailbox that was there long before the outage."""
    old = datetime(2015, 3, 4, 5, 6)
    return dict.fromkeys(SNAPSHOT.names) | {
        "mailbox_id": number, "bucket": bucket_of(number), "address": address, "brand": "libero",
        "store": "lib-01", "holder_id": holder, "locale": "it", "standing": "good",
        "created_at": old, "plan": "libero-free", "plan_since": old, "price_minor": 0,
        "currency": "EUR", "billing_months": 0, "storage_bytes": 2**30, "used_bytes": 0,
        "ways": ways_mask(WAYS),
    } | fields  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("showcase")
    paid = {"plan": "libero-plus-5", "price_minor": 1999, "billing_months": 12}
    rows = [
        mailbox(1, ANNA, "p1", **paid, paid_until=date(2023, 3, 9), storage_bytes=5 * 2**30),
        mailbox(2, BRUNO, "p1"),
        mailbox(3, LONE, None),
    ]
    rows.sort(key=lambda row: (row["bucket"], row["mailbox_id"]))
    estate = folder / "estate.parquet"
    as_of = datetime(2023, 3, 20, tzinfo=UTC)
    write_snapshot([pa.Table.from_pylist(rows, SNAPSHOT)], estate, as_of=as_of, source_digest="x")
    facts = folder / "facts.parquet"
    days = pa.array([date(2023, 3, 3)], pa.date32())
    pq.write_table(pa.table({"mailbox_id": pa.array([1]), "reported_on": days}), facts)
    return decide(estate, OUTAGE, POLICY, folder / "run", facts=facts).folder


def lines(run: Path, address: str, lang: str, remedy: str) -> list[str]:
    told = explain(run, address, lang)
    assert told.agrees, told.text()
    [found] = [one.lines for one in told.remedies if one.remedy == remedy]
    return [line.strip() for line in found]


def test_the_clock_is_told_with_how_its_day_came_about(run: Path) -> None:
    told = lines(run, ANNA, "en", "after-report")
    assert "reported_on + 2 working days" in " ".join(told)
    assert "time counts from reported_on + 2 working days = 7 Mar 2023" in told
    other = lines(run, LONE, "it", "after-report")
    assert any("che non è noto: perciò non conta nulla" in line for line in other)


def test_the_billing_cycle_is_told(run: Path) -> None:
    told = lines(run, ANNA, "it", "after-report")
    assert "periodo di fatturazione: 12 mesi, fino al giorno 9 compreso" in told
    other = lines(run, LONE, "en", "after-report")
    assert "without a billing cycle: the calendar month is taken" in other


def test_what_was_left_out_is_told_with_its_reason(run: Path) -> None:
    told = " ".join(lines(run, ANNA, "en", "after-report"))
    assert "work announced in time, does not count: 9 Mar 2023, 01:00 → 9 Mar 2023, 03:00" in told
    assert "announced work beyond the allowance, counts: 9 Mar 2023, 03:00" in told
    assert "webmail, does not count (force majeure): 10 Mar 2023, 10:00" in told
    assert "failure too short, does not count: 7 Mar 2023, 09:00" in told


def test_short_stretches_count_by_their_day(run: Path) -> None:
    told = " ".join(lines(run, LONE, "en", "by-day"))
    assert "short failure, counts by the total of its day: 7 Mar 2023, 09:00" in told
    assert "failure too short, does not count: 8 Mar 2023, 09:00" in told
    assert "less counts in the period 10 Mar 2023, 00:00" in told


def test_a_table_over_every_window_is_added_up(run: Path) -> None:
    told = lines(run, LONE, "en", "by-day")
    assert "each_day: the sum of what every period gives, by down.total" in told
    assert any(line.endswith("= €6.00") and line.count(" + ") == 7 for line in told), told


def test_channels_deadline_author_deduction_and_cap_are_told(run: Path) -> None:
    told = lines(run, ANNA, "en", "by-day")
    assert "Decided by Anna Bianchi, head of support on 1 Mar 2023: We are sorry." in told
    assert (
        "It comes on the bill; failing that, as credit; failing that, by bank transfer above"
        " €100.00; failing that, by bank transfer if the contract has ended."
    ) in told
    assert "It is to be paid within 90 days." in told
    assert "less what was already received: €14.00 − €0.50 = €13.50" in told
    assert "€40.00 − €1.00 = €39.00" in told
    assert "weight: “libero-plus-5” → 2" in told
    italian = lines(run, ANNA, "it", "by-day")
    assert "Deciso da Anna Bianchi, head of support il 1 mar 2023: Ci dispiace." in italian
    assert "Si dà a chi lo chiede entro il 31 dic 2023; chi non lo chiede in tempo lo perde." in (
        italian
    )


def test_what_is_counted_a_person_shows_all_of_the_persons_mailboxes(run: Path) -> None:
    told = lines(run, BRUNO, "en", "once")
    assert "Once. Nothing is owed: another mailbox of the same person gets it. [given-once]" in told
    assert f"{ANNA} (mailbox 1): €4.00 → €3.00" in told
    assert f"{BRUNO} (mailbox 2): €2.00 → €0.00" in told
    assert "One person gets at most €3.00, in the order of the mailboxes' numbers." in told
    assert "Una volta. Spetta: € 3,00 di credito." in lines(run, ANNA, "it", "once")


def test_another_holder_changes_what_is_counted_a_person(run: Path) -> None:
    told = what_if(run, BRUNO, "en", ["holder=somebody-else"])
    [once] = [one for one in told.remedies if one.remedy == "once"]
    assert (once.before.reason, once.after.amount) == ("given-once", 200)


def test_a_population_is_told(run: Path) -> None:
    told = lines(run, ANNA, "it", "after-report")
    assert any("disponibilità misurata su tutte le caselle dello stesso server" in t for t in told)


def test_the_share_of_a_store_is_kept_and_a_wrong_file_is_not_believed(run: Path) -> None:
    before = lines(run, ANNA, "en", "after-report")
    kept = (run / "pools.json").read_text()
    for wrong in ("{", "[]", kept.replace('"mean"', '"men"'), kept.replace("[", "[1", 1)):
        (run / "pools.json").write_text(wrong)
        assert lines(run, ANNA, "en", "after-report") == before
        assert (run / "pools.json").read_text() == kept
