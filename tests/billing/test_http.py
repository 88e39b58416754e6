"""A billing system over HTTP: the contract, and what becomes of answers that are lost or wrong."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.billing.contract import OTHER, PAID, PLUS, BillingContract, ask, credit
from tests.hosts.billing_peer import TOKEN, Peer, billing_peer

from ristoro.edges.billing import exchange
from ristoro.edges.billing.exchange import Line
from ristoro.edges.billing.http import MOST_AT_ONCE, HttpBilling
from ristoro.edges.billing.ledger import Ledger, open_from_snapshot
from ristoro.kernel.errors import Missing
from ristoro.kernel.outcome import Ending

pytestmark = pytest.mark.wire

UNKNOWN = ["lose", "drop", "late", "garbage", "cut", "twice", "fail"]
NOTHING_DONE = {"busy": "billing-429", "away": "billing-302"}


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    snapshot = tmp_path / "snapshot.parquet"
    columns = {
        "address": pa.array(list(PAID), pa.string()),
        "paid_until": pa.array(list(PAID.values()), pa.date32()),
        "before_paid_until": pa.array([None] * len(PAID), pa.date32()),
    }
    pq.write_table(pa.table(columns), snapshot)
    open_from_snapshot(tmp_path / "theirs.sqlite", snapshot).close()
    with billing_peer(tmp_path / "theirs.sqlite") as one:
        yield one


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def billing(peer: Peer, waits: list[float]) -> HttpBilling:
    return HttpBilling(Line(peer.url, TOKEN, waits.append, seconds=5))


class TestHttp(BillingContract):
    """All that the ledger file does, over a socket."""


def impatient(peer: Peer) -> HttpBilling:
    return HttpBilling(Line(peer.url, TOKEN, lambda seconds: None, seconds=0.2))


@pytest.mark.parametrize("fault", UNKNOWN)
def test_an_answer_that_was_lost_is_looked_up_and_not_asked_for_again(
    peer: Peer, fault: str
) -> None:
    billing = impatient(peer)
    peer.faults = [fault]
    [result] = billing.credit([credit("c1")], reason="run one")
    assert result.ending is Ending.UNKNOWN
    assert peer.sent() == {"c1": 1}
    peer.release.set()
    [looked] = billing.look(["c1"])
    assert looked.done is (fault != "drop")
    assert peer.sent() == {"c1": 1}


@pytest.mark.parametrize(("fault", "code"), NOTHING_DONE.items())
def test_what_was_refused_unheard_may_be_asked_for_again(
    billing: HttpBilling, peer: Peer, fault: str, code: str
) -> None:
    peer.faults = [fault]
    [result] = billing.credit([credit("c1")], reason="run one")
    assert (result.ending, result.code) == (Ending.DEFERRED, code)
    assert billing.credit([credit("c1")], reason="run one")[0].code == "done"


def test_an_answer_that_leaves_one_out_leaves_only_that_one_unknown(
    billing: HttpBilling, peer: Peer
) -> None:
    peer.faults = ["partly"]
    results = billing.credit([credit("c1"), credit("c2", OTHER)], reason="run one")
    assert [one.ending for one in results] == [Ending.DONE, Ending.UNKNOWN]
    assert billing.look(["c2"])[0].done


def test_a_look_that_fails_leaves_it_unknown(peer: Peer) -> None:
    billing = impatient(peer)
    for fault in ("lose", "fail", "garbage", "busy", "partly"):
        peer.faults = [fault]
        [looked] = billing.look(["c1"])
        assert looked.ending is Ending.UNKNOWN, fault


def test_a_reading_that_fails_may_be_read_again(peer: Peer) -> None:
    billing = impatient(peer)
    for fault in ("lose", "fail", "garbage", "busy", "partly"):
        peer.faults = [fault, fault]
        assert billing.read([PLUS])[0].result.ending is Ending.DEFERRED, fault
        assert billing.read_credits(["c1"])[0].result.ending is Ending.DEFERRED, fault
    assert billing.read([PLUS])[0].paid_until == PAID[PLUS]


def test_nobody_there_is_tried_for_a_few_times_and_nothing_was_done(waits: list[float]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    billing = HttpBilling(Line(f"http://127.0.0.1:{port}", TOKEN, waits.append, seconds=1))
    [result] = billing.extend([ask("k1")], reason="run one")
    assert (result.ending, result.code) == (Ending.DEFERRED, "billing-unreachable")
    assert waits == [0.2, 0.4]


def test_a_wrong_token_is_said_and_does_nothing(peer: Peer) -> None:
    billing = HttpBilling(Line(peer.url, "wrong", lambda seconds: None))
    [result] = billing.credit([credit("c1")], reason="run one")
    assert (result.ending, result.code) == (Ending.DEFERRED, "billing-401")


def test_a_batch_is_cut_into_requests_each_with_the_key_of_what_it_says(
    billing: HttpBilling, peer: Peer
) -> None:
    asks = [credit(f"c{number}") for number in range(MOST_AT_ONCE + 1)]
    assert all(one.code == "done" for one in billing.credit(asks, reason="run one"))
    assert all(one.code == "already" for one in billing.credit(asks, reason="run one"))
    keys = [key for _, key, _ in peer.heard]
    assert [len(keys), len(set(keys))] == [4, 2]
    assert keys[:2] == keys[2:]
    assert {len(key) for key in keys} == {64}


@contextmanager
def saying(raw: bytes, more: bytes = b"", tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server that answers one request with these octets, whatever was asked; with
    ``more`` it says that again and again, every hundredth of a second, until nobody listens."""
    heard, over = socket.create_server(("127.0.0.1", 0)), Event()

    def answer() -> None:
        with suppress(OSError), ExitStack() as stack:
            line = stack.enter_context(heard.accept()[0])
            if tls:
                line = stack.enter_context(tls.wrap_socket(line, server_side=True))
            asked = b""
            while not asked.endswith(b"}") and (piece := line.recv(65_536)):
                asked += piece
            line.sendall(raw)
            while more and not over.wait(0.01):
                line.sendall(more)

    thread = Thread(target=answer)
    thread.start()
    try:
        with heard:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{heard.getsockname()[1]}"
    finally:
        over.set()
        thread.join()


