"""No page of the webmail has a fault that axe finds, is too wide, or breaks its policy.

WCAG 2.0 to 2.2, A and AA, and good practice; in Italian and English; at three widths; light, dark
and in forced colours; with nothing in it, with long texts and with errors. A page is loaded once,
and its width and colours are changed under it. In the dark only what follows from colours is
looked at again, and at one width: colours do not change with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from tests.browser.conftest import AXE, RULES
from tests.browser.webmail_stage import Stage, Visit

pytestmark = [pytest.mark.whole, pytest.mark.host, pytest.mark.timeout(600)]

WIDTHS = (1366, 390, 320)
OF_COLOURS = ["color-contrast", "link-in-text-block"]
LOCALES = {"it": "it-IT", "en": "en-GB"}
JUDGE = """
(only) => axe.run(document, {
  runOnly: only, resultTypes: ['violations'], iframes: false,
  rules: document.querySelector('.others[open]') ? {'target-size': {enabled: false}} : {},
}).then((found) => found.violations.flatMap(
  (one) => one.nodes.slice(0, 3).map((node) => one.id + ': ' + node.html.slice(0, 160))))
"""
WIDE = """
() => Array.from(document.querySelectorAll('body *'))
  .filter((one) => document.documentElement.scrollWidth > innerWidth
    && one.getBoundingClientRect().right > innerWidth && !one.closest('.folders'))
  .slice(0, 3).map((one) => 'too wide: ' + one.outerHTML.slice(0, 120))
