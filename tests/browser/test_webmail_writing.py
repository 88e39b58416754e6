"""A letter written in Chromium: by keyboard, kept by itself, and at every width without trouble."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import holder_page, troubles
from tests.databases import Database, free_port
from tests.hosts.embedded import PASSWORD, embedded_host

from ristoro import env
from ristoro.cli.behind import web_of
from ristoro.cli.init import make_secrets
from ristoro.edges.mailboxes.contract import Role
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.edges.mailboxes.server import Service
from ristoro.edges.mailhosts.embedded import Account, EmbeddedHost
from ristoro.faces.webmail.folders import by_role

pytestmark = pytest.mark.host


@dataclass
class Desk:
    """The webmail's web process, and the holder's mailbox opened beside it."""

    base: str
    box: ImapMailbox

    def subjects(self, role: Role) -> list[str]:
        folder = by_role(self.box.folders(), role)
        return [] if folder is None else [row.subject for row in self.box.page(folder.path).rows]


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, EmbeddedHost]]:
    home = tmp_path_factory.mktemp("home")
    with embedded_host(home / "mailhost") as host:
        host.start()
        yield home, host


@pytest.fixture
def desk(
    database: Database,
    mail: tuple[Path, EmbeddedHost],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    home, host = mail
    for name, value in database.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RISTORO_HOME", str(home))
    make_secrets(env.current())
    address = f"{tmp_path.name[-40:].strip('_-').lower()}@libero.it"
    host.provision([Account(address, PASSWORD, 100 << 20)])
    imap = host.settings().imap
    box = sign_in(Service(imap.host, imap.port), address, PASSWORD)
    port = free_port()
    command = [sys.executable, "-m", "ristoro", "serve", "--background", "--port", str(port)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    try:
        yield Desk(f"http://127.0.0.1:{port}", box)
    finally:
        box.close()
        web_of(home).stop()


Open = Callable[..., Any]


@pytest.fixture
def opened(browser: Any, desk: Desk) -> Iterator[Open]:
    """Signs the holder in, in a browser of some kind: ``opened(width=320, lang="en")``."""
    contexts = []

    def make(width: int = 1366, lang: str = "it", scheme: str = "light", **more: Any) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            locale={"it": "it-IT", "en": "en-GB"}[lang],
            color_scheme=scheme,
            **more,
        )
        contexts.append(context)
        return holder_page(context, desk.base, desk.box.address, PASSWORD)

    yield make
    for context in contexts:
        context.close()


def test_a_letter_is_written_and_sent_without_a_mouse(opened: Open, desk: Desk) -> None:
    page = opened()
    page.goto(f"{desk.base}/posta/scrivi/")
    assert page.evaluate("document.activeElement.id") == "to"
    page.keyboard.type(desk.box.address)
    page.focus("#subject")
    page.keyboard.type("A me")
    page.keyboard.press("Tab")
    page.keyboard.type("Ciao")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/esito/")
    assert troubles(page) == []
    assert desk.subjects(Role.INBOX) == desk.subjects(Role.SENT) == ["A me"]
    assert desk.subjects(Role.DRAFTS) == []


def test_what_is_typed_is_kept_after_half_a_minute_and_once(opened: Open, desk: Desk) -> None:
    page = opened()
    page.clock.install()
    page.goto(f"{desk.base}/posta/scrivi/")
    for subject in ("Bozza", "Bozza mia"):
        page.fill("#subject", subject)
        with page.expect_response("**/salva/") as told:
            page.clock.fast_forward(31_000)
        assert told.value.status == 200
        page.wait_for_selector("#saved:not(:empty)")
    assert desk.subjects(Role.DRAFTS) == ["Bozza mia"]
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(31_000)
    assert asked == []


def test_enter_in_the_subject_saves_and_does_not_send(opened: Open, desk: Desk) -> None:
    page = opened()
    page.goto(f"{desk.base}/posta/scrivi/")
    page.fill("#to", desk.box.address)
    page.fill("#subject", "Non ancora")
    page.press("#subject", "Enter")
    page.wait_for_url("**/posta/scrivi/*/")
    assert desk.subjects(Role.DRAFTS) == ["Non ancora"]
    assert desk.subjects(Role.SENT) == []


def test_a_letter_is_sent_without_javascript(opened: Open, desk: Desk) -> None:
    page = opened(java_script_enabled=False)
    page.goto(f"{desk.base}/posta/scrivi/")
    page.fill("#to", desk.box.address)
    page.fill("#subject", "Senza script")
    page.set_input_files("#files", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"}])
    page.click("button.save")
    assert page.is_checked("[name=keep]")
    page.click("button.send")
    page.wait_for_url("**/esito/")
    assert desk.subjects(Role.SENT) == ["Senza script"]
    assert desk.box.page("INBOX").rows[0].attachments


def test_an_address_is_picked_from_those_written_to_before(opened: Open, desk: Desk) -> None:
    desk.box.append("Sent", b"To: Ugo Neri <ugo@example.org>, anna@example.org\r\n\r\nx\r\n")
    page = opened()
    page.goto(f"{desk.base}/posta/scrivi/")
    page.keyboard.type("c@example.org, ne")
    page.wait_for_selector(".offered button")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Ugo Neri <ugo@example.org>"
    assert troubles(page) == []
    page.keyboard.press("Enter")
    assert page.input_value("#to") == "c@example.org, Ugo Neri <ugo@example.org>, "
    page.keyboard.type("ugo")
    page.wait_for_selector(".offered", state="hidden")


def test_a_second_choice_of_files_adds_to_the_first(opened: Open, desk: Desk) -> None:
    page = opened()
    page.goto(f"{desk.base}/posta/scrivi/")
    for name in ("a.txt", "b.txt", "c.txt"):
        file = {"name": name, "mimeType": "text/plain", "buffer": name.encode()}
        page.set_input_files("#files", [file])
    page.click(".files li:has-text('b.txt') button")
    page.click("button.save")
    page.wait_for_selector("[name=keep]")
    assert page.locator(".files li bdi").all_inner_texts() == ["a.txt", "c.txt"]


def test_words_that_are_not_saved_are_not_left_by_mistake(opened: Open, desk: Desk) -> None:
    page = opened()
    page.goto(f"{desk.base}/posta/scrivi/")
    asked = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.type("#text", "Non perdermi")
    page.evaluate("document.querySelector('.home').click()")
    assert page.input_value("#text") == "Non perdermi"
    assert page.url.endswith("/posta/scrivi/")
    page.click("button.save")
    page.wait_for_url("**/posta/scrivi/*/")
    page.click(".home")
    page.wait_for_url("**/posta/")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize(
    ("width", "lang", "scheme"),
    [(1366, "it", "light"), (390, "en", "dark"), (320, "it", "dark")],
)
def test_no_trouble_at_any_width(
    opened: Open, desk: Desk, width: int, lang: str, scheme: str
) -> None:
    page = opened(width=width, lang=lang, scheme=scheme)
    page.goto(f"{desk.base}/posta/scrivi/")
    assert troubles(page) == []
    page.fill("#to", "anna@, " + "x" * 200 + "@libero.it, b@example.org")
    page.fill("#subject", "parola" * 40)
    page.set_input_files(
        "#files", [{"name": "n" * 100 + ".txt", "mimeType": "text/plain", "buffer": b"x"}]
    )
    page.click("button.send")
    page.wait_for_selector(".wrong a[href='#to']")
    assert troubles(page) == []
    page.click(".wrong a[href='#to']")
    assert page.evaluate("document.activeElement.id") == "to"