def answered(body: bytes, status: str = "200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


DONE = b'{"results": [{"key": "c1", "ending": "done", "code": "done", "text": ""}]}'
ODD = [
    b"nonsense\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 200 + b"\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + DONE,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + DONE,
    b"HTTP/1.1 200 OK\r\n\r\n",
    answered(b"[" * 100_000),
    answered(b"\xff\xfe\xfd"),
    answered(b"1" * 10_000),
    answered(b"null"),
    answered(b'{"results": {"c1": "done"}}'),
    answered(DONE.replace(b'"done", "code"', b'"DONE", "code"')),
    answered(DONE.replace(b'"key": "c1"', b'"key": "c2"')),
    answered(DONE.replace(b'"key": "c1"', b'"key": ["c1"]')),
    answered(DONE, "201 Created"),
    answered(DONE, "500 Internal Server Error"),
    answered(DONE, "409 Conflict"),
]


@pytest.mark.parametrize("raw", ODD, ids=range(len(ODD)))
def test_no_answer_that_is_not_clear_counts_as_any(raw: bytes) -> None:
    with saying(raw) as url:
        [result] = HttpBilling(Line(url, TOKEN, lambda _: None, seconds=5)).credit(
            [credit("c1")], reason="run one"
        )
    assert result.ending is Ending.UNKNOWN


def test_an_answer_that_is_too_long_is_read_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "MOST_HEARD", 1_000)
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + DONE
    with saying(endless, more=b" " * 500) as url:
        [result] = HttpBilling(Line(url, TOKEN, lambda _: None, seconds=5)).credit(
            [credit("c1")], reason="run one"
        )
    assert (result.ending, result.code) == (Ending.UNKNOWN, "billing-garbage")


