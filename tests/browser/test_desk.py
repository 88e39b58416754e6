"""The desk in Chromium, and the holder's webmail beside it: one call, seen from both ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import WATCH, Reader, Site
from tests.databases import copy_sqlite, free_port, pointed_at
from tests.faces.programme import PASSWORD
from tests.hosts.embedded import PASSWORD as MAIL_PASSWORD
from tests.hosts.embedded import embedded_host
from tests.webmail.mine.conftest import PLUS, decided, loaded

from ristoro import env
from ristoro.cli.behind import web_of
from ristoro.cli.init import make_secrets
from ristoro.edges.mailhosts.embedded import Account
from ristoro.fulfilment.callers import verifying
from ristoro.fulfilment.callers.models import Call
from ristoro.fulfilment.models import Answer, Grant
from ristoro.kernel import clock
from ristoro.notices.models import Notice, NoticeState
from ristoro.staff import people
from ristoro.staff.models import Role

__all__ = ["decided", "loaded"]

pytestmark = pytest.mark.host
SECRET = "a key for sessions in tests"
Looks = list[tuple[int, str]]
LOOKS: dict[str, Looks] = {
    "it": [(320, "light"), (390, "dark"), (1366, "light")],
    "en": [(320, "dark"), (1366, "dark")],
}
UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true"
Make = Callable[..., Reader]


@pytest.fixture(scope="module")
def office(
    loaded: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[Site]:
    """The web process over an approved run, an agent, and one holder's mailbox on a Dovecot."""
    home = tmp_path_factory.mktemp("office")
    database = copy_sqlite(loaded, home)
    with pytest.MonkeyPatch.context() as patch, embedded_host(home / "mailhost") as host:
        host.start()
        patch.setenv("RISTORO_HOME", str(home))
        patch.setenv("RISTORO_SECRET_KEY", SECRET)
        patch.setenv("RISTORO_SECOND_FACTOR", "no")
        for name, value in database.environment().items():
            patch.setenv(name, value)
        make_secrets(env.current())
        with django_db_blocker.unblock(), pointed_at(database):
            people.add("Gina", PASSWORD, [Role.AGENT], actor="test", at=clock.now())
            Notice.objects.filter(address=PLUS).update(
                state=NoticeState.ACCEPTED, since=clock.now()
            )
            host.provision([Account(PLUS, MAIL_PASSWORD, 1 << 30, 0)])
            port = free_port()
            command = [sys.executable, "-m", "ristoro", "serve", "--background"]
            served = [*command, "--port", str(port)]
            done = subprocess.run(served, capture_output=True, text=True, check=False, timeout=60)
            assert done.returncode == 0, done.stderr
            try:
                yield Site(f"http://127.0.0.1:{port}", cast(Any, None))
            finally:
                web_of(home).stop()


