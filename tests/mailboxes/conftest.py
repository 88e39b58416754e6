"""A running Dovecot, and holders who have a mailbox each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.hosts.embedded import PASSWORD, EmbeddedPeer, embedded_host

from ristoro.edges.mailboxes.imap import ImapMailbox, sign_in
from ristoro.edges.mailboxes.server import Service

FIRST = datetime(2023, 1, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPeer]:
    with embedded_host(tmp_path_factory.mktemp("mailhost")) as host:
        host.start()
        dovecot = host.dovecot()
        yield EmbeddedPeer(host, dovecot)
        dovecot.close()


def service_of(peer: EmbeddedPeer) -> Service:
    imap = peer.embedded.settings().imap
    return Service(imap.host, imap.port)


@pytest.fixture
def box(peer: EmbeddedPeer) -> Iterator[ImapMailbox]:
    """A fresh mailbox, opened as its holder."""
    mailbox = sign_in(service_of(peer), peer.new_mailbox(100 << 20), PASSWORD)
    yield mailbox
    mailbox.close()


def letter(number: int, *, subject: str = "", references: str = "", sender: str = "") -> bytes:
    return (
        f"From: {sender or 'Anna Verdi <anna@example.org>'}\r\n"
        "To: Bruno <bruno@libero.it>, carla@libero.it\r\n"
        f"Subject: {subject or f'Messaggio {number}'}\r\n"
        f"Message-ID: <{number}@example.org>\r\n"
        + (f"References: {references}\r\n" if references else "")
        + f"\r\nTesto del messaggio {number}.\r\n"
    ).encode()


def fill(box: ImapMailbox, count: int, folder: str = "INBOX") -> None:
    for number in range(1, count + 1):
        box.append(folder, letter(number), at=FIRST + timedelta(minutes=number))
