"""Every policy gives the same run on Spark as on DuckDB, to the byte, over 100,000 mailboxes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.remedies.in_force import in_force

from ristoro.estate.columns import STANDINGS
from ristoro.estate.freeze import write_in_place
from ristoro.estate.sample import AS_OF, sample
from ristoro.kernel.errors import BadInput
from ristoro.remedies.authoring.cases import policy_files
from ristoro.remedies.deciding import decide as deciding
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.deciding.engines.choose import EngineName
from ristoro.remedies.deciding.small_tables import FACT_KINDS
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import Checked
from ristoro.remedies.language.terms import walk
from ristoro.remedies.language.types import NUMBERS, Kind

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
MAILBOXES = 100_000
TRIALS = [HERE / "language.yaml"]
POLICIES = [*TRIALS, *policy_files([ROOT / "policies"])]
EPOCH = date(1970, 1, 1)
WHEN = (date(2022, 11, 1), date(2023, 6, 30))
"""Random days are around the outage, so that everything that can meet does."""


@pytest.fixture(scope="module")
def mailboxes(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    path = tmp_path_factory.mktemp("estate") / "estate.parquet"
    sample(MAILBOXES, 11, path)
    return pq.read_table(path)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_policy_decides_alike_on_duckdb_and_on_spark(
    path: Path, mailboxes: pa.Table, spark_session: Any, tmp_path: Path
) -> None:
    policy = in_force(path, tmp_path)
    checked = load_policy(policy)
    draw = np.random.default_rng(3)
    estate = _estate(checked, mailboxes, draw, tmp_path)
    facts = _facts(checked, mailboxes, draw, tmp_path)
    here, there = (
        decide(estate, OUTAGE, policy, tmp_path / name, facts=facts, engine=name)
        for name in EngineName
    )
    assert there.digest == here.digest
    assert there.totals == here.totals
    for file in here.folder.iterdir():
        assert (there.folder / file.name).read_bytes() == file.read_bytes(), file.name


def test_the_digest_does_not_depend_on_how_many_buckets_spark_is_given_at_once(
    mailboxes: pa.Table, spark_session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = ROOT / "policies" / "libero-virgilio-2023-01.yaml"
    estate = _estate(load_policy(policy), mailboxes, np.random.default_rng(4), tmp_path)
    whole = decide(estate, OUTAGE, policy, tmp_path / "whole")
    monkeypatch.setattr(deciding, "ROWS_AT_ONCE", 40_000)
    parts = decide(estate, OUTAGE, policy, tmp_path / "parts", engine=EngineName.SPARK)
    assert parts.digest == whole.digest
    assert parts.totals == whole.totals


def test_spark_refuses_what_does_not_fit_into_64_bits_as_duckdb_does(
    mailboxes: pa.Table, spark_session: Any, tmp_path: Path
) -> None:
    policy = ROOT / "policies" / "libero-virgilio-2023-01.yaml"
    sizes = pa.array([2**63 - 1] * MAILBOXES, pa.int64())
    estate = _frozen(_with(mailboxes, "storage_bytes", sizes), tmp_path)
    for name in EngineName:
        with pytest.raises(BadInput, match=r"does not fit into 64 bits \[overflow\]"):
            decide(estate, OUTAGE, policy, tmp_path / "run", engine=name)
        assert not (tmp_path / "run").exists()


def test_it_leaves_nothing_behind(
    mailboxes: pa.Table, spark_session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    policy = ROOT / "policies" / "libero-virgilio-2023-01.yaml"
    estate = _frozen(mailboxes.slice(0, 2_000), tmp_path)
    decide(estate, OUTAGE, policy, tmp_path / "run", engine=EngineName.SPARK)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["estate.parquet", "run"]


def _estate(checked: Checked, table: pa.Table, draw: np.random.Generator, folder: Path) -> Path:
    """The sample with the policy's own plans and currency, and everything in which it is even."""
    rows = table.num_rows
    plans = [*_texts(checked), *dict.fromkeys(table.column("plan").to_pylist())]
    some = draw.random(rows) < 0.3
    columns = {
        "plan": pa.array(draw.choice(plans, rows)),
        "before_plan": _holes(pa.array(draw.choice(plans, rows)), ~some),
        "currency": pa.array(
            np.where(draw.random(rows) < 0.9, checked.policy.currency, "CHF").tolist()
        ),
        "standing": pa.array(draw.choice(STANDINGS, rows)),
        "price_minor": pa.array(draw.integers(0, 20_000, rows)),
        "billing_months": pa.array(draw.choice([0, 1, 1, 3, 12], rows)),
        "paid_until": _holes(_days(draw, rows), draw.random(rows) < 0.2),
        "before_paid_until": _holes(_days(draw, rows), ~some),
        "before_price_minor": _holes(pa.array(draw.integers(0, 20_000, rows)), ~some),
        "before_billing_months": _holes(pa.array(draw.choice([1, 12], rows)), ~some),
        "before_storage_bytes": _holes(pa.array(draw.integers(0, 2**41, rows)), ~some),
        "storage_bytes": pa.array(draw.integers(0, 2**41, rows)),
        "used_bytes": pa.array(draw.integers(0, 2**41, rows)),
        "holder_id": _holes(
            pa.array([f"holder {n}" for n in draw.integers(0, rows // 3, rows)]),
            draw.random(rows) < 0.5,
        ),
    }
    for name, column in columns.items():
        table = _with(table, name, column)
    return _frozen(table, folder)


def _texts(checked: Checked) -> list[str]:
    """Every text that the policy compares something with."""
    terms = (term for whole in checked.terms() for term in walk(whole))
    return sorted({term.constant for term in terms if isinstance(term.constant, str)})


def _facts(
    checked: Checked, table: pa.Table, draw: np.random.Generator, folder: Path
) -> Path | None:
    """Random facts for two mailboxes of three, some of them not stated."""
    inputs = checked.policy.inputs
    if not inputs:
        return None
    ids = table.column("mailbox_id").to_numpy()
    ids = ids[draw.random(len(ids)) < 0.66]
    words = _texts(checked) or ["home"]
    kinds: dict[Kind, Callable[[], pa.Array]] = {
        **dict.fromkeys(NUMBERS, lambda: pa.array(draw.integers(0, 400, len(ids)))),
        Kind.LENGTH: lambda: pa.array(draw.integers(0, 2 * 10**9, len(ids))),
        Kind.BYTES: lambda: pa.array(draw.integers(0, 2**40, len(ids))),
        Kind.DAY: lambda: _days(draw, len(ids)),
        Kind.INSTANT: lambda: _instants(draw, len(ids)),
        Kind.TRUTH: lambda: pa.array(draw.random(len(ids)) < 0.5),
        Kind.TEXT: lambda: pa.array(draw.choice(words, len(ids))),
    }
    columns = {"mailbox_id": pa.array(ids)}
    for name, told in inputs.items():
        column = _holes(kinds[told.kind](), draw.random(len(ids)) < 0.2)
        columns[name] = column.cast(FACT_KINDS[told.kind])
    path = folder / "facts.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def _days(draw: np.random.Generator, rows: int) -> pa.Array:
    first, last = ((day - EPOCH).days for day in WHEN)
    return pa.array(draw.integers(first, last, rows).astype(np.int32), pa.date32())


def _instants(draw: np.random.Generator, rows: int) -> pa.Array:
    first, last = ((day - EPOCH).days * 86_400_000_000 for day in WHEN)
    return pa.array(draw.integers(first, last, rows), pa.timestamp("us"))


def _holes(values: pa.Array, missing: Any) -> pa.Array:
    return pa.array(np.where(missing, None, values.to_pylist()).tolist(), values.type)


def _with(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    at = table.schema.get_field_index(name)
    field = table.schema.field(at)
    return table.set_column(at, field, values.cast(field.type))


def _frozen(table: pa.Table, folder: Path) -> Path:
    path = folder / "estate.parquet"
    write_in_place([table], path, as_of=AS_OF, source_digest=None)
    return path
