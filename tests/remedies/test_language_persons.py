"""What is counted a person is settled over the whole estate, whatever the ranges it is read in."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ristoro.estate.sample import sample
from ristoro.kernel import frames
from ristoro.remedies.deciding import decide as deciding
from ristoro.remedies.deciding.decide import Decision, decide

HERE = Path(__file__).parent
OUTAGE = HERE.parents[1] / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = """\
policy: persons
version: 1
title: {it: Persone, en: Persons}
valid_from: 2023-01-01
zone: Europe/Rome
currency: EUR
calendar: italy
references: {here: This test}
inputs:
  reported_at: {type: instant}
measures:
  down: {components: any of plan ways}
remedies:
  - remedy: once
    title: {it: Una volta, en: Once}
    lane: indemnity
    accounting: indemnity
    counted: once a person
    consent: automatic
    rules:
      - {rule: paid, when: price > 0.00 EUR, give: {indemnity: price}, reference: here}
      - {rule: down, when: down.total > 0 minutes, give: {indemnity: 1.00 EUR}, reference: here}
    otherwise: {nothing: not-down, because: {it: N, en: N}}
  - remedy: shared
    title: {it: Insieme, en: Together}
    lane: damages
    accounting: damages
    at_most_a_person: 25.00 EUR
    consent: automatic
    rules:
      - rule: reported
        when: length_between(reported_at, outage.end) > 24 hours
        give: {indemnity: "9.00 EUR per day * working_days_between(day_of(reported_at), outage.end_day)"}
        reference: here
      - {rule: paid, when: price > 0.00 EUR, give: {indemnity: 2 * price}, reference: here}
    otherwise: {give: {indemnity: 3.00 EUR}}
"""  # noqa: E501


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("policy") / "persons.yaml"
    path.write_text(POLICY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("estate") / "estate.parquet"
    sample(4_000, 3, path)
    return path


@pytest.fixture(scope="module")
def facts(estate: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every tenth mailbox reported the outage, at an instant of its own."""
    ids = pq.read_table(estate, columns=["mailbox_id"]).column(0).to_pylist()[::10]
    first = datetime(2023, 1, 23, 22, 30, tzinfo=UTC)
    at = pa.array([first + timedelta(hours=n % 90) for n in range(len(ids))])
    path = tmp_path_factory.mktemp("facts") / "facts.parquet"
    table = {"mailbox_id": ids, "reported_at": at.cast(pa.timestamp("us", "UTC"))}
    pq.write_table(pa.table(table), path)
    return path


@pytest.fixture(scope="module")
def run(
    estate: Path, policy: Path, facts: Path, tmp_path_factory: pytest.TempPathFactory
) -> Decision:
    return decide(estate, OUTAGE, policy, tmp_path_factory.mktemp("runs") / "run", facts=facts)


@pytest.mark.parametrize("threads", [1, 2])
def test_persons_are_settled_alike_in_ranges_of_any_size(
    threads: int,
    estate: Path,
    policy: Path,
    facts: Path,
    run: Decision,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deciding, "ROWS_AT_ONCE", 300 * threads)
    limits = frames.Limits(threads)
    again = decide(estate, OUTAGE, policy, tmp_path / "run", facts=facts, limits=limits)
    assert (again.digest, again.totals) == (run.digest, run.totals)


def test_no_person_is_given_twice_or_over_the_cap(run: Decision, estate: Path) -> None:
    holders = dict(
        zip(*pq.read_table(estate, columns=["mailbox_id", "holder_id"]).to_pydict().values(),
            strict=True)
    )  # fmt: skip
    given: dict[tuple[str, object], list[int]] = defaultdict(list)
    reasons: dict[str, int] = defaultdict(int)
    for row in pq.read_table(run.folder / "outcomes.parquet").to_pylist():
        holder = holders[row["mailbox_id"]] or row["mailbox_id"]
        reasons[row["reason"]] += 1
        if not row["reason"]:
            given[row["remedy"], holder].append(row["amount"])
    assert reasons["given-once"] > 10
    assert reasons["person-cap"] > 10
    for (remedy, holder), amounts in given.items():
        assert len(amounts) == 1 or remedy == "shared", holder
        assert sum(amounts) <= 2_500 or remedy == "once", holder


def test_a_run_remembers_the_working_days_that_it_was_decided_by(run: Decision) -> None:
    record = json.loads((run.folder / "run.json").read_text())
    assert len(record["calendar_digest"]) == 64
