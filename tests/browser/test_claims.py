"""A claim for damages in Chromium: written, left, gone on with elsewhere, sent, and read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import troubles
from tests.browser.test_webmail_mine import Open, opened, site
from tests.claims.logs import imported
from tests.webmail.mine.conftest import FREE, OTHER, decided, loaded

from ristoro import env
from ristoro.claims.models import Claim, ClaimState

__all__ = ["decided", "loaded", "opened", "site"]

pytestmark = pytest.mark.host
LOOKS = (
    (1366, "dark", "it"),
    (390, "light", "en"),
    (320, "light", "it"),
)
STORY = "La conferma di un lavoro non è mai arrivata, e il lavoro è andato a un altro."


def begin(page: Any) -> str:
    """From the holder's own page to an empty form; where it is."""
    page.goto("/ristoro/")
    page.click("text=Richieste di risarcimento")
    page.click("text=Chiedi un risarcimento")
    page.click("main form.claiming button")
    page.wait_for_url("**/reclami/*/")
    return str(page.url)


def test_a_claim_is_written_left_gone_on_with_and_sent(opened: Open, tmp_path: Path) -> None:
    imported(env.current().home, OTHER)
    page = opened(OTHER)
    place = begin(page)
    page.check("#lost-1")
    page.fill("#counterparty", "ufficio@example.it")
    page.fill("#cost", "350,00")
    page.fill("#how", STORY)
    page.locator("#saved", has_text="Salvata alle").wait_for()
    elsewhere = opened(OTHER, width=390)
    elsewhere.goto(place)
    assert elsewhere.input_value("#how") == STORY
    assert elsewhere.is_checked("#lost-1")
    elsewhere.fill("#happened_on", "2023-01-23")
    elsewhere.check("#cost_kind-2")
    proof = tmp_path / "contratto.txt"
    proof.write_text("Contratto di lavoro, 350 euro.", encoding="utf-8")
    with elsewhere.expect_navigation():
        elsewhere.set_input_files("#documents", proof)
    assert elsewhere.is_visible("text=contratto.txt")
    page.fill("#how", "Troppo tardi.")  # the first page has not seen any of it
    page.locator("#saved", has_text="è stata cambiata altrove").wait_for()
    elsewhere.click("button[value=review]")
    elsewhere.wait_for_url("**/riepilogo/")
    assert "ufficio@example.it" in elsewhere.inner_text("main")
    elsewhere.click("text=Invia la richiesta")
    elsewhere.wait_for_url("**fatto=inviata")
    told = elsewhere.inner_text("main")
    assert "Abbiamo ricevuto la tua richiesta" in told
    assert "Un messaggio da ufficio@example.it è arrivato al nostro server" in told
    assert "È di chi hai indicato tu." in told
    assert "mail.log, righe da 2 a 11" in told
    assert "respinto per colpa nostra" in told
    assert "non possiamo né vederlo né escluderlo" in told
    claim = Claim.objects.get(address=OTHER, state=ClaimState.FILED)
    assert claim.how == STORY


def test_the_pages_are_without_trouble_and_without_script(opened: Open) -> None:
    plain = opened(FREE, java_script_enabled=False)
    place = begin(plain)
    plain.click("button[value=save]")
    plain.wait_for_url("**salvata=1")
    plain.goto(f"{place}riepilogo/")
    assert "Manca ancora qualcosa" in plain.inner_text("main")
    pages = [opened(FREE, width, lang, scheme) for width, scheme, lang in LOOKS]
    found = []
    for page in pages:
        page.goto(place)
        found += troubles(page)
    for path in ("/reclami/", "/reclami/nuovo/", f"{place}riepilogo/"):
        pages[-1].goto(path)
        found += troubles(pages[-1])
    plain.goto(place)
    plain.check("#lost-4")
    plain.fill("#cost", "40")
    plain.check("#cost_kind-1")
    plain.fill("#how", STORY)
    plain.click("button[value=review]")
    plain.wait_for_url("**/riepilogo/")
    plain.click("text=Invia la richiesta")
    plain.wait_for_url("**fatto=inviata")
    for page in pages:
        page.goto(place)
        for each in page.query_selector_all("details"):
            each.evaluate("(details) => details.open = true")
        found += troubles(page)
    assert found == []
    plain.click("summary:has-text('Ritira')")
    plain.click("button:has-text('Ritira')")
    plain.wait_for_url("**fatto=ritirata")
