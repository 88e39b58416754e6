"""Lists, search, marks, moves and the way back."""

from __future__ import annotations

import imaplib
import re
from typing import Any

import pytest
from tests.mailboxes.conftest import letter
from tests.webmail.conftest import Reader, fill

from ristoro.edges.mailboxes.contract import Query
from ristoro.faces.webmail.mail import lists
from ristoro.faces.webmail.mail.queries import read

pytestmark = pytest.mark.host


def subjects(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return re.findall(r'class="subject">([^<]*)<', answer.content.decode())


def act(reader: Reader, act: str, *uids: int, page: str = "/posta/", **more: str) -> Any:
    text = reader.get(page).content.decode()
    named = dict(re.findall(r'name="(folder|uidvalidity)" value="([^"]*)"', text))
    return reader.post("/posta/agisci/", page=page, act=act, uid=list(uids), **named, **more)


def test_the_inbox_is_newest_first_and_empty_is_said_in_words(reader: Reader) -> None:
    assert "Qui non c'è nessun messaggio" in reader.get("/posta/").content.decode().replace(
        "&#x27;", "'"
    )
    fill(reader.box, 3)
    assert subjects(reader.get("/posta/")) == ["Messaggio 3", "Messaggio 2", "Messaggio 1"]


def test_lists_page_by_fifty_and_back(reader: Reader) -> None:
    fill(reader.box, 104)
    first = reader.get("/posta/")
    assert subjects(first) == [f"Messaggio {n}" for n in range(104, 54, -1)]
    assert '1–<span id="last">50</span> di 104' in first.content.decode()
    older = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
    assert older
    second = reader.get(older[1])
    assert subjects(second)[0] == "Messaggio 54"
    assert '51–<span id="last">100</span> di 104' in second.content.decode()
    newer = re.search(r'rel="prev" href="([^"]+)"', second.content.decode())
    assert newer
    assert reader.get(newer[1])["location"] == "/posta/"


@pytest.mark.parametrize("name", ["archive", "trash", "junk"])
def test_what_is_moved_is_offered_back_and_comes_back(reader: Reader, name: str) -> None:
    fill(reader.box, 3)
    answer = act(reader, name, 1, 3)
    assert (answer.status_code, answer["location"]) == (303, "/posta/")
    page = reader.get("/posta/")
    assert subjects(page) == ["Messaggio 2"]
    text = page.content.decode()
    mark = re.search(r'name="mark" value="([^"]+)"', text)
    assert mark
    assert "2 messaggi" in text
    answer = reader.post("/posta/annulla/una/", page="/posta/", mark=mark[1], next="/posta/")
    assert (answer.status_code, answer["location"]) == (303, "/posta/")
    after = reader.get("/posta/")
    assert sorted(subjects(after)) == ["Messaggio 1", "Messaggio 2", "Messaggio 3"]
    assert 'name="mark"' not in after.content.decode()


def test_the_undo_of_another_session_is_worth_nothing(reader: Reader) -> None:
    fill(reader.box, 1)
    act(reader, "trash", 1)
    reader.post("/esci/", page="/impostazioni/")
    reader.sign_in()
    assert "Nulla" in reader.get("/posta/annulla/").content.decode()


def test_stars_and_read_marks_are_put_and_taken(reader: Reader) -> None:
    fill(reader.box, 2)
    act(reader, "read", 1, 2)
    act(reader, "star", 2)
    rows = reader.box.page("INBOX").rows
    assert [(row.seen, row.flagged) for row in rows] == [(True, True), (True, False)]
    act(reader, "unread", 1)
    act(reader, "unstar", 2)
    rows = reader.box.page("INBOX").rows
    assert [(row.seen, row.flagged) for row in rows] == [(True, False), (False, False)]


def test_removing_for_good_asks_first(reader: Reader) -> None:
    fill(reader.box, 2, "Cestino")
    assert "questo non si può annullare" in (
        act(reader, "remove", 1, page="/posta/Cestino/").content.decode().lower()
    )
    assert reader.box.page("Cestino").total == 2
    assert act(reader, "remove", 1, page="/posta/Cestino/", sure="1").status_code == 303
    assert reader.box.page("Cestino").total == 1


def test_a_message_moves_to_any_folder(reader: Reader) -> None:
    fill(reader.box, 1)
    reader.box.make_folder("A/B ~ ù cerca?".replace("/", "-"))
    act(reader, "move", 1, to="A-B ~ ù cerca?")
    text = reader.get("/posta/").content.decode()
    place = re.search(r'href="(/posta/A-B[^"]+)"', text)
    assert place
    assert subjects(reader.get(place[1])) == ["Messaggio 1"]


def test_nothing_selected_is_said_and_the_same_form_may_be_sent_again(reader: Reader) -> None:
    fill(reader.box, 1)
    assert act(reader, "trash").status_code == 422
    assert act(reader, "nonsense", 1).status_code == 422


def test_answers_join_their_conversation_and_namesakes_stay_apart(reader: Reader) -> None:
    for number, subject in enumerate(["Cena", "Novità", "Re: Cena", "Novità", "R: Re: cena"], 1):
        reader.box.append("INBOX", letter(number, subject=subject.replace("à", "a'")))
    found = subjects(reader.get("/posta/"))
    assert found == ["R: Re: cena", "Novita&#x27;", "Novita&#x27;"]
    assert "2 messaggi precedenti" in reader.get("/posta/").content.decode()


def test_search_finds_and_says_how_to_narrow(reader: Reader) -> None:
    fill(reader.box, 60)
    assert subjects(reader.get("/posta/cerca/", data={"q": "oggetto:messaggio 33"})) == [
        "Messaggio 33"
    ]
    page = reader.get("/posta/cerca/", data={"q": "da:anna"})
    assert '1–<span id="last">50</span> di 60' in page.content.decode()
    assert "Nessun messaggio" in reader.get("/posta/cerca/", data={"q": "x9"}).content.decode()


def test_a_large_folder_is_searched_by_people_and_subjects_first(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LARGE", 2)
    fill(reader.box, 3)
    assert subjects(reader.get("/posta/cerca/", data={"q": "carla messaggio"})) == [
        f"Messaggio {number}" for number in (3, 2, 1)
    ]
    page = reader.get("/posta/cerca/", data={"q": "testo"}).content.decode()
    assert "Nessun messaggio" in page
    deeper = re.search(r'href="([^"]+tutto=1)"', page)
    assert deeper
    assert len(subjects(reader.get(deeper[1].replace("&amp;", "&")))) == 3


def test_a_list_costs_three_commands(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(reader.box, 2)
    reader.get("/posta/")
    sent: list[str] = []
    plain = imaplib.IMAP4._command  # type: ignore[attr-defined]

    def counted(self: Any, name: str, *args: Any) -> Any:
        sent.append(name)
        return plain(self, name, *args)

    monkeypatch.setattr(imaplib.IMAP4, "_command", counted)
    reader.get("/posta/")
    assert len(sent) <= 3, sent


def test_a_folder_that_is_not_there_is_said_to_be_gone(reader: Reader) -> None:
    answer = reader.get("/posta/Mai esistita/")
    assert answer.status_code == 404
    assert "Non è più qui" in answer.content.decode()


def test_a_query_is_read_in_both_languages() -> None:
    assert read('da:anna "due parole" non-letti') == Query(
        words=("due parole",), sender="anna", unseen=True
    )
    assert read("from:anna starred x:y") == Query(words=("x:y",), sender="anna", flagged=True)
    assert read("since:2023-01-22").since is not None
    assert read("dal:boh").words == ("dal:boh",)
