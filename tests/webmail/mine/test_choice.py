"""A choice among alternatives in the webmail: one card, one yes, no to all, and thinking again."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from tests.databases import Database, copy_sqlite, pointed_at
from tests.hosts.embedded import EmbeddedPeer
from tests.webmail.conftest import OWN
from tests.webmail.mine.conftest import PLUS, Own, SignIn, approved, signed_in
from tests.whole.programme import NOW, OUTAGE

from ristoro.edges.directories.opening import open_directory
from ristoro.estate.importing import import_estate
from ristoro.estate.sample import AS_OF, sample
from ristoro.faces.webmail import posts
from ristoro.fulfilment import holder as mine
from ristoro.fulfilment.consent import Said, Silence, answer
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.journal.models import Entry
from ristoro.remedies.deciding.decide import POLICY, decide
from ristoro.remedies.models import Run
from ristoro.workers import shift
from ristoro.workers.counted import miscounts

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "months-or-space.yaml"
MONTHS, SPACE = 0, 1
SHOWN_ANEW = "Questa scheda non ti è stata mostrata"


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a decision by which premium mailboxes choose between months and space."""
    home = tmp_path_factory.mktemp("choosing")
    csv, policy = home / "estate.csv", home / "choice.yaml"
    policy.write_text(EXAMPLE.read_text("utf-8").replace("2026", "2023"), "utf-8")
    sample(100, 2023, csv)
    imported = import_estate(open_directory(str(csv)), home / "estate", now=NOW, as_of=AS_OF)
    return decide(imported.path, OUTAGE, policy, home / "run").folder


@pytest.fixture(scope="module")
def loaded(
    sqlite_template: Path,
    decided: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Path:
    folder = tmp_path_factory.mktemp("choice-loaded")
    fresh = copy_sqlite(sqlite_template, folder)
    with django_db_blocker.unblock(), pointed_at(fresh):
        approved(decided)
    return folder / "ristoro.sqlite"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, decided: Path) -> Database:
    """A fresh database with the approved run, on each kind of server."""
    name = "sqlite_loaded" if request.param == "sqlite" else "postgres_database"
    fresh: Database = request.getfixturevalue(name)
    if request.param == "postgres":
        approved(decided)
    return fresh


def grant(remedy: int) -> Grant:
    return Grant.objects.get(address=PLUS, remedy=remedy)


def place(word: str, remedy: int = MONTHS) -> str:
    return f"/ristoro/{grant(remedy).id}/{word}/"


def say(own: Own, word: str, remedy: int | None = None, **more: str) -> Any:
    """Answer the card as the page itself does."""
    fields = own.fields(place("conferma"))
    named = {} if remedy is None else {"chosen": str(grant(remedy).id)}
    return own.client.post(place("conferma"), {**fields, "answer": word, **named, **more})


def states() -> list[tuple[int, str]]:
    found = Grant.objects.filter(address=PLUS).order_by("remedy")
    return list(found.values_list("state", "result"))


WAITING = [(GrantState.WAITING, "")] * 2


def test_one_card_asks_about_both_with_nothing_chosen_before(own: Own) -> None:
    for text in (
        own.text("/ristoro/"),
        own.text(place("conferma")),
        own.text(place("conferma", SPACE)),
    ):
        [fieldset] = re.findall(r"<fieldset.*?</fieldset>", text, re.S)
        assert "<legend>Quale vuoi?</legend>" in fieldset
        assert len(re.findall(r'<input type="radio" name="chosen"[^>]*required>', fieldset)) == 2
        assert "checked" not in fieldset
        for title in ("Tre mesi in più", "Più spazio"):
            assert f"<strong>{title}</strong>" in fieldset
        assert text.count('name="card"') == 1
        assert re.search(r"Dopo .{5,20} 2023 ti diamo «Tre mesi in più»", text)
    home = own.text("/ristoro/")
    assert "Una cosa aspetta la tua risposta." in home
    assert "Ultimo giorno per rispondere; poi ti diamo «Tre mesi in più»." in home
    assert home.count("te lo ricordiamo") == 2
    assert home.count("Perché: ") == 2


def test_it_is_said_in_english_too(sign_in: SignIn) -> None:
    text = sign_in(lang="en").text(place("conferma"))
    assert "You choose: you can have one of these" in text
    assert re.search(r"After .{5,20} 2023 we give you “Tre mesi|Three more months”", text)


@pytest.mark.parametrize("chosen", [MONTHS, SPACE])
def test_a_yes_to_one_has_its_receipt_and_the_other_is_not_given(own: Own, chosen: int) -> None:
    answered = say(own, "yes", chosen)
    assert (answered.status_code, answered["location"]) == (303, place("ricevuta", chosen))
    after = {
        chosen: (GrantState.PLANNED, ""),
        1 - chosen: (GrantState.DECLINED, f"chose-other:{chosen}"),
    }
    assert states() == [after[MONTHS], after[SPACE]]
    assert miscounts(Run.objects.get().id) == []
    text = own.text(place("ricevuta", chosen))
    titles = ("Tre mesi in più", "Più spazio")
    assert titles[chosen] in text
    assert re.search(rf"Al posto di</dt>\s*<dd>{titles[1 - chosen]}", text)
    home = own.text("/ristoro/")
    assert "Al suo posto ricevi un'altra delle possibilità." in home.replace("&#x27;", "'")
    assert 'name="chosen"' not in home
    passed = own.text(place("ricevuta", 1 - chosen))
    assert "Al posto di" not in passed
    assert "Al suo posto ricevi un'altra delle possibilità." in passed.replace("&#x27;", "'")


