"""The books on the console: who may read them, what they say, and what is taken away."""

from __future__ import annotations

import io
import time
import zipfile
from threading import Event
from typing import Any

import pytest
from django.test import Client
from tests.books.test_deriving import leased
from tests.faces.conftest import post, signed_in
from tests.faces.programme import AT, Programme
from tests.faces.test_public import words_of

from ristoro.errands import kinds
from ristoro.fulfilment.books import Account, Entry, Nature
from ristoro.fulfilment.books.entries import Sum
from ristoro.fulfilment.books.models import Balance, BookEntry
from ristoro.fulfilment.books.posting import post as post_entries
from ristoro.fulfilment.models import GrantState
from ristoro.journal import names
from ristoro.journal.models import Entry as JournalEntry
from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.workers.books import open_books
from ristoro.workers.models import Errand, ErrandState
from ristoro.workers.tallies import record

BOOKS = "/console/libri/"
S = GrantState


def written(client: Client, **form: str) -> Any:
    """What an errand has written, as it is taken away from the errand's page."""
    asked = post(client, f"{BOOKS}file/", key="k1", **form)
    assert asked.status_code == 303
    kinds.run("test", Event(), clock.now, time.monotonic, until_idle=True)
    assert Errand.objects.latest("pk").state == ErrandState.DONE
    address = f"{BOOKS}file/{Errand.objects.latest('pk').pk}/"
    assert address in client.get(asked["Location"]).content.decode()
    return client.get(address)


@pytest.fixture
def begun(programme: Programme) -> Programme:
    """The programme's run acts and has made a few grants; a claim was settled beside it."""
    run = runs.begin(programme.approve(), AT, begun=open_books)
    held = leased(run)
    record(held, {(S.PLANNED, S.SENDING, ""): "all"}, AT)
    record(held, {(S.SENDING, S.APPLIED, "done"): "all"}, AT)
    sum_ = Sum(Nature.DAMAGES, 1234_50, "EUR")
    about = "claim R-2023-000001"
    post_entries(
        [
            Entry("c1 owed", AT, about, sum_.owed(), "owed", mailbox_id=17),
            Entry("c1 given", AT, about, sum_.given(Account.CLEARING), "given", mailbox_id=17),
        ]
    )
    return programme


def test_the_trial_balance_shows_money_and_quantities(begun: Programme) -> None:
    told = words_of(signed_in("Ivo").get(BOOKS))
    assert "210 Debiti verso i titolari" in told
    assert "€ 1.234,50" in told
    assert "In natura: dato" in told
    assert "Dare e avere sono uguali" in told
    one = words_of(signed_in("Aldo", "en").get(BOOKS, {"esecuzione": begun.name}))
    assert "In kind: owed" in one
    assert "1,234.50" not in one


def test_entries_are_filtered_paged_and_opened(begun: Programme) -> None:
    client = signed_in("Ivo", "en")
    every = words_of(client.get(f"{BOOKS}registrazioni/"))
    assert "claim R-2023-000001" in every
    assert "richiesta R-2023-000001" in words_of(signed_in("Ivo").get(f"{BOOKS}registrazioni/"))
    assert "Older" in every
    damages = {"natura": "damages", "conto": "120", "esecuzione": "-"}
    found = client.get(f"{BOOKS}registrazioni/", damages)
    assert "Given" in words_of(found)
    assert "Became owed" not in words_of(found)
    entry = BookEntry.objects.get(key="c1 given")
    opened = words_of(client.get(f"{BOOKS}registrazioni/{entry.pk}/"))
    assert "Transfers made" in opened
    assert "Other entries of this mailbox" in opened
    assert client.get(f"{BOOKS}registrazioni/999999/").status_code == 404
    nothing = client.get(f"{BOOKS}registrazioni/", {"natura": "damages", "esecuzione": begun.name})
    assert "No entry." in words_of(nothing)


def test_a_run_is_held_against_its_books(begun: Programme) -> None:
    client = signed_in("Aldo", "en")
    assert "agree to the cent" in words_of(client.get(f"{BOOKS}quadratura/"))
    page = f"{BOOKS}quadratura/{begun.name}/"
    assert "agree to the cent" in words_of(client.get(page))
    first = Balance.objects.filter(account=Account.IN_KIND_GIVEN).earliest("id")
    Balance.objects.filter(id=first.id).update(credit=first.credit + 1)
    assert "What does not agree" in words_of(client.get(page))
    assert "differences" in words_of(client.get(f"{BOOKS}quadratura/"))


def test_what_is_taken_away_is_exact_and_journaled(begun: Programme) -> None:
    client = signed_in("Ivo")
    answer = written(client, decimali="punto")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert "1234.50" in archive.read("journal.csv").decode()
        assert "SHA256SUMS" in archive.namelist()
    for form in ("saldi", "giornale"):
        found = written(client, forma=form) if form == "giornale" else None
        answer = found or post(client, f"{BOOKS}file/", forma=form)
        assert "1234,50" in b"".join(answer.streaming_content).decode()
    assert JournalEntry.objects.filter(name=names.BOOKS_EXPORTED).count() == 3
    errand = Errand.objects.latest("pk")
    assert signed_in("Gina").get(f"{BOOKS}file/{errand.pk}/").status_code == 403
    Errand.objects.update(person_id=0)
    assert client.get(f"{BOOKS}file/{errand.pk}/").status_code == 404
    assert JournalEntry.objects.filter(name=names.BOOKS_EXPORTED).count() == 3


def test_the_books_are_for_those_who_answer_for_them(begun: Programme) -> None:
    for name in ("Gina", "Olga"):
        client = signed_in(name)
        for path in ("", "registrazioni/", "registrazioni/1/", "quadratura/"):
            assert client.get(BOOKS + path).status_code == 403
    assert post(signed_in("Aldo"), f"{BOOKS}file/").status_code == 403
