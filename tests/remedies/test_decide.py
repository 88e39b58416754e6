"""A run is the same on any number of threads, its parts are its totals, and it explains itself."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ristoro.estate.sample import sample
from ristoro.kernel import frames
from ristoro.kernel.errors import BadInput
from ristoro.remedies.columns import OUTCOMES
from ristoro.remedies.deciding import decide as deciding
from ristoro.remedies.deciding.decide import Decision, decide
from ristoro.remedies.explaining.explain import explain

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = ROOT / "policies" / "libero-virgilio-2023-01.yaml"
GOOGLE = ROOT / "policies" / "google-workspace.yaml"


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("estate") / "estate.parquet"
    sample(4_000, 3, path)
    return path


@pytest.fixture(scope="module")
def run(estate: Path, tmp_path_factory: pytest.TempPathFactory) -> Decision:
    return decide(estate, OUTAGE, POLICY, tmp_path_factory.mktemp("runs") / "january")


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_digest_does_not_depend_on_threads_or_ranges(
    threads: int, estate: Path, run: Decision, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "ROWS_AT_ONCE", 700 * threads)
    again = decide(estate, OUTAGE, POLICY, tmp_path / "run", limits=frames.Limits(threads))
    assert again.digest == run.digest
    assert again.totals == run.totals


def test_the_digest_is_that_of_the_file(run: Decision) -> None:
    path = run.folder / "outcomes.parquet"
    assert frames.digest_of_parquet(path, OUTCOMES.names) == run.digest
    assert (run.folder / "digest").read_text().strip() == run.digest
    assert pq.read_schema(path).names == OUTCOMES.names
    assert [f.type for f in pq.read_schema(path)] == [f.type for f in OUTCOMES]


def test_outcomes_are_in_canonical_order_one_for_each_mailbox(run: Decision, estate: Path) -> None:
    rows = pq.read_table(run.folder / "outcomes.parquet", columns=["bucket", "mailbox_id"])
    keys = list(zip(*(rows.column(n).to_pylist() for n in rows.column_names), strict=True))
    assert keys == sorted(keys)
    mailboxes = pq.read_table(estate, columns=["bucket", "mailbox_id"])
    assert rows.equals(mailboxes.cast(rows.schema))


def test_parts_equal_totals(run: Decision) -> None:
    outcomes = pq.read_table(run.folder / "outcomes.parquet").to_pylist()
    owed = [row for row in outcomes if not row["reason"]]
    remedy = run.totals["remedies"][0]
    assert run.totals["grants"] == len(owed) == sum(line["count"] for line in remedy["owed"])
    assert sum(line["count"] for line in remedy["nothing"]) == len(outcomes) - len(owed)
    for whole in run.totals["amounts"]:
        parts = [line for line in remedy["owed"] if line["unit"] == whole["unit"]]
        assert whole["amount"] == sum(line["amount"] for line in parts)
        assert whole["amount"] == sum(r["amount"] for r in owed if r["unit"] == whole["unit"])
    assert run.approval_total == (
        f"{len(owed)} grants, "
        + ", ".join(f"{one['amount']} {one['unit']}" for one in run.totals["amounts"])
    )


def test_zero_outcomes_carry_their_reason_and_nothing_else(run: Decision) -> None:
    for row in pq.read_table(run.folder / "outcomes.parquet").to_pylist():
        given = (row["base"], row["target"], row["base_until"], row["until"], row["deadline"])
        if row["reason"]:
            assert row["amount"] == 0
            assert given == (None,) * 5
            assert row["trail"].endswith(f"{row['rule']}=yes")
        else:
            assert row["amount"] > 0
            assert row["kind"] != "storage" or row["target"] == row["base"] + row["amount"]


def test_a_run_is_written_again_but_never_over_something_else(
    estate: Path, run: Decision, tmp_path: Path
) -> None:
    assert decide(estate, OUTAGE, POLICY, run.folder).digest == run.digest
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "photo.jpg").write_bytes(b"x")
    with pytest.raises(BadInput, match="not-a-run"):
        decide(estate, OUTAGE, POLICY, tmp_path / "holiday")
    assert [path.name for path in tmp_path.iterdir()] == ["holiday"]


def test_a_faulty_policy_leaves_nothing_behind(estate: Path, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(POLICY.read_text().replace("rounding: up", "rounding: upp"))
    with pytest.raises(BadInput):
        decide(estate, OUTAGE, faulty, tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["faulty.yaml"]


def test_facts_state_inputs_for_single_mailboxes(estate: Path, tmp_path: Path) -> None:
    ids = pq.read_table(estate, columns=["mailbox_id"]).column(0).to_pylist()[:2]
    facts = tmp_path / "facts.parquet"
    claims = pa.array([date(2023, 2, 20), date(2024, 2, 20)], pa.date32())
    pq.write_table(pa.table({"mailbox_id": ids, "claimed_on": claims}), facts)
    decide(estate, OUTAGE, GOOGLE, tmp_path / "run", facts=facts)
    for mailbox_id in ids:
        assert explain(tmp_path / "run", mailbox_id, "en").agrees


def test_what_was_claimed_in_time_is_not_asked_for_again(estate: Path, tmp_path: Path) -> None:
    ids = pq.read_table(estate, columns=["mailbox_id"]).column(0).to_pylist()
    facts = tmp_path / "facts.parquet"
    claims = pa.array([date(2023, 2, 1)] * len(ids), pa.date32())
    pq.write_table(pa.table({"mailbox_id": ids, "claimed_on": claims}), facts)
    done = decide(estate, OUTAGE, GOOGLE, tmp_path / "run", facts=facts)
    rows = pq.read_table(done.folder / "outcomes.parquet").to_pylist()
    owed = [row for row in rows if not row["reason"]]
    assert owed
    assert {(row["consent"], row["deadline"]) for row in owed} == {("automatic", None)}
    told = explain(done.folder, owed[0]["mailbox_id"], "it")
    assert told.agrees
    assert "È stato chiesto in tempo." in str(told.as_dict())


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("claimd_on", pa.array([None, None], pa.date32())),
        ("claimed_on", pa.array([1.5, 2.5])),
    ],
)
def test_facts_that_do_not_fit_are_refused(
    estate: Path, tmp_path: Path, column: str, values: pa.Array
) -> None:
    facts = tmp_path / "facts.parquet"
    pq.write_table(pa.table({"mailbox_id": [1, 2], column: values}), facts)
    with pytest.raises(BadInput, match="bad-facts"):
        decide(estate, OUTAGE, GOOGLE, tmp_path / "run", facts=facts)


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_ending_is_explained_and_agrees(run: Decision, lang: str) -> None:
    rows = pq.read_table(run.folder / "outcomes.parquet").to_pylist()
    one_each = {row["rule"]: row["mailbox_id"] for row in rows}
    assert {"abuse", "plus", "free", "opened-later"} <= set(one_each)
    for rule, mailbox_id in one_each.items():
        told = explain(run.folder, mailbox_id, lang)
        assert told.agrees
        lines = told.remedies[0].lines
        assert f" {rule}" in lines[1] or f"“{rule}”" in lines[1] or f"«{rule}»" in lines[1]
        json.dumps(told.as_dict())


def test_the_arithmetic_is_told_step_by_step(run: Decision) -> None:
    text = explain(run.folder, "free@libero.it", "it").text()
    assert "20 % × 1.073.741.824 byte = 214.748.364,8 byte" in text
    assert "214.748.364,8 byte, arrotondato per eccesso = 214.748.365 byte" in text
    assert "spazio: 1.073.741.824 byte + 214.748.365 byte = 1.288.490.189 byte" in text


def test_an_outcome_that_was_tampered_with_is_told_loudly(run: Decision, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run.folder, folder)
    table = pq.read_table(folder / "outcomes.parquet")
    more = pa.array([n + 1 for n in table.column("amount").to_pylist()], pa.int64())
    changed = table.set_column(table.schema.get_field_index("amount"), "amount", more)
    pq.write_table(changed, folder / "outcomes.parquet")
    told = explain(folder, "free@libero.it", "en")
    assert not told.agrees
    assert "ATTENTION" in told.text()


def test_an_unknown_mailbox_and_a_changed_policy_are_refused(run: Decision, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no-mailbox"):
        explain(run.folder, "nessuno.mai@example.org", "en")
    folder = tmp_path / "run"
    shutil.copytree(run.folder, folder)
    text = (folder / "policy.yaml").read_text()
    (folder / "policy.yaml").write_text(text.replace("20 percent", "21 percent"))
    with pytest.raises(BadInput, match="run-changed"):
        explain(folder, "free@libero.it", "en")
