"""A holder who is signed in to the webmail on a real Dovecot, with a mailbox of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.databases import Database
from tests.hosts.embedded import PASSWORD, EmbeddedPeer, embedded_host
from tests.mailboxes.conftest import letter, service_of

from ristoro import env
from ristoro.cli.init import make_secrets
from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.faces.webmail import doors

FIRST = datetime(2023, 1, 20, 9, 0, tzinfo=UTC)
KEY = "a key for sessions in tests"
OWN = {"accept-language": "it", "sec-fetch-site": "same-origin"}


@pytest.fixture(scope="session")
def webmail_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def peer(webmail_home: Path) -> Iterator[EmbeddedPeer]:
    """The embedded host of the home folder that the webmail serves."""
    with embedded_host(webmail_home / "mailhost") as host:
        host.start()
        dovecot = host.dovecot()
        yield EmbeddedPeer(host, dovecot)
        dovecot.close()


@pytest.fixture
def webmail(
    database: Database, peer: EmbeddedPeer, webmail_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedPeer]:
    """The webmail over a fresh database and the running host."""
    monkeypatch.setenv("RISTORO_HOME", str(webmail_home))
    monkeypatch.setenv("RISTORO_NOTICE_SECRET", "a secret for codes in tests")
    make_secrets(env.current())
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", KEY)
    yield peer
    doors.POOL.close()


@dataclass
class Reader:
    """A holder with a browser; ``box`` is the same mailbox, opened beside the webmail."""

    client: Client
    address: str
    box: ImapMailbox

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def post(self, path: str, page: str = "/impostazioni/", **form: Any) -> Any:
        """Send a form as a page of our own would: with the token and key found on ``page``."""
        return self.client.post(path, {**self.keys(page), **form})

    def keys(self, page: str) -> dict[str, str]:
        """The hidden fields of the forms on a page."""
        text = self.get(page).content.decode()
        found = dict(re.findall(r'name="(csrfmiddlewaretoken|key)" value="([^"]+)"', text))
        assert "csrfmiddlewaretoken" in found, page
        return found

    def sign_in(self, password: str = PASSWORD) -> Any:
        form = {"address": self.address, "password": password}
        return self.post("/entra/", page="/entra/", **form)


def browser(lang: str = "it") -> Client:
    """A browser that remembers nothing, sends what browsers send, and checks CSRF."""
    return Client(enforce_csrf_checks=True, headers={**OWN, "accept-language": lang})


@pytest.fixture
def visitor(webmail: EmbeddedPeer) -> Iterator[Reader]:
    """A holder who has not signed in yet."""
    address = webmail.new_mailbox(100 << 20)
    box = sign_in(service_of(webmail), address, PASSWORD)
    yield Reader(browser(), address, box)
    box.close()


@pytest.fixture
def reader(visitor: Reader) -> Reader:
    """A holder who is signed in."""
    answer = visitor.sign_in()
    assert (answer.status_code, answer["location"]) == (303, "/posta/"), answer.content.decode()
    return visitor


def fill(box: ImapMailbox, count: int, folder: str = "INBOX") -> None:
    """Put ``Messaggio 1`` to ``Messaggio count`` into a folder."""
    for number in range(1, count + 1):
        box.append(folder, letter(number), at=FIRST + timedelta(minutes=number))
