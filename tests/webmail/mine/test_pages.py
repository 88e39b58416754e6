"""The holder's own pages: what happened, what is owed and why, the card, the receipt, the code."""

from __future__ import annotations

import gettext
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.fulfilment.stage import AT
from tests.webmail.mine.conftest import FREE, OTHER, Own, SignIn

from ristoro.faces import webmail as webmail_face
from ristoro.faces.webmail.mine import views
from ristoro.fulfilment import consent
from ristoro.fulfilment.consent import Said, Silence
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.fulfilment.receipts import number_of
from ristoro.journal.models import Entry
from ristoro.notices.codes import code_of
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.models import Run, RunState
from ristoro.workers import shift
from ristoro.workers.counted import miscounts
from ristoro.workers.models import Act, Chunk, ChunkState

SECRET = b"a secret for codes in tests"
MINE = Path(webmail_face.__file__).parent / "mine"


def test_the_page_tells_what_happened_and_what_is_owed(own: Own) -> None:
    text = own.text("/ristoro/")
    assert "<svg" in text
    assert "webmail" in text
    assert "29 febbraio 2024" in text
    assert "31 agosto 2023" in text
    assert "Una cosa aspetta la tua risposta." in text
    assert "Te lo diamo lo stesso, dopo il 30 aprile 2023." in text
    for day in ("2023-04-16", "2023-04-27"):
        assert re.search(f'<time datetime="{day}">.*?te lo ricordiamo', text, re.S)
    assert "<strong>webmail</strong> problemi per 5 giorni e 8 ore" in text
    assert "risarcimento" in text
    assert OTHER not in text


def test_the_rule_is_two_clicks_away(own: Own) -> None:
    text = own.text("/ristoro/")
    first, second = text.index("Perché: Ristoro"), text.index("La regola stessa")
    assert first < text.index("Si dà a chi conferma entro il 30 apr 2023") < second
    assert second < text.index("extension: extra_months")


def test_other_mailboxes_of_the_holder_are_named_so_that_only_they_know_them(
    sign_in: SignIn,
) -> None:
    text = sign_in(FREE).text("/ristoro/")
    assert "f•••@virgilio.it" in text
    assert "free@virgilio.it" not in text


def test_after_the_last_day_the_card_says_what_comes(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "today", lambda: date(2023, 5, 8))
    text = own.text("/ristoro/")
    assert "era il 30 aprile 2023: te lo diamo lo stesso. Puoi ancora rispondere qui." in text
    assert "te lo ricordiamo" not in text
    assert own.say()["location"] == own.receipt_place


def test_the_page_is_in_english_too(sign_in: SignIn) -> None:
    text = sign_in(lang="en").text("/ristoro/")
    assert "29 February 2024" in text
    assert "We give it to you all the same after 30 April 2023." in text
    assert "<strong>webmail</strong> trouble for 5 days and 8 hours" in text


def test_a_free_mailbox_sees_its_space_before_and_after(sign_in: SignIn) -> None:
    text = sign_in(FREE).text("/ristoro/")
    assert "<meter" in text
    assert "1,2 GB" in text
    assert "Spazio prima" in text
    assert "Non devi fare nulla." in text
    assert re.search(r"La tua casella ora</dt>\s*<dd>\S+ \S+ usati su 1 GB</dd>", text)
    assert 'name="answer"' not in text


def test_a_mailbox_of_no_programme_is_told_so(sign_in: SignIn) -> None:
    text = sign_in("nessuno@libero.it").text("/ristoro/")
    assert "Nessun programma riguarda questa casella." in text


def test_looking_changes_nothing(own: Own) -> None:
    before = rows()
    for place in ("/ristoro/", own.card_place, own.receipt_place, "/ristoro/verifica/"):
        own.get(place)
        own.client.head(place)
    assert rows() == before


def rows() -> tuple[Any, ...]:
    return (
        list(Grant.objects.order_by("id").values_list("id", "state", "result")),
        Answer.objects.count(),
        Entry.objects.count(),
        list(Chunk.objects.order_by("id").values_list("id", "state")),
    )


def test_a_yes_is_recorded_and_has_a_receipt(own: Own) -> None:
    answer = own.say()
    assert (answer.status_code, answer["location"]) == (303, own.receipt_place)
    assert own.grant.state == GrantState.PLANNED
    given = Answer.objects.get()
    assert (given.yes, given.channel, given.recorded_by) == (True, "webmail", "holder")
    assert "signed in to the webmail, session " in given.proof
    text = own.text(own.receipt_place)
    assert number_of(own.grant.id) in text
    assert "Hai detto di sì qui" in text
    assert "Ritira la mia risposta" in text
    assert {one.state for one in Chunk.objects.filter(act=Act.GRANTS)} == {ChunkState.OPEN}
    assert miscounts(own.grant.run_id) == []


def test_a_no_is_recorded_and_has_a_receipt(own: Own) -> None:
    answer = own.say("no", reason="  Ho un'altra\r\ncasella <b>")
    assert answer["location"] == own.receipt_place
    assert own.grant.state == GrantState.DECLINED
    text = own.text(own.receipt_place)
    assert "Hai detto di no" in text
    assert "Ho un&#x27;altra casella &lt;b&gt;" in text
    assert Answer.objects.get().reason == "Ho un'altra casella <b>"


def test_a_reason_is_cut_and_a_yes_has_none(own: Own) -> None:
    own.say("no", reason="x" * 900)
    assert len(Answer.objects.get().reason) == 500
    own.client.post(f"/ristoro/{own.grant.id}/ripensamento/", own.fields(own.receipt_place))
    own.say("yes", reason="perché sì")
    assert Answer.objects.get().reason == ""


