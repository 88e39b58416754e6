"""The four ways to hand over a letter, each on a real Dovecot."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from tests.hosts.embedded import PASSWORD, embedded_host
from tests.mailhosts.lmtp.depositing import DONE, PATIENT, letter, spoken

from ristoro.edges.mailhosts.embedded import Account
from ristoro.edges.mailhosts.lmtp import Endpoint, LmtpDepositor, codec, connection
from ristoro.edges.mailhosts.lmtp.codec import Offer, Reply

pytestmark = pytest.mark.host

ABSENT = "refused:lmtp-550"
FULL = "refused:lmtp-552"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with embedded_host(tmp_path_factory.mktemp("mailhost")) as host:
        host.provision(
            Account(f"{name}@example.test", PASSWORD, 1 << 20) for name in ("a", "b", "c")
        )
        host.provision([Account("full@example.test", PASSWORD, 1 << 20, 1 << 20)])
        host.start()
        yield host.settings().lmtp


@pytest.fixture(params=["bdat", "bdat-stepwise", "data", "data-stepwise"])
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Dovecot offers everything; some of it is overlooked here."""
    chosen = str(request.param)
    whole = codec.offer_of

    def overlooking(reply: Reply) -> Offer:
        offer = whole(reply)
        assert offer.pipelining
        assert offer.chunking
        return dataclasses.replace(
            offer, pipelining="stepwise" not in chosen, chunking=chosen.startswith("bdat")
        )

    monkeypatch.setattr(connection.codec, "offer_of", overlooking)
    return chosen


def test_each_recipient_is_answered_and_the_line_goes_on(endpoint: Endpoint, mode: str) -> None:
    letters = [
        letter("a"),
        letter("nobody"),
        letter("b", "full", "nobody", "c"),
        letter("full"),
        letter("nobody", "noone"),
        letter("a", "b", "c"),
        letter("c", message=b"Subject: long\r\n\r\n" + b".x\r\n" * 40_000),
        letter("a"),
    ]
    with LmtpDepositor(endpoint, connections=1, timeouts=PATIENT) as depositor:
        results = depositor.deposit(letters)
    assert [spoken(mine) for mine in results] == [
        DONE,
        ABSENT,
        f"{DONE} {FULL} {ABSENT} {DONE}",
        FULL,
        f"{ABSENT} {ABSENT}",
        f"{DONE} {DONE} {DONE}",
        DONE,
        DONE,
    ]
