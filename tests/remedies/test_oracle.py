"""The set-wise decision is the plain one: random estates, outages and policies, mailbox by mailbox.

``ORACLE_EXAMPLES=5000 pytest tests/remedies/test_oracle.py`` searches longer, and by true chance;
``ORACLE_SHRINK=1`` besides makes what it finds smaller, which takes minutes.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from tests.remedies.oracle import calendar, happened, persons
from tests.remedies.oracle.evaluate import Value
from tests.remedies.oracle.judge import Outcome
from tests.remedies.oracle.random_estates import SCENES, Scene, days, estates, moments
from tests.remedies.oracle.random_outages import outages
from tests.remedies.oracle.random_policies import measuring_policies, person_policies, policies
from tests.remedies.oracle.units import (
    BYTES,
    COUNT,
    DAYS,
    LENGTH,
    MONEY,
    MONTHS,
    WORKING_DAYS,
    number,
)

from ristoro.estate.columns import SNAPSHOT
from ristoro.kernel import frames
from ristoro.kernel.errors import BadInput
from ristoro.remedies.deciding.decide import decide

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "0"))
SHRINK = (Phase.shrink,) if os.environ.get("ORACLE_SHRINK") else ()
FACTS = {
    "count": (pa.int64(), COUNT), "bytes": (pa.int64(), BYTES), "length": (pa.int64(), LENGTH),
    "days": (pa.int64(), DAYS), "money": (pa.int64(), MONEY), "truth": (pa.bool_(), ""),
    "text": (pa.string(), ""), "date": (pa.date32(), ""), "instant": (pa.timestamp("us"), ""),
    "months": (pa.int64(), MONTHS), "working_days": (pa.int64(), WORKING_DAYS),
}  # fmt: skip


slowly = settings(
    max_examples=EXAMPLES or 40,
    derandomize=not EXAMPLES,
    database=None,
    phases=(Phase.generate, *SHRINK),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@slowly
@given(data=st.data())
def test_the_decision_is_the_plain_one(data: st.DataObject) -> None:
    scene = data.draw(st.sampled_from(SCENES))
    _decide_both_ways(data, scene, data.draw(policies(scene)))


@slowly
@given(data=st.data())
def test_every_answer_of_a_measure_is_the_plain_one(data: st.DataObject) -> None:
    scene = data.draw(st.sampled_from(SCENES))
    _decide_both_ways(data, scene, data.draw(measuring_policies(scene)))


@slowly
@given(data=st.data())
def test_what_a_person_keeps_is_the_plain_one(data: st.DataObject) -> None:
    scene = data.draw(st.sampled_from(SCENES))
    _decide_both_ways(data, scene, data.draw(person_policies(scene)))


def _decide_both_ways(data: st.DataObject, scene: Scene, policy: dict[str, Any]) -> None:
    outage = data.draw(outages(scene))
    estate = data.draw(estates(scene, policy["currency"]))
    facts = {row["mailbox_id"]: data.draw(_facts(policy, scene)) for row in estate[::2]}
    as_of = data.draw(moments(scene)) + timedelta(days=data.draw(st.sampled_from((0, 3, 30, 90))))
    until = data.draw(_untils(outage))
    with _refusals():
        decided = _decided(estate, outage, policy, facts, as_of, until)
    policy_read = happened.load_text(json.dumps(policy))
    what = happened.happened(happened.load_text(json.dumps(outage)), until)
    stated = {
        mailbox_id: {name: _value(policy, name, cell) for name, cell in cells.items()}
        for mailbox_id, cells in facts.items()
    }
    today = calendar.local_day(as_of, ZoneInfo(policy["zone"]))
    with _refusals():
        plain = persons.decide(policy_read, what, estate, stated, today)
    for where, outcome in plain.items():
        assert decided[where] == outcome, where


@contextmanager
def _refusals() -> Iterator[None]:
    """Amounts that fit in no 64 bits and days past the year 9999 are not what is looked for."""
    try:
        yield
    except BadInput as error:
        if [problem.code for problem in error.problems] != ["overflow"]:
            raise
        reject()
    except OverflowError:
        reject()


def _decided(
    estate: list[dict[str, Any]],
    outage: dict[str, Any],
    policy: dict[str, Any],
    facts: dict[int, dict[str, Any]],
    as_of: datetime,
    until: datetime | None,
) -> dict[tuple[str, int], Outcome]:
    """What ``decide`` writes, by remedy and mailbox."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = pa.Table.from_pylist(estate, SNAPSHOT).replace_schema_metadata(
            {
                "ristoro.as_of": as_of.astimezone(UTC).isoformat(),
                "ristoro.source_digest": "0" * 64,
                "ristoro.digest": "0" * 64,
            }
        )
        pq.write_table(table, folder / "estate.parquet")
        (folder / "outage.yaml").write_text(json.dumps(outage, indent=1))
        (folder / "policy.yaml").write_text(json.dumps(policy, indent=1))
        kinds = {name: FACTS[told["type"]][0] for name, told in policy.get("inputs", {}).items()}
        columns = {"mailbox_id": pa.array(facts, pa.int64())}
        for name, kind in kinds.items():
            columns[name] = pa.array([one.get(name) for one in facts.values()], kind)
        pq.write_table(pa.table(columns), folder / "facts.parquet")
        decision = decide(
            folder / "estate.parquet", folder / "outage.yaml", folder / "policy.yaml",
            folder / "run", limits=frames.Limits(threads=1), facts=folder / "facts.parquet",
            until=until,
        )  # fmt: skip
        rows = pq.read_table(decision.folder / "outcomes.parquet").to_pylist()
    names = [one.name for one in fields(Outcome)]
    return {
        (row["remedy"], row["mailbox_id"]): Outcome(**{name: row[name] for name in names})
        for row in rows
    }


@st.composite
def _untils(draw: st.DrawFn, outage: dict[str, Any]) -> datetime | None:
    """Now and then an outage that is still going, and until when it is counted."""
    if draw(st.integers(0, 7)):
        return None
    zone = ZoneInfo(outage["zone"])
    first = min(happened.local(window["from"], zone) for window in outage["windows"])
    del outage["windows"][0]["to"]
    return first + timedelta(seconds=draw(st.sampled_from((1, 3600, 100_000, 400_000))))


@st.composite
def _facts(draw: st.DrawFn, policy: dict[str, Any], scene: Scene) -> dict[str, Any]:
    """What is stated of one mailbox, as a facts file holds it."""
    cells: dict[str, st.SearchStrategy[Any]] = {
        "count": st.integers(0, 40),
        "bytes": st.integers(0, 1 << 33),
        "length": st.integers(0, 400).map(lambda minutes: minutes * 60_000_000),
        "days": st.integers(0, 40),
        "money": st.integers(0, 9_000),
        "truth": st.booleans(),
        "text": st.sampled_from(("free", "plus", "it's")),
        "date": days(scene),
        "instant": moments(scene).map(lambda at: at.replace(tzinfo=None)),
        "months": st.integers(0, 14),
        "working_days": st.integers(0, 14),
    }
    return {
        name: draw(st.one_of(st.none(), cells[told["type"]]))
        for name, told in policy.get("inputs", {}).items()
    }


def _value(policy: dict[str, Any], name: str, cell: Any) -> Value:
    unit = FACTS[policy["inputs"][name]["type"]][1]
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=UTC)
    value: Value = number(cell, unit) if unit and cell is not None else cell
    return value
