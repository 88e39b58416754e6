"""A holder on the telephone with us: the code is theirs alone, and so is the end of the call."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.webmail.mine.conftest import FREE, PLUS, Own, SignIn

from ristoro.fulfilment.callers import calls, finding, verifying
from ristoro.fulfilment.callers.models import Call
from ristoro.journal import names
from ristoro.journal.models import Entry
from ristoro.kernel import clock
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

pytestmark = pytest.mark.host
SECRET = b"a key for sessions in tests"
PLACE = "/ristoro/telefono/"


@pytest.fixture
def gina(run: Run) -> Person:
    return people.add("Gina", "tre parole scelte", [Role.AGENT], actor="test", at=clock.now())


def asked(gina: Person, address: str = PLUS) -> Call:
    """A call in which a code was asked for."""
    box = finding.search(gina, address, clock.now())
    call = calls.begin(gina, box, clock.now())
    return verifying.ask(gina, call.pk, clock.now())


def spelled(call: Call) -> str:
    code = verifying.code_of(call, SECRET)
    return f"{code[:3]} {code[3:]}"


def test_the_code_stands_at_the_top_of_the_holder_s_own_page(own: Own, gina: Person) -> None:
    assert "Sei al telefono" not in own.text("/ristoro/")
    call = asked(gina)
    for place in ("/ristoro/", PLACE):
        text = own.text(place)
        assert spelled(call) in text
        assert "Gina" in text
        assert "Se qualcuno ha chiamato te" in text
    assert Call.objects.get().verified_at is None


def test_another_mailbox_s_holder_is_shown_no_code(sign_in: SignIn, gina: Person) -> None:
    call = asked(gina)
    other = sign_in(FREE)
    for place in ("/ristoro/", PLACE):
        assert spelled(call) not in other.text(place)
    form = other.fields(PLACE)
    other.client.post(f"{PLACE}{call.pk}/non-io/", form)
    assert Call.objects.get().ended_at is None


def test_the_code_goes_when_it_is_old_or_used(
    own: Own, gina: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = asked(gina)
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(minutes=11))
    assert spelled(call) not in own.text("/ristoro/")
    monkeypatch.undo()


def test_who_is_calling_nobody_ends_it(own: Own, gina: Person) -> None:
    call = asked(gina)
    form = own.fields("/ristoro/")
    done = own.client.post(f"{PLACE}{call.pk}/non-io/", form)
    assert done.status_code == 303
    assert "La chiamata è finita" in own.text(done["location"])
    call = Call.objects.get()
    assert call.ended == calls.DENIED
    assert Entry.objects.filter(name=names.CALLER_DENIED, actor="holder").count() == 1


def test_the_holder_sees_who_looked_and_can_cut_a_verified_call_off(own: Own, gina: Person) -> None:
    call = asked(gina)
    code = verifying.code_of(call, SECRET)
    verifying.verify(gina, call.pk, code, SECRET, clock.now())
    text = own.text(PLACE)
    assert code not in text.replace(" ", "")
    assert "La nostra assistenza sta guardando" in text
    assert "a cui hai letto il codice" in text
    own.client.post(f"{PLACE}{call.pk}/non-io/", own.fields(PLACE))
    assert not calls.is_verified(Call.objects.get(), clock.now())
    assert "hai interrotto tu" in own.text(PLACE)
