"""Estates on the console: sent, looked at, mapped, imported, refused with reasons, thrown away."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.faces.conftest import post, signed_in
from tests.faces.programme import AT, Programme
from tests.faces.test_console import words_of

from ristoro.errands import kinds, places, uploads
from ristoro.errands.estates import KIND
from ristoro.estate.sample import sample
from ristoro.journal.models import Entry
from ristoro.kernel import clock
from ristoro.workers.models import Errand, ErrandState

PLACE = "/console/importazioni/"
AS_OF = {"as_of": "2023-02-10T10:00:00", "zone": "Europe/Rome", "mapping": "", "key": "one"}
OWN = """Mail,Marchio,Piano,Creata,Spazio
a@libero.it,libero,libero-free,2012-03-05T09:30,1073741824
b@libero.it,libero,=free,2012-03-05T09:30,1073741824
not an address,libero,libero-free,2012-03-05T09:30,1073741824
a@libero.it,libero,libero-free,2012-03-05T09:30,1073741824
"""
COLUMNS = {
    "address": "Mail", "brand": "Marchio", "plan": "Piano", "created_at": "Creata",
    "plan_since": "Creata", "storage_bytes": "Spazio",
}  # fmt: skip
SAME = {
    "store": "lib-01", "locale": "it", "standing": "good", "price": "0", "currency": "EUR",
    "billing_months": "0", "used_bytes": "0", "ways": "webmail+imap",
}  # fmt: skip


@pytest.fixture
def olga(programme: Programme) -> Client:
    del programme
    return signed_in("Olga")


def send(client: Client, content: bytes, name: str = "estate.csv", **form: Any) -> Any:
    token = client.cookies["csrftoken"].value
    sent = {"csrfmiddlewaretoken": token, **form, "file": SimpleUploadedFile(name, content)}
    return client.post(f"{PLACE}carica/", sent)


def sample_file(folder: Path, rows: int = 60) -> bytes:
    path = folder / "sample.csv"
    sample(rows, 3, path, as_of=AT, progress=lambda done: None)
    return path.read_bytes()


def do_all() -> None:
    kinds.run("test", Event(), clock.now, time.monotonic, until_idle=True)


def left() -> list[str]:
    folder = places.uploads()
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# Sending


def test_a_file_is_kept_under_its_digest_and_shown(olga: Client, tmp_path: Path) -> None:
    content = sample_file(tmp_path)
    sent = send(olga, content, "../../etc/caselle à.csv")
    assert sent.status_code == 303
    [name, note] = left()
    assert note == f"{name}.json"
    assert (places.uploads() / name).read_bytes() == content
    assert sent["location"] == f"{PLACE}file/{name}/"
    text = words_of(olga.get(sent["location"]))
    assert "caselle à.csv" in text
    assert "Nell'ora di" in text
    assert "In queste righe non c'è niente di sbagliato" in text
    assert send(olga, content, "again.csv")["location"] == sent["location"]
    assert Entry.objects.filter(name="estate.upload.received").count() == 1
    assert "caselle à.csv" in words_of(olga.get(PLACE))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("estate.xlsx", b"PK", "unknown-format"), ("empty.csv", b"", "empty")],
)
def test_what_cannot_be_an_estate_is_refused(
    olga: Client, name: str, content: bytes, code: str
) -> None:
    answer = send(olga, content, name)
    assert answer.status_code in (409, 422)
    assert code in answer.content.decode()
    assert left() == []


def test_a_file_that_is_too_large_is_refused_and_removed(
    olga: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = uploads.Coming
    monkeypatch.setattr(
        "ristoro.faces.console.estates.receiving.Coming", lambda name: made(name, 100_000)
    )
    answer = send(olga, b"x" * 200_000)
    assert "too-large" in answer.content.decode()
    assert left() == []


def test_a_file_from_elsewhere_leaves_nothing(olga: Client) -> None:
    sent = {"csrfmiddlewaretoken": "x" * 64, "file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")}
    assert olga.post(f"{PLACE}carica/", sent).status_code == 403
    assert left() == []


def test_only_operators_act_and_some_look(programme: Programme, olga: Client) -> None:
    there = send(olga, OWN.encode())["location"]
    for name, looks in {"Aldo": 200, "Ivo": 200, "Gina": 403}.items():
        client = signed_in(name)
        assert client.get(PLACE).status_code == client.get(there).status_code == looks
        assert send(client, b"a\n1\n").status_code == 403
        for act in ("importa/", "elimina/", "mappatura/"):
            assert post(client, f"{there}{act}").status_code == 403
    assert not Errand.objects.exists()
    visitor = Client()
    assert visitor.get(there).status_code == 302
    assert visitor.post(f"{PLACE}carica/", {"file": SimpleUploadedFile("a.csv", b"a")}).status_code
    assert len(left()) == 2


# Importing


def test_an_estate_is_imported_and_counted(olga: Client, tmp_path: Path) -> None:
    there = send(olga, sample_file(tmp_path))["location"]
    asked = post(olga, f"{there}importa/", **AS_OF, allowed_bad="0")
    assert asked.status_code == 303
    assert post(olga, f"{there}importa/", **AS_OF, allowed_bad="0")["location"] == asked["location"]
    assert "È in corso di importazione" in words_of(olga.get(there))
    do_all()
    errand = Errand.objects.get(kind=KIND)
    assert errand.params["as_of"] == "2023-02-10T09:00:00+00:00"
    page = olga.get(asked["location"]).content.decode()
    snapshot = f"{PLACE}fotografie/{errand.result['digest']}/"
    assert snapshot in page
    text = words_of(olga.get(snapshot))
    assert "60 caselle" in text
    assert "10 febbraio 2023, 09:00 UTC" in text
    assert "libero-free" in text
    assert "nessuna riga esclusa" in text
    listed = words_of(signed_in("Ivo").get(PLACE))
    assert errand.result["digest"][:16] in listed
    assert "fatto" in listed
    assert "non ancora importato" not in listed
    assert Entry.objects.filter(name="estate.snapshot.imported").count() == 1


def test_an_instant_is_needed_and_must_be_one(olga: Client, tmp_path: Path) -> None:
    there = send(olga, sample_file(tmp_path))["location"]
    for wrong, code in (
        ({"as_of": ""}, "no-instant"),
        ({"as_of": "soon"}, "wrong-value"),
        ({"as_of": "2022-10-30T02:30"}, "happens twice"),
        ({"zone": "Mars"}, "not a time zone"),
        ({"mapping": "../secrets"}, "not-there"),
        ({"mapping": "postfixadmin"}, "unknown-column"),
    ):
        answer = post(olga, f"{there}importa/", **{**AS_OF, **wrong})
        assert answer.status_code in (404, 409, 422)
        assert code in answer.content.decode(), wrong
    assert not Errand.objects.exists()


# Mapping


def test_columns_are_chosen_one_by_one(olga: Client) -> None:
    there = send(olga, OWN.encode())["location"]
    text = words_of(olga.get(there))
    assert "there is no place for a column" in text
    assert "Importa questo file" not in text
    assert olga.get(f"{there}mappatura/").content.decode().count("<select") > 20
    form = {f"column-{name}": column for name, column in COLUMNS.items()}
    form |= {f"same-{name}": value for name, value in SAME.items()}
    kept = post(olga, f"{there}mappatura/", how="choices", zone="Europe/Rome", **form)
    assert kept.status_code == 303
    text = words_of(olga.get(kept["location"]))
    assert "2012-03-05 08:30:00" in text
    assert "an address has an @" in text
    name = kept["location"].rpartition("=")[2]
    asked = post(olga, f"{there}importa/", **{**AS_OF, "mapping": name}, allowed_bad="2")
    do_all()
    page = words_of(olga.get(asked["location"]))
    assert "3 of 4 rows are wrong" in page
    assert "riga 4" in page
    assert "estate.csv" in page
    assert f"{there}scarti/" in olga.get(asked["location"]).content.decode()
    assert str(places.home()) not in page
    again = olga.get(f"{there}mappatura/?da={name}").content.decode()
    assert "<option selected>Marchio</option>" in again
    assert 'value="webmail+imap"' in again

    text = words_of(olga.get(there))
    assert "lo stesso indirizzo due volte" in text
    listed = olga.get(f"{there}scarti/")
    rows = list(csv.DictReader(io.StringIO(listed.getvalue().decode("utf-8-sig"))))
    assert [(row["file"], row["line"], row["field"]) for row in rows] == [
        ("estate.csv", "4", "Mail"), ("estate.csv", "2", "address"), ("estate.csv", "5", "address"),
    ]  # fmt: skip

    more = {**AS_OF, "mapping": name, "key": "two"}
    post(olga, f"{there}importa/", **more, allowed_bad="3")
    do_all()
    done = Errand.objects.get(kind=KIND, state=ErrandState.DONE)
    page = olga.get(f"{PLACE}fotografie/{done.result['digest']}/")
    assert "3 righe sbagliate escluse" in words_of(page)


def test_a_mapping_is_written_or_sent_and_refused_with_its_place(olga: Client) -> None:
    there = send(olga, OWN.encode())["location"]
    wrong = post(olga, f"{there}mappatura/", how="text", text="columns:\n  adress: Mail\n")
    assert wrong.status_code == 422
    assert "text:2" in wrong.content.decode()
    assert "adress: Mail" in wrong.content.decode()
    lines = [f"  {name}: {value}" for name, value in COLUMNS.items()]
    lines += [f"  {name}: {{ value: '{value}' }}" for name, value in SAME.items()]
    text = "\n".join(["zone: Europe/Rome", "columns:", *lines, ""])
    written = post(olga, f"{there}mappatura/", how="text", text=text.replace("\n", "\r\n"))
    token = olga.cookies["csrftoken"].value
    file = SimpleUploadedFile("m.yaml", text.encode())
    form = {"csrfmiddlewaretoken": token, "how": "file", "file": file}
    sent = olga.post(f"{there}mappatura/", form)
    assert sent["location"] == written["location"]
    assert "2012-03-05 08:30:00" in words_of(olga.get(sent["location"]))


# Throwing away


def test_an_upload_is_thrown_away_unless_it_is_read(olga: Client, tmp_path: Path) -> None:
    there = send(olga, sample_file(tmp_path))["location"]
    post(olga, f"{there}importa/", **AS_OF)
    refused = post(olga, f"{there}elimina/")
    assert refused.status_code == 409
    assert len(left()) == 2
    do_all()
    assert post(olga, f"{there}elimina/").status_code == 303
    assert left() == []
    assert olga.get(there).status_code == 404
    digest = Errand.objects.get(kind=KIND).result["digest"]
    assert "60 caselle" in words_of(olga.get(f"{PLACE}fotografie/{digest}/"))
    assert Entry.objects.filter(name="estate.upload.discarded").count() == 1
    assert olga.get(f"{PLACE}file/..%2F..%2Fetc/").status_code == 404