"""
UNFOLD = """
() => document.querySelectorAll('details:not(.others)').forEach((one) => { one.open = true; })
"""
ASKED, ANSWERED, FREE, UNTOUCHED = (
    "only.imap@libero.it",
    "ends.2025@libero.it",
    "full@libero.it",
    "created.1feb@libero.it",
)
"""A paid mailbox that is asked, one that has answered, a free one with more space, and one that
the outage did not touch."""

LONG = "Parolalunghissima" * 14


def letters() -> Iterator[bytes]:
    """Long ones, one with a page, pictures from elsewhere, links and files, and a look-alike."""
    plain = _letter("Anna Verdi <anna@example.org>", "Ci vediamo giovedì?")
    plain.set_content("Ciao!\n\nA che ora?\n\n> Giovedì va bene.\n\nhttps://example.org/\n")
    yield plain.as_bytes(policy=SMTP)
    long = _letter(f"{LONG} <x@example.org>", f"Re: {LONG}")
    long["Cc"] = ", ".join(f"persona.{n}.{LONG[:30]}@example.org" for n in range(12))
    long.set_content(f"{LONG * 3}\n")
    long.add_attachment(b"MZ" + bytes(300), "application", "pdf", filename=f"{LONG}.pdf.exe")
    long.add_attachment(b"testo", "text", "plain", filename="nota.txt")
    yield long.as_bytes(policy=SMTP)
    page = _letter("Negozio <offerte@example.com>", "Offerte della settimana")
    page.set_content("Offerte")
    page.add_alternative(
        "<h1>Offerte</h1><p><img src='https://example.com/a.png' alt=''>"
        "<a href='https://example.com/x'>www.example.org</a></p>",
        subtype="html",
    )
    yield page.as_bytes(policy=SMTP)
    false = _letter("Libero Mail <ristoro@libero-mail.example>", "Libero Mail: conferma il ristoro")
    false.set_content("Libero Mail. Ristoro per il disservizio: conferma la tua password qui.\n")
    yield false.as_bytes(policy=SMTP)


def _letter(sender: str, subject: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, ASKED, subject
    made["Message-ID"] = f"<{abs(hash(subject))}@example.org>"
    return made


@pytest.fixture(scope="module")
def furnished(stage: Stage) -> Stage:
    """The stage with letters in one mailbox."""
    box = stage.box(ASKED)
    try:
        for each in letters():
            box.append("INBOX", each)
        box.make_folder("Cartella vuota")
    finally:
        box.close()
    return stage


@dataclass
class Judge:
    """Looks at pages and collects what is wrong with them."""

    visit: Visit
    found: list[str] = field(default_factory=list)

    @property
    def page(self) -> Any:
        return self.visit.page

    def see(self, path: str = "", *clicks: str) -> None:
        """Look at a page in every width and colour, after pressing what is to be pressed first."""
        if path:
            self.visit.open(path)
        for selector in clicks:
            self.page.locator(selector).first.click()
            self.page.wait_for_load_state()
        self.page.evaluate(UNFOLD)
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 2400})
            self._note(f"{width}", self.page.evaluate(WIDE) + self.page.evaluate(JUDGE, RULES))
        self.page.emulate_media(color_scheme="dark")
        self._note("dark", self.page.evaluate(JUDGE, OF_COLOURS))
        self.page.emulate_media(color_scheme="light")
        self.page.emulate_media(forced_colors="active")
        self._note("forced colours", self.page.evaluate(JUDGE, RULES))
        self.page.emulate_media(forced_colors="none")
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 2400})

    def _note(self, look: str, faults: list[str]) -> None:
        self.found += [f"{self.page.url} at {look}: {fault}" for fault in faults]


@pytest.mark.parametrize("lang", ["it", "en"])
def test_no_page_has_a_fault(browser: Any, furnished: Stage, lang: str) -> None:
    before = furnished.reports()
    found, contexts = [], []

    def judge(address: str = "") -> Judge:
        context = browser.new_context(
            locale=LOCALES[lang], viewport={"width": 1366, "height": 2400}
        )
        context.set_default_timeout(120_000)  # axe keeps both cores of a small machine busy
        contexts.append(context)
        one = Judge(Visit(context.new_page(), furnished))
        one.visit.watch()
        if address:
            one.visit.sign_in(address)
            assert one.page.evaluate("document.documentElement.lang") == lang
        return one

    for look, address in (
        (signing_in, ""),
        (reading, ASKED),
        (writing, ASKED),
        (own_pages, ASKED),
        (answered, ANSWERED),
        (leaving, UNTOUCHED),
        (little_else, FREE),
    ):
        one = judge(address)
        look(one)
        refused = re.compile("status of (403|404|422)")
        found += one.found + [fault for fault in one.visit.faults if not refused.search(fault)]
    for context in contexts:
        context.close()
    assert not found, "\n".join(found)
    assert furnished.reports() == before


def signing_in(one: Judge) -> None:
    one.see("/entra/")
    one.see("/entra/?uscita=1")
    one.visit.open("/entra/?scaduta=1")
    one.page.fill("#address", f"{LONG[:60].lower()}@libero.it")
    one.page.fill("#password", "x")
    one.see("", "main button.main")


def reading(one: Judge) -> None:
    one.see("/posta/")
    place = one.page.locator(".row > a", has_text="Offerte").get_attribute("href")
    for subject in ("decidi tu", "longer", "Ci vediamo", "Re: Parola", "Offerte", "conferma il"):
        row = one.visit.open("/posta/").locator(".row > a", has_text=subject)
        if row.count():
            one.see(row.first.get_attribute("href"))
    one.see("", ".others > summary")  # an open menu, which lies over some of what is below it
    one.see(f"{place}?testo")
    one.see("/posta/Cartella%20vuota/")
    one.see("/posta/cerca/?q=giovedì")
    one.see("/posta/cerca/?q=nessunolodice")
    one.see("/posta/arrivo/1-999999/")
    one.see("/posta/annulla/")
    one.visit.open("/posta/")
    one.page.locator(".row", has_text="Ci vediamo").locator("input").check()
    one.see("", "button[value=star]" if one.page.locator("button[value=star]").count() else "#all")
    one.see("/impostazioni/")


def writing(one: Judge) -> None:
    one.see("/posta/scrivi/")
    one.page.fill("#to", f"anna@, {'x' * 200}@libero.it")
    one.page.fill("#subject", LONG)
    one.see("", "button.send")
    place = one.visit.open("/posta/").locator(".row > a", has_text="Ci vediamo").first
    one.see(f"{place.get_attribute('href')}rispondi/")
    one.page.fill("#to", ASKED)
    one.see("", "button.send")


def own_pages(one: Judge) -> None:
    one.see("/ristoro/")
    one.see(one.page.locator("form.answer").first.get_attribute("action"))
    one.see("/ristoro/1/conferma/")
    one.see("/ristoro/verifica/")
    one.page.fill("#code", "BCDF-GHJL")
    one.see("", "main form.form button")


def answered(one: Judge) -> None:
    one.visit.open("/ristoro/")
    if one.page.locator("form.answer").count():
        one.see("", "form.answer button[value=yes]")
    one.see("/ristoro/")


def leaving(one: Judge) -> None:
    one.see("/posta/")
    one.see("/ristoro/")
    one.see("/esporta/")
    one.see("", "form[action$='/prepara/'] button")
    one.see("/esporta/trasloco/")
    one.page.fill("#host", "imap.invalid")
    one.page.fill("#name", "x")
    one.page.fill("#password", "x")
    one.see("", "form[action$='/inizia/'] button")
    one.see("/segnala/")
    one.page.fill("#words", LONG)
    one.see("", "form[action$='/invia/'] button")


def little_else(one: Judge) -> None:
    one.see("/ristoro/")
    one.see("/telefono/")
    lang = one.page.evaluate("document.documentElement.lang")
    one.see(f"/telefono/senza-rete/{lang}/")
