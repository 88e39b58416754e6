"""Nobody approves their own run: every path is tried, refused with its sentence, and journaled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from tests.faces.conftest import post, signed_in
from tests.faces.programme import AT, PASSWORD, Programme
from tests.faces.test_console import page, words_of

from ristoro.errands.deciders import deciders
from ristoro.journal.models import Detail, Entry
from ristoro.kernel import clock
from ristoro.kernel.errors import NotAllowed, RistoroError
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Identity, Role
from ristoro.staff.people import Person
from ristoro.workers import errands
from ristoro.workers.load import load
from ristoro.workers.models import Errand, ErrandState

ENTERED = "Hai inserito tu questa esecuzione"
DECIDED = "Hai fatto decidere tu questa esecuzione"
BROWSER = "In questo browser era entrato chi ha deciso o inserito questa esecuzione"
ROLE = "Non hai il ruolo"
UNKNOWN = "Nessuno ha detto di quale persona è questo accesso"


def attempts() -> list[tuple[str, str]]:
    """Who tried, and the code of the refusal, from the journal."""
    entries = Entry.objects.filter(name="remedies.run.approval-refused").order_by("number")
    return [(one.actor, Detail.objects.get(number=one.number).data["code"]) for one in entries]


def refused_on_the_page(programme: Programme, name: str, sentence: str, code: str) -> None:
    """The page offers nothing to retype, and the form, sent all the same, is refused."""
    client = signed_in(name)
    place = page(programme, "approvazione/")
    assert 'name="total"' not in client.get(place).content.decode()
    answer = post(client, place, total=programme.run.approval_total)
    assert answer.status_code == 403
    assert sentence in words_of(answer)
    assert attempts()[-1] == (name, code)
    assert programme.run.state == RunState.LOADED


def decided_by(programme: Programme, person: Person) -> None:
    """The errand in which a person had these outcomes decided, done."""
    asked = errands.ask("decide", {"policy": "p"}, person, f"key of {person.name}", AT)
    Errand.objects.filter(pk=asked.pk).update(
        state=ErrandState.DONE, result={"digest": programme.run.outcomes_digest}
    )


def entered_anew(programme: Programme, by: str) -> Programme:
    """The same folder, entered by somebody else once the first run was cancelled."""
    staff = programme.staff
    runs.cancel(programme.run, staff["Berta"], "another shall enter it", AT)
    known = deciders(programme.run.outcomes_digest)
    run = load(runs.enter(programme.folder, staff[by], AT, known), staff[by], AT)
    del run
    return Programme(Run.objects.latest("pk").name, programme.folder, staff)


# One account


def test_by_the_page(programme: Programme) -> None:
    refused_on_the_page(programme, "Berta", ENTERED, "two-people")


def test_by_the_function_that_pages_commands_and_programs_call(programme: Programme) -> None:
    with pytest.raises(NotAllowed, match="two-people"):
        runs.approve(programme.run, programme.staff["Berta"], programme.run.approval_total, AT)
    assert attempts() == [("Berta", "two-people")]
    assert programme.run.state == RunState.LOADED


def test_without_the_role(programme: Programme) -> None:
    for name in ("Olga", "Gina", "Ivo"):
        refused_on_the_page(programme, name, ROLE, "role-missing")


def test_by_a_change_of_roles(programme: Programme) -> None:
    mine = entered_anew(programme, "Olga")
    people.take_role("Olga", Role.OPERATOR, actor="root", at=AT)
    people.give_role("Olga", Role.APPROVER, actor="root", at=AT)
    refused_on_the_page(mine, "Olga", ENTERED, "two-people")


def test_by_renaming_the_account(programme: Programme) -> None:
    User.objects.filter(username="Berta").update(username="Carla")
    refused_on_the_page(programme, "Carla", ENTERED, "two-people")


def test_by_leaving_and_coming_back(programme: Programme) -> None:
    people.deactivate("Berta", actor="root", at=AT)
    gone = signed_in("Aldo")
    gone.force_login(User.objects.get(username="Aldo"), settings.AUTHENTICATION_BACKENDS[-1])
    User.objects.filter(username="Berta").update(is_active=True)
    refused_on_the_page(programme, "Berta", ENTERED, "two-people")


def test_by_an_account_that_was_deactivated(programme: Programme) -> None:
    client = signed_in("Aldo")
    people.deactivate("Aldo", actor="root", at=AT)
    answer = post(client, page(programme, "approvazione/"), total=programme.run.approval_total)
    assert answer.status_code in (302, 403)
    with pytest.raises(NotAllowed, match="role-missing"):
        runs.approve(programme.run, programme.staff["Aldo"], programme.run.approval_total, AT)
    assert attempts() == [("Aldo", "role-missing")]


# A second account


def test_by_a_second_account_of_the_same_person(programme: Programme) -> None:
    number = Identity.objects.get(person__username="Berta").number
    with pytest.raises(RistoroError, match="person-has-account"):
        people.add("Bea", PASSWORD, [Role.APPROVER], actor="root", at=AT, number=number)
    # The first account is removed past this program; the number tells who the second is.
    User.objects.filter(username="Berta").delete()
    people.add("Bea", PASSWORD, [Role.APPROVER], actor="root", at=AT, number=number.upper())
    refused_on_the_page(programme, "Bea", ENTERED, "two-people")


def test_by_an_account_that_nobody_vouched_for(programme: Programme) -> None:
    user = User.objects.create_user("root", password=PASSWORD)
    people.Assignment.objects.create(person=user, role=Role.APPROVER)
    refused_on_the_page(programme, "root", UNKNOWN, "who-unknown")


def test_by_the_same_name_in_another_spelling(programme: Programme) -> None:
    user = User.objects.create_user("ＢＥＲＴＡ", password=PASSWORD)
    people.Assignment.objects.create(person=user, role=Role.APPROVER)
    mine = Person(user.pk, user.username, frozenset())
    with pytest.raises(NotAllowed, match="two-people"):
        runs.approve(programme.run, mine, programme.run.approval_total, AT)


# Somebody else's hand


def test_by_having_another_enter_what_one_decided(programme: Programme) -> None:
    decided_by(programme, programme.staff["Aldo"])
    theirs = entered_anew(programme, "Olga")
    refused_on_the_page(theirs, "Aldo", DECIDED, "two-people-decided")


def test_by_having_another_enter_what_one_entered_and_cancelled(programme: Programme) -> None:
    theirs = entered_anew(programme, "Olga")
    assert theirs.run.entered_by == "Olga"
    refused_on_the_page(theirs, "Berta", ENTERED, "two-people")


def test_by_having_loaded_what_another_entered(programme: Programme) -> None:
    runs.cancel(programme.run, programme.staff["Berta"], "another shall enter it", AT)
    begun = runs.enter(programme.folder, programme.staff["Olga"], AT)
    load(begun, programme.staff["Berta"], AT)
    theirs = Programme(begun.name, programme.folder, programme.staff)
    refused_on_the_page(theirs, "Berta", ENTERED, "two-people")


# One seat


def shared(programme: Programme) -> Client:
    """A browser in which Berta worked, and in which Aldo signed in after she had signed out."""
    client = signed_in("Berta")
    assert post(client, "/console/esci/").status_code == 302
    client.force_login(User.objects.get(username="Aldo"), settings.AUTHENTICATION_BACKENDS[-1])
    assert client.get(page(programme)).status_code == 200
    return client


@pytest.mark.usefixtures("entered_now")
def test_by_the_approver_s_sign_in_in_the_operator_s_browser(programme: Programme) -> None:
    client = shared(programme)
    place = page(programme, "approvazione/")
    assert 'name="total"' not in client.get(place).content.decode()
    answer = post(client, place, total=programme.run.approval_total)
    assert answer.status_code == 403
    assert BROWSER in words_of(answer)
    assert attempts() == [("Aldo", "same-browser")]
    own = post(signed_in("Aldo"), place, total=programme.run.approval_total)
    assert own.status_code == 303


@pytest.mark.usefixtures("entered_now")
def test_by_signing_in_over_a_session_that_is_still_open(programme: Programme) -> None:
    client = signed_in("Berta")
    before = client.cookies["sessionid"].value
    client.force_login(User.objects.get(username="Aldo"), settings.AUTHENTICATION_BACKENDS[-1])
    assert client.cookies["sessionid"].value != before
    client.get(page(programme))
    answer = post(client, page(programme, "approvazione/"), total=programme.run.approval_total)
    assert BROWSER in words_of(answer)


def test_a_browser_of_long_ago_is_nobody_s(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT.replace(year=2022))
    client = shared(programme)
    monkeypatch.setattr(clock, "now", lambda: AT)
    answer = post(client, page(programme, "approvazione/"), total=programme.run.approval_total)
    assert answer.status_code == 303


@pytest.fixture
def entered_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a minute after the run was entered."""
    monkeypatch.setattr(clock, "now", lambda: AT.replace(minute=1))


