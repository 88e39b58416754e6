"""Phones in front of the webmail of the January 2023 programme, whose network can go away."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from tests.browser.conftest import faults, holder_page
from tests.browser.gate import Gate
from tests.browser.webmail_stage import Stage
from tests.hosts.embedded import PASSWORD
from tests.mailboxes.conftest import letter

from ristoro.edges.mailboxes.imap import sign_in
from ristoro.edges.mailboxes.server import Service
from ristoro.edges.mailhosts.embedded import Account

SUBJECT = "Il pranzo di domenica"
WORDS = "quarantasettemila gabbiani sopra Genova"
SMALL = {"width": 320, "height": 568}
_numbers = itertools.count()


@dataclass(frozen=True)
class Place:
    """The webmail behind a gate."""

    gate: Gate
    stage: Stage

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.gate.port}"

    def new_mailbox(self) -> str:
        """A mailbox of nobody in the programme, with one letter."""
        address = f"telefono.{next(_numbers)}@libero.it"
        host = self.stage.made.host
        host.provision([Account(address, PASSWORD, 100 << 20)])
        imap = host.settings().imap
        box = sign_in(Service(imap.host, imap.port), address, PASSWORD)
        box.append("INBOX", letter(1, subject=SUBJECT) + WORDS.encode())
        box.close()
        return address


def signed_in(context: Any, place: Place, address: str = "") -> Any:
    """A page of a holder who has signed in; of a new one where none is named."""
    password = place.stage.password if address else PASSWORD
    return holder_page(context, place.base, address or place.new_mailbox(), password)


def ready(page: Any) -> None:
    """Wait until the phone's script has done what it does on each page."""
    page.wait_for_selector("html[data-phone=ready]", state="attached")


def troubles(page: Any) -> list[str]:
    """What is wrong with the page as it is: refused by its policy, found by axe."""
    return [f"policy: {one}" for one in page.evaluate("window.violations")] + faults(page)