@pytest.mark.parametrize("begun", [b"HTTP/1.1 200 OK\r\n\r\n" + DONE, b"HTTP/1.1 200 OK\r\nX: "])
def test_who_answers_one_octet_at_a_time_is_waited_for_no_longer_than_others(begun: bytes) -> None:
    with saying(begun, more=b" ") as url:
        [result] = HttpBilling(Line(url, TOKEN, lambda _: None, seconds=0.3)).credit(
            [credit("c1")], reason="run one"
        )
    assert (result.ending, result.code) == (Ending.UNKNOWN, "billing-line")


def test_only_whom_the_authority_vouches_for_is_told_anything(tmp_path: Path) -> None:
    theirs = certificate(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(theirs)
    waits: list[float] = []
    with saying(answered(DONE), tls=server) as url:
        [result] = HttpBilling(Line(url, TOKEN, waits.append, seconds=5)).credit(
            [credit("c1")], reason="run one"
        )
    assert (result.ending, result.code, waits) == (Ending.DEFERRED, "billing-unreachable", [])
    trusted = ssl.create_default_context(cafile=str(theirs))
    with saying(answered(DONE), tls=server) as url:
        line = Line(url, TOKEN, waits.append, seconds=5, tls=trusted)
        assert HttpBilling(line).credit([credit("c1")], reason="run one")[0].done
    with saying(answered(DONE), tls=server) as url:
        elsewhere = Line(url.replace("127.0.0.1", "localhost"), TOKEN, waits.append, 5, trusted)
        [result] = HttpBilling(elsewhere).credit([credit("c1")], reason="run one")
    assert (result.ending, result.code) == (Ending.DEFERRED, "billing-unreachable")


def certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 by nobody but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "billing")])
    now = datetime.now(UTC)
    host = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(host, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / "billing.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


@pytest.mark.parametrize("token", ["", "two\r\nlines", "perch\u00e9", "\0"])
def test_a_token_that_cannot_stand_in_a_header_is_refused_at_once(token: str) -> None:
    with pytest.raises(Missing) as refused:
        Line("https://billing.example/v1", token, lambda seconds: None)
    assert not token or token not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://billing.example/v1",
        "ftp://127.0.0.1",
        "https://a@billing.example",
        "https://",
        "x",
        "https://:b@billing.example",
        f"https://{'a' * 64}.example",
    ],
)
def test_an_address_that_tells_the_token_to_others_is_refused(url: str) -> None:
    with pytest.raises(Missing):
        Line(url, TOKEN, lambda seconds: None)


def test_the_token_is_in_no_representation(peer: Peer) -> None:
    assert TOKEN not in repr(Line(peer.url, TOKEN, lambda seconds: None))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(faults=st.lists(st.sampled_from(["", *UNKNOWN, *NOTHING_DONE, "partly"]), max_size=12))
def test_whatever_happens_on_the_way_each_credit_is_booked_once(
    peer: Peer, faults: list[str]
) -> None:
    """As a worker does it: what is unknown is looked for, and only what is absent asked again."""
    billing = impatient(peer)
    peer.heard.clear()
    peer.release.set()
    peer.faults = list(faults)
    run = f"run{len(faults)}-{hash(tuple(faults))}"
    left = {f"{run}/{number}" for number in range(3)}
    unknown: set[str] = set()
    for _ in range(40):
        asked = sorted(left - unknown)
        results = billing.credit([credit(key) for key in asked], reason=run)
        for key, result in zip(asked, results, strict=True):
            (left.discard if result.done else lambda one: None)(key)
            (unknown.add if result.ending is Ending.UNKNOWN else lambda one: None)(key)
        looked = sorted(unknown)
        for key, result in zip(looked, billing.look(looked), strict=True):
            if result.done or result.code == "absent":
                unknown.discard(key)
                (left.discard if result.done else lambda one: None)(key)
        if not left:
            break
    assert not left
    with closing(Ledger(peer.path)) as ledger:
        booked = [one.credit.key for one in ledger.credits_of(PLUS)]
    assert sorted(key for key in booked if key.startswith(f"{run}/")) == [
        f"{run}/{number}" for number in range(3)
    ]
    done_and_unsaid = sum(fault in ("lose", "late", "garbage", "cut", "fail") for fault in faults)
    assert max(peer.sent().values()) <= 1 + len(faults) - done_and_unsaid
