"""Sending events: signed as the standard's own library checks, and to judged addresses alone."""

from __future__ import annotations

import doctest
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from tests.docs.markdown import ROOT, blocks
from tests.push.services import PushPeer

from ristoro.edges.webhooks.contract import GONE, Letter
from ristoro.edges.webhooks.places import Places, networks_of
from ristoro.edges.webhooks.posting import Posting, signatures
from ristoro.kernel.errors import BadInput
from ristoro.kernel.outcome import Ending

pytestmark = pytest.mark.wire
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
LOOPBACK = networks_of("127.0.0.0/8")
BODY = '{"test": 2432232314}'


def here(*addresses: str) -> Places:
    return Places(LOOPBACK, lambda host, port: addresses or ["127.0.0.1"])


@pytest.fixture
def peer() -> Iterator[PushPeer]:
    with PushPeer() as listening:
        yield listening


def letter(url: str, *secrets: str) -> Letter:
    return Letter(url, "evt_1", BODY, secrets or (SECRET,))


def test_a_signature_is_that_of_the_standards_example() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    one = Letter("", "msg_p5jXN8AQM9LWM0D4loKWxJek", BODY, [SECRET])
    assert signatures(one, at) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_event_comes_signed_and_the_standards_library_takes_it(peer: PushPeer) -> None:
    now = datetime.now(UTC)
    carrier = Posting(here(), peer.client)
    assert carrier.carry(letter(peer.endpoint("x?tenant=1"), SECRET, OTHER), now).done
    [post] = peer.posts
    assert post.path == "/push/x?tenant=1"
    assert post.headers["Host"] == peer.place
    assert post.headers["webhook-id"] == "evt_1"
    assert len(post.headers["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify(post.body, post.headers) == {"test": 2432232314}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(post.body + b" ", post.headers)


def test_the_check_that_the_manual_shows_takes_an_event_that_came(peer: PushPeer) -> None:
    [block] = blocks(ROOT / "docs/api.md", "python")
    shown: dict[str, Any] = {}
    for example in doctest.DocTestParser().get_examples(block.text)[:2]:
        exec(example.source, shown)
    now = datetime.now(UTC)
    Posting(here(), peer.client).carry(letter(peer.endpoint("x"), OTHER, SECRET), now)
    [post] = peer.posts
    for secret, taken in ((SECRET, True), (OTHER, True), ("whsec_" + "A" * 32, False)):
        assert shown["is_ours"](secret, post.headers, post.body, now.timestamp()) is taken
    assert not shown["is_ours"](SECRET, post.headers, post.body, now.timestamp() + 301)


def test_an_old_event_is_refused_by_the_standards_library(peer: PushPeer) -> None:
    carrier = Posting(here(), peer.client)
    carrier.carry(letter(peer.endpoint("x")), datetime.now(UTC) - timedelta(minutes=6))
    [post] = peer.posts
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(SECRET).verify(post.body, post.headers)


@pytest.mark.parametrize(
    ("does", "ending", "code"),
    [
        ("x", Ending.DONE, "done"),
        ("gone", Ending.REFUSED, GONE),
        ("later", Ending.DEFERRED, "webhook-429"),
        ("broken", Ending.DEFERRED, "webhook-500"),
        ("denied", Ending.DEFERRED, "webhook-403"),
        ("moved", Ending.DEFERRED, "webhook-307"),
        ("cut", Ending.UNKNOWN, "webhook-line"),
        ("long", Ending.DONE, "done"),
    ],
)
def test_what_the_receiver_answers_says_how_it_ended(
    peer: PushPeer, does: str, ending: Ending, code: str
) -> None:
    found = Posting(here(), peer.client).carry(letter(peer.endpoint(does)), datetime.now(UTC))
    assert (found.ending, found.code) == (ending, code)
    assert len(peer.posts) == 1


def test_a_receiver_that_does_not_answer_is_left(peer: PushPeer) -> None:
    carrier = Posting(here(), peer.client, seconds=0.2)
    found = carrier.carry(letter(peer.endpoint("hang")), datetime.now(UTC))
    assert (found.ending, found.code) == (Ending.UNKNOWN, "webhook-line")


def test_a_certificate_of_nobody_is_not_taken(peer: PushPeer) -> None:
    found = Posting(here()).carry(letter(peer.endpoint("x")), datetime.now(UTC))
    assert found.code == "webhook-line"
    assert "CERTIFICATE" in found.text
    assert not peer.posts


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["fd00::1"],
        ["0.0.0.0"],
        ["93.184.216.34", "10.0.0.1"],
        [],
    ],
)
def test_nothing_is_sent_to_the_inside_of_a_network(addresses: list[str]) -> None:
    carrier = Posting(Places((), lambda host, port: addresses))
    with pytest.raises(BadInput, match="webhook-address"):
        carrier.check("https://hooks.example/x")
    found = carrier.carry(letter("https://hooks.example/x"), datetime.now(UTC))
    assert (found.ending, found.code) == (Ending.DEFERRED, "webhook-address")


def test_a_network_of_ours_may_be_allowed() -> None:
    places = Places(networks_of("10.1.0.0/16 fd00::/8"), lambda host, port: [host])
    for host in ("10.1.2.3", "[fd00::1]", "93.184.216.34"):
        assert places.find(f"https://{host}/x").port == 443
    with pytest.raises(BadInput):
        places.find("https://10.2.0.1/x")


def test_plain_http_is_for_the_machine_itself_alone() -> None:
    assert here().find("http://localhost:9/x").address == "127.0.0.1"
    places = Places(networks_of("10.0.0.0/8"), lambda host, port: ["10.0.0.1"])
    with pytest.raises(BadInput, match="without TLS"):
        places.find("http://hooks.example/x")
    with pytest.raises(BadInput, match="without TLS"):
        Places((), lambda host, port: ["93.184.216.34"]).find("http://hooks.example/x")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example",
        "ftp://hooks.example/",
        "https:///x",
        "https://me:secret@hooks.example/",
        "https://hooks.example/#x",
        "https://hooks.example/a b",
        "https://hooks.example\\@evil.example/",
        "https://hooks.example:x/",
        "https://hööks.example/",
        "https://hooks.example/" + "x" * 500,
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="webhook-address"):
        here().find(url)


def test_the_machine_itself_is_told_without_tls() -> None:
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.headers["webhook-id"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        assert Posting(here()).carry(letter(url), datetime.now(UTC)).done
        thread.join()
    assert heard == ["evt_1"]
