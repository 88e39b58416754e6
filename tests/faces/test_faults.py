"""The console shows what holders report, to whom it concerns."""

from __future__ import annotations

from datetime import timedelta

from tests.faces.conftest import signed_in
from tests.faces.programme import Programme
from tests.faces.test_console import words_of

from ristoro.kernel import clock
from ristoro.outages.reports.report import Known, Said, report

PLACE = "/console/segnalazioni/"


def said(way: str, store: str, words: str, days: int = 0) -> None:
    at = clock.now() - timedelta(days=days)
    known = Known(f"{store}@libero.it", "libero", store)
    report(Said(way, at - timedelta(hours=1), words), known, at)


def test_reports_are_listed_by_way_in_store_and_time(programme: Programme) -> None:
    said("imap", "lib-07", "non <entra>")
    said("webmail", "lib-08", "pagina bianca")
    said("imap", "lib-09", "vecchia", days=3)
    client = signed_in("Olga")
    text = words_of(client.get(PLACE))
    assert "lib-07" in text
    assert "non &lt;entra&gt;" in text
    assert "pagina bianca" in text
    assert "vecchia" not in text
    assert "@libero.it" not in text
    assert "vecchia" in words_of(client.get(f"{PLACE}?giorni=7&via=imap&archivio=lib-09"))
    only = words_of(client.get(f"{PLACE}?via=webmail"))
    assert "pagina bianca" in only
    assert "entra" not in only


def test_no_report_is_said_in_words(programme: Programme) -> None:
    assert "Nessuno ha segnalato guasti" in words_of(signed_in("Olga").get(f"{PLACE}?giorni=x"))
    assert "Nobody has reported" in words_of(signed_in("Olga", "en").get(PLACE))


def test_who_only_approves_does_not_read_holders_words(programme: Programme) -> None:
    assert signed_in("Aldo").get(PLACE).status_code == 403
