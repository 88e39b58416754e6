"""The console: who may see and do what, each act once, by POST, and by two people."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.faces.conftest import post, signed_in
from tests.faces.programme import AT, PASSWORD, Programme

from ristoro.journal.models import Detail, Entry
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people


def words_of(response: Any) -> str:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
    return text.replace("&#x27;", "'")


def page(programme: Programme, act: str = "") -> str:
    return f"/console/esecuzioni/{programme.name}/{act}"


PAGES = ("", "messaggi/", "rapporto/", "approvazione/", "avanzamento/", "avanzamento/ora/", "code/")
ACTS = ("annullamento/", "avvio/", "pausa/", "ripresa/", "spiegazione/")


# Who may


def test_whoever_is_not_signed_in_is_asked_to(programme: Programme, visitor: Client) -> None:
    for path in ("/console/", *(page(programme, one) for one in PAGES)):
        answer = visitor.get(path)
        assert answer.status_code == 302
        assert answer["location"].startswith("/console/entra/")
    for act in ACTS:
        assert visitor.post(page(programme, act)).status_code == 302
    assert Run.objects.get().state == RunState.LOADED


def test_a_person_signs_in_and_out(programme: Programme) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "it"})
    client.get("/console/entra/")
    wrong = post(client, "/console/entra/", username="Gina", password="not the password")
    assert "Nessuna persona attiva ha quel nome e quella password" in words_of(wrong)
    right = post(client, "/console/entra/", username="Gina", password=PASSWORD)
    assert (right.status_code, right["location"]) == (302, "/sportello/")
    assert "Prima le più recenti" in words_of(client.get("/console/"))
    assert client.get("/console/esci/").status_code == 405
    assert post(client, "/console/esci/").status_code == 302
    assert client.get("/console/").status_code == 302


def test_a_person_who_left_sees_nothing(programme: Programme) -> None:
    client = signed_in("Gina")
    people.deactivate("Gina", actor="test", at=AT)
    assert client.get("/console/").status_code == 302


def test_five_wrong_passwords_lock_the_name_from_that_address(programme: Programme) -> None:
    client = Client()
    wrong = {"username": "Aldo", "password": "not the password"}
    answers = [client.post("/console/entra/", wrong) for _ in range(5)]
    assert [one.status_code for one in answers] == [200] * 4 + [429]
    right = {"username": "Aldo", "password": PASSWORD}
    assert client.post("/console/entra/", right).status_code == 429
    other = Client(REMOTE_ADDR="192.0.2.7")
    assert other.post("/console/entra/", right).status_code == 302


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        ("annullamento/", {"Olga", "Aldo", "Berta"}),
        ("avvio/", {"Olga", "Berta"}),
        ("code/righe/riprova/", {"Olga", "Berta"}),
        ("code/righe/guarda/", {"Olga", "Berta"}),
        ("code/righe/trattate/", {"Olga", "Berta"}),
        ("code/righe/elenco.csv", {"Olga", "Berta", "Ivo"}),
        ("pausa/", {"Olga", "Berta"}),
        ("ripresa/", {"Olga", "Berta"}),
        ("spiegazione/", {"Olga", "Berta", "Ivo"}),
    ],
)
def test_each_act_asks_for_its_role(programme: Programme, act: str, allowed: set[str]) -> None:
    for name in programme.staff:
        client = signed_in(name)
        answer = post(client, page(programme, act))
        refused = "Non puoi farlo" in words_of(answer)
        assert refused == (name not in allowed), name
        assert (answer.status_code == 403) or name in allowed


# How


def test_no_act_is_done_by_a_link(programme: Programme) -> None:
    client = signed_in("Berta")
    before = Entry.objects.count()
    for act in ACTS:
        assert client.get(page(programme, act)).status_code == 405
    assert Entry.objects.count() == before


def test_a_form_from_elsewhere_is_refused(programme: Programme) -> None:
    client = signed_in("Aldo")
    answer = client.post(page(programme, "approvazione/"), {"total": programme.run.approval_total})
    assert answer.status_code == 403
    assert "Il modulo non è stato accettato" in words_of(answer)
    assert Run.objects.get().state == RunState.LOADED


def test_pages_are_kept_by_nobody(programme: Programme) -> None:
    client = signed_in("Aldo")
    for path in ("/console/", *(page(programme, one) for one in PAGES)):
        assert "no-store" in client.get(path)["cache-control"]


def test_an_operator_pauses_and_resumes(programme: Programme) -> None:
    programme.approve()
    client = signed_in("Olga")
    assert post(client, page(programme, "pausa/")).status_code == 303
    assert Run.objects.get().paused
    assert "in pausa" in words_of(client.get(page(programme)))
    assert post(client, page(programme, "pausa/")).status_code == 409
    assert post(client, page(programme, "ripresa/")).status_code == 303
    assert not Run.objects.get().paused


# What is shown


def test_a_run_is_shown_whole(programme: Programme) -> None:
    run = programme.run
    told = words_of(signed_in("Ivo", "en").get(page(programme)))
    for text in (
        run.outcomes_digest,
        run.policy_digest,
        "400 mailboxes were looked at",
        "plus a longer subscription once confirmed libero libero-plus-5",
        "The mailbox is suspended for abuse of the service.",
        "0 of 339; 45 wait for a yes",
        "All rows of a run are in the database",
        "Entered Berta 10 February 2023, 09:00 UTC",
    ):
        assert text in told, text


@pytest.mark.parametrize(("lang", "owed"), [("it", "Spetta"), ("en", "Owed")])
def test_a_look_at_one_mailbox_explains_it_and_is_journaled(
    programme: Programme, lang: str, owed: str
) -> None:
    client = signed_in("Ivo", lang)
    answer = post(client, page(programme, "spiegazione/"), mailbox="only.imap@libero.it")
    assert answer.status_code == 200
    assert owed in words_of(answer)
    entry = Entry.objects.get(name="remedies.mailbox.explained")
    assert (entry.actor, entry.subject) == ("Ivo", f"run {programme.run.pk}")
    assert Detail.objects.get(number=entry.number).data["address"] == "only.imap@libero.it"


def test_a_mailbox_that_is_not_in_the_run_is_not_explained(programme: Programme) -> None:
    client = signed_in("Ivo")
    answer = post(client, page(programme, "spiegazione/"), mailbox="nobody@example.org")
    assert answer.status_code == 404
    assert "Questa esecuzione non ha una casella" in words_of(answer)
    assert not Entry.objects.filter(name="remedies.mailbox.explained").exists()


def test_letters_are_shown_as_they_will_be_read(programme: Programme) -> None:
    answer = signed_in("Aldo").get(page(programme, "messaggi/"))
    assert answer.status_code == 200
    told = words_of(answer)
    assert "Da fare:" in told or "Devi fare qualcosa" in told or "Devo fare qualcosa" in told
    assert told.count("non ha trovato nulla che un lettore di posta") >= 4
    assert not re.search(r'class="wrong"', answer.content.decode())


def test_the_reader_chooses_the_language(programme: Programme) -> None:
    client = signed_in("Ivo")
    assert post(client, "/console/lingua/", language="en", next="/console/").status_code == 302
    assert "Newest first" in words_of(client.get("/console/"))


def test_an_unknown_run_is_not_found(programme: Programme) -> None:
    assert signed_in("Ivo").get("/console/esecuzioni/nessuna/").status_code == 404
