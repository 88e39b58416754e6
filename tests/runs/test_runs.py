"""Runs: entered by one person, approved by another, moved only as the table of moves allows."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from tests.databases import Database
from tests.load.decided import write_decided

from ristoro.journal.models import Detail, Entry
from ristoro.journal.verify import verify
from ristoro.kernel.errors import BadInput, Missing, NotAllowed
from ristoro.remedies import runs
from ristoro.remedies.models import MOVES, Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

AT = datetime(2023, 3, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"


def added(name: str, *roles: Role) -> Person:
    return people.add(name, PASSWORD, roles, actor="root", at=AT)


def entered(tmp_path: Path, operator: Person) -> Run:
    return runs.enter(write_decided(tmp_path / "run", 30), operator, AT)


def loaded(tmp_path: Path, operator: Person) -> Run:
    return runs.loaded(entered(tmp_path, operator), operator, 34, AT)


def state(run: Run) -> RunState:
    return RunState(Run.objects.get(pk=run.pk).state)


def test_a_run_goes_its_way_and_every_step_is_journaled(
    each_database: Database, tmp_path: Path
) -> None:
    anna, bruno = added("anna", Role.OPERATOR), added("bruno", Role.APPROVER)
    run = loaded(tmp_path, anna)
    assert run.name == f"r{run.outcomes_digest[:12]}"
    run = runs.approve(run, bruno, "  34 grants ", AT)
    assert (run.approved_by, run.approved_by_id, run.approved_at) == ("bruno", bruno.id, AT)
    runs.publish(run, anna, {}, AT)
    runs.begin(run, AT, anna)
    assert runs.begin(run, AT).state == RunState.ACTING
    runs.pause(run, anna, AT)
    assert Run.objects.get().paused
    runs.resume(run, anna, AT)
    runs.set_rate(run, 100, AT)
    run = runs.close(run, anna, AT)
    assert (run.state, run.closed_at, run.rate_per_second) == (RunState.CLOSED, AT, 100)
    told = Entry.objects.filter(subject=f"run {run.pk}").order_by("number")
    assert [name.rsplit(".", 1)[1] for name in told.values_list("name", flat=True)] == [
        "entered", "loaded", "approved", "published", "begun", "paused", "resumed", "rate-changed",
        "closed",
    ]  # fmt: skip
    assert Detail.objects.get(number=told[2].number).data["outcomes"] == run.outcomes_digest
    assert verify().whole
    assert runs.named(run.name) == run


def test_nothing_begins_before_the_page_of_facts_is_public(
    database: Database, tmp_path: Path
) -> None:
    anna, bruno = added("anna", Role.OPERATOR), added("bruno", Role.APPROVER)
    run = loaded(tmp_path, anna)
    with pytest.raises(NotAllowed, match="not-approved"):
        runs.publish(run, anna, {}, AT)
    run = runs.approve(run, bruno, run.approval_total, AT)
    with pytest.raises(NotAllowed, match="facts-not-public"):
        runs.begin(run, AT)
    assert state(run) == RunState.APPROVED
    with pytest.raises(NotAllowed, match="role-missing"):
        runs.publish(run, bruno, {}, AT)
    first = runs.publish(run, anna, {"letters": 2}, AT)
    assert (first.published_at, first.published_by) == (AT, "anna")
    runs.publish(run, anna, {}, AT + timedelta(days=1))
    assert Run.objects.get().published_at == AT
    assert Entry.objects.filter(name="remedies.run.published").count() == 1
    assert runs.begin(run, AT).state == RunState.ACTING


# Two people


def as_entered(anna: Person) -> Person:
    return anna


def after_a_new_role(anna: Person) -> Person:
    people.give_role("anna", Role.APPROVER, actor="root", at=AT)
    return people.find("anna")


def after_a_change_of_roles(anna: Person) -> Person:
    people.take_role("anna", Role.OPERATOR, actor="root", at=AT)
    return after_a_new_role(anna)


def after_a_change_of_name(anna: Person) -> Person:
    User.objects.filter(pk=anna.id).update(username="annabella")
    people.give_role("annabella", Role.APPROVER, actor="root", at=AT)
    return people.find("annabella")


def after_leaving_and_a_new_account(anna: Person) -> Person:
    User.objects.filter(pk=anna.id).delete()
    return added("ANNA", Role.APPROVER)


def as_a_second_account_in_another_spelling(anna: Person) -> Person:
    user = User.objects.create_user("Ａnna", password=PASSWORD)
    return after_a_forged_name(Person(user.pk, "Ａnna", frozenset()))


def after_a_forged_name(anna: Person) -> Person:
    user = User.objects.get(pk=anna.id)
    from_table = Person(user.pk, user.username, frozenset(Role))
    people.Assignment.objects.create(person=user, role=Role.APPROVER)
    return from_table


@pytest.mark.parametrize(
    "path",
    [
        as_entered,
        after_a_new_role,
        after_a_change_of_roles,
        after_a_change_of_name,
        after_leaving_and_a_new_account,
        as_a_second_account_in_another_spelling,
        after_a_forged_name,
    ],
)
def test_nobody_approves_their_own_run_by_any_path(
    database: Database, tmp_path: Path, path: Any
) -> None:
    anna = added("anna", Role.OPERATOR)
    run = loaded(tmp_path, anna)
    with pytest.raises(NotAllowed, match=r"two-people|role-missing"):
        runs.approve(run, path(anna), "34 grants", AT)
    assert state(run) is RunState.LOADED


def test_not_even_one_who_holds_both_roles(database: Database, tmp_path: Path) -> None:
    anna = added("anna", Role.OPERATOR, Role.APPROVER)
    run = loaded(tmp_path, anna)
    with pytest.raises(NotAllowed, match="two-people"):
        runs.approve(run, anna, "34 grants", AT)


def test_a_run_object_changed_in_memory_deceives_nobody(database: Database, tmp_path: Path) -> None:
    anna = added("anna", Role.OPERATOR, Role.APPROVER)
    run = loaded(tmp_path, anna)
    run.entered_by, run.entered_by_id, run.approval_total = "somebody", 999, "nothing"
    with pytest.raises(NotAllowed, match="two-people"):
        runs.approve(run, anna, "34 grants", AT)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": RunState.APPROVED},
        {"state": RunState.ACTING},
        {"approved_by": "anna"},
        {"approved_by": "bruno", "approved_by_id": 1},
        {"state": RunState.APPROVED, "approved_by": "anna", "approved_by_id": 2},
    ],
)
def test_the_database_itself_refuses_one_person_in_two_places(
    each_database: Database, tmp_path: Path, fields: dict[str, Any]
) -> None:
    run = loaded(tmp_path, added("anna", Role.OPERATOR))
    Run.objects.update(entered_by_id=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(**fields)


def test_only_an_approver_approves_and_only_an_operator_enters(
    database: Database, tmp_path: Path
) -> None:
    anna, carla = added("anna", Role.OPERATOR), added("carla", Role.AUDITOR, Role.AGENT)
    with pytest.raises(NotAllowed, match="operator"):
        entered(tmp_path, carla)
    run = loaded(tmp_path, anna)
    with pytest.raises(NotAllowed, match="approver"):
        runs.approve(run, carla, "34 grants", AT)


# The total


@pytest.mark.parametrize(
    "retyped", ["", "34", "34  grants", "34 Grants", "34 grants.", "35 grants"]
)
def test_the_total_is_retyped_exactly(database: Database, tmp_path: Path, retyped: str) -> None:
    anna, bruno = added("anna", Role.OPERATOR), added("bruno", Role.APPROVER)
    run = loaded(tmp_path, anna)
    with pytest.raises(NotAllowed, match="wrong-total"):
        runs.approve(run, bruno, retyped, AT)
    assert state(run) is RunState.LOADED


def test_outcomes_changed_since_entry_are_not_approved(database: Database, tmp_path: Path) -> None:
    anna, bruno = added("anna", Role.OPERATOR), added("bruno", Role.APPROVER)
    run = loaded(tmp_path, anna)
    write_decided(tmp_path / "run", 31)
    with pytest.raises(BadInput, match="changed-outcomes"):
        runs.approve(run, bruno, "34 grants", AT)
    (tmp_path / "run" / "outcomes.parquet").unlink()
    with pytest.raises(BadInput, match="unreadable-outcomes"):
        runs.approve(run, bruno, "34 grants", AT)
    assert state(run) is RunState.LOADED


# The states


def placed(tmp_path: Path, at_state: RunState) -> Run:
    run = loaded(tmp_path, added("anna", Role.OPERATOR))
    Run.objects.update(state=at_state, approved_by="zoe", approved_by_id=99, published_at=AT)
    return run


STEPS: dict[RunState, Any] = {
    RunState.LOADED: lambda run, who: runs.loaded(run, who, 1, AT),
    RunState.APPROVED: lambda run, who: runs.approve(run, who, "34 grants", AT),
    RunState.ACTING: lambda run, who: runs.begin(run, AT, who),
    RunState.CLOSED: lambda run, who: runs.close(run, who, AT),
    RunState.CANCELLED: lambda run, who: runs.cancel(run, who, "a better policy", AT),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(RunState, STEPS)))
def test_only_lawful_moves_are_made(
    database: Database, tmp_path: Path, before: RunState, after: RunState
) -> None:
    run = placed(tmp_path, before)
    dora = added("dora", Role.OPERATOR, Role.APPROVER)
    entries = Entry.objects.count()
    if (before, after) in MOVES:
        STEPS[after](run, dora)
        assert state(run) is after
        assert Entry.objects.count() == entries + 1
    elif before is after is RunState.ACTING:
        STEPS[after](run, dora)
        assert Entry.objects.count() == entries
    else:
        with pytest.raises(NotAllowed, match="wrong-state"):
            STEPS[after](run, dora)
        assert state(run) is before
        assert Entry.objects.count() == entries


@pytest.mark.parametrize("at_state", [RunState.LOADED, RunState.CLOSED])
def test_only_a_run_that_acts_or_may_is_paused(
    database: Database, tmp_path: Path, at_state: RunState
) -> None:
    run = placed(tmp_path, at_state)
    with pytest.raises(NotAllowed, match="wrong-state"):
        runs.pause(run, people.find("anna"), AT)


def test_a_run_is_paused_once_and_resumed_once(database: Database, tmp_path: Path) -> None:
    run = placed(tmp_path, RunState.ACTING)
    anna = people.find("anna")
    with pytest.raises(NotAllowed, match="not paused"):
        runs.resume(run, anna, AT)
    runs.pause(run, anna, AT)
    with pytest.raises(NotAllowed, match="and paused"):
        runs.pause(run, anna, AT)


def test_a_cancelled_run_tells_why_and_its_outcomes_may_be_entered_again(
    database: Database, tmp_path: Path
) -> None:
    anna = added("anna", Role.OPERATOR)
    run = entered(tmp_path, anna)
    with pytest.raises(NotAllowed, match="entered-already"):
        runs.enter(tmp_path / "run", anna, AT)
    with pytest.raises(NotAllowed, match="reason"):
        runs.cancel(run, anna, " ", AT)
    runs.cancel(run, anna, "typing error", AT)
    assert runs.enter(tmp_path / "run", anna, AT).name == f"{run.name}-2"


def test_an_unknown_run_is_named_with_the_nearest(database: Database, tmp_path: Path) -> None:
    run = entered(tmp_path, added("anna", Role.OPERATOR))
    with pytest.raises(Missing, match=run.name):
        runs.named(run.name[:-1] + "0")


# The directory


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("run.json", None, "unreadable-run"),
        ("run.json", "{", "unreadable-run"),
        ("run.json", "[]", "incomplete-run"),
        ("run.json", "{}", "incomplete-run"),
        ("totals.json", '{"approval_total": " "}', "incomplete-run"),
        ("digest", None, "unreadable-run"),
        ("digest", "0" * 64, "changed-outcomes"),
        ("outcomes.parquet", "no parquet", "unreadable-outcomes"),
    ],
)
def test_a_damaged_directory_is_refused_with_the_file_named(
    database: Database, tmp_path: Path, name: str, text: str | None, code: str
) -> None:
    anna = added("anna", Role.OPERATOR)
    folder = write_decided(tmp_path / "run", 30)
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=code) as refused:
        runs.enter(folder, anna, AT)
    place = refused.value.problems[0].place
    assert place is not None
    assert Path(place.file).name == (name if code != "changed-outcomes" else "outcomes.parquet")
    assert not Run.objects.exists()
    assert json.dumps(str(refused.value))
