"""Where Dovecot caches logins, a raised limit is seen at once because the mailbox is flushed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ristoro.edges.mailhosts.contract import QuotaAsk
from ristoro.edges.mailhosts.doveadm import Doveadm
from ristoro.edges.mailhosts.dovecot import Dovecot
from ristoro.edges.mailhosts.embedded import Account, EmbeddedHost
from ristoro.kernel.outcome import Ending

pytestmark = pytest.mark.host

MIB = 1 << 20
BOXES = ["anna@libero.it", "bruno@libero.it"]


@pytest.fixture
def caching(embedded: EmbeddedHost) -> EmbeddedHost:
    """A host with an authentication cache, in which both mailboxes' limits stand already."""
    text = "auth_cache_size = 10M\nauth_cache_ttl = 1 hour\n"
    (embedded.ground.base / "local.conf").write_text(text)
    embedded.provision([Account(address, "segreta", MIB) for address in BOXES])
    embedded.start()
    host = embedded.dovecot()
    assert all(reading.shows(MIB) for reading in host.read_quota(BOXES))
    host.close()
    return embedded


def flushing(host: EmbeddedHost, key: str) -> Iterator[Dovecot]:
    doveadm = Doveadm("127.0.0.1", host.status().ports["doveadm"], key)
    dovecot = Dovecot(replace(host.settings(), doveadm=doveadm))
    yield dovecot
    dovecot.close()


@pytest.fixture
def right(caching: EmbeddedHost) -> Iterator[Dovecot]:
    yield from flushing(caching, (caching.ground.base / "doveadm-key").read_text())


@pytest.fixture
def wrong(caching: EmbeddedHost) -> Iterator[Dovecot]:
    yield from flushing(caching, "not-the-key")


def raised(base: int, target: int) -> list[QuotaAsk]:
    return [QuotaAsk(address, base, target) for address in BOXES]


def test_without_a_flush_the_old_limit_stays(caching: EmbeddedHost) -> None:
    host = caching.dovecot()
    assert all(result.done for result in host.raise_quota(raised(MIB, 2 * MIB)))
    assert all(reading.shows(MIB) for reading in host.read_quota(BOXES))
    host.close()


def test_with_a_flush_the_new_limit_is_seen_at_once(right: Dovecot) -> None:
    assert all(result.done for result in right.raise_quota(raised(MIB, 2 * MIB)))
    assert all(reading.shows(2 * MIB) for reading in right.read_quota(BOXES))


def test_a_flush_that_fails_is_deferred_and_made_good_by_asking_again(
    wrong: Dovecot, right: Dovecot
) -> None:
    results = wrong.raise_quota([*raised(MIB, 2 * MIB), QuotaAsk("no@libero.it", 1, 2)])
    assert [result.code for result in results] == ["not-flushed", "not-flushed", "no-mailbox"]
    assert results[0].ending is Ending.DEFERRED
    assert "401" in results[0].text
    again = right.raise_quota(raised(MIB, 2 * MIB))
    assert [result.code for result in again] == ["already", "already"]
    assert all(reading.shows(2 * MIB) for reading in right.read_quota(BOXES))


def test_a_listener_that_is_not_there_is_said_so(caching: EmbeddedHost) -> None:
    said = Doveadm("127.0.0.1", 1, "key").flush_auth_cache(BOXES)
    assert said is not None
    assert "refused" in said
    assert "key'" not in repr(Doveadm("127.0.0.1", 1, "key"))