@pytest.fixture
def someone(browser: Any, office: Site) -> Iterator[Make]:
    """Makes people with a browser of their own, nobody signed in."""
    contexts = []

    def make(lang: str = "it", **more: Any) -> Reader:
        context = browser.new_context(
            viewport={"width": 1366, "height": 800},
            locale={"it": "it-IT", "en": "en-GB"}[lang],
            **more,
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        return Reader(context.new_page(), office)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def agent(someone: Make) -> Make:
    """Makes agents who are signed in."""

    def make(**look: Any) -> Reader:
        one = someone(**look)
        one.sign_in("Gina")
        return one

    return make


def looked_at(one: Reader, name: str, looks: Looks) -> list[str]:
    """What is wrong with the page, everything unfolded, at several widths and colours."""
    folder = os.environ.get("RISTORO_SHOTS")
    found = []
    if folder:
        one.page.screenshot(path=str(Path(folder) / f"{name}.png"))
    one.page.evaluate(UNFOLD)
    for width, scheme in looks:
        one.page.set_viewport_size({"width": width, "height": 800})
        one.page.emulate_media(color_scheme=scheme)
        found += one.troubles()
        if folder:
            path = Path(folder) / f"{name}-{width}-{scheme}.png"
            one.page.screenshot(path=str(path), full_page=True)
    return found


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
    page.fill("#code", verifying.code_of(Call.objects.latest("pk"), SECRET.encode()))
    page.press("#code", "Enter")
    page.wait_for_selector(".bar.known")
    return page


def test_the_desk_s_pages_fit_and_are_accessible(agent: Make) -> None:
    troubles = []
    grant = Grant.objects.get(address=PLUS)
    for lang, looks in LOOKS.items():
        one = agent(lang=lang)
        one.open("/sportello/")
        troubles += looked_at(one, f"home-{lang}", looks)
        page = find(one)
        troubles += looked_at(one, f"caller-{lang}", looks)
        verify(one)
        troubles += looked_at(one, f"mailbox-{lang}", looks)
        one.open(f"{page.url.removeprefix(one.site.base)}risposta/{grant.pk}/")
        troubles += looked_at(one, f"answer-{lang}", looks)
        for path in ("/sportello/coda/", "/sportello/tasti/"):
            one.open(path)
            troubles += looked_at(one, f"{path.split('/')[2]}-{lang}", looks[:1])
    assert troubles == []


def test_the_holder_reads_the_code_in_the_webmail_and_may_cut_the_call_off(
    agent: Make, someone: Make
) -> None:
    holder = someone()
    theirs = holder.open("/entra/")
    theirs.fill("#address", PLUS)
    theirs.fill("#password", MAIL_PASSWORD)
    theirs.click("main button.main")
    theirs.wait_for_url("**/posta/")
    desk = agent()
    page = find(desk)
    page.click("form[action$='/codice/'] button")
    troubles = []
    for path in ("/ristoro/", "/ristoro/telefono/"):
        holder.open(path)
        troubles += looked_at(holder, f"holder{path.replace('/', '-')}", LOOKS["it"])
    page.fill("#code", theirs.locator(".calling .digits").inner_text())
    page.press("#code", "Enter")
    page.wait_for_selector(".bar.known")
    assert PLUS in page.inner_text(".bar")
    holder.open("/ristoro/telefono/")
    troubles += looked_at(holder, "holder-known", LOOKS["it"])
    theirs.click(".calling button")
    theirs.wait_for_selector("[role=status]")
    page.reload()
    assert PLUS not in page.inner_text("body")
    assert "nessuno chiama per questa casella" in page.inner_text("[role=alert]")
    assert troubles == []


def test_a_call_goes_by_keyboard_alone_without_script_and_without_keys(agent: Make) -> None:
    one = agent()
    page = one.open("/sportello/")
    assert page.evaluate("document.activeElement.id") == "address"
    page.keyboard.type(PLUS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sportello/chiamata/*/")
    page.keyboard.press("c")
    page.wait_for_selector("#code")
    page.keyboard.type(verifying.code_of(Call.objects.latest("pk"), SECRET.encode()))
    page.keyboard.press("Enter")
    page.wait_for_selector(".bar.known")
    page.keyboard.press("a")
    page.wait_for_selector("button[value=yes]")
    page.focus("button[value=yes]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")
    assert "Ho registrato il Suo sì" in page.inner_text(".done")
    assert Answer.objects.get().yes
    page.keyboard.press("z")
    page.wait_for_selector("text=Ho tolto la Sua risposta")
    assert not Answer.objects.exists()
    page.keyboard.press("3")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#address")
    assert Call.objects.latest("pk").about == "answer"
    assert one.troubles() == []
    one.open("/sportello/tasti/").click("form[action$='/scelta/'] button")
    find(one).keyboard.press("c")
    expect(page.locator("#code")).to_have_count(0)
    plain = agent(java_script_enabled=False)
    find(plain)
    page = verify(plain)
    page.click(".remedy .button")
    page.click("button[value=no]")
    assert "Ho registrato il Suo no" in page.inner_text(".done")
