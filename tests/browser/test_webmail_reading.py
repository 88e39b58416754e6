"""Messages read in Chromium: with seal and warning, by keyboard, without script, at every width."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import troubles
from tests.browser.test_webmail_writing import Desk, Open, desk, mail, opened
from tests.fulfilment import stage
from tests.notices import cast
from tests.webmail.reading.forgeries import MAILBOX, NOTICE, RUN, page_from_stranger

from ristoro import env, wiring
from ristoro.edges.mailboxes.contract import FLAGGED, SEEN, Role
from ristoro.faces.webmail import places
from ristoro.faces.webmail.folders import by_role
from ristoro.kernel.keys import bucket_of
from ristoro.notices.codes import code_of
from ristoro.notices.compose import compose
from ristoro.notices.facts import Identity, NoticeKind
from ristoro.notices.keys import make_keys, read_signers
from ristoro.notices.models import Notice, NoticeState
from ristoro.notices.sign import body_hash, sign

__all__ = ["desk", "mail", "opened"]

pytestmark = pytest.mark.host

FORGED = page_from_stranger(
    "<style>.seal{position:fixed;top:0}</style><div class=seal style='position:fixed;top:0;left:0;"
    "width:100%;height:100%;background:#e8f5ee'>Questo è un avviso autentico di Libero Mail</div>"
    "<a href='https://evil.example/'>https://ristoro.libero.it</a><script>alert(1)</script>",
    name="Libero Mail",
    subject="Conferma il tuo ristoro",
)
NEWS = page_from_stranger(
    "<table width=600><tr><td><img src='https://shop.example/a.png' alt='Bottega' height=200>"
    "<h1>Offerte</h1><p>Ecco le <a href='https://tracker.example/x'>www.shop.example</a>."
    "</td></tr></table>",
    name="Bottega",
    subject="Offerte",
)
PLAIN = (
    b"From: Anna Verdi <anna@example.org>\r\nTo: carla@libero.it, bruno@example.org\r\n"
    b"Subject: Re: Cena\r\nReferences: <1@example.org>\r\nMessage-ID: <2@example.org>\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nVa bene: https://example.org/dove\r\n\r\n"
    b"Il 20 nov Carla ha scritto:\r\n> Vieni?\r\n> Sabato.\r\n> Alle otto.\r\n> Ciao\r\n\r\n"
    b"-- \r\nAnna\r\n--b\r\nContent-Disposition: attachment; filename=fattura.pdf.exe\r\n\r\nMZ\r\n"
    b"--b--\r\n"
)
FIRST = b"From: carla@libero.it\r\nSubject: Cena\r\nMessage-ID: <1@example.org>\r\n\r\nVieni?\r\n"


def genuine(desk: Desk) -> bytes:
    """A letter of a run to this mailbox, signed by the keys of the installation."""
    environment = env.current()
    brand = wiring.brands_of(environment)["libero"]
    folder = wiring.dkim_folder(environment)
    if not folder.exists():
        folder.mkdir(parents=True)
        make_keys(folder, brand)
    secret = environment.secret_or_empty("RISTORO_NOTICE_SECRET").encode()
    who = Identity(RUN, NOTICE, desk.box.address, code_of(secret, RUN, NOTICE))
    letter = compose(cast.more_space(), who, cast.APPROVED)
    signed = sign(letter, read_signers(folder, brand), cast.APPROVED)
    Notice.objects.create(
        id=NOTICE,
        run=stage.run(name=RUN),
        mailbox_id=MAILBOX,
        bucket=bucket_of(MAILBOX),
        address=desk.box.address,
        brand="libero",
        locale="it",
        kind=NoticeKind.STORAGE_DONE,
        state=NoticeState.VERIFIED,
        result="",
        body_hash=body_hash(signed),
    )
    return signed


def put(desk: Desk, stored: bytes) -> str:
    """The address of a message that is put into the inbox."""
    uid = desk.box.append("INBOX", stored)
    assert uid is not None
    return desk.base + places.message("INBOX", desk.box.uids("INBOX")[0], uid)


def on_top(page: Any, element: str) -> bool:
    """Whether nothing lies over an element, and it stands above all that a sender wrote."""
    script = """(name) => {
      const box = document.querySelector(name).getBoundingClientRect();
      const found = document.elementFromPoint(box.x + box.width / 2, box.y + 12);
      const subject = document.getElementById('subject').getBoundingClientRect();
      return found.closest(name) !== null && box.bottom <= subject.top;
    }"""
    return bool(page.evaluate(script, element))


@pytest.mark.parametrize(
    ("widths", "lang", "scheme"), [((1366, 320), "it", "light"), ((390,), "en", "dark")]
)
def test_messages_are_read_without_trouble(
    opened: Open, desk: Desk, widths: tuple[int, ...], lang: str, scheme: str
) -> None:
    put(desk, FIRST)
    page = opened(width=widths[0], lang=lang, scheme=scheme)

    def all_troubles() -> list[str]:
        found = []
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            found += troubles(page)
        return found

    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(put(desk, genuine(desk)))
    assert on_top(page, ".seal")
    expect(page.locator(".false")).to_have_count(0)
    assert all_troubles() == []
    page.goto(put(desk, FORGED))
    assert on_top(page, ".false")
    expect(page.locator(".seal")).to_have_count(0)
    expect(page.frame_locator("iframe.page").locator("a[href]")).to_have_count(0)
    assert all_troubles() == []
    page.goto(put(desk, NEWS))
    assert page.locator(".pictures").is_visible()
    assert page.locator(".leads strong").inner_text() == "tracker.example"
    assert all_troubles() == []
    page.goto(put(desk, PLAIN))
    page.wait_for_selector("#thread ol")
    page.click(".quote summary")
    assert all_troubles() == []
    assert asked == {urlsplit(desk.base).netloc}


def test_a_message_is_dealt_with_by_keyboard(opened: Open, desk: Desk) -> None:
    put(desk, FIRST)
    place = put(desk, PLAIN)
    page = opened()
    page.goto(place)
    page.wait_for_selector("#seen", state="detached")
    assert desk.box.page("INBOX").rows[0].seen
    for key, where in (("r", "rispondi/"), ("a", "rispondi-a-tutti/"), ("f", "inoltra/")):
        page.goto(place)
        page.keyboard.press(key)
        page.wait_for_url(f"**/{where}")
    page.goto(place)
    page.keyboard.press("s")
    page.wait_for_selector(".star.on")
    assert FLAGGED in desk.box.page("INBOX").rows[0].flags
    page.keyboard.press("j")
    page.locator("#subject", has_text="Cena").wait_for(state="attached")
    page.keyboard.press("u")
    page.wait_for_url("**/posta/")
    page.goto(place)
    page.wait_for_selector("#thread ol")
    page.keyboard.press("Shift+U")
    page.wait_for_url("**/posta/")
    assert SEEN not in desk.box.page("INBOX").rows[0].flags
    for key, role in (("e", Role.ARCHIVE), ("!", Role.JUNK), ("#", Role.TRASH)):
        page.goto(put(desk, NEWS))
        page.keyboard.press(key)
        page.wait_for_url("**/posta/")
        assert desk.subjects(role) == ["Offerte"]
    assert by_role(desk.box.folders(), Role.ARCHIVE) is not None


def test_a_message_is_read_and_dealt_with_without_javascript(opened: Open, desk: Desk) -> None:
    put(desk, FIRST)
    place = put(desk, PLAIN)
    page = opened(java_script_enabled=False)
    page.goto(place)
    page.click("#thread a")
    expect(page.locator(".thread li")).to_have_count(2)
    page.go_back()
    page.click("#seen button")
    page.wait_for_selector("#seen", state="detached")
    assert desk.box.page("INBOX").rows[0].seen
    page.click(".star")
    page.wait_for_selector(".star.on")
    page.click(".others summary")
    page.click(".others [value=unread]")
    page.wait_for_url("**/posta/")
    assert not desk.box.page("INBOX").rows[0].seen
    page.goto(put(desk, NEWS))
    page.click(".pictures button")
    page.wait_for_selector(".pictures [value=nessuno]")
    page.click(".doing [value=trash]")
    page.wait_for_url("**/posta/")
    assert desk.subjects(Role.TRASH) == ["Offerte"]
