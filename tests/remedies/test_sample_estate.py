"""Every policy over a sample estate and the January outage: both evaluators agree row by row."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ristoro.estate.sample import sample
from ristoro.estate.snapshot import Snapshot, open_snapshot
from ristoro.kernel import frames
from ristoro.outages.declare import read_outage
from ristoro.remedies.authoring.cases import (
    keep_beforehand,
    outcome_of,
    policy_files,
    python_outcomes,
)
from ristoro.remedies.deciding.decide import bind, decided_rows
from ristoro.remedies.deciding.setting import Setting
from ristoro.remedies.deciding.small_tables import lay_out
from ristoro.remedies.deciding.statement import Statement
from ristoro.remedies.deciding.totals import Tally
from ristoro.remedies.deciding.verdicts import verdicts
from ristoro.remedies.folder.one import class_of, group_of, known_of
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import Checked
from ristoro.remedies.language.judge import Judged
from ristoro.remedies.language.terms import reads
from ristoro.remedies.measuring import exposure

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
MAILBOXES = 20_000
EACH = 41
"""One in so many rows is judged by the second evaluator, besides the first of every verdict."""

Row = dict[str, Any]


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    path = tmp_path_factory.mktemp("estate") / "estate.parquet"
    sample(MAILBOXES, 11, path)
    return open_snapshot(path)


@pytest.mark.parametrize("path", policy_files([ROOT / "policies"]), ids=lambda path: path.stem)
def test_both_evaluators_agree_on_a_sample_estate(
    path: Path, estate: Snapshot, tmp_path: Path
) -> None:
    checked = load_policy(_in_force(path, tmp_path))
    bound = bind(checked, read_outage(OUTAGE), estate, None)
    table = _in_currency(pq.read_table(estate.path), checked.policy.currency)
    by_sql, chosen = _by_sql(checked, bound, table)
    rows = table.to_pylist()
    names = list(dict.fromkeys(reads(*checked.terms())))
    pool = _pool(checked, bound, names, rows)
    beside = _beside(checked, rows)
    for at in sorted(chosen | set(range(0, MAILBOXES, EACH))):
        known = known_of(rows[at], bound, names, {}, pool(rows[at]))
        others = [row for row in beside[rows[at]["holder_id"]] if row is not rows[at]]
        told = python_outcomes(
            checked,
            known,
            rows[at]["mailbox_id"],
            {row["mailbox_id"]: known_of(row, bound, names, {}, pool(row)) for row in others},
        )
        for name, judged in told.items():
            assert by_sql[name](rows[at]["mailbox_id"]) == judged, rows[at]


def _beside(checked: Checked, rows: list[Row]) -> dict[str | None, list[Row]]:
    """The mailboxes of each holder, where a remedy is counted a person."""
    found: dict[str | None, list[Row]] = defaultdict(list)
    if any(remedy.by_person for remedy in checked.remedies):
        for row in rows:
            if row["holder_id"] is not None:
                found[row["holder_id"]].append(row)
    return found


def _in_force(path: Path, folder: Path) -> Path:
    """The policy, as if one that began after January 2023 had been in force then."""
    text = path.read_text(encoding="utf-8").replace("2025-01-09", "2023-01-09")
    copy = folder / path.name
    copy.write_text(text, encoding="utf-8")
    return copy


def _in_currency(table: pa.Table, currency: str) -> pa.Table:
    """The estate priced in the policy's currency, so that no rule falls silent for another's."""
    at = table.schema.get_field_index("currency")
    return table.set_column(at, table.field(at), pa.array([currency] * table.num_rows))


def _by_sql(
    checked: Checked, bound: Setting, table: pa.Table
) -> tuple[dict[str, Callable[[int], Judged]], set[int]]:
    """Each remedy's outcome by mailbox, and the first row of every verdict."""
    found: dict[str, Callable[[int], Judged]] = {}
    firsts: set[int] = set()
    places = {mailbox: at for at, mailbox in enumerate(table.column("mailbox_id").to_pylist())}
    with frames.connect(frames.Limits(threads=1)) as con:
        con.register("snapshot", table)
        lay_out(con, bound, list(dict.fromkeys(reads(*checked.terms()))), None)
        for number, remedy in enumerate(checked.remedies):
            texts = verdicts(remedy, checked.policy.currency)
            statement = Statement(checked, remedy, bound)
            keep_beforehand(con, statement)
            answer = decided_rows(con, statement.text(), number, Tally([texts] * (number + 1)))
            rows = {row["mailbox_id"]: row for row in answer.to_pylist()}
            assert len(rows) == MAILBOXES
            seen: dict[int, int] = {}
            for mailbox, row in rows.items():
                seen.setdefault(row["verdict"], places[mailbox])
            firsts.update(seen.values())
            found[remedy.name] = lambda mailbox, rows=rows, texts=texts: outcome_of(
                texts[rows[mailbox]["verdict"]], rows[mailbox]
            )
    return found, firsts


def _pool(
    checked: Checked, bound: Setting, names: list[str], rows: list[Row]
) -> Callable[[Row], dict[str, Fraction | None]]:
    """The uptime of the population that a row belongs to, over the whole estate."""
    measures = exposure.populations(checked.policy, names)
    groups: dict[tuple[str, object], Counter[Any]] = {}
    for measure, row in ((measure, row) for measure in measures.values() for row in rows):
        key = group_of(row, str(measure.population))
        groups.setdefault(key, Counter())[class_of(row, bound)] += 1
    return lambda row: {
        name: exposure.over_population(
            measure, bound.sight, groups[group_of(row, str(measure.population))].items()
        )
        for name, measure in measures.items()
    }
