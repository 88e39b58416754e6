"""The compiled SQL and the plain Python evaluator are one function, to the last byte and cent."""

from __future__ import annotations

from datetime import UTC, date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.remedies import estates

from ristoro.estate.columns import SNAPSHOT
from ristoro.kernel import frames
from ristoro.remedies.authoring.cases import keep_beforehand, outcome_of
from ristoro.remedies.deciding.decide import decided_rows
from ristoro.remedies.deciding.persons import judge_all
from ristoro.remedies.deciding.setting import Setting, setting
from ristoro.remedies.deciding.small_tables import FACT_KINDS, lay_out
from ristoro.remedies.deciding.statement import Statement
from ristoro.remedies.deciding.totals import Tally
from ristoro.remedies.deciding.verdicts import verdicts
from ristoro.remedies.folder.one import class_of, group_of, known_of
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import Checked, CheckedRemedy
from ristoro.remedies.language.judge import Judged, judge
from ristoro.remedies.language.terms import OPERATIONS, reads, walk
from ristoro.remedies.language.types import NUMBERS, Kind, Scalar
from ristoro.remedies.measuring import exposure

HERE = Path(__file__).parent
POLICIES = [
    HERE / "everything.yaml",
    *(
        path
        for path in sorted((HERE.parents[1] / "policies").glob("*.yaml"))
        if not path.name.endswith(".cases.yaml")
    ),
]
CHECKED = {path.stem: load_policy(path) for path in POLICIES}
TODAY = date(2026, 7, 1)


@pytest.mark.parametrize("name", CHECKED)
@given(data=st.data())
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_sql_and_python_decide_alike(name: str, data: st.DataObject) -> None:
    checked = CHECKED[name]
    rows = data.draw(estates.rows(checked.policy.currency))
    bound = setting(checked.policy, data.draw(estates.outages()), TODAY)
    facts = {row["mailbox_id"]: data.draw(_facts(checked)) for row in rows[::2]}
    by_sql = _by_sql(checked, bound, rows, facts)
    names = list(dict.fromkeys(reads(*checked.terms())))
    known = {
        row["mailbox_id"]: _known(
            checked, bound, names, row, rows, facts.get(row["mailbox_id"], {})
        )
        for row in rows
    }
    for remedy in checked.remedies:
        for number, by_python in _by_python(remedy, known, rows, checked.policy.currency).items():
            assert by_sql[remedy.name, number] == by_python


def test_the_sample_policy_uses_every_operation() -> None:
    used = {term.op for whole in CHECKED["everything"].terms() for term in walk(whole)}
    assert set(OPERATIONS) - used == set()


def _by_python(
    remedy: CheckedRemedy,
    known: dict[int, dict[str, Scalar]],
    rows: list[dict[str, Any]],
    currency: str,
) -> dict[int, Judged]:
    """Every mailbox's outcome; those of one holder are settled together."""
    if not remedy.by_person:
        return {number: judge(remedy, values, currency) for number, values in known.items()}
    found: dict[int, Judged] = {}
    for row in rows:
        group = group_of(row, "holder")
        together = [one["mailbox_id"] for one in rows if group_of(one, "holder") == group]
        found |= judge_all(remedy, {number: known[number] for number in together}, currency)
    return found


def _facts(checked: Checked) -> st.SearchStrategy[dict[str, Scalar]]:
    kinds: dict[Kind, st.SearchStrategy[Any]] = {
        **dict.fromkeys(NUMBERS, st.integers(0, 400).map(Fraction)),
        Kind.LENGTH: st.integers(0, 10**11).map(Fraction),
        Kind.DAY: estates.DAYS,
        Kind.INSTANT: estates.INSTANTS.map(lambda at: at.replace(tzinfo=UTC)),
        Kind.TRUTH: st.booleans(),
        Kind.TEXT: st.sampled_from(("home", "shop", "firm")),
    }
    return st.fixed_dictionaries(
        {},
        optional={
            f"input {name}": kinds[told.kind] for name, told in checked.policy.inputs.items()
        },
    )


def _by_sql(
    checked: Checked,
    bound: Setting,
    rows: list[dict[str, Any]],
    facts: dict[int, dict[str, Scalar]],
) -> dict[tuple[str, int], Judged]:
    columns: dict[str, Any] = {"mailbox_id": pa.array(list(facts), pa.int64())}
    for name, told in checked.policy.inputs.items():
        cells = [stated.get(f"input {name}") for stated in facts.values()]
        whole = [int(cell) if isinstance(cell, Fraction) else cell for cell in cells]
        columns[name] = pa.array(whole, FACT_KINDS[told.kind])
    found = {}
    with frames.connect(frames.Limits(threads=1)) as con:
        con.register("snapshot", pa.Table.from_pylist(rows, SNAPSHOT))
        lay_out(con, bound, list(dict.fromkeys(reads(*checked.terms()))), pa.table(columns))
        for number, remedy in enumerate(checked.remedies):
            texts = verdicts(remedy, checked.policy.currency)
            statement = Statement(checked, remedy, bound)
            keep_beforehand(con, statement)
            for row in decided_rows(con, statement.text(), number, Tally([])).to_pylist():
                found[remedy.name, row["mailbox_id"]] = outcome_of(texts[row["verdict"]], row)
    return found


def _known(
    checked: Checked,
    bound: Setting,
    names: list[str],
    row: dict[str, Any],
    rows: list[dict[str, Any]],
    inputs: dict[str, Scalar],
) -> dict[str, Scalar]:
    pooled = {}
    for name, measure in exposure.populations(checked.policy, names).items():
        kind = str(measure.population)
        group = [other for other in rows if group_of(other, kind) == group_of(row, kind)]
        members = [(class_of(other, bound), 1) for other in group]
        pooled[name] = exposure.over_population(measure, bound.sight, members)
    return known_of(row, bound, names, inputs, pooled)
