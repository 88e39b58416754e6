"""The register of breaches in the console: its clock and phases, who writes what, its export."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from django.test import Client
from tests.faces.conftest import post, signed_in
from tests.faces.programme import ROOT, Programme
from tests.faces.test_public import words_of

from ristoro.errands import kinds
from ristoro.journal.models import Entry as JournalEntry
from ristoro.kernel import clock
from ristoro.outages import versions
from ristoro.outages.breaches import register
from ristoro.outages.breaches.models import Entry, Record, Standing
from ristoro.outages.declare import read_outage
from ristoro.workers.models import Errand, ErrandState

NAME = "libero-virgilio-2023-01"
FILE = ROOT / f"outages/{NAME}.yaml"
PAGE = f"/console/violazioni/{NAME}/"
AWARE = datetime(2023, 1, 22, 23, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The one instant that pages take for now; a test may set another."""
    at = [AWARE + 30 * HOUR]
    monkeypatch.setattr(clock, "now", lambda: at[0])
    return at


@pytest.fixture
def record(programme: Programme, now: list[datetime]) -> Record:
    del now
    return register.open_record(read_outage(FILE), AWARE, programme.staff["Olga"], AWARE)


def written() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def test_the_clock_says_what_is_left_and_what_is_overdue(
    record: Record, now: list[datetime]
) -> None:
    del record
    ivo = signed_in("Ivo")
    assert "mancano 1 giorno e 18 ore" in words_of(ivo.get("/console/violazioni/"))
    assert 'class="clock running"' in ivo.get(PAGE).content.decode()
    now[0] = AWARE + 71 * HOUR
    assert "mancano 1 ora" in words_of(ivo.get(PAGE))
    assert 'class="clock near"' in ivo.get(PAGE).content.decode()
    now[0] = AWARE + 77 * HOUR + timedelta(minutes=12)
    for path in (PAGE, "/console/violazioni/"):
        assert "in ritardo di 5 ore e 12 minuti" in words_of(ivo.get(path))
    now[0] = AWARE + 72 * HOUR
    assert "mancano 0 minuti" in words_of(ivo.get(PAGE))


def test_it_is_written_in_phases_and_nothing_is_overwritten(
    record: Record, now: list[datetime]
) -> None:
    del record
    olga, aldo = signed_in("Olga"), signed_in("Aldo")
    assert "Non è ancora scritto: numeri, da un archivio; natura" in words_of(olga.get(PAGE))
    first = {"kind": "nature", "words": "Perdita di disponibilità."}
    assert post(olga, f"{PAGE}scrittura/", **first).status_code == 303
    assert post(olga, f"{PAGE}scrittura/", **first).status_code == 303
    post(olga, f"{PAGE}scrittura/", kind="nature", words="Di sola disponibilità.")
    post(olga, f"{PAGE}rischio/", risk="likely", words="Scadenze mancate.")
    sent = {"kind": "notified", "words": "protocollo 17", "sent": "2023-01-24T05:00"}
    assert post(aldo, f"{PAGE}esito/", **sent).status_code == 303
    now[0] = AWARE + 100 * HOUR
    more = {"words": "La causa: lo storage.", "sent": "2023-01-27T02:00"}
    assert post(aldo, f"{PAGE}integrazione/", **more).status_code == 303
    assert written() == ["declared", "nature", "nature", "risk", "notified", "supplement"]
    page = words_of(olga.get(PAGE))
    for words in (
        "Perdita di disponibilità.",
        "Di sola disponibilità.",
        "Rischio per le persone: probabile",
        "inviata il 24 gennaio 2023, 05:00 CET",
        "Integrazione inviata al Garante",
        "notificata al Garante",
    ):
        assert words in page, words
    assert JournalEntry.objects.filter(name="outages.breach.written").count() == 6


def test_late_asks_for_the_reason_and_keeps_what_was_typed_elsewhere(
    record: Record, now: list[datetime]
) -> None:
    now[0] = AWARE + 90 * HOUR
    aldo = signed_in("Aldo")
    assert "e perché è in ritardo" in words_of(aldo.get(PAGE))
    late = {"kind": "notified", "words": "n. 17", "sent": "2023-01-26T10:00"}
    refused = post(aldo, f"{PAGE}esito/", **late)
    assert refused.status_code == 422
    assert "scrivi anche perché è in ritardo" in words_of(refused)
    why = "n. 17; tardi, perché il guasto durava ancora"
    assert post(aldo, f"{PAGE}esito/", **{**late, "words": why}).status_code == 303
    record.refresh_from_db()
    assert record.standing == Standing.NOTIFIED
    again = post(aldo, f"{PAGE}esito/", kind="not-notified", words="ripensandoci, nessun rischio")
    assert again.status_code == 409


