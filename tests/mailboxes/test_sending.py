"""Submission to a scripted peer on a real socket: how it ended, for each recipient."""

from __future__ import annotations

import ssl
from collections.abc import Sequence

import pytest
import trustme
from tests.mailboxes.smtp_peer import SmtpPeer

from ristoro.edges.mailboxes.sending import announced_size, deliver_here, submit
from ristoro.edges.mailboxes.server import Service
from ristoro.edges.mailhosts.contract import Letter
from ristoro.kernel.outcome import DONE, Ending, Result

pytestmark = pytest.mark.wire

MESSAGE = b"Subject: x\r\n\r\n.hidden\r\n..\r\nend\r\n"
PASSWORD = "pàssword"
ANNA, BRUNO, CARLA = "anna@libero.it", "bruno@example.org", "carla@example.org"


def send(
    peer: SmtpPeer,
    recipients: Sequence[str] = (BRUNO,),
    *,
    sender: str = ANNA,
    message: bytes = MESSAGE,
    tls: ssl.SSLContext | None = None,
    starttls: bool = False,
) -> dict[str, Result]:
    service = Service("127.0.0.1", peer.port, tls, starttls, reply_timeout=5)
    return submit(service, sender, PASSWORD, message, recipients)


def test_a_message_arrives_as_it_is_from_who_signed_in() -> None:
    with SmtpPeer() as peer:
        assert send(peer, [BRUNO, CARLA]) == {BRUNO: DONE, CARLA: DONE}
    assert peer.messages == [((BRUNO, CARLA), MESSAGE)]
    assert peer.said == [f"\0{ANNA}\0{PASSWORD}"]
    assert peer.commands[-1] == "quit"


