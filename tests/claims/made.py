"""Claims and people for tests of the desk: rows as filing leaves them, without a webmail."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ristoro.claims.models import Claim, ClaimState, CostKind, Evidence, Lost
from ristoro.kernel.keys import bucket_of, canonical_json, digest_of
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

FILED = datetime(2023, 2, 20, 10, tzinfo=UTC)
NOW = datetime(2023, 2, 27, 10, tzinfo=UTC)
PASSWORD = "a long enough password"
HOW = (
    "Aspettavo da un cliente la conferma di un lavoro per il 24 gennaio; la conferma è arrivata"
    " quattro giorni dopo e il lavoro lo ha avuto un altro."
)


def person(name: str, *roles: Role) -> Person:
    return people.add(name, PASSWORD, roles, actor="test", at=FILED)


def claim(number: int, **other: object) -> Claim:
    """A filed claim of a mailbox of its own, with its evidence; ``other`` are columns."""
    totals = other.pop("totals", {"messages": 2, "delivered": 1, "late": 1})
    mailbox = int(str(other.pop("mailbox_id", 1000 + number)))
    address = str(other.pop("address", f"holder{number}@libero.it"))
    found = {
        "format": "ristoro-evidence-1",
        "address": address,
        "window": {"from": "2023-01-22T23:00:00.000000Z", "to": "2023-01-31T23:00:00.000000Z"},
        "totals": totals,
        "messages": [],
        "sources": [],
        "limits": [{"limit": "before-our-door"}],
    }
    values: dict[str, object] = {
        "mailbox_id": mailbox,
        "bucket": bucket_of(mailbox),
        "key": f"key-{number}",
        "number": f"R-2023-{number:06d}",
        "address": address,
        "brand": "libero",
        "locale": "it",
        "outage": "libero-virgilio-2023-01",
        "outage_digest": "0" * 64,
        "lost": Lost.MAIL_CAME_LATE,
        "counterparty": "cliente@example.org",
        "happened_on": date(2023, 1, 24),
        "cost_minor": 8_000,
        "currency": "EUR",
        "cost_kind": CostKind.LOST_EARNINGS,
        "how": HOW,
        "state": ClaimState.FILED,
        "since": FILED,
        "begun_at": FILED,
        "saved_at": FILED,
        "filed_at": FILED,
        "due_on": date(2023, 3, 20),
        "evidence_digest": digest_of(found),
        **other,
    }
    made = Claim.objects.create(**values)
    Evidence.objects.create(
        mailbox_id=mailbox,
        bucket=made.bucket,
        claim=made,
        digest=made.evidence_digest,
        body=canonical_json(found).decode(),
        found_at=FILED,
    )
    return made
