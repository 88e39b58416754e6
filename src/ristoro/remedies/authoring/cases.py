"""Runs a policy's cases through both evaluators and tells what differs from what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ristoro.estate.columns import SNAPSHOT
from ristoro.kernel import frames
from ristoro.kernel.clock import instant
from ristoro.kernel.errors import Place, bad_input
from ristoro.remedies.authoring.case_files import Case, Row, read_cases
from ristoro.remedies.deciding import persons
from ristoro.remedies.deciding.decide import decided_rows
from ristoro.remedies.deciding.setting import Setting, setting
from ristoro.remedies.deciding.small_tables import FACT_KINDS, lay_out
from ristoro.remedies.deciding.statement import Statement
from ristoro.remedies.deciding.totals import Tally
from ristoro.remedies.deciding.verdicts import Verdict, verdicts
from ristoro.remedies.folder.one import class_of, group_of, known_of
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import Checked
from ristoro.remedies.language.evaluate import Known
from ristoro.remedies.language.judge import Judged, judge
from ristoro.remedies.language.terms import reads
from ristoro.remedies.language.types import Scalar
from ristoro.remedies.measuring import exposure


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that came out otherwise than a case expects."""

    case: str
    place: Place
    what: str

    def __str__(self) -> str:
        return f"{self.place.file}:{self.place.line}: {self.case}: {self.what}"


def policy_files(paths: Sequence[Path]) -> list[Path]:
    """The policies among files and folders; ``BadInput`` for a path where there is none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            here = sorted(p for p in path.glob("*.yaml") if not p.name.endswith(".cases.yaml"))
        else:
            plain = path.name.removesuffix(".cases.yaml").removesuffix(".yaml")
            here = [path.with_name(f"{plain}.yaml")]
        if not here or not all(one.exists() for one in here):
            raise bad_input(
                "no-policy",
                f"there is no policy at {path}",
                "cases are run for a policy file, or for every one in a folder",
                "name one that is there",
                Place(str(path)),
            )
        found.extend(here)
    return list(dict.fromkeys(found))


def run_policy(path: Path) -> tuple[int, list[Failure]]:
    """How many cases stand beside a policy, and all that failed; no cases is a failure."""
    checked = load_policy(path)
    beside = path.with_name(f"{path.stem}.cases.yaml")
    if not beside.exists():
        return 0, [Failure(checked.policy.name, Place(str(beside)), "there is no such file")]
    cases = read_cases(beside, checked.policy)
    with frames.connect(frames.Limits(threads=1)) as con:
        failures = [failure for case in cases for failure in run_case(checked, case, con)]
    return len(cases), failures


def run_case(checked: Checked, case: Case, con: duckdb.DuckDBPyConnection) -> list[Failure]:
    """What differs from what the case expects, in either evaluator."""
    bound = setting_of(checked, case)
    known = known_of_case(checked, case, bound)
    told: list[str] = []
    for name, number in case.measures.items():
        value = known.get(name)
        if value != number.value:
            told.append(f"{name} is {_plain(value)}, expected {_plain(number.value)}")
    evaluators = {
        "python": outcomes_of_case(checked, case, bound, known),
        "sql": sql_outcomes(con, checked, bound, case),
    }
    for which, outcomes in evaluators.items():
        for expected in case.expected:
            got = asdict(outcomes[expected.remedy])
            for field, wanted in expected.fields.items():
                if got[field] != wanted:
                    told.append(
                        f"{expected.remedy}: {field} is {got[field]!r}, expected {wanted!r}"
                        f" (rule {got['rule']}, reason {got['reason'] or 'none'}; {which})"
                    )
    for remedy, judged in evaluators["python"].items():
        if judged != evaluators["sql"][remedy]:
            told.append(f"{remedy}: sql gives {evaluators['sql'][remedy]}, python {judged}")
    return [Failure(case.name, case.place.place, what) for what in told]


def setting_of(checked: Checked, case: Case) -> Setting:
    """The policy bound to the case's outage and day."""
    today = case.today
    if today is None:
        end = case.outage.end or case.outage.start
        today = instant(end).astimezone(checked.policy.zone).date() + timedelta(days=1)
    return setting(checked.policy, case.outage, today)


def known_of_case(checked: Checked, case: Case, bound: Setting) -> dict[str, Scalar]:
    """The values that the case's own mailbox is judged by."""
    return _known(checked, case, bound, case.rows[0], case.inputs)


