"""The whole way of a holder in Chromium, on a real Dovecot and a real run.

Sign in, read the notice with its seal, say yes, see the receipt, have a worker extend, see the
new date, sign out: by mouse, by touch, by keyboard alone, and without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import reloaded
from tests.browser.webmail_stage import Stage, Visit

from ristoro.cli.work import worker_of

pytestmark = [pytest.mark.whole, pytest.mark.host, pytest.mark.timeout(300)]

Visits = Callable[..., Visit]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FARTHEST = 150
"""Presses of Tab within which everything on a page is reached."""


class Hand(Protocol):
    """How somebody acts on a page."""

    def press(self, target: Any) -> None:
        """Follow a link, or press a button."""

    def write(self, target: Any, text: str) -> None:
        """Fill a field in."""


class Mouse:
    """By clicks."""

    def press(self, target: Any) -> None:
        target.click()

    def write(self, target: Any, text: str) -> None:
        target.click()
        target.press_sequentially(text)


class Finger(Mouse):
    """By touch."""

    def press(self, target: Any) -> None:
        if target.evaluate("(one) => one.tagName") == "BUTTON":
            height = target.bounding_box()["height"]
            assert height >= 32, f"{height} px is too little for a finger: {target}"
        target.tap()

    def write(self, target: Any, text: str) -> None:
        target.tap()
        target.press_sequentially(text)


class Keys:
    """By the keyboard alone: Tab until it has the focus, which must show, then Enter."""

    def __init__(self, page: Any) -> None:
        self._page = page

    def press(self, target: Any) -> None:
        self._reach(target)
        self._page.keyboard.press("Enter")

    def write(self, target: Any, text: str) -> None:
        self._reach(target)
        self._page.keyboard.type(text)

    def _reach(self, target: Any) -> None:
        target.wait_for()
        for _ in range(FARTHEST):
            if target.evaluate("(one) => one === document.activeElement"):
                outline = target.evaluate("(one) => getComputedStyle(one).outlineStyle")
                assert outline != "none", f"the focus does not show on {target}"
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"{target} is not reached by {FARTHEST} presses of Tab")


@dataclass
class Traffic:
    """What goes over the wire for a page from now on; what the browser's cache has does not."""

    page: Any
    sent: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        line = self.page.context.new_cdp_session(self.page)
        line.on("Network.requestWillBeSent", self._asked)
        line.on("Network.requestServedFromCache", lambda told: self.sent.pop(told["requestId"], 0))
        line.on("Network.responseReceived", self._answered)
        line.on("Network.loadingFinished", self._ended)
        line.send("Network.enable")

    @property
    def bytes(self) -> float:
        return sum(self.sizes.values())

    @property
    def requests(self) -> int:
        return len(self.sent)

    def told(self) -> str:
        return "\n".join(f"{self.sizes.get(one, 0):8.0f} {url}" for one, url in self.sent.items())

    def _asked(self, told: Any) -> None:
        if before := told.get("redirectResponse"):
            led = f"{told['requestId']} {len(self.sent)}"
            self.sent[led] = self.sent[told["requestId"]]
            self.sizes[led] = before["encodedDataLength"]
        self.sent[told["requestId"]] = told["request"]["url"]

    def _answered(self, told: Any) -> None:
        if told["response"].get("fromDiskCache"):
            self.sent.pop(told["requestId"], "")

    def _ended(self, told: Any) -> None:
        if told["requestId"] in self.sent:
            self.sizes[told["requestId"]] = told["encodedDataLength"]


@pytest.fixture
def visits(browser: Any, stage: Stage) -> Iterator[Visits]:
    """Opens browsers; at the end none of them has seen a fault, nor has the report endpoint."""
    opened: list[Visit] = []
    before = stage.reports()

    def visit(brand: str = "libero", **options: Any) -> Visit:
        context = browser.new_context(**{"locale": "it-IT", "color_scheme": "light", **options})
        one = Visit(context.new_page(), stage, brand)
        one.watch()
        opened.append(one)
        return one

    yield visit
    faults = [fault for one in opened for fault in one.faults]
    for one in opened:
        one.page.context.close()
    assert faults == []
    assert stage.reports() == before


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def link(page: Any, name: str) -> Any:
    return page.get_by_role("link", name=name)


