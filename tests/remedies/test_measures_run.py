"""A run whose measures go by each mailbox's own report and billing cycle: decided, then told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ristoro.estate.sample import sample
from ristoro.remedies.deciding import decide as deciding
from ristoro.remedies.deciding.decide import Decision, decide
from ristoro.remedies.explaining.explain import explain

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = """\
policy: own-time
version: 1
title: {it: Prova, en: Sample}
valid_from: 2020-01-01
zone: Europe/Rome
currency: EUR
references: {here: This file}
inputs:
  reported_at: {type: instant}
measures:
  cycle: {components: any of plan ways, window: billing cycle}
  since: {components: any of plan ways, starts: reported_at, stretch: at least 1 hour}
tables:
  each_cycle:
    of: cycle.uptime
    over: every window
    steps:
      - {below: 99 percent, gives: 30 percent}
      - {from: 99 percent, gives: 1 percent}
remedies:
  - remedy: paid
    title: {it: Pagato, en: Paid}
    lane: indemnity
    accounting: indemnity
    consent: automatic
    rules:
      - rule: reported
        when: since.total > 0 minutes
        give: {indemnity: "units_started(since.total, 1 hours) * 1.00 EUR", rounding: half-up}
        reference: here
      - rule: cycle
        when: cycle.total > 0 minutes and price > 0.00 EUR
        give: {indemnity: each_cycle of price, rounding: half-up}
        reference: here
    otherwise: {nothing: none, because: {it: Nulla, en: Nothing}}
"""


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("estate") / "estate.parquet"
    sample(600, 5, path)
    return path


def run(estate: Path, folder: Path) -> Decision:
    """Every third mailbox reported, at some hour from before the outage to after it."""
    ids = pq.read_table(estate, columns=["mailbox_id"]).column("mailbox_id").to_pylist()[::3]
    start = datetime(2023, 1, 22)  # noqa: DTZ001 - facts hold instants in UTC without a zone
    at = [start + timedelta(minutes=37 * number) for number in range(len(ids))]
    facts = folder / "facts.parquet"
    pq.write_table(
        pa.table({"mailbox_id": ids, "reported_at": pa.array(at, pa.timestamp("us"))}), facts
    )
    policy = folder / "own-time.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    return decide(estate, OUTAGE, policy, folder / "run", facts=facts)


def test_it_is_the_same_over_any_ranges(
    estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    whole = run(estate, tmp_path / "one")
    monkeypatch.setattr(deciding, "ROWS_AT_ONCE", 50)
    assert run(estate, tmp_path / "two").digest == whole.digest


def test_it_explains_what_each_rule_decided(estate: Path, tmp_path: Path) -> None:
    decided = run(estate, tmp_path)
    rows = pq.read_table(decided.folder / "outcomes.parquet").to_pylist()
    for rule in ("reported", "cycle", "otherwise"):
        numbers = [row["mailbox_id"] for row in rows if row["rule"] == rule][:3]
        assert numbers
        for number in numbers:
            assert explain(decided.folder, number, "en").agrees