def test_what_is_not_to_be_told_needs_a_reason_and_an_approver(record: Record) -> None:
    aldo = signed_in("Aldo")
    assert post(aldo, f"{PAGE}esito/", kind="not-notified", words=" ").status_code != 303
    assert post(aldo, f"{PAGE}esito/", kind="nature", words="x").status_code == 409
    answer = post(aldo, f"{PAGE}esito/", kind="not-notified", words="Nessun dato era a rischio.")
    assert answer.status_code == 303
    record.refresh_from_db()
    assert record.standing == Standing.NOT_NOTIFIED


def test_each_role_may_do_its_own_and_no_more(record: Record) -> None:
    del record
    acts = {
        f"{PAGE}scrittura/": "Olga",
        f"{PAGE}rischio/": "Olga",
        f"{PAGE}conteggio/": "Olga",
        "/console/violazioni/apertura/": "Olga",
        f"{PAGE}esito/": "Aldo",
        f"{PAGE}integrazione/": "Aldo",
    }
    for name in ("Olga", "Aldo", "Ivo", "Gina"):
        client = signed_in(name)
        for path, may in acts.items():
            status = post(client, path).status_code
            assert (status == 403) == (name != may), (name, path, status)
        reads = 403 if name == "Gina" else 200
        for path in ("/console/violazioni/", PAGE, f"{PAGE}registro.txt", f"{PAGE}registro.json"):
            assert client.get(path).status_code == reads, (name, path)
    assert written() == ["declared"]


def test_it_is_exported_as_text_and_as_json(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISTORO_PRIVACY_CONTACT", "privacy@libero.it")
    ivo = signed_in("Ivo")
    text = ivo.get(f"{PAGE}registro.txt")
    assert text["Content-Disposition"] == f'attachment; filename="{NAME}.txt"'
    assert "REGISTRO DELLE VIOLAZIONI" in text.content.decode()
    assert "dati): privacy@libero.it" in text.content.decode()
    data = json.loads(ivo.get(f"{PAGE}registro.json").content)
    assert data["due_at"] == record.due_at.isoformat()
    assert ivo.get("/console/violazioni/none/").status_code == 404


def test_an_outage_declared_without_a_record_gets_one(
    programme: Programme, now: list[datetime], tmp_path: Path
) -> None:
    del programme, now
    versions.declare(FILE, tmp_path / "home/outages")
    olga = signed_in("Olga")
    there = "/console/violazioni/apertura/"
    assert "Dichiarati senza registrazione" in words_of(olga.get("/console/violazioni/"))
    later = post(olga, there, outage=NAME, aware="2030-01-01T00:00")
    assert "Deve ancora venire" in words_of(later)
    assert post(olga, there, outage="../x", aware="2023-01-23T00:00").status_code == 404
    assert post(olga, there, outage=NAME, aware="2023-01-23T00:00")["Location"] == PAGE
    assert Record.objects.get().due_at == AWARE + 72 * HOUR
    assert "Dichiarati senza registrazione" not in words_of(olga.get("/console/violazioni/"))


def test_numbers_are_counted_from_an_estate_once(
    record: Record, programme: Programme, tmp_path: Path
) -> None:
    del record
    home = tmp_path / "home"
    versions.declare(FILE, home / "outages")
    (home / "estate").mkdir()
    shutil.copy(programme.folder.parent / "estate.parquet", home / "estate/one.parquet")
    olga = signed_in("Olga")
    assert "Conta da un archivio" in words_of(olga.get(PAGE))
    asked = {"snapshot": "one.parquet", "key": "k1"}
    errand = post(olga, f"{PAGE}conteggio/", **asked)["Location"]
    assert post(olga, f"{PAGE}conteggio/", **asked)["Location"] == errand
    assert post(olga, f"{PAGE}conteggio/", snapshot="../x", key="k2").status_code == 404
    kinds.run("test", Event(), lambda: AWARE + 31 * HOUR, lambda: 0.0, until_idle=True)
    assert Errand.objects.get().state == ErrandState.DONE
    assert written() == ["declared", "numbers"]
    page = words_of(olga.get(PAGE))
    assert "caselle su 400" in page
    assert f'href="{PAGE}"' in olga.get(errand).content.decode()


def test_a_record_is_read_by_whoever_is_signed_in_only(record: Record) -> None:
    del record
    assert Client().get(PAGE).status_code == 302
