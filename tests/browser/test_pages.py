"""Every page in a real browser: fits, obeys its policy, and passes axe, in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.browser.conftest import Reader, Site
from tests.faces.incidents import goes_on, open_one, plan_one
from tests.faces.test_faults import said
from tests.faces.test_public import SECRET, everything_is_done, page_of

from ristoro.notices.codes import code_of
from ristoro.notices.models import Notice, NoticeState
from ristoro.outages.incidents.states import Phase

Make = Callable[..., Reader]

LOOKS = [(320, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
CHECK = {"it": "/it/verifica/", "en": "/en/check/"}
STATUS = {
    "it": ("/it/stato/", "/it/stato/storia/", "/it/stato/incidenti/{}/"),
    "en": ("/en/status/", "/en/status/history/", "/en/status/incidents/{}/"),
}
UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true"


@pytest.mark.parametrize("lang", ["it", "en"])
def test_public_pages_fit_and_are_accessible(reader: Make, site: Site, lang: str) -> None:
    everything_is_done(site.programme.approve())
    told, planned = (tell(site.programme.staff["Olga"]) for tell in (open_one, plan_one))
    goes_on(site.programme.staff["Olga"], told.slug, Phase.IDENTIFIED, 1)
    status = [path.format(told.slug) for path in STATUS[lang]]
    troubles = []
    for width, scheme in LOOKS:
        one = reader(width, lang, scheme)
        for path in (
            *(f"/{lang}/", page_of(site.programme, lang), CHECK[lang], f"/{lang}/none/"),
            *(*status, STATUS[lang][-1].format(planned.slug)),
        ):
            one.open(path).evaluate(UNFOLD)
            troubles += one.troubles()
    assert troubles == []


@pytest.mark.parametrize("lang", ["it", "en"])
def test_console_pages_fit_and_are_accessible(reader: Make, site: Site, lang: str) -> None:
    run = f"/console/esecuzioni/{site.programme.name}/"
    troubles = []
    for store in ("lib-07", "lib-08"):
        said("imap", store, "Non entra: " + "errore" * 30)
    for width, scheme in LOOKS:
        one = reader(width, lang, scheme)
        one.open("/console/entra/")
        troubles += one.troubles()
        one.sign_in("Berta")
        one.open("/console/accesso/")
        troubles += one.troubles()
        one.open("/console/")
        troubles += one.troubles()
        for path in (f"{run}messaggi/", f"{run}rapporto/", "/console/segnalazioni/", run):
            one.open(path).evaluate(UNFOLD)
            troubles += one.troubles()
        one.page.fill("#mailbox", "only.imap@libero.it")
        one.page.press("#mailbox", "Enter")
        assert one.page.locator("h1").inner_text() == "only.imap@libero.it"
        troubles += one.troubles()
    assert troubles == []


def test_a_letter_is_checked_in_the_browser(reader: Make, site: Site) -> None:
    site.programme.approve()
    notice = Notice.objects.get(address="only.imap@libero.it")
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.ACCEPTED)
    one = reader(320)
    page = one.open("/it/verifica/")
    page.fill("#code", code_of(SECRET, site.programme.name, notice.pk))
    page.fill("#mailbox", notice.address)
    page.press("#mailbox", "Enter")
    assert page.locator("#answer").inner_text() == "Sì, è nostro"
    assert one.troubles() == []
    page.fill("#code", "1234")
    page.press("#code", "Enter")
    assert page.locator("#answer").inner_text() == "No, non lo conosciamo"
    assert one.troubles() == []


def test_the_keyboard_alone_reaches_everything(reader: Make, site: Site) -> None:
    site.programme.approve()
    one = reader()
    page = one.open(page_of(site.programme, "it"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#do"
    outline: Any = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_pages_work_without_any_script(reader: Make, site: Site) -> None:
    site.programme.approve()
    one = reader(java_script_enabled=False)
    page = one.open(page_of(site.programme, "en"))
    page.click("text=The exact rule and its source >> nth=0")
    assert page.get_by_text("when: was_plus or bought_plus").is_visible()
