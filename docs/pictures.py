"""``python -m docs.pictures PORT NAME[=PASSWORD]...``: draw the README's pictures anew.

They are taken from the running demo (``make demo``) by Chromium, in Italian. Each name has its
pictures: ``holder``, of a paid mailbox, who says yes; ``claimant``, who is to be paid and has
claimed; ``anna``, ``carla``, ``dario`` and ``elena`` of the staff, with the passwords that the demo
printed. The demo of another day shows other times and codes.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from ristoro import env, start, wiring  # noqa: F401 - start sets Django up, first
from ristoro.cli import demo_lanes
from ristoro.cli.addresses import webmail_at
from ristoro.edges.mailboxes.contract import SEEN
from ristoro.edges.mailboxes.imap import sign_in
from ristoro.env import Environment
from ristoro.kernel import clock

FOLDER = Path(__file__).parent / "pictures"
ADDRESS = "plus100@virgilio.it"
NAME = "libero-virgilio-2023-01"
WIDE = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}
LIGHT = {"locale": "it-IT", "color_scheme": "light"}
LOOKS = {"desk": (1366, 860), "phone": (390, 844)}
MOST_BYTES = 150 * 1024
COLOURS = 128
ASIDE = "Da parte"
LETTERS = (
    ("Comune di Ivrea", "protocollo@example.org", "La tua richiesta è stata accolta", 2),
    ("Marta Rinaldi", "marta@example.org", "Foto di domenica", 5),
    ("Biblioteca civica", "prestiti@example.org", "Il libro che hai prenotato è arrivato", 26),
    ("Paolo Ferri", "paolo@example.org", "Re: treno di venerdì", 30),
    ("Condominio via Roma 8", "amministratore@example.org", "Verbale dell'assemblea", 75),
    ("Giulia", "giulia@example.org", "Ricetta della nonna", 130),
)
"""What else lies in the mailbox: sender, subject, hours before the picture."""


def main() -> None:
    """Take the pictures of everybody who is named; the holder has said yes afterwards."""
    port, *named = sys.argv[1:]
    given = dict(one.partition("=")[::2] for one in named)
    demo = Environment({"RISTORO_HOME": str(env.current().home / "demo")})
    host = wiring.embedded_host(demo)
    places = {brand: at.removesuffix("/posta/") for brand, at in webmail_at(int(port)).items()}
    base = f"http://127.0.0.1:{port}"
    with chromium() as browser:
        if "holder" in given:
            fill(demo, host.reader_password())
            page = browser.new_context(**LIGHT).new_page()
            Camera(page, places["virgilio"]).go(host.reader_password())
        if "claimant" in given:
            for brand, visit in (("virgilio", payee), ("libero", claimed)):
                page = browser.new_context(**LIGHT, viewport=PHONE).new_page()
                visit(page, places[brand], host.reader_password())
        for name, way in STAFF.items():
            if name not in given:
                continue
            page = browser.new_context(**LIGHT, viewport=WIDE).new_page()
            page.goto(f"{base}/console/entra/")
            page.fill("#id_username", name)
            page.fill("#id_password", given[name])
            page.click("main button")
            way(page, base)


def payee(page: Any, base: str, password: str) -> None:
    """An account as its holder sees it once more before it is stored; nothing is stored."""
    sign_in_as(page, base, ADDRESS, password)
    page.goto(f"{base}/ristoro/conto/indica/")
    page.fill("#iban", demo_lanes.IBAN)
    page.fill("#name", "Nicolò Bassi")
    page.click("main form button.main")
    kept(page, "webmail-account-phone")


def claimed(page: Any, base: str, password: str) -> None:
    """What the records show, as the holder reads it who has claimed damages."""
    sign_in_as(page, base, demo_lanes.SETTLED, password)
    page.goto(f"{base}/reclami/")
    page.locator("li.claim a").first.click()
    page.wait_for_url("**/reclami/*/")
    page.locator("#evidence").evaluate("(head) => head.scrollIntoView()")
    kept(page, "webmail-evidence-phone")


def sign_in_as(page: Any, base: str, address: str, password: str) -> None:
    """To a mailbox of the sample."""
    page.goto(f"{base}/posta/")
    page.fill("#address", address)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_url("**/posta/")


def examiner(page: Any, base: str) -> None:
    """A claim beside what the logs show."""
    page.goto(f"{base}/console/pratiche/")
    page.locator("table.queue th a").first.click()
    page.wait_for_selector("section.decide")
    kept(page, "console-claim")


def finance(page: Any, base: str) -> None:
    """A batch that waits to be released, and the books."""
    page.goto(f"{base}/console/pagamenti/distinte/")
    page.locator("main table th a").first.click()
    page.wait_for_selector("dl.figures")
    kept(page, "console-batch")
    page.goto(f"{base}/console/libri/")
    kept(page, "console-books")


def console(page: Any, base: str) -> None:
    """What an operator sees of the demo's run."""
    page.goto(f"{base}/console/")
    run = page.locator("a[href*='/esecuzioni/']").first.get_attribute("href")
    page.goto(f"{base}{run}rapporto/")
    if page.locator("svg").count() == 0:
        page.click("main form button")
        page.locator("a.onward").click(timeout=60_000)
    for name, path in (
        ("console-run", run),
        ("console-preview", f"{run}anteprima/"),
        ("console-progress", f"{run}avanzamento/"),
        ("console-report", f"{run}rapporto/"),
        ("console-outage", f"/console/disservizi/{NAME}/"),
        ("programme-it", f"/it/ristori/{run.rstrip('/').rpartition('/')[2]}/"),
    ):
        page.goto(base + path)
        kept(page, name)


