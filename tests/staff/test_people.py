"""People: their names, passwords and roles, and that one person is never two."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from tests.databases import Database

from ristoro.journal.models import Detail, Entry
from ristoro.kernel.errors import BadInput, Missing, NotAllowed
from ristoro.staff import people
from ristoro.staff.models import Role

AT = datetime(2023, 3, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"


def added(name: str, *roles: Role) -> people.Person:
    return people.add(name, PASSWORD, roles, actor="root", at=AT)


def test_a_person_signs_in_with_the_password_and_no_other(database: Database) -> None:
    anna = added("Anna", Role.OPERATOR)
    assert people.authenticate("Anna", PASSWORD) == anna
    assert people.authenticate("anna", PASSWORD) == anna
    assert User.objects.get().password.startswith("scrypt$")
    for name, password in [("Anna", "wrong horse battery"), ("Bruno", PASSWORD)]:
        with pytest.raises(NotAllowed, match="no active person"):
            people.authenticate(name, password)


@pytest.mark.parametrize("name", ["ANNA", " anna ", "Ａnna", "", "an\nna", "a" * 81])
def test_a_name_is_refused_when_it_is_taken_in_any_spelling_or_is_no_name(
    database: Database, name: str
) -> None:
    added("anna")
    with pytest.raises(BadInput):
        added(name)
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["", "short", "Annalisa Rossi"])
def test_a_weak_password_is_refused(database: Database, password: str) -> None:
    with pytest.raises(BadInput, match="weak-password"):
        people.add("annalisa rossi", password, [], actor="root", at=AT)


def test_roles_are_asked_of_the_database_not_of_the_caller(database: Database) -> None:
    anna = added("anna", Role.OPERATOR)
    people.require(anna, Role.OPERATOR)
    with pytest.raises(NotAllowed, match="approver"):
        people.require(anna, Role.APPROVER)
    forged = people.Person(anna.id, "anna", frozenset(Role))
    with pytest.raises(NotAllowed):
        people.require(forged, Role.APPROVER)
    people.take_role("anna", Role.OPERATOR, actor="root", at=AT)
    with pytest.raises(NotAllowed):
        people.require(anna, Role.OPERATOR)


def test_a_person_who_has_left_may_do_nothing_and_the_name_stays_taken(database: Database) -> None:
    anna = added("anna", Role.OPERATOR)
    people.deactivate("anna", actor="root", at=AT)
    with pytest.raises(NotAllowed):
        people.require(anna, Role.OPERATOR)
    with pytest.raises(NotAllowed):
        people.authenticate("anna", PASSWORD)
    with pytest.raises(Missing):
        people.find("anna")
    with pytest.raises(BadInput, match="name-taken"):
        added("Anna")


@pytest.mark.parametrize(
    ("name", "number"),
    [("anna", 1), ("Anna", 2), ("ＡNNA ", 2), ("bruno", 1), ("STRASSE", 3)],
)
def test_one_person_is_never_two(name: str, number: int) -> None:
    approver = people.Person(number, name, frozenset({Role.APPROVER}))
    entered_by, entered_by_id = ("straße", 4) if name == "STRASSE" else ("anna", 1)
    with pytest.raises(NotAllowed, match="two-people"):
        people.require_another(approver, entered_by, entered_by_id)


def test_another_person_is_another() -> None:
    people.require_another(people.Person(2, "bruno", frozenset()), "anna", 1)
    people.require_another(people.Person(2, "bruno", frozenset()), "anna", None)


def test_every_change_is_journaled_and_no_password_is(database: Database) -> None:
    added("anna", Role.OPERATOR, Role.AGENT)
    people.give_role("anna", Role.APPROVER, actor="carla", at=AT)
    people.give_role("anna", Role.APPROVER, actor="carla", at=AT)
    people.take_role("anna", Role.AGENT, actor="carla", at=AT)
    people.change_password("anna", "another horse battery", actor="anna", at=AT)
    people.deactivate("anna", actor="carla", at=AT)
    assert list(Entry.objects.order_by("number").values_list("name", "actor")) == [
        ("staff.person.added", "root"),
        ("staff.role.given", "carla"),
        ("staff.role.taken", "carla"),
        ("staff.password.changed", "anna"),
        ("staff.person.deactivated", "carla"),
    ]
    assert "horse" not in str(list(Detail.objects.values_list("data", flat=True)))


def test_people_are_kept_on_both_databases(each_database: Database) -> None:
    anna = added("anna", Role.OPERATOR)
    assert people.find("ANNA") == anna
