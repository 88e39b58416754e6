"""Holders who asked are told that something has come, and the work never waits for it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.databases import Database
from tests.push.browser import Browser
from tests.push.services import PushPeer

from ristoro.edges.push.services import PushServices
from ristoro.edges.push.vapid import sender
from ristoro.kernel.errors import BadInput
from ristoro.notices.push import subscriptions
from ristoro.notices.push.message import TITLES, message
from ristoro.notices.push.models import PushSubscription
from ristoro.notices.push.subscriptions import Subscriber
from ristoro.workers.courier import Courier

NOW = datetime(2023, 2, 10, 9, 0, tzinfo=UTC)
HOME = "https://mail.libero.it/posta/"
ADDRESS = "anna@libero.it"


@pytest.fixture
def peer() -> Iterator[PushPeer]:
    with PushPeer() as one:
        yield one


def courier(peer: PushPeer, waiting: int = 10, timeout: float = 5.0) -> Courier:
    one = sender("a secret of tests", "mailto:ristoro@libero.it")
    services = PushServices(
        one, lambda: NOW, allowed=[peer.place], tls=peer.client, timeout=timeout
    )
    return Courier(services, waiting)


def subscribe(peer: PushPeer, does: str, address: str = ADDRESS, locale: str = "it") -> Browser:
    browser = Browser()
    target = browser.target(peer.endpoint(does))
    subscriptions.subscribe(address, Subscriber(target, HOME, locale), NOW)
    return browser


@pytest.mark.parametrize("locale", ["it", "en", "de"])
def test_a_message_says_that_something_came_and_nothing_else(locale: str) -> None:
    told = json.loads(message(HOME, locale))
    assert told["web_push"] == 8030
    shown = told["notification"]
    assert shown["navigate"] == HOME
    assert shown["title"] == TITLES.get(locale, TITLES["it"])
    assert set(shown) == {"title", "navigate", "lang", "dir", "tag"}
    assert not any(mark in shown["title"] for mark in ("€", "http", "www", "@", "."))
    assert not any(mark.isdigit() for mark in shown["title"])


@pytest.mark.wire
def test_each_phone_of_a_mailbox_is_told_in_its_language(
    database: Database, peer: PushPeer
) -> None:
    first = subscribe(peer, "first")
    second = subscribe(peer, "second", locale="en")
    subscribe(peer, "other", address="bruno@libero.it")
    one = courier(peer)
    one.knock(["Anna@libero.it", "nobody@libero.it"])
    one.close()
    told = {post.path.rpartition("/")[2]: post.body for post in peer.posts}
    assert sorted(told) == ["first", "second"]
    assert first.read(told["first"]) == message(HOME, "it")
    assert second.read(told["second"]) == message(HOME, "en")


@pytest.mark.wire
def test_a_subscription_that_is_over_is_removed_and_others_stay(
    database: Database, peer: PushPeer
) -> None:
    for does in ("gone", "lost", "broken", "denied", "fine"):
        subscribe(peer, does)
    one = courier(peer)
    one.knock([ADDRESS])
    one.close()
    left = PushSubscription.objects.values_list("endpoint", flat=True)
    assert {one.rpartition("/")[2] for one in left} == {"broken", "denied", "fine"}


@pytest.mark.wire
def test_a_service_that_never_answers_holds_nobody_up(database: Database, peer: PushPeer) -> None:
    subscribe(peer, "hang")
    one = courier(peer, waiting=1)
    one.knock([ADDRESS])
    assert peer.came.acquire(timeout=10)
    before = time.monotonic()
    for _ in range(100):
        one.knock([ADDRESS])
    one.close(seconds=0.05)
    assert time.monotonic() - before < 1
    assert one.dropped >= 99
    peer.released.set()
    one.close()


@pytest.mark.wire
def test_a_database_that_fails_ends_nothing(
    database: Database,
    peer: PushPeer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    subscribe(peer, "fine")
    one = courier(peer)
    with monkeypatch.context() as broken:
        broken.setattr(PushSubscription._meta, "db_table", "no_such_table")
        one.knock([ADDRESS])
        while not caplog.records:
            assert not one.ended.wait(0.01)
    one.knock([ADDRESS])
    one.close()
    assert len(peer.posts) == 1


def test_the_oldest_browser_gives_way(database: Database) -> None:
    for number in range(subscriptions.MOST + 3):
        target = Browser().target(f"https://fcm.googleapis.com/{number}")
        at = NOW + timedelta(minutes=number)
        subscriptions.subscribe(ADDRESS, Subscriber(target, HOME, "it"), at)
    assert subscriptions.count(ADDRESS) == subscriptions.MOST
    assert not PushSubscription.objects.filter(endpoint__endswith="/2").exists()


def test_a_browser_belongs_to_whoever_subscribed_last(database: Database) -> None:
    target = Browser().target("https://fcm.googleapis.com/1")
    subscriptions.subscribe(ADDRESS, Subscriber(target, HOME, "it"), NOW)
    subscriptions.subscribe("Bruno@libero.it", Subscriber(target, HOME, "en"), NOW)
    assert subscriptions.count(ADDRESS) == 0
    assert subscriptions.subscribers(["bruno@libero.it"]) == [Subscriber(target, HOME, "en")]
    assert subscriptions.unsubscribe(ADDRESS, target.endpoint) == 0
    assert subscriptions.unsubscribe("bruno@libero.it") == 1


@pytest.mark.parametrize(("p256dh", "auth"), [("", ""), ("é", "AAAA"), ("!!!", "AAAA")])
def test_what_is_no_key_is_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(BadInput):
        subscriptions.target_of(
            "https://fcm.googleapis.com/1", p256dh, auth, ["fcm.googleapis.com"]
        )
