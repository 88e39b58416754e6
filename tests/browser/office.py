"""A provider's people, each before a browser and with an authenticator app of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.browser.conftest import WATCH
from tests.faces.programme import PASSWORD

from ristoro.edges.mailhosts.embedded import EmbeddedHost
from ristoro.kernel import clock
from ristoro.staff import people, totp
from ristoro.staff.models import Role
from ristoro.staff.people import Person

PATIENT = 120_000
"""Milliseconds that an errand, or the whole run, may take on a busy machine."""


@dataclass(frozen=True)
class Office:
    """The provider's own: where its pages are, its mail host, its people's apps by name."""

    base: str
    home: Path
    host: EmbeddedHost
    secrets: dict[str, str] = field(default_factory=dict)

    def employ(self, name: str, role: Role) -> Person:
        """Somebody with an authenticator app that was set up some minutes ago."""
        person = people.add(name, PASSWORD, [role], actor="test", at=clock.now())
        before = clock.now() - timedelta(minutes=5)
        secret = totp.new_secret()
        totp.add(person, secret, totp.code_at(secret, before), "app", before)
        self.secrets[name] = secret
        return person

    def code(self, name: str) -> str:
        return totp.code_at(self.secrets[name], clock.now())

    def ristoro(self, *words: str) -> str:
        """Run a command to its end; what it says."""
        command = [sys.executable, "-m", "ristoro", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout


@dataclass
class Colleague:
    """Somebody of the staff before a browser of their own."""

    page: Any
    office: Office
    faults: list[str]

    def sign_in(self, name: str) -> None:
        self.open("/console/")
        self.page.fill("#id_username", name)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url("**/secondo-passo/**")
        self.page.fill("#code", self.office.code(name))
        self.page.click("main form:has(#code) button")
        self.page.wait_for_url(f"{self.office.base}/console/")

    def open(self, path: str) -> None:
        self.page.goto(self.office.base + path)

    def onward(self) -> None:
        """Wait until an errand has ended, and go where it leads."""
        link = self.page.locator("a.onward")
        link.wait_for(timeout=PATIENT)
        link.click()


Colleagues = Callable[[str], Colleague]


@contextmanager
def colleagues(browser: Any, office: Office) -> Iterator[Colleagues]:
    """Makes colleagues by name, each signed in with password and app."""
    contexts, faults = [], list[str]()

    def make(name: str) -> Colleague:
        context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="it-IT")
        contexts.append(context)
        context.add_init_script(WATCH)
        context.set_default_timeout(PATIENT)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on(
            "console",
            lambda told: faults.append(f"console: {told.text}") if told.type == "error" else None,
        )
        one = Colleague(page, office, faults)
        one.sign_in(name)
        return one

    yield make
    for context in contexts:
        context.close()
