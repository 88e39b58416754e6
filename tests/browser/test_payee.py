"""A holder gives the account for transfers in Chromium, without script, and undoes it.

The letter about it comes by the process beside the pages, and bears the seal in the reader.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import WATCH, faults, reloaded
from tests.databases import copy_sqlite, free_port, pointed_at
from tests.hosts.embedded import PASSWORD, embedded_host
from tests.payees.made import IBAN, NAME

from ristoro import env, wiring
from ristoro.cli.behind import web_of
from ristoro.cli.init import make_secrets
from ristoro.edges.mailhosts.embedded import Account
from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.kernel import clock
from ristoro.notices.keys import make_keys
from ristoro.notices.models import NoticeState
from ristoro.notices.singles.models import Single

pytestmark = [pytest.mark.host, pytest.mark.timeout(300)]

ADDRESSES = ("carla@libero.it", "dario@libero.it")
WIDTHS = (1366, 390)
PICTURES = os.environ.get("RISTORO_TEST_PICTURES")
"""A folder to put pictures of the pages into, for whoever wants to look at them."""


@pytest.fixture(scope="module")
def site(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[str]:
    """The web process, and holders who are owed 12.34 euro each by transfer."""
    home = tmp_path_factory.mktemp("home")
    database = copy_sqlite(sqlite_template, home)
    with pytest.MonkeyPatch.context() as patch, embedded_host(home / "mailhost") as host:
        host.start()
        patch.setenv("RISTORO_HOME", str(home))
        for name, value in database.environment().items():
            patch.setenv(name, value)
        make_secrets(env.current())
        for brand in wiring.brands_of(env.current()).values():
            make_keys(wiring.dkim_folder(env.current()), brand)
        host.provision([Account(one, PASSWORD, 1 << 30, 0) for one in ADDRESSES])
        with django_db_blocker.unblock(), pointed_at(database):
            for number, address in enumerate(ADDRESSES, 1):
                owe(number, address)
        port = free_port()
        command = [sys.executable, "-m", "ristoro", "serve", "--background", "--port", str(port)]
        subprocess.run(command, check=True, timeout=120)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            web_of(home).stop()


def owe(number: int, address: str) -> None:
    """12.34 euro wait to be transferred to the holder of an address."""
    now, box = clock.now(), {"mailbox_id": number, "bucket": 0, "address": address}
    Single.objects.create(
        **box, key=address, brand="libero", locale="it", kind="payee-undone", words={}, at=now,
        state=NoticeState.ACCEPTED, next_at=now,
    )  # fmt: skip
    Payment.objects.create(
        **box, key=f"K{number}", end_to_end=f"K{number}", amount=1234, currency="EUR",
        nature="price-reduction", about="Rimborso del canone", state=PaymentState.LISTED,
        asked_at=now, since=now,
    )  # fmt: skip


@dataclass
class Visit:
    """A holder's browser."""

    page: Any
    site: str

    def open(self, path: str) -> Any:
        self.page.goto(self.site + path)
        return self.page

    def sign_in(self, address: str) -> None:
        self.open("/entra/")
        self.page.fill("#address", address)
        self.page.fill("#password", PASSWORD)
        self.page.press("#password", "Enter")
        self.page.wait_for_url("**/posta/")


Visits = Callable[..., Visit]


@pytest.fixture
def visits(browser: Any, site: str) -> Iterator[Visits]:
    """Opens browsers."""
    contexts = []

    def visit(**options: Any) -> Visit:
        context = browser.new_context(**{"locale": "it-IT", **options})
        context.add_init_script(WATCH)
        contexts.append(context)
        return Visit(context.new_page(), site)

    yield visit
    for one in contexts:
        one.close()


def looked_at(page: Any, name: str, scripted: bool = True) -> None:
    """The page is no wider than either screen, and axe finds nothing on it."""
    if PICTURES:
        width = page.viewport_size["width"]
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    if not scripted:
        return
    assert page.evaluate("window.violations") == [], name
    page.set_viewport_size({"width": WIDTHS[1], "height": 850})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= WIDTHS[1], f"{name} is {wide} px wide on a screen of {WIDTHS[1]}"
    page.set_viewport_size({"width": WIDTHS[0], "height": 850})
    assert faults(page) == [], name


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def link(page: Any, name: str) -> Any:
    return page.get_by_role("link", name=name, exact=True)


def given(visit: Visit, scripted: bool) -> Any:
    """From the holder's page to the account that was stored."""
    page = visit.open("/ristoro/")
    looked_at(page, "mine", scripted)
    link(page, "Indica il conto").click()
    looked_at(page, "home-none", scripted)
    link(page, "Indica il conto").click()
    looked_at(page, "give", scripted)
    page.get_by_label("IBAN").fill(IBAN[:-1] + "7")
    page.get_by_label("Intestatario del conto").fill("Càrla Bianchi")
    button(page, "Avanti").click()
    assert page.get_by_role("link", name="Una lettera o una cifra").is_visible()
    looked_at(page, "give-wrong", scripted)
    page.get_by_label("IBAN").fill(IBAN)
    button(page, "Avanti").click()
    assert page.get_by_text(NAME, exact=True).is_visible()
    looked_at(page, "check", scripted)
    page.get_by_label("Password di").fill(PASSWORD)
    button(page, "Sì, usa questo conto").click()
    assert page.get_by_text("IT60 … 3456").is_visible()
    return page


def test_an_account_is_given_is_told_by_a_sealed_letter_and_undone(visits: Visits) -> None:
    visit = visits(viewport={"width": WIDTHS[0], "height": 850})
    visit.sign_in(ADDRESSES[0])
    page = given(visit, scripted=True)
    looked_at(page, "home-cooling")
    looked_at(visit.open("/ristoro/"), "mine-cooling")
    letter = page.get_by_role("link", name="Hai indicato il conto per i versamenti")
    visit.open("/posta/")
    reloaded(page, lambda: letter.count() > 0)
    letter.first.click()
    page.get_by_text("avviso autentico").first.wait_for()
    visit.open("/ristoro/conto/")
    link(page, "Annullalo").click()
    looked_at(page, "sure")
    page.get_by_label("Password di").fill(PASSWORD)
    button(page, "Annullalo").click()
    assert page.get_by_text("Annullato: ciò che era stato indicato è cancellato").is_visible()
    expect(page.get_by_text("IT60")).to_have_count(0)


def test_it_all_goes_on_a_phone_without_script(visits: Visits) -> None:
    visit = visits(viewport={"width": WIDTHS[1], "height": 850}, java_script_enabled=False)
    visit.sign_in(ADDRESSES[1])
    given(visit, scripted=False)
