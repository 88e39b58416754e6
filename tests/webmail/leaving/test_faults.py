"""A holder reports a fault from the webmail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.webmail.conftest import Reader

from ristoro.faces.webmail.leaving import faults
from ristoro.faces.webmail.leaving.browsers import browser_of
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
    assert (made.brand, made.browser) == ("libero", "")
    assert f"numero {made.pk}" in reader.get(answer["location"]).content.decode()


AGENT = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"


def test_what_goes_along_is_shown_before_it_is_sent(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "store_of", lambda address: "lib-07")
    reader.client.defaults["HTTP_USER_AGENT"] = AGENT
    text = reader.get("/segnala/").content.decode()
    for known in (reader.address, "lib-07", "Firefox 128, Android", clock.now().strftime("%Y-%m-")):
        assert known in text
    assert '<option value="webmail" selected>' in text
    reader.post("/segnala/invia/", page="/segnala/", since=now(), **FORM)
    made = Report.objects.get()
    assert (made.store, made.browser) == ("lib-07", "Firefox 128, Android")


KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = {
    AGENT: "Firefox 128, Android",
    f"(Windows NT 10.0; Win64) {KIT} Chrome/130.0.0 Safari/537.36 Edg/130.0": "Edge 130, Windows",
    f"(X11; Linux x86_64) {KIT} Chrome/130.0.0.0 Safari/537.36": "Chrome 130, Linux",
    f"(iPhone; CPU like Mac OS X) {KIT} Version/17.5 Mobile/15E Safari/604.1": "Safari 17, iPhone",
    f"(Linux; Android 13) {KIT} SamsungBrowser/25.0 Chrome/121.0 Mobile": (
        "Samsung Internet 25, Android"
    ),
    "curl/8.5.0": "",
    "Chrome/" + "9" * 5000: "Chrome 999",
    "": "",
}


@pytest.mark.parametrize(("agent", "name"), AGENTS.items())
def test_a_browser_is_named_shortly(agent: str, name: str) -> None:
    assert browser_of(agent) == name


def test_what_is_missing_is_said_and_what_was_typed_stays(reader: Reader) -> None:
    answer = reader.post("/segnala/invia/", page="/segnala/", way="", since="?", words="<b>ciao")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Scegli che cosa non funziona" in text.replace("&#x27;", "'")
    assert "Scrivi da quando" in text.replace("&#x27;", "'")
    assert "&lt;b&gt;ciao" in text
    assert not Report.objects.exists()


def test_reports_are_limited(reader: Reader) -> None:
    for _ in range(MOST):
        reader.post("/segnala/invia/", page="/segnala/", since=now(), **FORM)
    answer = reader.post("/segnala/invia/", page="/segnala/", since=now(), **FORM)
    assert answer.status_code == 422
    assert Report.objects.count() == MOST