# At the same instant


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Call all at the same instant, each in a thread; what each returned or raised."""
    together = threading.Barrier(len(calls))
    ended: list[Any] = [None] * len(calls)

    def call(number: int) -> None:
        together.wait()
        try:
            ended[number] = calls[number]()
        except RistoroError as error:
            ended[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call, args=(one,)) for one in range(len(calls))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return ended


def test_by_being_given_the_role_while_approving(programme: Programme) -> None:
    mine = entered_anew(programme, "Olga")
    run, olga = mine.run, mine.staff["Olga"]

    def promote() -> None:
        people.give_role("Olga", Role.APPROVER, actor="root", at=AT)

    ended = at_once(promote, lambda: runs.approve(run, olga, run.approval_total, AT))
    assert isinstance(ended[1], NotAllowed)
    assert mine.run.state == RunState.LOADED


def test_two_approvals_at_once_are_one(programme: Programme) -> None:
    people.add("Anna", PASSWORD, [Role.APPROVER], actor="test", at=AT)
    run = programme.run
    both = (people.find("Anna"), programme.staff["Aldo"], programme.staff["Berta"])
    ended = at_once(
        *((lambda who=who: runs.approve(run, who, run.approval_total, AT)) for who in both)
    )
    assert [isinstance(one, Run) for one in ended].count(True) == 1
    assert isinstance(ended[2], NotAllowed)
    assert programme.run.approved_by in ("Anna", "Aldo")
    assert Entry.objects.filter(name="remedies.run.approved").count() == 1


def test_by_changing_the_outcomes_meanwhile(programme: Programme, tmp_path: Path) -> None:
    Run.objects.filter(pk=programme.run.pk).update(directory=str(tmp_path))
    with pytest.raises(RistoroError, match="unreadable-outcomes"):
        runs.approve(programme.run, programme.staff["Aldo"], programme.run.approval_total, AT)
    assert attempts() == [("Aldo", "unreadable-outcomes")]
