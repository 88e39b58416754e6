"""A holder's own pages in Chromium: at every width and colour, and without script."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import holder_page, troubles
from tests.databases import copy_sqlite, free_port, pointed_at
from tests.hosts.embedded import PASSWORD, embedded_host
from tests.webmail.mine.conftest import FREE, PLUS, decided, loaded

from ristoro import env, wiring
from ristoro.cli.behind import web_of
from ristoro.cli.init import make_secrets
from ristoro.edges.mailhosts.embedded import Account
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.remedies.models import Run
from ristoro.remedies.runs import read_decided

__all__ = ["decided", "loaded"]

pytestmark = pytest.mark.host
DECLINER = "ends.30aug@libero.it"


@pytest.fixture(scope="module")
def site(
    loaded: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[str]:
    """The web process over an approved run, whose letters and grants a worker has made."""
    home = tmp_path_factory.mktemp("home")
    database = copy_sqlite(loaded, home)
    with pytest.MonkeyPatch.context() as patch, embedded_host(home / "mailhost") as host:
        host.start()
        patch.setenv("RISTORO_HOME", str(home))
        for name, value in database.environment().items():
            patch.setenv(name, value)
        make_secrets(env.current())
        with django_db_blocker.unblock(), pointed_at(database):
            prepare(host)
            port = free_port()
            command = [*("serve", "--background", "--port", str(port))]
            run_command(*command)
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                web_of(home).stop()


def prepare(host: Any) -> None:
    """Mailboxes and subscriptions as the estate has them, and a month left to answer."""
    run = Run.objects.get()
    with closing(wiring.ledger(env.current())) as ledger:
        ledger.take_in(read_decided(Path(run.directory)).snapshot)
    Grant.objects.filter(state=GrantState.WAITING).update(
        deadline=clock.now().date() + timedelta(days=30)
    )
    boxes = {
        grant.address: grant.base if grant.base is not None else 1 << 30
        for grant in Grant.objects.all()
    }
    host.provision([Account(address, PASSWORD, size) for address, size in boxes.items()])
    runs.begin(run, clock.now())
    work()


def work() -> None:
    """What a worker does, to its end; in a process of its own, beside the browser's loop."""
    run_command("work", Run.objects.get().name)


def run_command(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ristoro", *words],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


Open = Callable[..., Any]


@pytest.fixture
def opened(browser: Any, site: str) -> Iterator[Open]:
    """Signs a holder in, in a browser of some kind: ``opened(PLUS, width=320, lang="en")``."""
    contexts = []

    def make(
        address: str, width: int = 1366, lang: str = "it", scheme: str = "light", **more: Any
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            locale={"it": "it-IT", "en": "en-GB"}[lang],
            color_scheme=scheme,
            base_url=site,
            **more,
        )
        contexts.append(context)
        return holder_page(context, "", address, PASSWORD)

    yield make
    for context in contexts:
        context.close()


KINDS = [(1366, "light", "it"), (390, "dark", "en"), (320, "light", "it"), (320, "dark", "it")]


@pytest.mark.parametrize(("width", "scheme", "lang"), KINDS)
def test_the_pages_are_without_trouble(opened: Open, width: int, scheme: str, lang: str) -> None:
    page = opened(PLUS, width, lang, scheme)
    place = page.goto("/ristoro/") and page.get_attribute("form.answer", "action")
    found = []
    for path in ("/ristoro/", place, "/ristoro/verifica/"):
        page.goto(path)
        for each in page.query_selector_all("details"):
            each.evaluate("(details) => details.open = true")
        found += [f"{path}: {one}" for one in troubles(page)]
    page = opened(FREE, width, lang, scheme)
    page.goto("/ristoro/")
    found += troubles(page)
    page.click("text=/R(icevuta|eceipt) /")
    found += troubles(page)
    assert found == []


def test_without_script_and_by_keyboard_a_yes_ends_in_the_new_date(opened: Open) -> None:
    page = opened(PLUS, width=390, java_script_enabled=False)
    page.click("text=Il mio ristoro")
    page.focus("form.answer button.main")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ricevuta/")
    assert "Abbiamo registrato la tua risposta" in page.inner_text("main")
    work()
    page.reload()
    told = page.inner_text("main")
    assert "È fatto" in told
    assert "29 febbraio 2024" in told


def test_a_no_with_its_reason_is_taken_back(opened: Open) -> None:
    page = opened(DECLINER, java_script_enabled=False)
    page.goto("/ristoro/")
    page.click("text=Se dici di no")
    page.fill("textarea", "Ho già un'altra casella.")
    page.click("text=No, grazie")
    page.wait_for_url("**/ricevuta/")
    assert "Ho già un'altra casella." in page.inner_text("main")
    page.click("text=Ritira la mia risposta")
    page.wait_for_url("**/conferma/")
    assert page.is_visible("text=Sì, lo voglio")


def test_a_link_on_another_site_leads_to_the_mailbox_and_not_to_the_card(
    opened: Open, site: str
) -> None:
    page = opened(DECLINER)
    page.goto("/ristoro/")
    card = page.get_attribute("form.answer", "action")
    other = site.replace("127.0.0.1", "localhost")
    page.goto(f"{other}/entra/")
    page.evaluate("(place) => { window.location = place }", f"{site}{card}")
    page.wait_for_url("**/posta/")
    assert not page.query_selector("form.answer")
