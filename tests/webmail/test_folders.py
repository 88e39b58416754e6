"""The holder's own folders, and what is emptied."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.webmail.conftest import Reader, fill

from ristoro.edges.mailboxes.contract import Gone

pytestmark = pytest.mark.host

PLACE = "/posta/cartelle/"


def send(reader: Reader, act: str, **form: str) -> Any:
    return reader.post(f"{PLACE}{act}/", page=PLACE, **form)


def paths(reader: Reader) -> set[str]:
    return {one.path for one in reader.box.folders()}


def test_a_folder_is_made_renamed_and_removed_with_its_mail_in_the_trash(reader: Reader) -> None:
    assert send(reader, "nuova", name="Lavoro").status_code == 303
    assert send(reader, "nuova", name="2023", inside="Lavoro").status_code == 303
    assert paths(reader) == {"INBOX", "Lavoro", "Lavoro.2023"}
    assert send(reader, "rinomina", folder="Lavoro.2023", name="Più vecchi").status_code == 303
    assert "Lavoro.Più vecchi" in paths(reader)
    fill(reader.box, 2, "Lavoro.Più vecchi")
    asked = send(reader, "togli", folder="Lavoro.Più vecchi")
    assert "I suoi 2 messaggi vanno nel cestino" in asked.content.decode()
    assert send(reader, "togli", folder="Lavoro.Più vecchi", sure="1").status_code == 303
    assert paths(reader) == {"INBOX", "Lavoro", "Cestino"}
    assert reader.box.page("Cestino").total == 2


@pytest.mark.parametrize("name", ["", " ", "a.b", "a/b", "~x", "#x", "a%", "x" * 61, "lavoro"])
def test_a_name_that_cannot_be_is_refused_in_words(reader: Reader, name: str) -> None:
    reader.box.make_folder("Lavoro")
    answer = send(reader, "nuova", name=name)
    assert answer.status_code == 422
    assert "Non è cambiato nulla" in answer.content.decode()
    assert paths(reader) == {"INBOX", "Lavoro"}


def test_the_folders_that_mail_needs_are_neither_renamed_nor_removed(reader: Reader) -> None:
    reader.box.make_folder("Cestino")
    for path in ("INBOX", "Cestino", "Mai esistita"):
        assert send(reader, "rinomina", folder=path, name="Altro").status_code == 422
        assert send(reader, "togli", folder=path, sure="1").status_code == 422
    assert paths(reader) == {"INBOX", "Cestino"}


def test_the_trash_is_emptied_of_what_was_seen_and_only_after_asking(reader: Reader) -> None:
    fill(reader.box, 3, "Cestino")
    text = reader.get("/posta/Cestino/").content.decode()
    form = dict(re.findall(r'name="(folder|uidvalidity|upto)" value="([^"]*)"', text))
    asked = send(reader, "svuota", **form)
    assert "Eliminare per sempre i 3 messaggi in Cestino" in asked.content.decode()
    assert reader.box.page("Cestino").total == 3
    fill(reader.box, 1, "Cestino")
    answer = send(reader, "svuota", **form, sure="1")
    assert (answer.status_code, answer["location"]) == (303, "/posta/Cestino/")
    assert reader.box.page("Cestino").total == 1


def test_no_other_folder_is_emptied(reader: Reader) -> None:
    fill(reader.box, 1)
    form = {"folder": "INBOX", "uidvalidity": str(reader.box.page("INBOX").uidvalidity)}
    assert send(reader, "svuota", **form, upto="9", sure="1").status_code == 422
    assert reader.box.page("INBOX").total == 1


def test_keys_go_to_a_folder_by_what_it_is_for(reader: Reader) -> None:
    reader.box.make_folder("Posta inviata")
    assert reader.get("/posta/vai/sent/")["location"] == "/posta/Posta%20inviata/"
    assert reader.get("/posta/vai/trash/")["location"] == "/posta/"
    assert reader.get("/posta/vai/nulla/").status_code == 404


def test_folders_are_in_one_order_and_tell_what_waits(reader: Reader) -> None:
    for path in ("Zeta", "Cestino", "Bozze", "Alfa"):
        fill(reader.box, 2, path)
    text = reader.get("/posta/").content.decode()
    names = re.findall(r'class="name">([^<]+)<', text)
    assert names == ["Posta in arrivo", "Bozze", "Cestino", "Alfa", "Zeta"]
    assert re.findall(r'class="tally">(\d)<span class="unseen"> ([^<]+)<', text) == [
        ("2", "da finire"),
        ("2", "da leggere"),
        ("2", "da leggere"),
    ]


def test_a_removed_folder_is_gone(reader: Reader) -> None:
    reader.box.make_folder("Vuota")
    assert "È vuota" in send(reader, "togli", folder="Vuota").content.decode()
    send(reader, "togli", folder="Vuota", sure="1")
    with pytest.raises(Gone):
        reader.box.page("Vuota")
