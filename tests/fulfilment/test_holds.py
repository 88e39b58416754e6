"""The hold list: who is on it, until when, and which planned acts break it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from tests.databases import Database
from tests.fulfilment import stage

from ristoro.fulfilment import holds, states
from ristoro.fulfilment.holds import Hold
from ristoro.fulfilment.models import GrantState
from ristoro.kernel.errors import BadInput
from ristoro.remedies.models import Run

TODAY = date(2023, 3, 1)


@pytest.fixture
def run(database: Database) -> Run:
    return stage.run()


def held(run: Run, today: date = TODAY) -> dict[int, Hold]:
    return {hold.mailbox_id: hold for hold in holds.holds(run.id, today)}


@pytest.mark.parametrize("state", list(GrantState), ids=lambda state: state.name)
def test_a_mailbox_is_held_until_its_grant_is_seen_or_has_ended(
    run: Run, state: GrantState
) -> None:
    stage.load(run, [stage.storage(5, state)])
    assert (5 in held(run)) == (state in states.PENDING or state is GrantState.APPLIED)


def test_a_grant_that_waits_for_a_yes_holds_until_deadline_and_grace(run: Run) -> None:
    stage.load(run, [stage.extension(5)])
    assert held(run)[5].until == date(2023, 5, 30)


def test_an_answered_grant_holds_until_it_is_verified(run: Run) -> None:
    stage.load(run, [stage.extension(5, GrantState.PLANNED)])
    assert held(run)[5].until is None


def test_a_grant_that_still_waits_after_all_days_are_over_is_held_on(run: Run) -> None:
    stage.load(run, [stage.extension(5)])
    assert held(run, date(2023, 5, 30))[5].until == date(2023, 5, 30)
    assert held(run, date(2023, 5, 31))[5].until is None


def test_a_mailbox_with_several_grants_is_listed_once_with_the_longest_hold(run: Run) -> None:
    stage.load(
        run,
        [
            stage.extension(5),
            stage.extension(5, remedy=2, deadline=date(2023, 6, 30)),
            stage.storage(6, GrantState.DEFERRED),
            stage.extension(6),
            stage.storage(7, GrantState.VERIFIED),
            stage.extension(7, GrantState.DECLINED),
        ],
    )
    listed = held(run)
    assert set(listed) == {5, 6}
    assert (listed[5].until, listed[5].grants) == (date(2023, 7, 30), 2)
    assert (listed[6].until, listed[6].because) == (None, "deferred")


def test_other_runs_hold_nothing_here(run: Run) -> None:
    other = stage.run(name="jun23")
    stage.load(other, [stage.storage(5)])
    assert held(run) == {}


def test_the_list_is_the_same_in_csv_and_json(run: Run) -> None:
    stage.load(run, [stage.storage(number) for number in range(1, 6)] + [stage.extension(9)])
    as_csv, as_json = io.StringIO(newline=""), io.StringIO()
    assert holds.write_csv(holds.holds(run.id, TODAY), as_csv) == 6
    assert holds.write_json(holds.holds(run.id, TODAY), as_json) == 6
    rows = list(csv.DictReader(io.StringIO(as_csv.getvalue(), newline="")))
    listed = json.loads(as_json.getvalue())
    assert [{key: str(value) for key, value in row.items()} for row in listed] == rows
    assert {row["hold_until"] for row in rows} == {"verified", "2023-05-30"}


def test_an_empty_list_is_still_a_list(run: Run) -> None:
    out = io.StringIO()
    assert holds.write_json(holds.holds(run.id, TODAY), out) == 0
    assert json.loads(out.getvalue()) == []


def test_planned_acts_inside_a_hold_are_named_in_the_order_of_the_list(
    run: Run, tmp_path: Path
) -> None:
    stage.load(run, [stage.storage(5), stage.extension(6)])
    path = tmp_path / "planned.csv"
    path.write_text(
        "address,action,on\n"
        "casella6@libero.it,downgrade,2023-05-31\n"
        "CASELLA6@libero.it,purge,2023-05-30\n"
        "casella5@libero.it,empty,2030-01-01\n"
        "estranea@libero.it,purge,2023-03-02\n"
    )
    broken = holds.check(holds.holds(run.id, TODAY), holds.read_planned(path))
    assert [(one.planned.line, one.planned.action) for one in broken] == [
        (3, "purge"),
        (4, "empty"),
    ]


FAULTY = [
    ("address;action;on\n", r"list\.csv:1: the list has no column address and no column action"),
    ("", r"has no column"),
    ("address,action,on\nx,purge,2023-01-01\n", r"list\.csv:2, field address"),
    ("address,action,on\na@b.it,delete,2023-01-01\n", r"field action: 'delete' is not an act"),
    ("address,action,on\na@b.it,purge,31/01/2023\n", r"field on: '31/01/2023' is not a day"),
    ("address,action,on\na@b.it,purge\n", r"field on: None is not a day"),
    ('address,action,on\n"a@b.it,purge,2023-01-01\n', r"cannot be read"),
]


@pytest.mark.parametrize(("text", "message"), FAULTY)
def test_a_faulty_list_is_refused_whole(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text)
    with pytest.raises(BadInput, match=message):
        holds.read_planned(path)


def test_a_list_that_is_not_there_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="unreadable"):
        holds.read_planned(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"address,action,on\n\xe0@b.it,purge,2023-01-01\n")
    with pytest.raises(BadInput, match="unreadable"):
        holds.read_planned(tmp_path / "latin.csv")


def test_every_faulty_line_is_listed_up_to_fifty(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("address,action,on\n" + "x,y,z\n" * 60)
    with pytest.raises(BadInput) as caught:
        holds.read_planned(path)
    assert len(caught.value.problems) == holds.MOST_PROBLEMS