def test_a_yes_that_names_none_is_asked_again(own: Own) -> None:
    for named in ("", "7", "x"):
        answered = say(own, "yes", chosen=named)
        assert answered.status_code == 422
        text = answered.content.decode().replace("&#x27;", "'")
        assert "Di' quale vuoi, poi rispondi." in text
        assert "<fieldset" in text
    assert states() == WAITING


def test_a_no_is_to_all_of_them_and_can_be_taken_back_whole(own: Own) -> None:
    answered = say(own, "no", reason="Ho cambiato casella.")
    assert (answered.status_code, answered["location"]) == (303, place("ricevuta"))
    assert states() == [(GrantState.DECLINED, "")] * 2
    assert [one.reason for one in Answer.objects.all()] == ["Ho cambiato casella."] * 2
    text = own.text(place("ricevuta"))
    assert "Le altre possibilità" in text
    form = dict(re.findall(r'name="(csrfmiddlewaretoken|key)" value="([^"]+)"', text))
    back = own.client.post(place("ripensamento"), form)
    assert (back.status_code, back["location"]) == (303, place("conferma"))
    assert states() == WAITING
    assert not Answer.objects.exists()
    assert "<fieldset" in own.text(place("conferma"))
    assert miscounts(Run.objects.get().id) == []


def test_a_yes_taken_back_asks_about_both_again(own: Own) -> None:
    say(own, "yes", SPACE)
    fields = own.fields(place("ricevuta", SPACE))
    own.client.post(place("ripensamento", SPACE), fields)
    assert states() == WAITING
    assert say(own, "yes", MONTHS).status_code == 303
    assert grant(MONTHS).state == GrantState.PLANNED


def test_the_same_yes_again_leads_to_the_same_receipt(own: Own) -> None:
    fields = own.fields(place("conferma"))
    form = {**fields, "answer": "yes", "chosen": str(grant(SPACE).id)}
    for _ in range(2):
        again = own.client.post(place("conferma"), {**form, "key": posts.new_key()})
        assert (again.status_code, again["location"]) == (303, place("ricevuta", SPACE))
    assert Answer.objects.count() == 1
    other = {**form, "key": posts.new_key(), "chosen": str(grant(MONTHS).id)}
    refused = own.client.post(place("conferma"), other)
    assert refused.status_code == 409
    assert "prima ritira quella risposta" in refused.content.decode()
    none = {**form, "key": posts.new_key(), "answer": "no"}
    assert own.client.post(place("conferma"), none).status_code == 409
    assert grant(SPACE).state == GrantState.PLANNED


def test_a_card_that_showed_less_than_is_asked_is_none(own: Own) -> None:
    """One of the two had been refused when the card was shown, and waits again since."""
    run = Run.objects.get()
    no = Said(False, "webmail", "session", None, NOW)
    answer(run, grant(SPACE).id, no, Silence.ASK_AGAIN, shift.keep)
    fields = own.fields(place("conferma"))
    assert "<fieldset" not in own.text(place("conferma"))
    form = own.fields(place("ricevuta", SPACE))
    own.client.post(place("ripensamento", SPACE), form)
    answered = own.client.post(place("conferma"), {**fields, "answer": "yes"})
    assert answered.status_code == 422
    assert SHOWN_ANEW in answered.content.decode()
    assert states() == WAITING


def test_a_card_whose_figures_changed_for_either_is_none(own: Own) -> None:
    fields = own.fields(place("conferma"))
    Grant.objects.filter(id=grant(SPACE).id).update(amount=1)
    form = {**fields, "answer": "yes", "chosen": str(grant(MONTHS).id)}
    assert own.client.post(place("conferma"), form).status_code == 422
    assert states() == WAITING


def test_who_is_owed_one_alternative_is_asked_about_that_alone(sign_in: SignIn) -> None:
    own = sign_in("free@libero.it")
    text = own.text(own.card_place)
    assert "<fieldset" not in text
    assert own.say()["location"] == own.receipt_place


def test_without_the_policy_the_totals_say_what_is_an_alternative(own: Own) -> None:
    run = Run.objects.get()
    (Path(run.directory) / POLICY).rename(Path(run.directory) / "gone.yaml")
    try:
        facts = mine.grant_facts(grant(MONTHS).id, PLUS)
        assert facts is not None
        found, months = facts
        assert months.others == {SPACE}
        assert len(mine.alternatives(found, months, PLUS)) == 2
    finally:
        (Path(run.directory) / "gone.yaml").rename(Path(run.directory) / POLICY)


def test_two_tabs_that_choose_differently_at_once_leave_one_choice(
    run: Run, webmail: EmbeddedPeer
) -> None:
    own = signed_in(webmail)
    fields, where, cookies = own.fields(place("conferma")), place("conferma"), own.client.cookies
    ids = [str(grant(remedy).id) for remedy in (MONTHS, SPACE)]
    together = Barrier(10)

    def tab(number: int) -> int:
        client = Client(enforce_csrf_checks=True, headers=OWN)
        client.cookies = cookies
        together.wait(60)
        form = {**fields, "key": posts.new_key(), "answer": "yes", "chosen": ids[number % 2]}
        status = client.post(where, form).status_code
        connections.close_all()
        return int(status)

    with ThreadPoolExecutor(10) as pool:
        said = sorted(pool.map(tab, range(10)))
    assert said == [303] * 5 + [409] * 5
    [given] = Answer.objects.all()
    after = {
        given.remedy: (GrantState.PLANNED, ""),
        1 - given.remedy: (GrantState.DECLINED, f"chose-other:{given.remedy}"),
    }
    assert states() == [after[MONTHS], after[SPACE]]
    assert Entry.objects.filter(name="fulfilment.answer.recorded").count() == 1
    assert miscounts(run.id) == []
