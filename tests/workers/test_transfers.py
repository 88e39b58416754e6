"""Transfers wait for days without holding anybody up, and are looked at when there is news."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from standardwebhooks import Webhook
from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.doubles import MemoryBilling, MemoryHost

from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.extension import key_of
from ristoro.fulfilment.models import Consent, Grant, GrantKind, GrantState
from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.fulfilment.rows import of_mailbox
from ristoro.fulfilment.ways import Payout, Payouts, Way
from ristoro.journal.models import Entry
from ristoro.kernel import clock
from ristoro.remedies.models import Run
from ristoro.workers import bookings, loop
from ristoro.workers.job import Habits, Job
from ristoro.workers.models import Chunk, ChunkState, Heard
from ristoro.workers.pace import Pace

AT = datetime(2023, 3, 1, 9, 0, tzinfo=UTC)
PAID = date(2023, 8, 31)
SECRET = "whsec_" + "c2VncmV0by1jaGUtc2Fubm8taW4tZHVl"


@pytest.fixture
def run(database: Database) -> Run:
    """Two refunds in one chunk: one for a bill, one to be transferred."""
    made = stage.run()
    stage.load(made, [refund(1), refund(1, remedy=1)], ChunkState.OPEN)
    return made


def refund(mailbox_id: int, **changes: Any) -> Grant:
    money = {"kind": GrantKind.REFUND, "amount": 833, "currency": "EUR", "remedy": 0}
    none = {"base": None, "target": None, "consent": Consent.AUTOMATIC}
    return stage.storage(mailbox_id, **{**money, **none, **changes})


def job(run: Run) -> Job:
    payouts = Payouts(
        {
            0: Payout("Rimborso", "price-reduction", (Way("bill"),)),
            1: Payout("Rimborso", "price-reduction", (Way("transfer"),)),
        },
        ZoneInfo("Europe/Rome"),
    )
    billing = MemoryBilling({"casella1@libero.it": PAID})
    return Job(
        run=run,
        owner="worker-1",
        doors=Doors(MemoryHost({}), billing, run.name, payouts),
        desk=None,  # type: ignore[arg-type]
        habits=Habits(settle_seconds=0),
        pace=Pace(),
        records=(),
        stop=Event(),
        clock=lambda: AT,
        seconds=lambda: 0.0,
    )


def states() -> list[GrantState]:
    return [
        GrantState(one) for one in Grant.objects.order_by("remedy").values_list("state", flat=True)
    ]


def test_a_transfer_that_waits_lets_its_chunk_be_done_and_is_looked_at_later(run: Run) -> None:
    loop.work(job(run))
    assert states() == [GrantState.VERIFIED, GrantState.DEFERRED]
    chunk = Chunk.objects.get()
    assert chunk.state == ChunkState.DONE
    assert chunk.not_before is not None
    assert chunk.not_before > clock.now() + timedelta(minutes=50)


def test_a_look_that_finds_nothing_new_writes_nothing_down(run: Run) -> None:
    loop.work(job(run))
    Chunk.objects.update(not_before=AT)
    entries = Entry.objects.count()
    loop.work(job(run), until_idle=True)
    assert Chunk.objects.get().tries == 2
    assert Entry.objects.count() == entries
    assert states() == [GrantState.VERIFIED, GrantState.DEFERRED]


def test_what_the_bank_booked_is_seen_at_the_next_look(run: Run) -> None:
    loop.work(job(run))
    Chunk.objects.update(not_before=AT)
    Payment.objects.update(state=PaymentState.BOOKED)
    loop.work(job(run), until_idle=True)
    assert states() == [GrantState.VERIFIED] * 2
    assert Chunk.objects.get().not_before is None


@pytest.mark.parametrize(
    ("code", "state", "result"),
    [
        ("AC04", GrantState.DEFERRED, "account-refused"),
        ("AM04", GrantState.REFUSED, "AM04"),
    ],
)
def test_a_grant_waits_for_another_account_and_is_refused_for_any_other_reason_of_the_bank(
    run: Run, code: str, state: GrantState, result: str
) -> None:
    loop.work(job(run))
    Chunk.objects.update(not_before=AT)
    Payment.objects.update(state=PaymentState.REFUSED, why=code)
    loop.work(job(run), until_idle=True)
    assert states() == [GrantState.VERIFIED, state]
    assert Grant.objects.get(remedy=1).result == result


def test_news_of_a_payment_is_looked_at_at_once(run: Run) -> None:
    loop.work(job(run))
    [_, transfer] = of_mailbox(run.pk, 1)
    assert bookings.look_at([key_of(transfer, run.name), "nobody/7", "R-2023-000001"]) == 1
    Chunk.objects.update(state=ChunkState.DONE)
    Payment.objects.update(state=PaymentState.BOOKED, since=AT)
    assert bookings.look_after(AT) == 1
    loop.work(job(run), until_idle=True)
    assert states() == [GrantState.VERIFIED] * 2


def test_an_account_that_was_given_is_looked_at_at_once(run: Run) -> None:
    loop.work(job(run))
    assert bookings.look_at_mailbox(1) == 1
    assert bookings.look_at_mailbox(2) == 0


def post(body: bytes, id_: str = "msg_1", at: datetime | None = None, secret: str = SECRET) -> int:
    sent = at or clock.now()
    headers = {
        "webhook-id": id_,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": f"v1a,x {Webhook(secret).sign(id_, sent, body.decode())}",
    }
    answer = Client().post(
        "/billing/webhook/", body, content_type="application/json", headers=headers
    )
    return int(answer.status_code)


def message(*keys: str) -> bytes:
    return json.dumps({"type": "bookings.settled", "data": {"keys": keys}}).encode()


def test_a_signed_message_settles_what_was_unknown_and_is_heard_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISTORO_BILLING_WEBHOOK_SECRET", SECRET)
    first = of_mailbox(run.pk, 1)[0]
    working = job(run)
    assert isinstance(working.doors.billing, MemoryBilling)
    Grant.objects.update(address="lost@libero.it")
    working.doors.billing.paid["lost@libero.it"] = PAID
    loop.work(working, until_idle=True)
    assert states() == [GrantState.UNKNOWN, GrantState.DEFERRED]
    body = message(key_of(first, run.name))
    assert post(body) == 204
    assert Chunk.objects.get().state == ChunkState.OPEN
    assert Chunk.objects.get().not_before is None
    Chunk.objects.update(state=ChunkState.DONE)
    assert post(body) == 204
    assert Chunk.objects.get().state == ChunkState.DONE
    assert Heard.objects.count() == 1


@pytest.mark.parametrize(
    "secret", ["whsec_", "whsec_c2VncmV0bw==", "whsec_not base64", f"{SECRET} whsec_"]
)
def test_a_secret_that_is_none_signs_for_nobody(
    run: Run, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("RISTORO_BILLING_WEBHOOK_SECRET", secret)
    body, now = message("jan23/1"), clock.now()
    signed = hmac.digest(b"", f"msg_1.{int(now.timestamp())}.".encode() + body, "sha256")
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
    answer = Client().post(
        "/billing/webhook/", body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 401
    assert not Heard.objects.exists()


def test_only_what_is_signed_now_by_the_shared_secret_is_heard(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = message("jan23/1")
    assert post(body) == 404
    monkeypatch.setenv("RISTORO_BILLING_WEBHOOK_SECRET", SECRET)
    now = clock.now()
    assert post(body, secret="whsec_" + "YWx0cm8tc2VncmV0by1hbHRyby1zZWdy") == 401
    assert post(body, at=now - timedelta(minutes=6)) == 401
    assert post(body, at=now + timedelta(minutes=6)) == 401
    assert (
        Client().post("/billing/webhook/", body, content_type="application/json").status_code == 401
    )
    assert post(b'{"type": "something.else", "data": {}}') == 400
    for key in ("jan23/1\0", "j" * 101, 7, None):
        odd = {"type": "bookings.settled", "data": {"keys": [key]}}
        assert post(json.dumps(odd).encode()) == 400
    assert post(b"[" * 70_000) == 413
    assert Client().get("/billing/webhook/").status_code == 405
    assert not Heard.objects.exists()
