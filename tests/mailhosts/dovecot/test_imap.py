"""Whatever an IMAP server does to us, each mailbox gets an answer and none is called absent."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

import pytest
import trustme
from tests.hosts.contract import message, new_message_id
from tests.hosts.embedded import EmbeddedPeer

from ristoro.edges.mailhosts.contract import Letter, LookAsk
from ristoro.edges.mailhosts.imap import ImapReader, ImapServer, is_loopback
from ristoro.kernel.errors import Missing
from ristoro.kernel.outcome import Ending, Result

Play = Callable[[socket.socket], None]
GREETING = b"* OK ready\r\n"
MAILBOX = "anna@libero.it"
ASK = LookAsk(MAILBOX, "<x.1@libero.it>")


@contextmanager
def server(*plays: Play, tls: ssl.SSLContext | None = None) -> Iterator[ImapServer]:
    """A server that gives each connection the next play, then closes it."""

    def serve() -> None:
        for play in plays:
            link, _ = listener.accept()
            with link:
                play(link)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        yield ImapServer(
            "127.0.0.1", port, "ristoro", "segreta", tls=tls, connect_timeout=2, reply_timeout=2
        )
        thread.join()


def talks(quota: bytes = b"@ NO sorry\r\n", *, login: bytes = b"@ OK in\r\n") -> Play:
    """Answer each command in the usual way, and these two so; ``@`` stands for the tag.

    An answer without the tagged line is the last thing sent.
    """
    answers = {
        b"CAPABILITY": b"* CAPABILITY IMAP4rev1 QUOTA AUTH=PLAIN\r\n@ OK so\r\n",
        b"AUTHENTICATE": login,
        b"GETQUOTAROOT": quota,
        b"LIST": quota,
        b"LOGOUT": b"* BYE\r\n@ OK bye\r\n",
    }

    def play(link: socket.socket) -> None:
        link.sendall(GREETING)
        with link.makefile("rb") as reader:
            for line in reader:
                tag, verb = line.split()[:2]
                if verb == b"AUTHENTICATE":
                    link.sendall(b"+ \r\n")
                    reader.readline()
                link.sendall(answers[verb].replace(b"@ ", tag + b" "))
                if b"@ " not in answers[verb]:
                    return

    return play


def says(text: bytes) -> Play:
    return lambda link: link.sendall(text)


def waits_for_the_end(link: socket.socket) -> None:
    link.sendall(GREETING)
    while link.recv(4096):
        pass


def both(server: ImapServer) -> list[Result]:
    reader = ImapReader(server)
    [reading] = reader.read_quota([MAILBOX])
    [sighting] = reader.look([ASK])
    assert sighting.copies == 0
    assert reading.limit_kib is None
    return [reading.result, sighting.result]


@pytest.mark.wire
@pytest.mark.parametrize(
    ("play", "code"),
    [
        pytest.param(says(b""), "imap-cut", id="closed before the greeting"),
        pytest.param(says(b"* BYE too busy\r\n"), "imap-no", id="BYE for a greeting"),
        pytest.param(says(b"\x16\x03\x01\x00\xff\r\n"), "imap-cut", id="garbage for a greeting"),
        pytest.param(says(GREETING), "imap-cut", id="closed after the greeting"),
        pytest.param(talks(login=b"@ BAD what?\r\n"), "imap-login", id="BAD to the login"),
        pytest.param(
            talks(login=b"@ NO [AUTHENTICATIONFAILED] no\r\n"),
            "imap-login",
            id="refused login",
        ),
        pytest.param(
            talks(login=b"@ NO [UNAVAILABLE] later\r\n"), "imap-busy", id="login unavailable"
        ),
        pytest.param(talks(), "imap-no", id="NO to the question"),
        pytest.param(talks(b"* QUOTA ((\r\n* LIST\r\n"), "imap-cut", id="cut in the answer"),
        pytest.param(waits_for_the_end, "imap-slow", id="silent after the greeting"),
    ],
)
def test_a_server_that_fails_is_deferred(play: Play, code: str) -> None:
    with server(play, play) as peer:
        results = both(replace(peer, connect_timeout=0.3, reply_timeout=0.3))
    assert {result.ending for result in results} == {Ending.DEFERRED}
    assert {result.code for result in results} == {code}, results


@pytest.mark.wire
@pytest.mark.parametrize(
    "answer",
    [
        b'* QUOTAROOT INBOX "q"\r\n* QUOTA "q" (STORAGE x y)\r\n@ OK done\r\n',
        b"* QUOTAROOT\r\n@ OK done\r\n",
        b"@ OK done\r\n",
    ],
)
def test_an_answer_that_makes_no_sense_is_deferred(answer: bytes) -> None:
    with server(talks(answer)) as peer:
        [reading] = ImapReader(peer).read_quota([MAILBOX])
    assert reading.result.ending is Ending.DEFERRED


@pytest.mark.wire
def test_the_tightest_of_several_limits_is_the_limit() -> None:
    answer = (
        b'* QUOTAROOT INBOX "user" "domain"\r\n* QUOTA "user" (MESSAGE 1 5 STORAGE 10 2048)\r\n'
        b'* QUOTA "domain" (STORAGE 11 1024)\r\n@ OK done\r\n'
    )
    with server(talks(answer)) as peer:
        [reading] = ImapReader(peer).read_quota([MAILBOX])
    assert (reading.limit_kib, reading.used_kib) == (1024, 11)


@pytest.mark.wire
def test_a_mailbox_without_a_limit_has_none() -> None:
    answer = b"* QUOTAROOT INBOX\r\n@ OK done\r\n"
    with server(talks(answer)) as peer:
        [reading] = ImapReader(peer).read_quota([MAILBOX])
    assert reading.result.done
    assert reading.limit_kib is None


@pytest.mark.wire
def test_a_port_where_nobody_listens_is_deferred() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    results = both(ImapServer("127.0.0.1", port, "ristoro", "segreta"))
    assert {result.code for result in results} == {"imap-down"}


@pytest.mark.wire
def test_a_certificate_of_a_stranger_is_not_trusted_and_gets_no_password() -> None:
    heard: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    def play(link: socket.socket) -> None:
        try:
            with context.wrap_socket(link, server_side=True) as safe:
                heard.append(safe.recv(4096))
        except (ssl.SSLError, OSError):
            return

    with server(play, tls=ssl.create_default_context()) as peer:
        [reading] = ImapReader(peer).read_quota([MAILBOX])
    assert (reading.result.ending, reading.result.code) == (Ending.DEFERRED, "imap-tls")
    assert heard in ([], [b""])


@pytest.mark.wire
def test_a_known_certificate_is_spoken_to() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    def play(link: socket.socket) -> None:
        with context.wrap_socket(link, server_side=True) as safe:
            answer = b'* QUOTAROOT INBOX "q"\r\n* QUOTA "q" (STORAGE 1 2)\r\n@ OK done\r\n'
            talks(answer)(safe)

    with server(play, tls=trusting) as peer:
        [reading] = ImapReader(peer).read_quota([MAILBOX])
    assert reading.limit_kib == 2


def test_no_password_goes_over_the_network_without_tls() -> None:
    with pytest.raises(Missing, match="without TLS"):
        ImapServer("imap.libero.it", 143, "ristoro", "segreta")
    assert ImapServer("imap.libero.it", 143, "ristoro", "segreta", plaintext=True)
    assert "segreta" not in repr(ImapServer("::1", 143, "ristoro", "segreta"))


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
     ("10.0.0.1", False), ("0.0.0.0", False), ("localhost.example.org", False)],
)  # fmt: skip
def test_loopback_is_this_machine_only(host: str, here: bool) -> None:
    assert is_loopback(host) is here


@pytest.mark.parametrize("text", ["x@y", "<a b@c>", '<a"b@c>', "<a\r\n@c>", "<è@c>", "<>", ""])
def test_a_text_that_is_no_message_id_is_refused_unasked(text: str) -> None:
    reader = ImapReader(ImapServer("127.0.0.1", 1, "ristoro", "segreta"))
    [sighting] = reader.look([LookAsk(MAILBOX, text)])
    assert sighting.result.code == "bad-message-id"


@pytest.mark.host
def test_in_a_huge_mailbox_the_end_is_searched_first_and_then_the_rest(peer: EmbeddedPeer) -> None:
    address, ids = peer.new_mailbox(10 << 20), [new_message_id() for _ in range(12)]
    for message_id in [ids[0], *ids]:
        peer.host.deposit([Letter(message(message_id), (address,))])
    reader = ImapReader(peer.embedded.settings().imap, tail=5)
    seen = reader.look([LookAsk(address, message_id) for message_id in (ids[0], ids[11], "<n@o>")])
    assert [sighting.copies for sighting in seen] == [2, 1, 0]
    assert [sighting.uid for sighting in seen] == [1, 13, None]
    reader.close()


@pytest.mark.host
def test_the_master_user_may_come_as_an_authorization_identity(peer: EmbeddedPeer) -> None:
    address = peer.new_mailbox(1 << 20)
    reader = ImapReader(replace(peer.embedded.settings().imap, separator=""))
    assert reader.read_quota([address])[0].shows(1 << 20)
