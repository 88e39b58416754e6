"""A choice in Chromium: at every width and colour, by keyboard, and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import troubles
from tests.browser.test_webmail_mine import DECLINER, KINDS, Open, opened, site, work
from tests.webmail.mine.conftest import PLUS
from tests.webmail.mine.test_choice import decided, loaded

__all__ = ["decided", "loaded", "opened", "site"]

pytestmark = pytest.mark.host


@pytest.mark.parametrize(("width", "scheme", "lang"), KINDS)
def test_the_card_is_without_trouble(opened: Open, width: int, scheme: str, lang: str) -> None:
    page = opened(PLUS, width, lang, scheme)
    page.goto("/ristoro/")
    found = []
    for path in ("/ristoro/", page.get_attribute("form.answer", "action")):
        page.goto(path)
        for each in page.query_selector_all("details"):
            each.evaluate("(details) => details.open = true")
        expect(page.locator("fieldset input[type=radio]")).to_have_count(2)
        found += [f"{path}: {one}" for one in troubles(page)]
    assert found == []


def test_a_yes_without_a_choice_is_held_back_by_the_form_itself(opened: Open) -> None:
    page = opened(PLUS)
    page.goto("/ristoro/")
    card = page.url
    page.click("form.answer button.main")
    assert page.url == card
    expect(page.locator("fieldset :invalid")).to_have_count(2)


def test_by_keyboard_and_without_script_the_space_is_chosen_and_given(opened: Open) -> None:
    page = opened(PLUS, width=390, java_script_enabled=False)
    page.click("text=Il mio ristoro")
    page.focus("fieldset input >> nth=0")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("fieldset input >> nth=1")
    page.focus("form.answer button.main")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ricevuta/")
    told = page.inner_text("main")
    assert "Abbiamo registrato la tua risposta" in told
    assert "Più spazio" in told
    assert "Al posto di" in told
    work()
    page.reload()
    assert "È fatto" in page.inner_text("main")
    page.goto("/ristoro/")
    told = page.inner_text("main")
    assert "Al suo posto ricevi un'altra delle possibilità." in told
    assert "Non devi fare nulla." in told


def test_a_no_to_all_is_taken_back(opened: Open) -> None:
    page = opened(DECLINER, java_script_enabled=False)
    page.goto("/ristoro/")
    page.click("text=Se dici di no")
    page.fill("textarea", "Ho già un'altra casella.")
    page.click("text=No, nessuna")
    page.wait_for_url("**/ricevuta/")
    assert "Le altre possibilità" in page.inner_text("main")
    page.click("text=Ritira la mia risposta")
    page.wait_for_url("**/conferma/")
    expect(page.locator("fieldset input[type=radio]")).to_have_count(2)
    assert page.is_visible("text=Sì, datemi quella che ho scelto")
