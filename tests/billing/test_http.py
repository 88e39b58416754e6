"""A billing system over HTTP: the contract, and what becomes of answers that are lost or wrong."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.billing.contract import OTHER, PAID, PLUS, BillingContract, ask, credit
from tests.hosts.billing_peer import TOKEN, Peer, billing_peer

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


@pytest.mark.parametrize(
    "url",
    ["http://billing.example/v1", "ftp://127.0.0.1", "https://a@billing.example", "https://", "x"],
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