def the_whole_way(visit: Visit, hand: Hand, address: str, until: str) -> None:
    """Until the subscription is paid till ``until`` and the holder is signed out again."""
    page = visit.open("/posta/")
    assert "/entra/" in page.url
    hand.write(page.get_by_label("Indirizzo e-mail"), address)
    hand.write(page.get_by_label("Password"), visit.stage.password)
    hand.press(button(page, "Entra"))
    page.wait_for_url("**/posta/")
    hand.press(link(page, "decidi tu").first)
    page.wait_for_url("**/posta/arrivo/*-*/")
    seal = page.locator("section.seal")
    assert seal.locator("h2").inner_text().endswith(f" {visit.brand.title()} Mail")
    hand.press(seal.get_by_role("link"))
    page.wait_for_url("**/ristoro/")
    assert until in page.locator("section.card").inner_text()
    hand.press(button(page, "Sì, lo voglio"))
    page.wait_for_url("**/ricevuta/")
    number = page.locator(".receipt .number strong").inner_text()
    expect(page.locator(".receipt time")).to_have_count(0)
    assert button(page, "Ritira la mia risposta").is_visible()
    visit.stage.work()
    hand.press(link(page, "Tutto ciò che riguarda questa casella"))
    page.wait_for_url("**/ristoro/")
    expect(page.locator("section.card .state.good")).to_have_count(1)
    hand.press(link(page, number))
    page.wait_for_url("**/ricevuta/")
    assert page.locator(".receipt time").inner_text() == until
    expect(button(page, "Ritira la mia risposta")).to_have_count(0)
    hand.press(button(page, "Esci"))
    page.wait_for_url("**/entra/?uscita=1")
    page.go_back()
    page.wait_for_url("**/entra/**")


def test_by_mouse(visits: Visits) -> None:
    visit = visits(viewport={"width": 1366, "height": 768})
    the_whole_way(visit, Mouse(), "ends.31aug@libero.it", "29 febbraio 2024")


def test_by_touch_on_a_phone(visits: Visits) -> None:
    visit = visits("virgilio", **PHONE)
    assert "Virgilio Mail" in visit.open("/posta/").inner_text("header")
    the_whole_way(visit, Finger(), "plus100@virgilio.it", "30 marzo 2024")


def test_by_keyboard_alone(visits: Visits) -> None:
    visit = visits(viewport={"width": 1366, "height": 768})
    the_whole_way(visit, Keys(visit.page), "plus5@libero.it", "30 marzo 2024")


def test_without_javascript(visits: Visits) -> None:
    visit = visits(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    the_whole_way(visit, Mouse(), "plus1tb@libero.it", "30 marzo 2024")


def test_the_webmail_is_light(visits: Visits) -> None:
    """Bytes on the wire, heads included, from the sign-in's first to the inbox's last."""
    visit = visits(viewport={"width": 1366, "height": 768})
    traffic = Traffic(visit.page)
    visit.sign_in("three.plus@libero.it")
    visit.page.wait_for_load_state("networkidle")
    assert traffic.bytes <= 120 * 1024, traffic.told()
    assert traffic.requests <= 14, traffic.told()
    visit.page.context.clear_cookies()
    again = Traffic(visit.page)
    visit.sign_in("three.plus@libero.it")
    visit.page.wait_for_load_state("networkidle")
    assert again.bytes <= 10 * 1024, again.told()
    assert again.requests <= 5, again.told()


def test_two_presses_after_the_sign_in_confirm_and_a_worker_that_stays_extends(
    visits: Visits, stage: Stage
) -> None:
    visit = visits(viewport={"width": 320, "height": 568}, has_touch=True, is_mobile=True)
    page = visit.sign_in("ends.30aug@libero.it")
    stage.ristoro("work", stage.made.run.name, "--background")
    try:
        page.get_by_role("link", name="Il mio ristoro").tap()
        page.locator("form.answer button[value=yes]").tap()
        page.wait_for_url("**/ricevuta/")
        reloaded(page, lambda: page.locator(".receipt time").count() > 0)
        assert page.locator(".receipt time").inner_text() == "29 febbraio 2024"
    finally:
        assert worker_of(stage.made.home).stop()
