"""A holder reports a fault from the webmail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.webmail.conftest import Reader

from ristoro.kernel import clock
from ristoro.outages.reports.models import Report
from ristoro.outages.reports.report import MOST

pytestmark = [pytest.mark.host, pytest.mark.db]
FORM = {"way": "imap", "words": "Il programma di posta dice: errore di rete"}


def now() -> str:
    return (clock.now() - timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")


def test_a_report_is_sent_with_its_facts(reader: Reader) -> None:
    answer = reader.post("/segnala/invia/", page="/segnala/", since=now(), **FORM)
    made = Report.objects.get()
    assert answer["location"] == f"/segnala/?numero={made.pk}"
    assert (made.way, made.words, made.address) == ("imap", FORM["words"], reader.address)
    assert made.brand == "libero"
    assert f"numero {made.pk}" in reader.get(answer["location"]).content.decode()


def test_what_is_missing_is_said_and_what_was_typed_stays(reader: Reader) -> None:
    answer = reader.post("/segnala/invia/", page="/segnala/", way="", since="?", words="<b>ciao")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Di' che cosa non funziona" in text.replace("&#x27;", "'")
    assert "Di' da quando" in text.replace("&#x27;", "'")
    assert "&lt;b&gt;ciao" in text
    assert not Report.objects.exists()


def test_reports_are_limited(reader: Reader) -> None:
    for _ in range(MOST):
        reader.post("/segnala/invia/", page="/segnala/", since=now(), **FORM)
    answer = reader.post("/segnala/invia/", page="/segnala/", since=now(), **FORM)
    assert answer.status_code == 422
    assert Report.objects.count() == MOST
