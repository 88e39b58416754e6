"""No letter goes to a host that cannot prove its name, nor over a line that was to be encrypted."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from tests.hosts.lmtp_peer import EVERYTHING, LmtpPeer, Script
from tests.mailhosts.lmtp.depositing import DONE, PATIENT, SHORT, letter, spoken

from ristoro.edges.mailhosts.lmtp import Endpoint, LmtpDepositor, Timeouts, Tls
from ristoro.kernel.errors import BadInput

pytestmark = pytest.mark.wire

FAILED = "deferred:tls-failed"


@dataclass(frozen=True, slots=True)
class Authority:
    """One that the client trusts, and how a host shows a certificate of its own or another's."""

    file: Path
    good: ssl.SSLContext
    misnamed: ssl.SSLContext
    strange: ssl.SSLContext


def _shown(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    trusted, other = trustme.CA(), trustme.CA()
    file = tmp_path_factory.mktemp("tls") / "ca.pem"
    trusted.cert_pem.write_to_path(str(file))
    return Authority(
        file,
        _shown(trusted, "mail.example.test"),
        _shown(trusted, "other.example.test"),
        _shown(other, "mail.example.test"),
    )


@pytest.fixture(params=[Tls.STARTTLS, Tls.TLS], ids=lambda tls: str(tls.value))
def tls(request: pytest.FixtureRequest) -> Tls:
    chosen = request.param
    assert isinstance(chosen, Tls)
    return chosen


def deposit(peer: LmtpPeer, authority: Authority, tls: Tls, timeouts: Timeouts = PATIENT) -> str:
    endpoint = Endpoint(
        "127.0.0.1",
        peer.port,
        tls=tls,
        server_name="mail.example.test",
        ca_file=authority.file,
    )
    with LmtpDepositor(endpoint, connections=1, timeouts=timeouts) as depositor:
        return spoken(depositor.deposit([letter("a")])[0])


def script(tls: Tls, context: ssl.SSLContext | None, **more: object) -> Script:
    extensions = (*EVERYTHING, "STARTTLS")
    return Script(extensions, tls=context, tls_at_once=tls is Tls.TLS, **more)  # type: ignore[arg-type]


def test_a_letter_goes_over_an_encrypted_line(authority: Authority, tls: Tls) -> None:
    with LmtpPeer(script(tls, authority.good)) as peer:
        assert deposit(peer, authority, tls) == DONE
    assert peer.commands.count("LHLO localhost") == (2 if tls is Tls.STARTTLS else 1)
    assert [address for address, _ in peer.deliveries] == ["a@example.test"]


def test_a_certificate_of_a_stranger_is_not_trusted(authority: Authority, tls: Tls) -> None:
    with LmtpPeer(script(tls, authority.strange)) as peer:
        assert deposit(peer, authority, tls) == FAILED
    assert peer.deliveries == []


def test_a_certificate_of_another_name_is_not_trusted(authority: Authority, tls: Tls) -> None:
    with LmtpPeer(script(tls, authority.misnamed)) as peer:
        assert deposit(peer, authority, tls) == FAILED
    assert peer.deliveries == []


def test_a_host_that_speaks_in_clear_is_not_used(authority: Authority) -> None:
    with LmtpPeer() as peer:
        assert deposit(peer, authority, Tls.TLS) == FAILED
    assert peer.deliveries == []


def test_starttls_stripped_from_the_offer_is_not_done_without(authority: Authority) -> None:
    with LmtpPeer(Script()) as peer:
        assert deposit(peer, authority, Tls.STARTTLS) == FAILED
    assert peer.commands == ["LHLO localhost"]


@pytest.mark.parametrize("code", ["454", "502"])
def test_starttls_refused_is_not_done_without(authority: Authority, code: str) -> None:
    with LmtpPeer(script(Tls.STARTTLS, None, instead={"STARTTLS": code})) as peer:
        assert deposit(peer, authority, Tls.STARTTLS) == FAILED
    assert peer.deliveries == []


def test_words_in_clear_behind_starttls_are_not_believed(authority: Authority) -> None:
    injected = b"220 go on\r\n250 2.0.0 injected\r\n"
    with LmtpPeer(script(Tls.STARTTLS, None, instead={"STARTTLS": injected})) as peer:
        assert deposit(peer, authority, Tls.STARTTLS) == FAILED
    assert peer.deliveries == []


def test_half_a_line_in_clear_behind_starttls_is_not_believed(authority: Authority) -> None:
    injected = b"220 go on\r\n250-"
    with LmtpPeer(script(Tls.STARTTLS, None, instead={"STARTTLS": injected})) as peer:
        assert deposit(peer, authority, Tls.STARTTLS) == FAILED


def test_a_line_cut_in_the_handshake_leaves_nothing_open(authority: Authority) -> None:
    with LmtpPeer(script(Tls.STARTTLS, None, instead={"STARTTLS": "cut"})) as peer:
        assert deposit(peer, authority, Tls.STARTTLS) == "deferred:lost-before-data"


def test_a_handshake_never_answered_is_given_up(authority: Authority) -> None:
    impatient = Timeouts(connect=0.1, greeting=5, command=5, data=5)
    with LmtpPeer(script(Tls.STARTTLS, None)) as peer:
        assert deposit(peer, authority, Tls.STARTTLS, impatient) == FAILED


def test_a_host_that_says_nothing_to_a_handshake_is_given_up(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        endpoint = Endpoint("127.0.0.1", port, tls=Tls.TLS, ca_file=authority.file)
        impatient = Timeouts(connect=0.1)
        with LmtpDepositor(endpoint, connections=1, timeouts=impatient) as depositor:
            assert spoken(depositor.deposit([letter("a")])[0]) == "deferred:timeout"


def test_the_offer_made_in_clear_is_forgotten(authority: Authority) -> None:
    with LmtpPeer(script(Tls.STARTTLS, authority.good, instead={"RSET": "451"})) as peer:
        assert deposit(peer, authority, Tls.STARTTLS, SHORT) == "deferred:lmtp-451"
    assert peer.commands == ["LHLO localhost", "STARTTLS", "LHLO localhost", "RSET"]


def test_authorities_that_cannot_be_read_are_a_wrong_setting(tmp_path: Path) -> None:
    endpoint = Endpoint("127.0.0.1", 24, tls=Tls.TLS, ca_file=tmp_path / "absent.pem")
    with pytest.raises(BadInput, match="lmtp-authorities"):
        LmtpDepositor(endpoint)


def test_a_unix_socket_is_not_encrypted(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="lmtp-endpoint"):
        Endpoint(path=tmp_path / "lmtp", tls=Tls.TLS)


def test_an_endpoint_is_one_place() -> None:
    with pytest.raises(BadInput, match="lmtp-endpoint"):
        Endpoint()