def _known(
    checked: Checked, case: Case, bound: Setting, row: Row, inputs: Mapping[str, Scalar]
) -> dict[str, Scalar]:
    names = list(dict.fromkeys([*reads(*checked.terms()), *case.measures]))
    pooled: dict[str, Fraction | None] = {}
    for name, measure in exposure.populations(checked.policy, names).items():
        assert measure.population
        group = group_of(row, measure.population)
        members = [
            (class_of(one, bound), 1)
            for one in case.rows
            if group_of(one, measure.population) == group
        ]
        pooled[name] = exposure.over_population(measure, bound.sight, members)
    return known_of(row, bound, names, inputs, pooled)


def outcomes_of_case(
    checked: Checked, case: Case, bound: Setting, known: Known
) -> dict[str, Judged]:
    """Every remedy's outcome of the case's own mailbox, by the second evaluator."""
    own = case.rows[0]["mailbox_id"]
    return python_outcomes(checked, known, own, known_beside(checked, case, bound))


def known_beside(checked: Checked, case: Case, bound: Setting) -> dict[int, Known]:
    """The values of the holder's other mailboxes, where a remedy is counted a person."""
    own, *others = case.rows
    if own["holder_id"] is None or not any(remedy.by_person for remedy in checked.remedies):
        return {}
    return {
        row["mailbox_id"]: _known(checked, case, bound, row, {})
        for row in others
        if row["holder_id"] == own["holder_id"]
    }


def python_outcomes(
    checked: Checked,
    known: Known,
    own: int = 0,
    beside: Mapping[int, Known] = MappingProxyType({}),
) -> dict[str, Judged]:
    """Every remedy's outcome by the second evaluator, of the mailbox with the id ``own``.

    ``beside`` has by id what the holder's other mailboxes are judged by; what is counted a person
    is settled among them.
    """
    currency, everybody = checked.policy.currency, {**beside, own: known}
    return {
        remedy.name: persons.judge_all(remedy, everybody, currency)[own]
        if remedy.by_person
        else judge(remedy, known, currency)
        for remedy in checked.remedies
    }


def sql_outcomes(
    con: duckdb.DuckDBPyConnection, checked: Checked, bound: Setting, case: Case
) -> dict[str, Judged]:
    """Every remedy's outcome of the case's own mailbox, by the compiled statements over all."""
    own = case.rows[0]["mailbox_id"]
    facts = {"mailbox_id": pa.array([own], pa.int64())}
    for name, stated in checked.policy.inputs.items():
        if f"input {name}" in case.inputs:
            value = case.inputs[f"input {name}"]
            cell: object = int(value) if isinstance(value, Fraction) else value
            if isinstance(cell, datetime):
                cell = cell.astimezone(UTC).replace(tzinfo=None)
            facts[name] = pa.array([cell], FACT_KINDS[stated.kind])
    con.register("snapshot", pa.Table.from_pylist([dict(row) for row in case.rows], SNAPSHOT))
    lay_out(con, bound, list(dict.fromkeys(reads(*checked.terms()))), pa.table(facts))
    found: dict[str, Judged] = {}
    for number, remedy in enumerate(checked.remedies):
        texts = verdicts(remedy, checked.policy.currency)
        statement = Statement(checked, remedy, bound)
        keep_beforehand(con, statement)
        answer = decided_rows(con, statement.text(), number, Tally([]))
        for row in answer.filter(pc.field("mailbox_id") == own).to_pylist():
            found[remedy.name] = outcome_of(texts[row["verdict"]], row)
    return found


def keep_beforehand(con: duckdb.DuckDBPyConnection, statement: Statement) -> None:
    """Make the tables that a statement reads beside the small ones, over all of ``snapshot``."""
    for name, text in statement.beforehand():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}")


def outcome_of(verdict: Verdict, row: Mapping[str, Any]) -> Judged:
    """The outcome that a verdict and a query's row make together."""
    base = row["base"]
    return replace(
        verdict.outcome,
        amount=row["amount"],
        base=base,
        target=None if base is None else base + row["amount"],
        base_until=row["base_until"],
        until=row["until"],
        deadline=row["deadline"],
    )


def _plain(value: Any) -> str:
    if isinstance(value, Fraction) and value.denominator == 1:
        return str(value.numerator)
    return str(value)
