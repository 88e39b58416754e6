"""Taking a grant back: two people, a reason, and only what is still as it was given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError
from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.doubles import MemoryBilling, MemoryHost
from tests.fulfilment.made import FIFTH_MORE, GIB
from tests.fulfilment.stage import AT, Staff

from ristoro.fulfilment import reverse
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.models import Grant, GrantState, Reversal
from ristoro.fulfilment.rows import GrantRow, of_mailbox
from ristoro.journal.models import Entry
from ristoro.kernel.errors import BadInput, Missing, NotAllowed
from ristoro.remedies.models import Run
from ristoro.staff import people as staff
from ristoro.staff.models import Role
from ristoro.workers.models import Tally
from ristoro.workers.shift import keep

STORAGE, EXTENSION = 5, 6
WHY = "given to the wrong mailbox"


@pytest.fixture
def people(database: Database) -> Staff:
    return stage.staff()


@pytest.fixture
def run(people: Staff) -> Run:
    run = stage.run()
    stage.load(
        run,
        [
            stage.storage(STORAGE, GrantState.VERIFIED),
            stage.extension(EXTENSION, GrantState.APPLIED),
            stage.storage(7),
        ],
    )
    return run


@pytest.fixture
def doors(run: Run) -> Doors:
    return Doors(
        MemoryHost({"casella5@libero.it": FIFTH_MORE}),
        MemoryBilling({"casella6@libero.it": date(2024, 2, 29)}),
        run.name,
    )


def the(run: Run, mailbox_id: int) -> GrantRow:
    return of_mailbox(run.id, mailbox_id)[0]


def asked(run: Run, mailbox_id: int, people: Staff) -> GrantRow:
    grant = the(run, mailbox_id)
    reverse.ask(run, grant, WHY, people.operator, AT)
    return grant


def state_of(mailbox_id: int) -> int:
    return Grant.objects.get(mailbox_id=mailbox_id).state


def test_storage_goes_back_to_its_recorded_base(run: Run, people: Staff, doors: Doors) -> None:
    grant = asked(run, STORAGE, people)
    assert reverse.approve(run, grant, people.approver, doors, AT, keep).done
    assert doors.host.limits == {"casella5@libero.it": GIB}  # type: ignore[attr-defined]
    assert state_of(STORAGE) == GrantState.REVERSED
    rows = dict(Tally.objects.filter(bucket=grant.bucket).values_list("state", "rows"))
    assert (rows[GrantState.VERIFIED], rows[GrantState.REVERSED]) == (0, 1)
    last = Entry.objects.get(name="fulfilment.grant.reversed")
    assert last.actor == "Aldo"


def test_an_extension_goes_back_to_its_old_day_as_a_new_booking(
    run: Run, people: Staff, doors: Doors
) -> None:
    grant = asked(run, EXTENSION, people)
    assert reverse.approve(run, grant, people.approver, doors, AT, keep).done
    [booked] = doors.billing.booked.values()  # type: ignore[attr-defined]
    assert booked.key == f"jan23/{grant.id}/reversed"
    assert (booked.base_until, booked.until) == (date(2024, 2, 29), date(2023, 8, 31))


def test_a_process_that_died_after_the_act_is_made_good_by_approving_again(
    run: Run, people: Staff, doors: Doors
) -> None:
    grant = asked(run, STORAGE, people)
    doors.host.limits["casella5@libero.it"] = GIB  # type: ignore[attr-defined]
    assert reverse.approve(run, grant, people.approver, doors, AT, keep).code == "already"
    assert state_of(STORAGE) == GrantState.REVERSED


def test_a_value_that_has_moved_on_is_left_alone(run: Run, people: Staff, doors: Doors) -> None:
    grant = asked(run, STORAGE, people)
    doors.host.limits["casella5@libero.it"] = 5 * GIB  # type: ignore[attr-defined]
    assert reverse.approve(run, grant, people.approver, doors, AT, keep).code == "base-changed"
    assert state_of(STORAGE) == GrantState.VERIFIED
    assert Reversal.objects.get().result == "base-changed"
    assert doors.host.limits == {"casella5@libero.it": 5 * GIB}  # type: ignore[attr-defined]


def test_a_mailbox_that_would_be_over_its_limit_keeps_its_space(
    run: Run, people: Staff, doors: Doors
) -> None:
    grant = asked(run, STORAGE, people)
    doors.host.used["casella5@libero.it"] = GIB + 1  # type: ignore[attr-defined]
    assert reverse.approve(run, grant, people.approver, doors, AT, keep).code == "would-fill"
    assert state_of(STORAGE) == GrantState.VERIFIED


def test_a_mailbox_that_is_gone_has_nothing_to_take_back(
    run: Run, people: Staff, doors: Doors
) -> None:
    grant = asked(run, STORAGE, people)
    doors.host.limits.clear()  # type: ignore[attr-defined]
    assert reverse.approve(run, grant, people.approver, doors, AT, keep).code == "no-mailbox"


def test_an_extension_whose_old_day_has_passed_is_kept(
    run: Run, people: Staff, doors: Doors
) -> None:
    grant = asked(run, EXTENSION, people)
    later = AT.replace(month=9, day=1)
    assert reverse.approve(run, grant, people.approver, doors, later, keep).code == "would-lapse"
    assert state_of(EXTENSION) == GrantState.APPLIED


def test_nobody_agrees_to_what_the_same_person_asked(run: Run, people: Staff, doors: Doors) -> None:
    staff.give_role("Olga", Role.APPROVER, actor="test", at=AT)
    grant = asked(run, STORAGE, people)
    with pytest.raises(NotAllowed, match="two-people"):
        reverse.approve(run, grant, people.operator, doors, AT, keep)
    assert doors.host.writes == []  # type: ignore[attr-defined]


def test_the_database_too_refuses_one_person_on_both_sides(run: Run, people: Staff) -> None:
    asked(run, STORAGE, people)
    with pytest.raises(IntegrityError, match="reversal_two_people"):
        Reversal.objects.update(approved_by="Olga", approved_by_id=people.operator.id)


def test_each_side_needs_its_role(run: Run, people: Staff, doors: Doors) -> None:
    with pytest.raises(NotAllowed, match="role-missing"):
        reverse.ask(run, the(run, STORAGE), WHY, people.agent, AT)
    grant = asked(run, STORAGE, people)
    with pytest.raises(NotAllowed, match="role-missing"):
        reverse.approve(run, grant, people.agent, doors, AT, keep)


def test_nothing_is_taken_back_that_nobody_asked_for(run: Run, people: Staff, doors: Doors) -> None:
    with pytest.raises(Missing, match="not-asked"):
        reverse.approve(run, the(run, STORAGE), people.approver, doors, AT, keep)


def test_a_reason_is_needed(run: Run, people: Staff) -> None:
    for reason in (" ", "x" * 501):
        with pytest.raises(BadInput, match="reason"):
            reverse.ask(run, the(run, STORAGE), reason, people.operator, AT)


def test_only_what_was_given_is_taken_back_and_only_once(run: Run, people: Staff) -> None:
    with pytest.raises(NotAllowed, match="not-made"):
        reverse.ask(run, the(run, 7), WHY, people.operator, AT)
    grant = asked(run, STORAGE, people)
    with pytest.raises(NotAllowed, match="asked-already"):
        reverse.ask(run, grant, WHY, people.operator, AT)


def test_the_grant_meant_is_found_or_must_be_named(run: Run, people: Staff) -> None:
    assert reverse.made_grant(run, STORAGE, None) == the(run, STORAGE)
    for mailbox_id, remedy in ((7, None), (STORAGE, 9), (99, None)):
        with pytest.raises(BadInput, match="which-grant"):
            reverse.made_grant(run, mailbox_id, remedy)


def test_a_grant_that_moved_meanwhile_is_not_marked(run: Run, people: Staff, doors: Doors) -> None:
    grant = asked(run, STORAGE, people)
    stale = replace(grant, state=GrantState.APPLIED)
    assert reverse.approve(run, stale, people.approver, doors, AT, keep).done
    assert state_of(STORAGE) == GrantState.VERIFIED
