"""The journal's pages: who sees what, found by subject, person and day, proved and taken away."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from tests.faces.conftest import post, signed_in
from tests.faces.ended import done
from tests.faces.programme import AT, Programme
from tests.faces.test_public import words_of

from ristoro.journal import names, reading
from ristoro.journal.append import append, current_head
from ristoro.journal.models import Entry
from ristoro.journal.reading import Wanted
from ristoro.kernel.keys import canonical_json
from ristoro.workers.models import Errand, ErrandState

JOURNAL = "/console/registro/"


def write(count: int, name: str = names.CHUNK_RECORDED, actor: str = "worker 1") -> None:
    with transaction.atomic():
        for number in range(count):
            at = AT + timedelta(minutes=number)
            append(actor, name, "run 1", {"rows": number}, at)


def numbers_on(answer: Any) -> list[int]:
    text = answer.content.decode()
    return [
        int(part.split("/")[0])
        for part in text.split(f'href="{JOURNAL}')[1:]
        if part[0] in "123456789"
    ]


# Who sees what


@pytest.mark.parametrize("name", ["Olga", "Aldo", "Ivo"])
def test_the_journal_is_open_to_those_who_answer_for_a_run(programme: Programme, name: str) -> None:
    client = signed_in(name)
    told = words_of(client.get(JOURNAL))
    assert "Una decisione è stata inserita" in told
    assert ("È stata aggiunta una persona" in told) == (name == "Ivo")
    person = Entry.objects.filter(name=names.PERSON_ADDED).order_by("number")[0]
    assert client.get(f"{JOURNAL}{person.number}/").status_code == (200 if name == "Ivo" else 404)


def test_agents_do_not_read_the_journal(programme: Programme) -> None:
    client = signed_in("Gina")
    for path in (JOURNAL, f"{JOURNAL}catena/", f"{JOURNAL}prove/", f"{JOURNAL}1/"):
        assert client.get(path).status_code == 403


def test_looks_at_single_mailboxes_are_seen_by_auditors_alone(programme: Programme) -> None:
    looking = signed_in("Olga")
    path = f"/console/esecuzioni/{programme.name}/spiegazione/"
    assert post(looking, path, mailbox="only.imap@libero.it").status_code == 200
    found = signed_in("Ivo", "en").get(JOURNAL, {"cosa": "sguardi"})
    assert "looked at what one mailbox was decided to get" in words_of(found)
    (number,) = set(numbers_on(found))
    told = words_of(signed_in("Ivo").get(f"{JOURNAL}{number}/"))
    assert "only.imap@libero.it" in told
    assert signed_in("Olga").get(f"{JOURNAL}{number}/").status_code == 404


# Finding


def test_a_run_is_found_by_its_name_and_a_person_by_theirs(programme: Programme) -> None:
    client = signed_in("Ivo")
    of_run = client.get(JOURNAL, {"oggetto": programme.name})
    subjects = set(
        Entry.objects.filter(pk__in=numbers_on(of_run)).values_list("subject", flat=True)
    )
    assert subjects == {f"run {programme.run.pk}"}
    by_berta = client.get(JOURNAL, {"chi": "Berta", "cosa": "remedies"})
    assert Entry.objects.filter(pk__in=numbers_on(by_berta)).exclude(actor="Berta").count() == 0
    assert numbers_on(by_berta)


def test_days_are_of_the_installation_and_the_last_is_included(programme: Programme) -> None:
    with transaction.atomic():
        # in Rome it is already the eleventh
        append("x", names.RUN_PAUSED, "run 1", {}, AT.replace(hour=23, minute=30))
    last = Entry.objects.order_by("-number")[0].number
    client = signed_in("Ivo")
    assert last in numbers_on(client.get(JOURNAL, {"dal": "2023-02-11", "al": "2023-02-11"}))
    assert last not in numbers_on(client.get(JOURNAL, {"al": "2023-02-10"}))
    assert numbers_on(client.get(JOURNAL, {"dal": "2023-02-12"})) == []
    assert client.get(JOURNAL, {"dal": "not a day"}).status_code == 200


def test_pages_lead_on_to_the_first_entry(programme: Programme) -> None:
    write(120)
    client, seen, path = signed_in("Ivo"), [], "?"
    while path:
        answer = client.get(JOURNAL + path)
        seen += numbers_on(answer)
        below = answer.context["page"].below
        path = f"?prima={below}" if below else ""
    assert sorted(set(seen), reverse=True) == list(range(Entry.objects.count(), 0, -1))


def test_a_rare_name_is_looked_for_a_piece_at_a_time(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    del programme
    monkeypatch.setattr(reading, "SCAN", 50)
    write(120)
    wanted = Wanted(names=[names.RUN_LOADED])
    first = reading.page(wanted, None, 50)
    assert first.entries == ()
    assert first.below == first.looked == Entry.objects.count() + 1 - 50
    found, below = [], first.below
    while below is not None:
        page = reading.page(wanted, below, 50)
        found += page.entries
        below = page.below
    assert [one.name for one in found] == [names.RUN_LOADED]


# Proving


def test_an_altered_entry_shows_and_stops_the_walk(programme: Programme) -> None:
    ivo = programme.staff["Ivo"]
    client = signed_in("Ivo", "en")
    number = Entry.objects.get(name=names.RUN_ENTERED).number
    assert "its content hashes to its hash" in words_of(client.get(f"{JOURNAL}{number}/"))
    first = done(ivo, "walk-journal")
    assert first.result["whole"]
    assert first.result["entries"] == Entry.objects.count() - 1  # the errand's own end
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (trigger,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {trigger}")
        cursor.execute("UPDATE journal_entry SET actor = 'Nobody' WHERE number = %s", [number])
    assert "does not hash to its hash" in words_of(client.get(f"{JOURNAL}{number}/"))
    broken = done(ivo, "walk-journal")
    assert not broken.result["whole"]
    assert f"entry {number} does not hash" in broken.result["problem"]
    told = words_of(client.get(f"{JOURNAL}catena/"))
    assert "✕ broken" in told
    assert "✓ whole" in told


def test_the_walk_is_asked_for_on_the_page_with_a_head_noted_earlier(programme: Programme) -> None:
    head = current_head()
    assert head is not None
    client = signed_in("Ivo")
    form = {"chiave": "k1", "numero": str(head.number), "impronta": head.hash.upper()}
    answer = post(client, f"{JOURNAL}catena/percorri/", **form)
    assert answer.status_code == 303
    asked = Errand.objects.get()
    assert answer["location"] == f"/console/lavori/{asked.pk}/"
    assert asked.params == {"number": head.number, "hash": head.hash}
    assert post(client, f"{JOURNAL}catena/percorri/", **form)["location"] == answer["location"]
    badly = post(client, f"{JOURNAL}catena/percorri/", chiave="k2", numero="7", impronta="x")
    assert badly.status_code == 422
    assert Errand.objects.count() == 1
    assert post(signed_in("Olga"), f"{JOURNAL}catena/percorri/", chiave="k3").status_code == 403


def test_a_head_that_was_never_there_is_found_out(programme: Programme) -> None:
    params = {"number": 3, "hash": "0" * 64}
    found = done(programme.staff["Ivo"], "walk-journal", **params)
    assert "the head noted earlier is not in the chain" in found.result["problem"]


def test_each_check_of_a_proof_is_shown(programme: Programme) -> None:
    client = signed_in("Ivo", "en")
    path = f"{JOURNAL}prove/{programme.name}/"
    assert "It has not been proved here yet." in words_of(client.get(path))
    assert post(client, f"{path}chiedi/", chiave="k1").status_code == 303
    Errand.objects.all().delete()
    found = done(programme.staff["Ivo"], "prove", run=programme.name)
    assert found.state == ErrandState.DONE
    told = words_of(client.get(path))
    for words in ("Decided again passed", "Two people passed", "Tallies passed", "Rows passed"):
        assert words in told, words
    assert "✓ proved" in words_of(client.get(f"{JOURNAL}prove/"))
    assert post(signed_in("Aldo"), f"{path}chiedi/", chiave="k2").status_code == 403


# Taking away


def test_every_hash_can_be_made_again_from_the_lines(programme: Programme) -> None:
    client = signed_in("Ivo")
    answer = post(client, f"{JOURNAL}file/", forma="jsonl")
    lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert [one["number"] for one in lines] == list(range(1, Entry.objects.count() + 1))
    previous = "0" * 64
    for one in lines:
        spelled = canonical_json(one["data"])
        vouched = one["salt"].encode() + b"\n" + spelled
        assert hashlib.sha256(vouched).hexdigest() == one["data_hash"]
        parts = ("number", "at", "actor", "name", "subject", "data_hash", "previous")
        made = hashlib.sha256(canonical_json({part: one[part] for part in parts})).hexdigest()
        assert (one["previous"], made) == (previous, one["hash"])
        previous = made
    last = Entry.objects.order_by("-number")[0]
    assert (last.name, last.actor) == (names.JOURNAL_EXPORTED, "Ivo")
    del programme


def test_a_period_is_taken_away_as_csv_that_runs_nothing(programme: Programme) -> None:
    del programme
    write(2, actor="=cmd|' /C calc'!A0")
    client = signed_in("Ivo")
    answer = post(client, f"{JOURNAL}file/", forma="csv", cosa="workers")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["actor"] for row in rows] == ["'=cmd|' /C calc'!A0"] * 2
    assert set(rows[0]) >= {"number", "at", "data", "hash", "previous", "data_hash"}
    assert answer["Content-Disposition"] == 'attachment; filename="journal.csv"'


def test_only_auditors_take_it_away_and_nothing_is_done_by_a_link(programme: Programme) -> None:
    assert post(signed_in("Olga"), f"{JOURNAL}file/", forma="csv").status_code == 403
    client = signed_in("Ivo")
    before = Entry.objects.count()
    for path in ("file/", "catena/percorri/", f"prove/{programme.name}/chiedi/"):
        assert client.get(JOURNAL + path).status_code == 405
    assert Entry.objects.count() == before
