"""The lists in Chromium: no trouble at any width, the keys, the window, and life without script."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import FRAME, WATCH, troubles
from tests.databases import Database, copy_sqlite, free_port
from tests.hosts.embedded import PASSWORD, EmbeddedPeer, embedded_host
from tests.mailboxes.conftest import FIRST, letter, service_of

from ristoro import env
from ristoro.cli.behind import web_of
from ristoro.cli.init import make_secrets
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in

pytestmark = pytest.mark.host

Open = Callable[..., Any]


@dataclass(frozen=True)
class Mail:
    """The web process and a Dovecot; ``box`` is a fresh mailbox with so many messages."""

    base: str
    peer: EmbeddedPeer
    boxes: list[ImapMailbox]

    def box(self, count: int) -> ImapMailbox:
        box = sign_in(service_of(self.peer), self.peer.new_mailbox(100 << 20), PASSWORD)
        self.boxes.append(box)
        for number in range(1, count + 1):
            box.append("INBOX", letter(number), at=FIRST + timedelta(minutes=number))
        return box


@pytest.fixture(scope="module")
def mail(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mail]:
    folder = tmp_path_factory.mktemp("mail")
    home, port = folder / "home", free_port()
    database: Database = copy_sqlite(sqlite_template, folder)
    with pytest.MonkeyPatch.context() as patch, embedded_host(home / "mailhost") as host:
        patch.setenv("RISTORO_HOME", str(home))
        for name, value in database.environment().items():
            patch.setenv(name, value)
        make_secrets(env.current())
        host.start()
        dovecot = host.dovecot()
        words = [sys.executable, "-m", "ristoro", "serve", "--background", "--port", str(port)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        boxes: list[ImapMailbox] = []
        try:
            yield Mail(f"http://127.0.0.1:{port}", EmbeddedPeer(host, dovecot), boxes)
        finally:
            for box in boxes:
                box.close()
            assert web_of(home).stop()
            dovecot.close()


@pytest.fixture
def opened(browser: Any, mail: Mail) -> Iterator[Open]:
    """Opens the inbox of a mailbox: ``opened(box, width=320, lang="en", scheme="dark")``."""
    contexts = []

    def make(
        box: ImapMailbox, width: int = 1280, lang: str = "it", watch: Any = None, **more: Any
    ) -> Any:
        locale = {"it": "it-IT", "en": "en-GB"}[lang]
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale=locale, **more
        )
        contexts.append(context)
        context.set_default_timeout(8_000)
        context.add_init_script(WATCH)
        page = context.new_page()
        if watch is not None:
            watch(context, page)
        page.goto(f"{mail.base}/entra/")
        page.fill("#address", box.address)
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_load_state()
        assert page.url == f"{mail.base}/posta/", page.inner_text("main")
        return page

    yield make
    for context in contexts:
        context.close()


PAGES = (
    "/posta/",
    "/posta/cerca/?q=messaggio",
    "/posta/annulla/",
    "/impostazioni/",
    "/impostazioni/tasti/",
    "/posta/cartelle/",
    "/posta/nulla/",
)


@pytest.mark.parametrize(
    ("width", "lang", "scheme"),
    [(1366, "it", "light"), (390, "en", "dark"), (320, "it", "light")],
)
def test_no_page_has_trouble(mail: Mail, opened: Open, width: int, lang: str, scheme: str) -> None:
    box = mail.box(3)
    long = "Parolalunghissima" * 12
    box.append("INBOX", letter(9, subject=f"Re: {long}", sender=f"{long} <x@example.org>"))
    page = opened(box, width, lang, color_scheme=scheme)
    found = []
    for path in PAGES:
        page.goto(mail.base + path)
        found += troubles(page)
    page.goto(f"{mail.base}/posta/")
    page.check(".row >> nth=1 >> input")
    page.click("button[value=trash]")
    page.wait_for_selector("#undo")
    found += troubles(page)
    page.context.clear_cookies()
    page.goto(f"{mail.base}/entra/")
    found += troubles(page)
    assert found == []


def subject(page: Any) -> str:
    found: str = page.evaluate(
        "document.activeElement.closest('.row')?.querySelector('.subject').innerText"
    )
    return found


def test_a_list_is_worked_through_by_keys_alone(mail: Mail, opened: Open) -> None:
    page = opened(mail.box(5))
    for key in "jj":
        page.keyboard.press(key)
    assert subject(page) == "Messaggio 4"
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("e")
    page.wait_for_selector("#undo")
    page.wait_for_load_state()
    expect(page.locator(".row")).to_have_count(3)
    page.keyboard.press("z")
    page.locator(".row").nth(4).wait_for()
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.wait_for_selector(".star.on")
    page.keyboard.press("/")
    page.keyboard.type("jjj")
    assert page.input_value("#q") == "jjj"
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url(f"{mail.base}/posta/")


def test_keys_that_are_switched_off_do_nothing(mail: Mail, opened: Open) -> None:
    page = opened(mail.box(2))
    page.goto(f"{mail.base}/impostazioni/")
    page.uncheck("input[name=shortcuts]")
    page.click("main form button")
    page.goto(f"{mail.base}/posta/")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body")


def scrolled(page: Any, by: int, until: str) -> None:
    """Turn the wheel until something holds in the page."""
    for _ in range(200):
        page.mouse.wheel(0, by)
        page.evaluate(FRAME)
        if page.evaluate(until):
            return
    raise AssertionError(until)


def test_a_long_list_goes_on_by_itself_and_stays_light(mail: Mail, opened: Open) -> None:
    page = opened(mail.box(420))
    rows, first, last = page.locator(".row"), ".row .subject >> nth=0", ".row .subject >> nth=-1"
    expect(rows).to_have_count(50)
    page.mouse.move(600, 500)
    scrolled(page, 3000, "[...document.querySelectorAll('.row')].at(-1).id === 'm1'")
    assert rows.count() <= 300
    assert page.text_content(last) == "Messaggio 1"
    assert page.text_content("#last") == "420"
    scrolled(page, -3000, "document.querySelector('#rows > .row')?.id === 'm420'")
    assert page.text_content(first) == "Messaggio 420"
    assert rows.count() <= 300
    scrolled(page, 3000, "[...document.querySelectorAll('.row')].at(-1).id === 'm1'")
    assert page.evaluate("window.violations") == []


def test_after_a_letter_far_down_the_list_is_where_it_was(mail: Mail, opened: Open) -> None:
    page = opened(mail.box(120))
    page.mouse.move(600, 500)
    scrolled(page, 2000, "Boolean(document.getElementById('m30'))")
    page.click("#m30 > a")
    page.wait_for_selector(".letter")
    page.go_back()
    page.wait_for_selector("#m30:focus-within")
    page.keyboard.press("#")
    page.wait_for_selector("#undo")
    page.wait_for_selector("#m29:focus-within")


def test_the_keys_are_told_over_the_page_and_gone_by_escape(mail: Mail, opened: Open) -> None:
    page = opened(mail.box(1))
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open] kbd")
    assert troubles(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.url == f"{mail.base}/posta/"
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url(f"{mail.base}/ristoro/")


@dataclass
class Weighed:
    """What crosses the network for a page, in bytes and requests."""

    requests: int = 0
    bytes: int = 0

    def watch(self, context: Any, page: Any) -> None:
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.loadingFinished", self._finished)
        line.on("Network.requestServedFromCache", lambda _: self._add(-1, 0))

    def _finished(self, told: dict[str, Any]) -> None:
        self._add(1, int(told["encodedDataLength"]))

    def _add(self, requests: int, size: int) -> None:
        self.requests += requests
        self.bytes += size


def test_the_inbox_is_light_and_lighter_when_it_is_opened_again(mail: Mail, opened: Open) -> None:
    box = mail.box(60)
    weighed = Weighed()
    page = opened(box, watch=weighed.watch)
    page.wait_for_load_state("networkidle")
    first = (weighed.requests, weighed.bytes)
    assert weighed.requests <= 14, first
    assert weighed.bytes <= 120_000, first
    weighed.requests = weighed.bytes = 0
    page.goto(f"{mail.base}/posta/")
    page.wait_for_load_state("networkidle")
    assert weighed.requests <= 5, weighed
    assert weighed.bytes <= 10_000, weighed


def test_a_list_is_read_marked_and_taken_back_without_script(mail: Mail, opened: Open) -> None:
    page = opened(mail.box(60), java_script_enabled=False)
    page.click("a[rel=next]")
    assert page.locator(".row .subject").first.inner_text() == "Messaggio 10"
    page.check(".row >> nth=0 >> input")
    page.click("button[value=trash]")
    assert page.locator(".row .subject").first.inner_text() == "Messaggio 9"
    page.click("#undo button")
    page.goto(f"{mail.base}/posta/cerca/?q=oggetto:messaggio+10")
    expect(page.locator(".row")).to_have_count(1)
    page.click(".language button")
    assert page.locator("html").get_attribute("lang") == "en"
    assert "q=oggetto" in page.url
