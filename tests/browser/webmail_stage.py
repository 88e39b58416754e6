"""The January 2023 programme behind the webmail, run for real, and holders in front of it.

One Dovecot, one web process and one run serve every test of a session. What a test does to a
mailbox stays done: each has mailboxes of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.databases import Database, copy_sqlite, free_port, pointed_at
from tests.whole.programme import NOW, Programme, programme

from ristoro.cli.behind import web_of
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.edges.mailboxes.server import Service
from ristoro.remedies import runs

MAILBOXES = 100
BROKEN = "a page broke its policy"
"""What the web process logs for each report of a browser."""


@dataclass(frozen=True)
class Stage:
    """A programme whose letters lie in their mailboxes, and the webmail in front of them."""

    port: int
    made: Programme
    password: str
    environment: dict[str, str]

    def base(self, brand: str = "libero") -> str:
        """Where a brand's webmail is; a name that ends in ``.localhost`` is this machine."""
        return f"http://{brand}.localhost:{self.port}"

    def ristoro(self, *words: str) -> str:
        """Run a command in the programme's home, to its end; what it says."""
        command = [sys.executable, "-m", "ristoro", *words]
        done = subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def work(self) -> None:
        """A worker process does what is to be done now."""
        self.ristoro("work", self.made.run.name)

    def reports(self) -> int:
        """How many reports of a broken policy have reached the endpoint so far."""
        return web_of(self.made.home).log.read_text(encoding="utf-8").count(BROKEN)

    def box(self, address: str) -> ImapMailbox:
        """The mailbox, opened beside the webmail."""
        imap = self.made.host.settings().imap
        return sign_in(Service(imap.host, imap.port), address, self.password)


@contextmanager
def stage(sqlite_template: Path, folder: Path, blocker: Any) -> Iterator[Stage]:
    """Decide, approve, act and tell; then serve."""
    home = folder / "home"
    home.mkdir()
    database: Database = copy_sqlite(sqlite_template, folder)
    quick = {"RISTORO_SETTLE_SECONDS": "0", "RISTORO_WEB_PROCESSES": "2"}
    with pytest.MonkeyPatch.context() as patch, blocker.unblock(), pointed_at(database):
        patch.setenv("RISTORO_HOME", str(home))
        setting = programme(home, MAILBOXES)
        made = setting.__enter__()
        runs.begin(made.run, NOW)
    environment = {**os.environ, **database.environment(), "RISTORO_HOME": str(home), **quick}
    one = Stage(free_port(), made, made.host.reader_password(), environment)
    try:
        one.work()
        one.ristoro("serve", "--background", "--port", str(one.port))
        yield one
    finally:
        web_of(home).stop()
        setting.__exit__(None, None, None)


@dataclass
class Visit:
    """A holder's browser, and everything in it that ought not to be."""

    page: Any
    stage: Stage
    brand: str = "libero"
    faults: list[str] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    def watch(self) -> None:
        """Note what the console, the page's own errors and its requests say from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.context.on("request", self._request)
        self.page.context.on("response", lambda answer: self.answers.append(answer))

    def open(self, path: str) -> Any:
        """Go there; the page."""
        self.page.goto(self.stage.base(self.brand) + path)
        return self.page

    def sign_in(self, address: str) -> Any:
        """Through the form, to the inbox."""
        self.open("/posta/")
        self.page.fill("#address", address)
        self.page.fill("#password", self.stage.password)
        self.page.press("#password", "Enter")
        self.page.wait_for_url("**/posta/")
        return self.page

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text} ({self.page.url})")

    def _request(self, request: Any) -> None:
        host = urlsplit(request.url).netloc
        if host != f"{self.brand}.localhost:{self.stage.port}":
            self.faults.append(f"asked another host: {request.url}")