def test_once_it_is_made_the_page_shows_the_new_date_and_no_way_back(own: Own) -> None:
    own.say()
    Grant.objects.filter(id=own.grant.id).update(state=GrantState.VERIFIED)
    text = own.text(own.receipt_place)
    assert '<time datetime="2024-02-29">29 febbraio 2024</time>' in text
    assert "Ritira la mia risposta" not in text
    assert "È fatto." in own.text("/ristoro/")


def test_an_answer_is_taken_back_and_given_again(own: Own) -> None:
    own.say()
    back = {**own.fields(own.receipt_place)}
    answer = own.client.post(f"/ristoro/{own.grant.id}/ripensamento/", back)
    assert (answer.status_code, answer["location"]) == (303, own.card_place)
    assert own.grant.state == GrantState.WAITING
    assert own.answers() == 0
    own.say("no")
    assert own.grant.state == GrantState.DECLINED
    assert miscounts(own.grant.run_id) == []


def test_what_is_being_made_is_not_taken_back(own: Own) -> None:
    own.say()
    fields = own.fields(own.receipt_place)
    Chunk.objects.filter(act=Act.GRANTS).update(state=ChunkState.LEASED)
    answer = own.client.post(f"/ristoro/{own.grant.id}/ripensamento/", fields)
    assert answer.status_code == 409
    assert "È già in corso" in answer.content.decode()
    assert own.grant.state == GrantState.PLANNED


def test_another_answer_is_told_that_the_first_one_stands(own: Own) -> None:
    fields = own.fields()
    later = own.fields()
    own.client.post(own.card_place, {**fields, "answer": "yes"})
    answer = own.client.post(own.card_place, {**later, "answer": "no"})
    assert answer.status_code == 409
    assert "Prima è stata data un&#x27;altra risposta" in answer.content.decode()
    assert Answer.objects.get().yes


def test_an_answer_by_telephone_is_shown_and_not_taken_back_here(own: Own) -> None:
    said = Said(True, "phone", "call 4711", None, AT)
    with pytest.raises(Exception, match="nobody"):
        consent.answer(Run.objects.get(), own.grant.id, said, Silence.GIVE, shift.keep)
    own.say()
    Answer.objects.update(channel="phone", recorded_by="gina")
    assert "per un&#x27;altra via" in own.text(own.receipt_place)
    assert "Ritira la mia risposta" not in own.text(own.receipt_place)


def test_the_language_switch_is_on_the_card(own: Own) -> None:
    assert f'name="next" value="{own.card_place}"' in own.text(own.card_place)


def test_a_closed_programme_takes_no_answer(own: Own) -> None:
    fields = own.fields()
    Run.objects.update(state=RunState.CLOSED)
    answer = own.client.post(own.card_place, {**fields, "answer": "yes"})
    assert answer.status_code == 409
    assert own.answers() == 0


# The code of a letter


def printed(own: Own) -> str:
    notice = Notice.objects.get(address=own.address)
    Notice.objects.filter(id=notice.id).update(state=NoticeState.VERIFIED)
    return code_of(SECRET, Run.objects.get().name, notice.id)


def typed(own: Own, code: str) -> str:
    token = own.fields("/ristoro/verifica/")["csrfmiddlewaretoken"]
    form = {"csrfmiddlewaretoken": token, "code": code}
    answer = own.client.post("/ristoro/verifica/", form)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_code_is_checked_without_an_address_and_answered_from_there(own: Own) -> None:
    code = printed(own)
    text = typed(own, code.lower().replace("-", " "))
    assert f"Sì: {code} è il codice" in text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    assert fields["code"] == code
    answer = own.client.post(own.card_place, {**fields, "answer": "yes"})
    assert answer.status_code == 303
    assert f"typed the code {code} of its letter" in Answer.objects.get().proof


def test_a_code_of_another_mailbox_is_none_of_this_one(own: Own, sign_in: SignIn) -> None:
    text = typed(own, printed(sign_in(OTHER)))
    assert "nessun avviso a questa casella ha il codice" in text
    assert 'name="answer"' not in text


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "BCDF-GHJL", "<script>alert(1)</script>"])
def test_what_is_no_code_is_said_to_be_none(own: Own, code: str) -> None:
    text = typed(own, code)
    assert "No: nessun nostro avviso ha un codice così." in text
    assert "<script>alert" not in text


def test_checking_a_code_changes_nothing(own: Own) -> None:
    code = printed(own)
    before = rows()
    typed(own, code)
    assert rows() == before


# Words


def test_every_sentence_of_these_pages_has_its_italian() -> None:
    with (MINE / "locale/it/LC_MESSAGES/django.mo").open("rb") as file:
        known = {
            key[0] if isinstance(key, tuple) else key
            for key in gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        }
    wanted = set()
    for path in MINE.rglob("*.html"):
        text = path.read_text("utf-8")
        wanted |= set(re.findall(r'{% translate "([^"]*)"', text))
        for block in re.findall(
            r"{% blocktranslate[^%]*%}(.*?)(?:{% plural %}.*?)?{% endblocktranslate %}", text, re.S
        ):
            wanted.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", block).strip())
    for path in MINE.glob("*.py"):
        text = re.sub(r'"\n\s*"', "", path.read_text("utf-8"))
        wanted |= set(re.findall(r'(?:\b_|gettext_lazy|ngettext)\(\s*"([^"]+)"', text))
    assert len(wanted) > 60
    assert sorted(wanted - known) == []