def test_login_is_used_where_there_is_no_plain() -> None:
    with SmtpPeer(extensions=("AUTH LOGIN",)) as peer:
        assert send(peer)[BRUNO].done
    assert peer.said == [f"{ANNA}\0{PASSWORD}"]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def contexts(authority: trustme.CA, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


@pytest.mark.parametrize("at_once", [False, True])
def test_a_password_is_said_on_an_encrypted_line_only(authority: trustme.CA, at_once: bool) -> None:
    server, client = contexts(authority, "127.0.0.1")
    with SmtpPeer(tls=server, at_once=at_once) as peer:
        assert send(peer, tls=client, starttls=not at_once)[BRUNO].done
    said = dict(zip(peer.commands, peer.encrypted, strict=True))
    assert [kept for command, kept in said.items() if command.startswith("AUTH")] == [True]


def test_a_host_with_another_name_is_told_nothing(authority: trustme.CA) -> None:
    server, client = contexts(authority, "elsewhere.example.org")
    with SmtpPeer(tls=server) as peer:
        result = send(peer, tls=client, starttls=True)[BRUNO]
    assert (result.ending, result.code) == (Ending.DEFERRED, "smtp-tls")
    assert not peer.said


def test_a_host_without_starttls_is_told_nothing(authority: trustme.CA) -> None:
    _, client = contexts(authority, "127.0.0.1")
    with SmtpPeer() as peer:
        result = send(peer, tls=client, starttls=True)[BRUNO]
    assert (result.ending, result.code) == (Ending.REFUSED, "smtp-lacks")
    assert not peer.said


def test_each_recipient_has_an_ending_of_its_own() -> None:
    gone, later = "550-at-rcpt@example.org", "451-at-rcpt@example.org"
    with SmtpPeer() as peer:
        found = send(peer, [gone, BRUNO, later])
    assert [result.ending for result in found.values()] == [
        Ending.REFUSED,
        Ending.DONE,
        Ending.DEFERRED,
    ]
    assert list(found) == [gone, BRUNO, later]
    assert peer.messages == [((BRUNO,), MESSAGE)]


@pytest.mark.parametrize(
    ("sender", "ending", "code"),
    [
        ("535-at-auth@libero.it", Ending.REFUSED, "smtp-535"),
        ("454-at-auth@libero.it", Ending.DEFERRED, "smtp-454"),
        ("cut-at-auth@libero.it", Ending.DEFERRED, "smtp-failed"),
        ("553-at-mail@libero.it", Ending.REFUSED, "smtp-553"),
        ("cut-at-mail@libero.it", Ending.DEFERRED, "smtp-failed"),
        ("garbage-at-mail@libero.it", Ending.DEFERRED, "smtp-0"),
        ("452-at-data@libero.it", Ending.DEFERRED, "smtp-452"),
        ("cut-at-data@libero.it", Ending.DEFERRED, "smtp-failed"),
        ("554-at-end@libero.it", Ending.REFUSED, "smtp-554"),
        ("451-at-end@libero.it", Ending.DEFERRED, "smtp-451"),
        ("cut-at-end@libero.it", Ending.UNKNOWN, "smtp-cut"),
        ("garbage-at-end@libero.it", Ending.UNKNOWN, "smtp-0"),
    ],
)
def test_only_after_the_last_line_can_anything_be_unknown(
    sender: str, ending: Ending, code: str
) -> None:
    with SmtpPeer() as peer:
        result = send(peer, sender=sender)[BRUNO]
    assert (result.ending, result.code) == (ending, code)


def test_a_line_that_breaks_leaves_what_was_refused_before_it() -> None:
    gone, cut = "550-at-rcpt@example.org", "cut-at-rcpt@example.org"
    with SmtpPeer() as peer:
        found = send(peer, [gone, BRUNO, cut])
    assert [result.ending for result in found.values()] == [
        Ending.REFUSED,
        Ending.DEFERRED,
        Ending.DEFERRED,
    ]
    assert not peer.messages


def test_nobody_at_the_door_defers_all() -> None:
    with SmtpPeer() as peer:
        pass
    assert send(peer)[BRUNO].ending is Ending.DEFERRED


def test_letters_outside_ascii_before_the_at_are_refused_alone() -> None:
    with SmtpPeer() as peer:
        found = send(peer, ["perché@example.org", "ugo@perché.it", BRUNO])
    assert [result.code for result in found.values()] == ["no-smtputf8", "done", "done"]
    assert peer.messages[0][0] == ("ugo@xn--perch-fsa.it", BRUNO)


def test_eight_bits_are_announced_and_not_given_to_a_host_that_takes_seven() -> None:
    message = MESSAGE + "però\r\n".encode()
    with SmtpPeer() as peer:
        assert send(peer, message=message)[BRUNO].done
    assert f"mail FROM:<{ANNA}> BODY=8BITMIME SIZE={len(message)}" in peer.commands
    with SmtpPeer(extensions=("AUTH PLAIN",)) as peer:
        assert send(peer, message=message)[BRUNO].code == "no-8bitmime"
        assert send(peer)[BRUNO].done


def test_a_message_above_the_limit_of_the_host_is_refused_before_it_is_sent() -> None:
    with SmtpPeer(extensions=("AUTH PLAIN", "SIZE 20")) as peer:
        assert send(peer)[BRUNO].code == "too-big"
    assert not peer.said


@pytest.mark.parametrize(
    ("extensions", "size"),
    [(("SIZE 1000",), 1000), (("SIZE 0",), None), (("SIZE",), None), (("AUTH PLAIN",), None)],
)
def test_the_largest_message_is_asked_for_without_signing_in(
    extensions: tuple[str, ...], size: int | None
) -> None:
    with SmtpPeer(extensions=extensions) as peer:
        service = Service("127.0.0.1", peer.port)
        assert announced_size(service) == size
    assert not peer.said
    assert announced_size(service) is None


def test_without_submission_a_message_goes_to_boxes_of_the_host_only() -> None:
    deposited: list[Letter] = []

    def deposit(letters: Sequence[Letter]) -> list[list[Result]]:
        deposited.extend(letters)
        return [[DONE for _ in letter.recipients] for letter in letters]

    found = deliver_here(deposit, {"libero.it"}, ANNA, MESSAGE, [BRUNO, "ugo@LIBERO.it"])
    assert [result.code for result in found.values()] == ["not-here", "done"]
    assert [letter.recipients for letter in deposited] == [("ugo@LIBERO.it",)]
    assert deliver_here(deposit, {"libero.it"}, ANNA, MESSAGE, [BRUNO])[BRUNO].code == "not-here"
    assert len(deposited) == 1
