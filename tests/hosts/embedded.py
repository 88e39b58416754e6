"""The embedded mail host as a test's peer."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from imapclient import IMAPClient

from ristoro.edges.mailhosts.dovecot import Dovecot
from ristoro.edges.mailhosts.embedded import Account, EmbeddedHost, find_binaries
from ristoro.edges.mailhosts.imap import session
from ristoro.kernel.errors import Missing

PASSWORD = "segreta"
_numbers = itertools.count()


@dataclass
class EmbeddedPeer:
    """A ``contract.Peer`` on the embedded host."""

    embedded: EmbeddedHost
    host: Dovecot

    def new_mailbox(self, limit: int, used: int = 0) -> str:
        address = f"casella.{next(_numbers)}@libero.it"
        self.embedded.provision([Account(address, PASSWORD, limit, used)])
        return address

    def absent_mailbox(self) -> str:
        return f"nessuno.{next(_numbers)}@libero.it"

    @contextmanager
    def reader(self, address: str) -> Iterator[IMAPClient]:
        """A session as the mailbox's holder."""
        with session(self.host.settings.imap, address, PASSWORD) as client:
            yield client

    def move(self, address: str, message_id: str, folder: str) -> None:
        with self.reader(address) as client:
            client.create_folder(folder)
            client.select_folder("INBOX")
            client.move(client.search(["HEADER", "Message-ID", message_id]), folder)

    def append(self, address: str, message: bytes) -> None:
        with self.reader(address) as client:
            client.append("INBOX", message)

    def stop(self) -> None:
        self.embedded.stop()

    def start(self) -> None:
        self.embedded.start()


@contextmanager
def embedded_host(home: Path) -> Iterator[EmbeddedHost]:
    """The host of this home, not started; stopped and removed at the end."""
    try:
        find_binaries()
    except Missing as error:
        pytest.skip(str(error))
    host = EmbeddedHost(home)
    try:
        yield host
    finally:
        host.stop()
        shutil.rmtree(host.ground.base, ignore_errors=True)
