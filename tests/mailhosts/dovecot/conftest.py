"""A running Dovecot for the tests of its adapter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hosts.embedded import EmbeddedPeer, embedded_host

from ristoro.edges.mailhosts.embedded import EmbeddedHost


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPeer]:
    """One running host for all tests, which take mailboxes of their own."""
    with embedded_host(tmp_path_factory.mktemp("mailhost")) as host:
        host.start()
        dovecot = host.dovecot()
        yield EmbeddedPeer(host, dovecot)
        dovecot.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedHost]:
    """A host of the test's own, not started."""
    with embedded_host(tmp_path / "mailhost") as host:
        yield host
