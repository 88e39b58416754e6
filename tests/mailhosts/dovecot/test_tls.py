"""The contract of mail hosts over STARTTLS, on a real Dovecot with a certificate of its own."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from tests.hosts.contract import MIB, MailHostContract, look_for, message, new_message_id
from tests.hosts.embedded import EmbeddedPeer, embedded_host

from ristoro.edges.mailhosts.contract import Letter
from ristoro.edges.mailhosts.dovecot import Dovecot, DovecotSettings
from ristoro.edges.mailhosts.embedded import EmbeddedHost
from ristoro.edges.mailhosts.lmtp.endpoint import Tls
from ristoro.kernel.outcome import Ending

pytestmark = pytest.mark.host


def certify(host: EmbeddedHost, folder: Path) -> Path:
    """Give the host a certificate for 127.0.0.1; the file of the authority that signed it."""
    authority, base = trustme.CA(), host.ground.base
    cert = authority.issue_cert("127.0.0.1")
    cert.private_key_and_cert_chain_pem.write_to_path(base / "host.pem")
    (base / "local.conf").write_text(
        f"ssl = required\nssl_cert = <{base}/host.pem\nssl_key = <{base}/host.pem\n",
        encoding="ascii",
    )
    authority.cert_pem.write_to_path(folder / "authority.pem")
    return folder / "authority.pem"


def encrypted(settings: DovecotSettings, authority: Path) -> DovecotSettings:
    trusting = ssl.create_default_context(cafile=authority)
    return replace(
        settings,
        imap=replace(settings.imap, tls=trusting, starttls=True),
        lmtp=replace(settings.lmtp, tls=Tls.STARTTLS, ca_file=authority),
    )


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedHost, Path]]:
    home = tmp_path_factory.mktemp("mailhost")
    with embedded_host(home) as host:
        authority = certify(host, home)
        host.start()
        yield host, authority


@pytest.fixture
def peer(certified: tuple[EmbeddedHost, Path]) -> Iterator[EmbeddedPeer]:
    embedded, authority = certified
    host = Dovecot(encrypted(embedded.settings(), authority))
    yield EmbeddedPeer(embedded, host)
    host.close()


class TestEncryptedDovecot(MailHostContract):
    """All that a mail host promises, with both lines encrypted."""


def test_a_host_that_is_signed_by_a_stranger_is_not_spoken_to(
    certified: tuple[EmbeddedHost, Path], tmp_path: Path
) -> None:
    embedded, _ = certified
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(stranger)
    host = Dovecot(encrypted(embedded.settings(), stranger))
    address, message_id = EmbeddedPeer(embedded, host).new_mailbox(10 * MIB), new_message_id()
    [[result]] = host.deposit([Letter(message(message_id), (address,))])
    sighting = look_for(host, address, message_id)
    host.close()
    assert (result.ending, sighting.result.ending) == (Ending.DEFERRED, Ending.DEFERRED)
