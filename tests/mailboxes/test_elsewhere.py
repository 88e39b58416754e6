"""A new provider's server, whose name any holder may type: where it may lead, and what is heard."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from ristoro.edges.mailboxes import elsewhere
from ristoro.edges.mailboxes.contract import SignInRefused, Unreachable
from ristoro.edges.mailboxes.elsewhere import service_elsewhere
from ristoro.edges.mailboxes.imap import sign_in
from ristoro.edges.mailboxes.pictures import Resolver
from ristoro.edges.mailboxes.server import Reach
from ristoro.edges.mailboxes.settings import read_holders
from ristoro.kernel.errors import BadInput

NAME = "imap.example.org"
CAN = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\nTAG OK done\r\n"


def at(*addresses: str) -> Resolver:
    """A resolver that knows one answer."""
    return lambda host, port: addresses


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.9", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1", "ff02::1"],
)  # fmt: skip
def test_nothing_inside_our_walls_can_be_moved_to(address: str) -> None:
    for found in ((address,), ("93.184.216.34", address)):
        with pytest.raises(BadInput, match="not on the public internet"):
            service_elsewhere(NAME, Reach(), resolver=at(*found))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "0", "127.1", "2130706433"])
def test_an_address_that_is_typed_is_judged_alike(host: str) -> None:
    with pytest.raises(BadInput, match="cannot be moved to"):
        service_elsewhere(host, Reach())


@pytest.mark.parametrize(
    "host", ["", "a b", "x" * 300, "imap..org", "user@imap.org", "imap.org/x", "imap.org:25", "-x"]
)
def test_what_is_no_name_is_refused_before_anybody_is_asked(host: str) -> None:
    def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host)

    with pytest.raises(BadInput, match="not the name of a host"):
        service_elsewhere(host, Reach(), resolver=never)


def test_a_name_that_is_unknown_is_refused() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(BadInput, match="no such host"):
        service_elsewhere(NAME, Reach(), resolver=unknown)


def test_the_addresses_that_were_judged_are_those_spoken_to() -> None:
    service = service_elsewhere("IMAP.Example.org. ", Reach(), resolver=at("93.184.216.34"))
    assert (service.host, service.port) == (NAME, 993)
    assert service.addresses == ("93.184.216.34",)
    assert service.tls is not None
    assert service.tls.check_hostname
    assert service_elsewhere(NAME, Reach(), starttls=True, resolver=at("93.184.216.34")).port == 143


def test_an_operator_may_allow_a_network() -> None:
    reach = Reach((ip_network("10.20.0.0/16"),))
    assert service_elsewhere(NAME, reach, resolver=at("10.20.1.2")).addresses == ("10.20.1.2",)
    with pytest.raises(BadInput):
        service_elsewhere(NAME, reach, resolver=at("10.20.1.2", "10.21.0.1"))


def test_the_mail_hosts_file_says_what_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "mailhost.yaml"
    path.write_text("holders:\n  imap: {host: imap.libero.it}\n  moves: {networks: [10.20.0.0/16]}")
    holders = read_holders(path)
    assert holders.moves.networks == (ip_network("10.20.0.0/16"),)
    assert holders.imap.addresses == ()
    path.write_text("holders:\n  imap: {host: a.it}\n  moves: {networks: [10.20.0.1/16]}")
    with pytest.raises(BadInput, match="host bits set"):
        read_holders(path)


class Service:
    """A server with a certificate of its own that greets, and answers with what it is given."""

    def __init__(self, tmp_path: Path, name: str, answer: bytes) -> None:
        self.ca = tmp_path / f"{name}.pem"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificate(name, self.ca))
        self._answer = answer
        self._listening = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), True)
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError), closing(self._listening.accept()[0]) as line:
            line.sendall(b"* OK hello\r\n")
            while words := line.recv(4096).split():
                told = CAN if words[1:] == [b"CAPABILITY"] else self._answer
                line.sendall(told.replace(b"TAG", words[0]))

    def close(self) -> None:
        self._listening.close()
        self._thread.join(5)


def _certificate(name: str, path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(own, own, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Signs in to a server with a certificate for ``name``, and what it answers."""
    made: list[Service] = []

    def run(name: str, answer: bytes, *, believed: bool = True) -> Service:
        server = Service(tmp_path, name, answer)
        made.append(server)
        monkeypatch.setattr(elsewhere, "TLS_PORT", server.port)
        monkeypatch.setattr(elsewhere, "MOST_HEARD", 100_000)
        tls = ssl.create_default_context(cafile=str(server.ca)) if believed else None
        reach = Reach((ip_network("127.0.0.0/8"),), tls)
        service = service_elsewhere(NAME, reach, resolver=at("127.0.0.1"))
        sign_in(service, "anna", "segreta").close()
        return server

    yield run
    for server in made:
        server.close()


@pytest.mark.wire
def test_a_password_goes_to_a_server_of_that_name_only(tried: object) -> None:
    for name, believed in ((NAME, False), ("imap.other.org", True)):
        with pytest.raises(Unreachable) as failed:
            tried(name, b"", believed=believed)  # type: ignore[operator]
        assert failed.value.problems[0].code == "certificate"


@pytest.mark.wire
def test_a_server_of_that_name_is_told_the_password(tried: object) -> None:
    with pytest.raises(SignInRefused):
        tried(NAME, b"TAG NO [AUTHENTICATIONFAILED] no\r\n")  # type: ignore[operator]


@pytest.mark.wire
@pytest.mark.parametrize("answer", [b"* X {99999999999}\r\n", b"* OK " + b"x" * 900 + b"\r\n"])
def test_a_server_that_never_ends_is_not_listened_to_for_ever(tried: object, answer: bytes) -> None:
    with pytest.raises(Unreachable, match="longer than"):
        tried(NAME, answer * 200)  # type: ignore[operator]