def desk(page: Any, base: str) -> None:
    """What an agent sees of a call before the caller is known."""
    page.goto(f"{base}/sportello/")
    page.fill("#address", ADDRESS)
    page.locator("form[action$='/cerca/'] button").click()
    page.wait_for_load_state()
    kept(page, "desk-call")


def kept(page: Any, name: str) -> None:
    """A picture of the page as it is."""
    page.wait_for_load_state("networkidle")
    path = FOLDER / f"{name}.png"
    Image.open(BytesIO(page.screenshot())).quantize(COLOURS).save(path, optimize=True)
    size = path.stat().st_size
    assert size <= MOST_BYTES, f"{path}: {size} bytes"
    print(path.relative_to(FOLDER.parents[1]), size)


@dataclass(frozen=True)
class Camera:
    """A browser in front of the demo."""

    page: Any
    base: str

    def go(self, password: str) -> None:
        """The holder's way, with a picture at each stop."""
        page = self.page
        page.goto(f"{self.base}/posta/")
        page.fill("#address", ADDRESS)
        page.fill("#password", password)
        page.press("#password", "Enter")
        page.wait_for_url("**/posta/")
        self.take("inbox")
        page.locator(".row > a", has_text="decidi tu").first.click()
        page.wait_for_url("**/posta/arrivo/*-*/")
        self.take("notice")
        page.goto(f"{self.base}/ristoro/")
        self.take("ristoro")
        page.goto(self.base + page.locator("form.answer").first.get_attribute("action"))
        self.take("confirm")
        page.locator("form.answer button[value=yes]").click()
        page.wait_for_url("**/ricevuta/")
        while page.locator(".receipt time").count() == 0:  # until the worker has extended it
            page.wait_for_timeout(1000)
            page.reload()
        self.take("receipt")

    def take(self, name: str) -> None:
        """The page as it is, in every look."""
        for look, (width, height) in LOOKS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_load_state("networkidle")
            small = Image.open(BytesIO(self.page.screenshot())).quantize(COLOURS)
            path = FOLDER / f"webmail-{name}-{look}.png"
            small.save(path, optimize=True)
            size = path.stat().st_size
            assert size <= MOST_BYTES, f"{path}: {size} bytes"
            print(path.relative_to(FOLDER.parents[1]), size)


def fill(demo: Environment, password: str) -> None:
    """Put ordinary letters below the notice, unless they are there.

    A list goes by arrival, so the notice is put aside meanwhile, and arrives again.
    """
    box = sign_in(wiring.holders(demo).imap, ADDRESS, password)
    try:
        page = box.page("INBOX")
        if page.total > len(LETTERS):
            return
        box.make_folder(ASIDE)
        box.move("INBOX", page.uidvalidity, [row.uid for row in page.rows], ASIDE)
        for sender, address, subject, hours in reversed(LETTERS):
            letter = EmailMessage()
            letter["From"], letter["To"] = f"{sender} <{address}>", ADDRESS
            letter["Subject"] = subject
            letter.set_content(f"{subject}.\n\nA presto,\n{sender}\n")
            at = clock.now() - timedelta(hours=hours)
            flags = [SEEN] if hours > 3 else []
            box.append("INBOX", letter.as_bytes(policy=SMTP), flags, at)
        page = box.page(ASIDE)
        box.move(ASIDE, page.uidvalidity, [row.uid for row in page.rows], "INBOX")
        box.remove_folder(ASIDE, "INBOX")
    finally:
        box.close()


STAFF = {"anna": console, "carla": desk, "dario": finance, "elena": examiner}
"""Who of the staff has which pictures."""


@contextmanager
def chromium() -> Iterator[Any]:
    """The Chromium of this machine, or the one that Playwright has fetched."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


if __name__ == "__main__":
    main()
