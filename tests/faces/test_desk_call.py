"""The desk: a call from the search to its end; before its caller is known, a mask and no more."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.faces.calls import (
    FREE,
    PLUS,
    agent,
    call_of,
    form_key,
    gina,
    later,
    present_code,
    told,
    verified,
)
from tests.faces.conftest import post, signed_in
from tests.faces.programme import Programme
from tests.faces.test_console import words_of

from ristoro.fulfilment.callers.models import Call, Callback, Search
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.journal import names
from ristoro.journal.models import Entry
from ristoro.kernel import clock
from ristoro.notices.brands import SHIPPED
from ristoro.notices.codes import code_of
from ristoro.notices.models import Notice, NoticeState
from ristoro.outages.reports.models import Report
from ristoro.staff import people
from ristoro.staff.models import Role

__all__ = ["gina"]


# Who may


def test_the_desk_is_for_agents_alone(programme: Programme, visitor: Client) -> None:
    assert visitor.get("/sportello/").status_code == 302
    for name in ("Olga", "Aldo", "Ivo", "Berta"):
        client = signed_in(name)
        for path in ("/sportello/", "/sportello/coda/", "/sportello/chiamata/1/"):
            assert client.get(path).status_code == 403
        assert post(client, "/sportello/cerca/", address=PLUS).status_code == 403
    assert not Search.objects.exists()


def test_nothing_is_looked_up_by_its_address_bar(gina: Client) -> None:
    for path in ("cerca/", "verifica/", "chiamata/1/codice/", "chiamata/1/fine/"):
        assert gina.get(f"/sportello/{path}").status_code == 405


# Finding


def test_a_mailbox_is_found_by_its_whole_address_and_the_search_is_journaled(gina: Client) -> None:
    call_of(gina, f" {PLUS.upper()} ")
    missed = post(gina, "/sportello/cerca/", address="ends.31aug@libero")
    assert missed.status_code == 404
    assert "Nessuna nostra casella" in words_of(missed)
    first, second = told(names.CALLER_SEARCHED)
    assert (first["address"], first["found"]) == (PLUS, True)
    assert (second["address"], second["found"]) == ("ends.31aug@libero", False)


def test_whoever_tries_addresses_is_stopped(gina: Client) -> None:
    person = people.find("Gina")
    rows = (Search(person_id=person.id, at=clock.now(), found=False) for _ in range(20))
    Search.objects.bulk_create(rows)
    answer = post(gina, "/sportello/cerca/", address=PLUS)
    assert answer.status_code == 429
    assert not Call.objects.exists()
    assert told(names.CALLER_SEARCHED)[-1]["found"] is False


# Before and after


def test_before_the_caller_is_known_the_mailbox_is_a_mask(gina: Client) -> None:
    place = call_of(gina)
    text = gina.get(place).content.decode()
    assert "e•••@libero.it" in text
    for secret in (PLUS, "libero-plus", "mesi", "31 agosto", Grant.objects.get(address=PLUS).pk):
        assert str(secret) not in text
    assert not Entry.objects.filter(name=names.MAILBOX_LOOKED_AT).exists()
    for act in ("risposta/1/", f"risposta/{Grant.objects.get(address=PLUS).pk}/"):
        refused = gina.get(place + act)
        assert refused.status_code == 403
        assert PLUS not in refused.content.decode()


def test_the_code_is_nowhere_on_the_agent_s_pages(gina: Client) -> None:
    place = call_of(gina)
    post(gina, f"{place}codice/")
    assert present_code() not in gina.get(place).content.decode()
    assert present_code() not in str([*Call.objects.values()])


def test_the_right_code_opens_one_screen(gina: Client) -> None:
    place = verified(gina)
    grant = Grant.objects.get(address=PLUS)
    letter = Notice.objects.get(address=PLUS)
    Notice.objects.filter(pk=letter.pk).update(state=NoticeState.ACCEPTED, since=clock.now())
    text = words_of(gina.get(place))
    for fact in (
        *(PLUS, "libero-plus", "sei mesi di abbonamento in più", "30 aprile 2023", "regolare"),
        *(
            "si dà comunque dopo il termine",
            "L'ultimo giorno era il 30 aprile 2023",
            "Una cosa attende la risposta",
            "posta dall'esterno",
        ),
        code_of(b"a secret for codes in tests", Grant.objects.get(pk=grant.pk).run.name, letter.pk),
    ):
        assert fact in text, fact
    assert "Ricalcolato: coincide con quanto deciso." in text
    [looked] = told(names.MAILBOX_LOOKED_AT)
    assert looked["means"] == "code"
    assert looked["mailbox_id"] == grant.mailbox_id


def test_five_wrong_codes_spend_it(gina: Client) -> None:
    place = call_of(gina)
    post(gina, f"{place}codice/")
    right = present_code()
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for left in (4, 3, 2, 1):
        refused = post(gina, f"{place}verifica/", code=wrong)
        assert refused.status_code == 422
        assert (f"Restano {left} prove" if left > 1 else "Resta una prova") in words_of(refused)
    post(gina, f"{place}verifica/", code=wrong)
    assert post(gina, f"{place}verifica/", code=right).status_code == 409
    assert [one["tries"] for one in told(names.CALLER_CODE_WRONG)] == [1, 2, 3, 4, 5]


def test_a_code_is_good_for_ten_minutes_and_a_call_makes_three(
    gina: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = call_of(gina)
    post(gina, f"{place}codice/")
    right = present_code()
    later(monkeypatch, 11)
    assert post(gina, f"{place}verifica/", code=right).status_code == 409
    for _ in range(2):
        assert post(gina, f"{place}codice/").status_code == 303
    assert post(gina, f"{place}codice/").status_code == 409


def test_a_call_ends_by_itself(gina: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    place = verified(gina)
    later(monkeypatch, 21)
    over = gina.get(place)
    assert over.status_code == 409
    assert PLUS not in over.content.decode()


def test_a_call_is_its_agent_s_and_its_session_s(gina: Client) -> None:
    place = verified(gina)
    people.add("Nina", "quattro parole scelte", [Role.AGENT], actor="test", at=clock.now())
    assert agent("Nina").get(place).status_code == 409
    assert agent("Gina").get(place).status_code == 409
    assert gina.get(place).status_code == 200


def test_the_next_call_ends_the_last_and_an_old_tab_does_nothing(gina: Client) -> None:
    first = verified(gina)
    second = call_of(gina, FREE)
    assert gina.get(first).status_code == 409
    grant = Grant.objects.get(address=PLUS)
    answer = post(gina, f"{first}risposta/{grant.pk}/", answer="yes", key="k")
    assert answer.status_code == 409
    assert not Answer.objects.exists()
    post(gina, f"{second}fine/", about="when")
    assert gina.get(second).status_code == 409
    assert [one["how"] for one in told(names.CALL_ENDED)] == ["next", "left"]
    assert Call.objects.latest("pk").about == "when"


def test_a_second_code_for_a_mailbox_ends_the_other_agent_s_unverified_call(gina: Client) -> None:
    first = call_of(gina)
    post(gina, f"{first}codice/")
    people.add("Nina", "quattro parole scelte", [Role.AGENT], actor="test", at=clock.now())
    nina = agent("Nina")
    verified(nina)
    assert gina.get(first).status_code == 409


# Other means


def test_other_means_are_offered_only_where_the_brand_lists_them(
    gina: Client, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = call_of(gina)
    assert "Verifica in un altro modo" not in words_of(gina.get(place))
    refused = post(gina, f"{place}altro-modo/", means="invoice", reference="the invoice of May")
    assert refused.status_code == 422
    brands = SHIPPED.read_text("utf-8").replace(
        "  hosts: [mail.libero.it, libero.localhost]\n",
        "  hosts: [mail.libero.it, libero.localhost]\n  desk:\n    other_means:\n"
        "      invoice: {it: il numero cliente in fattura, en: the customer number}\n",
    )
    (tmp_path / "brands.yaml").write_text(brands, "utf-8")
    monkeypatch.setenv("RISTORO_BRANDS", str(tmp_path / "brands.yaml"))
    assert "il numero cliente in fattura" in words_of(gina.get(place))
    empty = post(gina, f"{place}altro-modo/", means="invoice", reference=" ")
    assert empty.status_code == 422
    post(gina, f"{place}altro-modo/", means="invoice", reference="fattura di maggio")
    assert PLUS in words_of(gina.get(place))
    [known] = told(names.CALLER_VERIFIED)
    assert (known["means"], known["reference"]) == ("invoice", "fattura di maggio")


# What the caller says


def test_a_yes_is_read_out_recorded_once_and_taken_back(gina: Client) -> None:
    place = verified(gina)
    grant = Grant.objects.get(address=PLUS)
    answering = f"{place}risposta/{grant.pk}/"
    page = words_of(gina.get(answering))
    assert "sei mesi di abbonamento in più" in page
    assert "six months more of your subscription" in page
    assert "non rinuncia a nessun diritto" in page
    assert not Answer.objects.exists()
    text = gina.get(answering).content.decode()
    figures = re.search(r'name="figures" value="([^"]+)"', text)
    assert figures
    form = {"key": form_key(gina, answering), "figures": figures[1], "answer": "yes"}
    done = post(gina, answering, **form)
    assert done.status_code == 303
    assert post(gina, answering, **form)["location"] == done["location"]
    given = Answer.objects.get()
    assert (given.yes, given.channel, given.recorded_by) == (True, "phone", "Gina")
    assert given.proof == f"call {Call.objects.get().pk}, caller verified by code"
    after = words_of(gina.get(done["location"]))
    assert "Ho registrato il Suo sì" in after
    assert "I have recorded your yes" in after
    assert post(gina, f"{answering}ripensamento/", key="back").status_code == 303
    assert not Answer.objects.exists()
    assert Grant.objects.get(pk=grant.pk).state == GrantState.WAITING
    assert Entry.objects.filter(name=names.ANSWER_WITHDRAWN, actor="Gina").count() == 1


def test_an_answer_to_figures_that_were_not_read_is_none(gina: Client) -> None:
    place = verified(gina)
    grant = Grant.objects.get(address=PLUS)
    form = {"key": "k", "figures": "others", "answer": "no"}
    refused = post(gina, f"{place}risposta/{grant.pk}/", **form)
    assert refused.status_code == 409
    assert "Rileggilo" in words_of(refused)
    assert not Answer.objects.exists()


def test_another_mailbox_s_grant_is_not_answered(gina: Client) -> None:
    place = verified(gina, FREE)
    grant = Grant.objects.get(address=PLUS)
    assert post(gina, f"{place}risposta/{grant.pk}/", answer="yes", key="k").status_code == 409
    assert not Answer.objects.exists()


# What the caller asks for


def test_a_fault_is_reported_once_in_the_caller_s_words_without_verifying(gina: Client) -> None:
    place = call_of(gina)
    since = clock.now().astimezone(clock.zone(settings.HOLDERS_ZONE)).strftime("%Y-%m-%dT%H:%M")
    form = {"way": "imap", "since": since, "words": "non entra", "key": "k"}
    first = post(gina, f"{place}guasto/", **form)
    assert first.status_code == 303
    post(gina, f"{place}guasto/", **form)
    report = Report.objects.get()
    assert (report.address, report.way, report.words) == (PLUS, "imap", "non entra")
    assert report.store.startswith("lib-")
    assert Entry.objects.get(name=names.FAULT_REPORTED).actor == "Gina"
    assert f"numero {report.pk}" in words_of(gina.get(first["location"]))
    wrong = post(gina, f"{place}guasto/", **{**form, "words": " ", "key": "other"})
    assert wrong.status_code == 422


def test_a_call_back_goes_through_the_queue(gina: Client) -> None:
    place = call_of(gina)
    text = gina.get(place).content.decode()
    slot = re.search(r'<select id="slot" name="slot">\s*<option value="([^"]+)"', text)
    assert slot
    form = {"number": "02 1234 5678", "slot": slot[1], "words": "spazio", "key": "k"}
    for number in ("12", "tel", ""):
        wrong = post(gina, f"{place}richiamo/", **{**form, "number": number})
        assert wrong.status_code == 422
    post(gina, f"{place}richiamo/", **form)
    post(gina, f"{place}richiamo/", **form)
    one = Callback.objects.get()
    assert one.number == "+390212345678"
    post(gina, f"{place}fine/")
    queue = words_of(gina.get("/sportello/coda/"))
    assert "e•••@libero.it" in queue
    assert "1234" not in queue
    act = f"/sportello/coda/{one.pk}/"
    assert post(gina, f"{act}prendi/").status_code == 303
    assert "+39 02 1234 5678" in words_of(gina.get("/sportello/coda/"))
    people.add("Nina", "quattro parole scelte", [Role.AGENT], actor="test", at=clock.now())
    assert post(agent("Nina"), f"{act}prendi/").status_code == 409
    called = post(gina, f"{act}chiama/")
    page = words_of(gina.get(called["location"]))
    assert f"richiesta {one.pk}" in page
    assert PLUS not in page
    post(gina, f"{act}fatto/")
    one.refresh_from_db()
    assert (one.state, one.number) == ("done", "")
    assert [each["state"] for each in told(names.CALLBACK_MOVED)] == ["taken", "done"]


def test_three_unanswered_calls_end_a_request(gina: Client) -> None:
    place = call_of(gina)
    text = gina.get(place).content.decode()
    slot = re.search(r'<select id="slot" name="slot">\s*<option value="([^"]+)"', text)
    assert slot
    form = {"number": "+39 333 1234567", "slot": slot[1], "words": "spazio", "key": "k"}
    post(gina, f"{place}richiamo/", **form)
    one = Callback.objects.get()
    for _ in range(3):
        post(gina, f"/sportello/coda/{one.pk}/prendi/")
        post(gina, f"/sportello/coda/{one.pk}/senza-risposta/")
    one.refresh_from_db()
    assert (one.state, one.tries) == ("unreached", 3)


# Letters and keys


def test_a_letter_s_code_is_ours_or_not(gina: Client, programme: Programme) -> None:
    letter = Notice.objects.get(address=PLUS)
    Notice.objects.filter(pk=letter.pk).update(state=NoticeState.ACCEPTED)
    code = code_of(b"a secret for codes in tests", programme.name, letter.pk)
    asked = {"code": code.lower(), "address": PLUS}
    assert "Sì, è nostro" in words_of(post(gina, "/sportello/verifica/", **asked))
    asked = {"code": code, "address": FREE}
    assert "Non è un messaggio per questa casella" in words_of(
        post(gina, "/sportello/verifica/", **asked)
    )
    place = call_of(gina)
    assert "Sì, è nostro" in words_of(post(gina, f"{place}lettera/", code=code))
    assert "Non è un nostro codice" in words_of(post(gina, f"{place}lettera/", code="1234"))


def test_single_keys_can_be_switched_off(gina: Client) -> None:
    assert 'data-keys="on"' in gina.get("/sportello/tasti/").content.decode()
    post(gina, "/sportello/tasti/scelta/")
    assert 'data-keys="off"' in gina.get("/sportello/").content.decode()
    post(gina, "/sportello/tasti/scelta/", on="1")
    assert 'data-keys="on"' in gina.get("/sportello/").content.decode()


def test_the_desk_speaks_english_too(programme: Programme) -> None:
    programme.approve()
    client = agent("Gina", "en")
    place = verified(client)
    page = words_of(client.get(place))
    assert "six months more of your subscription" in page
    assert "What you can say" in page
