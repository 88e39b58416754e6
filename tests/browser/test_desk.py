"""The desk in Chromium: a call from beginning to end by keyboard, at every width and colour."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import Reader, Site

from ristoro.fulfilment.callers import verifying
from ristoro.fulfilment.callers.models import Call
from ristoro.fulfilment.models import Answer, Grant
from ristoro.notices.models import Notice, NoticeState

Make = Callable[..., Reader]

PLUS = "ends.31aug@libero.it"
SECRET = b"a key for sessions in tests"
Looks = list[tuple[int, str]]
LOOKS: dict[str, Looks] = {
    "it": [(320, "light"), (390, "dark"), (1366, "light")],
    "en": [(320, "dark"), (1366, "dark")],
}
UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true"


@pytest.fixture
def agent(reader: Make, site: Site) -> Callable[..., Reader]:
    """Makes agents who are signed in."""
    site.programme.approve()
    Notice.objects.filter(address=PLUS).update(
        state=NoticeState.ACCEPTED, since=site.programme.run.approved_at
    )

    def make(**look: Any) -> Reader:
        one = reader(**look)
        one.sign_in("Gina")
        return one

    return make


def shot(one: Reader, name: str) -> None:
    folder = os.environ.get("SHOTS")
    if folder:
        one.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def find(one: Reader) -> Any:
    page = one.open("/sportello/")
    page.fill("#address", PLUS)
    page.press("#address", "Enter")
    page.wait_for_url("**/sportello/chiamata/*/")
    return page


def verify(one: Reader) -> Any:
    page = one.page
    page.click("form[action$='/codice/'] button")
    page.wait_for_selector("#code")
    page.fill("#code", verifying.code_of(Call.objects.latest("pk"), SECRET))
    page.press("#code", "Enter")
    page.wait_for_selector(".bar.known")
    return page


def test_the_desk_s_pages_fit_and_are_accessible(agent: Callable[..., Reader]) -> None:
    troubles = []
    grant = Grant.objects.get(address=PLUS)
    for lang, looks in LOOKS.items():
        one = agent(lang=lang)

        def look(name: str, one: Reader = one, looks: Looks = looks, lang: str = lang) -> None:
            shot(one, f"{name}-{lang}")
            one.page.evaluate(UNFOLD)
            for width, scheme in looks:
                one.page.set_viewport_size({"width": width, "height": 800})
                one.page.emulate_media(color_scheme=scheme)
                troubles.extend(one.troubles())
                shot(one, f"{name}-{lang}-{width}-{scheme}")

        one.open("/sportello/")
        look("home")
        page = find(one)
        look("caller")
        verify(one)
        look("mailbox")
        one.open(f"{page.url.removeprefix(one.site.base)}risposta/{grant.pk}/")
        look("answer")
        if lang == "it":
            for path in ("/sportello/coda/", "/sportello/tasti/"):
                one.open(path)
                look(path.split("/")[2])
    assert troubles == []


def test_a_call_goes_by_keyboard_alone_without_script_and_without_keys(
    agent: Callable[..., Reader],
) -> None:
    one = agent()
    page = one.open("/sportello/")
    assert page.evaluate("document.activeElement.id") == "address"
    page.keyboard.type(PLUS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sportello/chiamata/*/")
    page.keyboard.press("c")
    page.wait_for_selector("#code")
    page.keyboard.type(verifying.code_of(Call.objects.latest("pk"), SECRET))
    page.keyboard.press("Enter")
    page.wait_for_selector(".bar.known")
    page.keyboard.press("a")
    page.wait_for_selector("button[value=yes]")
    page.focus("button[value=yes]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")
    assert "Ho registrato il Suo sì" in page.locator(".done").inner_text()
    assert Answer.objects.get().yes
    page.keyboard.press("z")
    page.wait_for_selector("text=Ho tolto la Sua risposta")
    assert not Answer.objects.exists()
    page.keyboard.press("3")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#address")
    assert Call.objects.get().about == "answer"
    assert one.troubles() == []
    one.open("/sportello/tasti/").click("form[action$='/scelta/'] button")
    find(one).keyboard.press("c")
    assert page.locator("#code").count() == 0
    plain = agent(java_script_enabled=False)
    find(plain)
    page = verify(plain)
    page.click(".remedy .button")
    page.click("button[value=no]")
    assert "Ho registrato il Suo no" in page.locator(".done").inner_text()
