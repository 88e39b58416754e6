"""Posting to a push service that answers well, badly, late or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.push.browser import Browser
from tests.push.services import PushPeer

from ristoro.edges.push.contract import GONE, PushAsk
from ristoro.edges.push.services import PushServices
from ristoro.edges.push.vapid import sender
from ristoro.kernel.outcome import Ending

pytestmark = pytest.mark.wire

NOW = datetime(2023, 2, 10, 9, 0, tzinfo=UTC)
SENDER = sender("a secret of tests", "mailto:ristoro@libero.it")


@pytest.fixture
def peer() -> Iterator[PushPeer]:
    with PushPeer() as one:
        yield one


@pytest.fixture
def services(peer: PushPeer) -> Iterator[PushServices]:
    one = PushServices(SENDER, lambda: NOW, allowed=[peer.place], timeout=0.5, tls=peer.client)
    yield one
    one.close()


def ask(peer: PushPeer, does: str, browser: Browser | None = None) -> PushAsk:
    target = (browser or Browser()).target(peer.endpoint(does))
    return PushAsk(target, b"something has come", "ristoro", 3600)


def test_the_browser_alone_reads_what_was_sent(peer: PushPeer, services: PushServices) -> None:
    browser = Browser()
    assert [one.code for one in services.send([ask(peer, "one?token=a%2b", browser)])] == ["done"]
    (post,) = peer.posts
    assert browser.read(post.body) == b"something has come"
    assert b"come" not in post.body
    assert post.path == "/push/one?token=a%2b"
    assert post.headers["Content-Encoding"] == "aes128gcm"
    assert post.headers["TTL"] == "3600"
    assert post.headers["Topic"] == "ristoro"
    told = SENDER.authorization(f"https://{peer.place}", NOW)
    assert _unsigned(post.headers["Authorization"]) == _unsigned(told)


def _unsigned(authorization: str) -> list[str]:
    """Without the signature, which is another one each time."""
    token, _, key = authorization.partition(", ")
    return [*token.split(".")[:2], key]


@pytest.mark.parametrize(
    ("does", "ending", "code"),
    [
        ("gone", Ending.REFUSED, GONE),
        ("lost", Ending.REFUSED, GONE),
        ("denied", Ending.REFUSED, "push-403"),
        ("moved", Ending.REFUSED, "push-307"),
        ("later", Ending.DEFERRED, "push-429"),
        ("broken", Ending.DEFERRED, "push-500"),
        ("cut", Ending.UNKNOWN, "push-line"),
        ("hang", Ending.UNKNOWN, "push-line"),
        ("long", Ending.DONE, "done"),
    ],
)
def test_each_answer_is_told_apart_and_the_next_ask_goes_on(
    peer: PushPeer, services: PushServices, does: str, ending: Ending, code: str
) -> None:
    first, second = services.send([ask(peer, does), ask(peer, "fine")])
    assert (first.ending, first.code) == (ending, code)
    assert second.done
    assert len(peer.posts) == 2


def test_one_connection_carries_many_messages(peer: PushPeer, services: PushServices) -> None:
    assert all(result.done for result in services.send([ask(peer, "fine") for _ in range(5)]))
    assert peer.lines == 1


def test_a_subscription_elsewhere_is_refused_without_a_word(peer: PushPeer) -> None:
    services = PushServices(SENDER, lambda: NOW, tls=peer.client)
    (result,) = services.send([ask(peer, "fine")])
    assert (result.ending, result.code) == (Ending.REFUSED, "push-target")
    assert peer.posts == []


def test_a_service_that_is_not_who_it_says_gets_nothing(peer: PushPeer) -> None:
    services = PushServices(SENDER, lambda: NOW, allowed=[peer.place])
    (result,) = services.send([ask(peer, "fine")])
    assert (result.ending, result.code) == (Ending.UNKNOWN, "push-line")
    assert peer.posts == []
